// Third-party plugins as the rest of the house sees them: one door.

import DiscordBot
import PlatformCommands
import Vault
package import Bus
package import DiscordCore
import DiscordGateway
package import EventLoop
package import PlatformDispatch
package import PlatformPlugins
import Postgres
import SandboxArtifacts
package import SandboxContract
package import SandboxData
import SandboxDiscord
import SandboxNetwork
import SandboxSQL
package import SandboxWorkers
package import Storage
import Synchronization
package import Telemetry

/// What the sandbox is run with.
package struct SandboxSettings: Sendable {
  /// Where unpacked plugins, the private database and the engine's files lie.
  package var folder: String
  /// The data folder above, if the account that runs the plugins' database has to be let through it; never a folder that
  /// is not ours.
  package var folderToOpen: String?
  /// The Docker Engine API's socket; nil finds one, or starts a Podman of our own.
  package var containerHost: String?
  /// The platform's PostgreSQL; nil has a private cluster in the folder.
  package var databaseURL: String?
  /// The runtime's tar, as `Scripts/build-runtime` makes it.
  package var runtime: String
  /// Hosts that plugins may reach although they are not public: tests' own.
  package var networkExceptions: Set<String> = []
  /// Starts workers otherwise than in containers, and leaves out the gate that needs one: for tests without an engine.
  package var launcher: (any GuestLauncher)?

  package init(folder: String, runtime: String) { (self.folder, self.runtime) = (folder, runtime) }
}

