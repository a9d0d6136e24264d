// Who hears of what.

import DiscordCore
import EventLoop
import JSON
import SimulatorWorld
import Testing

@Suite struct `Events reach those who may hear them` {
  @Test func `content is for those who may read it`() throws {
    let town = try Town(actorIsBot: true)
    let without = Listener(town.actor, EventIntents.all.subtracting(.messageContent))
    let with = Listener(town.actor)
    town.world.subscribe(without)
    town.world.subscribe(with)
    func write(_ content: String, _ author: UserID) throws -> (JSONValue?, JSONValue?) {
      _ = try town.world.createMessage(in: town.text.id, by: author, body: ["content": .string(content)])
      return (without.last("MESSAGE_CREATE")?["content"], with.last("MESSAGE_CREATE")?["content"])
    }
    #expect(try write("hello", town.owner) == ("", "hello"))
    let mention = "hi <@\(town.actor)>"
    #expect(try write(mention, town.owner) == (.string(mention), .string(mention)))
    #expect(try write("mine", town.actor) == ("mine", "mine"))
    let direct = try town.world.openDirectMessages(town.owner, with: town.actor)
    _ = try town.world.createMessage(in: direct.id, by: town.owner, body: ["content": "psst"])
    #expect(without.last("MESSAGE_CREATE")?["content"] == "psst")
  }

  @Test func `hidden channels are silent`() throws {
    let town = try Town()
    town.text.overwrites = [PermissionOverwrite(.role(town.guild.everyoneRole), deny: .viewChannel)]
    let outside = Listener(town.target)
    let inside = Listener(town.owner)
    town.world.subscribe(outside)
    town.world.subscribe(inside)
    _ = try town.world.createMessage(in: town.text.id, by: town.owner, body: ["content": "secret"])
    #expect(outside.names.isEmpty)
    #expect(inside.names == ["MESSAGE_CREATE"])
  }

  @Test func `an intent is needed, but not for what happens to oneself`() throws {
    let town = try Town()
    let listener = Listener(town.target, .guilds)
    town.world.subscribe(listener)
    _ = try town.world.createMessage(in: town.text.id, by: town.owner, body: ["content": "x"])
    _ = try town.world.modifyMember(
      town.actor, in: town.guild.id, by: town.owner, body: ["nick": "a"], reason: nil)
    #expect(listener.names.isEmpty)
    _ = try town.world.modifyMember(
      town.target, in: town.guild.id, by: town.owner, body: ["nick": "t"], reason: nil)
    #expect(listener.names == ["GUILD_MEMBER_UPDATE"])
  }

  @Test func `the audit log tells those who may read it, with changes and reason`() throws {
    let town = try Town()
    let reader = Listener(town.actor)
    let other = Listener(town.target)
    town.world.subscribe(reader)
    town.world.subscribe(other)
    _ = try town.world.modifyChannel(
      town.text.id, by: town.actor, body: ["name": "Re Named", "topic": "t"], reason: "because")
    #expect(reader.names == ["CHANNEL_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"])
    #expect(other.names == ["CHANNEL_UPDATE"])
    let entry = try #require(reader.last("GUILD_AUDIT_LOG_ENTRY_CREATE"))
    #expect(entry["action_type"]?.int64 == 11)
    #expect(entry["reason"]?.string == "because")
    #expect(entry["user_id"] == .id(town.actor))
    let name: JSONValue = ["key": "name", "old_value": "text", "new_value": "re-named"]
    #expect(entry["changes"]?.array?.contains(name) == true)
  }

  @Test func `whoever joins gets the guild, the others the member`() throws {
    let town = try Town()
    let newcomer = town.world.makeUser("newcomer").id
    let (mine, theirs) = (Listener(newcomer), Listener(town.owner))
    town.world.subscribe(mine)
    town.world.subscribe(theirs)
    let narrow = Listener(newcomer, .guilds)
    let deaf = Listener(newcomer, .guildMessages)
    town.world.subscribe(narrow)
    town.world.subscribe(deaf)
    try town.world.join(newcomer, town.guild.id)
    #expect(mine.names == ["GUILD_CREATE"])
    #expect(mine.last("GUILD_CREATE")?["members"]?.array?.count == 4)
    #expect(narrow.last("GUILD_CREATE")?["members"]?.array?.count == 1)
    #expect(deaf.names.isEmpty)
    #expect(theirs.names == ["GUILD_MEMBER_ADD"])
    try town.world.kick(newcomer, from: town.guild.id, by: town.owner, reason: nil)
    #expect(mine.names.last == "GUILD_DELETE")
    #expect(theirs.names.suffix(2) == ["GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"])
  }

