// The contract of storage, on both engines: the same cases on files and on a real server.

import SQL
import Storage
import StorageTestKit
import TestKit
import Testing
import Vault

private let alpha = Tenant(1_000_000_000_000_000_001)
private let beta = Tenant(1_000_000_000_000_000_002)

private struct Refusal: Error {}

@Suite(.timeLimit(.minutes(3)))
struct StorageContractTests {
  @Test func `a statement on a guild's tables that does not name the guild is refused in debug builds`()
    async throws
  {
    try await withInstallation(.embedded) { installation in
      try await installation.run { storage async throws in
        let store = storage.guild(alpha)
        #expect(try await store.rows("SELECT id FROM note WHERE guild_id = \(alpha.id)").isEmpty)
        for statement: SQL in ["SELECT id FROM note", "DELETE FROM note WHERE id = \(1)"] {
          await #expect(throws: SQLError.self) { try await store.rows(statement) }
          await #expect(throws: SQLError.self) { try await store.execute(statement) }
          await #expect(throws: SQLError.self) { try await store.write { try await $0.execute(statement) } }
          await #expect(throws: SQLError.self) { try await store.read { try await $0.rows(statement) } }
        }
        #expect(try await storage.platform.rows("SELECT name FROM sqlite_schema").isEmpty == false)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `values of every kind come back as they went in`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      try await installation.run { storage async throws in
        let store = storage.guild(alpha)
        let sealed: [UInt8] = (0...255).map { UInt8($0) }
        try await store.execute(
          """
          INSERT INTO note (guild_id, id, body, score, is_open, sealed)
          VALUES (\(alpha.id), \(Int64.max), \("Grüße 🎉"), \(0.1), \(false), \(sealed))
          """)
        try await store.execute(
          "INSERT INTO note (guild_id, id, is_open) VALUES (\(alpha.id), \(Int64.min), \(true))")
        let rows = try await store.rows(
          "SELECT id, body, score, is_open, sealed FROM note WHERE guild_id >= 0 ORDER BY id DESC")
        try #require(rows.count == 2)
        #expect(try rows[0].get("id", as: Int64.self) == .max)
        #expect(try rows[0].get("body", as: String.self) == "Grüße 🎉")
        #expect(try rows[0].get("score", as: Double.self) == 0.1)
        #expect(try rows[0].get("is_open", as: Bool.self) == false)
        #expect(try rows[0].get("sealed", as: [UInt8].self) == sealed)
        #expect(try rows[1].get("id", as: Int64.self) == .min)
        #expect(try rows[1].get("body", as: String?.self) == nil)
        #expect(try rows[1].get("is_open", as: Bool.self) == true)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a guild sees and touches its own rows only, whatever the statement says`(_ engine: Engine)
    async throws
  {
    try await withInstallation(engine) { installation in
      try await installation.run { storage async throws in
        try await storage.addNote(alpha, 1, "of alpha")
        try await storage.addNote(beta, 1, "of beta")
        #expect(try await storage.notes(alpha) == ["of alpha"])
        #expect(try await storage.notes(beta) == ["of beta"])
        let store = storage.guild(alpha)
        #expect(try await store.rows("SELECT 1 FROM note WHERE guild_id = \(beta.id)").isEmpty)
        #expect(
          try await store.execute("UPDATE note SET body = \("stolen") WHERE guild_id = \(beta.id)") == 0)
        #expect(try await store.execute("DELETE FROM note WHERE guild_id = \(beta.id)") == 0)
        #expect(try await store.execute("DELETE FROM note WHERE guild_id >= 0") == 1)
        #expect(try await storage.notes(beta) == ["of beta"])
      }
    }
  }

  @Test func `on a server a row of another guild cannot be written, and the platform sees none`() async throws
  {
    try await withInstallation(.server) { installation in
      try await installation.run { storage async throws in
        let error = await #expect(throws: SQLError.self) {
          try await storage.guild(alpha).execute(
            "INSERT INTO note (guild_id, id, is_open) VALUES (\(beta.id), \(1), \(true))")
        }
        #expect(error?.code == .notPermitted)
        try await storage.addNote(alpha, 1, "of alpha")
        #expect(try await storage.platform.rows("SELECT 1 FROM note WHERE guild_id >= 0").isEmpty)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a transaction is all or nothing, and a snapshot sees no later commit`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      try await installation.run { storage async throws in
        let store = storage.guild(alpha)
        await #expect(throws: Refusal.self) {
          try await store.write { session in
            try await session.execute(
              "INSERT INTO note (guild_id, id, is_open) VALUES (\(alpha.id), \(1), \(true))")
            throw Refusal()
          }
        }
        #expect(try await storage.notes(alpha).isEmpty)
        let broken = await #expect(throws: SQLError.self) {
          try await store.batch([
            "INSERT INTO note (guild_id, id, is_open) VALUES (\(alpha.id), \(1), \(true))",
            "INSERT INTO note (guild_id, id, is_open) VALUES (\(alpha.id), \(1), \(true))",
          ])
        }
        #expect(broken?.code == .uniqueViolation)
        #expect(try await storage.notes(alpha).isEmpty)
        let counts = try await store.read { session in
          let before = try await session.rows("SELECT 1 FROM note WHERE guild_id >= 0").count
          try await storage.addNote(alpha, 7, "meanwhile")
          return [before, try await session.rows("SELECT 1 FROM note WHERE guild_id >= 0").count]
        }
        #expect(counts == [0, 0])
        #expect(try await storage.notes(alpha) == ["meanwhile"])
        let returned = try await store.writeRows(
          "UPDATE note SET body = \("changed") WHERE guild_id = \(alpha.id) RETURNING id")
        #expect(try returned.first?.get(0, as: Int.self) == 7)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `what is written is there after a restart, and migrations run once`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      for round in 0..<3 {
        try await installation.run { storage async throws in
          #expect(try await storage.notes(alpha).count == round)
          try await storage.addNote(alpha, round, "round \(round)")
          try await storage.platform.execute("INSERT INTO account (id, name) VALUES (\(round), \("a"))")
          let applied = try await storage.platform.rows(
            "SELECT number FROM schema_migration WHERE owner = \("account") ORDER BY number")
          #expect(try applied.map { try $0.get(0, as: Int.self) } == [1, 2])
        }
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a released migration that was changed is refused, and so is newer data`(_ engine: Engine) async throws
  {
    try await withInstallation(engine) { installation in
      try await installation.run { _ in }
      let account = sampleSchema.platform[0]
      let changed = Schema(
        platform: [
          SchemaOwner("account", migrations: [account.migrations[0], Migration(2, ["SELECT 1"])], tables: [])
        ])
      let older = Schema(platform: [SchemaOwner("account", migrations: [account.migrations[0]], tables: [])])
      for (schema, code) in [(changed, StorageError.Code.changedMigration), (older, .newerData)] {
        let error = await #expect(throws: StorageError.self) {
          try await installation.run(schema: schema) { _ in }
        }
        #expect(error?.code == code)
      }
      try await installation.run { _ in }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a migration that fails leaves nothing behind`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      let broken = Schema(platform: [
        SchemaOwner(
          "x", migrations: [Migration(1, ["CREATE TABLE x (id BIGINT)", "INSERT INTO nowhere VALUES (1)"])],
          tables: [])
      ])
      await #expect(throws: SQLError.self) { try await installation.run(schema: broken) { _ in } }
      let mended = Schema(platform: [
        SchemaOwner("x", migrations: [Migration(1, ["CREATE TABLE x (id BIGINT)"])], tables: [])
      ])
      try await installation.run(schema: mended) { storage async throws in
        #expect(try await storage.platform.rows("SELECT * FROM x").isEmpty)
      }
    }
  }

