// Where plugins' SQL runs: a database of its own, on the platform's server or on the private one.

package import DiscordCore
package import EventLoop
package import Postgres
import SQL
import Synchronization
import Telemetry
package import Vault

/// What plugins may use of the database.
package struct PluginDatabaseLimits: Sendable {
  /// Tenants with open connections at once; the one unused longest gives way.
  package var openTenants = 16
  /// Connections of each: as many of its statements run at the same time.
  package var connectionsPerTenant = 2
  /// Calls of a tenant that may wait for its connections, and tenants that may wait for a place.
  package var maximumWaiting = 64
  package var statementTimeout: Duration = .seconds(5)
  /// Bytes of a tenant's tables, indexes included.
  package var schemaSize = 100 << 20
  /// Bytes of one result.
  package var resultSize = 4 << 20
  /// After how long without use a tenant's connections are closed.
  package var idleTime: Duration = .seconds(60)

  package init() {}
}

/// The database of all plugins: each pair of plugin and server has a schema and a login in it.
///
/// On a server where we are superuser, as on our own, functions and catalogs that reach beyond the schema are closed
/// to plugins. Elsewhere a warning is logged, and the login's rights alone have to do.
package final class PluginDatabase: Sendable {
  /// Where it is.
  package enum Place: Sendable {
    /// The private server.
    case cluster(PluginCluster)
    /// The platform's server. Our database beside the platform's is made there if the login may; it needs `CREATEROLE`,
    /// too.
    case server(PostgresAddress)
  }

  private struct State {
    var admin: PostgresPool?
    var isPrepared = false
    var isHardened = false
    /// Tenants whose schema and login are known to be there.
    var known: Set<PluginSchema> = []
  }

  /// The private server, or the platform's.
  package let place: Place
  /// As given at the start.
  package let limits: PluginDatabaseLimits
  let secret: Secret
  let pools: TenantPools
  private let loops: [EventLoop]
  private let time: any TimeSource
  private let state = Mutex(State())
  private let preparation = SingleFlight<PostgresPool>()
  private let log = Log(room: "sandbox")

  /// On the private server; elsewhere the platform's database gives its name.
  static let databaseName = "plugins"
  /// What all logins of plugins are members of; it may connect, and nothing else.
  static let group = "guildhall_plugins"
  private static let preparationLock: Int64 = 0x6775_696c_6473_716c
  private static let maximumKnown = 20_000

  /// Nothing is connected yet, and the private server not started.
  ///
  /// - Parameters:
  ///   - place: the private server, or the platform's.
  ///   - secret: what the logins' names and passwords come from: the same in all processes and after each start, such as
  ///     a secret derived from the platform's key. Under another one the logins are made anew.
  ///   - loops: what the connections are spread over; at least one.
  ///   - limits: what plugins may use.
  ///   - time: for idle times and pauses.
  package init(
    _ place: Place, secret: Secret, loops: [EventLoop], limits: PluginDatabaseLimits = PluginDatabaseLimits(),
    time: any TimeSource = SystemTime()
  ) {
    (self.place, self.secret, self.loops) = (place, secret, loops)
    (self.limits, self.time) = (limits, time)
    pools = TenantPools(limits: limits, time: time)
  }

  /// Keeps the private server running and closes what is idle, until cancelled; then all connections are closed and the
  /// server is stopped.
  package func run() async {
    await withTaskGroup(of: Void.self) { group in
      if case .cluster(let cluster) = place { group.addTask { await cluster.run() } }
      group.addTask {
        while !Task.isCancelled {
          // A cancelled pause is the end of the loop.
          do { try await self.time.sleep(for: self.limits.idleTime) } catch { break }
          await self.pools.closeIdle()
        }
        await self.pools.close()
        await self.state.withLock { $0.admin }?.close(grace: .seconds(1))
      }
    }
  }

  /// Whether plugins are kept from the server's own functions and catalogs; false before the first use.
  package var isHardened: Bool { state.withLock { $0.isHardened } }

  /// Whether a plugin ever needed it. Asks for nothing to be made or started.
  ///
  /// - Throws: `SQLError` when the platform's server does not answer.
  package var isThere: Bool {
    get async throws {
      switch place {
      case .cluster(let cluster): return try await cluster.isMade
      case .server(let address):
        if state.withLock({ $0.isPrepared }) { return true }
        let pool = PostgresPool(address: address, loops: loops, options: .short)
        do {
          let found = try await pool.rows(
            "SELECT 1 FROM pg_database WHERE datname = \(database(at: address))")
          await pool.close(grace: .zero)
          return !found.isEmpty
        } catch {
          await pool.close(grace: .zero)
          throw error
        }
      }
    }
  }

  // MARK: The owner's connections

  private func address() async throws -> PostgresAddress {
    switch place {
    case .cluster(let cluster): try await cluster.ready()
    case .server(let address): address
    }
  }

  private func database(at address: PostgresAddress) -> String {
    switch place {
    case .cluster: Self.databaseName
    case .server: "\(address.database ?? "guildhall")_plugins"
    }
  }

  /// The owner's pool, once database and rights are as they should be.
  func admin() async throws -> PostgresPool {
    let address = try await address()
    if let pool = state.withLock({ $0.isPrepared ? $0.admin : nil }) { return pool }
    return try await preparation.run { try await self.prepare(address, attempts: 10) }
  }

  /// Rights are kept in rows of the catalog that the server's own upkeep, or another process's preparation, may be
  /// writing at the same moment. It says so with XX000; each step may be repeated.
  private func prepare(_ address: PostgresAddress, attempts: Int) async throws -> PostgresPool {
    do {
      return try await prepare(address)
    } catch let error as SQLError where error.engineCode == "XX000" && attempts > 1 {
      try await time.sleep(for: .milliseconds(Int.random(in: 50...150)))
      return try await prepare(address, attempts: attempts - 1)
    }
  }

  private func prepare(_ address: PostgresAddress) async throws -> PostgresPool {
    // Whoever asked in the moment in which another one's preparation ended.
    if let pool = state.withLock({ $0.isPrepared ? $0.admin : nil }) { return pool }
    let pool = try await open(address)
    // Other processes may be at it, too.
    let isHardened = try await pool.withAdvisoryLock(Self.preparationLock) {
      try await DatabasePreparation(pool: pool, database: database(at: address)).run()
    }
    state.withLock { state in
      (state.isPrepared, state.isHardened) = (true, isHardened)
    }
    if !isHardened {
      log.warning(
        "the plugins' database is not ours to close: the server's own functions stay open to plugins")
    }
    return pool
  }

  private func open(_ address: PostgresAddress) async throws -> PostgresPool {
    let name = database(at: address)
    if let pool = state.withLock({ $0.admin }) { return pool }
    var options = PostgresOptions.long
    options.applicationName = "guildhall-plugins-owner"
    let maintenance =
      if case .cluster = place { address.replacing(database: "postgres") } else { address }
    let first = PostgresPool(address: maintenance, loops: loops, options: options)
    do {
      try await DatabasePreparation.create(name, isPrivate: maintenance.database == "postgres", using: first)
    } catch {
      await first.close(grace: .zero)
      throw error
    }
    await first.close(grace: .zero)
    let pool = PostgresPool(address: address.replacing(database: name), loops: loops, options: options)
    return state.withLock { state in
      let kept = state.admin ?? pool
      state.admin = kept
      return kept
    }
  }

  // MARK: A tenant's connections

  /// Runs a statement as the tenant, in a transaction of its own, its schema made at first use.
  ///
  /// - Throws: `PostgresTextFailure`, `SQLError`, `ClusterFailure`, `RPCError` when too many wait.
  func run(_ statement: PostgresText, for schema: PluginSchema, access: PostgresAccess) async throws
    -> PostgresTextResult
  {
    var attempt = 1
    while true {
      do {
        return try await attemptRun(statement, for: schema, access: access)
      } catch let failure as PostgresTextFailure where attempt < 4 && Self.isRepeatable(failure.error, access)
      {
        // The server just died or comes up: once it answers, again.
        attempt += 1
        try await time.sleep(for: .milliseconds(100 << attempt))
      }
    }
  }

  /// Whether nothing can have happened: it was not sent, or only reads.
  private static func isRepeatable(_ error: SQLError, _ access: PostgresAccess) -> Bool {
    guard error.code == .connectionLost else { return false }
    return access == .readOnly || ["08001", "57P03"].contains(error.engineCode)
  }

  private func attemptRun(_ statement: PostgresText, for schema: PluginSchema, access: PostgresAccess)
    async throws
    -> PostgresTextResult
  {
    let address = try await address()
    try await provide(schema)
    let milliseconds = limits.statementTimeout.wholeMilliseconds
    // Said again for each transaction, since a session could have been told otherwise.
    let settings: [SQL] = [
      SQL(unescaped: "SET LOCAL statement_timeout = \(milliseconds)"),
      SQL(unescaped: "SET LOCAL search_path = \(schema.name)"),
    ]
    // Locks of the session would outlive the call; on a closed server no plugin can take one.
    let cleaning: [SQL] = isHardened ? [] : ["SELECT pg_advisory_unlock_all()"]
    return try await pools.with(schema) {
      pool(for: schema, at: address)
    } body: { pool in
      try await pool.run(statement, access: access, settings: settings, cleaning: cleaning)
    }
  }

  private func pool(for schema: PluginSchema, at address: PostgresAddress) -> PostgresPool {
    var options = PostgresOptions.short
    options.leaseCount = limits.connectionsPerTenant
    options.maximumLeaseWaiting = limits.maximumWaiting
    options.leaseTimeout = .seconds(15)
    options.statementTimeout = limits.statementTimeout
    options.silenceTimeout = .seconds(3)
    options.idleInTransactionTimeout = .seconds(10)
    options.preparedStatementCount = 8
    options.applicationName = "guildhall-plugin"
    let login = address.replacing(database: database(at: address))
      .replacing(user: schema.role(secret), password: schema.password(secret))
    return PostgresPool(address: login, loops: loops, options: options)
  }

  /// Makes schema and login unless this process knows them.
  func provide(_ schema: PluginSchema) async throws {
    guard !state.withLock({ $0.known.contains(schema) }) else { return }
    let tenants = TenantSchemas(pool: try await admin(), isSuperuser: isHardened)
    try await tenants.provide(schema, secret: secret, limits: limits)
    state.withLock { state in
      if state.known.count >= Self.maximumKnown { state.known = [] }
      state.known.insert(schema)
    }
  }

  /// Drops schema and login; its connections end first.
  func drop(_ schema: PluginSchema) async throws {
    state.withLock { _ = $0.known.remove(schema) }
    await pools.close(schema)
    try await TenantSchemas(pool: try await admin(), isSuperuser: isHardened).drop(schema)
  }

  /// Every plugin in every server that has a schema: for retention, and for what a server's export and erasure cover.
  ///
  /// - Parameter guild: of this server alone; nil for all.
  /// - Returns: by server and plugin.
  /// - Throws: `SQLError`; `ClusterFailure` when the private server does not run.
  package func schemas(of guild: GuildID? = nil) async throws -> [PluginSchema] {
    try await TenantSchemas(pool: try await admin(), isSuperuser: isHardened).list(
      guild: guild.map { Int64(bitPattern: $0.rawValue) })
  }

  /// Bytes that a tenant's tables and indexes take, dead rows included; 0 without a schema.
  package func size(of schema: PluginSchema) async throws -> Int {
    try await TenantSchemas(pool: try await admin(), isSuperuser: isHardened).size(of: schema)
  }
}
