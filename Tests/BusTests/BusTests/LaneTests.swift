// Lanes on both buses: order per key, at least once, bounded, and nothing lost when a consumer or Redis dies.

import Bus
import EventLoop
import Redis
import Synchronization
import Telemetry
import TestKit
import Testing

private struct Failure: Error {}

/// Consumes until `count` entries were handled, then stops.
private func consume(
  _ lanes: any Lanes, until count: Int,
  onDead: @escaping @Sendable (LaneEntry, any Error) async -> Void = { _, _ in },
  _ handler: @escaping @Sendable (LaneEntry) async throws -> Void
) async throws {
  let handled = Recorder<String>()
  let consumer = Task {
    try await lanes.consume(
      handler: { entry in
        try await handler(entry)
        handled.record(entry.id)
      }, onDead: onDead)
  }
  try await eventually("\(count) entries handled") { handled.values.count >= count }
  try await eventually("all acknowledged") { try await lanes.depth() == 0 }
  consumer.cancel()
  try await consumer.value
}

@Suite(.timeLimit(.minutes(1)))
struct LaneTests {
  @Test(arguments: Engine.allCases)
  func `entries of a key come in order, one at a time; keys do not wait for each other`(_ engine: Engine)
    async throws
  {
    try await Fixture.with(engine) { fixture in
      let lanes = fixture.bus.lanes("events", LaneLimits())
      for number in 0..<400 { try await lanes.append([UInt8(number / 20)], key: "guild \(number % 20)") }
      #expect(try await lanes.depth() == 400)
      let seen = Recorder<(key: String, number: UInt8)>()
      let running = Recorder<String>()
      let active = Mutex<Set<String>>([])
      try await consume(lanes, until: 400) { entry in
        let isAlone = active.withLock { $0.insert(entry.key).inserted }
        if !isAlone { running.record(entry.key) }
        await Task.yield()
        seen.record((entry.key, entry.payload[0]))
        active.withLock { _ = $0.remove(entry.key) }
      }
      #expect(running.values.isEmpty, "two entries of one key ran at once")
      let byKey = Dictionary(grouping: seen.values, by: \.key)
      #expect(byKey.count == 20)
      for (_, entries) in byKey { #expect(entries.map(\.number) == Array(0..<20)) }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a failing entry is repeated before its successors, with growing pauses, and other keys go on`(
    _ engine: Engine
  ) async throws {
    try await Fixture.with(engine) { fixture in
      let lanes = fixture.bus.lanes("events", LaneLimits())
      for number in 0..<3 { try await lanes.append([UInt8(number)], key: "bad") }
      try await lanes.append([9], key: "good")
      let seen = Recorder<String>()
      let consumer = Task {
        try await lanes.consume(
          handler: { entry in
            seen.record("\(entry.key) \(entry.payload[0]) \(entry.delivery)")
            if entry.key == "bad", entry.payload[0] == 0, entry.delivery < 3 { throw Failure() }
          }, onDead: { _, _ in })
      }
      try await eventually("the other key") { seen.values.contains("good 9 1") }
      try await eventually("the first failure") { seen.values.contains("bad 0 1") }
      for attempt in 2...3 {
        try await eventually("the pause") { fixture.time.sleeperCount > (engine == .redis ? 1 : 0) }
        fixture.time.advance(by: LaneLimits().pause(after: attempt - 1))
        try await eventually("attempt \(attempt)") { seen.values.contains("bad 0 \(attempt)") }
      }
      try await eventually("the rest") { seen.values.contains("bad 2 1") }
      consumer.cancel()
      try await consumer.value
      #expect(
        seen.values.filter { $0.hasPrefix("bad") } == ["bad 0 1", "bad 0 2", "bad 0 3", "bad 1 1", "bad 2 1"])
    }
  }

  @Test(arguments: Engine.allCases)
  func `an entry that always fails is given up and the lane goes on`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      var limits = LaneLimits()
      limits.deliveries = 2
      limits.firstPause = .zero
      let lanes = fixture.bus.lanes("events", limits)
      try await lanes.append([0], key: "k")
      try await lanes.append([1], key: "k")
      let dead = Recorder<UInt8>()
      try await consume(lanes, until: 1, onDead: { entry, _ in dead.record(entry.payload[0]) }) { entry in
        if entry.payload[0] == 0 { throw Failure() }
      }
      #expect(dead.values == [0])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a full lane refuses, and takes again when there is room`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      var limits = LaneLimits()
      limits.depth = 3
      limits.partitions = 1
      let lanes = fixture.bus.lanes("events", limits)
      for _ in 0..<3 { try await lanes.append([], key: "k") }
      let error = await #expect(throws: BusError.self) { try await lanes.append([], key: "k") }
      #expect(error?.code == .full)
      try await consume(lanes, until: 3) { _ in }
      try await lanes.append([], key: "k")
      #expect(try await lanes.depth() == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `age is the wait of the oldest entry that is not acknowledged`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let lanes = fixture.bus.lanes("events", LaneLimits())
      #expect(try await lanes.age() == .zero)
      try await lanes.append([], key: "a")
      fixture.time.advance(by: .seconds(3))
      try await lanes.append([], key: "b")
      fixture.time.advance(by: .seconds(4))
      #expect(try await lanes.age() == .seconds(7))
      try await lanes.append([], key: "c")
      try await consume(lanes, until: 3) { _ in }
      #expect(try await lanes.age() == .zero)
      if engine == .local {
        let shown = PrometheusText.write(fixture.metrics)
        #expect(shown.contains("bus_lane_depth_entries{lanes=\"events\"} 0"))
        #expect(shown.contains("bus_lane_age_seconds{lanes=\"events\"} 0"))
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `what a cancelled consumer had begun is delivered to the next`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let lanes = fixture.bus.lanes("events", LaneLimits())
      for number in 0..<5 { try await lanes.append([UInt8(number)], key: "k") }
      let begun = Recorder<UInt8>()
      let consumer = Task {
        try await lanes.consume(
          handler: { entry in
            begun.record(entry.payload[0])
            try await Task.sleep(for: .seconds(3_600))
          }, onDead: { _, _ in })
      }
      try await eventually("the first begun") { begun.values == [0] }
      await #expect(throws: BusError.self) { try await lanes.consume(handler: { _ in }, onDead: { _, _ in }) }
      consumer.cancel()
      try await consumer.value
      let seen = Recorder<UInt8>()
      try await consume(lanes, until: 5) { seen.record($0.payload[0]) }
      #expect(seen.values == [0, 1, 2, 3, 4])
    }
  }
}

