// `guildhall serve`: everything put together and kept running until it is asked to stop.

import Administration
import Assembly
import AutoModPlugin
import Bus
import CSystem
import Dashboard
import EventLoop
import HTTPServer
import SQL
import Simulator
import Storage
import Telemetry
import Vault

/// What the program stores.
let schema = Schema.installation()

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
  await OperatorScamList.shared.use("\(settings.folder.path)/scams.txt")
  let simulation = settings.discordToken == nil ? try await Simulation.start(settings) : nil
  // A simulated world has a time of its own, which people move.
  let shifted = simulation.map { _ in ShiftedTime(granularity: .milliseconds(100)) }
  let house = try await makeHouse(settings, simulation, storage, loop, shifted ?? SystemTime())
  if let simulation { try await Demo.prepare(simulation, house) }
  let site = await siteSettings(settings, simulation)
  // The desk shows the log's last lines, from here on.
  let logs = LogRing()
  LogSystem.process.sink = FanSink([LogSystem.process.sink, logs])
  let dashboard = try house.dashboard(site, logs: logs)
  var router = Router()
  if settings.roles.contains(.web) { try dashboard.addRoutes(to: &router) }
  addOperatorRoutes(to: &router, storage: storage)
  let server = try HTTPServer(
    .tcp(host: settings.host, port: settings.port), router: router, loop: loop, proxies: settings.proxies)
  try server.start()
  let admin = try openAdminSocket(settings, house, loop)
  say("Guildhall \(version) is ready at \(site.origin)")
  if let simulation {
    say(
      "No GUILDHALL_DISCORD_TOKEN is set, so a Discord of its own runs here. Be somebody in its playground:")
    say("\(simulation.playground)")
  }
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await house.run() }
    if let simulation, let shifted { group.addTask { await simulation.lead(shifted) } }
    group.addTask { try await ProcessSettings.waitForStop(on: loop) }
    // Whichever ends first: a request to stop, or a house that cannot go on.
    defer { group.cancelAll() }
    try await group.next()
    say("stopping")
  }
  await admin?.stop()
  await server.shutdown(grace: .seconds(10))
  await dashboard.close()
  await house.close()
  await simulation?.simulator.stop()
  await storage.close()
  loop.shutdown()
}

/// What the operator decided about the site; in the demo, what fits the simulated Discord.
private func siteSettings(_ settings: Settings, _ simulation: Simulation?) async -> SiteSettings {
  let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
  var site = SiteSettings(
    origin: settings.publicURL ?? "http://\(host):\(settings.port)",
    discordAPI: simulation?.simulator.apiBase ?? settings.discordAPI)
  site.signIn = settings.signIn
  site.operators = settings.operators
  if let simulation, let demo = await simulation.signIn(redirectURI: site.signInRedirectURI) {
    site.signIn = demo.application
    site.operators.insert(demo.operator)
  }
  return site
}

/// Listens for the operator's command line. It is a convenience: without it the program serves all the same, and says so.
private func openAdminSocket(_ settings: Settings, _ house: House, _ loop: EventLoop) throws -> AdminServer? {
  // The process that runs the bots knows how they are.
  guard settings.roles.contains(.gateway) else { return nil }
  let administrator = try Administrator(house, isRunning: true)
  do {
    return try AdminServer(listeningAt: settings.adminSocket, administrator, loop: loop)
  } catch let error as HTTPServerError {
    Log(room: "guildhall").warning(
      "the command line cannot reach this process", ["reason": .string(error.message)])
    return nil
  }
}

/// Puts the house together, on Discord or on the simulation.
func makeHouse(
  _ settings: Settings, _ simulation: Simulation?, _ storage: Storage, _ loop: EventLoop,
  _ time: any TimeSource
) async throws -> House {
  var house = HouseSettings(discordAPI: simulation?.simulator.apiBase ?? settings.discordAPI)
  (house.roles, house.version) = (settings.roles, version)
  house.sharedGlobalLimit = settings.discordGlobalLimit
  house.sandbox = settings.sandbox
  if let simulation {
    house.sharedToken = await simulation.botToken.map { Secret(Array($0.utf8)) }
  } else {
    house.sharedToken = settings.discordToken
  }
  let bus: any Bus = settings.redis.map { RedisBus($0, on: loop, time: time) } ?? LocalBus(time: time)
  return try House(house, storage: storage, bus: bus, time: time)
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
