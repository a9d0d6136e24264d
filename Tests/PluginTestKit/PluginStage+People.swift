// What people do on a stage: join, write, use commands, menus and buttons.

import DiscordBot
package import DiscordCore
import DiscordModels
import DiscordREST
import HTTPClient
package import HTTPTypes
package import JSON
import PlatformDispatch
import Simulator
import SimulatorWorld
import Testing

extension PluginStage {
  /// A new person who joins the server.
  @discardableResult
  package func newcomer(_ name: String, joins: Bool = true) async throws -> UserID {
    let guild = guild
    return try await simulator.withWorld { world throws(RESTFailure) in
      let user = world.makeUser(name).id
      if joins { try world.join(user, guild) }
      return user
    }
  }

  /// A new role, below the bot's.
  package func newRole(_ name: String, permissions: Permissions = []) async throws -> RoleID {
    let role = try await act(
      .post, "/guilds/\(guild)/roles",
      ["name": .string(name), "permissions": .integer(Int64(permissions.rawValue))],
      as: owner)
    return RoleID(try #require(role?["id"]?.snowflake))
  }

  /// A call of a person's client.
  @discardableResult
  package func act(
    _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, as person: UserID
  ) async throws -> JSONValue? {
    var request = HTTPClient.Request(simulator.apiBase + path, method: method)
    request.fields = ["Authorization": "user.\(person)", "Content-Type": "application/json"]
    if let body { request.body = .bytes(try body.encoded()) }
    let response = try await client.send(request)
    guard (200..<300).contains(response.status.code) else {
      throw StageError(
        description:
          "\(method.rawValue) \(path): \(response.status.code) \(String(decoding: response.body, as: UTF8.self))"
      )
    }
    return response.body.isEmpty ? nil : try JSONValue(parsing: response.body)
  }

  /// Writes a message.
  @discardableResult
  package func say(
    _ text: String, as person: UserID? = nil, in place: ChannelID? = nil
  ) async throws -> MessageID {
    let message = try await act(
      .post, "/channels/\(place ?? channel)/messages", ["content": .string(text)], as: person ?? member)
    return MessageID(try #require(message?["id"]?.snowflake))
  }

  /// Uses a slash command: `path` are its words, `options` the innermost options by name.
  package func slash(
    _ path: String, _ options: KeyValuePairs<String, JSONValue> = [:], as person: UserID? = nil,
    in place: ChannelID? = nil
  ) async throws {
    let words = path.split(separator: " ").map(String.init)
    let definition = try await registered(words[0])
    var kinds: [String: Int] = [:]
    var level = definition.definition.options
    for word in words.dropFirst() { level = level.first { $0.name == word }?.options ?? [] }
    for option in level { kinds[option.name] = option.kind.rawValue }
    var data: [JSONValue] = options.map { name, value in
      ["type": .integer(Int64(kinds[name] ?? 3)), "name": .string(name), "value": value]
    }
    for (depth, word) in words.dropFirst().enumerated().reversed() {
      let isGroup = words.count == 3 && depth == 0
      data = [["type": isGroup ? 2 : 1, "name": .string(word), "options": .array(data)]]
    }
    try await interact(
      2, ["id": .id(definition.id), "name": .string(words[0]), "type": 1, "options": .array(data)], person,
      place)
  }

  /// Chooses an entry of the context menu of a message (type 3) or a member (type 2).
  package func menu(_ title: String, on target: UInt64, type: Int, as person: UserID? = nil) async throws {
    let definition = try await registered(title)
    try await interact(
      2,
      [
        "id": .id(definition.id), "name": .string(title), "type": .integer(Int64(type)),
        "target_id": .string("\(target)"),
      ], person, nil)
  }

  /// Presses a button, or chooses from a menu, of a message.
  package func press(
    _ customID: String, on message: MessageID, values: [String]? = nil, kind: Int = 2,
    as person: UserID? = nil,
    in place: ChannelID? = nil
  ) async throws {
    var data: [JSONObject.Field] = [
      .init(key: "component_type", value: .integer(Int64(kind))),
      .init(key: "custom_id", value: .string(customID)),
    ]
    if let values { data.append(.init(key: "values", value: .array(values.map { .string($0) }))) }
    try await interact(3, .object(JSONObject(fields: data)), person, place, message: message)
  }

  private func registered(_ name: String) async throws -> ApplicationCommand {
    var found: ApplicationCommand?
    let (application, guild) = (application, guild)
    try await eventually("the command \(name) is registered") {
      let known: [ApplicationCommand] = try await self.bot.rest.send(
        .getGuildCommands(of: application, in: guild))
      found = known.first { $0.definition.name == name }
      if found == nil { try await CommandRegistrar(self.dispatcher).synchronise(guild, isForced: true) }
      return found != nil
    }
    return try #require(found)
  }

  private func interact(
    _ type: Int, _ data: JSONValue, _ person: UserID?, _ place: ChannelID?, message: MessageID? = nil
  ) async throws {
    var fields: [JSONObject.Field] = [
      .init(key: "type", value: .integer(Int64(type))), .init(key: "application_id", value: .id(application)),
      .init(key: "guild_id", value: .id(guild)), .init(key: "channel_id", value: .id(place ?? channel)),
      .init(key: "session_id", value: "x"), .init(key: "nonce", value: "1"), .init(key: "data", value: data),
    ]
    if let message {
      fields.append(.init(key: "message_id", value: .id(message)))
      fields.append(.init(key: "message_flags", value: 0))
    }
    try await act(.post, "/interactions", .object(JSONObject(fields: fields)), as: person ?? owner)
  }
}
