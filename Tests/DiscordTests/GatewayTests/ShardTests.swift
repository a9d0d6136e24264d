// The shard against a gateway that speaks, cuts and misbehaves.

import DiscordCore
import DiscordGateway
import EventLoop
import JSON
import Synchronization
import TestKit
import Testing
import WebSocket

@Suite(.serialized, .timeLimit(.minutes(1))) struct ShardTests {
  @Test(arguments: [GatewayCompression.none, .zlibStream, .zstdStream])
  func `events arrive in order, with their names, whatever the compression`(compression: GatewayCompression)
    async throws
  {
    try await withStage { stage in
      let shard = stage.shard { $0.compression = compression }
      shard.start()
      try await shard.untilOnline()
      await stage.emit(0..<500)
      await stage.gateway.onLoop { $0.emit("SOMETHING_NEW", guild: 0, #"{"number":500}"#) }
      try await eventually("all events") { stage.receiver.numbers.count == 501 }
      #expect(stage.receiver.numbers == Array(0..<501))
      let events = stage.receiver.events.values
      #expect(events.first?.event == "READY")
      #expect(events.last?.event == "SOMETHING_NEW")
      #expect(events.map(\.position.sequence) == Array(1...502))
      #expect(
        stage.receiver.states.values
          == [.starting, .connecting, .degraded(.waitingToIdentify), .identifying, .online])
      await shard.stop()
    }
  }

  @Test func `a huge event is taken, and one beyond the bound does not end in a loop`() async throws {
    try await withStage { stage in
      let shard = stage.shard { $0.maximumMessageSize = 4 << 20 }
      shard.start()
      try await shard.untilOnline()
      let filler = String(repeating: "x", count: 3 << 20)
      await stage.gateway.onLoop {
        $0.emit("GUILD_CREATE", guild: 0, #"{"number":1,"filler":"\#(filler)"}"#)
        $0.emit("GUILD_CREATE", guild: 0, #"{"number":2,"filler":"\#(filler)\#(filler)"}"#)
        $0.emit("GUILD_CREATE", guild: 0, #"{"number":3}"#)
      }
      try await eventually("a new session") {
        await stage.gateway.onLoop { $0.sessions.count } == 2
      }
      try await shard.untilOnline()
      await stage.gateway.onLoop { $0.emit("GUILD_CREATE", guild: 0, #"{"number":4}"#) }
      try await eventually("events again") { stage.receiver.numbers.contains(4) }
      #expect(stage.receiver.numbers.first == 1)
      await shard.stop()
    }
  }

  @Test(arguments: [GatewayCompression.none, .zlibStream, .zstdStream])
  func `cut anywhere and often, it resumes and brings each event once and in order`(
    compression: GatewayCompression
  ) async throws {
    try await withStage { stage in
      let proxy = try CuttingProxy(to: stage.gateway.port) { Int.random(in: 1..<8_000) }
      defer { proxy.stop() }
      let url = "ws://127.0.0.1:\(proxy.port)"
      await stage.gateway.onLoop { $0.resumeURL = url }
      let shard = stage.shard { $0.compression = compression }
      shard.start()
      try await shard.untilOnline()
      // The first connection was direct; from here on it is the proxy's.
      await stage.gateway.onLoop { $0.close(4000) }
      var emitted = 0
      while proxy.cuts.load(ordering: .relaxed) < 40 {
        await stage.emit(emitted..<emitted + 20)
        emitted += 20
        let target = emitted
        try await eventually("event \(target)") {
          stage.receiver.events.values.last { $0.number != nil }?.number == target - 1
        }
      }
      #expect(stage.receiver.numbers == Array(0..<emitted), "each once, in order, none lost")
      #expect(await stage.gateway.onLoop { $0.sessions.count } == 1, "one session through it all")
      await shard.stop()
    }
  }

  @Test func `a zombie is noticed, left and resumed`() async throws {
    try await withStage { stage in
      await stage.gateway.onLoop { $0.behaviour.heartbeatInterval = 100 }
      let shard = stage.shard()
      shard.start()
      try await shard.untilOnline()
      try await eventually("a heartbeat answered") { await shard.latencyNow() != nil }
      await stage.gateway.onLoop { $0.behaviour.answersHeartbeats = false }
      try await eventually("the zombie") {
        stage.receiver.states.values.contains(.degraded(.reconnecting(attempt: 1, code: nil)))
      }
      await stage.gateway.onLoop { $0.behaviour.answersHeartbeats = true }
      try await eventually("resumed") { stage.receiver.events.values.contains { $0.event == "RESUMED" } }
      await shard.stop()
    }
  }

  @Test(arguments: [
    (#"{"op":7,"d":null}"#, 1), (#"{"op":9,"d":true}"#, 1), (#"{"op":9,"d":false}"#, 2),
    (#"{"op":0,"t":"MESSAGE_CREATE","s":"no","d":{}}"#, 1), (#"{"op""#, 1),
  ])
  func `what the gateway orders, or garbles, ends in a session that works`(text: String, sessions: Int)
    async throws
  {
    try await withStage { stage in
      let shard = stage.shard()
      shard.start()
      try await shard.untilOnline()
      let before = stage.receiver.states.values.count
      await stage.gateway.onLoop { $0.broadcast(text) }
      try await eventually("it left") { stage.receiver.states.values.count > before }
      try await shard.untilOnline()
      await stage.emit(0..<1)
      try await eventually("events again") { stage.receiver.numbers == [0] }
      #expect(await stage.gateway.onLoop { $0.sessions.count } == sessions)
      await shard.stop()
    }
  }

  @Test func `refused intents are dropped where allowed, and the shard says so`() async throws {
    try await withStage { stage in
      await stage.gateway.onLoop { $0.behaviour.refusedIntents = [.guildMembers] }
      let shard = stage.shard {
        $0.intents = [.guilds, .guildMembers, .guildPresences]
        $0.droppableIntents = [.guildMembers, .guildPresences]
      }
      shard.start()
      try await shard.untilOnline()
      #expect(await shard.currentState() == .degraded(.missingIntents(.guildMembers)))
      await shard.stop()
    }
  }

  @Test func `a wrong token stops it, with the reason`() async throws {
    try await withStage { stage in
      await stage.gateway.onLoop { $0.behaviour.closesIdentify = 4004 }
      let shard = stage.shard()
      shard.start()
      try await eventually("crashed") { await shard.currentState() == .crashed(.authenticationFailed) }
      shard.start()
      try await shard.untilOnline()
      await shard.stop()
      #expect(await shard.currentState() == .stopped)
    }
  }

  @Test func `stopped with its session kept, another process goes on where this one was`() async throws {
    try await withStage { stage in
      let first = stage.shard()
      first.start()
      try await first.untilOnline()
      await stage.emit(0..<10)
      try await eventually("ten") { stage.receiver.numbers.count == 10 }
      await first.stop()
      await stage.emit(10..<20)
      let second = stage.shard()
      second.start()
      try await eventually("twenty") { stage.receiver.numbers.count == 20 }
      #expect(stage.receiver.numbers == Array(0..<20))
      await second.stop(keepsSession: false)
      #expect(try await stage.sessions.loadSession(of: ShardID(0, of: 1)) == nil)
    }
  }

  @Test func `after a crash everything that was not acknowledged comes again`() async throws {
    try await withStage { stage in
      let first = stage.shard { $0.acknowledgement = .manual(bound: 1_000) }
      first.start()
      try await first.untilOnline()
      await stage.emit(0..<50)
      try await eventually("fifty") { stage.receiver.numbers.count == 50 }
      let events = stage.receiver.events.values
      // Handled: READY, the first thirty, and some after a hole.
      let handled = events.filter { ($0.number ?? 0) != 30 && ($0.number ?? 0) < 40 }.map(\.position)
      first.loop.execute { for position in handled.shuffled() { first.acknowledge(position) } }
      try await eventually("the cursor is saved") {
        try await stage.sessions.loadSession(of: ShardID(0, of: 1))?.sequence == 31
      }
      // The first one dies without a word; what it has in memory is gone.
      let store = stage.sessions
      let stored = try await store.loadSession(of: ShardID(0, of: 1))
      await stage.gateway.onLoop { $0.close(4000) }
      await first.stop()
      try await store.saveSession(stored, of: ShardID(0, of: 1))

      let receiver = Receiver()
      let second = stage.shard({ $0.acknowledgement = .manual(bound: 1_000) }, receiver: receiver)
      second.start()
      try await eventually("the rest again") { receiver.numbers.last == 49 }
      #expect(receiver.numbers == Array(30..<50))
      await second.stop()
    }
  }

  @Test func `a receiver that falls behind stops the reading, and the heart beats on`() async throws {
    try await withStage { stage in
      await stage.gateway.onLoop { $0.behaviour.heartbeatInterval = 50 }
      let shard = stage.shard { $0.acknowledgement = .manual(bound: 10) }
      shard.start()
      try await eventually("READY") { !stage.receiver.events.values.isEmpty }
      await stage.emit(0..<100)
      try await eventually("behind") { await shard.currentState() == .degraded(.receiverBehind) }
      #expect(stage.receiver.events.values.count == 10)
      let beats = stage.gateway.received.values.count
      try await eventually("heartbeats") { stage.gateway.received.values.count > beats + 5 }
      #expect(stage.receiver.events.values.count == 10, "not one more")
      let acknowledged = Atomic<Int>(0)
      try await eventually("caught up") {
        let events = stage.receiver.events.values
        let from = acknowledged.exchange(events.count, ordering: .relaxed)
        shard.loop.execute { for event in events[from...] { shard.acknowledge(event.position) } }
        return stage.receiver.numbers.count == 100
      }
      #expect(stage.receiver.numbers == Array(0..<100))
      #expect(await stage.gateway.onLoop { $0.sessions.count } == 1)
      await shard.stop()
    }
  }
}

extension Shard {
  func latencyNow() async -> Duration? {
    await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: self.latency) }
    }
  }
}
