// All shards of a bot: started in turn, stopped together, divided anew while events flow.

import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct ShardGroupTests {
  @Test func `a group starts as many shards as Discord recommends, and stops them so that they can go on`()
    async throws
  {
    let stage = try Stage(shards: 5)
    let group = stage.group()
    try await group.start()
    try await eventually("five online") { group.states.values.count { $0 == .online } == 5 }
    #expect(group.shard(of: GuildID(7 << 22))?.id == ShardID(2, of: 5))
    #expect(await group.status().map(\.id) == (0..<5).map { ShardID($0, of: 5) })
    try await group.updatePresence(PresenceUpdate(.idle))
    await group.stop()
    #expect(group.states.isEmpty)
    #expect(group.shard(of: GuildID(1)) == nil)
    let again = stage.group()
    try await again.start()
    try await eventually("five resumed") {
      stage.receiver.events.values.count { $0.event == "RESUMED" } == 5
    }
    #expect(await stage.gateway.onLoop { $0.sessions.count } == 5)
    await again.stop()
    await stage.stop()
  }

  @Test func `divided anew while events flow, every event of every guild comes exactly once`() async throws {
    let stage = try Stage(shards: 2)
    let group = stage.group()
    try await group.start()
    try await eventually("two online") { group.states.values.count { $0 == .online } == 2 }
    let end = Recorder<Void>()
    let receiver = stage.receiver
    try await withThrowingTaskGroup(of: Int.self) { tasks in
      tasks.addTask {
        var number = 0
        while end.values.isEmpty {
          let first = number
          await stage.gateway.onLoop { gateway in
            for number in first..<first + 5 {
              gateway.emit("MESSAGE_CREATE", guild: UInt64(number % 7) << 22, #"{"number":\#(number)}"#)
            }
          }
          number += 5
          try await Task.sleep(for: .milliseconds(2))
        }
        return number
      }
      var pace = ReshardingPace()
      pace.lag = .milliseconds(300)
      try await group.reshard(to: .fixed(3), pace: pace)
      try await group.reshard(to: .fixed(1), pace: pace)
      end.record(())
      let emitted = try await tasks.next() ?? 0
      try await eventually("all of them") { Set(receiver.numbers).count == emitted }
      #expect(receiver.numbers.sorted() == Array(0..<emitted))
    }
    #expect(group.states == [ShardID(0, of: 1): .online])
    await group.stop()
    await stage.stop()
  }

  @Test func `new shards that do not come online leave everything as it was`() async throws {
    let stage = try Stage(shards: 1)
    let group = stage.group()
    try await group.start()
    try await eventually("online") { group.states.values.first == .online }
    await stage.gateway.onLoop { $0.behaviour.closesIdentify = 4010 }
    await #expect(throws: GatewayError(.timeout)) { try await group.reshard(to: .fixed(2)) }
    #expect(group.states == [ShardID(0, of: 1): .online])
    await stage.emit(0..<3)
    try await eventually("events") { stage.receiver.numbers == [0, 1, 2] }
    await group.stop()
    await stage.stop()
  }

  @Test func `the gate spaces identifies, saves each before it happens, and stops at the budget`()
    async throws
  {
    let time = ManualTime()
    let store = MemoryIdentifyStore()
    let gate = IdentifyGate(store: store, time: time) {
      GatewayInformation(
        url: "", shards: 1,
        sessionStartLimit: .init(
          total: 10, remaining: 10, resetAfter: .seconds(86_400), maxConcurrency: 1))
    }
    let shard = ShardID(0, of: 1)
    try await gate.permit(shard)
    #expect(try await store.loadIdentifies()?.used == 1)
    let second = Task { try await gate.permit(shard) }
    try await eventually("it waits") { time.sleeperCount == 1 }
    #expect(try await store.loadIdentifies()?.used == 2)
    time.advance(by: .milliseconds(5_100))
    try await second.value
    let third = Task { try await gate.permit(shard) }
    try await eventually("it waits") { time.sleeperCount == 1 }
    third.cancel()
    await #expect(throws: GatewayError(.cancelled)) { try await third.value }
    #expect(await gate.usage(shardCount: 1)?.used == 2, "what was not used is given back")
    let fourth = Task { try await gate.permit(shard) }
    try await eventually("it waits") { time.sleeperCount == 1 }
    time.advance(by: .seconds(60))
    try await fourth.value
    await #expect(throws: GatewayError(.identifyBudgetSpent)) { try await gate.permit(shard) }
    await gate.allowIdentifies(1)
    try await gate.permit(shard)
  }
}
