// Every SQL statement about notices, for both audiences.

import EventLoop
import JSON
import PlatformText
import SQL
package import Storage

/// The tables of notices.
package enum NoticeSchema {
  /// Declared in the platform's store: notices to operators. Sentences with ids and names of things, never content of
  /// messages or secrets; kept for 90 days, the newest 2,000.
  package static let platform = SchemaOwner(
    "notice_operator", migrations: [Migration(1, steps("notice_operator", guild: ""))],
    tables: [
      Table(
        "notice_operator", columns: columns, key: ["number"],
        data: TableData("Notices to the operators", kept: .days(90, since: "last_at")))
    ])

  /// Declared in a guild's store: notices to who looks after the guild. The same content; kept for 90 days, the newest
  /// 500, and goes with the guild.
  package static let guild = SchemaOwner(
    "notice_guild", migrations: [Migration(1, steps("notice_guild", guild: "guild_id BIGINT NOT NULL, "))],
    tables: [
      Table(
        "notice_guild", columns: [.init("guild_id", .integer)] + columns, key: ["guild_id", "number"],
        data: TableData("Notices to the owners of a server", kept: .days(90, since: "last_at")))
    ])

  private static let columns: [Table.Column] = [
    .init("number", .integer), .init("severity", .integer), .init("source", .text),
    .init("notice_key", .text), .init("sentence", .text), .init("sentence_values", .text),
    .init("link", .text), .init("occurrences", .integer), .init("first_at", .integer),
    .init("last_at", .integer), .init("status", .text), .init("delivery", .text),
  ]

  private static func steps(_ table: String, guild: String) -> [Migration.Step] {
    let prefix = guild.isEmpty ? "" : "guild_id, "
    return [
      .both(
        """
        CREATE TABLE \(table) (
          \(guild)number BIGINT NOT NULL, severity BIGINT NOT NULL, source TEXT NOT NULL, notice_key TEXT NOT NULL,
          sentence TEXT NOT NULL, sentence_values TEXT NOT NULL, link TEXT, occurrences BIGINT NOT NULL,
          first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, status TEXT NOT NULL, delivery TEXT NOT NULL,
          PRIMARY KEY (\(prefix)number))
        """),
      .both("CREATE INDEX \(table)_by_key ON \(table) (\(prefix)source, notice_key, number)"),
    ]
  }
}

/// The notices of one audience.
struct NoticeStore: Sendable {
  /// How long notices are kept.
  static let retention = Duration.seconds(90 * 86_400)

  let store: any Store
  /// Nil for the operators.
  let tenant: Tenant?

  private var table: String { tenant == nil ? "notice_operator" : "notice_guild" }
  /// How many are kept.
  private var bound: Int { tenant == nil ? 2_000 : 500 }

  private static let columns =
    "number, severity, source, notice_key, sentence, sentence_values, link, occurrences, first_at, last_at, status, delivery"

  /// What became of an occurrence.
  enum Outcome: Sendable, Equatable {
    /// A notice of that number is new.
    case added(Int64)
    /// It was counted at the notice of that number.
    case counted(Int64)
  }

  /// Counts up the newest notice of the kind if that last occurred within `window`, else adds one.
  func add(_ entry: NoticeDigest.Entry, window: Duration, delivery: Notice.Delivery) async throws -> Outcome {
    let draft = entry.draft
    let values = String(decoding: try Self.json(draft.sentence.values).encoded(), as: UTF8.self)
    return try await store.writeNumbered { session in
      // Before the look at what there is: a notice that another process adds between the two has this number, and the
      // insertion below fails and is tried again. The other way round it would be a second notice of the same thing.
      let number = try await nextNumber(session)
      let newest = try await session.rows(
        """
        SELECT number, last_at FROM \(unescaped: table)
        WHERE \(rowsOf: tenant) AND source = \(draft.source) AND notice_key = \(draft.key) ORDER BY number DESC LIMIT 1
        """
      ).first.map { (number: try $0.get(0, as: Int64.self), at: try $0.get(1, as: Int64.self)) }
      if let newest, newest.at > (entry.firstAt - window).milliseconds {
        // Worse than before, it is worth another look.
        try await session.execute(
          """
          UPDATE \(unescaped: table) SET occurrences = occurrences + \(entry.count), last_at = \(entry.lastAt.milliseconds),
            sentence = \(draft.sentence.key), sentence_values = \(values), link = \(draft.link),
            status = CASE WHEN severity < \(draft.severity.rawValue) THEN \(Notice.Status.unread.rawValue) ELSE status END,
            severity = CASE WHEN severity < \(draft.severity.rawValue) THEN \(draft.severity.rawValue) ELSE severity END
          WHERE \(rowsOf: tenant) AND number = \(newest.number)
          """)
        return .counted(newest.number)
      }
      try await session.execute(insertion(number, entry, values, delivery))
      try await session.execute(
        """
        DELETE FROM \(unescaped: table)
        WHERE \(rowsOf: tenant) AND number <= \(number - Int64(bound))
        """)
      return .added(number)
    }
  }

