// Which erasures were asked for and are done: every SQL statement about them.

import EventLoop
import JSON
import SQL
package import Storage

import DiscordCore

/// The tables of data rights.
package enum DataSchema {
  private static let proof = "proof that an erasure was asked for and done"

  /// Declared in the platform's store: an erasure outlives the guild it erases, and a process that dies over it.
  package static let owner = SchemaOwner(
    "data",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE data_erasure (
            number BIGINT NOT NULL, guild_id BIGINT NOT NULL, user_id BIGINT NOT NULL, asked_at BIGINT NOT NULL,
            is_done BOOLEAN NOT NULL, done_at BIGINT NOT NULL, report TEXT NOT NULL, PRIMARY KEY (number))
          """,
          "CREATE INDEX data_erasure_by_state ON data_erasure (is_done, done_at)",
        ])
    ],
    tables: [
      Table(
        "data_erasure",
        columns: [
          .init("number", .integer), .init("guild_id", .integer), .init("user_id", .integer),
          .init("asked_at", .integer), .init("is_done", .boolean), .init("done_at", .integer),
          .init("report", .text),
        ], key: ["number"],
        data: TableData(
          "Erasures that were asked for, and what each of them did",
          people: [.subject("user_id", onErasure: .keep(proof))],
          kept: .days(
            90, since: "done_at", when: .column("is_done", is: true), words: "for 90 days after it is done"),
          keptAfterGuild: proof))
    ])
}

/// What is to be erased.
enum ErasureTarget: Hashable, Sendable {
  case person(UserID, guild: Tenant)
  case personEverywhere(UserID)
  case guild(Tenant)

  /// Whether it names nobody at all. A ledger that took it in could not tell it from another target.
  var isNobody: Bool {
    switch self {
    case .person(let user, let guild): user.rawValue == 0 || guild.id == 0
    case .personEverywhere(let user): user.rawValue == 0
    case .guild(let guild): guild.id == 0
    }
  }

  /// As the columns have it: 0 is every guild, or nobody.
  var columns: (guild: Int64, user: Int64) {
    switch self {
    case .person(let user, let guild): (guild.id, Int64(bitPattern: user.rawValue))
    case .personEverywhere(let user): (0, Int64(bitPattern: user.rawValue))
    case .guild(let guild): (guild.id, 0)
    }
  }

  init(guild: Int64, user: Int64) {
    let person = UserID(UInt64(bitPattern: user))
    self =
      switch (guild, user) {
      case (_, 0): .guild(Tenant(guild))
      case (0, _): .personEverywhere(person)
      default: .person(person, guild: Tenant(guild))
      }
  }
}

/// The erasures of an installation.
struct ErasureLedger: Sendable {
  let store: PlatformStore

  /// Writes down that something is to be erased and returns the number; the one there is when it was asked for already
  /// and is not done.
  func begin(_ target: ErasureTarget, at now: Timestamp) async throws -> Int64 {
    let (guild, user) = target.columns
    return try await store.writeNumbered { session in
      let open = try await session.rows(
        """
        SELECT number FROM data_erasure
        WHERE is_done = \(false) AND guild_id = \(guild) AND user_id = \(user) ORDER BY number LIMIT 1
        """)
      if let row = open.first { return try row.get(0) }
      let last = try await session.rows("SELECT COALESCE(MAX(number), 0) FROM data_erasure")
      let number = try last.first?.get(0, as: Int64.self) ?? 0
      try await session.execute(
        """
        INSERT INTO data_erasure (number, guild_id, user_id, asked_at, is_done, done_at, report)
        VALUES (\(number + 1), \(guild), \(user), \(now.milliseconds), \(false), \(0), \(""))
        """)
      return number + 1
    }
  }

  func finish(_ number: Int64, _ report: ErasureReport, at now: Timestamp) async throws {
    let document = String(decoding: try report.document.encoded(), as: UTF8.self)
    try await store.execute(
      """
      UPDATE data_erasure SET is_done = \(true), done_at = \(now.milliseconds), report = \(document)
      WHERE number = \(number)
      """)
  }

  /// What was asked for and is not done, oldest first.
  func open() async throws -> [ErasureTarget] {
    try await store.rows(
      "SELECT guild_id, user_id FROM data_erasure WHERE is_done = \(false) ORDER BY number"
    ).map { ErasureTarget(guild: try $0.get(0), user: try $0.get(1)) }
  }
}
