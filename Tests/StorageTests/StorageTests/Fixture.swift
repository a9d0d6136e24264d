// What the tests of storage store.

import SQL
import Storage
import StorageTestKit
import Vault

/// A schema with every kind of column, in both scopes.
let sampleSchema = Schema(
  platform: [
    SchemaOwner(
      "account",
      migrations: [
        Migration(1, ["CREATE TABLE account (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)"]),
        Migration(2, ["ALTER TABLE account ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT TRUE"]),
      ],
      tables: [
        Table(
          "account",
          columns: [.init("id", .integer), .init("name", .text), .init("is_active", .boolean)], key: ["id"],
          data: TableData("Accounts", people: [.subject("id")], kept: .until("the account is deleted")))
      ])
  ],
  guild: [
    SchemaOwner(
      "note",
      migrations: [
        Migration(
          1,
          [
            """
            CREATE TABLE note (
              guild_id BIGINT NOT NULL, id BIGINT NOT NULL, body TEXT, score DOUBLE PRECISION, is_open BOOLEAN NOT NULL,
              sealed BYTEA, PRIMARY KEY (guild_id, id))
            """,
            .perEngine(
              sqlite: "CREATE INDEX note_by_body ON note (guild_id, body)",
              postgres: "CREATE INDEX note_by_body ON note (guild_id, body)"),
          ])
      ],
      tables: [
        Table(
          "note",
          columns: [
            .init("guild_id", .integer), .init("id", .integer), .init("body", .text), .init("score", .double),
            .init("is_open", .boolean), .init("sealed", .blob),
          ], key: ["guild_id", "id"],
          data: TableData("Notes", kept: .withGuild, sealed: ["sealed"]))
      ])
  ])

extension Storage {
  /// Adds a note to a guild.
  func addNote(_ tenant: Tenant, _ id: Int, _ body: String) async throws {
    try await guild(tenant).execute(
      "INSERT INTO note (guild_id, id, body, is_open) VALUES (\(tenant.id), \(id), \(body), \(true))")
  }

  /// The bodies of a guild's notes, in order.
  func notes(_ tenant: Tenant) async throws -> [String?] {
    try await guild(tenant).rows("SELECT body FROM note WHERE guild_id >= 0 ORDER BY id").map {
      try $0.get(0)
    }
  }
}

extension Installation {
  /// Opens it with the sample schema, runs `body` and closes it.
  func run<Value: Sendable>(_ body: (Storage) async throws -> Value) async throws -> Value {
    try await run(schema: sampleSchema, body)
  }

  /// Opens it with the sample schema.
  func open(platformKey: WrappedKey? = nil) async throws -> Storage {
    try await open(schema: sampleSchema, platformKey: platformKey)
  }
}
