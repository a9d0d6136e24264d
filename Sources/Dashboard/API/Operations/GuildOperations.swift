// A server as a whole: what it is, its bot, its commands, a member, and everything that is held of it.

import DiscordBot
import DiscordCore
import DiscordREST
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformBots
import PlatformCommands
import PlatformConfiguration
import PlatformData
import PlatformDispatch
import PlatformPlugins
import PlatformText
import Resources
import Storage

extension APIOperation {
  private static let detailSchema = APISchema.named(
    "GuildDetail",
    .record([
      .init("id", .snowflake), .init("name", .text()), .init("icon", .nullable(.text())),
      .init("owner", .snowflake), .init("members", .integer()), .init("channels", .integer()),
      .init("roles", .integer()), .init("role", roleSchema), .init("revision", .integer(0...Int64.max)),
      .init("plugins", .list(.text(), atMost: 1_000)),
    ]))

  private static let botSchema = APISchema.named(
    "Bot",
    .record([
      .init("id", .snowflake), .init("state", .nullable(.text())), .init("since", .nullable(.instant)),
      .init("crashes", .integer()), .init("reasons", .list(.text(), atMost: 200)),
      .init("latency_ms", .nullable(.integer())),
    ]))

  private static let commandSchema = APISchema.named(
    "Command",
    .record([
      .init("name", .text()), .init("plugin", .text()), .init("aliases", .list(.text(), atMost: 50)),
      .init("usage", .text()), .init("description", .text()), .init("cool_down_seconds", .integer()),
      .init("is_on", .toggle),
    ]))

  private static let memberSchema = APISchema.named(
    "Member",
    .record([
      .init("id", .snowflake), .init("username", .nullable(.text())), .init("name", .nullable(.text())),
      .init("nick", .nullable(.text())), .init("roles", .list(.snowflake, atMost: 1_000)),
      .init("joined_at", .nullable(.instant)), .init("timed_out_until", .nullable(.instant)),
      .init("is_bot", .toggle),
    ]))

  static let guildOperations: [APIOperation] = [
    APIOperation(
      "guild.get", .get, "", answer: .json(detailSchema), .guild(.viewer) { visit, _ in try detail(visit) }),
    APIOperation(
      "bot.get", .get, "/bot", answer: .json(botSchema),
      .guild(.viewer) { visit, _ in try await bot(visit) }),
    APIOperation(
      "commands.list", .get, "/commands",
      answer: .json(.record([.init("items", .list(commandSchema, atMost: 2_000))])),
      .guild(.viewer) { visit, _ in try commands(visit) }),
    APIOperation(
      "members.get", .get, "/members/{user}", answer: .json(memberSchema),
      .guild(.viewer) { visit, input in try await member(visit, input) }),
    APIOperation(
      "data.export", .get, "/data", answer: .stream,
      .guild(.owner) { visit, _ in try await export(visit) }),
  ]

  private static func detail(_ visit: GuildVisit) throws -> HTTPResponse {
    guard let info = visit.bot.info else {
      throw HTTPProblem(.serviceUnavailable, visit.strings["problem.noBot"])
    }
    return try visit.visit.json([
      "id": .snowflake(visit.guild), "name": .string(info.name), "icon": .orNull(info.icon),
      "owner": .snowflake(info.owner), "members": .integer(Int64(max(0, info.memberCount))),
      "channels": .integer(Int64(visit.bot.allChannels.count)),
      "roles": .integer(Int64(visit.bot.roles.count)), "role": .string(visit.role.name),
      "revision": .integer(visit.configuration.revision),
      "plugins": .array(visit.configuration.enabledPlugins.map { .string($0) }),
    ])
  }

  private static func bot(_ visit: GuildVisit) async throws -> HTTPResponse {
    let status = visit.house.supervisor.status(of: visit.bot.user)
    let latency = await visit.bot.latency()
    let reasons = (status?.reasons ?? []).map { reason -> JSONValue in
      .string(visit.visit.words(reason, of: .bots))
    }
    return try visit.visit.json([
      "id": .snowflake(visit.bot.user), "state": .orNull(status?.state.name),
      "since": status?.since.api ?? .null,
      "crashes": .integer(Int64(status?.crashes ?? 0)), "reasons": .array(reasons),
      "latency_ms": latency.map { .integer(max(0, Int64($0 / .milliseconds(1)))) } ?? .null,
    ])
  }

  private static func commands(_ visit: GuildVisit) throws -> HTTPResponse {
    let units = visit.house.catalog.units
    let items = units.flatMap { unit -> [JSONValue] in
      let strings = visit.house.catalog.strings(of: unit.id, language: visit.strings.language)
      let isOn = unit.isAlwaysOn || visit.configuration.isEnabled(unit.id)
      return unit.commands.map { command in
        let declaration = command.declaration
        let key = "command.\(declaration.path.joined(separator: "."))"
        return [
          "name": .string(declaration.name), "plugin": .string(unit.id),
          "aliases": .array(declaration.aliases.map { .string($0) }), "usage": .string(declaration.usage),
          "description": .string(strings.sentence(key) ?? ""),
          "cool_down_seconds": .integer(declaration.coolDown.components.seconds), "is_on": .bool(isOn),
        ]
      }
    }
    return try visit.visit.json(["items": .array(items)])
  }

  private static func member(_ visit: GuildVisit, _ input: APIInput) async throws -> HTTPResponse {
    guard let user = UserID(input.path["user"] ?? "") else { throw HTTPProblem.notFound }
    let found: CachedMember?
    do throws(RESTError) { found = try await visit.bot.member(user) } catch {
      throw HTTPProblem(.serviceUnavailable, visit.strings["api.error.discord"], fields: ["Retry-After": "5"])
    }
    guard let found else { throw HTTPProblem.notFound }
    return try visit.visit.json([
      "id": .snowflake(found.user), "username": .orNull(found.userName), "name": .orNull(found.globalName),
      "nick": .orNull(found.nick), "roles": .array(found.roles.map { .snowflake($0) }),
      "joined_at": found.joinedAt?.api ?? .null, "timed_out_until": found.timedOutUntil?.api ?? .null,
      "is_bot": .bool(found.isBot),
    ])
  }

  /// Everything that is held of the guild, as it is written: nothing of it is gathered first.
  private static func export(_ visit: GuildVisit) async throws -> HTTPResponse {
    try await visit.audit("core.data.export", "guild:\(visit.guild)")
    let (storage, time, tenant) = (visit.house.storage, visit.house.time, visit.tenant)
    var response = HTTPResponse.stream(contentType: "application/json") { writer in
      _ = try await DataExport(storage, time: time).guild(tenant) { piece in try await writer.write(piece) }
    }
    response.fields["Cache-Control"] = "no-store"
    return response
  }
}