  @Test func `a text is written once for all who are told the same`() throws {
    let town = try Town()
    final class Raw: WorldSink {
      let viewer: UserID
      let intents = EventIntents.all
      var events: [WorldEvent] = []
      init(_ viewer: UserID) { self.viewer = viewer }
      func covers(_ guild: GuildID?) -> Bool { true }
      func receive(_ event: WorldEvent, withContent: Bool) { events.append(event) }
      func worldEnded() {}
    }
    let sinks = [Raw(town.owner), Raw(town.owner), Raw(town.target)]
    for sink in sinks { town.world.subscribe(sink) }
    _ = try town.world.createMessage(in: town.text.id, by: town.actor, body: ["content": "x"])
    let events = sinks.compactMap(\.events.last)
    #expect(events.count == 3)
    #expect(events.allSatisfy { $0 === events[0] })
  }

  @Test func `a world that ends says so`() throws {
    let town = try Town()
    let listener = Listener(town.owner)
    town.world.subscribe(listener)
    town.world.end()
    #expect(listener.hasEnded)
  }
}

@Suite struct `AutoMod acts` {
  private func rule(_ town: Town, _ body: JSONValue) throws -> AutoModerationRule {
    town.guild.roles[town.guild.everyoneRole]?.permissions.insert(.sendMessages)
    return try town.world.createRule(in: town.guild.id, by: town.owner, body: body, reason: nil)
  }

  private func say(_ town: Town, _ text: String, as user: UserID? = nil) -> Int? {
    town.refusal { () throws(RESTFailure) in
      _ = try town.world.createMessage(
        in: town.text.id, by: user ?? town.target, body: ["content": .string(text)])
    }?.code
  }

  @Test(arguments: [
    ("bad", "this is bad", true), ("bad", "badly", false), ("bad*", "badly", true), ("*bad", "notbad", true),
    ("*bad*", "unbadly", true), ("bad", "BAD!", true), ("two words", "say two words now", true),
    ("bad", "good", false),
  ])
  func `keywords match as Discord says`(keyword: String, text: String, blocks: Bool) throws {
    let town = try Town()
    _ = try rule(
      town,
      [
        "name": "k", "event_type": 1, "trigger_type": 1, "enabled": true,
        "trigger_metadata": ["keyword_filter": [.string(keyword)]], "actions": [["type": 1]],
      ])
    #expect(say(town, text) == (blocks ? 200_000 : nil))
  }

  @Test func `block, alert and timeout are all performed and told`() throws {
    let town = try Town()
    let listener = Listener(town.owner)
    _ = try rule(
      town,
      [
        "name": "k", "event_type": 1, "trigger_type": 1, "enabled": true,
        "trigger_metadata": ["keyword_filter": ["bad"], "regex_patterns": ["w[o0]rse"]],
        "actions": [
          ["type": 1], ["type": 2, "metadata": ["channel_id": .id(town.news.id)]],
          ["type": 3, "metadata": ["duration_seconds": 60]],
        ],
      ])
    town.world.subscribe(listener)
    #expect(say(town, "even W0RSE") == 200_000)
    #expect(listener.names.count { $0 == "AUTO_MODERATION_ACTION_EXECUTION" } == 3)
    let told = listener.last("AUTO_MODERATION_ACTION_EXECUTION")
    #expect(told?["matched_content"]?.string == "W0RSE")
    #expect(town.news.messages.last?.type == 24)
    #expect(say(town, "hello") == 50013)
    town.world.advance(by: .seconds(61))
    #expect(say(town, "hello") == nil)
    #expect(say(town, "bad", as: town.owner) == nil)
  }

  @Test func `too many mentions are blocked`() throws {
    let town = try Town()
    _ = try rule(
      town,
      [
        "name": "m", "event_type": 1, "trigger_type": 5, "enabled": true,
        "trigger_metadata": ["mention_total_limit": 1], "actions": [["type": 1]],
      ])
    #expect(say(town, "<@\(town.owner)>") == nil)
    #expect(say(town, "<@\(town.owner)> <@\(town.actor)>") == 200_000)
  }
}
