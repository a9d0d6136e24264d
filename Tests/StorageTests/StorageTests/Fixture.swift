// An installation for a test, on either engine.

import EventLoop
import SQL
import Storage
import TestKit
import Testing
import Vault

/// Which engine a case runs on.
enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case embedded, server
  var testDescription: String { rawValue }
}

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
          columns: [.init("id", .integer), .init("name", .text), .init("is_active", .boolean)], key: ["id"])
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
          ], key: ["guild_id", "id"])
      ])
  ])

/// The server that all cases share; each has a database of its own.
private actor SharedServer {
  static let shared = SharedServer()
  private var server: Task<PostgresServer, any Error>?
  private var count = 0

  func database() async throws -> String {
    let task =
      server ?? Task { try await PostgresServer(isDurable: false, settings: ["max_connections=300"]) }
    server = task
    count += 1
    let name = "storage\(count)"
    return try await task.value.createDatabase(name)
  }
}

/// An installation: a folder, a vault and, on a server, a database.
struct Installation: Sendable {
  let root: TemporaryDirectory
  let folder: DataFolder
  let vault: Vault
  let url: String?
  let loop: EventLoop
  let time: ManualTime

  init(_ engine: Engine, sharing other: Installation? = nil) async throws {
    root = try TemporaryDirectory()
    folder = DataFolder(root.file("data"))
    vault = try other?.vault ?? Vault.open(masterKeyFile: root.file("master.key"))
    url = engine == .server ? try await SharedServer.shared.database() : nil
    loop = try EventLoop(name: "storage")
    time = ManualTime()
  }

  /// Opens it, runs `body` and closes it.
  func run<Value: Sendable>(
    schema: Schema = sampleSchema, _ body: (Storage) async throws -> Value
  ) async throws -> Value {
    let storage = try await open(schema: schema)
    do {
      let value = try await body(storage)
      await storage.close()
      return value
    } catch {
      await storage.close()
      throw error
    }
  }

  func open(schema: Schema = sampleSchema, platformKey: WrappedKey? = nil) async throws -> Storage {
    try await Storage.open(
      StorageSettings(folder: folder, databaseURL: url), vault: vault, schema: schema, loops: [loop],
      time: time, platformKey: platformKey)
  }

  func shutdown() { loop.shutdown() }
}

/// Runs `body` with a fresh installation.
func withInstallation(_ engine: Engine, _ body: (Installation) async throws -> Void) async throws {
  let installation = try await Installation(engine)
  defer { installation.shutdown() }
  try await body(installation)
}

extension Storage {
  /// Adds a note to a guild.
  func addNote(_ tenant: Tenant, _ id: Int, _ body: String) async throws {
    try await guild(tenant).execute(
      "INSERT INTO note (guild_id, id, body, is_open) VALUES (\(tenant.id), \(id), \(body), \(true))")
  }

  /// The bodies of a guild's notes, in order.
  func notes(_ tenant: Tenant) async throws -> [String?] {
    try await guild(tenant).rows("SELECT body FROM note ORDER BY id").map { try $0.get(0) }
  }
}
