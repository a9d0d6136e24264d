// The server that is measured: a house on a simulated Discord, with one large guild.

import Assembly
import Bus
import Dashboard
import DiscordBot
import DiscordCore
import EventLoop
import Glibc
import HTML
import HTTPServer
import HTTPTypes
import JSON
import ModerationPlugin
import PlatformAccess
import PlatformAccounts
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import SQL
import Simulator
import SimulatorWorld
import Storage
import Telemetry
import TestKit
import Vault

/// How large the guild is.
private let (channelCount, roleCount, memberCount, caseCount) = (500, 250, 200, 100_000)

/// What the server says when it is ready, on one line.
struct TownInvitation {
  let origin: String
  let cookie: String
  /// Pages of the guild, by the route's name.
  let pages: [(name: String, path: String)]
  /// What a first visit fetches besides the page.
  let assets: [String]
  /// Where live events come from; nil when there is no such route.
  let live: String?

  var line: String {
    get throws {
      let value: JSONValue = [
        "origin": .string(origin), "cookie": .string(cookie),
        "pages": .array(pages.map { ["name": .string($0.name), "path": .string($0.path)] }),
        "assets": .array(assets.map { .string($0) }), "live": live.map { .string($0) } ?? .null,
      ]
      return String(decoding: try value.encoded(), as: UTF8.self)
    }
  }
}

extension TownInvitation {
  init(line: String) throws {
    let value = try JSONValue(parsing: Array(line.utf8))
    origin = value["origin"]?.string ?? ""
    cookie = value["cookie"]?.string ?? ""
    pages = (value["pages"]?.array ?? []).map { ($0["name"]?.string ?? "", $0["path"]?.string ?? "") }
    assets = (value["assets"]?.array ?? []).compactMap(\.string)
    live = value["live"]?.string
  }
}

/// Serves until the process is killed. Says the invitation when the pages can be asked for.
func runTown() async throws {
  let root = try TemporaryDirectory()
  let folder = DataFolder("\(root.path)/data")
  try folder.prepareRoot()
  let storage = try await Storage.open(
    StorageSettings(folder: folder), vault: try Vault.open(masterKeyFile: folder.masterKey),
    schema: Schema.installation())
  var simulation = SimulatorConfiguration()
  simulation.seed = nil
  let simulator = try await Simulator.start(simulation)
  let (token, guild, owner) = try await simulator.withWorld { try settle($0) }
  let house = try House(
    HouseSettings(discordAPI: simulator.apiBase, sharedToken: Secret(utf8: token)), storage: storage,
    bus: LocalBus(time: SystemTime(), metrics: MetricRegistry()), metrics: MetricRegistry())
  // Nobody signs in or sends a form here, so the port need not be known yet.
  var site = SiteSettings(origin: "http://127.0.0.1", discordAPI: simulator.apiBase)
  let open = RequestLimits.Bucket(burst: 1_000_000, perMinute: 60_000_000)
  (site.limits.address, site.limits.account) = (open, open)
  // All readers are one account.
  site.limits.streams = 10_000
  let dashboard = try house.dashboard(site)
  var router = Router()
  try dashboard.addRoutes(to: &router)
  let loop = try EventLoop(name: "town")
  // All of them come from one address, too.
  var limits = HTTPLimits()
  (limits.connections, limits.connectionsPerAddress, limits.requestsPerAddress) = (4_000, 4_000, 4_000)
  let server = try HTTPServer(
    .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, limits: limits, writesAccessLog: false)
  guard case .tcp(_, let port) = try server.start() else { throw TestKitError("no TCP address") }
  let resources = try DashboardResources.load()
  let (table, accounts) = (try router.closed(), try house.dashboardEnvironment(site).accounts)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await house.run() }
    group.addTask {
      do {
        try await fill(house, guild, owner)
        while house.dispatcher.bots.bot(serving: guild)?.cache.channels(in: guild).count ?? 0 < channelCount {
          try await Task.sleep(for: .milliseconds(50))
        }
        let invitation = TownInvitation(
          origin: "http://127.0.0.1:\(port)",
          cookie: try await session(of: owner, guild, in: house, accounts),
          pages: try pages(table.routes, guild, owner),
          assets: ["app.css", "app.js", "mark.svg"].map { resources.url($0).description },
          live: table.routes.first { $0.name == "guild.live" }.map { _ in "/g/\(guild)/live" })
        print(try invitation.line)
        fflush(nil)
      } catch {
        // The house would go on without its guild.
        print("no town: \(error)")
        fflush(nil)
        exit(1)
      }
    }
    try await group.waitForAll()
  }
  withExtendedLifetime((root, server, simulator)) {}
}