/// The installation's third-party plugins: who has which, and everything that runs in their name.
///
/// Make it before the dispatcher, which asks it; `set` the dispatcher, then `run`. Nothing is started before the first plugin
/// is let in: no engine, no database.
package final class Sandbox: GuestPlugins, Sendable {
  package let settings: SandboxSettings
  package let storage: Storage
  /// kv, secrets, metrics and the log.
  package let data: GuestData
  package let workers: GuestWorkers
  let time: any TimeSource
  let store: InstallationStore
  let installations: Installations
  let register: GuestRegister
  let database: PluginDatabase
  let desk: GuestInteractionDesk
  let translator = GuestEvents()
  let broker: SocketBroker
  let proxy: ProxyMethods
  let sockets: WebSocketMethods
  let sql: SQLMethods
  let methods: [any GuestMethods]
  let engine: EngineKeeper
  let folders: GuestFolders
  let answers: WidgetAnswers
  let reservedIDs: Set<String>
  let reservedCommands: Set<String>
  let guestCache: GuestCache
  let log = Log(room: "sandbox")
  private let loop: EventLoop

  /// - Parameters:
  ///   - settings: where things lie.
  ///   - storage: of the installation.
  ///   - bus: tells other processes of changes.
  ///   - time: clocks.
  ///   - metrics: of this process.
  ///   - units: the built-in plugins, whose ids and commands nobody else gets.
  ///   - wrote: is told of servers whose log has new lines.
  /// - Throws: `EventLoopError`; `SQLError` for an address of a database that is none.
  package init(
    _ settings: SandboxSettings, storage: Storage, bus: any Bus, time: any TimeSource,
    metrics: MetricRegistry, units: [PluginUnit], wrote: @escaping @Sendable (GuildID) -> Void
  ) throws {
    (self.settings, self.storage, self.time) = (settings, storage, time)
    reservedIDs = Set(units.map(\.id))
    let roots = units.flatMap(\.commands).flatMap { [$0.declaration.path[0]] + $0.declaration.aliases }
    reservedCommands = ArtifactRules.contractReserved.union(roots)
    loop = try EventLoop(name: "sandbox-sql")
    store = InstallationStore(store: storage.platform)
    let cache = GuestCache()
    guestCache = cache
    installations = Installations(store, bus: bus) { cache.forget($0) }
    register = GuestRegister(storage, installations)
    data = GuestData(storage: storage, time: time, wrote: wrote)
    let place: PluginDatabase.Place =
      if let url = settings.databaseURL {
        .server(try PostgresAddress(url: url))
      } else {
        .cluster(PluginCluster(ClusterSettings(folder: "\(settings.folder)/postgres", loop: loop)))
      }
    database = PluginDatabase(
      place, secret: storage.platform.key.derive("sandbox-sql"), loops: [loop], time: time)
    desk = GuestInteractionDesk(time: time)
    // Names of commands are a matter of the server they come to: a reserved one is registered under the plugin's id.
    folders = GuestFolders(settings, store, ArtifactRules())
    engine = EngineKeeper(settings, folders)
    answers = WidgetAnswers(time: time)
    let installations = installations
    broker = try SocketBroker(
      loop: loop, time: time, hosts: data.hosts, exceptions: settings.networkExceptions,
      installation: { plugin, guild in installations.enabled(plugin, in: guild) })
    proxy = try ProxyMethods(
      loop: loop, secrets: data.secrets, hosts: data.hosts, limits: data.limits, time: time,
      exceptions: settings.networkExceptions)
    sql = SQLMethods(database: database, time: time)
    sockets = WebSocketMethods(
      broker: broker, secrets: data.secrets, hosts: data.hosts, time: time,
      exceptions: settings.networkExceptions)
    methods =
      data.methods + [
        sql, DiscordMethods(directory: register, time: time),
        InteractionMethods(desk), proxy, sockets,
      ]
    workers = GuestWorkers(
      launcher: engine, methods: methods, directory: register,
      journal: InstalledJournal(journal: data, installations: installations), time: time,
      metrics: metrics)
    broker.set(workers)
  }

  /// The dispatcher, which is made after this: bots are found and guilds settled by it.
  package func set(_ dispatcher: Dispatcher) { register.set(dispatcher) }

  /// Reads who has what: before the dispatcher asks.
  ///
  /// - Throws: what the store throws.
  package func load() async throws { try await installations.load() }

  /// Runs until the task is cancelled. Call `close` afterwards.
  ///
  /// - Throws: `BusError`.
  package func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { await self.data.run() }
      group.addTask { await self.database.run() }
      group.addTask { await self.workers.run() }
      group.addTask { await self.broker.run() }
      group.addTask { try await self.installations.run() }
      group.addTask { await self.keepWarm() }
      group.addTask { await CronRunner(self).run() }
      group.addTask { await self.sweepEveryDay() }
    }
  }

  /// Ends every process, writes what waits, and ends what was started for plugins.
  package func close() async {
    broker.close()
    await workers.close()
    await data.flush()
    proxy.close()
    await engine.close()
    loop.shutdown()
  }

  /// Plugins with commands keep a process ready: a cold start would eat up the time that a person has (section 14).
  private func keepWarm() async {
    while !Task.isCancelled {
      let wanted = Set(installations.enabled.map(\.release).filter { !$0.manifest.commands.isEmpty })
      await workers.keepWarm(wanted)
      do { try await time.sleep(for: .seconds(2)) } catch { return }
    }
  }

  private func sweepEveryDay() async {
    while !Task.isCancelled {
      do {
        try await sweep()
        try await time.sleep(for: .seconds(86_400))
      } catch is CancellationError {
        return
      } catch {
        log.error("the data of plugins that left is still there", ["error": .string("\(error)")])
        do { try await time.sleep(for: .seconds(600)) } catch { return }
      }
    }
  }

  /// Does something that may need the plugins' database, in a house that is not run: `run` does the same for one that is.
  ///
  /// - Throws: what `body` throws.
  package func withDatabase<Result: Sendable>(
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.database.run() }
      defer { group.cancelAll() }
      return try await body()
    }
  }

  /// A guild is about to be erased: its plugins end, and what lies outside of its own store goes. Call `erased` when the rows
  /// are gone.
  ///
  /// - Throws: what the stores throw, before anything of the guild's rows is gone; call again.
  package func erase(_ guild: GuildID) async throws {
    for one in try await installations.leave(guild) {
      let plugin = one.installation.plugin
      await workers.retire(plugin: plugin, in: guild)
      for group in methods { await group.withdrew(plugin, from: guild) }
      // Kept under the platform's key, where no erasure of a server's rows finds them.
      if isDeveloper(guild, of: one.installation.release) {
        try await data.secrets.eraseDefaults(of: one.installation.release.developer)
      }
    }
    // Whatever the present versions ask for: an earlier one may have made tables.
    try await sql.erase(guild)
    // What waits to be written would bring the store back.
    await data.flush()
    translator.forget(guild)
  }

  /// A guild's rows are gone; other processes learn of it.
  ///
  /// - Throws: what the store throws.
  package func erased(_ guild: GuildID) async throws { try await installations.left(guild) }

  /// Guild follows: its commands at Discord are brought to what they shall be.
  func settle(_ guild: GuildID) async {
    guard let dispatcher = register.current else { return }
    if let bot = dispatcher.bots.bot(serving: guild) { translator.learn(guild, from: bot.cache) }
    do { try await dispatcher.settle(guild, only: nil) } catch {
      log.warning(
        "a server is not settled after a change of its plugins",
        ["guild": .string("\(guild)"), "error": .string("\(error)")])
    }
  }
}
