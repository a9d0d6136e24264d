// The options of a used command: checked against what was registered, and resolved.

internal import DiscordCore
internal import JSON
internal import SimulatorWorld

/// Reads the options a person filled in, and gathers what they point to.
struct InteractionOptions {
  private let world: World
  private let guild: Guild?
  private let viewer: UserID
  private let isAutocomplete: Bool
  private(set) var errors = FormErrors()
  private var users: [UserID] = []
  private var roles: [RoleID] = []
  private var channels: [ChannelID] = []
  private var messages: [Message] = []
  /// Uploaded files of a person are kept by the world under these ids.
  private var attachments: [(id: String, json: JSONValue)] = []

  /// `viewer`: the application's bot, whose permissions resolved channels carry.
  init(_ world: World, guild: Guild?, viewer: UserID, isAutocomplete: Bool) {
    (self.world, self.guild, self.viewer, self.isAutocomplete) = (world, guild, viewer, isAutocomplete)
  }

  /// The options as the application gets them.
  mutating func read(_ given: JSONValue?, against known: [JSONValue], path: [String] = ["data", "options"])
    -> [JSONValue]
  {
    let given = given?.array ?? []
    var result: [JSONValue] = []
    for (index, option) in given.enumerated() {
      let here = path + [String(index)]
      guard let name = option["name"]?.string,
        let description = known.first(where: { $0["name"]?.string == name })
      else {
        errors.add(here, "APPLICATION_COMMAND_OPTION_UNKNOWN", "This option does not exist")
        continue
      }
      result.append(read(option, description, here))
    }
    guard !isAutocomplete else { return result }
    for description in known where description["required"]?.bool == true {
      let name = description["name"]?.string ?? ""
      if !given.contains(where: { $0["name"]?.string == name }) { errors.required(path + [name]) }
    }
    return result
  }

  private mutating func read(_ option: JSONValue, _ description: JSONValue, _ path: [String]) -> JSONValue {
    let type = description["type"]?.int64 ?? 3
    var json = Fields()
    json.put("name", option["name"] ?? .null)
    json.put("type", .integer(type))
    if type <= 2 {
      json.put(
        "options",
        .array(
          read(option["options"], against: description["options"]?.array ?? [], path: path + ["options"])))
      return json.value
    }
    let isFocused = isAutocomplete && option["focused"]?.bool == true
    let value = option["value"] ?? .null
    // What is half typed is sent as it is.
    json.put(
      "value",
      isFocused
        ? .string(value.string ?? value.int64.map(String.init) ?? "")
        : checked(value, type, description, path))
    if isFocused { json.put("focused", true) }
    return json.value
  }

  private mutating func checked(
    _ value: JSONValue, _ type: Int64, _ description: JSONValue, _ path: [String]
  ) -> JSONValue {
    if let refusal = refusal(of: value, type, description) {
      errors.add(path + ["value"], "APPLICATION_COMMAND_OPTION_VALUE_INVALID", refusal)
    }
    let choices = description["choices"]?.array ?? []
    if !choices.isEmpty, !choices.contains(where: { $0["value"] == value }) {
      errors.add(path + ["value"], "APPLICATION_COMMAND_OPTION_VALUE_INVALID", "Not one of the choices")
    }
    return value
  }

  /// What is wrong with a value of that type; nil when it fits.
  private mutating func refusal(of value: JSONValue, _ type: Int64, _ description: JSONValue) -> String? {
    switch type {
    case 3:
      guard let length = (value.string?.unicodeScalars.count).map({ Int64($0) }) else { return "Not a text" }
      let (least, most) = (description["min_length"]?.int64 ?? 0, description["max_length"]?.int64 ?? 6_000)
      return length < least || length > most ? "Must be \(least) to \(most) in length." : nil
    case 4, 10:
      guard let number = value.double, type == 10 || value.int64 != nil else { return "Not a number" }
      if let least = description["min_value"]?.double, number < least { return "Must be at least \(least)." }
      if let most = description["max_value"]?.double, number > most { return "Must be at most \(most)." }
      return nil
    case 5: return value.bool == nil ? "Not true or false" : nil
    case 6, 7, 8, 9: return resolve(value.snowflake, type) ? nil : "Unknown"
    default: return nil
    }
  }