@Suite(.timeLimit(.minutes(2)))
struct RedisLaneTests {
  @Test func `what a dead worker held is claimed by another, in order`() async throws {
    try await Fixture.with(.redis) { fixture in
      let lanes = fixture.bus.lanes("events", LaneLimits())
      for number in 0..<50 { try await lanes.append([UInt8(number)], key: "guild \(number % 5)") }
      // A worker that takes entries and then is gone: its bus is closed under it, so nothing is given back.
      let deadBus = try fixture.other()
      let begun = Recorder<UInt8>()
      let dead = Task {
        try await deadBus.lanes("events", LaneLimits()).consume(
          handler: { entry in
            begun.record(entry.payload[0])
            try await Task.sleep(for: .seconds(3_600))
          }, onDead: { _, _ in })
      }
      try await eventually("five begun") { begun.values.count == 5 }
      await deadBus.close()
      dead.cancel()
      _ = try? await dead.value

      let seen = Recorder<(String, UInt8)>()
      let consumer = Task {
        try await lanes.consume(
          handler: { seen.record(($0.key, $0.payload[0])) }, onDead: { _, _ in })
      }
      // The leases of the dead end by themselves.
      try await eventually("a first look at the leases") { fixture.time.sleeperCount >= 1 }
      #expect(seen.values.isEmpty)
      for _ in 0..<4 {
        // Only while the keeper waits: time must not run away under what it holds.
        try await eventually("the keeper waits") { fixture.time.sleeperCount >= 1 }
        fixture.time.advance(by: .seconds(4))
      }
      try await eventually("all handled") { seen.values.count >= 50 }
      consumer.cancel()
      try await consumer.value
      for (_, entries) in Dictionary(grouping: seen.values, by: \.0) {
        #expect(entries.map(\.1) == entries.map(\.1).sorted())
      }
      #expect(Set(seen.values.map(\.1)) == Set(0..<50))
    }
  }

