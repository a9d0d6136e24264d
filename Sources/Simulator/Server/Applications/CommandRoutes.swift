// Application commands: registering, and the index that people's clients show.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RESTCall {
  /// The scope of the path: global, or of a guild that the application's commands were allowed in.
  fileprivate func commandScope(_ world: World) throws(RESTFailure) -> CommandScope {
    let application = try ownApplication
    guard parameters["guild.id"] != nil else { return CommandScope(application: application) }
    let guild = try guildID
    guard let found = world.guilds[guild],
      found.integrations.values.contains(where: { $0.application == application })
        || found.members[application.converted()] != nil
    else { throw .missingAccess }
    return CommandScope(application: application, guild: guild)
  }

  fileprivate var commandID: ApplicationCommandID { get throws(RESTFailure) { try id("command.id") } }
}

extension RouteTable {
  static let commandRoutes: [RESTRoute] =
    ["/applications/{application.id}/commands", "/applications/{application.id}/guilds/{guild.id}/commands"]
    .flatMap { commandRoutes(at: $0) } + [
      RESTRoute(.get, "/guilds/{guild.id}/application-command-index") { call, world throws(RESTFailure) in
        let guild = try world.guild(try call.guildID, for: try call.actor)
        return .ok(try world.commandIndex(of: guild))
      },
      RESTRoute(.get, "/channels/{channel.id}/application-command-index") { call, world throws(RESTFailure) in
        let user = try call.actor
        let channel = try world.channel(try call.channelID, for: user)
        return .ok(try world.commandIndex(in: channel, for: user))
      },
    ]

