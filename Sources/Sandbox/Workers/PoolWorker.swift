// One process of a release, as its pool keeps it.

import DiscordCore
import EventLoop
import JSON
import SandboxContract

/// A call that is being answered.
struct OpenCall {
  /// The plugin's own, to send back.
  let id: JSONValue
  let since: Duration
  let task: Task<Void, Never>
}

/// What a pool knows of a process.
struct PoolWorker {
  enum Phase: String {
    /// The process is being started, or has not answered the boot. May become `ready` or `ending`.
    case starting
    /// Gets events. May become `ending`.
    case ready
    /// Gets nothing new; its input is closed as soon as nothing is open. Final.
    case ending
  }

  var phase = Phase.starting
  /// nil until the process is there.
  var channel: (any GuestChannel)?
  var outbox: Outbox?
  var book = LeaseBook()
  /// What is open, by the lease's id.
  var jobs: [String: GuestJob] = [:]
  /// Servers whose first event here was acknowledged. The SDK runs `on_ready` within that one, and another event that came
  /// meanwhile would not wait for it (section 8.4).
  var greeted: Set<GuildID> = []
  /// Events whose handler raised: acknowledged all the same.
  var failed: Set<String> = []
  let startedAt: Duration
  var idleSince: Duration
  var turnSince: Duration
  var endingSince: Duration?
  /// Its end was asked for and has not come yet.
  var isKilled = false
  /// The server that it gets nothing but quiet jobs of, so that the calls of others are over at some time.
  var reservedFor: GuildID?
  /// Calls that are being answered, by their number in the pool.
  var calls: [Int: OpenCall] = [:]
  var lines = LineReader()
  var budget: ReadBudget
  var errorLines = LineReader(limit: 64 << 10)
  var logWindow: (began: Duration, count: Int)
  var usage: GuestUsage?
  var heavyChecks = 0

  init(at now: Duration) {
    (startedAt, idleSince, turnSince) = (now, now, now)
    logWindow = (now, 0)
    budget = ReadBudget(at: now)
  }

  var isIdle: Bool { jobs.isEmpty }

  /// Whether the job may be sent now.
  func takes(_ job: GuestJob, others: Bool, limits: GuestWorkerLimits, at now: Duration) -> Bool {
    guard phase == .ready, !isKilled, jobs.count < 64 else { return false }
    if let reservedFor, job.guild != reservedFor || !job.needsQuiet { return false }
    if job.isEvent, !greeted.contains(job.guild),
      jobs.values.contains(where: { $0.isEvent && $0.guild == job.guild })
    {
      return false
    }
    guard let turn = book.turn else {
      return !job.needsQuiet || book.isQuiet(for: job.guild, at: now)
    }
    guard turn == job.guild, jobs.count < limits.concurrentPerGuild || job.isUrgent else { return false }
    if job.needsQuiet, !book.isQuiet(for: job.guild, at: now) { return false }
    // A server with a steady stream would keep the others out for good.
    return !others || now - turnSince < .milliseconds(500)
  }

  /// Counts a line of the log; false when there were too many in this minute.
  mutating func mayLog(at now: Duration, _ limits: GuestWorkerLimits) -> Bool {
    if now - logWindow.began >= .seconds(60) { logWindow = (now, 0) }
    logWindow.count += 1
    return logWindow.count <= limits.logLines
  }
}
