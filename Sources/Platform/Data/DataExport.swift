// Hands over what is held about a person or of a guild, as JSON, piece by piece.

package import DiscordCore
package import EventLoop
import JSON
import SQL
package import Storage

/// What an export had in it.
package struct ExportSummary: Sendable, Equatable {
  /// Rows, by table; a table that had none is not in it.
  package var rows: [String: Int] = [:]
  /// Sealed values that did not open, and are `null` in the export.
  package var unreadable = 0

  package init(rows: [String: Int] = [:], unreadable: Int = 0) {
    (self.rows, self.unreadable) = (rows, unreadable)
  }
}

/// Exports, made from the declarations of tables. Whatever the size, a batch of rows is all that is in memory.
///
///     let summary = try await DataExport(storage).person(user, in: guild) { bytes in try await body.write(bytes) }
///
/// The pieces together are one JSON text:
///
///     {"format": "guildhall.export", "version": 1, "user": "7", "guild": "42", "exported_at": "2026-…", "tables": [
///       {"table": "moderation_case", "guild": "42", "holds": "Cases: …", "kept": "until …", "rows": [{…}, …]}, …]}
///
/// Ids are texts, for no JavaScript reads 64 bits; bytes are base64url; columns sealed with the store's key are opened;
/// credentials are left out. In the export of a person, so are the columns that are other people's. Calls throw what
/// `Store` and the receiver throw.
package struct DataExport: Sendable {
  /// Gets the next piece of the text.
  package typealias Receiver = ([UInt8]) async throws -> Void

  private let storage: Storage
  private let batch: Int
  private let time: any TimeSource

  /// `batch` is how many rows are in memory at once.
  package init(_ storage: Storage, batch: Int = 100, time: any TimeSource = SystemTime()) {
    (self.storage, self.batch, self.time) = (storage, batch, time)
  }

  /// What is held about a person in one guild.
  package func person(_ user: UserID, in guild: Tenant, to receiver: Receiver) async throws -> ExportSummary {
    try await export(user, [guild], isWhole: false, receiver)
  }

  /// What is held about a person in every guild and by the platform.
  package func person(_ user: UserID, to receiver: Receiver) async throws -> ExportSummary {
    try await export(user, try await storage.guilds(), isWhole: true, receiver)
  }

  /// Everything of a guild.
  package func guild(_ guild: Tenant, to receiver: Receiver) async throws -> ExportSummary {
    try await export(nil, [guild], isWhole: false, receiver)
  }

  /// `isWhole` is whether the platform's own rows are asked for, those of no guild included.
  private func export(_ user: UserID?, _ guilds: [Tenant], isWhole: Bool, _ receiver: Receiver) async throws
    -> ExportSummary
  {
    if let user, user.rawValue == 0 { throw DataError.nobody }
    var writer = ExportWriter(user: user.map { Int64(bitPattern: $0.rawValue) }, batch: batch)
    try await receiver(writer.beginning(guild: isWhole ? nil : guilds.first, at: time.now))
    let guild = isWhole ? nil : guilds.first
    for table in storage.schema.tables(.platform) where isWhole || table.hasTenant {
      let sealing = Sealing(key: storage.platform.key, tenant: SealedColumn.platformTenant)
      try await writer.write(RowSelection(table, guild: guild), of: storage.platform, sealing, receiver)
    }
    for guild in guilds {
      try Task.checkCancellation()
      // To ask the store of a guild that has none would make it one.
      guard try await storage.hasGuild(guild) else { continue }
      let store = storage.guild(guild)
      let sealing = Sealing(key: try await store.key(), tenant: "\(guild)")
      for table in storage.schema.tables(.guild) {
        try await writer.write(RowSelection(table, guild: guild), of: store, sealing, receiver)
      }
    }
    try await receiver(Array("]}\n".utf8))
    return writer.summary
  }
}
