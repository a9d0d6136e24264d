// Which roles people in quarantine had before.

import DiscordCore
import EventLoop
import SQL
import Storage

/// The quarantine of a guild. Every call may throw what `Store` throws.
struct QuarantineStore: Sendable {
  /// Somebody who is in quarantine.
  struct Entry: Hashable, Sendable {
    let user: UserID
    /// What put them there.
    let effectKey: String
    /// Everything they had besides @everyone.
    let roles: [RoleID]
    let began: Timestamp
  }

  let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  /// Writes down what somebody had, unless that was done before: what they have in quarantine is not what they had.
  ///
  /// - Returns: what is written down.
  func begin(_ user: UserID, roles: [RoleID], effectKey: String, at now: Timestamp) async throws -> Entry {
    let text = roles.map(\.description).joined(separator: ",")
    try await store.execute(
      """
      INSERT INTO moderation_quarantine (guild_id, user_id, effect_key, roles, began_at)
      VALUES (\(tenant), \(user.column), \(effectKey), \(text), \(now.milliseconds))
      ON CONFLICT (guild_id, user_id) DO NOTHING
      """)
    return try await entry(user) ?? Entry(user: user, effectKey: effectKey, roles: roles, began: now)
  }

  func entry(_ user: UserID) async throws -> Entry? {
    try await store.rows(
      """
      SELECT effect_key, roles, began_at FROM moderation_quarantine
      WHERE guild_id = \(tenant) AND user_id = \(user.column)
      """
    ).first.map { row in
      Entry(
        user: user, effectKey: try row.get(0),
        roles: try row.get(1, as: String.self).split(separator: ",").compactMap { RoleID($0) },
        began: Timestamp(milliseconds: try row.get(2)))
    }
  }

  /// Forgets what that key wrote down about somebody.
  func end(_ user: UserID, effectKey: String) async throws {
    try await store.execute(
      """
      DELETE FROM moderation_quarantine
      WHERE guild_id = \(tenant) AND user_id = \(user.column) AND effect_key = \(effectKey)
      """)
  }
}
