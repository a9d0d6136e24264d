// Handlers that take their time: whom they hold up, and what becomes of their timers.

import EventLoop
import PlatformSchedule
import Storage
import StorageTestKit
import Synchronization
import TestKit
import Testing

private let neighbour = Tenant(43)

@Suite(.timeLimit(.minutes(2)))
struct SlowHandlerTests {
  /// Runs a runner whose handlers of keys that begin with `slow` wait until `gate` opens, cancelled or not.
  private func running(
    _ bench: ScheduleBench, _ gate: Gate, limits: ScheduleLimits = ScheduleLimits(),
    _ body: (Recorder<String>) async throws -> Void
  ) async throws {
    let begun = Recorder<String>()
    let runner = bench.runner(limits: limits) { firing in
      begun.record(firing.name.key)
      if firing.name.key.hasPrefix("slow") { await gate.wait() }
      bench.fired.record(firing.name.key)
      return .done
    }
    let task = Task { await runner.run() }
    var outcome: Result<Void, any Error> = .success(())
    do { try await body(begun) } catch { outcome = .failure(error) }
    task.cancel()
    gate.open()
    await task.value
    try outcome.get()
  }

  @Test(arguments: Engine.allCases)
  func `a slow handler holds up no other timer, nor what comes of it`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      let gate = Gate()
      try await running(bench, gate) { begun in
        try await bench.set("slow", in: .zero)
        try await eventually("the slow one has begun") { begun.values == ["slow"] }
        try await bench.set("quick", in: .seconds(1))
        try await bench.set("other", of: neighbour, in: .seconds(2))
        try await eventually("the others fire") {
          bench.time.advance(by: .milliseconds(100))
          return Set(bench.fired.values) == ["quick", "other"]
        }
        try await eventually("the others are settled") {
          let left = try await bench.pending() + bench.pending(of: neighbour)
          return left == ["slow"]
        }
        gate.open()
        try await eventually("the slow one is settled, too") { try await bench.pending().isEmpty }
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a timer that is set anew while its handler is at work fires after it, not beside it`(
    _ engine: Engine
  ) async throws {
    try await withScheduleBench(engine) { bench in
      let gate = Gate()
      try await running(bench, gate) { begun in
        try await bench.set("slow", in: .zero)
        try await eventually("it has begun") { begun.values.count == 1 }
        try await bench.set("slow", in: .zero)
        // Once this one has fired, the other was looked at.
        try await bench.set("quick", in: .milliseconds(1))
        try await eventually("the runner has looked") {
          bench.time.advance(by: .milliseconds(1))
          return bench.fired.values == ["quick"]
        }
        #expect(begun.values == ["slow", "quick"], "it was begun beside itself")
        gate.open()
        try await eventually("it fires again") {
          bench.time.advance(by: .milliseconds(1))
          return bench.fired.values == ["quick", "slow", "slow"]
        }
        try await eventually("nothing is left") { try await bench.pending().isEmpty }
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a handler that outlasts its claim is not begun beside itself, and its timer is settled by it`(
    _ engine: Engine
  ) async throws {
    try await withScheduleBench(engine) { bench in
      let gate = Gate()
      try await running(bench, gate) { begun in
        try await bench.set("slow", in: .zero)
        try await eventually("it has begun") { begun.values.count == 1 }
        bench.time.advance(by: .seconds(61))
        try await bench.set("quick", in: .zero)
        try await eventually("the runner has looked") { bench.fired.values == ["quick"] }
        gate.open()
        try await eventually("it is settled") { try await bench.pending().isEmpty }
        #expect(begun.values == ["slow", "quick"])
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `one server's slow timers leave hands for the others, and all have their turn`(_ engine: Engine)
    async throws
  {
    try await withScheduleBench(engine) { bench in
      var limits = ScheduleLimits()
      (limits.batch, limits.concurrency, limits.guildShare) = (1, 4, 2)
      let gate = Gate()
      try await running(bench, gate, limits: limits) { begun in
        for number in 0..<6 { try await bench.set("slow\(number)", in: .zero) }
        try await eventually("its share is at work") { begun.values.count == 2 }
        try await bench.set("quick", of: neighbour, in: .zero)
        try await eventually("the neighbour's fires") { bench.fired.values == ["quick"] }
        #expect(begun.values.count == 3)
        gate.open()
        try await eventually("all have fired") {
          bench.time.advance(by: .milliseconds(1))
          return bench.fired.values.count == 7
        }
        try await eventually("nothing is left") { try await bench.pending().isEmpty }
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `what a handler did while the runner was stopped is written down`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      try await bench.set("slow", in: .zero)
      try await running(bench, Gate()) { begun in
        try await eventually("it has begun") { begun.values.count == 1 }
      }
      #expect(bench.fired.values == ["slow"])
      #expect(try await bench.pending().isEmpty)
    }
  }
}

/// Holds up whoever comes, until it opens for good.
private final class Gate: Sendable {
  private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      defer { state = (true, []) }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
