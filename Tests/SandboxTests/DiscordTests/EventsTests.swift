// Discord's events as plugins get them, made by a server in the simulator.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import HTTPTypes
import JSON
import PlatformPlugins
import SandboxContract
import Simulator
import SimulatorWorld
import TestKit
import Testing

@testable import SandboxDiscord

/// What happened on a stage, translated.
private struct Heard {
  let events = GuestEvents()
  let stage: EventsStage
  let tap: EventsTap
  private var position = 0

  init(_ stage: EventsStage) {
    (self.stage, tap) = (stage, EventsTap(stage))
    learn()
  }

  func learn() { events.learn(stage.guild, from: stage.bot.cache) }

  /// Lets events pass untold, as while nobody listens.
  mutating func skip(_ name: GatewayEventName) async throws {
    let (tap, start) = (tap, position)
    try await eventually("\(name) came") { tap.all.dropFirst(start).contains { $0.name == name } }
    position = tap.all.count
  }

  /// The payloads of all that came since the last call, once an event of that name was among it.
  mutating func next(_ name: GatewayEventName) async throws -> [GuestPayload] {
    let (tap, start) = (tap, position)
    try await eventually("\(name) came") { tap.all.dropFirst(start).contains { $0.name == name } }
    let new = tap.all.dropFirst(position)
    position += new.count
    let bot = GuildBot(stage.bot, in: stage.guild)
    return new.flatMap { events.translate($0, bot: bot, keepsContent: true) }
  }

  mutating func one(_ type: String, by name: GatewayEventName) async throws -> JSONObject {
    let payloads = try await next(name).filter { $0.type == type }
    #expect(payloads.count == 1, "\(type)")
    let payload = try #require(payloads.first).payload
    #expect(payload.unknownFields(of: type) == [])
    return payload
  }
}

