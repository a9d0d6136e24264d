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

  /// Whether a person waits for what the plugin does with it.
  var isInteraction: Bool {
    guard case .event(let delivery) = kind else { return false }
    return delivery.isInteraction
  }

  /// Whether it may be brought again: an interaction's three seconds are over by then (section 6.4), and a task runs at most
  /// once (section 18).
  var isRepeatable: Bool {
    guard case .event(let delivery) = kind, !delivery.isInteraction else { return false }
    if case .cron = delivery.cause { return false }
    return true
  }
}

/// Jobs of one release, in the order in which they are to be taken.
struct TurnQueue: Sendable {
  /// What keeps its order: a server's events, and what of it needs a quiet process and must not hold those up.
  private struct Lane: Hashable {
    let guild: GuildID
    let needsQuiet: Bool
  }

  private var urgent: [GuestJob] = []
  private var lanes: [Lane: [GuestJob]] = [:]
  /// Lanes with something in them, the next one first.
  private var turns: [Lane] = []
  private(set) var count = 0

  mutating func append(_ job: GuestJob) {
    count += 1
    if job.isUrgent { return urgent.append(job) }
    let lane = Lane(guild: job.guild, needsQuiet: job.needsQuiet)
    if lanes[lane] == nil { turns.append(lane) }
    lanes[lane, default: []].append(job)
  }

  /// Puts back what was taken and not done: before everything else of its server.
  mutating func putBack(_ job: GuestJob) {
    count += 1
    if job.isUrgent { return urgent.insert(job, at: 0) }
    let lane = Lane(guild: job.guild, needsQuiet: job.needsQuiet)
    if lanes[lane] == nil { turns.insert(lane, at: 0) }
    lanes[lane, default: []].insert(job, at: 0)
  }

  /// Takes the first job that `fits`. A server that had its turn goes behind the others.
  mutating func next(_ fits: (GuestJob) -> Bool) -> GuestJob? {
    if let index = urgent.firstIndex(where: fits) {
      count -= 1
      return urgent.remove(at: index)
    }
    guard let index = turns.firstIndex(where: { lanes[$0]?.first.map(fits) ?? false }) else { return nil }
    let lane = turns.remove(at: index)
    guard var jobs = lanes[lane] else { return nil }
    let job = jobs.removeFirst()
    if jobs.isEmpty {
      lanes[lane] = nil
    } else {
      lanes[lane] = jobs
      turns.append(lane)
    }
    count -= 1
    return job
  }

  /// Whether a server other than this one waits.
  func someoneWaits(besides guild: GuildID) -> Bool {
    turns.contains { $0.guild != guild } || urgent.contains { $0.guild != guild }
  }

  func waiting(in guild: GuildID) -> Int {
    [false, true].reduce(urgent.count { $0.guild == guild }) {
      $0 + (lanes[Lane(guild: guild, needsQuiet: $1)]?.count ?? 0)
    }
  }

  /// Whose the first job is that needs a quiet process and `fits`.
  func quietGuild(_ fits: (GuestJob) -> Bool) -> GuildID? {
    if let job = urgent.first(where: { $0.needsQuiet && fits($0) }) { return job.guild }
    return turns.first { $0.needsQuiet && lanes[$0]?.first.map(fits) ?? false }?.guild
  }

  /// Since when the one who waits longest has waited.
  var oldest: Duration? {
    let firsts = lanes.values.compactMap { $0.first?.waitsSince } + urgent.map(\.waitsSince)
    return firsts.min()
  }

  /// Takes out those of the jobs that people wait for that `fit`.
  mutating func removeUrgent(_ fits: (GuestJob) -> Bool) -> [GuestJob] {
    let removed = urgent.filter(fits)
    guard !removed.isEmpty else { return [] }
    urgent.removeAll(where: fits)
    count -= removed.count
    return removed
  }

  /// Takes out every job that `fits`.
  mutating func removeAll(_ fits: (GuestJob) -> Bool) -> [GuestJob] {
    var removed = urgent.filter(fits)
    urgent.removeAll(where: fits)
    for (lane, jobs) in lanes {
      removed += jobs.filter(fits)
      let rest = jobs.filter { !fits($0) }
      lanes[lane] = rest.isEmpty ? nil : rest
    }
    turns.removeAll { lanes[$0] == nil }
    count -= removed.count
    return removed
  }
}
