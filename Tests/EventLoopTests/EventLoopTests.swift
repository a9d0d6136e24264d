// The loop: order, isolation, descriptors, timers, and what happens after its end.

import CSystem
import EventLoop
import Glibc
import TestKit
import Testing

/// An actor that lives on a loop.
private actor Resident {
  private let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private(set) var count = 0

  init(loop: EventLoop) { self.loop = loop }

  func increment() -> Bool {
    count += 1
    return loop.isCurrent
  }
}

extension EventLoop {
  /// Runs `body` on the loop and returns what it returns.
  fileprivate func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
    -> Value
  {
    try await withCheckedThrowingContinuation { continuation in
      execute { continuation.resume(with: Result { try body() }) }
    }
  }
}

/// A pipe whose ends are closed with it.
private final class Pipe: Sendable {
  let reading: CInt
  let writing: CInt

  init() {
    var ends: [CInt] = [0, 0]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    (reading, writing) = (ends[0], ends[1])
  }

  func write(_ text: String) {
    _ = Glibc.write(writing, text, text.utf8.count)
  }

  deinit {
    close(reading)
    close(writing)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct EventLoopTests {
  @Test func `work from many tasks runs on the loop, each sender's in its own order`() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    let seen = Recorder<(sender: Int, number: Int)>()
    await withTaskGroup { group in
      for sender in 0..<8 {
        group.addTask {
          for number in 0..<1_000 {
            loop.execute {
              #expect(loop.isCurrent)
              seen.record((sender, number))
            }
          }
        }
      }
    }
    try await loop.perform {}
    for (sender, values) in Dictionary(grouping: seen.values, by: \.sender) {
      #expect(values.map(\.number) == Array(0..<1_000), "of sender \(sender)")
    }
    #expect(seen.values.count == 8_000)
  }

  @Test func `an actor on the loop runs there, from the pool and from a task that prefers the loop`()
    async throws
  {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    let resident = Resident(loop: loop)
    #expect(await resident.increment())
    let stayed = await withTaskExecutorPreference(loop) {
      var all = true
      for _ in 0..<10_000 { all = await resident.increment() && all }
      return all && loop.isCurrent
    }
    #expect(stayed)
    #expect(await resident.count == 10_001)
    #expect(!loop.isCurrent)
  }

  @Test func `a descriptor reports what came, until it is no longer watched`() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    let pipe = Pipe()
    let (chunks, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(8))
    try await loop.perform {
      try loop.watch(pipe.reading, for: .readable) { readiness in
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(pipe.reading, &buffer, buffer.count)
        #expect(readiness.contains(.readable) && count > 0)
        continuation.yield(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
      }
    }
    var iterator = chunks.makeAsyncIterator()
    pipe.write("one")
    #expect(await iterator.next() == "one")
    pipe.write("two")
    #expect(await iterator.next() == "two")
    try await loop.perform { loop.unwatch(pipe.reading) }
    pipe.write("three")
    try await loop.perform {}
    continuation.finish()
    #expect(await iterator.next() == nil)
  }

  @Test func `readiness of a descriptor that was closed and opened anew in the same turn is not mixed up`()
    async throws
  {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    let calls = Recorder<String>()
    try await loop.perform {
      // Two pipes become ready together; the first handler closes the second and puts another in its place.
      let (first, second) = (Pipe(), Pipe())
      first.write("x")
      second.write("x")
      let handler: (CInt, CInt) -> Void = { mine, other in
        loop.unwatch(mine)
        loop.unwatch(other)
        let fresh = Pipe()
        dup2(fresh.reading, other)
        try? loop.watch(other, for: .readable) { _ in
          _ = fresh
          calls.record("of the new descriptor")
        }
        calls.record("of the old one")
        loop.schedule(after: .milliseconds(20)) {
          loop.unwatch(other)
          _ = (first, second)
        }
      }
      try loop.watch(first.reading, for: .readable) { _ in handler(first.reading, second.reading) }
      try loop.watch(second.reading, for: .readable) { _ in handler(second.reading, first.reading) }
    }
    try await loop.perform {}
    try await loop.perform {}
    #expect(calls.values == ["of the old one"])
  }

  @Test func `timers fire in the order of their deadlines, never early, and not once cancelled`() async throws
  {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    let order = Recorder<Int>()
    let start = ContinuousClock.now
    let elapsed: Duration = await withCheckedContinuation { continuation in
      loop.execute {
        for delay in [30, 10, 20] {
          loop.schedule(after: .milliseconds(delay)) { order.record(delay) }
        }
        let cancelled = loop.schedule(after: .milliseconds(15)) { order.record(-1) }
        loop.cancel(cancelled)
        loop.schedule(after: .milliseconds(40)) { continuation.resume(returning: start.duration(to: .now)) }
      }
    }
    #expect(order.values == [10, 20, 30])
    #expect(elapsed >= .milliseconds(40))
  }

  @Test func `a timer may add and cancel others when it fires`() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    let order = Recorder<String>()
    await withCheckedContinuation { continuation in
      loop.execute {
        let doomed = loop.schedule(after: .milliseconds(5)) { order.record("doomed") }
        loop.schedule(after: .milliseconds(1)) {
          order.record("first")
          loop.cancel(doomed)
          loop.schedule(after: .milliseconds(10)) {
            order.record("second")
            continuation.resume()
          }
        }
      }
    }
    #expect(order.values == ["first", "second"])
  }

