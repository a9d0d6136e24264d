// The private server's life: made, killed, recovered, stopped.

import CSystem
import DiscordCore
import EventLoop
import Glibc
import JSON
import Postgres
import SandboxContract
import StorageTestKit
import Testing
import Vault

@testable import SandboxSQL

/// A cluster of the case's own, stopped at its end.
private func withCluster(_ body: (PluginCluster, PluginDatabase) async throws -> Void) async throws {
  let loop = try EventLoop(name: "cluster")
  let folder = "/tmp/guildhall-cluster-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  defer {
    csystem_remove_tree(folder)
    loop.shutdown()
  }
  try await live(folder, loop, body)
}

private let secret = Secret.random(count: 32)

private func live(
  _ folder: String, _ loop: EventLoop, _ body: (PluginCluster, PluginDatabase) async throws -> Void
) async throws {
  let cluster = PluginCluster(ClusterSettings(folder: folder, loop: loop))
  let database = PluginDatabase(.cluster(cluster), secret: secret, loops: [loop])
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await database.run() }
    defer { group.cancelAll() }
    try await body(cluster, database)
  }
}

@Suite(.timeLimit(.minutes(3)), .serialized) struct ClusterTests {
  private let schema = PluginSchema(plugin: "shop", guild: GuildID(42))

  private func execute(_ sql: String, _ database: PluginDatabase) async throws -> PostgresTextResult {
    try await database.run(PostgresText(sql), for: schema, access: .readWrite)
  }

  @Test func `nothing runs before it is needed, and nothing after it is stopped`() async throws {
    var process: Int32?
    try await withCluster { cluster, database in
      #expect(cluster.serverProcess == nil)
      let rows = try await execute("SELECT 1", database).rows
      #expect(rows == [["1"]])
      #expect(database.isHardened)
      process = cluster.serverProcess
    }
    let ended = try #require(process)
    #expect(kill(ended, 0) != 0)
  }

  @Test func `a killed server comes back with all that was committed`() async throws {
    try await withCluster { cluster, database in
      _ = try await execute("CREATE TABLE t (a INT)", database)
      for round in 1...3 {
        _ = try await execute("INSERT INTO t VALUES (\(round))", database)
        let process = try #require(cluster.serverProcess)
        kill(process, SIGKILL)
        // Its children answer for a moment longer.
        while cluster.serverProcess == process || cluster.serverProcess == nil {
          try await Task.sleep(for: .milliseconds(5))
        }
        let result = try await untilItAnswers { try await execute("SELECT count(*) FROM t", database) }
        #expect(result.rows == [["\(round)"]])
      }
    }
  }

  /// A call that is under way when the server dies fails; the next ones go through.
  private func untilItAnswers(_ body: () async throws -> PostgresTextResult) async throws
    -> PostgresTextResult
  {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      do { return try await body() } catch {
        guard ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  @Test func `a folder that was left by a crash opens, stale names and a running server included`()
    async throws
  {
    let loop = try EventLoop(name: "cluster")
    let folder = "/tmp/guildhall-cluster-\(getpid())-left"
    defer {
      csystem_remove_tree(folder)
      loop.shutdown()
    }
    try await live(folder, loop) { _, database in
      _ = try await execute("CREATE TABLE t (a INT)", database)
      _ = try await execute("INSERT INTO t VALUES (1)", database)
    }
    // A server that nobody stopped, as after a kill of whoever started it …
    let settings = ClusterSettings(folder: folder, loop: loop)
    let account = try ClusterAccount(settings)
    let command = ClusterProcess.command(
      [settings.program("postgres"), "-D", settings.data] + settings.options, settings: settings,
      account: account)
    let left = try ClusterProcess.spawn(command, output: "\(folder)/server.log")
    while (SmallFile.text("\(settings.data)/postmaster.pid") ?? "").split(separator: "\n").last?.hasPrefix(
      "ready") != true
    {
      try await Task.sleep(for: .milliseconds(20))
    }
    try await live(folder, loop) { cluster, database in
      let rows = try await execute("SELECT a FROM t", database).rows
      #expect(rows == [["1"]])
      #expect(cluster.serverProcess != left.number)
    }
    #expect(left.waitToEnd() == 0)
    // … and one that names a process that is somebody else's by now, half a new cluster beside it.
    #expect(
      SmallFile.replace("\(settings.data)/postmaster.pid", "\(getpid())\n\(settings.data)\n", owner: nil))
    mkdir("\(folder)/new", 0o700)
    try await live(folder, loop) { _, database in
      let rows = try await execute("SELECT a FROM t", database).rows
      #expect(rows == [["1"]])
    }
  }

  @Test func `under another secret the logins are made anew and own what they owned`() async throws {
    try await withCluster { cluster, database in
      _ = try await execute("CREATE TABLE t (a INT)", database)
      let other = PluginDatabase(
        .cluster(cluster), secret: .random(count: 32), loops: [cluster.settings.loop])
      let changed = try await execute("INSERT INTO t VALUES (1)", other).changed
      #expect(changed == 1)
      _ = try await execute("ALTER TABLE t ADD b INT", other)
      #expect(try await database.schemas() == [schema])
    }
  }

  @Test func `a folder that the account cannot enter is told at once`() async throws {
    let closed = "/tmp/guildhall-closed-\(getpid())"
    mkdir(closed, 0o700)
    let loop = try EventLoop(name: "cluster")
    defer {
      csystem_remove_tree(closed)
      loop.shutdown()
    }
    try await withKnownRoot {
      try await live("\(closed)/sql", loop) { cluster, _ in
        let error = await #expect(throws: ClusterFailure.self) { try await cluster.ready() }
        #expect(error?.description.contains("cannot enter \(closed)") == true)
      }
    }
  }

  /// Only root's folders are closed to the account.
  private func withKnownRoot(_ body: () async throws -> Void) async throws {
    if geteuid() == 0 { try await body() }
  }
  @Test func `processes that prepare the database at the same time do not fail`() async throws {
    try await withCluster { cluster, database in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
          group.addTask {
            let other = PluginDatabase(.cluster(cluster), secret: secret, loops: [cluster.settings.loop])
            let rows = try await other.run(PostgresText("SELECT 1"), for: self.schema, access: .readOnly).rows
            #expect(rows == [["1"]])
            await other.pools.close()
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
