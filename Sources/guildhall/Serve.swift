// `guildhall serve`: everything put together and kept running until it is asked to stop.

import CSystem
import Dashboard
import EventLoop
import HTTPServer
import PlatformBots
import SQL
import Simulator
import Storage
import Telemetry
import Vault

/// What the program stores. Rooms add their owners here as they come.
let schema = Schema(platform: [BotSchema.owner])

func serve(_ settings: Settings) async throws {
  let log = Log(room: "guildhall")
  let loop = try EventLoop(name: "main")
  let vault = try openVault(settings)
  let storage = try await Storage.open(settings.storage, vault: vault, schema: schema, loops: [loop]) {
    sentence in
    log.notice("starting", ["step": .string(sentence)])
  }
  // Made after the folder, which opening the storage made; two servers on one folder would overtake each other.
  let lock = settings.databaseURL == nil ? try DataFolderLock(settings.folder) : nil
  defer { withExtendedLifetime(lock) {} }
  var router = Router()
  DashboardPages(try DashboardResources.load()).addRoutes(to: &router)
  addOperatorRoutes(to: &router, storage: storage)
  let server = try HTTPServer(
    .tcp(host: settings.host, port: settings.port), router: router, loop: loop, proxies: settings.proxies)
  let address = try server.start()
  let simulation = settings.discordToken == nil ? try await Simulation.start(settings) : nil
  let bots = try await startBots(settings, simulation, storage)
  say("Guildhall \(version) is ready at \(address)")
  if let simulation {
    say("No GUILDHALL_DISCORD_TOKEN is set, so a Discord of its own runs here. Try /ping in its playground:")
    say("\(simulation.playground)")
  }
  try await ProcessSettings.waitForStop(on: loop)
  say("stopping")
  await bots?.stop()
  await simulation?.simulator.stop()
  await server.shutdown(grace: .seconds(10))
  await storage.close()
  loop.shutdown()
}

/// Starts the shared bot on Discord, or on the simulation.
private func startBots(_ settings: Settings, _ simulation: Simulation?, _ storage: Storage) async throws
  -> Bots?
{
  if let simulation {
    guard let token = await simulation.botToken else { return nil }
    return try await Bots.start(
      token: Secret(Array(token.utf8)), api: simulation.simulator.apiBase, storage: storage)
  }
  guard let token = settings.discordToken else { return nil }
  return try await Bots.start(token: token, api: settings.discordAPI, storage: storage)
}

/// Opens the vault. A folder with data and without its master key is refused: a fresh key could not open anything.
func openVault(_ settings: Settings) throws -> Vault {
  try settings.folder.prepareRoot()
  return try Vault.open(masterKeyFile: settings.masterKeyFile, createIfMissing: !settings.folder.hasKeys)
}

/// What machines ask: whether it works, and how it is.
private func addOperatorRoutes(to router: inout Router, storage: Storage) {
  router.get("/healthz", name: "health") { _ in
    _ = try await storage.platform.rows("SELECT 1")
    return HTTPResponse(text: "ok\n")
  }
  router.get("/metrics", name: "metrics") { request in
    // Figures about the whole installation are the operator's business: asked from this machine only.
    guard request.client.address?.isLoopback ?? true else { throw HTTPProblem.notFound }
    return HTTPResponse(
      contentType: PrometheusText.contentType, text: PrometheusText.write(.process))
  }
}
