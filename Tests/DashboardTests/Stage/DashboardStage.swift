// A whole house with its dashboard, on a simulated Discord: what tests of pages play on.

import Assembly
import Bus
import Dashboard
import DiscordBot
import DiscordCore
import DiscordTestKit
import EventLoop
import HTTPClient
import HTTPServer
// By its name: the simulator has one too.
import struct HTTPServer.RouteTable
import HTTPTypes
import JSON
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformTenancy
import Sandbox
import SandboxContract
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

/// Third-party plugins do not run here, unless a test brings what runs them.
private struct NoWorkers: GuestLauncher {
  func launch(_ release: GuestRelease) async throws -> any GuestChannel {
    throw StageFailure(description: "no plugin is started on this stage")
  }
}

/// A server with an owner, a moderator who may manage it, and a member who may not; a second server of somebody else's.
///
///     try await DashboardStage.run { stage in
///       let owner = try await stage.browser(as: stage.owner)
///       let page = try await owner.get("/g/\(stage.guild)/plugins")
///       #expect(page.status == .ok)
///     }
final class DashboardStage: Sendable {
  static let origin = "http://guildhall.test"

  let simulator: Simulator
  let house: House
  let time: ShiftedTime
  let table: RouteTable
  let client: HTTPClient
  let guild: GuildID
  let channel: ChannelID
  let owner: UserID
  let manager: UserID
  let member: UserID
  /// Whoever the operator named: no member of either server.
  let operatorUser: UserID
  let otherGuild: GuildID
  let otherOwner: UserID

  private init(
    simulator: Simulator, house: House, time: ShiftedTime, table: RouteTable, client: HTTPClient, scene: Scene
  ) {
    (self.simulator, self.house, self.time) = (simulator, house, time)
    (self.table, self.client) = (table, client)
    (guild, channel, owner) = (scene.guild, scene.channel, scene.owner)
    (manager, member, operatorUser) = (scene.manager, scene.member, scene.operatorUser)
    (otherGuild, otherOwner) = (scene.otherGuild, scene.otherOwner)
  }

  var tenant: Tenant { Tenant(guild) }
  var store: GuildStore { house.storage.guild(tenant) }

  /// Runs `body` on a stage and takes it down. Fails when an exchange with Discord was not as Discord describes it.
  ///
  /// `intents` are those privileged ones that Discord has approved for the bot; `guests` starts third-party plugins.
  static func run(
    on engine: Engine = .embedded, limits: RequestLimits? = nil, intents: EventIntents = .privileged,
    guests: any GuestLauncher = NoWorkers(),
    _ body: @escaping @Sendable (DashboardStage) async throws -> Void
  ) async throws {
    try await slots.hold {
      try await withInstallation(engine) { installation in
        try await installation.run(schema: Schema.installation()) { storage in
          try await withSimulator { simulator in
            try await play(storage, simulator, limits, intents, guests, body)
          }
        }
      }
    }
  }

  /// A whole house each: more at once than this and none of them gets anywhere on two cores.
  private static let slots = Slots(3)

