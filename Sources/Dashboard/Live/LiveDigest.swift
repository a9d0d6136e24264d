// What is new in a guild, read once for all who look at it.

import DiscordCore
import EventLoop
import PlatformAudit
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformTenancy
import Storage
import Synchronization

/// The newest of everything that live pages show, without words of any language.
struct LiveDigest: Sendable {
  /// Who keeps the cases.
  let casesPlugin: String?
  /// Newest first, a few of each.
  let decisions: [StoredWhyRecord]
  let entries: [AuditEntry]
  let cases: [CaseSummary]
  let notices: [PlatformNotices.Notice]
  /// Since midnight in UTC.
  let decisionsToday: Int
  let actedToday: Int
  let casesToday: Int
  let unreadNotices: Int
}

/// Reads digests. However many readers a guild has, it is read once in `freshness`.
final class LiveDigests: Sendable {
  /// How many of each kind.
  static let depth = 20
  static let freshness = Duration.milliseconds(400)
  /// Guilds whose digest is kept.
  private static let bound = 2_000

  private struct Entry {
    var digest: LiveDigest?
    var readAt = Duration.zero
    /// Whether somebody reads it now, and who waits for that.
    var isReading = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let house: DashboardEnvironment
  private let entries = Mutex<[GuildID: Entry]>([:])

  init(_ house: DashboardEnvironment) { self.house = house }

  /// What is new in a guild; at most `age` old, which is more where nobody said that there is news.
  ///
  /// - Throws: what the store throws.
  func digest(of guild: GuildID, atMost age: Duration = freshness) async throws -> LiveDigest {
    while true {
      let now = house.time.uptime
      let (known, reads) = entries.withLock { entries -> (LiveDigest?, Bool) in
        var entry = entries[guild] ?? Entry()
        if let digest = entry.digest, now - entry.readAt < age { return (digest, false) }
        guard !entry.isReading else { return (nil, false) }
        if entries.count >= Self.bound { entries = entries.filter { $0.value.isReading } }
        entry.isReading = true
        entries[guild] = entry
        return (nil, true)
      }
      if let known { return known }
      if reads { return try await read(guild) }
      await turn(guild)
    }
  }

  private func read(_ guild: GuildID) async throws -> LiveDigest {
    let result: Result<LiveDigest, any Error>
    do { result = .success(try await load(guild)) } catch { result = .failure(error) }
    let waiting = entries.withLock { entries in
      var entry = entries[guild] ?? Entry()
      defer { entries[guild] = entry }
      entry.isReading = false
      if case .success(let digest) = result { (entry.digest, entry.readAt) = (digest, house.time.uptime) }
      defer { entry.waiting = [] }
      return entry.waiting
    }
    for continuation in waiting { continuation.resume() }
    return try result.get()
  }

  /// Waits until whoever reads the guild has ended.
  private func turn(_ guild: GuildID) async {
    await withCheckedContinuation { continuation in
      let isOver = entries.withLock { entries in
        guard entries[guild]?.isReading ?? false else { return true }
        entries[guild]?.waiting.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  private func load(_ guild: GuildID) async throws -> LiveDigest {
    let (tenant, today) = (Tenant(guild), house.time.now.startOfDay)
    var why = WhyFilter()
    why.limit = Self.depth
    var audit = AuditFilter()
    audit.limit = Self.depth
    var notices = NoticeFilter()
    notices.limit = Self.depth
    let core = try await house.dispatcher.context(of: CorePlugin.id, in: guild, cause: "web:live")
    let records = core.flatMap {
      house.dispatcher.capability(Capability<any CaseHistory>.caseHistory.name, in: $0) as? any CaseHistory
    }
    let counts = try await house.dispatcher.why.counts(since: today, in: guild)
    return LiveDigest(
      casesPlugin: records?.plugin,
      decisions: try await house.dispatcher.why.find(why, in: guild),
      entries: try await AuditLog(house.storage.guild(tenant)).entries(audit),
      cases: try await records?.newest(after: 0, limit: Self.depth) ?? [],
      notices: try await house.notices.list(.guild(tenant), notices),
      decisionsToday: counts.decisions, actedToday: counts.acted,
      casesToday: try await records?.count(since: today) ?? 0,
      unreadNotices: try await house.notices.unreadCount(.guild(tenant)))
  }
}
