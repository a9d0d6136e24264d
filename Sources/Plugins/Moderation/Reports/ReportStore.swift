// Every SQL statement about reports.

import DiscordCore
import EventLoop
import SQL
import Storage
import Vault

/// The reports of a guild. Every call may throw what `Store` throws.
struct ReportStore: Sendable {
  let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  /// What is reported.
  struct Filing: Sendable {
    var target: UserID
    var channel: ChannelID?
    var message: MessageID?
    /// What the message said; nil where that is not kept.
    var content: String?
    var reporter: UserID
    var reason: String
  }

  /// What came of it.
  enum Filed: Hashable, Sendable {
    case new(Int64)
    /// Others have reported the same.
    case joined(Int64)
    /// This person has.
    case again(Int64)
    case tooMany(until: Timestamp)

    var number: Int64? {
      switch self {
      case .new(let number), .joined(let number), .again(let number): number
      case .tooMany: nil
      }
    }
  }

  private static let columns = """
    report, target, channel_id, message_id, status, handler, outcome, case_number, queue_channel, queue_message,
    created_at
    """

  /// Writes a report down, or joins it to the one about the same message that is not closed.
  func file(_ filing: Filing, at now: Timestamp) async throws -> Filed {
    let tenant = store.tenant.id
    let content = try await sealed(filing)
    return try await store.writeNumbered { session in
      let known = try await session.rows(
        """
        SELECT report FROM moderation_report
        WHERE guild_id = \(tenant) AND status <> 'closed' AND target = \(filing.target.column)
          AND COALESCE(message_id, 0) = \(filing.message?.column ?? 0) ORDER BY report LIMIT 1
        """
      ).first?.get(0, as: Int64.self)
      if let known,
        try await !session.rows(
          """
          SELECT 1 FROM moderation_reporter
          WHERE guild_id = \(tenant) AND report = \(known) AND reporter = \(filing.reporter.column)
          """
        ).isEmpty
      {
        return .again(known)
      }
      let earlier = try await session.rows(
        """
        SELECT reported_at FROM moderation_reporter
        WHERE guild_id = \(tenant) AND reporter = \(filing.reporter.column)
          AND reported_at > \((now - .seconds(3600)).milliseconds)
        """
      ).map { Timestamp(milliseconds: try $0.get(0)) }
      if let until = ReportRules.mayReport(after: earlier, at: now) { return .tooMany(until: until) }
      let number: Int64
      if let known {
        number = known
      } else {
        try await sweep(session, before: now - ReportRules.retention)
        number = try await session.rows(
          """
          SELECT COALESCE(MAX(report), 0) + 1 FROM moderation_report
          WHERE guild_id = \(tenant)
          """)[0].get(
            0)
        try await session.execute(
          """
          INSERT INTO moderation_report (guild_id, report, target, channel_id, message_id, content, status,
            created_at)
          VALUES (\(tenant), \(number), \(filing.target.column), \(filing.channel?.column),
            \(filing.message?.column), \(content), \(ReportStatus.open.rawValue), \(now.milliseconds))
          """)
      }
      try await session.execute(
        """
        INSERT INTO moderation_reporter (guild_id, report, reporter, reason, reported_at)
        VALUES (\(tenant), \(number), \(filing.reporter.column), \(filing.reason), \(now.milliseconds))
        """)
      return known == nil ? .new(number) : .joined(number)
    }
  }

  /// Forgets what was closed long ago.
  private func sweep(_ session: any SQLSession, before end: Timestamp) async throws {
    try await session.execute(
      """
      DELETE FROM moderation_report
      WHERE guild_id = \(tenant) AND closed_at < \(end.milliseconds)
      """)
    try await session.execute(
      """
      DELETE FROM moderation_reporter
      WHERE guild_id = \(tenant)
        AND report NOT IN (SELECT report FROM moderation_report WHERE guild_id = \(tenant))
      """)
  }

