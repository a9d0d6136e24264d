// On the platform's server: as superuser, and under a login that may make databases and logins alone.

import DiscordCore
import EventLoop
import JSON
import Postgres
import SQL
import SandboxContract
import TestKit
import Testing
import Vault

@testable import SandboxSQL

@Suite(.timeLimit(.minutes(2))) struct ServerTests {
  private func withDatabase(
    _ address: PostgresAddress, _ body: (PluginDatabase) async throws -> Void
  ) async throws {
    let loop = try EventLoop(name: "server")
    defer { loop.shutdown() }
    let database = PluginDatabase(.server(address), secret: .random(count: 32), loops: [loop])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await database.run() }
      defer { group.cancelAll() }
      try await body(database)
    }
  }

  @Test(arguments: [true, false])
  func `schemas are kept apart there, too`(_ isSuperuser: Bool) async throws {
    let server = try await PostgresServer(isDurable: false)
    let url = try await server.createDatabase("platform")
    _ = try await server.psql("CREATE TABLE members (name TEXT)", database: "platform")
    _ = try await server.psql("CREATE ROLE app LOGIN CREATEROLE CREATEDB")
    let address = try PostgresAddress(url: isSuperuser ? url : server.url(database: "platform", user: "app"))
    try await withDatabase(address) { database in
      let (one, two) = (
        PluginSchema(plugin: "one", guild: GuildID(1)), PluginSchema(plugin: "two", guild: GuildID(1))
      )
      for schema in [one, two] {
        _ = try await database.run(PostgresText("CREATE TABLE t (a INT)"), for: schema, access: .readWrite)
        let inserted = try await database.run(
          PostgresText("INSERT INTO t VALUES (1)"), for: schema, access: .readWrite)
        #expect(inserted.changed == 1)
      }
      #expect(database.isHardened == isSuperuser)
      for sql in [
        "SELECT * FROM \(two.name).t", "SELECT * FROM public.members", "CREATE TABLE public.t (a INT)",
        "CREATE TEMP TABLE x (a INT)", "SELECT pg_read_file('PG_VERSION')", "SELECT lo_import('/etc/passwd')",
        "SELECT * FROM guildhall.tenant", "ALTER TABLE t OWNER TO postgres", "CREATE SCHEMA s",
      ] {
        await #expect(throws: PostgresTextFailure.self, "\(sql)") {
          try await database.run(PostgresText(sql), for: one, access: .readWrite)
        }
      }
      // A setting of the session does not outlive the call, where it can be changed at all.
      let trick = PostgresText("SELECT set_config('statement_timeout', '0', false), pg_advisory_lock(7)")
      do { _ = try await database.run(trick, for: one, access: .readWrite) } catch { #expect(isSuperuser) }
      let slow = PostgresText("SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) s")
      let failure = await #expect(throws: PostgresTextFailure.self) {
        try await database.run(slow, for: one, access: .readOnly)
      }
      #expect(failure?.error.code == .timeout)
      let locks = try await server.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
      #expect(locks == "0\n")
      #expect(try await database.size(of: one) > 0)
      try await database.reclaim(one)
      let dump = try await database.dump("one", in: GuildID(1))
      #expect(dump["tables"] == [["name": "t", "rows": [["a": 1]], "truncated": false]])
      try await database.drop(one)
      #expect(try await database.schemas() == [two])
      let roles = try await server.psql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'guildhall_p\\_%'")
      #expect(roles == "1\n")
    }
  }

  @Test func `a login that may not make the database says what is missing`() async throws {
    let server = try await PostgresServer(isDurable: false)
    _ = try await server.psql("CREATE ROLE app LOGIN")
    try await withDatabase(try PostgresAddress(url: server.url(user: "app"))) { database in
      let error = await #expect(throws: ClusterFailure.self) { try await database.schemas() }
      #expect(error?.description.contains("create postgres_plugins") == true)
    }
  }
}
