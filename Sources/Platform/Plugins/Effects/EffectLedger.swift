// Which effects are done: what makes "at least once" into "once".

package import EventLoop
package import SQL
package import Storage

/// The tables of effects.
package enum EffectSchema {
  /// Declared in a guild's store. Kept longer than Discord resumes a session and than a failing timer is tried: as long
  /// as anything can be replayed.
  package static let owner = SchemaOwner(
    "effect",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE effect_done (
            guild_id BIGINT NOT NULL, effect_key TEXT NOT NULL, done_at BIGINT NOT NULL,
            PRIMARY KEY (guild_id, effect_key))
          """,
          "CREATE INDEX effect_done_by_time ON effect_done (guild_id, done_at)",
        ])
    ],
    tables: [
      Table(
        "effect_done",
        columns: [.init("guild_id", .integer), .init("effect_key", .text), .init("done_at", .integer)],
        key: ["guild_id", "effect_key"],
        data: TableData(
          "Which effects of events and timers are done, by keys that name these by their ids",
          kept: .days(7, since: "done_at")))
    ])
}

/// The effects of a guild that are done.
package struct EffectLedger: Sendable {
  private let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  package init(_ store: GuildStore) { self.store = store }

  /// Runs `body` in a transaction, unless an effect of that key is done already: then nothing happens and nil is
  /// returned. The key and what `body` writes are stored together or not at all.
  ///
  /// For effects that are rows; `body` may take the next number of a series, as in `Store.writeNumbered`. What happens outside of the store (a message) needs the outside's own key, its nonce.
  ///
  /// - Throws: what `Store.write` and `body` throw.
  package func once<Value: Sendable>(
    _ key: String, at now: Timestamp, _ body: @Sendable (any SQLSession) async throws -> Value
  ) async throws -> Value? {
    let tenant = store.tenant.id
    return try await store.writeNumbered { session in
      let added = try await session.execute(
        """
        INSERT INTO effect_done (guild_id, effect_key, done_at) VALUES (\(tenant), \(key), \(now.milliseconds))
        ON CONFLICT (guild_id, effect_key) DO NOTHING
        """)
      return added > 0 ? try await body(session) : nil
    }
  }

  /// Writes down that an effect of that key is done. Doing so twice is fine.
  package func mark(_ key: String, at now: Timestamp) async throws {
    let tenant = store.tenant.id
    try await store.execute(
      """
      INSERT INTO effect_done (guild_id, effect_key, done_at) VALUES (\(tenant), \(key), \(now.milliseconds))
      ON CONFLICT (guild_id, effect_key) DO NOTHING
      """)
  }

  /// Whether an effect of that key is done.
  package func isDone(_ key: String) async throws -> Bool {
    try await !store.rows(
      """
      SELECT 1 FROM effect_done
      WHERE guild_id = \(tenant) AND effect_key = \(key)
      """
    ).isEmpty
  }
}
