// Deletes what is past its time, as the tables declare it.

package import EventLoop
package import Storage
import Telemetry

/// What one pass of the sweeper did.
package struct SweepReport: Sendable, Equatable {
  /// Rows deleted, by table; a table that lost none is not in it.
  package var deleted: [String: Int] = [:]
  /// Guilds whose stores were gone through.
  package var guilds = 0
  /// Guilds whose stores could not be, with why, as it may be shown; the next pass tries again.
  package var failures: [Tenant: String] = [:]

  package init(deleted: [String: Int] = [:], guilds: Int = 0, failures: [Tenant: String] = [:]) {
    (self.deleted, self.guilds, self.failures) = (deleted, guilds, failures)
  }

  mutating func add(_ count: Int, to table: Table) {
    if count > 0 { deleted[table.name, default: 0] += count }
  }
}

/// The retention of every table of an installation, kept: nothing else deletes by age.
///
///     let sweeper = RetentionSweeper(storage, wishes: { guild in ["ticket_transcript": .seconds(90 * 86_400)] })
///     try await sweeper.run()
///
/// Rows go in batches of `batch`, each a transaction of its own, guild by guild; several processes may sweep at once. A
/// table that grows needs an index on the column its age is counted from, behind `guild_id` where it has one.
package struct RetentionSweeper: Sendable {
  /// The ages, by table, that the owner of a guild set for it. See `Retention.limit(wished:)` for what they may do.
  package typealias Wishes = @Sendable (Tenant) async throws -> [String: Duration]

  private let storage: Storage
  private let wishes: Wishes
  private let batch: Int
  private let time: any TimeSource
  private let log = Log(room: "retention")

  /// The pause before the first pass, so that starting up is not slower for it.
  static let firstPause = Duration.seconds(600)
  /// The pause between passes.
  static let pause = Duration.seconds(86_400)

  package init(
    _ storage: Storage, wishes: @escaping Wishes = { _ in [:] }, batch: Int = 500,
    time: any TimeSource = SystemTime()
  ) {
    (self.storage, self.wishes, self.batch, self.time) = (storage, wishes, batch, time)
  }

  /// Sweeps ten minutes after the start and every day from then, until the task is cancelled.
  package func run() async {
    var pause = Self.firstPause
    while true {
      do {
        try await time.sleep(for: pause)
        let report = try await sweep()
        log.notice(
          "data past its time was deleted",
          [
            "guilds": .integer(Int64(report.guilds)), "failures": .integer(Int64(report.failures.count)),
            "rows": .string(
              report.deleted.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")),
          ])
      } catch  where Task.isCancelled {
        return
      } catch {
        log.error("data past its time could not be deleted", ["error": .string("\(error)")])
      }
      pause = Self.pause
    }
  }

  /// Goes through the platform's tables, then through every guild's. A guild that fails does not keep others from theirs.
  ///
  /// - Throws: what `Store` throws about the platform, and `CancellationError`; another pass does what is left.
  package func sweep() async throws -> SweepReport {
    var report = SweepReport()
    let now = time.now
    for table in storage.schema.tables(.platform) {
      try await sweep(table, of: storage.platform, guild: nil, wish: nil, now, &report)
    }
    for guild in try await storage.guilds() {
      try Task.checkCancellation()
      do {
        try await sweep(guild, now, &report)
        report.guilds += 1
      } catch  where !Task.isCancelled {
        report.failures[guild] = "\(error)"
        log.warning(
          "a guild's data past its time could not be deleted",
          ["guild": .integer(guild.id), "error": .string("\(error)")])
      }
    }
    return report
  }

  private func sweep(_ guild: Tenant, _ now: Timestamp, _ report: inout SweepReport) async throws {
    let wishes = try await wishes(guild)
    for table in storage.schema.tables(.platform) where table.hasTenant {
      guard let wish = wishes[table.name] else { continue }
      try await sweep(table, of: storage.platform, guild: guild, wish: wish, now, &report)
    }
    // It may have been erased since the list was made, and opening its store would make it one again.
    guard try await storage.hasGuild(guild) else { return }
    let store = storage.guild(guild)
    for table in storage.schema.tables(.guild) {
      try await sweep(table, of: store, guild: guild, wish: wishes[table.name], now, &report)
    }
  }

  private func sweep(
    _ table: Table, of store: some Store, guild: Tenant?, wish: Duration?, _ now: Timestamp,
    _ report: inout SweepReport
  ) async throws {
    guard let limit = table.data.kept.limit(wished: wish) else { return }
    var selection = RowSelection(table, guild: guild)
    selection.before = now - limit
    report.add(try await store.delete(selection, batch: batch), to: table)
  }
}