extension JSONObject {
  /// Fields that the privacy lists do not know, those of inner objects too.
  func unknownFields(of type: String, at path: String = "") -> [String] {
    let known = (GuestPrivacyFilter.allowed[type] ?? []).union(GuestPrivacyFilter.stripped[type] ?? [])
    return fields.flatMap { field -> [String] in
      let place = path + field.key
      guard known.contains(place) else { return [place] }
      // Given by people, with names of the plugin's own.
      guard let inner = field.value.object, place != "modal_values" else { return [] }
      return inner.unknownFields(of: type, at: place + ".")
    }
  }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct EventsTests {
  @Test func `messages are told with what they are, and their texts when they are gone`() async throws {
    try await EventsStage.run { stage in
      var heard = Heard(stage)
      let first = try await stage.say("hello")
      let created = try await heard.one("message_create", by: .messageCreate)
      #expect(created["message_id"] == .id(first))
      #expect(created["channel_id"] == .id(stage.channel))
      #expect(created["channel_name"] == "first")
      #expect(created["author_id"] == .id(stage.member))
      #expect(created["author_name"] == "mia")
      #expect(created["author_username"] == "mia")
      #expect(created["author_bot"] == false)
      #expect(created["content"] == "hello")
      #expect(created["embed_count"] == 0 && created["attachment_count"] == 0)
      #expect(created["mention_count"] == 0)
      #expect(created["guild_id"] == .id(stage.guild))
      let written = try #require(created["created_at"]?.string)
      #expect(Timestamp(iso8601: written) != nil)
      #expect(created["timestamp"]?.string == written)
      #expect(created["reference_message_id"] == nil)

      let reply = try await stage.say(
        "<@\(stage.owner)> yes", ["message_reference": ["message_id": .id(first)]])
      let answered = try await heard.one("message_create", by: .messageCreate)
      #expect(answered["message_id"] == .id(reply))
      #expect(answered["reference_message_id"] == .id(first))
      #expect(answered["mention_count"]?.int64 ?? 0 >= 1)

      try await stage.act(
        .patch, "/channels/\(stage.channel)/messages/\(first)", ["content": "hello there"], as: stage.member)
      let edited = try await heard.one("message_edit", by: .messageUpdate)
      #expect(edited["message_id"] == .id(first))
      #expect(edited["author_id"] == .id(stage.member))
      #expect(edited["content"] == "hello there")

      try await stage.act(.delete, "/channels/\(stage.channel)/messages/\(first)", as: stage.member)
      let deleted = try await heard.one("message_delete", by: .messageDelete)
      #expect(deleted["message_id"] == .id(first))
      #expect(deleted["channel_id"] == .id(stage.channel))
      #expect(deleted["author_id"] == .id(stage.member))
      #expect(deleted["content"] == "hello there")
    }
  }

  @Test func `messages that are deleted together are told one by one`() async throws {
    try await EventsStage.run { stage in
      var heard = Heard(stage)
      let ids = [try await stage.say("one"), try await stage.say("two")]
      _ = try await stage.bot.rest.send(.bulkDeleteMessages(ids, in: stage.channel))
      let payloads = try await heard.next(.messageDeleteBulk).filter { $0.type == "message_delete" }
      #expect(Set(payloads.map { $0.payload["message_id"] }) == Set(ids.map { .id($0) }))
      #expect(Set(payloads.map { $0.payload["content"]?.string }) == ["one", "two"])
    }
  }

  @Test func `what the bot does itself is not told`() async throws {
    try await EventsStage.run { stage in
      var heard = Heard(stage)
      let own = try await stage.bot.rest.send(.createMessage(MessageCreate("mine"), in: stage.channel))
      try await stage.act(
        .put, "/channels/\(stage.channel)/messages/\(own.id)/reactions/%F0%9F%91%8D/@me", as: stage.member)
      let types = try await heard.next(.messageReactionAdd).map(\.type)
      #expect(types == ["reaction_add"])
    }
  }

  @Test func `people who come, change and go are told with what they were`() async throws {
    try await EventsStage.run { stage in
      var heard = Heard(stage)
      let guild = stage.guild
      let role = try await stage.act(.post, "/guilds/\(guild)/roles", ["name": "Regular"])
      let roleID = try #require(role?["id"]?.snowflake)
      let ada = try await stage.simulator.withWorld { world throws(RESTFailure) in
        let user = world.makeUser("ada", globalName: "Ada L.").id
        try world.join(user, guild)
        return user
      }
      let joined = try await heard.one("member_join", by: .guildMemberAdd)
      #expect(joined["user_id"] == .id(ada))
      #expect(joined["username"] == "ada")
      #expect(joined["display_name"] == "Ada L.")
      #expect(joined["bot"] == false)
      #expect(joined["roles"] == [])
      #expect(joined["nick"] == .null)
      #expect(joined["guild_name"] == "Stage")
      #expect(joined["member_count"] == 4)
      #expect(joined["joined_at"]?.string != nil)

      try await stage.act(
        .patch, "/guilds/\(guild)/members/\(ada)", ["nick": "Countess", "roles": [.string("\(roleID)")]])
      let changed = try await heard.one("member_update", by: .guildMemberUpdate)
      #expect(changed["nick"] == "Countess")
      #expect(changed["before_nick"] == .null)
      #expect(changed["display_name"] == "Countess")
      #expect(changed["roles"] == [.string("\(roleID)")])
      #expect(changed["before_roles"] == [])

      try await stage.act(.delete, "/guilds/\(guild)/members/\(ada)")
      let left = try await heard.one("member_leave", by: .guildMemberRemove)
      #expect(left["user_id"] == .id(ada))
      #expect(left["nick"] == "Countess")
      #expect(left["roles"] == [.string("\(roleID)")])
      #expect(left["joined_at"] == joined["joined_at"])
      #expect(left["display_name"] == "Countess")
    }
  }

  @Test func `reactions are told in the form that the SDK writes them`() async throws {
    try await EventsStage.run { stage in
      var heard = Heard(stage)
      let message = try await stage.say("react")
      let place = "/channels/\(stage.channel)/messages/\(message)/reactions/%F0%9F%91%8D/@me"
      try await stage.act(.put, place, as: stage.owner)
      let added = try await heard.one("reaction_add", by: .messageReactionAdd)
      #expect(added["emoji"] == "👍")
      #expect(added["user_id"] == .id(stage.owner))
      #expect(added["message_id"] == .id(message))
      #expect(added["user_bot"] == false)
      try await stage.act(.delete, place, as: stage.owner)
      let removed = try await heard.one("reaction_remove", by: .messageReactionRemove)
      #expect(removed["emoji"] == "👍")
      #expect(removed["user_bot"] == false)
    }
  }

  @Test(
    arguments: [
      (["id": "7", "name": "wave"] as JSONValue, "<:wave:7>"),
      (["id": "7", "name": "wave", "animated": true], "<a:wave:7>"),
      (["id": .null, "name": "👍"], "👍"), (["id": "7", "name": .null], "<:_:7>"),
    ] as [(JSONValue, String)])
  func `a custom emoji is told as its mention`(emoji: JSONValue, expected: String) throws {
    let json: JSONValue = ["user_id": "5", "channel_id": "3", "message_id": "9", "emoji": emoji]
    let made = GuestEvents().translate(
      try event(.messageReactionAdd, json), bot: nil, keepsContent: false)
    #expect(made.first?.payload["emoji"]?.string == expected)
  }

  @Test func `who talks where is told with where they were`() async throws {
    try await EventsStage.run { stage in
      var heard = Heard(stage)
      let (guild, voice, member) = (stage.guild, stage.voice, stage.member)
      let second = try await stage.act(.post, "/guilds/\(guild)/channels", ["name": "Den", "type": 2])
      let den = ChannelID(try #require(second?["id"]?.snowflake))
      func move(to channel: ChannelID?, muted: Bool = false) async throws -> JSONObject {
        try await stage.simulator.withWorld { world throws(RESTFailure) in
          try world.setVoice(of: member, in: guild, to: channel, selfMute: muted)
        }
        return try await heard.one("voice_state_update", by: .voiceStateUpdate)
      }
      let joined = try await move(to: voice)
      #expect(joined["before_channel_id"] == .null && joined["before_channel_name"] == .null)
      #expect(joined["after_channel_id"] == .id(voice))
      #expect(joined["after_channel_name"] == "Lounge")
      #expect(joined["channel_id"] == .id(voice))
      #expect(joined["username"] == "mia")
      #expect(joined["bot"] == false && joined["member_bot"] == false)
      let moved = try await move(to: den, muted: true)
      #expect(moved["before_channel_id"] == .id(voice))
      #expect(moved["before_channel_name"] == "Lounge")
      #expect(moved["after_channel_name"] == "Den")
      #expect(moved["self_mute"] == true && moved["self_deaf"] == false)
      #expect(moved["before_self_stream"] == false && moved["after_self_stream"] == false)
      // A bot that was told the server anew knows where everybody is, and who is nowhere.
      heard.learn()
      let left = try await move(to: nil)
      #expect(left["before_channel_id"] == .id(den))
      #expect(left["after_channel_id"] == .null && left["channel_id"] == .null)
      _ = try await move(to: voice)
      try await stage.simulator.withWorld { world throws(RESTFailure) in
        try world.setVoice(of: member, in: guild, to: nil)
      }
      try await heard.skip(.voiceStateUpdate)
      heard.learn()
      #expect(try await move(to: den)["before_channel_id"] == .null)
    }
  }

  @Test func `channels and roles are told with their old names`() async throws {
    try await EventsStage.run { stage in
      var heard = Heard(stage)
      let guild = stage.guild
      let made = try await stage.act(.post, "/guilds/\(guild)/channels", ["name": "news", "type": 0])
      let id = try #require(made?["id"]?.string)
      let created = try await heard.one("channel_create", by: .channelCreate)
      #expect(created["channel_id"]?.string == id && created["id"]?.string == id)
      #expect(created["name"] == "news" && created["type"] == 0)
      #expect(created["category_id"] == .null)
      #expect(created["position"]?.int64 != nil)
      try await stage.act(.patch, "/channels/\(id)", ["name": "old-news"])
      let renamed = try await heard.one("channel_update", by: .channelUpdate)
      #expect(renamed["name"] == "old-news" && renamed["before_name"] == "news")
      // Known from the bot's cache alone.
      try await stage.act(.patch, "/channels/\(stage.channel)", ["name": "erste"])
      let known = try await heard.one("channel_update", by: .channelUpdate)
      #expect(known["before_name"] == "first")
      try await stage.act(.delete, "/channels/\(id)")
      #expect(try await heard.one("channel_delete", by: .channelDelete)["name"] == "old-news")

      let role = try await stage.act(
        .post, "/guilds/\(guild)/roles", ["name": "Red", "color": 16_711_680, "permissions": 8])
      let roleID = try #require(role?["id"]?.string)
      let born = try await heard.one("role_create", by: .guildRoleCreate)
      #expect(born["role_id"]?.string == roleID && born["id"]?.string == roleID)
      #expect(born["color"] == 16_711_680 && born["permissions"] == "8")
      #expect(born["managed"] == false && born["mentionable"] == false)
      try await stage.act(.patch, "/guilds/\(guild)/roles/\(roleID)", ["name": "Crimson"])
      let updated = try await heard.one("role_update", by: .guildRoleUpdate)
      #expect(updated["name"] == "Crimson" && updated["before_name"] == "Red")
      try await stage.act(.delete, "/guilds/\(guild)/roles/\(roleID)")
      let gone = try await heard.one("role_delete", by: .guildRoleDelete)
      #expect(gone["name"] == "Crimson" && gone["color"] == 16_711_680)
    }
  }

  @Test func `an event that a lane repeats is told the same way`() throws {
    let events = GuestEvents()
    let json: JSONValue = ["id": "9", "channel_id": "3"]
    _ = events.translate(
      try event(
        .messageCreate,
        ["id": "9", "channel_id": "3", "content": "x", "author": ["id": "5", "username": "a"]]), bot: nil,
      keepsContent: true)
    let deletion = try event(.messageDelete, json, key: "2")
    let first = events.translate(deletion, bot: nil, keepsContent: true)
    #expect(first.first?.payload["content"] == "x")
    #expect(events.translate(deletion, bot: nil, keepsContent: true) == first)
  }

  @Test func `where no plugin reads messages, no text is remembered`() throws {
    let events = GuestEvents()
    _ = events.translate(
      try event(
        .messageCreate,
        ["id": "9", "channel_id": "3", "content": "x", "author": ["id": "5", "username": "a"]]), bot: nil,
      keepsContent: false)
    let made = events.translate(
      try event(.messageDelete, ["id": "9", "channel_id": "3"], key: "2"), bot: nil, keepsContent: true)
    #expect(made.first?.payload["content"] == "")
    #expect(made.first?.payload["author_id"] == "5")
  }

  @Test func `all types of the contract but two come by the gateway`() {
    let types = Set(GuestEventTable.rows.map(\.type))
    #expect(
      types.union(["interaction_create", "cron"]) == Set(GuestPrivacyFilter.allowed.keys))
    #expect(types.count == 15)
    #expect(
      Set(GuestEventTable.names(for: ["role_delete"])) == [
        .guildRoleCreate, .guildRoleUpdate, .guildRoleDelete,
      ])
    #expect(GuestEventTable.names().count == 16)
    #expect(GuestEventTable.type(of: .interactionCreate) == nil)
  }

