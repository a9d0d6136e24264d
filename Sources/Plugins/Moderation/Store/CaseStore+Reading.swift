// The cases of a guild: finding and reading them.

package import DiscordCore
import EventLoop
import JSON
import PlatformPlugins
import PlatformSettings
import SQL
import Storage
import Vault

extension CaseStore {
  // MARK: Finding

  /// The case of that number, void or not.
  package func find(_ number: Int64) async throws -> CaseRecord? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_case
      WHERE guild_id = \(guild) AND number = \(number)
      """
    ).first.map(Self.record)
  }

  /// The case that was made under that key.
  package func find(effectKey: String) async throws -> CaseRecord? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_case
      WHERE guild_id = \(guild) AND effect_key = \(effectKey)
      """
    ).first.map(Self.record)
  }

  /// The case that a case led to by the ladder.
  func child(of number: Int64) async throws -> Int64? {
    try await store.rows(
      """
      SELECT number FROM moderation_case
      WHERE guild_id = \(guild) AND parent = \(number) ORDER BY number LIMIT 1
      """
    ).first?.get(0)
  }

  /// What fits, newest first, a part at a time.
  package func find(_ filter: CaseFilter) async throws -> CasePage {
    let part = "ORDER BY number DESC LIMIT \(min(max(filter.limit, 1), 100)) OFFSET \(max(filter.offset, 0))"
    let page = condition(filter, behind: "SELECT \(Self.columns)", before: part)
    // Cases are never removed: without a condition their number is the newest one's, and nothing has to be counted.
    let counted = filter.hasConditions ? "SELECT COUNT(*)" : "SELECT COALESCE(MAX(number), 0)"
    let count = condition(filter, behind: counted, before: "")
    return try await store.read { session in
      CasePage(
        cases: try await session.rows(page).map(Self.record),
        total: try await session.rows(count)[0].get(0))
    }
  }

  /// Names only what is asked for, so that the index of a member, a moderator or a kind is used.
  private func condition(_ filter: CaseFilter, behind beginning: String, before end: String) -> SQL {
    var text = SQL.StringInterpolation(literalCapacity: 512, interpolationCount: 8)
    func and(_ condition: String, _ value: some SQLConvertible) {
      text.appendLiteral(" AND \(condition) ")
      text.appendInterpolation(value)
    }
    text.appendLiteral("\(beginning) FROM moderation_case WHERE guild_id = ")
    text.appendInterpolation(store.tenant.id)
    if let target = filter.target { and("target_id =", target.column) }
    if let moderator = filter.moderator {
      and("actor_id =", moderator.column)
      text.appendLiteral(" AND actor_kind <> 'automatic'")
    }
    if let kind = filter.kind { and("kind =", kind.rawValue) }
    if let words = filter.text {
      and("LOWER(reason) LIKE", "%\(Self.escaped(words.lowercased()))%")
      text.appendLiteral(" ESCAPE '!'")
    }
    if let since = filter.since { and("created_at >=", since.milliseconds) }
    if let until = filter.until { and("created_at <", until.milliseconds) }
    if !filter.includesVoid { text.appendLiteral(" AND voided_at IS NULL") }
    text.appendLiteral(" \(end)")
    return SQL(stringInterpolation: text)
  }

  /// Cases made up to that instant from which something still follows, oldest first.
  func unfinished(upTo instant: Timestamp, limit: Int = 50) async throws -> [CaseRecord] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_case
      WHERE guild_id = \(guild) AND is_finished = \(false) AND created_at <= \(instant.milliseconds)
      ORDER BY number LIMIT \(limit)
      """
    ).map(Self.record)
  }

  /// The newest case of a member, of one of these kinds, that was not declared void.
  package func newest(_ kinds: [CaseKind], of user: UserID) async throws -> CaseRecord? {
    var newest: CaseRecord?
    for kind in kinds {
      var filter = CaseFilter()
      (filter.target, filter.kind, filter.includesVoid, filter.limit) = (user, kind, false, 1)
      if let found = try await find(filter).cases.first, found.number > newest?.number ?? 0 { newest = found }
    }
    return newest
  }

  /// The case of that kind that lasts for a member: the newest that nothing has ended.
  package func lasting(_ kind: CaseKind, of user: UserID) async throws -> CaseRecord? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_case
      WHERE guild_id = \(guild) AND target_id = \(user.column) AND kind = \(kind.rawValue) AND ended_at IS NULL
      ORDER BY number DESC LIMIT 1
      """
    ).first.map(Self.record)
  }

  /// A member's cases as the ladder sees them, oldest first.
  func entries(of user: UserID) async throws -> [LadderEntry] {
    try await store.read { try await entries(of: user, in: $0) }
  }

  func entries(of user: UserID, in session: any SQLSession) async throws -> [LadderEntry] {
    try await session.rows(
      """
      SELECT created_at, points, kind FROM moderation_case
      WHERE guild_id = \(guild) AND target_id = \(user.column) AND voided_at IS NULL
        AND (points > 0 OR kind = 'warn')
      ORDER BY number DESC LIMIT \(Self.ladderDepth)
      """
    ).reversed().map { row in
      LadderEntry(
        at: Timestamp(milliseconds: try row.get(0)), points: try row.get(1),
        isWarning: try row.get(2, as: String.self) == CaseKind.warn.rawValue)
    }
  }

  /// The reasons that a case had before, oldest first.
  package func revisions(of number: Int64) async throws -> [CaseRevision] {
    try await store.rows(
      """
      SELECT reason, replaced_at, replaced_by FROM moderation_revision
      WHERE guild_id = \(guild) AND case_number = \(number) ORDER BY revision
      """
    ).map { row in
      CaseRevision(
        reason: try row.get(0), replacedAt: Timestamp(milliseconds: try row.get(1)),
        replacedBy: UserID(column: try row.get(2)))
    }
  }

  func find(_ number: Int64, in session: any SQLSession) async throws -> CaseRecord? {
    try await session.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_case
      WHERE guild_id = \(guild) AND number = \(number)
      """
    ).first.map(Self.record)
  }

  // MARK: Evidence

  /// What was kept of the message that a case is about; nil when nothing was, or it was erased since.
  ///
  /// - Throws: `VaultError` when it cannot be opened.
  package func evidence(of record: CaseRecord) async throws -> CaseEvidence? {
    guard let sealed = record.sealedEvidence, !sealed.isEmpty else { return nil }
    let bytes = try await store.key().open(sealed, context: sealContext(record.effectKey))
    let value = try JSONValue(parsing: bytes)
    return CaseEvidence(
      content: value["content"]?.string ?? "",
      repliedTo: value["replied_to"]?.snowflake.map { MessageID($0) },
      attachments: value["attachments"]?.array?.compactMap(\.string) ?? [])
  }

  func sealed(_ draft: CaseDraft) async throws -> [UInt8]? {
    guard let message = draft.message, let content = message.content else { return nil }
    var fields = [JSONObject.Field(key: "content", value: .string(content))]
    if let repliedTo = message.repliedTo {
      fields.append(.init(key: "replied_to", value: .string("\(repliedTo)")))
    }
    if !message.attachments.isEmpty {
      fields.append(.init(key: "attachments", value: .array(message.attachments.map { .string($0) })))
    }
    let bytes = try JSONValue.object(JSONObject(fields: fields)).encoded()
    return try await store.key().seal(bytes, context: sealContext(draft.effectKey))
  }

  private func sealContext(_ key: String) -> SealContext {
    SealContext(tenant: store.tenant.description, table: "moderation_case", column: "evidence", row: key)
  }

  // MARK: Rows

  static func record(_ row: SQLRow) throws -> CaseRecord {
    let actor = UserID(column: try row.get("actor_id"))
    let rule = try row.get("actor_rule", as: String.self).split(separator: "/", maxSplits: 1)
    let source: CaseSource =
      switch try row.get("actor_kind", as: String.self) {
      case "person": .person(actor)
      case "hand": .byHand(actor)
      case "erased": .erased
      default: .automatic(plugin: String(rule.first ?? ""), rule: String(rule.dropFirst().first ?? ""))
      }
    let void = try row.get("voided_at", as: Int64?.self).map { at in
      CaseRecord.Void(
        at: Timestamp(milliseconds: at),
        by: try row.get("voided_by", as: Int64?.self).flatMap { $0 == 0 ? nil : UserID(column: $0) },
        reason: try row.get("void_reason", as: String?.self) ?? "")
    }
    return CaseRecord(
      number: try row.get("number"), effectKey: try row.get("effect_key"),
      kind: CaseKind(rawValue: try row.get("kind")) ?? .note,
      target: UserID(column: try row.get("target_id")),
      source: source, reason: try row.get("reason"), at: Timestamp(milliseconds: try row.get("created_at")),
      duration: try row.get("lasts", as: Int64?.self).map { .milliseconds($0) },
      points: try row.get("points"), parent: try row.get("parent"),
      role: try row.get("role_id", as: Int64?.self).map { RoleID(column: $0) },
      message: try place(row, "channel_id", "message_id"), sealedEvidence: try row.get("evidence"),
      notice: CaseNotice(rawValue: try row.get("notice")) ?? .off,
      step: try row.get("step", as: String?.self).flatMap(step), isFinished: try row.get("is_finished"),
      endedAt: try row.get("ended_at", as: Int64?.self).map { Timestamp(milliseconds: $0) },
      logMessage: try place(row, "log_channel", "log_message"), void: void)
  }

  private static func place(_ row: SQLRow, _ channel: String, _ message: String) throws -> MessagePlace? {
    guard let channel = try row.get(channel, as: Int64?.self),
      let message = try row.get(message, as: Int64?.self)
    else { return nil }
    return MessagePlace(channel: ChannelID(column: channel), message: MessageID(column: message))
  }

  /// A step as it was when the case reached it. One that today's settings do not allow any more is not taken.
  private static func step(_ text: String) -> LadderStep? {
    guard let document = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
    return try? LadderStep(document: document)
  }

  /// A text as a part of a pattern, in which `!` takes a character as it stands.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "%_!".contains(character) { result.append("!") }
      result.append(character)
    }
  }
}
