// Tests of the gateway over real sockets.

import Compression
import DiscordCore
import EventLoop
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import TestKit
import Testing
import WebSocket

@Suite(.timeLimit(.minutes(1))) struct GatewayServerTests {
  @Test func `a bot is greeted with its guilds`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session()
      let ready = try await bot.event("READY")
      #expect(ready["guilds"]?.array?.count == 1)
      #expect(ready["guilds"]?.array?.first?["unavailable"] == true)
      #expect(ready["application"]?["id"]?.snowflake == stage.bot.rawValue)
      #expect(ready["resume_gateway_url"]?.string == "ws://\(stage.simulator.authority)/gateway")
      let guild = try await bot.event("GUILD_CREATE")
      #expect(guild["channels"]?.array?.count == 2)
      #expect(guild["members"]?.array?.count == 4)
      #expect(bot.payloads.values.compactMap { $0["s"]?.int64 }.prefix(2) == [1, 2])
    }
  }

  @Test func `what may not identify is closed with its code`() async throws {
    try await Stage.with { stage async throws in
      await stage.simulator.limitsIdentify(false)
      await stage.simulator.withWorld { world in
        world.applications[stage.bot]?.approvedIntents = [.guildMembers]
      }
      for (identify, code) in [
        (stage.identify(token: "nobody"), UInt16(4004)), (stage.identify(intents: 1 << 15), 4014),
        (stage.identify(intents: 1 << 8), 4014), (stage.identify(intents: 1 << 17), 4013),
        (stage.identify(intents: 1, shard: [3, 2]), 4010),
      ] {
        let connection = try await stage.connect()
        try await connection.send(2, identify)
        #expect(try await connection.closeCode() == code)
      }
      let version = try await stage.connect("?v=6&encoding=json")
      #expect(try await version.closeCode() == 4012)
      let format = try await stage.connect("?v=10&encoding=etf")
      #expect(try await format.closeCode() == 4002)
    }
  }

  @Test func `a second identify within five seconds is invalid`() async throws {
    try await Stage.with(isFrozen: true) { stage async throws in
      _ = try await stage.session()
      let hasty = try await stage.connect()
      try await hasty.send(2, stage.identify())
      _ = try await hasty.payload { $0["op"]?.int64 == 9 && $0["d"] == false }
      await stage.simulator.advance(by: .seconds(5))
      try await hasty.send(2, stage.identify())
      _ = try await hasty.event("READY")
      let limit = try await stage.call(.get, "/gateway/bot").json["session_start_limit"]
      #expect(limit?["remaining"] == 998)
    }
  }

  @Test func `a resumed session hears what it missed, and nothing twice`() async throws {
    try await Stage.with { stage async throws in
      let first = try await stage.session()
      let session = try #require(try await first.event("READY")["session_id"]?.string)
      _ = try await first.event("GUILD_CREATE")
      let seen = first.payloads.values.compactMap { $0["s"]?.int64 }.max() ?? 0
      await first.close()
      for number in 1...3 { try await stage.say("missed \(number)", by: stage.anna) }
      let second = try await stage.connect()
      try await second.send(
        6, ["token": .string(stage.token), "session_id": .string(session), "seq": .integer(seen)])
      _ = try await second.event("RESUMED")
      let messages = second.payloads.values.filter { $0["t"]?.string == "MESSAGE_CREATE" }
      #expect(messages.compactMap { $0["d"]?["content"]?.string } == ["missed 1", "missed 2", "missed 3"])
      let numbers = second.payloads.values.compactMap { $0["s"]?.int64 }
      #expect(numbers == Array(seen + 1...seen + Int64(numbers.count)))
      for (token, id, sequence) in [(stage.token, "unknown", Int64(1)), (stage.token, session, 9_999)] {
        let other = try await stage.connect()
        try await other.send(
          6, ["token": .string(token), "session_id": .string(id), "seq": .integer(sequence)])
        _ = try await other.payload { $0["op"]?.int64 == 9 && $0["d"] == false }
      }
    }
  }

  @Test func `a close with 1000 ends the session`() async throws {
    try await Stage.with { stage async throws in
      let first = try await stage.session()
      let session = try #require(try await first.event("READY")["session_id"]?.string)
      await first.close(1000)
      let second = try await stage.connect()
      try await second.send(6, ["token": .string(stage.token), "session_id": .string(session), "seq": 1])
      _ = try await second.payload { $0["op"]?.int64 == 9 }
    }
  }

  @Test func `people hear what they may see`() async throws {
    try await Stage.with { stage async throws in
      let anna = try await stage.session(token: stage.person(stage.anna))
      let owner = try await stage.session(token: stage.person(stage.owner))
      try await stage.say("hidden", by: stage.owner, in: stage.secret)
      try await stage.say("for all", by: stage.owner)
      _ = try await owner.event("MESSAGE_CREATE") { $0["content"] == "hidden" }
      _ = try await anna.event("MESSAGE_CREATE") { $0["content"] == "for all" }
      #expect(!anna.payloads.values.contains { $0["d"]?["content"] == "hidden" })
      #expect(!anna.events.contains("GUILD_AUDIT_LOG_ENTRY_CREATE"))
    }
  }

  @Test func `content is for those who may read it`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session(intents: 1 << 0 | 1 << 9)
      let id: UserID = stage.bot.converted()
      try await stage.say("just talk", by: stage.anna)
      try await stage.say("<@\(id)> listen", by: stage.anna)
      let spoken = try await bot.event("MESSAGE_CREATE") { $0["content"] == .string("<@\(id)> listen") }
      #expect(spoken["author"]?["id"]?.snowflake == stage.anna.rawValue)
      _ = try await bot.event("MESSAGE_CREATE") { $0["content"] == "" }
      #expect(!bot.payloads.values.contains { $0["d"]?["content"] == "just talk" })
    }
  }

  @Test func `a shard hears of its own guilds`() async throws {
    try await Stage.with { stage async throws in
      await stage.simulator.limitsIdentify(false)
      let own = stage.guild.shard(of: 2)
      let here = try await stage.session(shard: [.integer(Int64(own)), 2])
      let there = try await stage.session(shard: [.integer(Int64(1 - own)), 2])
      #expect(try await there.event("READY")["guilds"] == [])
      try await stage.say("where?", by: stage.anna)
      _ = try await here.event("MESSAGE_CREATE")
      #expect(!there.events.contains("MESSAGE_CREATE"))
    }
  }

  @Test func `members come in chunks, and all of them once in half a minute`() async throws {
    try await Stage.with(isFrozen: true) { stage async throws in
      let bot = try await stage.session()
      let all: JSONValue = ["guild_id": .id(stage.guild), "query": "", "limit": 0, "nonce": "all"]
      try await bot.send(8, all)
      let chunk = try await bot.event("GUILD_MEMBERS_CHUNK")
      #expect(chunk["members"]?.array?.count == 4)
      #expect((chunk["chunk_index"], chunk["chunk_count"], chunk["nonce"]) == (0, 1, "all"))
      try await bot.send(8, all)
      let limited = try await bot.event("RATE_LIMITED")
      #expect(limited["opcode"] == 8)
      #expect(limited["retry_after"] == 30.0)
      #expect(limited["meta"]?["nonce"] == "all")
      try await bot.send(
        8,
        [
          "guild_id": .id(stage.guild), "user_ids": [.id(stage.anna), "1"], "limit": 0, "nonce": "some",
          "presences": true,
        ])
      let some = try await bot.event("GUILD_MEMBERS_CHUNK") { $0["nonce"] == "some" }
      #expect(some["members"]?.array?.count == 1)
      #expect(some["not_found"] == ["1"])
      #expect(some["presences"]?.array?.count == 1)
      try await bot.send(8, ["guild_id": .id(stage.guild), "query": "be", "limit": 5, "nonce": "query"])
      let found = try await bot.event("GUILD_MEMBERS_CHUNK") { $0["nonce"] == "query" }
      #expect(found["members"]?.array?.compactMap { $0["user"]?["username"]?.string } == ["ben"])
    }
  }

  @Test(arguments: ["zlib-stream", "zstd-stream"])
  func `compressed connections say the same`(format: String) async throws {
    try await Stage.with { stage async throws in
      var options = WebSocketOptions()
      options.incomingCompression = format == "zlib-stream" ? .zlib : .zstd
      let bot = try await stage.connect("?v=10&encoding=json&compress=\(format)", options)
      try await bot.send(2, stage.identify())
      _ = try await bot.event("GUILD_CREATE")
      try await stage.say("squeezed ☕", by: stage.anna)
      _ = try await bot.event("MESSAGE_CREATE") { $0["content"] == "squeezed ☕" }
    }
  }

  @Test func `presence and voice reach the others`() async throws {
    try await Stage.with { stage async throws in
      let voice = try await stage.simulator.withWorld { world throws(RESTFailure) in
        try world.createChannel(
          in: stage.guild, by: stage.owner, body: ["name": "talk", "type": 2], reason: nil
        ).id
      }
      let bot = try await stage.session()
      let anna = try await stage.session(token: stage.person(stage.anna))
      try await anna.send(
        3, ["status": "dnd", "activities": [["name": "chess", "type": 0]], "since": .null, "afk": false])
      let presence = try await bot.event("PRESENCE_UPDATE") { $0["status"] == "dnd" }
      #expect(presence["activities"]?.array?.first?["name"] == "chess")
      try await anna.send(
        4, ["guild_id": .id(stage.guild), "channel_id": .id(voice), "self_mute": true, "self_deaf": false])
      let state = try await bot.event("VOICE_STATE_UPDATE")
      #expect(state["channel_id"]?.snowflake == voice.rawValue)
      #expect(state["self_mute"] == true)
      _ = try await anna.event("VOICE_SERVER_UPDATE")
      await anna.close(1000)
      _ = try await bot.event("PRESENCE_UPDATE") { $0["status"] == "offline" }
    }
  }

  @Test func `a reset of the world ends its sessions`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session()
      await stage.simulator.reset(seed: nil)
      _ = try await bot.payload { $0["op"]?.int64 == 9 && $0["d"] == false }
    }
  }
}
