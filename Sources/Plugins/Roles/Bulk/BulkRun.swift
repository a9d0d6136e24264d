// Works through a bulk job: a slice, a pause, the next slice, whatever happens to the process in between.

import SQL
import JSON
import PlatformAudit
import Resources
import DiscordLimits
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule

enum BulkRun {
  /// The timer of the next slice; its key is the job's number.
  static let timer = "bulk"
  /// The route of the button that cancels.
  static let cancelRoute = "cancel"
  /// Calls of one slice, as many as Discord lets through in ten seconds when this was written, and how long it may take.
  private static let callsAtOnce = 10
  private static let sliceTime = Duration.seconds(4)
  /// Members asked for at once.
  private static let page = 1_000
  /// Progress is shown at most this often.
  private static let tellInterval = Duration.seconds(2)

  static func fired(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let number = Int64(firing.name.key), var job = try await context.rows.job(number),
      job.state == .running
    else { return .done }
    var isOver = false
    var pause = Duration.milliseconds(100)
    do {
      isOver = try await slice(&job, context)
    } catch let error as RESTError {
      // What the slice did is in `job`, and is written down below.
      guard let wait = waiting(error) else {
        job.state = .failed
        context.why(.refused, "bulkFailed", ["job": "\(number)"])
        await context.notify(.problem, "bulkFailed", ["job": "\(number)"])
        return try await end(job, context)
      }
      pause = wait
    }
    if isOver {
      job.state = .finished
      return try await end(job, context)
    }
    if context.clock - job.toldAt >= tellInterval {
      await tell(&job, context)
    }
    guard try await context.rows.advance(job) else {
      // Cancelled meanwhile: what was done until now is what is shown.
      job.state = .cancelled
      await tell(&job, context)
      return .done
    }
    return .again(at: context.clock + pause)
  }

  private static func end(_ job: BulkJob, _ context: RoleContext) async throws -> TimerOutcome {
    var job = job
    await tell(&job, context)
    guard try await context.rows.advance(job) else { return .done }
    try await context.audit(
      "bulk.end", by: .system, target: "\(job.number)",
      after: [
        "state": .string(job.state.rawValue), "done": .integer(Int64(job.done)),
        "failed": .integer(Int64(job.failed)),
      ])
    return .done
  }

  /// Some members in the order of their ids; returns whether those were the last.
  private static func slice(_ job: inout BulkJob, _ context: RoleContext) async throws -> Bool {
    let begun = context.clock
    let members = try await context.bot.send(
      .listGuildMembers(of: context.guild, after: job.lastUser, limit: page), priority: .background
    ).compactMap { member in member.user.map { (user: $0, roles: member.roles) } }
      .sorted { $0.user.id < $1.user.id }
    var calls = 0
    for member in members {
      if job.wants(roles: member.roles, isBot: member.user.isBot) {
        if calls >= callsAtOnce || context.clock - begun > sliceTime { return false }
        calls += 1
        try await act(on: member.user.id, &job, context)
      }
      job.seen += 1
      job.lastUser = member.user.id
    }
    return members.count < page
  }

  private static func act(on user: UserID, _ job: inout BulkJob, _ context: RoleContext) async throws {
    let reason = context.strings(
      dynamic: "reason.bulk", ["job": "\(job.number)", "user": "\(job.startedBy)"])
    let call: Endpoint<Empty> =
      switch job.verb {
      case .give: .addRole(job.role, to: user, in: context.guild, reason: reason)
      case .take: .removeRole(job.role, from: user, in: context.guild, reason: reason)
      }
    do {
      _ = try await context.bot.send(call, priority: .background, deadline: .seconds(3))
      job.done += 1
      if job.verb == .take { try await context.rows.release([job.role], of: user) }
    } catch let error as RESTError {
      switch error.kind {
      case .gone where error.discordCode != .unknownRole: break
      case .alreadyDone: break
      case .missingPermission, .gone: throw error
      case .userMistake: job.failed += 1
      default: throw error
      }
    }
  }

  /// How long to wait after a failure; nil when the job cannot go on.
  private static func waiting(_ error: RESTError) -> Duration? {
    switch error.kind {
    case .retry(let after): max(after, .seconds(1))
    case .unavailable, .cancelled: .seconds(10)
    case .operatorAction: .seconds(300)
    default: nil
    }
  }

  // MARK: Showing

  /// Shows how far the job has come. That it cannot be shown does not stop it.
  static func tell(_ job: inout BulkJob, _ context: RoleContext) async {
    guard let message = job.message else { return }
    job.toldAt = context.clock
    do {
      let edit = MessageEdit(replacingWith: try await self.message(job, context))
      _ = try await context.bot.send(.editMessage(message, in: job.channel, edit), priority: .background)
    } catch let error as RESTError where error.kind == .gone || error.kind == .missingPermission {
      job.message = nil
    } catch {
      context.why(.failed, "tellFailed", ["job": "\(job.number)"])
    }
  }

  static func message(_ job: BulkJob, _ context: RoleContext) async throws -> MessageCreate {
    let strings = context.strings
    var who = strings[dynamic: "bulk.who.\(job.who.rawValue)"]
    if let within = job.within { who += " \(Mention.role(within))" }
    let title = strings(
      dynamic: "bulk.title.\(job.verb.rawValue)",
      ["job": "\(job.number)", "role": "\(Mention.role(job.role))", "who": who])
    let state = strings(
      dynamic: "bulk.state.\(job.state.rawValue)",
      [
        "percentage": "\(job.percentage)", "seen": "\(job.seen)", "done": "\(job.done)",
        "failed": "\(job.failed)",
      ])
    var message = MessageCreate().embed(Embed(description: "\(title)\n\(state)"))
    if job.state == .running {
      let id = try await context.componentID(cancelRoute, "\(job.number)")
      message.components = [.row(.button(strings["bulk.cancel"], id: id, style: .danger))]
    }
    return message
  }

  /// Somebody pressed the button: whoever may manage roles may.
  static func cancelPressed(_ call: ComponentCall<Roles>) async throws {
    guard let number = Int64(call.state) else { throw Refusal("refused.gone") }
    guard call.person.permissions.contains(.manageRoles) || call.person.permissions.contains(.administrator)
    else { throw Refusal("bulk.notYours") }
    try await cancel(number, by: call.person.user, call.context)
    if var job = try await call.context.rows.job(number) {
      job.state = .cancelled
      try await call.update(MessageEdit(replacingWith: message(job, call.context)))
    }
  }

  static func cancel(_ number: Int64, by user: UserID, _ context: RoleContext) async throws {
    let (rows, audit) = (context.rows, try context.audited("bulk.cancel", by: user, target: "\(number)"))
    let isCancelled = try await context.effects.once("cancel") { session in
      guard try await rows.cancel(number, session) else { return false }
      try await session.execute(audit)
      return true
    }
    if isCancelled == false { throw Refusal("bulk.notRunning", ["job": "\(number)"]) }
  }
}
