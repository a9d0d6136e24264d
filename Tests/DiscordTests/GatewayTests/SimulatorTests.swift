// The shard against the simulator: killed at random, a hundred times, under load.

import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordTestKit
import EventLoop
import HTTPClient
import JSON
import Simulator
import Synchronization
import TestKit
import Testing
import Vault

@testable import SimulatorWorld

/// A store whose process has died: what it is told from then on is lost.
private final class MortalStore: ShardSessionStore {
  private let kept: MemorySessionStore
  private let isDead = Atomic<Bool>(false)

  init(_ kept: MemorySessionStore) { self.kept = kept }

  func die() { isDead.store(true, ordering: .sequentiallyConsistent) }

  func loadSession(of shard: ShardID) async throws -> ShardSession? { try await kept.loadSession(of: shard) }

  func saveSession(_ session: ShardSession?, of shard: ShardID) async throws {
    guard !isDead.load(ordering: .sequentiallyConsistent) else { return }
    try await kept.saveSession(session, of: shard)
  }
}

/// Takes events in hand and finishes them later, out of order; what it has not finished when it dies is lost.
private final class Worker: ShardDelegate, @unchecked Sendable {
  // `@unchecked`: touched on the shard's loop only, but for the recorder.
  let handled: Recorder<Int>
  private var inHand: [(position: GatewayPosition, number: Int?)] = []
  private var isDead = false

  init(handled: Recorder<Int>) { self.handled = handled }

  func shard(_ shard: Shard, received event: borrowing GatewayFrame) {
    guard !isDead else { return }
    inHand.append((event.position, event.data["number"]?.int))
    // Finishes about as many as arrive, any of them.
    while event.event == .ready || inHand.count > Int.random(in: 0..<30), !inHand.isEmpty {
      finish(Int.random(in: inHand.indices), shard)
    }
  }

  private func finish(_ index: Int, _ shard: Shard) {
    let (position, number) = inHand.remove(at: index)
    if let number { handled.record(number) }
    shard.acknowledge(position)
  }

  func finishAll(_ shard: Shard) {
    while !inHand.isEmpty { finish(0, shard) }
  }

  func die() { isDead = true }

  func shard(_ shard: Shard, changed state: ShardState) {}
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct SimulatorTests {
  @Test func `killed a hundred times under load, every event is handled at least once`() async throws {
    try await withSimulator { try await killAHundredTimes($0) }
  }

  private func killAHundredTimes(_ simulator: Simulator) async throws {
    let bot = await simulator.withWorld { world in
      let id = world.newID(Entity.Application.self)
      let application = Application(
        id: id, name: "Test", ownerID: UserID(1), clientSecret: "secret", botToken: "\(id).test.token",
        signingSeed: Array(repeating: 1, count: 32))
      var user = User(id: application.botID, username: "test")
      user.isBot = true
      world.users[user.id] = user
      world.applications[id] = application
      return (token: application.botToken, user: user.id)
    }
    let context = try GatewayLoop(loop: try EventLoop(name: "shards"))
    let gate = IdentifyGate(store: MemoryIdentifyStore(), time: ImpatientTime()) {
      GatewayInformation(
        url: "ws://\(simulator.authority)/gateway", shards: 1,
        sessionStartLimit: .init(
          total: 1000, remaining: 1000, resetAfter: .seconds(86_400), maxConcurrency: 1))
    }
    var configuration = ShardConfiguration(
      token: Secret(utf8: bot.token), intents: [.guilds, .guildMessages])
    configuration.acknowledgement = .manual(bound: 512)
    configuration.saveInterval = .milliseconds(2)
    configuration.backOff.first = .milliseconds(2)
    configuration.backOff.longest = .milliseconds(20)
    let kept = MemorySessionStore()
    let handled = Recorder<Int>()
    var published = 0
    for life in 0...100 {
      let store = MortalStore(kept)
      let worker = Worker(handled: handled)
      let shard = Shard(
        ShardID(0, of: 1), on: context, configuration: configuration, gate: gate, sessions: store,
        delegate: worker)
      shard.start()
      try await shard.untilOnline()
      // From here on the session can be resumed.
      try await eventually("the session is stored") {
        try await kept.loadSession(of: shard.id).map { $0.sequence > 0 } ?? false
      }
      let count = Int.random(in: 5..<60)
      let first = published
      await simulator.withWorld { world in
        for number in first..<first + count {
          world.publish(
            "TEST_EVENT", .object(.init(fields: [.init(key: "number", value: .integer(Int64(number)))])),
            to: .users([bot.user], in: nil))
        }
      }
      published += count
      if life < 100 {
        // Somewhere in the middle of it.
        try await Task.sleep(for: .microseconds(Int.random(in: 0..<4_000)))
        store.die()
        shard.loop.execute { worker.die() }
        await shard.stop()
      } else {
        let total = published
        try await eventually("all handled") {
          shard.loop.execute { worker.finishAll(shard) }
          return Set(handled.values).count == total
        }
        await shard.stop()
      }
    }
    #expect(Set(handled.values) == Set(0..<published))
    context.client.shutdown()
    context.loop.shutdown()
  }
}
