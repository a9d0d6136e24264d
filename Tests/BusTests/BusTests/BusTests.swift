// The bus's contract, on both buses: the same cases in process and over a real Redis.

import Bus
import EventLoop
import Redis
import Synchronization
import Telemetry
import TestKit
import Testing

/// Which bus a case runs on.
enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case local, redis
  var testDescription: String { rawValue }
}

/// A bus under test, with a clock that stands still, and further processes' views of it where there are any.
struct Fixture: Sendable {
  let bus: any Bus
  let time: ManualTime
  let server: RedisServer?
  let loop: EventLoop?
  let prefix: String
  let metrics: MetricRegistry

  static let sharedServer = SharedServer()

  /// One server for all cases; each has a prefix of its own.
  actor SharedServer {
    private var task: Task<RedisServer, any Error>?

    func get() async throws -> RedisServer {
      let task = task ?? Task { try await RedisServer.start() }
      self.task = task
      return try await task.value
    }
  }

  /// Runs `body` with a bus and closes it afterwards.
  static func with(
    _ engine: Engine, ownServer: Bool = false, _ body: (Fixture) async throws -> Void
  ) async throws {
    let time = ManualTime()
    let fixture: Fixture
    switch engine {
    case .local:
      let metrics = MetricRegistry()
      fixture = Fixture(
        bus: LocalBus(time: time, metrics: metrics), time: time, server: nil, loop: nil, prefix: "",
        metrics: metrics)
    case .redis:
      let server = ownServer ? try await RedisServer.start() : try await sharedServer.get()
      let loop = try EventLoop(name: "redis")
      let prefix = "test\(UInt64.random(in: .min ... .max))"
      let bus = RedisBus(try RedisAddress(server.url), on: loop, time: time, clock: .injected, prefix: prefix)
      fixture = Fixture(
        bus: bus, time: time, server: server, loop: loop, prefix: prefix, metrics: MetricRegistry())
    }
    do {
      try await body(fixture)
    } catch {
      await fixture.bus.close()
      fixture.loop?.shutdown()
      throw error
    }
    await fixture.bus.close()
    fixture.loop?.shutdown()
  }

  /// Another process's bus on the same server; the same bus where there is only one process.
  func other() throws -> any Bus {
    guard let server, let loop else { return bus }
    return RedisBus(try RedisAddress(server.url), on: loop, time: time, clock: .injected, prefix: prefix)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct CountersAndWindowsTests {
  @Test(arguments: Engine.allCases)
  func `a counter adds up from everywhere and is gone when its life is over`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let other = try fixture.other()
      #expect(try await fixture.bus.value(of: "a") == 0)
      #expect(try await fixture.bus.add(5, to: "a", lifetime: .seconds(10)) == 5)
      #expect(try await other.add(-2, to: "a", lifetime: .seconds(10)) == 3)
      #expect(try await fixture.bus.value(of: "b") == 0)
      fixture.time.advance(by: .seconds(9))
      #expect(try await fixture.bus.add(1, to: "a", lifetime: .seconds(10)) == 4)
      fixture.time.advance(by: .seconds(9))
      #expect(try await other.value(of: "a") == 4)
      fixture.time.advance(by: .seconds(1))
      #expect(try await fixture.bus.value(of: "a") == 0)
      #expect(try await fixture.bus.add(1, to: "a", lifetime: .seconds(10)) == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `concurrent additions are all counted`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      try await withThrowingTaskGroup { group in
        for _ in 0..<200 { group.addTask { try await fixture.bus.add(1, to: "n", lifetime: .seconds(60)) } }
        try await group.waitForAll()
      }
      #expect(try await fixture.bus.value(of: "n") == 200)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a window counts exactly the hits of its length`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      var counts: [Int] = []
      // The fourth comes exactly five seconds after the first, which is out by then.
      for pause: Duration in [.zero, .seconds(2), .milliseconds(2_999), .milliseconds(1), .seconds(60)] {
        fixture.time.advance(by: pause)
        counts.append(try await fixture.bus.hit("w", length: .seconds(5), capacity: 100))
      }
      #expect(counts == [1, 2, 3, 3, 1])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a window remembers no more than its capacity`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      var counts: [Int] = []
      for _ in 0..<8 { counts.append(try await fixture.bus.hit("w", length: .seconds(5), capacity: 5)) }
      #expect(counts == [1, 2, 3, 4, 5, 5, 5, 5])
    }
  }
}

