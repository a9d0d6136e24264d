// Every SQL statement about who serves which guild.

import DiscordCore
import EventLoop
import SQL
import Storage

/// The stored hand-overs.
struct ServingStore: Sendable {
  /// The server's column for the shared bot: no user has that id.
  private static let shared: Int64 = 0

  let store: PlatformStore

  func histories() async throws -> [Tenant: ServingHistory] {
    try Self.histories(
      await store.rows("SELECT guild_id, epoch, server_id, from_at FROM bot_serving ORDER BY guild_id, epoch")
    )
  }

  /// Without a hand-over, that of the shared bot.
  func history(of guild: Tenant) async throws -> ServingHistory {
    try Self.histories(
      await store.rows(
        "SELECT guild_id, epoch, server_id, from_at FROM bot_serving WHERE guild_id = \(guild.id) ORDER BY epoch"
      )
    )[guild] ?? ServingHistory()
  }

  /// Stores a hand-over, unless there is one of that number: then somebody else decided, and false is returned.
  func add(_ epoch: ServingHistory.Epoch, of guild: Tenant) async throws -> Bool {
    let server: Int64 =
      switch epoch.server {
      case .shared: Self.shared
      case .own(let bot): bot.column
      }
    let oldest = epoch.number - Int64(ServingHistory.memory)
    return try await store.batch([
      """
      INSERT INTO bot_serving (guild_id, epoch, server_id, from_at)
      VALUES (\(guild.id), \(epoch.number), \(server), \(epoch.from.milliseconds))
      ON CONFLICT (guild_id, epoch) DO NOTHING
      """,
      "DELETE FROM bot_serving WHERE guild_id = \(guild.id) AND epoch <= \(oldest)",
    ])[0] > 0
  }

  /// Puts off a hand-over that nobody knows of yet.
  func postpone(_ epoch: ServingHistory.Epoch, of guild: Tenant) async throws {
    try await store.execute(
      """
      UPDATE bot_serving SET from_at = \(epoch.from.milliseconds)
      WHERE guild_id = \(guild.id) AND epoch = \(epoch.number)
      """)
  }

  private static func histories(_ rows: [SQLRow]) throws -> [Tenant: ServingHistory] {
    var epochs: [Tenant: [ServingHistory.Epoch]] = [:]
    for row in rows {
      let server: Int64 = try row.get(2)
      epochs[Tenant(try row.get(0)), default: []].append(
        ServingHistory.Epoch(
          number: try row.get(1), server: server == shared ? .shared : .own(UserID(column: server)),
          from: Timestamp(milliseconds: try row.get(3))))
    }
    return epochs.mapValues { ServingHistory(stored: $0) }
  }
}
