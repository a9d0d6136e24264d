// Tests of the gateway's values: conversation, admission, replay.

import DiscordCore
import EventLoop
import JSON
import SimulatorWorld
import Testing

@testable import Simulator

@Suite struct GatewayConversationTests {
  private var conversation = GatewayConversation(at: .zero)

  private mutating func receive(_ text: String, at now: Duration = .zero) -> [GatewayConversation.Step] {
    conversation.receive(Array(text.utf8), at: now)
  }

  @Test(arguments: [
    (#"{"op":2,"d":{"token":"t","properties":{}}}"#, GatewayClose.invalidIntents),
    (#"{"op":2,"d":{"token":"t","properties":{},"intents":131072}}"#, .invalidIntents),
    (#"{"op":2,"d":{"intents":1,"properties":{}}}"#, .decodeError),
    (#"{"op":2,"d":{"token":"t","intents":1}}"#, .decodeError),
    (#"{"op":2,"d":{"token":"t","properties":{},"intents":1,"shard":[2,2]}}"#, .invalidShard),
    (#"{"op":2,"d":{"token":"t","properties":{},"intents":1,"shard":[0,0]}}"#, .invalidShard),
    (#"{"op":2,"d":{"token":"t","properties":{},"intents":1,"shard":[0]}}"#, .invalidShard),
    (#"{"op":6,"d":{"token":"t","seq":1}}"#, .decodeError),
    (#"{"op":3,"d":{"status":"online"}}"#, .notAuthenticated),
    (#"{"op":8,"d":{"guild_id":"1","query":""}}"#, .notAuthenticated),
    (#"{"op":99,"d":null}"#, .unknownOpcode),
    (#"{"d":1}"#, .decodeError),
    ("not json", .decodeError),
    ("{\"op\":1,\"d\":\"" + String(repeating: "x", count: 4_100) + "\"}", .decodeError),
  ])
  mutating func `what is wrong closes with its code`(text: String, close: GatewayClose) {
    #expect(receive(text) == [.close(close)])
    #expect(receive(#"{"op":1,"d":null}"#).isEmpty, "nothing is heard after a close")
  }

  @Test mutating func `an identify is read whole`() throws {
    let steps = receive(
      #"{"op":2,"d":{"token":"abc","properties":{},"intents":513,"shard":[1,4],"large_threshold":1000,"compress":true}}"#
    )
    guard case .identify(let identify)? = steps.first else {
      Issue.record("no identify in \(steps)")
      return
    }
    #expect(identify.intents == [.guilds, .guildMessages])
    #expect((identify.shard, identify.shardCount) == (1, 4))
    #expect(identify.largeThreshold == 250)
    #expect(identify.compress)
    conversation.established()
    #expect(
      receive(#"{"op":2,"d":{"token":"abc","properties":{},"intents":513}}"#) == [
        .close(.alreadyAuthenticated)
      ])
  }

  @Test mutating func `heartbeats are acknowledged, and their absence is a timeout`() {
    #expect(receive(#"{"op":1,"d":null}"#, at: .seconds(30)) == [.send(opcode: 11, data: .null)])
    conversation.established()
    #expect(conversation.tick(at: .seconds(91)).isEmpty)
    #expect(conversation.tick(at: .seconds(92)) == [.close(.sessionTimedOut)])
  }

  @Test mutating func `the 121st event in a minute closes`() {
    for number in 1...120 {
      #expect(receive(#"{"op":1,"d":1}"#, at: .milliseconds(number)).count == 1)
    }
    #expect(receive(#"{"op":1,"d":1}"#, at: .seconds(1)) == [.close(.rateLimited)])
  }

  @Test mutating func `a minute later the count begins anew`() {
    for _ in 1...120 { _ = receive(#"{"op":1,"d":1}"#) }
    #expect(receive(#"{"op":1,"d":1}"#, at: .seconds(60)) == [.send(opcode: 11, data: .null)])
  }

  @Test mutating func `a request for members needs a query or users`() {
    conversation.established()
    guard
      case .requestMembers(let request)? = receive(#"{"op":8,"d":{"guild_id":"7","query":"","limit":0}}"#)
        .first
    else {
      Issue.record("not a request")
      return
    }
    #expect(request.isForEveryone)
    #expect(receive(#"{"op":8,"d":{"guild_id":"7"}}"#) == [.close(.decodeError)])
  }
}

@Suite struct GatewayAdmissionTests {
  private var admission = GatewayAdmission()
  private let start = Timestamp(milliseconds: 1_767_225_600_000)
  private let application = ApplicationID(5)

  @Test mutating func `one identify in five seconds for each concurrency key`() {
    admission.concurrency[application] = 2
    #expect(admission.identify(application, shard: 0, at: start) == .admitted)
    #expect(admission.identify(application, shard: 1, at: start) == .admitted)
    #expect(admission.identify(application, shard: 2, at: start + .seconds(4)) == .tooEarly)
    #expect(admission.identify(application, shard: 2, at: start + .seconds(5)) == .admitted)
    #expect(admission.startLimit(of: application, at: start + .seconds(5)).remaining == 997)
  }

  @Test mutating func `the day's starts run out and come back`() {
    admission.enforcesConcurrency = false
    admission.startsPerDay = 2
    #expect(admission.identify(application, shard: 0, at: start) == .admitted)
    #expect(admission.identify(application, shard: 0, at: start) == .admitted)
    #expect(admission.identify(application, shard: 0, at: start + .seconds(100)) == .exhausted)
    #expect(admission.identify(application, shard: 0, at: start + .seconds(86_400)) == .admitted)
  }

  @Test mutating func `all members of a guild are given once in thirty seconds`() {
    #expect(admission.requestMembers(application, of: GuildID(7), at: start) == nil)
    #expect(admission.requestMembers(application, of: GuildID(7), at: start + .seconds(10)) == .seconds(20))
    #expect(admission.requestMembers(application, of: GuildID(8), at: start + .seconds(10)) == nil)
    #expect(admission.requestMembers(application, of: GuildID(7), at: start + .seconds(30)) == nil)
  }
}

@Suite struct ReplayBufferTests {
  @Test func `what a client missed is what it gets`() throws {
    var buffer = ReplayBuffer(maximumEvents: 3)
    for number in 1...5 { _ = buffer.append(event: "E", data: Array("\(number)".utf8)) }
    let missed = try #require(buffer.after(3))
    #expect(
      missed.map { String(decoding: $0, as: UTF8.self) } == [
        #"{"t":"E","s":4,"op":0,"d":4}"#, #"{"t":"E","s":5,"op":0,"d":5}"#,
      ])
    #expect(buffer.after(5)?.isEmpty == true)
    #expect(buffer.after(1) == nil, "event 2 is gone")
    #expect(buffer.after(6) == nil, "there was no event 6")
  }

  @Test func `bytes are bounded as well`() {
    var buffer = ReplayBuffer(maximumEvents: 100, maximumBytes: 1_000)
    for _ in 1...10 { _ = buffer.append(event: "E", data: [UInt8](repeating: 48, count: 300)) }
    #expect(buffer.after(7) != nil)
    #expect(buffer.after(5) == nil)
  }
}
