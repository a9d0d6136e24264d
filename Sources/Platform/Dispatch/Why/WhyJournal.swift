// Decisions on their way to the store, and back to whoever asks why.

package import DiscordCore
package import EventLoop
import JSON
package import PlatformPlugins
import SQL
import PlatformTenancy
package import Storage
import Synchronization
import Telemetry

/// How many times something was done by a plugin in a span of time.
package struct WhyTally: Hashable, Sendable {
  /// When the span began, in UTC.
  package let start: Timestamp
  package let plugin: String
  package let count: Int
}

/// What is counted together in an hour.
private struct HourlyKind: Hashable {
  let hour: Int64
  let plugin: String
  let outcome: WhyRecord.Outcome

  init(_ record: WhyRecord) {
    hour = record.at.milliseconds - record.at.milliseconds % WhySchema.hour
    (plugin, outcome) = (record.plugin, record.outcome)
  }

  var text: String { "\(hour) \(plugin) \(outcome.rawValue)" }
}

/// Takes decisions without waiting and writes them in batches. It helps people understand; it must never slow down or
/// fail what it tells of, so beyond its bounds it forgets the oldest, and counts.
package final class WhyJournal: Sendable {
  /// How long decisions are kept.
  package static let retention = Duration.seconds(86_400)
  /// Of one guild, between two writes.
  private static let guildLimit = 500

  private struct State {
    var waiting: [GuildID: [WhyRecord]] = [:]
    var count = 0
    var dropped = 0
    /// How many writes are under way, and who waits for their end.
    var writes = 0
    var readers: [CheckedContinuation<Void, Never>] = []
  }

  private let storage: Storage
  private let time: any TimeSource
  private let limit: Int
  private let wrote: @Sendable (GuildID) -> Void
  private let state = Mutex(State())
  private let log = Log(room: "why")

  /// - Parameters:
  ///   - storage: where they are kept.
  ///   - time: paces writing, and says what is a day old.
  ///   - limit: bounds what waits for the next write, of all guilds together.
  ///   - wrote: is told of each guild that decisions were written of.
  package init(
    storage: Storage, time: any TimeSource, limit: Int = 50_000,
    wrote: @escaping @Sendable (GuildID) -> Void = { _ in }
  ) {
    (self.storage, self.time, self.limit, self.wrote) = (storage, time, limit, wrote)
  }

  /// Takes a decision.
  package func note(_ record: WhyRecord, in guild: GuildID) {
    state.withLock { state in
      guard state.count < limit, state.waiting[guild]?.count ?? 0 < Self.guildLimit else {
        state.dropped += 1
        return
      }
      state.waiting[guild, default: []].append(record)
      state.count += 1
    }
  }

  /// Writes every second until the task is cancelled. What is noted after that, `flush` writes.
  package func run() async {
    while !Task.isCancelled {
      do { try await time.sleep(for: .seconds(1)) } catch { break }
      await flush()
    }
  }

  /// Writes what waits.
  package func flush() async {
    let (waiting, dropped) = state.withLock { state in
      defer { (state.waiting, state.count, state.dropped) = ([:], 0, 0) }
      state.writes += 1
      return (state.waiting, state.dropped)
    }
    if dropped > 0 { log.warning("decisions were not kept", ["count": .integer(Int64(dropped))]) }
    for (guild, records) in waiting {
      do {
        try await write(records, in: guild)
        wrote(guild)
      } catch {
        log.warning("decisions could not be written", ["error": .string("\(error)")])
      }
    }
    let readers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.writes -= 1
      guard state.writes == 0 else { return [] }
      defer { state.readers = [] }
      return state.readers
    }
    for reader in readers { reader.resume() }
  }

  /// Returns when no write is under way.
  private func settled() async {
    await withCheckedContinuation { continuation in
      let isSettled = state.withLock { state in
        if state.writes > 0 { state.readers.append(continuation) }
        return state.writes == 0
      }
      if isSettled { continuation.resume() }
    }
  }

  private func write(_ records: [WhyRecord], in guild: GuildID) async throws {
    let store = storage.guild(Tenant(guild))
    let rows = try records.map { record in
      (record, String(decoding: try Self.json(record.parameters).encoded(), as: UTF8.self))
    }
    _ = try await store.writeNumbered { session in
      let head = try await session.rows(
        "SELECT COALESCE(MAX(number), 0) FROM why_record WHERE guild_id = \(store.tenant.id)")
      var number: Int64 = try head.first?.get(0) ?? 0
      var tallies: [HourlyKind: Int64] = [:]
      for (record, parameters) in rows {
        number += 1
        let subject = record.subject
        let message: Int64? = subject.message.map { Int64(bitPattern: $0.rawValue) }
        let member: Int64? = subject.member.map { Int64(bitPattern: $0.rawValue) }
        let channel: Int64? = subject.channel.map { Int64(bitPattern: $0.rawValue) }
        try await session.execute(
          """
          INSERT INTO why_record (guild_id, number, at, plugin, cause, message_id, member_id, channel_id, outcome,
            sentence, parameters)
          VALUES (\(store.tenant.id), \(number), \(record.at.milliseconds), \(record.plugin), \(record.cause),
            \(message), \(member), \(channel), \(record.outcome.rawValue), \(record.key),
            \(parameters))
          """)
        tallies[HourlyKind(record), default: 0] += 1
      }
      // In one order, or two processes that write the same hour wait for each other.
      for (kind, count) in tallies.sorted(by: { $0.key.text < $1.key.text }) {
        try await session.execute(
          """
          INSERT INTO why_hour (guild_id, hour, plugin, outcome, decisions)
          VALUES (\(store.tenant.id), \(kind.hour), \(kind.plugin), \(kind.outcome.rawValue), \(count))
          ON CONFLICT (guild_id, hour, plugin, outcome)
          DO UPDATE SET decisions = why_hour.decisions + excluded.decisions
          """)
      }
    }
  }

  /// How often something was done in each span since an instant; 31 days are kept. What was noted in the last second may
  /// be missing.
  ///
  /// - Parameters:
  ///   - since: the beginning of a span.
  ///   - hours: how long a span is; 24 are a day in UTC.
  ///   - guild: where.
  /// - Returns: the oldest span first, and none in which nothing was done.
  /// - Throws: what the store throws.
  package func deeds(since: Timestamp, hours: Int, in guild: GuildID) async throws -> [WhyTally] {
    let span = WhySchema.hour * Int64(max(1, hours))
    let rows = try await storage.guild(Tenant(guild)).rows(
      """
      SELECT hour - hour % \(span) AS start, plugin, CAST(SUM(decisions) AS BIGINT) FROM why_hour
      WHERE guild_id = \(Tenant(guild).id) AND hour >= \(since.milliseconds)
        AND outcome = \(WhyRecord.Outcome.acted.rawValue)
      GROUP BY 1, 2 ORDER BY 1, 2
      """)
    return try rows.map { row in
      WhyTally(
        start: Timestamp(milliseconds: try row.get(0)), plugin: try row.get(1),
        count: Int(try row.get(2, as: Int64.self)))
    }
  }

  /// What was decided about a message, a member, or under the key of an event; newest first, at most `limit`. What waits
  /// to be written is written first.
  ///
  /// - Throws: what the store throws.
  package func records(
    about id: UInt64? = nil, cause: String? = nil, in guild: GuildID, limit: Int = 100
  ) async throws -> [WhyRecord] {
    var filter = WhyFilter()
    filter.query = id.map { .id($0) } ?? cause.map { .cause($0) }
    filter.limit = limit
    return try await find(filter, in: guild).map(\.record)
  }

  /// Decisions of the last day, newest first. What waits to be written is written first.
  ///
  /// - Throws: what the store throws.
  package func find(_ filter: WhyFilter, in guild: GuildID) async throws -> [StoredWhyRecord] {
    await flush()
    // Another flush may have taken it, and be at it still.
    await settled()
    let store = storage.guild(Tenant(guild))
    let (id, cause) = filter.query?.parts ?? (nil, nil)
    let number = id.map { Int64(bitPattern: $0) }
    let since = (time.now - Self.retention).milliseconds
    let rows = try await store.rows(
      """
      SELECT number, at, plugin, cause, message_id, member_id, channel_id, outcome, sentence, parameters
      FROM why_record
      WHERE guild_id = \(store.tenant.id) AND at >= \(since)
        AND (\(number == nil) OR message_id = \(number ?? 0) OR member_id = \(number ?? 0)
          OR channel_id = \(number ?? 0))
        AND (\(cause == nil) OR cause = \(cause ?? ""))
        AND (\(filter.plugin == nil) OR plugin = \(filter.plugin ?? ""))
        AND (\(filter.outcome == nil) OR outcome = \(filter.outcome?.rawValue ?? ""))
        AND number < \(filter.before ?? .max) AND number > \(filter.after ?? 0)
      ORDER BY number DESC LIMIT \(min(max(filter.limit, 1), 500))
      """)
    return try rows.map { row in
      StoredWhyRecord(number: try row.get("number"), record: try Self.record(row))
    }
  }

  /// How many decisions there were since an instant, and how many of them something was done by.
  ///
  /// - Throws: what the store throws.
  package func counts(since: Timestamp, in guild: GuildID) async throws -> (decisions: Int, acted: Int) {
    let rows = try await storage.guild(Tenant(guild)).rows(
      """
      SELECT COUNT(*), COALESCE(SUM(CASE WHEN outcome = \(WhyRecord.Outcome.acted.rawValue) THEN 1 ELSE 0 END), 0)
      FROM why_record WHERE guild_id = \(Tenant(guild).id) AND at >= \(since.milliseconds)
      """)
    guard let row = rows.first else { return (0, 0) }
    return (try row.get(0), Int(try row.get(1, as: Int64.self)))
  }

  private static func record(_ row: SQLRow) throws -> WhyRecord {
    func id<Entity>(_ column: String) throws -> Snowflake<Entity>? {
      try row.get(column, as: Int64?.self).map { Snowflake(UInt64(bitPattern: $0)) }
    }
    let parameters = try JSONValue(parsing: Array(try row.get("parameters", as: String.self).utf8))
    return WhyRecord(
      at: Timestamp(milliseconds: try row.get("at")), plugin: try row.get("plugin"),
      cause: try row.get("cause"),
      subject: WhySubject(
        message: try id("message_id"), member: try id("member_id"), channel: try id("channel_id")),
      outcome: WhyRecord.Outcome(rawValue: try row.get("outcome")) ?? .acted, key: try row.get("sentence"),
      parameters: Dictionary(
        (parameters.object?.fields ?? []).map { ($0.key, $0.value.string ?? "") },
        uniquingKeysWith: { first, _ in first }
      ))
  }

  private static func json(_ parameters: [String: String]) -> JSONValue {
    .object(
      JSONObject(
        fields: parameters.sorted { $0.key < $1.key }.map {
          JSONObject.Field(key: $0.key, value: .string($0.value))
        }))
  }
}
