// Every SQL statement about appeals.

import DiscordCore
import EventLoop
import SQL
import Storage

/// The appeals of a guild. Every call may throw what `Store` throws.
struct AppealStore: Sendable {
  let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  /// What came of submitting one.
  enum Filed: Hashable, Sendable {
    case filed(Appeal)
    /// There is one already that is not decided.
    case pending(Int64)
    case paused(until: Timestamp)
  }

  private static let columns = """
    appeal, case_number, person, status, origin, created_at, due_at, decided_by, decided_at, queue_channel,
    queue_message
    """

  // MARK: Saying something

  /// Writes an appeal down with its first entry. One of the same key that is there already is returned as it is.
  func submit(
    _ caseNumber: Int64, of person: UserID, _ text: String, origin: AppealOrigin, effectKey: String,
    due: Timestamp, pause: Duration, at now: Timestamp
  ) async throws -> Filed {
    let tenant = store.tenant.id
    return try await store.writeNumbered { session in
      if let row = try await session.rows(
        """
        SELECT \(unescaped: Self.columns) FROM moderation_appeal
        WHERE guild_id = \(tenant) AND effect_key = \(effectKey)
        """
      ).first {
        return .filed(try Self.appeal(row))
      }
      let earlier = try await session.rows(
        """
        SELECT \(unescaped: Self.columns) FROM moderation_appeal
        WHERE guild_id = \(tenant) AND case_number = \(caseNumber) ORDER BY appeal
        """
      ).map(Self.appeal)
      if let pending = earlier.first(where: \.status.isPending) { return .pending(pending.number) }
      let denial = earlier.filter { $0.status == .denied }.compactMap(\.decidedAt).max()
      if let until = AppealRules.pausedUntil(lastDenial: denial, pause: pause, now: now) {
        return .paused(until: until)
      }
      let number = try await session.rows(
        """
        SELECT COALESCE(MAX(appeal), 0) + 1 FROM moderation_appeal
        WHERE guild_id = \(tenant)
        """)[0]
        .get(0, as: Int64.self)
      try await session.execute(
        """
        INSERT INTO moderation_appeal (guild_id, appeal, effect_key, case_number, person, status, origin,
          created_at, due_at)
        VALUES (\(tenant), \(number), \(effectKey), \(caseNumber), \(person.column),
          \(AppealStatus.open.rawValue), \(origin.rawValue), \(now.milliseconds), \(due.milliseconds))
        """)
      try await session.execute(
        Self.entry(.submitted, of: number, person, by: person, text, effectKey: effectKey, at: now, tenant))
      let rows = try await session.rows(
        """
        SELECT \(unescaped: Self.columns) FROM moderation_appeal
        WHERE guild_id = \(tenant) AND appeal = \(number)
        """)
      guard let row = rows.first else {
        throw SQLError(.noSuchColumn, message: "an appeal is gone that was just written")
      }
      return .filed(try Self.appeal(row))
    }
  }

  /// Adds an entry and moves the appeal on, if it stands at one of `from`; once for each key.
  ///
  /// - Returns: whether it stands there now.
  func move(
    _ number: Int64, from: Set<AppealStatus>, to status: AppealStatus, _ kind: AppealEntry.Kind,
    by author: UserID, _ text: String, effectKey: String, due: Timestamp?, at now: Timestamp
  ) async throws -> Bool {
    let tenant = store.tenant.id
    return try await store.writeNumbered { session in
      let said = try await session.rows(
        """
        SELECT 1 FROM moderation_appeal_entry
        WHERE guild_id = \(tenant) AND appeal = \(number) AND effect_key = \(effectKey)
        """)
      if !said.isEmpty { return true }
      guard let appeal = try await find(number, in: session), from.contains(appeal.status) else {
        return false
      }
      let decided = status.isPending ? nil : now.milliseconds
      try await session.execute(
        """
        UPDATE moderation_appeal SET status = \(status.rawValue), due_at = \(due?.milliseconds),
          decided_at = \(decided), decided_by = \(decided == nil ? nil : author.column),
          decision_key = NULL, decision_at = NULL
        WHERE guild_id = \(tenant) AND appeal = \(number)
        """)
      try await session.execute(
        Self.entry(kind, of: number, appeal.person, by: author, text, effectKey: effectKey, at: now, tenant))
      return true
    }
  }

  private static func entry(
    _ kind: AppealEntry.Kind, of number: Int64, _ person: UserID, by author: UserID, _ text: String,
    effectKey: String,
    at now: Timestamp, _ tenant: Int64
  ) -> SQL {
    """
    INSERT INTO moderation_appeal_entry (guild_id, appeal, entry, effect_key, kind, person, author,
      body, at)
    SELECT \(tenant), \(number), COALESCE(MAX(entry), 0) + 1, \(effectKey), \(kind.rawValue), \(person.column),
      \(author.column), \(text), \(now.milliseconds)
    FROM moderation_appeal_entry WHERE appeal = \(number)
    """
  }

