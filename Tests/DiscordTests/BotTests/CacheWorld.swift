// A small world of Discord's that tells events about its changes, as JSON.

import DiscordBot
import DiscordCore
import DiscordGateway
import JSON

/// One guild as Discord would know it, and the events that its changes make.
struct CacheWorld {
  static let guild = GuildID(1_000 << 22)
  static let me = UserID(77 << 22)

  var name = "Guild"
  var features: [String] = ["COMMUNITY"]
  var owner: UInt64 = 1 << 22
  var memberCount = 1
  var roles: [UInt64: JSONObject] = [:]
  var channels: [UInt64: JSONObject] = [:]
  var threads: [UInt64: JSONObject] = [:]
  var members: [UInt64: JSONObject] = [:]
  var voice: [UInt64: JSONObject] = [:]
  var emojis: [UInt64: JSONObject] = [:]
  private var random: Seeded

  init(seed: UInt64) {
    random = Seeded(seed)
    roles[Self.guild.rawValue] = role(Self.guild.rawValue)
    members[Self.me.rawValue] = member(Self.me.rawValue)
  }

  // MARK: Objects

  private func object(_ fields: (String, JSONValue)...) -> JSONObject {
    JSONObject(fields: fields.map { .init(key: $0.0, value: $0.1) })
  }

