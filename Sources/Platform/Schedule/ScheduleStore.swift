// Every SQL statement of the schedule.

import EventLoop
import SQL
package import Storage

/// The tables of the schedule.
package enum ScheduleSchema {
  /// Declared in the platform's store. What age removes is timers that were given up; no other is ever overdue for long.
  package static let owner = SchemaOwner(
    "schedule",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE schedule_timer (
            kind TEXT NOT NULL, guild_id BIGINT NOT NULL, timer_key TEXT NOT NULL, due BIGINT NOT NULL,
            ready BIGINT NOT NULL, claim TEXT NOT NULL, attempts BIGINT NOT NULL, payload BYTEA NOT NULL,
            PRIMARY KEY (kind, guild_id, timer_key))
          """,
          "CREATE INDEX schedule_timer_by_ready ON schedule_timer (ready)",
          "CREATE INDEX schedule_timer_by_guild ON schedule_timer (guild_id)",
        ])
    ],
    tables: [
      Table(
        "schedule_timer",
        columns: [
          .init("kind", .text), .init("guild_id", .integer), .init("timer_key", .text),
          .init("due", .integer),
          .init("ready", .integer), .init("claim", .text), .init("attempts", .integer),
          .init("payload", .blob),
        ], key: ["kind", "guild_id", "timer_key"],
        data: TableData(
          "What is to happen when, such as the end of a ban, with what the plugin noted for it; timers that failed for good",
          people: [
            .subject(
              "timer_key", as: .digits,
              onErasure: .keep(
                "what a server still owes the person, such as the end of a ban; it goes when it is done"))
          ],
          kept: .days(
            90, since: "due", when: .column("ready", is: ScheduleStore.never),
            words: "until it is done; for 90 days when it failed for good")))
    ])
}

/// The schedule's rows. `ready` is when a timer may be claimed next: its due time, the end of a claim, or of the pause
/// after a failure.
struct ScheduleStore: Sendable {
  /// The guild column of timers that belong to none.
  private static let noGuild: Int64 = 0
  /// `ready` of a timer that was given up: never.
  static let never = Int64.max

  let store: PlatformStore

  func set(_ name: TimerName, due: Timestamp, payload: [UInt8]) async throws {
    try await store.execute(
      """
      INSERT INTO schedule_timer (kind, guild_id, timer_key, due, ready, claim, attempts, payload)
      VALUES (\(name.kind), \(guild(name)), \(name.key), \(due.milliseconds), \(due.milliseconds), \(""), \(0), \(payload))
      ON CONFLICT (kind, guild_id, timer_key) DO UPDATE SET due = excluded.due, ready = excluded.ready,
        claim = excluded.claim, attempts = excluded.attempts, payload = excluded.payload
      """)
  }

  func counts(at now: Timestamp) async throws -> ScheduleCounts {
    let never = Self.never
    let row = try await store.rows(
      """
      SELECT COALESCE(SUM(CASE WHEN ready <> \(never) THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN ready <> \(never) AND due <= \(now.milliseconds) THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN ready = \(never) THEN 1 ELSE 0 END), 0)
      FROM schedule_timer
      """
    ).first
    guard let row else { return ScheduleCounts(pending: 0, due: 0, givenUp: 0) }
    return ScheduleCounts(pending: try row.get(0), due: try row.get(1), givenUp: try row.get(2))
  }

  func cancel(_ name: TimerName) async throws -> Bool {
    try await store.execute(
      """
      DELETE FROM schedule_timer
      WHERE kind = \(name.kind) AND guild_id = \(guild(name)) AND timer_key = \(name.key)
      """) > 0
  }

  func cancelAll(of guild: Tenant) async throws -> Int {
    try await store.execute("DELETE FROM schedule_timer WHERE guild_id = \(guild.id)")
  }

  func pending(_ guild: Tenant, readyUntil: Int64) async throws -> [(name: TimerName, due: Timestamp)] {
    let rows = try await store.rows(
      """
      SELECT kind, guild_id, timer_key, due FROM schedule_timer
      WHERE guild_id = \(guild.id) AND ready <= \(readyUntil) ORDER BY due LIMIT 1000
      """)
    return try rows.map { row in
      (try name(row), Timestamp(milliseconds: try row.get("due")))
    }
  }

  /// When the next timer may be claimed, of those that do not belong to these guilds; nil when there is none.
  func nextReady(outside guilds: [Tenant] = []) async throws -> Timestamp? {
    let rows = try await store.rows(
      Self.statement { text in
        text.appendLiteral("SELECT ready FROM schedule_timer WHERE ready < ")
        text.appendInterpolation(Self.never)
        Self.leaveOut(guilds, &text)
        text.appendLiteral(" ORDER BY ready LIMIT 1")
      })
    return try rows.first.map { Timestamp(milliseconds: try $0.get("ready")) }
  }

  /// Takes up to `limit` timers that are ready and do not belong to these guilds, earliest first; nobody else gets them
  /// until `until`.
  func claim(
    _ claim: String, now: Timestamp, until: Timestamp, limit: Int, outside guilds: [Tenant] = []
  ) async throws -> [TimerFiring] {
    let rows = try await store.writeRows(
      Self.statement { text in
        text.appendLiteral("UPDATE schedule_timer SET claim = ")
        text.appendInterpolation(claim)
        text.appendLiteral(", ready = ")
        text.appendInterpolation(until.milliseconds)
        text.appendLiteral(", attempts = attempts + 1 WHERE ready <= ")
        text.appendInterpolation(now.milliseconds)
        text.appendLiteral(
          " AND (kind, guild_id, timer_key) IN (SELECT kind, guild_id, timer_key FROM schedule_timer WHERE ready <= "
        )
        text.appendInterpolation(now.milliseconds)
        Self.leaveOut(guilds, &text)
        text.appendLiteral(" ORDER BY ready LIMIT ")
        text.appendInterpolation(limit)
        text.appendLiteral(") RETURNING kind, guild_id, timer_key, due, attempts, payload")
      })
    return try rows.map { row in
      TimerFiring(
        name: try name(row), due: Timestamp(milliseconds: try row.get("due")),
        payload: try row.get("payload"),
        attempt: try row.get("attempts"))
    }.sorted { $0.due < $1.due }
  }

  private static func statement(_ body: (inout SQL.StringInterpolation) -> Void) -> SQL {
    var text = SQL.StringInterpolation(literalCapacity: 320, interpolationCount: 8)
    body(&text)
    return SQL(stringInterpolation: text)
  }

  private static func leaveOut(_ guilds: [Tenant], _ text: inout SQL.StringInterpolation) {
    guard !guilds.isEmpty else { return }
    text.appendLiteral(" AND guild_id NOT IN (")
    for (index, guild) in guilds.enumerated() {
      if index > 0 { text.appendLiteral(", ") }
      text.appendInterpolation(guild.id)
    }
    text.appendLiteral(")")
  }

  /// What ends a claim. A timer that was set anew meanwhile has lost the claim and is left as it is.
  enum Settlement: Sendable {
    case remove
    case moveTo(Timestamp)
    case retry(at: Timestamp)
    case giveUp
    /// It was not called: as if it had not been claimed.
    case handBack
  }

  /// Ends claims, all of them or none.
  func settle(_ ended: [(name: TimerName, claim: String, settlement: Settlement)]) async throws {
    try await store.batch(
      ended.map { name, claim, settlement in
        switch settlement {
        case .remove:
          """
          DELETE FROM schedule_timer WHERE kind = \(name.kind) AND guild_id = \(guild(name))
            AND timer_key = \(name.key) AND claim = \(claim)
          """
        case .moveTo(let due):
          """
          UPDATE schedule_timer SET due = \(due.milliseconds), ready = \(due.milliseconds), claim = \(""), attempts = \(0)
          WHERE kind = \(name.kind) AND guild_id = \(guild(name)) AND timer_key = \(name.key) AND claim = \(claim)
          """
        case .retry(let instant):
          ready(name, instant.milliseconds, claim)
        case .giveUp:
          ready(name, Self.never, claim)
        case .handBack:
          """
          UPDATE schedule_timer SET ready = due, claim = \(""), attempts = attempts - 1
          WHERE kind = \(name.kind) AND guild_id = \(guild(name)) AND timer_key = \(name.key) AND claim = \(claim)
          """
        }
      })
  }

  private func ready(_ name: TimerName, _ ready: Int64, _ claim: String) -> SQL {
    """
    UPDATE schedule_timer SET ready = \(ready), claim = \("")
    WHERE kind = \(name.kind) AND guild_id = \(guild(name)) AND timer_key = \(name.key) AND claim = \(claim)
    """
  }

  private func guild(_ name: TimerName) -> Int64 { name.guild?.id ?? Self.noGuild }

  private func name(_ row: SQLRow) throws -> TimerName {
    let guild: Int64 = try row.get("guild_id")
    return TimerName(
      try row.get("kind"), guild: guild == Self.noGuild ? nil : Tenant(guild), key: try row.get("timer_key"))
  }
}