  /// Remembers what an id points to; false when there is no such thing.
  private mutating func resolve(_ id: UInt64?, _ type: Int64) -> Bool {
    guard let id else { return false }
    if type == 6 || type == 9, world.users[UserID(id)] != nil {
      add(user: UserID(id))
      return true
    }
    if type == 8 || type == 9, guild?.roles[RoleID(id)] != nil {
      if !roles.contains(RoleID(id)) { roles.append(RoleID(id)) }
      return true
    }
    if type == 7, let channel = world.channels[ChannelID(id)], channel.guildID == guild?.id {
      if !channels.contains(channel.id) { channels.append(channel.id) }
      return true
    }
    return false
  }

  mutating func add(user: UserID) {
    if !users.contains(user) { users.append(user) }
  }

  mutating func add(message: Message) { messages.append(message) }

  mutating func add(attachment id: String, _ json: JSONValue) { attachments.append((id, json)) }

  /// Resolves the values of a select of that component type.
  mutating func resolve(values: [String], ofSelect type: Int64) {
    for value in values {
      guard let id = UInt64(value) else { continue }
      switch type {
      case 5: _ = resolve(id, 6)
      case 6: _ = resolve(id, 8)
      case 7: _ = resolve(id, 9)
      case 8: _ = resolve(id, 7)
      default: break
      }
    }
  }

  /// `resolved`; nil when there is nothing.
  var resolved: JSONValue? {
    var json = Fields()
    if !users.isEmpty {
      json.put("users", map(users) { world.json(user: $0) })
      let members = users.filter { guild?.members[$0] != nil }
      if !members.isEmpty { json.put("members", map(members) { member($0) }) }
    }
    if let guild, !roles.isEmpty {
      json.put("roles", map(roles) { guild.roles[$0].map { world.json($0) } ?? .null })
    }
    if !channels.isEmpty { json.put("channels", map(channels) { channel($0) }) }
    if !messages.isEmpty {
      json.put(
        "messages",
        .object(
          JSONObject(
            fields: messages.map {
              .init(key: $0.id.description, value: world.json($0, viewer: viewer))
            })))
    }
    if !attachments.isEmpty {
      json.put(
        "attachments", .object(JSONObject(fields: attachments.map { .init(key: $0.id, value: $0.json) })))
    }
    // Not `nil : …` in one expression: that nil would be JSON's null.
    guard let fields = json.value.object?.fields, !fields.isEmpty else { return nil }
    return json.value
  }

  private func map<Entity>(_ ids: [Snowflake<Entity>], _ json: (Snowflake<Entity>) -> JSONValue) -> JSONValue
  {
    .object(JSONObject(fields: ids.map { .init(key: $0.description, value: json($0)) }))
  }

  /// A member without the user, deaf and mute, with the permissions in the guild.
  private func member(_ user: UserID) -> JSONValue {
    guard let guild, let member = guild.members[user], var json = world.json(member, withUser: false).object
    else { return .null }
    json["deaf"] = nil
    json["mute"] = nil
    json["permissions"] = .string(world.permissions(of: user, in: guild).description)
    return .object(json)
  }

  private func channel(_ id: ChannelID) -> JSONValue {
    guard let channel = world.channels[id], var json = world.json(channel).object else { return .null }
    let kept: Set<String> = [
      "id", "name", "type", "parent_id", "thread_metadata", "last_message_id", "last_pin_timestamp", "nsfw",
      "position", "topic", "flags", "rate_limit_per_user", "guild_id",
    ]
    json.fields.removeAll { !kept.contains($0.key) }
    json["permissions"] = .string(world.permissions(of: viewer, in: channel).description)
    json["app_permissions"] = .string(world.permissions(of: viewer, in: channel).description)
    return .object(json)
  }
}
