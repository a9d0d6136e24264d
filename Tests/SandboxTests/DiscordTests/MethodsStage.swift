// Two servers in the simulator with one bot in both, and calls of a plugin that is installed in the first.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordREST
import DiscordTestKit
import EventLoop
import JSON
import PlatformPlugins
import SandboxContract
import SandboxDiscord
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Testing
import Vault

/// What there is in a server of the stage.
struct MethodsScene: Sendable {
  let guild: GuildID
  let owner: UserID
  let channel: ChannelID
  let category: ChannelID
  let thread: ChannelID
  /// A message of a member in `channel`, and one of the bot's.
  let message: MessageID
  let ownMessage: MessageID
  /// Stands above the bot, by a role with power.
  let chief: UserID
  let member: UserID
  let others: [UserID]
  /// Below the bot: harmless, and with power.
  let colour: RoleID
  let moderators: RoleID
  /// Above the bot.
  let chiefs: RoleID
  /// The bot's own, managed.
  let botRole: RoleID
  /// A webhook that somebody made by hand.
  let webhook: WebhookID
  let webhookToken: String
}

/// The stage. The bot may do everything but administrate at home, and is an administrator abroad.
final class MethodsStage: GuestDirectory {
  let simulator: Simulator
  let bot: Bot
  let storage: Storage
  let time = ShiftedTime()
  let home: MethodsScene
  let abroad: MethodsScene

  fileprivate init(_ simulator: Simulator, _ storage: Storage, _ loop: EventLoop) async throws {
    (self.simulator, self.storage) = (simulator, storage)
    await simulator.limitsIdentify(false)
    await simulator.limitsREST(false)
    let scenes = try await simulator.withWorld { world in
      let application = world.makeApplication("Keeper", owner: world.makeUser("dev").id)
      let powers = Permissions.all.subtracting(.administrator)
      return (
        application.botToken, try Self.scene("home", in: world, application, powers),
        try Self.scene("abroad", in: world, application, .administrator)
      )
    }
    (home, abroad) = (scenes.1, scenes.2)
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = simulator.apiBase
    var settings = BotConfiguration()
    settings.cache = .everything
    settings.intents = [.guilds, .guildMembers, .guildMessages]
    bot = try Bot(token: Secret(utf8: scenes.0), configuration: settings, environment: environment)
    try await bot.start()
    try await eventually("the bot sees both servers") {
      self.view(self.home.guild).ownPermissions() != nil
        && self.view(self.abroad.guild).ownPermissions() != nil
    }
  }

  private static func scene(
    _ name: String, in world: World, _ application: Application, _ powers: Permissions
  ) throws -> MethodsScene {
    let owner = world.makeUser("\(name)owner").id
    let guild = world.makeGuild(name, owner: owner)
    func role(_ title: String, _ permissions: Permissions) throws -> RoleID {
      try world.createRole(
        in: guild.id, by: owner,
        body: ["name": .string(title), "permissions": .string("\(permissions.rawValue)")], reason: nil
      ).id
    }
    func channel(_ title: String, _ type: Int64) throws -> ChannelID {
      try world.createChannel(
        in: guild.id, by: owner, body: ["name": .string(title), "type": .integer(type)], reason: nil
      ).id
    }
    func person(_ title: String) throws -> UserID {
      let user = world.makeUser("\(name)\(title)").id
      try world.join(user, guild.id)
      return user
    }
    // New roles come in at the bottom: what is made before the bot joins ends up above it.
    let chiefs = try role("Chiefs", .all)
    try world.join(application.botID, guild.id, permissions: powers, addedBy: owner)
    let moderators = try role("Moderators", [.kickMembers, .viewChannel])
    let colour = try role("Colour", [])
    let (chief, member) = (try person("chief"), try person("member"))
    guild.members[chief]?.roles = [chiefs]
    let channel = try channel("talk", 0)
    let thread = try world.startThread(
      in: channel, by: owner, body: ["name": "thread", "type": 11], reason: nil
    ).thread.id
    func post(_ text: String, by author: UserID) -> MessageID {
      var message = Message(id: world.newID(), channel: channel, author: .user(author))
      message.content = text
      if let place = world.channels[channel] { world.post(message, in: place) }
      return message.id
    }
    var webhook = Webhook(id: world.newID(), guild: guild.id, channel: channel, name: "by hand")
    webhook.token = "token-of-\(name)-that-nobody-else-knows"
    webhook.creator = owner
    world.webhooks[webhook.id] = webhook
    return MethodsScene(
      guild: guild.id, owner: owner, channel: channel,
      category: try Self.category(in: guild.id, owner, world),
      thread: thread, message: post("hello", by: member), ownMessage: post("mine", by: application.botID),
      chief: chief, member: member, others: try (0..<4).map { try person("other\($0)") }, colour: colour,
      moderators: moderators, chiefs: chiefs,
      botRole: try #require(guild.members[application.botID]?.roles.first), webhook: webhook.id,
      webhookToken: webhook.token ?? "")
  }