  private func event(_ name: GatewayEventName, _ json: JSONValue, key: String = "1") throws -> GuildEvent {
    GuildEvent(
      name: name, guild: GuildID(1), bot: UserID(2), key: key, receivedAt: Timestamp(milliseconds: 0),
      json: try json.encoded())
  }
}

@Suite struct EventsPrivacyTests {
  private static let full = GuestGrants(capabilities: [.messageContent], privacy: .full)

  @Test(arguments: [
    (GuestGrants(capabilities: [.messageContent], privacy: .metadata), ""),
    (GuestGrants(capabilities: [], privacy: .full), ""), (full, "secret"),
  ])
  func `texts are seen by plugins that may see them`(grants: GuestGrants, content: String) {
    for type in ["message_create", "message_edit", "message_delete"] {
      let payload = JSONObject(fields: [
        .init(key: "message_id", value: "1"), .init(key: "content", value: "secret"),
      ])
      let seen = GuestPrivacyFilter.apply(type, payload, grants)
      #expect(seen["content"]?.string == content)
      #expect(seen["message_id"] == "1")
    }
  }

  @Test func `a field that nobody thought about does not pass, inner ones neither`() {
    let payload = JSONObject(fields: [
      .init(key: "interaction_id", value: "1"), .init(key: "surprise", value: "x"),
      .init(key: "options", value: [["name": "text", "value": "given on purpose"]]),
      .init(key: "modal_values", value: ["any name": "given on purpose"]),
      .init(key: "member", value: ["nick": "n", "diary": "x", "user": ["id": "5", "email": "x"]]),
    ])
    let seen = GuestPrivacyFilter.apply("interaction_create", payload, GuestGrants())
    #expect(
      JSONValue.object(seen) == [
        "interaction_id": "1", "options": [["name": "text", "value": "given on purpose"]],
        "modal_values": ["any name": "given on purpose"],
        "member": ["nick": "n", "user": ["id": "5"]],
      ])
    #expect(GuestPrivacyFilter.apply("unheard_of", payload, GuestGrants()).fields.isEmpty)
  }
}

@Suite struct EventsTableTests {
  @Test func `a table forgets what came first when it grows too heavy`() {
    var table = RecentTable<Int, String>(bound: 10)
    for number in 0..<100 { table.put("\(number)", for: number, weight: 3) }
    #expect(table.count == 3)
    #expect(table[99] == "99" && table[97] == "97" && table[96] == nil)
    table.put("heavier", for: 98, weight: 6)
    #expect(table[97] == nil && table[98] == "heavier" && table[99] == "99")
    table.put("too heavy", for: 1, weight: 11)
    #expect(table[1] == nil && table.count == 2)
    table.remove(98)
    table.put("again", for: 98, weight: 3)
    table.put("x", for: 5, weight: 3)
    table.put("y", for: 6, weight: 3)
    // What was removed and put in again came later than it once did.
    #expect(table[99] == nil && table[98] == "again")
    table.removeFirst { $0 == "again" }
    #expect(table[98] == nil && table[5] == "x")
  }
}