  @Test func `two workers share the partitions and every entry is handled once`() async throws {
    try await Fixture.with(.redis) { fixture in
      let second = try fixture.other()
      let seen = Recorder<(worker: Int, key: String, number: UInt8)>()
      let workers = [fixture.bus, second].enumerated().map { index, bus in
        Task {
          try await bus.lanes("events", LaneLimits()).consume(
            handler: { seen.record((index, $0.key, $0.payload[0])) }, onDead: { _, _ in })
        }
      }
      // Let both enlist and settle on their shares.
      try await eventually("both keep their leases") { fixture.time.sleeperCount >= 2 }
      for _ in 0..<4 {
        fixture.time.advance(by: .seconds(4))
        try await eventually("both are waiting again") { fixture.time.sleeperCount >= 2 }
      }
      let lanes = fixture.bus.lanes("events", LaneLimits())
      for number in 0..<600 { try await lanes.append([UInt8(number / 60)], key: "guild \(number % 60)") }
      try await eventually("all handled") { seen.values.count >= 600 }
      for worker in workers { worker.cancel() }
      for worker in workers { try await worker.value }
      await second.close()
      #expect(Set(seen.values.map(\.worker)) == [0, 1], "both had work")
      #expect(seen.values.count == 600)
      for (_, entries) in Dictionary(grouping: seen.values, by: \.key) {
        #expect(entries.map(\.number) == Array(0..<10))
        #expect(Set(entries.map(\.worker)).count == 1)
      }
    }
  }

  @Test func `Redis killed and restarted loses no entry that was accepted`() async throws {
    try await Fixture.with(.redis, ownServer: true) { fixture in
      let server = try #require(fixture.server)
      let lanes = fixture.bus.lanes("events", LaneLimits())
      let accepted = Recorder<Int>()
      let seen = Recorder<Int>()
      @Sendable func number(_ payload: [UInt8]) -> Int { Int(payload[0]) * 256 + Int(payload[1]) }
      let consumer = Task {
        try await lanes.consume(handler: { seen.record(number($0.payload)) }, onDead: { _, _ in })
      }
      let sender = Task {
        for value in 0..<600 {
          while true {
            do {
              try await lanes.append([UInt8(value / 256), UInt8(value % 256)], key: "guild \(value % 7)")
              accepted.record(value)
              break
            } catch let error as BusError where error.code == .unreachable {
              try await Task.sleep(for: .milliseconds(5))
            }
          }
        }
      }
      for _ in 0..<3 {
        let before = accepted.values.count
        try await eventually("some progress", within: .seconds(60)) { accepted.values.count > before + 40 }
        await server.kill()
        try await server.start()
      }
      try await sender.value
      try await eventually("all handled", within: .seconds(40)) { Set(seen.values).count == 600 }
      consumer.cancel()
      try await consumer.value
    }
  }

  @Test func `a subscriber learns that notices were interrupted, and hears the next ones`() async throws {
    try await Fixture.with(.redis, ownServer: true) { fixture in
      let server = try #require(fixture.server)
      let stream = try await fixture.bus.subscribe(to: ["t"], buffer: 10)
      let iterator = stream.makeAsyncIterator()
      await server.kill()
      #expect(await iterator.next() == .missed)
      try await server.start()
      #expect(await iterator.next() == .missed, "listening again")
      try await eventually("published") {
        do {
          try await fixture.bus.publish([1], to: "t")
          return true
        } catch { return false }
      }
      #expect(await iterator.next() == .notice(topic: "t", payload: [1]))
    }
  }
}