@Suite(.timeLimit(.minutes(1)))
struct LeaseTests {
  @Test(arguments: Engine.allCases)
  func `one holder at a time, with a higher token each time`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let other = try fixture.other()
      let first = try #require(try await fixture.bus.acquireLease("shard 0", for: .seconds(10)))
      #expect(try await other.acquireLease("shard 0", for: .seconds(10)) == nil)
      #expect(try await other.acquireLease("shard 1", for: .seconds(10)) != nil)
      #expect(first.expiry == fixture.time.now + .seconds(10))
      fixture.time.advance(by: .seconds(9))
      let renewed = try #require(try await fixture.bus.renew(first, for: .seconds(10)))
      #expect(renewed.token == first.token)
      fixture.time.advance(by: .seconds(9))
      #expect(try await other.acquireLease("shard 0", for: .seconds(10)) == nil)
      fixture.time.advance(by: .seconds(1))
      let second = try #require(try await other.acquireLease("shard 0", for: .seconds(10)))
      #expect(second.token > first.token)
      #expect(try await fixture.bus.renew(renewed, for: .seconds(10)) == nil)
      try await fixture.bus.release(renewed)
      #expect(
        try await fixture.bus.acquireLease("shard 0", for: .seconds(1)) == nil,
        "giving back a lost lease takes nothing from its new holder")
      try await other.release(second)
      #expect(try await fixture.bus.acquireLease("shard 0", for: .seconds(1)) != nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `of a hundred who ask at once one gets it`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let granted = try await withThrowingTaskGroup(of: Lease?.self) { group in
        for _ in 0..<100 { group.addTask { try await fixture.bus.acquireLease("one", for: .seconds(10)) } }
        return try await group.reduce(into: [Lease]()) { $0 += $1.map { [$0] } ?? [] }
      }
      #expect(granted.count == 1)
    }
  }
}

@Suite(.timeLimit(.minutes(1)))
struct NoticeTests {
  @Test(arguments: Engine.allCases)
  func `subscribers of a topic hear it in order, others do not`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let other = try fixture.other()
      let settings = try await fixture.bus.subscribe(to: ["settings"], buffer: 100)
      let both = try await other.subscribe(to: ["settings", "bots"], buffer: 100)
      for number in 0..<10 {
        try await other.publish([UInt8(number), 0, 255], to: number % 2 == 0 ? "settings" : "bots")
      }
      let iterator = settings.makeAsyncIterator()
      for number in [0, 2, 4, 6, 8] {
        #expect(await iterator.next() == .notice(topic: "settings", payload: [UInt8(number), 0, 255]))
      }
      let second = both.makeAsyncIterator()
      for number in 0..<10 {
        let topic = number % 2 == 0 ? "settings" : "bots"
        #expect(await second.next() == .notice(topic: topic, payload: [UInt8(number), 0, 255]))
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a slow reader is told that it missed something and gets the newest`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let stream = try await fixture.bus.subscribe(to: ["t"], buffer: 3)
      let witness = try await fixture.bus.subscribe(to: ["t"], buffer: 100)
      for number in 0..<8 { try await fixture.bus.publish([UInt8(number)], to: "t") }
      let all = witness.makeAsyncIterator()
      for number in 0..<8 { #expect(await all.next() == .notice(topic: "t", payload: [UInt8(number)])) }
      let iterator = stream.makeAsyncIterator()
      #expect(await iterator.next() == .missed)
      for number in 5..<8 { #expect(await iterator.next() == .notice(topic: "t", payload: [UInt8(number)])) }
    }
  }

  @Test(arguments: Engine.allCases)
  func `closing the bus ends every stream`(_ engine: Engine) async throws {
    try await Fixture.with(engine) { fixture in
      let stream = try await fixture.bus.subscribe(to: ["t"], buffer: 3)
      let reader = Task {
        let iterator = stream.makeAsyncIterator()
        return await iterator.next()
      }
      await fixture.bus.close()
      #expect(await reader.value == nil)
      await #expect(throws: BusError.self) { try await fixture.bus.publish([], to: "t") }
    }
  }
}
