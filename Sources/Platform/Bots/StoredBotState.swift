// What outlives the process about bots: their sessions on the gateway and their count of identifies.

package import DiscordBot
package import DiscordCore
package import DiscordGateway
import EventLoop
import SQL
package import Storage

/// The stored state of one bot.
package struct StoredBotState: ShardSessionStore, IdentifyStore {
  private let store: PlatformStore
  private let bot: Int64

  /// Of the bot with that user id; declare `BotSchema.owner` in the store's schema.
  package init(of bot: UserID, in store: PlatformStore) {
    self.store = store
    self.bot = Int64(bitPattern: bot.rawValue)
  }

  /// This state as what a bot is made with.
  package var stores: BotStores { BotStores(sessions: self, identifies: self) }

  package func loadSession(of shard: ShardID) async throws -> ShardSession? {
    let rows = try await store.rows(
      """
      SELECT session, resume_url, sequence, intents FROM bot_session
      WHERE bot_id = \(bot) AND shard = \(shard.index) AND shard_count = \(shard.count)
      """)
    return try rows.first.map { row in
      ShardSession(
        id: try row.get("session"), resumeURL: try row.get("resume_url"), sequence: try row.get("sequence"),
        intents: Intents(rawValue: UInt32(truncatingIfNeeded: try row.get("intents", as: Int64.self))))
    }
  }

  package func saveSession(_ session: ShardSession?, of shard: ShardID) async throws {
    guard let session else {
      try await store.execute(
        """
        DELETE FROM bot_session WHERE bot_id = \(bot) AND shard = \(shard.index) AND shard_count = \(shard.count)
        """)
      return
    }
    try await store.execute(
      """
      INSERT INTO bot_session (bot_id, shard, shard_count, session, resume_url, sequence, intents)
      VALUES (\(bot), \(shard.index), \(shard.count), \(session.id), \(session.resumeURL), \(session.sequence),
        \(Int64(session.intents.rawValue)))
      ON CONFLICT (bot_id, shard_count, shard) DO UPDATE SET session = excluded.session,
        resume_url = excluded.resume_url, sequence = excluded.sequence, intents = excluded.intents
      """)
  }

  package func loadIdentifies() async throws -> IdentifyRecord? {
    let rows = try await store.rows("SELECT used, resets_at FROM bot_identify WHERE bot_id = \(bot)")
    return try rows.first.map { row in
      IdentifyRecord(windowEnds: Timestamp(milliseconds: try row.get("resets_at")), used: try row.get("used"))
    }
  }

  package func saveIdentifies(_ record: IdentifyRecord) async throws {
    try await store.execute(
      """
      INSERT INTO bot_identify (bot_id, used, resets_at)
      VALUES (\(bot), \(record.used), \(record.windowEnds.milliseconds))
      ON CONFLICT (bot_id) DO UPDATE SET used = excluded.used, resets_at = excluded.resets_at
      """)
  }

  /// Forgets everything about the bot.
  package func forget() async throws {
    try await store.batch([
      "DELETE FROM bot_session WHERE bot_id = \(bot)", "DELETE FROM bot_identify WHERE bot_id = \(bot)",
    ])
  }
}
