// The cases for others: what the dashboard shows of members.

import DiscordCore
import EventLoop
import PlatformPlugins
import PlatformText
import SQL
import Storage

/// Reads the cases of the context's guild.
struct CaseReader: CaseHistory {
  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  var plugin: String { Moderation.id }
  private var cases: CaseStore { CaseStore(context.store) }

  func history(of user: UserID, limit: Int) async throws -> MemberHistory {
    var filter = CaseFilter()
    (filter.target, filter.limit) = (user, limit)
    let page = try await cases.find(filter)
    let entries = try await cases.entries(of: user)
    return MemberHistory(
      cases: page.cases.map(Self.summary), total: page.total,
      points: context.settings.points.total(of: entries, at: context.now),
      warnings: entries.count { $0.isWarning })
  }

  func counts(of users: [UserID]) async throws -> [UserID: Int] { try await cases.counts(of: users) }

  func newest(after number: Int64, limit: Int) async throws -> [CaseSummary] {
    return try await cases.newest(after: number, limit: limit).map(Self.summary)
  }

  func record(_ number: Int64) async throws -> CaseSummary? { try await cases.find(number).map(Self.summary) }

  func records(of target: UserID?, before: Int64?, limit: Int) async throws -> [CaseSummary] {
    try await cases.records(of: target, before: before, limit: limit).map(Self.summary)
  }

  func count(since instant: Timestamp) async throws -> Int {
    var filter = CaseFilter()
    (filter.since, filter.limit) = (instant, 1)
    return try await cases.find(filter).total
  }

  private static func summary(_ record: CaseRecord) -> CaseSummary {
    let actor: CaseSummary.Actor =
      switch record.source {
      case .person(let user), .byHand(let user): .person(user)
      case .automatic(let plugin, _): .plugin(plugin)
      case .erased: .erased
      }
    return CaseSummary(
      number: record.number, kind: record.kind.rawValue, title: Sentence("action.\(record.kind.rawValue)"),
      target: record.target, actor: actor, reason: record.reason, at: record.at, duration: record.duration,
      expiresAt: record.expiresAt, endedAt: record.endedAt, points: record.points, isVoid: record.void != nil)
  }
}

extension CaseStore {
  /// How many cases that are not void each of these members has.
  func counts(of users: [UserID]) async throws -> [UserID: Int] {
    guard !users.isEmpty else { return [:] }
    // Numbers of ours, at most a page of them.
    let list = users.prefix(500).map { "\($0.column)" }.joined(separator: ", ")
    let rows = try await store.rows(
      """
      SELECT target_id, COUNT(*) FROM moderation_case
      WHERE guild_id = \(guild) AND target_id IN (\(unescaped: list)) AND voided_at IS NULL GROUP BY target_id
      """)
    return Dictionary(
      try rows.map { (UserID(column: try $0.get(0)), try $0.get(1)) }, uniquingKeysWith: { first, _ in first }
    )
  }

  /// Cases with smaller numbers, newest first; of one member unless `target` is nil.
  func records(of target: UserID?, before: Int64?, limit: Int) async throws -> [CaseRecord] {
    let bound = min(max(limit, 1), 200)
    let rows =
      if let target {
        try await store.rows(
          """
          SELECT \(unescaped: Self.columns) FROM moderation_case
          WHERE guild_id = \(guild) AND target_id = \(target.column) AND number < \(before ?? .max)
          ORDER BY number DESC LIMIT \(bound)
          """)
      } else {
        try await store.rows(
          """
          SELECT \(unescaped: Self.columns) FROM moderation_case
          WHERE guild_id = \(guild) AND number < \(before ?? .max)
          ORDER BY number DESC LIMIT \(bound)
          """)
      }
    return try rows.map(Self.record)
  }

  /// Cases after that number, newest first.
  func newest(after number: Int64, limit: Int) async throws -> [CaseRecord] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_case
      WHERE guild_id = \(guild) AND number > \(number)
      ORDER BY number DESC LIMIT \(min(max(limit, 1), 100))
      """
    ).map(Self.record)
  }
}
