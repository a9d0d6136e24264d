// What a shard asks of the gateway: presence, voice, members and the rest.

import DiscordCore
@testable import DiscordGateway
import EventLoop
import JSON
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct ShardRequestTests {
  @Test func `requests reach the gateway as Discord wants them`() async throws {
    try await withStage { stage in
      let shard = stage.shard { $0.presence = PresenceUpdate(.idle) }
      shard.start()
      try await shard.untilOnline()
      try await shard.updatePresence(PresenceUpdate(activities: [.init(.watching, name: "over you")]))
      try await shard.updateVoiceState(.init(guild: GuildID(1), channel: ChannelID(2), isMuted: true))
      try await shard.updateVoiceState(.init(guild: GuildID(1), channel: nil))
      try await shard.requestSoundboardSounds(of: [GuildID(1), GuildID(2)])
      try await shard.requestChannelInfo(of: GuildID(1), fields: [.status])
      try await eventually("all requests") { stage.gateway.received.values.count == 6 }
      let received = stage.gateway.received.values
      #expect(received[0].contains(#""presence":{"since":null,"activities":[],"status":"idle","afk":false}"#))
      #expect(
        Set(received[1...]) == [
          #"{"op":3,"d":{"since":null,"activities":[{"name":"over you","type":3}],"status":"online","afk":false}}"#,
          #"{"op":4,"d":{"guild_id":"1","channel_id":"2","self_mute":true,"self_deaf":false}}"#,
          #"{"op":4,"d":{"guild_id":"1","channel_id":null,"self_mute":false,"self_deaf":false}}"#,
          #"{"op":31,"d":{"guild_ids":["1","2"]}}"#,
          #"{"op":43,"d":{"guild_id":"1","fields":["status"]}}"#,
        ])
      await #expect(throws: GatewayError(.payloadTooLarge)) {
        try await shard.requestSoundboardSounds(of: (0..<300).map { GuildID(1_000_000_000_000_000_000 + $0) })
      }
      await shard.stop()
      await #expect(throws: GatewayError(.stopped)) {
        try await shard.updateVoiceState(.init(guild: GuildID(1), channel: nil))
      }
    }
  }

  @Test func `a request that waits fails with the shard, or with whoever made it`() async throws {
    try await withStage { stage in
      await stage.gateway.onLoop { $0.behaviour.closesIdentify = 4004 }
      let shard = stage.shard { $0.intents = [.guilds, .guildMembers] }
      shard.start()
      // Before the shard is online: it waits for that, and that never comes.
      await #expect(throws: GatewayError(.stopped)) {
        _ = try await shard.requestMembers(MemberRequest(guild: GuildID(1), .all)) { _ in }
      }
      let task = Task { () -> GatewayError? in
        withUnsafeCurrentTask { $0?.cancel() }
        do throws(GatewayError) {
          _ = try await shard.requestMembers(MemberRequest(guild: GuildID(1), .all)) { _ in }
          return nil
        } catch {
          return error
        }
      }
      #expect(await task.value == GatewayError(.cancelled))
    }
  }

  @Test func `members come in chunks, and what fails says why`() async throws {
    try await withStage { stage in
      await stage.gateway.onLoop { gateway in
        gateway.onRequest = { peer, opcode, data in
          guard opcode == 8, let session = peer.session, let nonce = data["nonce"]?.string,
            let guild = data["guild_id"]?.string
          else { return }
          switch guild {
          case "1":
            // Out of order, with a stranger's chunk between.
            for (index, members) in [(2, 1), (0, 2), (1, 2)] {
              let list = Array(repeating: #"{"user":{"id":"7"}}"#, count: members).joined(separator: ",")
              gateway.emit(
                "GUILD_MEMBERS_CHUNK",
                #"{"guild_id":"1","members":[\#(list)],"chunk_index":\#(index),"chunk_count":3,"nonce":"\#(nonce)"}"#,
                to: session)
              gateway.emit(
                "GUILD_MEMBERS_CHUNK",
                #"{"guild_id":"1","members":[],"chunk_index":0,"chunk_count":1,"nonce":"else"}"#, to: session)
            }
          case "2":
            gateway.emit(
              "GUILD_MEMBERS_CHUNK",
              #"{"guild_id":"2","members":[],"chunk_index":0,"chunk_count":1,"not_found":["5"],"nonce":"\#(nonce)"}"#,
              to: session)
          case "3":
            gateway.emit(
              "RATE_LIMITED",
              #"{"opcode":8,"retry_after":100.5,"meta":{"guild_id":"3","nonce":"\#(nonce)"}}"#, to: session)
          default: break
          }
        }
      }
      let shard = stage.shard { $0.intents = [.guilds, .guildMembers] }
      shard.start()
      try await shard.untilOnline()
      let counts = Recorder<Int>()
      let summary = try await shard.requestMembers(.init(guild: GuildID(1), .all)) { chunk in
        counts.record(chunk.members.count)
      }
      #expect(summary == MemberRequestSummary(memberCount: 5, chunkCount: 3))
      #expect(counts.values == [1, 2, 2])
      let missing = try await shard.requestMembers(.init(guild: GuildID(2), .users([UserID(5)]))) { _ in }
      #expect(missing.notFound == [UserID(5)])

      func failure(_ guild: UInt64, _ patience: Duration) async -> GatewayError? {
        let request = MemberRequest(guild: GuildID(guild), .all)
        do throws(GatewayError) {
          _ = try await shard.requestMembers(request, patience: patience) { _ in }
          return nil
        } catch {
          return error
        }
      }
      #expect(await failure(1, .seconds(1))?.code == .rateLimited, "our own rule: once in 30 s")
      #expect(await failure(3, .seconds(1)) == GatewayError(.rateLimited, retryAfter: .seconds(100.5)))
      #expect(await failure(4, .milliseconds(20)) == GatewayError(.timeout))
      async let lost = failure(5, .seconds(30))
      try await eventually("asked") {
        stage.gateway.received.values.contains { $0.contains(#""guild_id":"5""#) }
      }
      await stage.gateway.onLoop { $0.broadcast(#"{"op":9,"d":false}"#) }
      #expect(await lost == GatewayError(.sessionLost))
      let cancelled = Task { await failure(6, .seconds(30)) }
      try await eventually("asked") {
        stage.gateway.received.values.contains { $0.contains(#""guild_id":"6""#) }
      }
      cancelled.cancel()
      #expect(await cancelled.value == GatewayError(.cancelled))
      await shard.stop()
    }
  }
}
