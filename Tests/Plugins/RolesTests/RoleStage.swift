// A guild in the simulator with the bot in it, and the plugin's handlers called by hand: twice, late, or never again.

import HTTPTypes
import Bus
import DiscordBot
import DiscordCore
import DiscordGateway
@testable import DiscordModels
import DiscordREST
import DiscordTestKit
import EventLoop
import JSON
import PlatformAudit
import PlatformCommands
import PlatformConfiguration
import PlatformPlugins
import PlatformTenancy
@testable import PlatformSchedule
import Resources
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

@testable import RolesPlugin

/// Timers as the schedule keeps them, fired when a test says so.
final class StageTimers: TimerStore {
  let pending = Mutex<[TimerName: (due: Timestamp, payload: [UInt8])]>([:])

  func set(_ name: TimerName, at due: Timestamp, _ payload: [UInt8]) async throws {
    pending.withLock { $0[name] = (due, payload) }
  }

  func cancel(_ name: TimerName) async throws -> Bool {
    pending.withLock { $0.removeValue(forKey: name) != nil }
  }
}

/// Remembers what a person was answered.
final class StageResponder: Responder {
  let answers = Recorder<String>()
  let canOpenModals = true

  struct Handle: ReplyHandle {
    func edit(_ edit: MessageEdit) async throws {}
    func delete() async throws {}
  }

  func reply(_ message: MessageCreate) async throws -> any ReplyHandle {
    try message.validate()
    answers.record(message.content ?? message.embeds.first?.description ?? "")
    return Handle()
  }

  func open(_ modal: Modal) async throws {
    try modal.validate()
    answers.record("form \(modal.title)")
  }

  func update(_ edit: MessageEdit) async throws {
    try edit.validate()
    answers.record("shown anew")
  }
}

final class RoleStage: PluginHost {
  let simulator: Simulator
  let proof: ExchangeProof
  let installation: Installation
  let storage: Storage
  let loop: EventLoop
  let bot: Bot
  let guild: GuildID
  let channel: ChannelID
  let owner: UserID
  /// Members who are no bots, in the order of their ids.
  let members: [UserID]

  let bus: any Bus
  let configurations: Configuration
  let time: any TimeSource
  let clock = ManualTime()
  let stageTimers = StageTimers()
  let whys = Recorder<WhyRecord>()
  let notices = Recorder<PluginNotice>()
  /// Calls to Discord that change roles: method and path.
  let writes: Recorder<String>
  let unit = PluginUnit(Roles.self)
  private let catalog: StringCatalog
  private let keptMemory = Mutex(GuildMemory())
  private let causes = Mutex(0)

  var timers: any TimerStore { stageTimers }
  var units: [PluginUnit] { [unit] }
  var rows: RoleStore { RoleStore(storage.guild(Tenant(guild))) }

  private struct Scene: Sendable {
    let token: String
    let guild: GuildID
    let channel: ChannelID
    let owner: UserID
    let members: [UserID]
  }