  private static func commandRoutes(at path: String) -> [RESTRoute] {
    [
      RESTRoute(.get, path) { call, world throws(RESTFailure) in
        let withLocalizations = call.flag("with_localizations")
        let commands = try world.services.commands.commands(in: try call.commandScope(world))
        return .ok(.array(commands.map { $0.json(withLocalizations: withLocalizations) }))
      },
      RESTRoute(.post, path) { call, world throws(RESTFailure) in
        let scope = try call.commandScope(world)
        let (command, isNew) = try world.services.commands.upsert(call.body ?? [:], in: scope, at: world.now)
        { world.newID() }
        return RESTAnswer(status: isNew ? 201 : 200, json: command.json())
      },
      RESTRoute(.put, path) { call, world throws(RESTFailure) in
        let scope = try call.commandScope(world)
        guard let bodies = call.body?.array else {
          throw .invalid(code: "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        }
        let commands = try world.services.commands.overwrite(bodies, in: scope, at: world.now) {
          world.newID()
        }
        return .ok(.array(commands.map { $0.json() }))
      },
      RESTRoute(.get, "\(path)/{command.id}") { call, world throws(RESTFailure) in
        .ok(try world.services.commands.command(try call.commandID, in: try call.commandScope(world)).json())
      },
      RESTRoute(.patch, "\(path)/{command.id}") { call, world throws(RESTFailure) in
        let (id, scope) = (try call.commandID, try call.commandScope(world))
        return .ok(try world.services.commands.edit(id, call.body ?? [:], in: scope) { world.newID() }.json())
      },
      RESTRoute(.delete, "\(path)/{command.id}") { call, world throws(RESTFailure) in
        let (id, scope) = (try call.commandID, try call.commandScope(world))
        try world.services.commands.delete(id, in: scope)
        return .noContent
      },
    ]
  }

  /// Who may use commands in a guild. Reading is the application's, writing a person's (or a bearer token's).
  static let commandPermissionRoutes: [RESTRoute] = [
    RESTRoute(.get, "/applications/{application.id}/guilds/{guild.id}/commands/permissions") {
      call, world throws(RESTFailure) in
      let scope = try call.commandScope(world)
      let services = try world.services
      let commands =
        services.commands.commands(in: scope)
        + services.commands.commands(in: CommandScope(application: scope.application))
      let ids = [scope.application.rawValue] + commands.map(\.id.rawValue)
      return .ok(.array(ids.compactMap { services.permissionsJSON(of: $0, scope) }))
    },
    RESTRoute(.get, "/applications/{application.id}/guilds/{guild.id}/commands/{command.id}/permissions") {
      call, world throws(RESTFailure) in
      let scope = try call.commandScope(world)
      guard let json = try world.services.permissionsJSON(of: try call.commandID.rawValue, scope) else {
        throw .unknown(.commandPermissions)
      }
      return .ok(json)
    },
    RESTRoute(.put, "/applications/{application.id}/guilds/{guild.id}/commands/{command.id}/permissions") {
      call, world throws(RESTFailure) in
      let user: UserID
      switch call.caller {
      case .user(let id): user = id
      case .bearer(let id?, _, let scopes) where scopes.contains("applications.commands.permissions.update"):
        user = id
      default: throw .notForBots
      }
      let guild = try world.guild(try call.guildID, for: user, needing: [.manageGuild, .manageRoles])
      let scope = CommandScope(application: try call.id("application.id"), guild: guild.id)
      return .ok(
        try world.setCommandPermissions(
          call.body ?? [:], of: try call.commandID.rawValue, scope, by: user, in: guild))
    },
  ]
}

extension Annex {
  /// The permission object of a command or application in a guild; nil when none were set.
  func permissionsJSON(of id: UInt64, _ scope: CommandScope) -> JSONValue? {
    guard let guild = scope.guild, let list = commands.permissions(of: id, in: guild) else { return nil }
    return [
      "id": .string(String(id)), "application_id": .id(scope.application), "guild_id": .id(guild),
      "permissions": .array(list.map(\.json)),
    ]
  }
}

extension World {
  fileprivate func setCommandPermissions(
    _ body: JSONValue, of id: UInt64, _ scope: CommandScope, by user: UserID, in guild: Guild
  ) throws(RESTFailure) -> JSONValue {
    let services = try services
    if id != scope.application.rawValue,
      services.commands.command(ApplicationCommandID(id), of: scope.application, usableIn: guild.id) == nil
    {
      throw .unknown(.applicationCommand)
    }
    let entries = body["permissions"]?.array ?? []
    guard entries.count <= CommandLimits.permissions else {
      throw .invalid(
        "permissions", code: "BASE_TYPE_MAX_LENGTH",
        "Must be \(CommandLimits.permissions) or fewer in length.")
    }
    let list = entries.compactMap { entry -> CommandPermission? in
      guard let target = entry["id"]?.snowflake,
        let kind = (entry["type"]?.int64).flatMap({ CommandPermission.Kind(rawValue: Int($0)) }),
        let isAllowed = entry["permission"]?.bool
      else { return nil }
      return CommandPermission(id: target, kind: kind, isAllowed: isAllowed)
    }
    guard list.count == entries.count else {
      throw .invalid(
        "permissions", code: "MODEL_TYPE_CONVERT", "A permission needs an id, a type and a permission.")
    }
    services.commands.setPermissions(list, of: id, in: guild.id)
    let json = services.permissionsJSON(of: id, scope) ?? .null
    publish(
      "APPLICATION_COMMAND_PERMISSIONS_UPDATE", json,
      to: .users([scope.application.converted()], in: guild.id))
    record(
      .commandPermissionUpdate, in: guild, by: user, target: String(id),
      options: ["application_id": .id(scope.application)])
    return json
  }

  /// Every command of a guild, with the applications they are of.
  fileprivate func commandIndex(of guild: Guild) throws(RESTFailure) -> JSONValue {
    let registry = try services.commands
    let present = applications.values.filter { application in
      guild.members[application.botID] != nil
        || guild.integrations.values.contains { $0.application == application.id }
    }.sorted { $0.id < $1.id }
    let commands = present.flatMap { application in
      registry.commands(in: CommandScope(application: application.id, guild: guild.id))
        + registry.commands(in: CommandScope(application: application.id))
    }
    return index(present, commands, guild)
  }

  /// The commands that one may use in a channel.
  fileprivate func commandIndex(in channel: Channel, for user: UserID) throws(RESTFailure) -> JSONValue {
    let registry = try services.commands
    if let guild = channel.guildID.flatMap({ guilds[$0] }) {
      let all = applications.values.filter { guild.members[$0.botID] != nil }.sorted { $0.id < $1.id }
      let commands = all.flatMap { application in
        registry.commands(in: CommandScope(application: application.id, guild: guild.id))
          + registry.commands(in: CommandScope(application: application.id))
      }
      return index(all, commands.filter { mayUse($0, registry, user: user, in: channel) }, guild)
    }
    let others = applications.values.filter { channel.recipients.contains($0.botID) }
    let commands = others.flatMap { registry.commands(in: CommandScope(application: $0.id)) }
    return index(others, commands.filter { mayUse($0, registry, user: user, in: channel) }, nil)
  }

  private func index(_ applications: [Application], _ commands: [RegisteredCommand], _ guild: Guild?)
    -> JSONValue
  {
    let registry = (annex as? Annex)?.commands
    return [
      "applications": .array(
        applications.map { application in
          var json = Fields()
          json.put("id", application.id)
          json.put("name", application.name)
          json.put("description", application.description)
          json.put("icon", application.icon)
          json.put("bot_id", application.botID)
          json.put("bot", self.json(user: application.botID))
          return json.value
        }),
      "application_commands": .array(
        commands.map { command in
          var json = Fields()
          json.append(command.json())
          if let guild, let list = registry?.permissions(of: command.id.rawValue, in: guild.id) {
            json.put("permissions", .array(list.map(\.json)))
          }
          return json.value
        }),
      "version": .id(commands.map(\.version).max() ?? ApplicationCommandID(0)),
    ]
  }
}
