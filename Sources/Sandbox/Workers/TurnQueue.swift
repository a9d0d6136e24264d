// What waits for a worker: servers take turns, people who wait come first.

import DiscordCore
import EventLoop
import JSON
import SandboxContract

/// Something to be brought to a plugin.
struct GuestJob: Sendable {
  /// What it is.
  enum Kind: Sendable {
    /// Acknowledged by the plugin, and brought again if its process ends before.
    case event(GuestDelivery)
    /// Answered by the plugin, and never brought again.
    case request(method: String, params: JSONObject, cause: GuestCause, pinned: GuestInstallation?)
  }

  /// What became of it.
  enum End: Sendable {
    case acknowledged(isFailed: Bool)
    case answered(Result<JSONValue, HostRequestFailure>)
    case dropped(String)
  }

  let number: Int
  let kind: Kind
  let guild: GuildID
  /// A person waits: a command, a page.
  let isUrgent: Bool
  let waitsSince: Duration
  var attempts = 0
  /// Called once.
  let done: @Sendable (End) -> Void

  /// Whether the plugin's calls will not say whose they are (section 8.2), so that nobody else's may be near.
  var needsQuiet: Bool {
    guard case .request(_, _, let cause, let pinned) = kind else { return false }
    if case .lifecycle = cause { return false }
    return pinned == nil
  }

  /// Whether the plugin acknowledges it.
  var isEvent: Bool {
    if case .event = kind { true } else { false }
  }

  /// The same with nobody waiting for it any more.
  var abandoned: GuestJob {
    GuestJob(
      number: 0, kind: kind, guild: guild, isUrgent: isUrgent, waitsSince: waitsSince, attempts: attempts
    ) { _ in }
  }

  /// Whether it may be brought again: an interaction's three seconds are over by then.
  var isRepeatable: Bool {
    guard case .event(let delivery) = kind else { return false }
    if case .interaction = delivery.cause { return false }
    return true
  }
}

/// Jobs of one release, in the order in which they are to be taken.
struct TurnQueue: Sendable {
  fileprivate var urgent: [GuestJob] = []
  fileprivate var byGuild: [GuildID: [GuestJob]] = [:]
  /// Servers with something that is not urgent, the next one first.
  private var turns: [GuildID] = []
  private(set) var count = 0

  mutating func append(_ job: GuestJob) {
    count += 1
    if job.isUrgent { return urgent.append(job) }
    if byGuild[job.guild] == nil { turns.append(job.guild) }
    byGuild[job.guild, default: []].append(job)
  }

  /// Puts back what was taken and not done: before everything else of its server.
  mutating func putBack(_ job: GuestJob) {
    count += 1
    if job.isUrgent { return urgent.insert(job, at: 0) }
    if byGuild[job.guild] == nil { turns.insert(job.guild, at: 0) }
    byGuild[job.guild, default: []].insert(job, at: 0)
  }

  /// Takes the first job that `fits`. A server that had its turn goes behind the others.
  mutating func next(_ fits: (GuestJob) -> Bool) -> GuestJob? {
    if let index = urgent.firstIndex(where: fits) {
      count -= 1
      return urgent.remove(at: index)
    }
    guard let index = turns.firstIndex(where: { byGuild[$0]?.first.map(fits) ?? false }) else { return nil }
    let guild = turns.remove(at: index)
    guard var jobs = byGuild[guild] else { return nil }
    let job = jobs.removeFirst()
    if jobs.isEmpty {
      byGuild[guild] = nil
    } else {
      byGuild[guild] = jobs
      turns.append(guild)
    }
    count -= 1
    return job
  }

  /// Whether a server other than this one waits.
  func someoneWaits(besides guild: GuildID) -> Bool {
    turns.contains { $0 != guild } || urgent.contains { $0.guild != guild }
  }

  func waiting(in guild: GuildID) -> Int {
    (byGuild[guild]?.count ?? 0) + urgent.count { $0.guild == guild }
  }

  /// Since when the one who waits longest has waited.
  var oldest: Duration? {
    let firsts = byGuild.values.compactMap { $0.first?.waitsSince } + urgent.map(\.waitsSince)
    return firsts.min()
  }

  /// Takes out every job that `fits`.
  mutating func removeAll(_ fits: (GuestJob) -> Bool) -> [GuestJob] {
    var removed = urgent.filter(fits)
    urgent.removeAll(where: fits)
    for (guild, jobs) in byGuild {
      removed += jobs.filter(fits)
      let rest = jobs.filter { !fits($0) }
      byGuild[guild] = rest.isEmpty ? nil : rest
    }
    turns.removeAll { byGuild[$0] == nil }
    count -= removed.count
    return removed
  }
}

extension TurnQueue {
  /// Servers that something waits of.
  var guilds: [GuildID] { Array(byGuild.keys) + urgent.map(\.guild) }
}
