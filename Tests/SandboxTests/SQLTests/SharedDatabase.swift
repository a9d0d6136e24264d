// The private cluster that all cases of this suite share, and tenants on it.

import CSystem
import DiscordCore
import EventLoop
import Glibc
import JSON
import SandboxContract
import Storage
import StorageTestKit
import Synchronization
import Vault

@testable import SandboxSQL

/// The folder of the shared cluster, removed when the test process ends; the server ends with it by itself.
private let sharedFolder = "/tmp/guildhall-sql-\(getpid())"

/// One cluster, started at the first case.
actor SharedDatabase {
  static let shared = SharedDatabase()
  private var parts: Parts?

  struct Parts {
    let installation: Installation
    let storage: Storage
    let cluster: PluginCluster
    let database: PluginDatabase
    let life: Task<Void, Never>
  }

  func open() async throws -> Parts {
    if let parts { return parts }
    let installation = try await Installation(.embedded)
    var settings = ClusterSettings(folder: sharedFolder, loop: installation.loop)
    settings.isDurable = false
    let cluster = PluginCluster(settings)
    let database = PluginDatabase(.cluster(cluster), secret: .random(count: 32), loops: [installation.loop])
    atexit { csystem_remove_tree(sharedFolder) }
    let made = Parts(
      installation: installation, storage: try await installation.open(schema: Schema()), cluster: cluster,
      database: database,
      // As long as the test process.
      life: Task { await database.run() })
    // Another case may have come in between.
    if let parts { return parts }
    parts = made
    return made
  }
}

/// A plugin in a server, calling as a plugin does.
struct TestTenant: Sendable {
  let methods: SQLMethods
  let storage: Storage
  let schema: PluginSchema
  let installedAt: Timestamp
  let now: Timestamp

  private static let lastGuild = Mutex<UInt64>(900_000_000_000_000_000)

  /// A tenant of its own for each case.
  init(
    _ plugin: String = "ledger", guild: UInt64? = nil, age: Duration = .zero,
    _ limits: PluginDatabaseLimits? = nil
  )
    async throws
  {
    let parts = try await SharedDatabase.shared.open()
    let number =
      guild
      ?? Self.lastGuild.withLock { last in
        last += 1
        return last
      }
    methods = SQLMethods(database: parts.database)
    storage = parts.storage
    schema = PluginSchema(plugin: plugin, guild: GuildID(number))
    now = SystemTime().now
    installedAt = now - age
  }

  func call(_ method: String, _ params: JSONValue, now: Timestamp? = nil) async throws -> JSONValue {
    let manifest = GuestManifest(id: schema.plugin, name: schema.plugin, version: "1.0.0")
    let installation = GuestInstallation(
      guild: schema.guild, release: GuestRelease(manifest: manifest, digest: "0"),
      grants: GuestGrants(capabilities: [.sql]), isEnabled: true, installedAt: installedAt)
    return try await methods.answer(
      GuestCall(
        installation: installation, method: method, params: params.object ?? JSONObject(), cause: .unprompted,
        bot: nil,
        storage: storage, now: now ?? self.now))
  }

  @discardableResult
  func execute(_ sql: String, _ params: [JSONValue] = [], now: Timestamp? = nil) async throws -> Int64? {
    let answer = try await call(
      "sql.execute",
      ["sql": .string(sql), "params": .array(params)],
      now: now)
    return answer["rowcount"]?.int64
  }

  func query(_ sql: String, _ params: [JSONValue] = [], limit: Int64? = nil) async throws -> JSONValue {
    var fields = JSONObject()
    fields["sql"] = .string(sql)
    fields["params"] = .array(params)
    if let limit { fields["limit"] = .integer(limit) }
    return try await call("sql.query", .object(fields))
  }

  /// The first row's values.
  func one(_ sql: String, _ params: [JSONValue] = []) async throws -> [JSONValue] {
    let answer = try await call(
      "sql.query_one",
      ["sql": .string(sql), "params": .array(params)])
    return answer["row"]?.object?.fields.map(\.value) ?? []
  }

  /// The error that a statement gets; nil when it runs.
  func failure(_ sql: String, _ params: [JSONValue] = []) async -> RPCError? {
    do {
      try await execute(sql, params)
      return nil
    } catch {
      return error as? RPCError ?? RPCError(.internalFault, "not for plugins: \(error)")
    }
  }
}
