// Erases people and guilds, as the tables declare it.

package import DiscordCore
package import EventLoop
package import Storage

/// Erases what is held about a person or of a guild, in every table there is.
///
///     let report = try await Erasure(storage).person(user, in: guild)
///
/// What is to be erased is written down first, so that a process that dies in the middle leaves a request which
/// `resume()` finishes; everything may be done twice. Rows go in batches, each a transaction of its own. Declare
/// `DataSchema.owner` among the platform's owners. Calls throw what `Store` throws, and then the request stays open.
package struct Erasure: Sendable {
  private let storage: Storage
  private let ledger: ErasureLedger
  private let batch: Int
  private let time: any TimeSource

  package init(_ storage: Storage, batch: Int = 500, time: any TimeSource = SystemTime()) {
    (self.storage, self.batch, self.time) = (storage, batch, time)
    ledger = ErasureLedger(store: storage.platform)
  }

  /// Erases a person from one guild, and from what the platform holds of that guild. Other guilds, and what the platform
  /// holds of the person as such, stay.
  package func person(_ user: UserID, in guild: Tenant) async throws -> ErasureReport {
    try await run(.person(user, guild: guild))
  }

  /// Erases a person from every guild and from the platform.
  package func person(_ user: UserID) async throws -> ErasureReport {
    try await run(.personEverywhere(user))
  }

  /// Erases a guild: its store and its key, without which no copy of the store can be read, and its rows in the tables
  /// of the platform.
  package func guild(_ guild: Tenant) async throws -> ErasureReport {
    try await run(.guild(guild))
  }

  /// Finishes what an end of the process, or a failure, interrupted. Call it at start-up, before the bots begin: a guild
  /// that comes back before its erasure is finished would lose what it writes. One request that fails does not keep others
  /// from being finished; the first failure is thrown at the end.
  @discardableResult
  package func resume() async throws -> [ErasureReport] {
    try await Self.each(try await ledger.open()) { try await run($0) }
  }

  private func run(_ target: ErasureTarget) async throws -> ErasureReport {
    guard !target.isNobody else { throw DataError.nobody }
    let number = try await ledger.begin(target, at: time.now)
    var report = ErasureReport()
    switch target {
    case .person(let user, let guild):
      try await erase(user, from: storage.platform, .platform, guild: guild, &report)
      try await erase(user, fromStoreOf: guild, &report)
    case .personEverywhere(let user):
      try await erase(user, from: storage.platform, .platform, guild: nil, &report)
      let reports = try await Self.each(try await storage.guilds()) { guild in
        var report = ErasureReport()
        try await erase(user, fromStoreOf: guild, &report)
        return report
      }
      for part in reports { report.merge(part) }
    case .guild(let guild):
      // The key first: from then on the erasure is complete in effect.
      report.isStoreDestroyed = try await storage.hasGuild(guild)
      try await storage.eraseGuild(guild)
      for table in storage.schema.tables(.platform).reversed() where table.hasTenant {
        let rows = RowSelection(table, guild: guild)
        if let reason = table.data.keptAfterGuild {
          report.add(kept: try await storage.platform.count(rows), of: table, reason)
        } else {
          report.add(deleted: try await storage.platform.delete(rows, batch: batch), of: table)
        }
      }
    }
    try await ledger.finish(number, report, at: time.now)
    return report
  }

  private func erase(_ user: UserID, fromStoreOf guild: Tenant, _ report: inout ErasureReport) async throws {
    // To ask the store of a guild that has none would make it one.
    guard try await storage.hasGuild(guild) else { return }
    try await erase(user, from: storage.guild(guild), .guild, guild: guild, &report)
    report.guilds += 1
  }

  private func erase(
    _ user: UserID, from store: some Store, _ scope: StoreScope, guild: Tenant?, _ report: inout ErasureReport
  ) async throws {
    // What refers to other rows is declared after them.
    for table in storage.schema.tables(scope).reversed() where guild == nil || table.hasTenant {
      try await erase(Int64(bitPattern: user.rawValue), RowSelection(table, guild: guild), store, &report)
    }
  }

  /// Deletes before it anonymises, so that no row is touched twice, and counts at the end what is left for a reason.
  private func erase(
    _ user: Int64, _ rows: RowSelection, _ store: some Store, _ report: inout ErasureReport
  ) async throws {
    let table = rows.table
    for person in table.data.people where person.onErasure == .deleteRow {
      report.add(deleted: try await store.delete(rows.naming(user, as: [person]), batch: batch), of: table)
    }
    for person in table.data.people where person.onErasure == .anonymise {
      let nobody = (column: person.column, value: person.value(of: 0))
      let values = person.personal.compactMap { personal in
        table.columns.first { $0.name == personal.column }.map { (personal.column, personal.erased($0.kind)) }
      }
      let count = try await store.update(
        rows.naming(user, as: [person]), to: [nobody] + values, batch: batch)
      report.add(anonymised: count, of: table)
    }
    for (outcome, people) in Dictionary(grouping: table.data.people, by: \.onErasure) {
      guard case .keep(let reason) = outcome else { continue }
      report.add(kept: try await store.count(rows.naming(user, as: people)), of: table, reason)
    }
  }

  /// Does the work for every item, goes on past those that fail, and throws the first failure at the end.
  private static func each<Item>(_ items: [Item], _ work: (Item) async throws -> ErasureReport) async throws
    -> [ErasureReport]
  {
    var reports: [ErasureReport] = []
    var failure: (any Error)?
    for item in items {
      try Task.checkCancellation()
      do { reports.append(try await work(item)) } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
    return reports
  }
}