  private static func category(in guild: GuildID, _ owner: UserID, _ world: World) throws -> ChannelID {
    try world.createChannel(in: guild, by: owner, body: ["name": "rooms", "type": 4], reason: nil).id
  }

  // MARK: The directory

  func installation(of plugin: String, in guild: GuildID) -> GuestInstallation? { nil }
  func guilds(with release: GuestRelease) -> [GuildID] { [] }
  func bot(in guild: GuildID) -> GuildBot? { view(guild) }

  func view(_ guild: GuildID) -> GuildBot { GuildBot(bot, in: guild) }

  // MARK: Calls

  /// A plugin's methods, as one host has them: budgets included.
  func methods() -> DiscordMethods { DiscordMethods(directory: self, time: time) }

  func makeCall(
    _ method: String, _ params: JSONValue, plugin: String = "tickets", grants: GuestGrants = GuestGrants(),
    hasBot: Bool = true
  ) -> GuestCall {
    let manifest = GuestManifest(id: plugin, name: plugin, version: "1.0.0")
    let installation = GuestInstallation(
      guild: home.guild, release: GuestRelease(manifest: manifest, digest: "0"), grants: grants,
      isEnabled: true, installedAt: time.now)
    return GuestCall(
      installation: installation, method: "discord.\(method)", params: params.object ?? JSONObject(),
      cause: .unprompted, bot: hasBot ? view(home.guild) : nil, storage: storage, now: time.now)
  }

  /// Calls a method of a host of its own.
  @discardableResult
  func call(
    _ method: String, _ params: JSONValue = [:], plugin: String = "tickets",
    grants: GuestGrants = GuestGrants(), on methods: DiscordMethods? = nil
  ) async throws -> JSONValue {
    try await (methods ?? self.methods()).answer(makeCall(method, params, plugin: plugin, grants: grants))
  }

  /// What a method throws; nil when it succeeds.
  func failure(
    _ method: String, _ params: JSONValue = [:], plugin: String = "tickets",
    grants: GuestGrants = GuestGrants(), on methods: DiscordMethods? = nil
  ) async throws -> RPCError? {
    do {
      try await call(method, params, plugin: plugin, grants: grants, on: methods)
      return nil
    } catch let error as RPCError {
      return error
    }
  }

  // MARK: Seeing

  /// The messages of the channel at home, oldest first.
  func messages(in channel: ChannelID? = nil) async -> [Message] {
    let channel = channel ?? home.channel
    return await simulator.withWorld { $0.channels[channel]?.messages.all ?? [] }
  }

  func member(_ user: UserID) async -> Member? {
    let guild = home.guild
    return await simulator.withWorld { $0.guilds[guild]?.members[user] }
  }

  func overwrites(of channel: ChannelID) async -> [PermissionOverwrite] {
    await simulator.withWorld { $0.channels[channel]?.overwrites ?? [] }
  }

  /// The reason of the newest entry of the audit log at home.
  func lastReason() async -> String? {
    let guild = home.guild
    return await simulator.withWorld { $0.guilds[guild]?.auditLog.last?.reason }
  }

  /// Gives the bot's role at home these permissions, and waits until the bot knows.
  func setPowers(_ powers: Permissions) async throws {
    let home = home
    try await simulator.withWorld { world in
      _ = try world.modifyRole(
        home.botRole, in: home.guild, by: home.owner,
        body: ["permissions": .string("\(powers.rawValue)")], reason: nil)
    }
    try await eventually("the bot knows its powers") {
      self.view(home.guild).role(home.botRole)?.permissions == powers
    }
  }

  /// Waits until something is so, five seconds at most.
  func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(5)
    while clock.now < end {
      if try await condition() { return }
      try await clock.sleep(for: .milliseconds(5))
    }
    Issue.record("it did not come about that \(what)")
  }
}

/// Runs `body` on a stage of its own.
func withMethods(_ body: (MethodsStage) async throws -> Void) async throws {
  var configuration = SimulatorConfiguration()
  configuration.seed = nil
  try await withSimulator(configuration) { simulator in
    try await withInstallation(.embedded) { installation in
      let schema = Schema(platform: [], guild: [GuestWebhookSchema.owner])
      try await installation.run(schema: schema) { storage in
        let stage = try await MethodsStage(simulator, storage, installation.loop)
        do {
          try await body(stage)
        } catch {
          await stage.bot.stop()
          throw error
        }
        await stage.bot.stop()
      }
    }
  }
}

/// An id as the SDK sends it.
func id<Entity>(_ value: Snowflake<Entity>) -> JSONValue { .id(value) }