  private mutating func pick(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

  private mutating func word() -> JSONValue {
    .string(
      String(
        (0..<pick(1...24)).map { _ in "abcdefghijklmnopqrstuvwxyzäöü😀".randomElement(using: &random) ?? "a" })
    )
  }

  private mutating func hash() -> JSONValue {
    let digits = String((0..<32).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" })
    return [.null, .string(digits), .string("a_" + digits), .string("another-form")][pick(0...3)]
  }

  private mutating func role(_ id: UInt64) -> JSONObject {
    object(
      ("id", .string("\(id)")), ("name", word()), ("permissions", .string("\(UInt64(pick(0...0xFFFF)))")),
      ("position", .integer(Int64(pick(0...20)))), ("color", .integer(Int64(pick(0...0xFFFFFF)))),
      ("hoist", .bool(pick(0...1) == 1)), ("managed", .bool(pick(0...4) == 0)), ("mentionable", .bool(false)))
  }

  private mutating func channel(_ id: UInt64) -> JSONObject {
    let overwrites = (0..<pick(0...3)).map { _ -> JSONValue in
      let isMember = pick(0...1) == 1
      let target =
        isMember ? members.keys.randomElement(using: &random) : roles.keys.randomElement(using: &random)
      return [
        "id": .string("\(target ?? 0)"), "type": .integer(isMember ? 1 : 0),
        "allow": .string("\(pick(0...0xFFFF))"), "deny": .string("\(pick(0...0xFFFF))"),
      ]
    }
    return object(
      ("id", .string("\(id)")), ("guild_id", .id(Self.guild)),
      ("type", .integer([0, 2, 4, 5, 13, 15][pick(0...5)])),
      ("name", word()), ("position", .integer(Int64(pick(0...50)))), ("parent_id", .null),
      ("permission_overwrites", .array(overwrites)), ("nsfw", .bool(pick(0...1) == 1)))
  }

  private mutating func thread(_ id: UInt64, in parent: UInt64) -> JSONObject {
    object(
      ("id", .string("\(id)")), ("guild_id", .id(Self.guild)), ("type", .integer(11)), ("name", word()),
      ("parent_id", .string("\(parent)")), ("owner_id", .string("4194304")),
      ("thread_metadata", ["archived": false, "locked": .bool(pick(0...1) == 1)]))
  }

  private mutating func member(_ id: UInt64) -> JSONObject {
    let held = roles.keys.filter { $0 != Self.guild.rawValue }.sorted().filter { _ in pick(0...2) == 0 }
    return object(
      (
        "user",
        [
          "id": .string("\(id)"), "username": word(), "global_name": pick(0...1) == 0 ? .null : word(),
          "avatar": hash(), "bot": .bool(pick(0...5) == 0),
        ]
      ),
      ("roles", .array(held.map { .string("\($0)") })), ("nick", pick(0...1) == 0 ? .null : word()),
      ("avatar", hash()), ("joined_at", "2024-03-01T12:30:15.250000+00:00"),
      ("premium_since", pick(0...3) == 0 ? "2025-01-01T00:00:00+00:00" : .null),
      ("pending", .bool(pick(0...9) == 0)),
      (
        "communication_disabled_until",
        pick(0...3) == 0 ? "2031-01-01T00:00:00.000000+00:00" : .null
      ))
  }

  // MARK: Events

  private func inGuild(_ object: JSONObject) -> JSONValue {
    .object(JSONObject(fields: object.fields + [.init(key: "guild_id", value: .id(Self.guild))]))
  }

  private func list(_ table: [UInt64: JSONObject]) -> JSONValue {
    .array(table.sorted { $0.key < $1.key }.map { .object($0.value) })
  }

  private var plain: [(String, JSONValue)] {
    [
      ("id", .id(Self.guild)), ("name", .string(name)), ("icon", .null), ("owner_id", .string("\(owner)")),
      ("features", .array(features.map { .string($0) })), ("premium_tier", 2), ("preferred_locale", "de"),
      ("roles", list(roles)), ("emojis", list(emojis)),
    ]
  }

  /// Everything, from scratch.
  var guildCreate: JSONValue {
    .object(
      JSONObject(
        fields: (plain + [
          ("member_count", .integer(Int64(memberCount))), ("channels", list(channels)),
          ("threads", list(threads)),
          ("members", list(members)), ("voice_states", list(voice)),
        ]).map { .init(key: $0.0, value: $0.1) }))
  }

  /// Changes something at random, and says which events tell of it.
  mutating func change() -> [(GatewayEventName, JSONValue)] {
    switch pick(0...15) {
    case 0:
      name = "Guild \(pick(0...99))"
      features = ["COMMUNITY", "NEWS", "DISCOVERABLE"].filter { _ in pick(0...1) == 1 }
      owner = members.keys.sorted().randomElement(using: &random) ?? owner
      return [(.guildUpdate, .object(JSONObject(fields: plain.map { .init(key: $0.0, value: $0.1) })))]
    case 1, 2:
      let id = UInt64(pick(2_000...2_020)) << 22
      let isNew = roles[id] == nil
      roles[id] = role(id)
      return [
        (
          isNew ? .guildRoleCreate : .guildRoleUpdate,
          ["guild_id": .id(Self.guild), "role": .object(roles[id] ?? JSONObject())]
        )
      ]
    case 3: return deleteRole()
    case 4, 5:
      let id = UInt64(pick(3_000...3_010)) << 22
      let isNew = channels[id] == nil
      channels[id] = channel(id)
      return [(isNew ? .channelCreate : .channelUpdate, .object(channels[id] ?? JSONObject()))]
    case 6: return deleteChannel()
    case 7, 8: return changeThread()
    case 9, 10: return changeMember()
    case 11: return removeMember()
    case 12, 13: return moveInVoice()
    case 14:
      let id = UInt64(pick(5_000...5_005)) << 22
      emojis[id] =
        emojis[id] == nil ? object(("id", .string("\(id)")), ("name", word()), ("animated", true)) : nil
      return [(.guildEmojisUpdate, ["guild_id": .id(Self.guild), "emojis": list(emojis)])]
    default: return sighting()
    }
  }

  private mutating func deleteRole() -> [(GatewayEventName, JSONValue)] {
    guard let id = roles.keys.sorted().filter({ $0 != Self.guild.rawValue }).randomElement(using: &random)
    else { return [] }
    roles[id] = nil
    for (user, member) in members {
      var member = member
      for index in member.fields.indices where member.fields[index].key == "roles" {
        member.fields[index].value = .array(
          member.fields[index].value.array?.filter { $0.snowflake != id } ?? [])
      }
      members[user] = member
    }
    return [(.guildRoleDelete, ["guild_id": .id(Self.guild), "role_id": .string("\(id)")])]
  }

  private mutating func deleteChannel() -> [(GatewayEventName, JSONValue)] {
    guard let id = channels.keys.sorted().randomElement(using: &random),
      let channel = channels.removeValue(forKey: id)
    else { return [] }
    threads = threads.filter { $0.value["parent_id"]?.snowflake != id }
    voice = voice.filter { $0.value["channel_id"]?.snowflake != id }
    return [(.channelDelete, .object(channel))]
  }

  private mutating func changeThread() -> [(GatewayEventName, JSONValue)] {
    guard let parent = channels.keys.sorted().randomElement(using: &random) else { return [] }
    let id = UInt64(pick(4_000...4_010)) << 22
    switch pick(0...4) {
    case 0:
      threads[id] = nil
      return [
        (
          .threadDelete,
          ["id": .string("\(id)"), "guild_id": .id(Self.guild), "parent_id": .string("\(parent)")]
        )
      ]
    case 1:
      var archived = thread(id, in: parent)
      for index in archived.fields.indices where archived.fields[index].key == "thread_metadata" {
        archived.fields[index].value = ["archived": true]
      }
      threads[id] = nil
      return [(.threadUpdate, .object(archived))]
    case 2:
      threads = threads.filter { $0.value["parent_id"]?.snowflake != parent }
      threads[id] = thread(id, in: parent)
      return [
        (
          .threadListSync,
          [
            "guild_id": .id(Self.guild), "channel_ids": [.string("\(parent)")],
            "threads": [.object(threads[id] ?? JSONObject())],
          ]
        )
      ]
    default:
      threads[id] = thread(id, in: parent)
      return [(.threadCreate, .object(threads[id] ?? JSONObject()))]
    }
  }

  private mutating func changeMember() -> [(GatewayEventName, JSONValue)] {
    let id = UInt64(pick(1...30)) << 22
    let isNew = members[id] == nil
    members[id] = member(id)
    if isNew { memberCount += 1 }
    return [(isNew ? .guildMemberAdd : .guildMemberUpdate, inGuild(members[id] ?? JSONObject()))]
  }

  private mutating func removeMember() -> [(GatewayEventName, JSONValue)] {
    guard let id = members.keys.sorted().filter({ $0 != Self.me.rawValue }).randomElement(using: &random),
      let member = members.removeValue(forKey: id)
    else { return [] }
    voice[id] = nil
    memberCount -= 1
    return [(.guildMemberRemove, ["guild_id": .id(Self.guild), "user": member["user"] ?? .null])]
  }

  private mutating func moveInVoice() -> [(GatewayEventName, JSONValue)] {
    guard let user = members.keys.sorted().randomElement(using: &random),
      let channel = channels.keys.sorted().randomElement(using: &random), let member = members[user]
    else { return [] }
    let leaves = pick(0...2) == 0
    let state = object(
      ("user_id", .string("\(user)")), ("channel_id", leaves ? .null : .string("\(channel)")),
      ("session_id", "s"), ("self_mute", .bool(pick(0...1) == 1)), ("suppress", .bool(pick(0...1) == 1)),
      ("request_to_speak_timestamp", .null))
    voice[user] = leaves ? nil : state
    let told = JSONObject(fields: state.fields + [.init(key: "member", value: .object(member))])
    return [(.voiceStateUpdate, inGuild(told))]
  }

  /// A message whose author is as the guild knows them: nothing changes.
  private mutating func sighting() -> [(GatewayEventName, JSONValue)] {
    guard let user = members.keys.sorted().randomElement(using: &random), let member = members[user] else {
      return []
    }
    let partial = JSONObject(fields: member.fields.filter { $0.key != "user" })
    return [
      (
        .messageCreate,
        [
          "id": "1", "channel_id": "2", "guild_id": .id(Self.guild), "author": member["user"] ?? .null,
          "member": .object(partial),
        ]
      )
    ]
  }
}

extension BotCache {
  /// Takes in an event made of a tree.
  func apply(_ event: GatewayEventName, _ data: JSONValue, shard: ShardID = ShardID(0, of: 1)) throws {
    try JSONParser().parse(try data.encoded()) { apply(event, $0, shard: shard) }
  }

  /// Everything that can be asked of a guild, as text to compare.
  func everything(about guild: GuildID) -> [String] {
    var lines = ["\(String(describing: self.guild(guild)))"]
    lines += roles(in: guild).map { "\($0)" }
    lines += channels(in: guild).map { "\($0)" }
    lines += threads(in: guild).map { "\($0)" }
    lines += emojis(in: guild).map { "\($0)" }
    lines += voiceStates(in: guild).map { "\($0)" }
    lines += seenMembers(in: guild).sorted { $0.user < $1.user }.map { "\($0)" }
    return lines
  }
}
