// The cases of a guild: writing them down, and what becomes of them.

package import DiscordCore
package import EventLoop
import JSON
import PlatformAudit
import PlatformPlugins
import PlatformSettings
import SQL
package import Storage
import Vault

/// The cases of one guild, for the plugin, its commands, the dashboard and the operator's command line. Cases are added,
/// their reasons get revisions, they end and they are declared void; none is ever removed. Every call may throw what
/// `Store` throws.
///
///     let cases = CaseStore(storage.guild(Tenant(guild)))
///     var filter = CaseFilter()
///     filter.target = user
///     for record in try await cases.find(filter).cases { print(record.number, record.kind, record.reason) }
package struct CaseStore: Sendable {
  /// How many of a member's cases the ladder looks back at.
  static let ladderDepth = 500

  let store: GuildStore
  /// Named by every statement: each index begins with it.
  var guild: Int64 { store.tenant.id }

  /// The cases of the guild whose store that is.
  package init(_ store: GuildStore) { self.store = store }

  static let columns = """
    number, effect_key, kind, target_id, actor_kind, actor_id, actor_rule, reason, created_at, lasts, points, parent,
    role_id, channel_id, message_id, evidence, notice, step, is_finished, ended_at, log_channel, log_message,
    voided_at, voided_by, void_reason
    """

  // MARK: Writing down

  /// Writes a case down under the next number, and in the same transaction its entry in the audit log and which of
  /// `steps` it reaches. A case of the same key that is there already is returned as it is.
  package func record(
    _ draft: CaseDraft, steps: [LadderStep] = [], points: PointSettings = PointSettings()
  ) async throws -> CaseRecord {
    let evidence = try await sealed(draft)
    return try await store.writeNumbered { session in
      let known: SQL = """
        SELECT \(unescaped: Self.columns) FROM moderation_case
        WHERE guild_id = \(guild) AND effect_key = \(draft.effectKey)
        """
      if let row = try await session.rows(known).first { return try Self.record(row) }
      let new = LadderEntry(at: draft.at, points: draft.points, isWarning: draft.kind == .warn)
      let earlier = steps.isEmpty ? [] : try await entries(of: draft.target, in: session)
      let step = Ladder.step(reachedBy: new, after: earlier, of: steps, points: points)
      let number = try await session.rows(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM moderation_case WHERE guild_id = \(guild)")[0]
        .get(0, as: Int64.self)
      try await session.execute(try insertion(of: draft, number: number, step: step, evidence: evidence))
      if let entry = Self.auditEntry(draft, number: number) {
        try await session.execute(try AuditLog.insertion(entry, in: store.tenant))
      }
      guard let row = try await session.rows(known).first else {
        throw SQLError(.noSuchColumn, message: "a case is gone that was just written")
      }
      return try Self.record(row)
    }
  }

  private func insertion(
    of draft: CaseDraft, number: Int64, step: LadderStep?, evidence: [UInt8]?
  ) throws -> SQL {
    let (kind, actor, rule) = Self.columns(of: draft.source)
    let step = try step.map { String(decoding: try $0.document.encoded(), as: UTF8.self) }
    return """
      INSERT INTO moderation_case (guild_id, number, effect_key, kind, target_id, actor_kind, actor_id, actor_rule,
        reason, created_at, lasts, points, parent, role_id, channel_id, message_id, evidence, notice, step,
        is_finished)
      VALUES (\(store.tenant.id), \(number), \(draft.effectKey), \(draft.kind.rawValue), \(draft.target.column),
        \(kind), \(actor), \(rule), \(draft.reason), \(draft.at.milliseconds),
        \(draft.duration.map { $0.wholeMilliseconds }), \(draft.points), \(draft.parent), \(draft.role?.column),
        \(draft.message?.channel.column), \(draft.message?.message.column), \(evidence),
        \(draft.notice.rawValue), \(step), \(draft.isFinished))
      """
  }

  /// What people and plugins did through Guildhall is in the audit log too; what was done in Discord stands in Discord's.
  private static func auditEntry(_ draft: CaseDraft, number: Int64) -> AuditEntry? {
    let actor: AuditEntry.Actor
    switch draft.source {
    case .person(let user): actor = .user(user)
    case .automatic: actor = .system
    case .byHand, .erased: return nil
    }
    return AuditEntry(
      at: draft.at, actor: actor, action: "\(Moderation.id).\(draft.kind.rawValue)",
      target: "\(draft.target)", after: ["case": .integer(number)])
  }

  /// Notes that all that follows from a case is done.
  func finish(_ number: Int64) async throws {
    try await store.execute(
      "UPDATE moderation_case SET is_finished = \(true) WHERE guild_id = \(guild) AND number = \(number)")
  }

  /// Notes where the case stands in the mod log; the first place counts.
  func logged(_ number: Int64, at place: MessagePlace) async throws {
    try await store.execute(
      """
      UPDATE moderation_case SET log_channel = \(place.channel.column), log_message = \(place.message.column)
      WHERE guild_id = \(guild) AND number = \(number) AND log_message IS NULL
      """)
  }

  /// Notes that what lasted is over, for all of a member's cases of these kinds up to `number`.
  ///
  /// - Returns: how many cases lasted until now.
  @discardableResult
  package func end(
    _ kinds: [CaseKind], of user: UserID, upTo number: Int64 = .max, at now: Timestamp
  ) async throws -> Int {
    try await store.batch(
      kinds.map { kind in
        """
        UPDATE moderation_case SET ended_at = \(now.milliseconds)
        WHERE guild_id = \(guild) AND target_id = \(user.column) AND kind = \(kind.rawValue) AND number <= \(number)
          AND ended_at IS NULL
        """
      }
    ).reduce(0, +)
  }

  // MARK: Changing

  /// Gives a case another reason; the old one becomes a revision.
  ///
  /// - Returns: the case before and after; nil when there is no case of that number, or it is void. Called again with the
  ///   same `effectKey`, the case is as it was made by the first call.
  package func changeReason(
    of number: Int64, to reason: String, by user: UserID, at now: Timestamp, effectKey: String
  ) async throws -> (before: String, after: CaseRecord)? {
    try await store.writeNumbered { session in
      guard let before = try await find(number, in: session), before.void == nil else { return nil }
      if let done = try await session.rows(
        """
        SELECT reason FROM moderation_revision WHERE guild_id = \(guild) AND case_number = \(number)
          AND effect_key = \(effectKey)
        """
      ).first {
        return (try done.get(0), before)
      }
      try await session.execute(
        """
        INSERT INTO moderation_revision (guild_id, case_number, revision, effect_key, reason, replaced_at, replaced_by)
        SELECT \(store.tenant.id), \(number), COALESCE(MAX(revision), 0) + 1, \(effectKey), \(before.reason),
          \(now.milliseconds), \(user.column)
        FROM moderation_revision WHERE guild_id = \(guild) AND case_number = \(number)
        """)
      try await session.execute(
        "UPDATE moderation_case SET reason = \(reason) WHERE guild_id = \(guild) AND number = \(number)")
      try await session.execute(
        try AuditLog.insertion(
          AuditEntry(
            at: now, actor: .user(user), action: "\(Moderation.id).case.edit", target: "\(number)",
            before: ["reason": .string(before.reason)], after: ["reason": .string(reason)]), in: store.tenant)
      )
      return try await find(number, in: session).map { (before.reason, $0) }
    }
  }

  /// Declares a case void: it keeps its number, says who did it and why, and weighs nothing any more.
  ///
  /// - Returns: the case; nil when there is none of that number. One that is void already stays as it is.
  package func void(
    _ number: Int64, by user: UserID, because reason: String, at now: Timestamp
  ) async throws -> CaseRecord? {
    try await store.writeNumbered { session in
      let changed = try await session.execute(
        """
        UPDATE moderation_case
        SET voided_at = \(now.milliseconds), voided_by = \(user.column), void_reason = \(reason)
        WHERE guild_id = \(guild) AND number = \(number) AND voided_at IS NULL
        """)
      if changed > 0 {
        try await session.execute(
          try AuditLog.insertion(
            AuditEntry(
              at: now, actor: .user(user), action: "\(Moderation.id).case.delete", target: "\(number)",
              after: ["reason": .string(reason)]), in: store.tenant))
      }
      return try await find(number, in: session)
    }
  }

  static func columns(of source: CaseSource) -> (kind: String, actor: Int64, rule: String) {
    switch source {
    case .person(let user): ("person", user.column, "")
    case .byHand(let user): ("hand", user.column, "")
    case .automatic(let plugin, let rule): ("automatic", 0, "\(plugin)/\(rule)")
    case .erased: ("erased", 0, "")
    }
  }
}
