// Row-level security: tenants are kept apart by the server, whatever the statement says.

import Postgres
import SQL
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Tenants` {
  /// A table of two tenants' rows, and a pool whose login is the application's.
  private func withTenants(_ body: (_ app: PostgresPool, _ owner: PostgresPool) async throws -> Void)
    async throws
  {
    let database = try await Shared.database()
    let role = "app_\(database.name)"
    try await withPool(url: database.url) { owner async throws in
      try await owner.execute(
        "CREATE TABLE note (guild_id BIGINT NOT NULL, id BIGINT, text TEXT, PRIMARY KEY (guild_id, id))")
      try await owner.batch(try TenantIsolation.enable(onTable: "note", tenantColumn: "guild_id"))
      try await owner.transaction { try await TenantIsolation.prepareRole(role, password: "it's", using: $0) }
      let app = try PostgresAddress(url: database.server.url(database: database.name, user: role))
      let pool = PostgresPool(address: app, loops: [try Shared.loop.get()])
      do {
        for tenant: Int64 in [1, 2] {
          try await pool.execute("INSERT INTO note VALUES (\(tenant), 1, 'mine')", tenant: tenant)
        }
        try await body(pool, owner)
      } catch {
        await pool.close(grace: .zero)
        throw error
      }
      await pool.close(grace: .zero)
    }
  }

  private func tenants(_ rows: [SQLRow]) throws -> [Int64] { try rows.map { try $0.get(0) } }

  @Test(arguments: [PostgresAccess.readOnly, .readWrite])
  func `another tenant's rows are not there`(access: PostgresAccess) async throws {
    try await withTenants { app, _ async throws in
      for tenant: Int64 in [1, 2, 3] {
        let rows = try await app.rows("SELECT guild_id FROM note", tenant: tenant, access: access)
        #expect(try tenants(rows) == (tenant == 3 ? [] : [tenant]))
      }
      #expect(try await app.rows("SELECT guild_id FROM note", access: access).isEmpty)
    }
  }

  @Test func `another tenant's rows are neither made, changed, moved nor deleted`() async throws {
    try await withTenants { app, _ async throws in
      #expect(
        await code { try await app.execute("INSERT INTO note VALUES (2, 5, '')", tenant: 1) } == .notPermitted
      )
      #expect(await code { try await app.execute("INSERT INTO note VALUES (2, 5, '')") } == .notPermitted)
      #expect(
        await code { try await app.execute("UPDATE note SET guild_id = 2", tenant: 1) } == .notPermitted)
      #expect(try await app.execute("UPDATE note SET text = 'x' WHERE guild_id = 2", tenant: 1) == 0)
      #expect(try await app.execute("DELETE FROM note WHERE guild_id = 2", tenant: 1) == 0)
      #expect(try await app.execute("DELETE FROM note") == 0)
      #expect(try await app.rows("SELECT text FROM note", tenant: 2)[0].get(0) == "mine")
    }
  }

  @Test(arguments: [PostgresAccess.readOnly, .readWrite])
  func `many tenants on one connection never see one another`(access: PostgresAccess) async throws {
    try await withTenants { app, _ async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<300 {
          let tenant: Int64? = number % 3 == 0 ? nil : Int64(number % 3)
          group.addTask {
            if number % 11 == 5 {
              _ = await code { _ = try await app.rows("SELECT 1 / 0", tenant: tenant, access: access) }
            }
            let rows = try await app.rows("SELECT guild_id FROM note", tenant: tenant, access: access)
            #expect(try tenants(rows) == (tenant.map { [$0] } ?? []))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `the tenant ends with the batch and with the transaction`() async throws {
    try await withTenants { app, _ async throws in
      let setting: SQL = "SELECT current_setting('app.tenant', true)"
      _ = try await app.batch(["SELECT guild_id FROM note"], tenant: 1)
      #expect(try await app.rows(setting)[0].get(0, as: String?.self).map(\.isEmpty) != false)
      _ = await code { _ = try await app.batch(["SELECT 1 / 0"], tenant: 1) }
      #expect(try await app.rows(setting)[0].get(0, as: String?.self).map(\.isEmpty) != false)
      try await app.transaction(tenant: 2) { session async throws in
        #expect(try tenants(try await session.rows("SELECT guild_id FROM note")) == [2])
      }
      for _ in 0..<8 {
        try await app.transaction { session async throws in
          #expect(try await session.rows("SELECT guild_id FROM note").isEmpty)
        }
      }
    }
  }

  @Test func `the login cannot get around the policy, and the owner is held by it`() async throws {
    try await withTenants { app, owner async throws in
      try await TenantIsolation.verify(app)
      #expect(await code { try await TenantIsolation.verify(owner) } == .notPermitted)
      for attempt in [
        "ALTER TABLE note DISABLE ROW LEVEL SECURITY", "DROP POLICY tenant_isolation ON note",
        "TRUNCATE note",
        "CREATE TABLE mine (x BIGINT)", "ALTER ROLE postgres NOLOGIN", "DROP TABLE note",
        "CREATE POLICY open ON note USING (true)",
      ] {
        #expect(await code { try await app.execute(SQL(unescaped: attempt), tenant: 1) } == .notPermitted)
      }
      let forced = try await owner.rows(
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'note'")
      #expect(try forced[0].get(0) == true)
    }
  }

  @Test func `preparing the role twice changes nothing, and a role with helpers is refused`() async throws {
    try await withTenants { app, owner async throws in
      let role: String = try await app.rows("SELECT current_user")[0].get(0)
      try await owner.transaction { try await TenantIsolation.prepareRole(role, password: nil, using: $0) }
      try await owner.execute(SQL(unescaped: "GRANT pg_read_all_data TO \(role)"))
      #expect(
        await code {
          try await owner.transaction {
            try await TenantIsolation.prepareRole(role, password: nil, using: $0)
          }
        }
          == .notPermitted)
      try await owner.execute(SQL(unescaped: "REVOKE pg_read_all_data FROM \(role)"))
    }
  }

  @Test(arguments: ["", "Note", "note; DROP", "1note", "no\"te", String(repeating: "n", count: 64)])
  func `a name that is not plain is refused`(name: String) {
    #expect(throws: SQLError.self) { try TenantIsolation.enable(onTable: name, tenantColumn: "guild_id") }
    #expect(throws: SQLError.self) { try TenantIsolation.enable(onTable: "note", tenantColumn: name) }
  }
}