  private static func play(
    _ storage: Storage, _ simulator: Simulator, _ limits: RequestLimits?, _ intents: EventIntents,
    _ guests: any GuestLauncher,
    _ body: @escaping @Sendable (DashboardStage) async throws -> Void
  ) async throws {
    await simulator.limitsIdentify(false)
    let scene = try await simulator.withWorld { world in try Scene(in: world) }
    await simulator.withWorld { $0.applications[scene.application]?.approvedIntents = intents }
    let time = ShiftedTime()
    let bus = LocalBus(time: time, metrics: MetricRegistry())
    var settings = HouseSettings(discordAPI: simulator.apiBase, sharedToken: Secret(utf8: scene.token))
    let folder = try TemporaryDirectory()
    settings.sandbox = SandboxSettings(folder: folder.path, runtime: "")
    settings.sandbox.launcher = guests
    let house = try House(settings, storage: storage, bus: bus, time: time, metrics: MetricRegistry())
    var site = SiteSettings(origin: origin, discordAPI: simulator.apiBase)
    site.signIn = SignInApplication(id: scene.application, secret: Secret(utf8: scene.secret))
    site.operators = [scene.operatorUser]
    if let limits { site.limits = limits } else { site.limits.lift() }
    let redirect = site.signInRedirectURI
    await simulator.withWorld { $0.applications[scene.application]?.redirectURIs.append(redirect) }
    let dashboard = try house.dashboard(site)
    var router = Router()
    try dashboard.addRoutes(to: &router)
    let table = try router.closed()
    let loop = try EventLoop(name: "stage")
    defer { loop.shutdown() }
    let client = try HTTPClient(loop: loop)
    defer { client.shutdown() }
    let stage = DashboardStage(
      simulator: simulator, house: house, time: time, table: table, client: client, scene: scene)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await house.run() }
      var outcome: Result<Void, any Error> = .success(())
      do {
        try await stage.eventually("the bot knows both servers", within: .seconds(60)) {
          [scene.guild, scene.otherGuild].allSatisfy { guild in
            house.dispatcher.bots.bot(serving: guild)?.cache.guild(guild) != nil
          }
        }
        try await body(stage)
      } catch {
        outcome = .failure(error)
      }
      group.cancelAll()
      try outcome.get()
    }
    await dashboard.close()
    await house.close()
  }

  /// A browser that is signed in, all the way through Discord's consent page; of a visitor for nil.
  func browser(as user: UserID? = nil) async throws -> Browser {
    let browser = Browser(self)
    if let user { try await browser.signIn(as: user) }
    return browser
  }

  /// Switches a plugin on or off, as the owner would.
  func enable(_ plugin: String, _ isOn: Bool = true) async throws {
    try await house.configurations.setEnabled(
      isOn, plugin: plugin, in: tenant, by: ChangeOrigin(.user(owner), at: time.now))
    try await house.dispatcher.settle(guild, only: plugin)
  }

  /// Moves all clocks on.
  func advance(by duration: Duration) async {
    time.advance(by: duration)
    await simulator.advance(by: duration)
  }

  /// Waits until something is so, ten seconds at most.
  func eventually(
    _ what: String, within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
  ) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
      if try await condition() { return }
      try await clock.sleep(for: .milliseconds(10))
    }
    throw StageFailure(description: "it did not come about that \(what)")
  }

  /// A call of a person's client at Discord.
  @discardableResult
  func act(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, as person: UserID) async throws
    -> JSONValue?
  {
    var request = HTTPClient.Request(simulator.apiBase + path, method: method)
    request.fields = ["Authorization": "user.\(person)", "Content-Type": "application/json"]
    if let body { request.body = .bytes(try body.encoded()) }
    let response = try await client.send(request)
    guard (200..<300).contains(response.status.code) else {
      throw StageFailure(
        description:
          "\(method.rawValue) \(path): \(response.status.code) \(String(decoding: response.body, as: UTF8.self))"
      )
    }
    return response.body.isEmpty ? nil : try JSONValue(parsing: response.body)
  }

  /// A new person, who joins the server or not.
  func newcomer(_ name: String, joins: Bool = true) async throws -> UserID {
    let guild = guild
    return try await simulator.withWorld { world throws(RESTFailure) in
      let user = world.makeUser(name).id
      if joins { try world.join(user, guild) }
      return user
    }
  }
}

/// Why a test could not go on.
struct StageFailure: Error, CustomStringConvertible {
  let description: String
}

/// Who and what there is.
private struct Scene: Sendable {
  let application: ApplicationID
  let token: String
  let secret: String
  let guild: GuildID
  let channel: ChannelID
  let owner: UserID
  let manager: UserID
  let member: UserID
  let operatorUser: UserID
  let otherGuild: GuildID
  let otherOwner: UserID

  init(in world: World) throws {
    owner = world.makeUser("olive").id
    manager = world.makeUser("mara").id
    member = world.makeUser("mel").id
    operatorUser = world.makeUser("opal").id
    otherOwner = world.makeUser("otto").id
    guild = world.makeGuild("The Test", owner: owner).id
    otherGuild = world.makeGuild("Elsewhere", owner: otherOwner).id
    let application = world.makeApplication("Guildhall", owner: operatorUser)
    (self.application, token, secret) = (application.id, application.botToken, application.clientSecret)
    for place in [guild, otherGuild] {
      try world.join(
        application.botID, place, permissions: .administrator, addedBy: place == guild ? owner : otherOwner)
    }
    try world.join(manager, guild)
    try world.join(member, guild)
    let role = try world.createRole(
      in: guild, by: owner,
      body: ["name": "Managers", "permissions": .string("\(Permissions.manageGuild.rawValue)")], reason: nil)
    world.guilds[guild]?.members[manager]?.roles.append(role.id)
    channel = try world.createChannel(
      in: guild, by: owner, body: ["name": "general", "type": 0], reason: nil
    ).id
  }
}

extension RequestLimits {
  /// As good as none: tests click faster than people.
  fileprivate mutating func lift() {
    let open = Bucket(burst: 1_000_000, perMinute: 60_000_000)
    (address, account, signIn, writing) = (open, open, open, open)
  }
}