  @Test func `eight processes that start at once migrate a server once`() async throws {
    try await withInstallation(.server) { installation in
      try await withThrowingTaskGroup { group in
        for _ in 0..<8 { group.addTask { try await installation.run { _ in } } }
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `the declared tables are the real ones`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      try await installation.run { storage async throws in
        for table in sampleSchema.platform[0].tables {
          let names = table.columns.map(\.name).joined(separator: ", ")
          _ = try await storage.platform.rows("SELECT \(unescaped: names) FROM \(unescaped: table.name)")
        }
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `an erased guild is gone for good, its neighbour is not, and it can begin anew`(_ engine: Engine)
    async throws
  {
    try await withInstallation(engine) { installation in
      try await installation.run { storage async throws in
        try await storage.addNote(alpha, 1, "of alpha")
        try await storage.addNote(beta, 1, "of beta")
        let context = SealContext(tenant: "\(alpha)", table: "note", column: "sealed")
        let sealed = try await storage.guild(alpha).key().seal([1, 2, 3], context: context)
        #expect(try await Set(storage.guilds()) == [alpha, beta])
        try await storage.eraseGuild(alpha)
        try await storage.eraseGuild(alpha)
        #expect(try await storage.guilds() == [beta])
        #expect(try await storage.notes(alpha).isEmpty)
        #expect(try await storage.notes(beta) == ["of beta"])
        let newKey = try await storage.guild(alpha).key()
        #expect(throws: VaultError.self) { try newKey.open(sealed, context: context) }
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `the master key is replaced while everything goes on`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      let oldID = installation.vault.activeMasterKeyID
      try await installation.run { storage async throws in
        for number in 0..<30 { try await storage.addNote(Tenant(Int64(number)), 1, "note \(number)") }
        for number in 0..<30 { _ = try await storage.guild(Tenant(Int64(number))).key() }
        async let writing: Void = {
          for number in 0..<30 { try await storage.addNote(Tenant(Int64(number)), 2, "meanwhile") }
        }()
        let report = try await storage.rotateMasterKey()
        try await writing
        #expect(report.rewrapped == 31)
        #expect(installation.vault.activeMasterKeyID != oldID)
      }
      try await installation.run { storage async throws in
        for number in 0..<30 {
          #expect(try await storage.notes(Tenant(Int64(number))) == ["note \(number)", "meanwhile"])
        }
      }
    }
  }

  @Test func `a declaration that contradicts itself is refused before anything is opened`() async throws {
    let data = TableData("Things", kept: .until("they are gone"))
    try await withInstallation(.embedded) { installation in
      let bad = [
        Schema(platform: [SchemaOwner("a", migrations: [Migration(2, [])], tables: [])]),
        Schema(
          platform: [SchemaOwner("a", migrations: [], tables: [])],
          guild: [SchemaOwner("a", migrations: [], tables: [])]),
        Schema(guild: [
          SchemaOwner(
            "a", migrations: [],
            tables: [Table("a", columns: [.init("id", .integer)], key: ["id"], data: data)])
        ]),
        Schema(platform: [
          SchemaOwner(
            "a", migrations: [],
            tables: [Table("b", columns: [.init("id", .integer)], key: ["id"], data: data)])
        ]),
      ]
      for schema in bad {
        let error = await #expect(throws: StorageError.self) {
          try await installation.run(schema: schema) { _ in }
        }
        #expect(error?.code == .badSchema)
      }
    }
  }

  @Test(arguments: [
    (TableData("", kept: .withGuild), "what it holds"),
    (TableData("Things", people: [.subject("nobody")], kept: .withGuild), "'nobody'"),
    (TableData("Things", people: [.subject("name")], kept: .withGuild), "another form"),
    (TableData("Things", people: [.subject("id", onErasure: .anonymise)], kept: .withGuild), "in its key"),
    (
      TableData("Things", people: [.subject("id", onErasure: .keep(""))], kept: .withGuild),
      "without a reason"
    ),
    (
      TableData("Things", people: [.subject("id", when: .column("name", is: 1))], kept: .withGuild),
      "another kind"
    ),
    (
      TableData("Things", people: [.subject("id", with: [.init("name", erasedTo: 1)])], kept: .withGuild),
      "another kind"
    ),
    (TableData("Things", kept: .days(1, since: "name")), "which is no time"),
    (TableData("Things", kept: .days(0, since: "made_at")), "no time at all"),
    (TableData("Things", kept: .withGuild, sealed: ["name"]), "no blob"),
    (TableData("Things", kept: .withGuild, secrets: ["token"]), "'token'"),
    (TableData("Things", kept: .withGuild, keptAfterGuild: "law"), "outlive"),
  ])
  func `a table whose data is declared wrongly is refused with a sentence`(_ data: TableData, _ words: String)
    async throws
  {
    let table = Table(
      "thing",
      columns: [
        .init("guild_id", .integer), .init("id", .integer), .init("name", .text), .init("made_at", .integer),
      ], key: ["guild_id", "id"], data: data)
    try await refuses(Schema(guild: [SchemaOwner("thing", migrations: [], tables: [table])]), words)
  }

  @Test func `a table that forgets a person, or that no guild ends, is refused`() async throws {
    let data = TableData("Things", kept: .withGuild)
    let person = Table(
      "thing", columns: [.init("guild_id", .integer), .init("id", .integer), .init("made_by", .integer)],
      key: ["guild_id", "id"], data: data)
    try await refuses(Schema(guild: [SchemaOwner("thing", migrations: [], tables: [person])]), "'made_by'")
    let endless = Table("thing", columns: [.init("id", .integer)], key: ["id"], data: data)
    try await refuses(Schema(platform: [SchemaOwner("thing", migrations: [], tables: [endless])]), "no guild")
  }

  private func refuses(_ schema: Schema, _ words: String) async throws {
    try await withInstallation(.embedded) { installation in
      let error = await #expect(throws: StorageError.self) {
        try await installation.run(schema: schema) { _ in }
      }
      #expect(error?.code == .badSchema)
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }
}
