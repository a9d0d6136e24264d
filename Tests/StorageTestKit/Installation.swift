// An installation for a test, on either engine.

package import EventLoop
package import Storage
package import TestKit
import Testing
package import Vault

/// Which engine a case runs on.
package enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case embedded, server
  package var testDescription: String { rawValue }
}

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
package struct Installation: Sendable {
  /// Where it lives, and what it is opened with.
  package let root: TemporaryDirectory
  package let folder: DataFolder
  package let vault: Vault
  package let url: String?
  package let loop: EventLoop
  package let time: ManualTime

  package init(_ engine: Engine, sharing other: Installation? = nil) async throws {
    root = try TemporaryDirectory()
    folder = DataFolder(root.file("data"))
    vault = try other?.vault ?? Vault.open(masterKeyFile: root.file("master.key"))
    url = engine == .server ? try await SharedServer.shared.database() : nil
    loop = try EventLoop(name: "storage")
    time = ManualTime()
  }

  /// Opens it with that schema, runs `body` and closes it.
  package func run<Value: Sendable>(
    schema: Schema, _ body: (Storage) async throws -> Value
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

  /// Opens it; close it when done.
  package func open(schema: Schema, platformKey: WrappedKey? = nil) async throws -> Storage {
    try await Storage.open(
      StorageSettings(folder: folder, databaseURL: url), vault: vault, schema: schema, loops: [loop],
      time: time, platformKey: platformKey)
  }

  /// Stops the loop.
  package func shutdown() { loop.shutdown() }
}

/// Runs `body` with a fresh installation.
package func withInstallation(_ engine: Engine, _ body: (Installation) async throws -> Void) async throws {
  let installation = try await Installation(engine)
  defer { installation.shutdown() }
  try await body(installation)
}
