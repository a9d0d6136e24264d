// The grants of a guild: every SQL statement about them.

package import DiscordCore
package import EventLoop
import SQL
package import Storage

/// The tables of access.
package enum AccessSchema {
  /// Declared in a guild's store.
  package static let owner = SchemaOwner(
    "access",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE access_grant (
            guild_id BIGINT NOT NULL, subject_kind TEXT NOT NULL, subject_id BIGINT NOT NULL, access TEXT NOT NULL,
            granted_by BIGINT NOT NULL, granted_at BIGINT NOT NULL, PRIMARY KEY (guild_id, subject_kind, subject_id))
          """
        ])
    ],
    tables: [
      Table(
        "access_grant",
        columns: [
          .init("guild_id", .integer), .init("subject_kind", .text), .init("subject_id", .integer),
          .init("access", .text), .init("granted_by", .integer), .init("granted_at", .integer),
        ], key: ["guild_id", "subject_kind", "subject_id"],
        data: TableData(
          "Who may use the server's dashboard, and who gave them access",
          people: [
            .subject("subject_id", when: .column("subject_kind", is: "user")), .actor("granted_by"),
          ],
          kept: .until("the access is taken away, or the server's data erased")))
    ])
}

/// A guild's grants. Every call may throw what `Store` throws.
package struct AccessStore: Sendable {
  /// More grants than a guild can need, few enough to be read at every question.
  package static let limit = 200
  private let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  package init(_ store: GuildStore) { self.store = store }

  /// All grants, those to people first.
  package func grants() async throws -> [AccessGrant] {
    let rows = try await store.rows(
      """
      SELECT subject_kind, subject_id, access FROM access_grant
      WHERE guild_id = \(tenant) ORDER BY subject_kind DESC, subject_id
      """)
    return try rows.compactMap { row in
      let id = UInt64(bitPattern: try row.get("subject_id", as: Int64.self))
      // A role that a newer version wrote is no role here: access is never guessed.
      guard let access = AccessRole(name: try row.get("access", as: String.self)) else { return nil }
      let isUser = try row.get("subject_kind", as: String.self) == "user"
      return AccessGrant(isUser ? .user(UserID(id)) : .role(RoleID(id)), access)
    }
  }

  /// Gives access, or changes what was given. Returns false, and does nothing, when there are `limit` grants already.
  package func grant(_ grant: AccessGrant, by actor: UserID, at now: Timestamp) async throws -> Bool {
    let (kind, id) = Self.columns(grant.subject)
    let tenant = store.tenant.id
    return try await store.execute(
      """
      INSERT INTO access_grant (guild_id, subject_kind, subject_id, access, granted_by, granted_at)
      SELECT \(tenant), \(kind), \(id), \(grant.access.name), \(Int64(bitPattern: actor.rawValue)), \(now.milliseconds)
      WHERE (SELECT COUNT(*) FROM access_grant) < \(Self.limit) OR EXISTS (
        SELECT 1 FROM access_grant WHERE subject_kind = \(kind) AND subject_id = \(id))
      ON CONFLICT (guild_id, subject_kind, subject_id) DO UPDATE SET access = excluded.access,
        granted_by = excluded.granted_by, granted_at = excluded.granted_at
      """) > 0
  }

  /// Takes access away and returns whether there was any.
  package func revoke(_ subject: AccessGrant.Subject) async throws -> Bool {
    let (kind, id) = Self.columns(subject)
    return try await store.execute(
      """
      DELETE FROM access_grant
      WHERE guild_id = \(tenant) AND subject_kind = \(kind) AND subject_id = \(id)
      """) > 0
  }

  private static func columns(_ subject: AccessGrant.Subject) -> (String, Int64) {
    switch subject {
    case .user(let user): ("user", Int64(bitPattern: user.rawValue))
    case .role(let role): ("role", Int64(bitPattern: role.rawValue))
    }
  }
}