private func settle(_ world: World) throws -> (String, GuildID, UserID) {
  let owner = world.makeUser("owner").id
  let bot = world.makeApplication("Guildhall", owner: owner)
  let guild = world.makeGuild("A large server", owner: owner)
  for number in 0..<channelCount {
    world.add(
      Channel(id: world.newID(), kind: .text, guildID: guild.id, name: "channel-\(number)"), to: guild)
  }
  for number in 0..<roleCount - 2 {
    _ = try world.createRole(
      in: guild.id, by: owner, body: ["name": .string("Role \(number)")], reason: nil)
  }
  for number in 0..<memberCount { try world.join(world.makeUser("member.\(number)").id, guild.id) }
  try world.join(bot.botID, guild.id, permissions: .administrator)
  return (bot.botToken, guild.id, owner)
}

/// Everything on, and the cases: one is made as cases are, the others are copies of it.
private func fill(_ house: House, _ guild: GuildID, _ owner: UserID) async throws {
  let tenant = Tenant(guild)
  let now = SystemTime().now
  for unit in house.catalog.units where !unit.isAlwaysOn {
    try await house.configurations.setEnabled(
      true, plugin: unit.id, in: tenant, by: ChangeOrigin(.user(owner), at: now))
  }
  let store = house.storage.guild(tenant)
  let first = try await CaseStore(store).record(
    CaseDraft(
      .warn, of: owner, by: .person(owner), because: "Rude words in the hall", effectKey: "first", at: now))
  _ = try await store.execute(
    """
    WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < \(caseCount - 1))
    INSERT INTO moderation_case
      (guild_id, number, effect_key, kind, target_id, actor_kind, actor_id, actor_rule, reason, created_at, lasts, points,
       notice, is_finished)
    SELECT guild_id, number + n, 'copy ' || n, kind, target_id + n % 500, actor_kind, actor_id, actor_rule, reason,
      created_at - n * 1000, lasts, points, notice, is_finished
    FROM moderation_case, series WHERE number = \(first.number)
    """)
}

/// The cookie of a guild's owner who signed in and was there before.
private func session(of user: UserID, _ guild: GuildID, in house: House, _ accounts: Accounts) async throws
  -> String
{
  let now = SystemTime().now
  let tokens = AccountTokens(
    access: Secret(utf8: "none"), refresh: nil, expiresAt: now + .seconds(86_400), scopes: ["identify"])
  _ = try await accounts.signedIn(AccountProfile(user: user, username: "owner"), tokens, at: now)
  let (first, session) = try await house.sessions.begin(user: user, address: nil, agent: "bench", at: now)
  let token = try await house.sessions.note(.owner, in: .guild(guild), of: session, at: now)?.token ?? first
  return "session=\(token.exposedText)"
}

/// Every page of the guild, with values that are there.
///
/// - Throws: `TestKitError` for a page with a placeholder that nothing is known for: add it.
private func pages(_ routes: [Route], _ guild: GuildID, _ owner: UserID) throws -> [(String, String)] {
  try routes.compactMap { route in
    guard route.method == .get, case .guild = route.attributes[RouteAccessKey.self],
      !route.attributes[RouteIsAPI.self], !["guild.live", "guild.page.first"].contains(route.name),
      // Of plugins that nobody let in here.
      !route.name.hasPrefix("guild.guest."), !["guild.guest", "guild.guests.review"].contains(route.name)
    else { return nil }
    var path = ""
    for segment in route.pattern.segments {
      switch segment {
      case .literal(let text): path += "/\(text)"
      case .placeholder("guild"): path += "/\(guild)"
      case .placeholder("user"), .placeholder("member"): path += "/\(owner)"
      case .placeholder("plugin"):
        path += route.pattern.parameterNames.contains("preset") ? "/automod" : "/moderation"
      case .placeholder("preset"): path += "/strict"
      case .placeholder("command"): path += "/help"
      case .placeholder("number"), .placeholder("revision"): path += "/1"
      case .placeholder("page"), .rest("page"): path += "/cases"
      case .placeholder(let name), .rest(let name):
        throw TestKitError("\(route.name) has no sample for {\(name)}")
      }
    }
    return (route.name, path)
  }
}