  private init() async throws {
    let proof = try ExchangeProof()
    let writes = Recorder<String>()
    var configuration = SimulatorConfiguration()
    configuration.onExchange = { exchange in
      proof.check(exchange)
      let path = exchange.target.drop { $0 != "/" }
      if exchange.method != .get, path.contains("/members/"), exchange.status < 300 {
        writes.record("\(exchange.method.rawValue) \(exchange.template ?? "")")
      }
    }
    (self.proof, self.writes) = (proof, writes)
    simulator = try await Simulator.start(configuration)
    await simulator.limitsIdentify(false)
    await simulator.limitsREST(false)
    let scene = try #require(
      await simulator.withWorld { world -> Scene? in
        guard let application = world.demoApplication,
          let guild = world.guilds.values.first(where: { $0.name == "Lanternfall" }),
          let channel = guild.channels.sorted().compactMap({ world.channels[$0] }).first(where: {
            $0.kind == .text
              && world.permissions(of: application.botID, in: $0).contains([.viewChannel, .sendMessages])
          })
        else { return nil }
        let members = guild.members.keys.filter { world.users[$0]?.isBot == false && $0 != guild.ownerID }
        return Scene(
          token: application.botToken, guild: guild.id, channel: channel.id, owner: guild.ownerID,
          members: members.sorted())
      })
    (guild, channel, owner, members) = (scene.guild, scene.channel, scene.owner, scene.members)
    loop = try EventLoop(name: "bot")
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = simulator.apiBase
    environment.budget = AddressBudget(metrics: MetricRegistry())
    var botConfiguration = BotConfiguration()
    botConfiguration.cache = .everything
    bot = try Bot(
      token: Secret(utf8: scene.token), configuration: botConfiguration, routing: InteractionTable(),
      environment: environment, stores: .inMemory)
    installation = try await Installation(.embedded)
    storage = try await installation.open(
      schema: Schema(guild: [
        EffectSchema.owner, AuditSchema.owner, ConfigurationSchema.owner, Migrations.owner,
      ]))
    time = clock
    bus = LocalBus(time: clock, metrics: MetricRegistry())
    var registry = ConfigurationRegistry()
    unit.registerSettings(&registry)
    configurations = Configuration(storage: storage, bus: bus, registry: registry)
    catalog = try ResourceFolder(of: "RolesPlugin").catalog(language: "en")
  }

  /// Runs `body` on a stage of its own, and fails when an exchange was not Discord's.
  static func run(_ body: (RoleStage) async throws -> Void) async throws {
    let stage = try await RoleStage()
    try await stage.bot.start()
    try await eventually("the guild is known") {
      stage.bot.cache.guild(stage.guild)?.isAvailable == true
        && stage.bot.cache.ownMember(in: stage.guild) != nil
    }
    var cause: (any Error)?
    do { try await body(stage) } catch { cause = error }
    await stage.bot.stop()
    await stage.simulator.stop()
    await stage.storage.close()
    stage.installation.shutdown()
    stage.loop.shutdown()
    try stage.proof.verify(besides: cause)
    if let cause { throw cause }
  }

  // MARK: What contexts ask for

  func memory(of guild: GuildID) -> GuildMemory { keptMemory.withLock { $0 } }
  func strings(of plugin: String, language: String) -> StringCatalog {
    plugin == "roles"
      ? catalog : StringCatalog(language: "en", sentences: ["refusal.roleAboveYou": "Above you."])
  }
  func capability(_ name: String, in core: ContextCore) -> (any Sendable)? { unit.provided[name]?(core) }
  func signer(of guild: GuildID) async throws -> ComponentSigner {
    ComponentSigner(try await storage.guild(Tenant(guild)).key())
  }
  func note(_ record: WhyRecord, in guild: GuildID) { whys.record(record) }
  func notify(_ notice: PluginNotice, in guild: GuildID) async { notices.record(notice) }

  func decisions(about id: UInt64?, cause: String?, in guild: GuildID) async throws -> [WhyRecord] {
    whys.values
  }
  func resyncCommands(in guild: GuildID) async throws -> CommandSyncSummary { CommandSyncSummary() }
  func settle(_ guild: GuildID, only plugin: String?) async throws {}

  /// What a new process has: nothing in memory.
  func forgetMemory() { keptMemory.withLock { $0 = GuildMemory() } }

  // MARK: Acting

  /// The guild at this moment, for a new cause unless one is given.
  func context(_ cause: String? = nil) async throws -> RoleContext {
    let fresh = causes.withLock { count in
      count += 1
      return "cause\(count)"
    }
    return RoleContext(
      ContextCore(
        plugin: "roles", guild: guild, configuration: try await configurations.current(Tenant(guild)),
        preferences: GuildPreferences(), bot: GuildBot(bot, in: guild), host: self, causeKey: cause ?? fresh,
        now: clock.now))
  }

  /// Makes a role below the bot's.
  func role(_ name: String, permissions: Permissions = []) async throws -> RoleID {
    let (guild, owner) = (guild, owner)
    let id = try await simulator.withWorld { world throws(RESTFailure) in
      try world.createRole(
        in: guild, by: owner, body: ["name": .string(name), "permissions": .string("\(permissions)")],
        reason: nil
      ).id
    }
    try await eventually("the role is known") { bot.cache.role(id, in: guild) != nil }
    return id
  }

  /// The roles somebody has in the world.
  func roles(of user: UserID) async -> Set<RoleID> {
    let guild = guild
    return await simulator.withWorld { world in Set(world.guilds[guild]?.members[user]?.roles ?? []) }
  }

  /// Gives or takes by hand.
  func set(_ role: RoleID, of user: UserID, to isGiven: Bool) async throws {
    let (guild, owner) = (guild, owner)
    try await simulator.withWorld { world throws(RESTFailure) in
      try world.setRole(role, of: user, to: isGiven, in: guild, by: owner, reason: nil)
    }
  }

  func person(_ user: UserID) async -> Person {
    let roles = await roles(of: user)
    return Person(
      user: user, name: "Somebody", roles: Array(roles),
      permissions: user == owner ? .all : [.viewChannel, .sendMessages])
  }

  /// A menu that is published, with one option for each role.
  func menu(
    _ roles: [RoleID], style: MenuStyle = .buttons, mode: MenuMode = .toggle,
    _ change: (inout RoleMenu) -> Void = { _ in }
  ) async throws -> StoredMenu {
    var menu = RoleMenu()
    (menu.title, menu.style, menu.mode) = ("Pick", style, mode)
    let emoji = ["🔴", "🔵", "🟢", "🟡"]
    for (index, role) in roles.enumerated() {
      menu.add(RoleOption(id: 0, roles: [role], label: "Role \(index)", emoji: .unicode(emoji[index % 4])))
    }
    change(&menu)
    let context = try await context()
    let stored = try await MenuEditing.create(menu, by: owner, context)
    try await Publishing.publish(stored, in: channel, context)
    try await fireTimers()
    return try #require(try await rows.menu(stored.id))
  }

  func begin(_ job: BulkJob) async throws -> BulkJob? {
    let rows = rows
    return try await rows.store.writeNumbered { session in try await rows.begin(job, cause: "job", session) }
  }

  /// Presses a button as a person; returns the answer.
  func press(_ option: Int, of menu: StoredMenu, by user: UserID, cause: String? = nil) async throws -> String
  {
    let responder = StageResponder()
    let invocation = ComponentInvocationContext(
      core: try await context(cause).core, person: await person(user), channel: channel,
      state: "\(menu.id):\(option)",
      input: .component(
        ComponentInvocation(
          customID: "x", kind: .button, id: nil, values: [], resolved: ResolvedEntities())),
      message: nil, responder: responder)
    try await Handlers.pressed(ComponentCall(invocation))
    return responder.answers.values.joined()
  }

  /// Types a command as a person; returns the answer, also when that is a refusal.
  func type(_ text: String, by user: UserID, cause: String? = nil) async throws -> String {
    let index = CommandIndex(unit.commands.map(\.declaration))
    let (declaration, rest) = try #require(index.find(text[...]))
    let command = try #require(unit.commands.first { $0.declaration.name == declaration.name })
    let responder = StageResponder()
    let invocation = CommandInvocationContext(
      core: try await context(cause).core, declaration: declaration,
      arguments: try declaration.arguments(typed: rest), person: await person(user), channel: channel,
      source: .message(MessageID(1)), responder: responder)
    do {
      try await command.handler(invocation)
    } catch let refusal as Refusal {
      return refusal.key.hasPrefix("refusal.")
        ? refusal.key : catalog(dynamic: refusal.key, refusal.parameters)
    }
    return responder.answers.values.joined(separator: "\n")
  }

  /// Reacts in the world and, unless nobody looks, tells the plugin.
  func react(
    _ emoji: String, to menu: StoredMenu, by user: UserID, isSeen: Bool = true, cause: String? = nil
  ) async throws {
    let place = try #require(menu.place)
    try await simulator.withWorld { world throws(RESTFailure) in
      try world.react(to: place.message, in: place.channel, with: emoji, by: user)
    }
    guard isSeen else { return }
    let event: MessageReactionAddEvent = try decode(event(emoji, place, user))
    try await Handlers.reacted(try await context(cause), event)
  }

  func unreact(_ emoji: String, from menu: StoredMenu, by user: UserID, isSeen: Bool = true) async throws {
    let place = try #require(menu.place)
    try await simulator.withWorld { world throws(RESTFailure) in
      try world.unreact(place.message, in: place.channel, with: emoji, of: user, by: user)
    }
    guard isSeen else { return }
    let event: MessageReactionRemoveEvent = try decode(event(emoji, place, user))
    try await Handlers.unreacted(try await context(), event)
  }

  /// Who reacts with an emoji, in the world.
  func reactors(_ emoji: String, of menu: StoredMenu) async throws -> Set<UserID> {
    let place = try #require(menu.place)
    return await simulator.withWorld { world in
      let message = world.channels[place.channel]?.messages.all.first { $0.id == place.message }
      return Set(message?.reactions.first { $0.emoji == .unicode(emoji) }?.users ?? [])
    }
  }

  private func event(_ emoji: String, _ place: MenuPlace, _ user: UserID) -> JSONValue {
    [
      "user_id": .id(user), "channel_id": .id(place.channel), "message_id": .id(place.message),
      "guild_id": .id(guild), "emoji": ["id": nil, "name": .string(emoji)], "burst": false, "type": 0,
    ]
  }

  func decode<Model: WireDecodable & Sendable>(_ json: JSONValue) throws -> Model {
    try JSONParser().parse(try json.encoded()) { try Model(from: $0) }
  }

  /// Fires what is due, and what that sets for now, until nothing is due any more.
  func fireTimers() async throws {
    for _ in 0..<200 {
      let now = clock.now
      let due = stageTimers.pending.withLock { pending in
        pending.filter { $0.value.due <= now }.sorted { $0.value.due < $1.value.due }
      }
      guard let (name, timer) = due.first.map({ ($0.key, $0.value) }) else { return }
      stageTimers.pending.withLock { $0[name] = nil }
      let firing = TimerFiring(name: name, due: timer.due, payload: timer.payload, attempt: 1)
      let core = try await context(firing.effectKey).core
      let kind = String(name.kind.dropFirst("roles.".count))
      let handler = try #require(unit.timers[kind], "\(kind)")
      if case .again(let instant) = try await handler(core, firing) {
        stageTimers.pending.withLock { $0[name] = (instant, timer.payload) }
      }
    }
    throw TestKitError("timers set each other for ever")
  }

  /// Lets time pass and fires what falls due.
  func advance(by duration: Duration) async throws {
    clock.advance(by: duration)
    try await fireTimers()
  }
}