  /// Keeps a decision for the one who is taking it; false when it is decided, or somebody else is at it.
  func claim(_ number: Int64, by key: String, at now: Timestamp) async throws -> Bool {
    try await store.execute(
      """
      UPDATE moderation_appeal SET decision_key = \(key), decision_at = \(now.milliseconds)
      WHERE guild_id = \(tenant) AND appeal = \(number) AND status IN ('open', 'asked')
        AND (decision_key IS NULL OR decision_key = \(key)
          OR decision_at < \((now - AppealRules.decisionSpan).milliseconds))
      """) > 0
  }

  /// Gives a decision back that was not taken.
  func release(_ number: Int64, by key: String) async throws {
    try await store.execute(
      """
      UPDATE moderation_appeal SET decision_key = NULL, decision_at = NULL
      WHERE guild_id = \(tenant) AND appeal = \(number) AND decision_key = \(key)
      """)
  }

  func queued(_ number: Int64, in channel: ChannelID, as message: MessageID) async throws {
    try await store.execute(
      """
      UPDATE moderation_appeal SET queue_channel = \(channel.column), queue_message = \(message.column)
      WHERE guild_id = \(tenant) AND appeal = \(number)
      """)
  }

  func remind(_ number: Int64, at due: Timestamp) async throws {
    try await store.execute(
      """
      UPDATE moderation_appeal SET due_at = \(due.milliseconds)
      WHERE guild_id = \(tenant) AND appeal = \(number) AND due_at IS NOT NULL
      """
    )
  }

  // MARK: Finding

  func appeal(_ number: Int64) async throws -> Appeal? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_appeal
      WHERE guild_id = \(tenant) AND appeal = \(number)
      """
    ).first.map(Self.appeal)
  }

  /// A person's, newest first.
  func appeals(of person: UserID) async throws -> [Appeal] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_appeal
      WHERE guild_id = \(tenant) AND person = \(person.column)
      ORDER BY appeal DESC LIMIT 100
      """
    ).map(Self.appeal)
  }

  /// Newest first, a page at a time.
  func appeals(_ status: AppealStatus?, before number: Int64?, limit: Int) async throws -> [Appeal] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_appeal
      WHERE guild_id = \(tenant) AND (\(status == nil) OR status = \(status?.rawValue ?? ""))
        AND appeal < \(number ?? .max)
      ORDER BY appeal DESC LIMIT \(min(max(limit, 1), 100))
      """
    ).map(Self.appeal)
  }

  /// Those that the staff has to decide.
  func waiting() async throws -> [Appeal] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_appeal
      WHERE guild_id = \(tenant) AND due_at IS NOT NULL ORDER BY appeal
      """
    ).map(Self.appeal)
  }

  /// What was said, first to last.
  func entries(of number: Int64) async throws -> [AppealEntry] {
    try await store.rows(
      """
      SELECT kind, author, body, at FROM moderation_appeal_entry
      WHERE guild_id = \(tenant) AND appeal = \(number) ORDER BY entry
      """
    ).map { row in
      // 0 stands for somebody who was erased.
      let author = try row.get(1, as: Int64.self)
      return AppealEntry(
        kind: AppealEntry.Kind(rawValue: try row.get(0)) ?? .submitted,
        author: author == 0 ? nil : UserID(column: author), text: try row.get(2),
        at: Timestamp(milliseconds: try row.get(3)))
    }
  }

  private func find(_ number: Int64, in session: any SQLSession) async throws -> Appeal? {
    try await session.rows(
      "SELECT \(unescaped: Self.columns) FROM moderation_appeal WHERE guild_id = \(tenant) AND appeal = \(number)"
    ).first.map(Self.appeal)
  }

  private static func appeal(_ row: SQLRow) throws -> Appeal {
    func id<Entity>(_ name: String) throws -> Snowflake<Entity>? {
      try row.get(name, as: Int64?.self).map { Snowflake<Entity>(column: $0) }
    }
    func instant(_ name: String) throws -> Timestamp? {
      try row.get(name, as: Int64?.self).map { Timestamp(milliseconds: $0) }
    }
    return Appeal(
      number: try row.get("appeal"), caseNumber: try row.get("case_number"),
      person: UserID(column: try row.get("person")),
      status: AppealStatus(rawValue: try row.get("status")) ?? .open,
      origin: AppealOrigin(rawValue: try row.get("origin")) ?? .server,
      createdAt: Timestamp(milliseconds: try row.get("created_at")), dueAt: try instant("due_at"),
      decidedBy: try id("decided_by"), decidedAt: try instant("decided_at"),
      queueChannel: try id("queue_channel"), queueMessage: try id("queue_message"))
  }
}