  func report(_ number: Int64) async throws -> Report? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_report
      WHERE guild_id = \(tenant) AND report = \(number)
      """
    ).first.map(Self.report)
  }

  /// Who reported it, first to last.
  func reporters(of number: Int64) async throws -> [Reporter] {
    try await store.rows(
      """
      SELECT reporter, reason, reported_at FROM moderation_reporter
      WHERE guild_id = \(tenant) AND report = \(number)
      ORDER BY reported_at, reporter
      """
    ).map { row in
      Reporter(
        user: UserID(column: try row.get(0)), reason: try row.get(1),
        at: Timestamp(milliseconds: try row.get(2)))
    }
  }

  func queued(_ number: Int64, in channel: ChannelID, as message: MessageID) async throws {
    try await store.execute(
      """
      UPDATE moderation_report SET queue_channel = \(channel.column), queue_message = \(message.column)
      WHERE guild_id = \(tenant) AND report = \(number)
      """)
  }

  // MARK: Deciding

  /// Says who looks after it. Returns whether it was not closed.
  func take(_ number: Int64, by user: UserID) async throws -> Bool {
    try await store.execute(
      """
      UPDATE moderation_report SET status = \(ReportStatus.taken.rawValue), handler = \(user.column)
      WHERE guild_id = \(tenant) AND report = \(number) AND status <> 'closed'
      """) > 0
  }

  /// Keeps a decision for the one who is taking it. Returns false when it is closed, or somebody else is at it.
  func claim(_ number: Int64, by key: String, at now: Timestamp) async throws -> Bool {
    try await store.execute(
      """
      UPDATE moderation_report SET decision_key = \(key), decision_at = \(now.milliseconds)
      WHERE guild_id = \(tenant) AND report = \(number) AND (decision_key IS NULL OR decision_key = \(key)
        OR (status <> 'closed' AND decision_at < \((now - ReportRules.decisionSpan).milliseconds)))
      """) > 0
  }

  /// Gives a decision back that was not taken.
  func release(_ number: Int64, by key: String) async throws {
    try await store.execute(
      """
      UPDATE moderation_report SET decision_key = NULL, decision_at = NULL
      WHERE guild_id = \(tenant) AND report = \(number) AND decision_key = \(key) AND status <> 'closed'
      """)
  }

  /// Closes what was claimed by that key.
  func close(
    _ number: Int64, claimedBy key: String, by user: UserID, _ outcome: ReportOutcome, caseNumber: Int64?,
    at now: Timestamp
  ) async throws {
    try await store.execute(
      """
      UPDATE moderation_report SET status = \(ReportStatus.closed.rawValue), handler = \(user.column),
        outcome = \(outcome.rawValue), case_number = \(caseNumber), closed_at = \(now.milliseconds)
      WHERE guild_id = \(tenant) AND report = \(number) AND decision_key = \(key) AND status <> 'closed'
      """)
  }

  // MARK: Content

  /// What the reported message said, where that was kept.
  ///
  /// - Throws: `VaultError` when it cannot be opened.
  func content(of report: Report) async throws -> String? {
    guard let message = report.message,
      let sealed = try await store.rows(
        "SELECT content FROM moderation_report WHERE guild_id = \(tenant) AND report = \(report.number)"
      ).first?.get(0, as: [UInt8]?.self)
    else { return nil }
    return String(
      decoding: try await store.key().open(sealed, context: sealContext(message)), as: UTF8.self)
  }

  private func sealed(_ filing: Filing) async throws -> [UInt8]? {
    guard let content = filing.content, let message = filing.message else { return nil }
    return try await store.key().seal(Array(content.utf8), context: sealContext(message))
  }

  private func sealContext(_ message: MessageID) -> SealContext {
    SealContext(
      tenant: store.tenant.description, table: "moderation_report", column: "content", row: "\(message)")
  }

  private static func report(_ row: SQLRow) throws -> Report {
    func id<Entity>(_ name: String) throws -> Snowflake<Entity>? {
      try row.get(name, as: Int64?.self).map { Snowflake<Entity>(column: $0) }
    }
    return Report(
      number: try row.get("report"), target: UserID(column: try row.get("target")),
      channel: try id("channel_id"), message: try id("message_id"),
      status: ReportStatus(rawValue: try row.get("status")) ?? .closed, handler: try id("handler"),
      outcome: try row.get("outcome", as: String?.self).flatMap { ReportOutcome(rawValue: $0) },
      caseNumber: try row.get("case_number"), queueChannel: try id("queue_channel"),
      queueMessage: try id("queue_message"), createdAt: Timestamp(milliseconds: try row.get("created_at")))
  }
}
