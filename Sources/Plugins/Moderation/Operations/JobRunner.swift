// Working through a job in slices: in the command that asked for it as far as that goes, then by a durable timer.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule
import Resources

/// What a step led to.
enum JobStep: Hashable, Sendable {
  case more
  /// Nothing can be done for a while.
  case wait(Duration)
  /// It is done; or it failed, and the job's state says at what.
  case over(JobStatus)
}

/// One kind of work.
protocol JobWork: Sendable {
  /// Does a little, and writes into the job's state what was done. Called again with the same state when a process died
  /// in between.
  static func step(_ context: PluginContext<Moderation>, _ job: inout Job) async throws -> JobStep
  /// Whatever has to happen when it is over, however it ended. May be called twice; effects are keyed by the job.
  static func end(_ context: PluginContext<Moderation>, _ job: Job, as status: JobStatus) async throws
  /// How far it is, in a sentence or two; `status` says whether it goes on.
  static func report(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String
}

extension JobKind {
  var work: any JobWork.Type {
    switch self {
    case .purge: PurgeWork.self
    case .massban: MassBanWork.self
    case .masskick, .masstimeout: MassSanctionWork.self
    case .unbanall: UnbanAllWork.self
    case .lockdown: ServerLockWork.self
    case .unlockdown: ServerUnlockWork.self
    }
  }
}

/// Runs jobs.
struct JobRunner: Sendable {
  /// The timer's name.
  static let timer = "job"
  /// How long one slice takes, of what a call of the plugin may.
  static let sliceLength = Duration.seconds(4)
  /// Steps of one slice: what bounds it where time stands still.
  static let sliceSteps = 60
  /// How often progress is shown at most.
  static let progressInterval = Duration.seconds(2)
  /// When a slice is taken up by the timer whose process died in it.
  private static let rescue = Duration.seconds(60)

  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  private var store: JobStore { JobStore(store: context.store) }
  private var time: any TimeSource { context.core.host.time }

  /// What came of beginning.
  enum Beginning: Sendable {
    /// It is over already, and this is how it went.
    case over(String, JobStatus)
    /// It goes on; this is how far it is.
    case goesOn(String)
  }

  /// Writes down what is asked for.
  func open(_ new: NewJob) async throws -> Job { try await store.open(new, at: time.now) }

  /// Does the first slice at once, and leaves the rest to the timer.
  func begin(_ new: NewJob) async throws -> Beginning { try await begin(try await open(new)) }

  func begin(_ job: Job) async throws -> Beginning {
    let key = "\(job.number)"
    if !job.status.isOver { try await context.timers.set(Self.timer, key: key, at: time.now + Self.rescue) }
    let outcome = try await advance(job.number)
    guard let job = try await store.job(job.number) else { return .over("", .failed) }
    let report = job.kind.work.report(context, job, job.status)
    switch outcome {
    case .done:
      try await context.timers.cancel(Self.timer, key: key)
      return .over(report, job.status)
    case .again(let instant):
      try await context.timers.set(Self.timer, key: key, at: instant)
      return .goesOn(report)
    }
  }

  /// The timer's handler.
  static func fire(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let number = Int64(firing.name.key) else { return .done }
    return try await JobRunner(context).advance(number)
  }

  /// Does a slice.
  func advance(_ number: Int64) async throws -> TimerOutcome {
    guard var job = try await store.job(number), job.status == .running || job.status == .stopping else {
      return .done
    }
    let work = job.kind.work
    let keyed = context.keyed(by: job.cause)
    let began = time.uptime
    for _ in 0..<Self.sliceSteps where time.uptime - began < Self.sliceLength {
      if job.status == .stopping {
        try await finish(job, as: .cancelled, keyed)
        return .done
      }
      let step = try await attempt { try await work.step(keyed, &job) }
      job.status = try await store.save(job)
      switch step {
      case .more: break
      case .wait(let pause):
        try await showProgress(&job, keyed)
        return .again(at: time.now + pause)
      case .over(let status):
        try await finish(job, as: status, keyed)
        return .done
      }
      if let at = job.progressAt, time.now - at >= Self.progressInterval {
        try await showProgress(&job, keyed)
      }
    }
    try await showProgress(&job, keyed)
    return .again(at: time.now)
  }

  /// Stops it at its next step, or at once where it waits to be confirmed.
  func stop(_ number: Int64) async throws -> Bool {
    if try await store.move(number, from: [.waiting], to: .cancelled, at: time.now) { return true }
    return try await store.move(number, from: [.running], to: .stopping, at: time.now)
  }

  /// Begins what waited for it.
  func confirm(_ number: Int64) async throws -> Bool {
    try await store.move(number, from: [.waiting, .running], to: .running, at: time.now)
  }

  /// What Discord refuses for now is waited for.
  private func attempt(_ step: () async throws -> JobStep) async throws -> JobStep {
    do {
      return try await step()
    } catch let error as RESTError {
      switch error.kind {
      case .retry(let after): return .wait(max(after, .milliseconds(200)))
      case .unavailable, .operatorAction: return .wait(.seconds(30))
      case .cancelled: throw error
      case .missingPermission:
        context.why(
          .missingPermission, "job.permission",
          ["permission": error.missingPermissions.names.joined(separator: ", ")])
        return .over(.failed)
      default:
        context.why(.refused, "job.refused", ["error": error.description])
        return .over(.failed)
      }
    } catch PluginMistake.foreignGuild {
      // The channel it is about was deleted.
      context.why(.refused, "job.refused", ["error": PluginMistake.foreignGuild.description])
      return .over(.failed)
    }
  }

  private func finish(_ job: Job, as status: JobStatus, _ context: PluginContext<Moderation>) async throws {
    try await job.kind.work.end(context, job, as: status)
    _ = try await store.move(job.number, from: [.running, .stopping], to: status, at: time.now)
    context.why(.acted, "job.\(status.rawValue)", ["kind": job.kind.rawValue, "job": "\(job.number)"])
    guard let message = job.progressMessage else { return }
    var edit = MessageEdit(content: job.kind.work.report(context, job, status))
    edit.components = []
    await change(message, in: job.channel, edit)
  }

  // MARK: Progress

  /// Shows how far it is, in a message with a button that stops it.
  private func showProgress(_ job: inout Job, _ context: PluginContext<Moderation>) async throws {
    if let at = job.progressAt, time.now - at < Self.progressInterval { return }
    let text = job.kind.work.report(context, job, .running)
    let button = Component.row(
      .button(
        context.strings["job.stop"], id: try await context.componentID(Self.stopRoute, "\(job.number)"),
        style: .danger))
    if let message = job.progressMessage {
      var edit = MessageEdit(content: text)
      edit.components = [button]
      await change(message, in: job.channel, edit)
    } else if job.progressAt == nil {
      do {
        let message = MessageCreate(text).components(button)
        job.progressMessage = try await context.effects.send(message, to: job.channel, as: "progress")?.id
      } catch let error as RESTError {
        // Without it the work goes on all the same: it is shown nowhere, and its end is in the log.
        if case .retry = error.kind { return }
      } catch PluginMistake.foreignGuild {
        // The channel is gone; see above.
      }
    }
    job.progressAt = time.now
    job.status = try await store.save(job)
  }

  /// The button that stops a job.
  static let stopRoute = "stop"

  private func change(_ message: MessageID, in channel: ChannelID, _ edit: MessageEdit) async {
    // A message that is gone, or that cannot be changed at the moment, is no reason to stop the work it is about.
    _ = try? await context.bot.send(
      .editMessage(message, in: channel, edit), priority: .reply, deadline: .seconds(3))
  }
}