  private func nextNumber(_ session: any SQLSession) async throws -> Int64 {
    let rows = try await session.rows(
      "SELECT COALESCE(MAX(number), 0) + 1 FROM \(unescaped: table) WHERE \(rowsOf: tenant)")
    return try rows.first?.get(0) ?? 1
  }

  private func insertion(
    _ number: Int64, _ entry: NoticeDigest.Entry, _ values: String, _ delivery: Notice.Delivery
  ) -> SQL {
    let draft = entry.draft
    guard let tenant else {
      return """
        INSERT INTO notice_operator (\(unescaped: Self.columns))
        VALUES (\(number), \(draft.severity.rawValue), \(draft.source), \(draft.key), \(draft.sentence.key), \(values),
          \(draft.link), \(entry.count), \(entry.firstAt.milliseconds), \(entry.lastAt.milliseconds),
          \(Notice.Status.unread.rawValue), \(delivery.rawValue))
        """
    }
    return """
      INSERT INTO notice_guild (guild_id, \(unescaped: Self.columns))
      VALUES (\(tenant.id), \(number), \(draft.severity.rawValue), \(draft.source), \(draft.key),
        \(draft.sentence.key), \(values), \(draft.link), \(entry.count), \(entry.firstAt.milliseconds),
        \(entry.lastAt.milliseconds), \(Notice.Status.unread.rawValue), \(delivery.rawValue))
      """
  }

  // MARK: Reading

  func list(_ filter: NoticeFilter) async throws -> [Notice] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM \(unescaped: table)
      WHERE \(rowsOf: tenant) AND number < \(filter.before ?? .max) AND severity >= \(filter.atLeast.rawValue)
        AND (\(filter.includesDismissed) OR status <> \(Notice.Status.dismissed.rawValue))
        AND (\(filter.source == nil) OR source = \(filter.source ?? ""))
      ORDER BY number DESC LIMIT \(min(max(filter.limit, 1), 100))
      """
    ).map(Self.notice)
  }

  func notice(_ number: Int64) async throws -> Notice? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM \(unescaped: table) WHERE \(rowsOf: tenant) AND number = \(number)
      """
    ).first.map(Self.notice)
  }

  func unreadCount() async throws -> Int {
    let rows = try await store.rows(
      """
      SELECT COUNT(*) FROM \(unescaped: table)
      WHERE \(rowsOf: tenant) AND status = \(Notice.Status.unread.rawValue)
      """)
    return try rows.first?.get(0) ?? 0
  }

  // MARK: Changing

  func setStatus(_ status: Notice.Status, of number: Int64) async throws -> Bool {
    try await store.execute(
      """
      UPDATE \(unescaped: table) SET status = \(status.rawValue)
      WHERE \(rowsOf: tenant) AND number = \(number)
      """) > 0
  }

  func markAllRead(upTo number: Int64) async throws -> Int {
    try await store.execute(
      """
      UPDATE \(unescaped: table) SET status = \(Notice.Status.read.rawValue)
      WHERE \(rowsOf: tenant) AND number <= \(number) AND status = \(Notice.Status.unread.rawValue)
      """)
  }

  func setDelivery(_ delivery: Notice.Delivery, of number: Int64) async throws {
    try await store.execute(
      """
      UPDATE \(unescaped: table) SET delivery = \(delivery.rawValue)
      WHERE \(rowsOf: tenant) AND number = \(number)
      """)
  }

  func sweep(now: Timestamp) async throws -> Int {
    try await store.execute(
      """
      DELETE FROM \(unescaped: table)
      WHERE \(rowsOf: tenant) AND last_at < \((now - Self.retention).milliseconds)
      """)
  }

  // MARK: Rows

  private static func json(_ values: [String: String]) -> JSONValue {
    .object(
      JSONObject(
        fields: values.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .string($0.value)) })
    )
  }

  private static func notice(_ row: SQLRow) throws -> Notice {
    let values = try JSONValue(parsing: Array(try row.get(5, as: String.self).utf8))
    let fields = values.object?.fields ?? []
    return Notice(
      number: try row.get(0), severity: NoticeSeverity(rawValue: try row.get(1)) ?? .problem,
      source: try row.get(2), key: try row.get(3),
      sentence: Sentence(
        try row.get(4),
        Dictionary(fields.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first })),
      link: try row.get(6), count: try row.get(7), firstAt: Timestamp(milliseconds: try row.get(8)),
      lastAt: Timestamp(milliseconds: try row.get(9)),
      status: Notice.Status(rawValue: try row.get(10)) ?? .unread,
      delivery: Notice.Delivery(rawValue: try row.get(11)) ?? .none)
  }
}