  @Test func `ten thousand timers, half of them cancelled, leave exactly the other half`() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    let fired = Recorder<Int>()
    await withCheckedContinuation { continuation in
      loop.execute {
        let timers = (0..<10_000).map { number in
          loop.schedule(after: .milliseconds(number % 20)) { fired.record(number) }
        }
        for number in stride(from: 0, to: 10_000, by: 2) { loop.cancel(timers[number]) }
        loop.schedule(after: .milliseconds(25)) { continuation.resume() }
      }
    }
    #expect(fired.values.sorted() == Array(stride(from: 1, to: 10_000, by: 2)))
  }

  @Test func `a task that awaits a stopped loop still finishes`() async throws {
    let loop = try EventLoop(name: "test")
    let resident = Resident(loop: loop)
    #expect(await resident.increment())
    loop.shutdown()
    for _ in 0..<100 { _ = await resident.increment() }
    #expect(await resident.count == 101)
    loop.shutdown()
  }

  @Test func `a loop gives its descriptors back`() async {
    // In a process of its own, where no other suite opens any.
    await #expect(processExitsWith: .success) {
      func openDescriptors() -> Int { (0..<1_024).count { fcntl($0, F_GETFD) >= 0 } }
      let before = openDescriptors()
      for _ in 0..<50 {
        let loop = try EventLoop(name: "test")
        try await loop.perform {}
        loop.shutdown()
      }
      // The threads end on their own.
      // The runtime itself opens a few for its own threads.
      try await eventually("all given back") { openDescriptors() < before + 10 }
    }
  }

  @Test func `touching a descriptor from another thread is caught`() async {
    await #expect(processExitsWith: .failure) {
      let loop = try EventLoop(name: "test")
      loop.unwatch(0)
    }
  }
}

@Suite(.timeLimit(.minutes(1)))
struct ManualTimeTests {
  @Test func `sleepers wake when the clock reaches them, and not before`() async throws {
    let time = ManualTime()
    let start = time.now
    let sleeper = Task { try await time.sleep(for: .seconds(86_400)) }
    while time.sleeperCount == 0 { await Task.yield() }
    time.advance(by: .seconds(86_399))
    #expect(time.sleeperCount == 1)
    time.advance(by: .seconds(1))
    try await sleeper.value
    #expect(time.now - start == .seconds(86_400))
  }

  @Test func `a cancelled sleeper is woken by the cancellation`() async throws {
    let time = ManualTime()
    let sleeper = Task { try await time.sleep(for: .seconds(1)) }
    while time.sleeperCount == 0 { await Task.yield() }
    sleeper.cancel()
    await #expect(throws: CancellationError.self) { try await sleeper.value }
    #expect(time.sleeperCount == 0)
  }
}
