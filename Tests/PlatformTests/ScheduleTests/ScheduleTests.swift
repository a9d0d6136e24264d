// Timers that outlive the process, on both engines.

import EventLoop
import PlatformSchedule
import Storage
import StorageTestKit
import Telemetry
import TestKit
import Testing

private struct Failure: Error {}

@Suite(.timeLimit(.minutes(2)))
struct ScheduleTests {
  @Test(arguments: Engine.allCases)
  func `timers are counted: to come, due, given up`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      #expect(
        try await bench.schedule.counts(at: bench.time.now)
          == ScheduleCounts(pending: 0, due: 0, givenUp: 0))
      for (key, delay) in [("a", -5), ("b", 10), ("c", 90)] { try await bench.set(key, in: .seconds(delay)) }
      #expect(
        try await bench.schedule.counts(at: bench.time.now)
          == ScheduleCounts(pending: 3, due: 1, givenUp: 0))
      var limits = ScheduleLimits()
      limits.attempts = 1
      let runner = bench.runner(limits: limits) { _ in throw Failure() }
      _ = try await runner.fireDue()
      #expect(
        try await bench.schedule.counts(at: bench.time.now)
          == ScheduleCounts(pending: 2, due: 0, givenUp: 1))
    }
  }

  @Test(arguments: Engine.allCases)
  func `timers fire when they are due, earliest first, and once`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      for (key, delay) in [("late", 30), ("early", 10), ("never", 90)] {
        try await bench.set(key, in: .seconds(delay))
      }
      let runner = bench.runner(limits: .oneAtATime)
      #expect(try await runner.fireDue() == 0)
      bench.time.advance(by: .seconds(60))
      while try await runner.fireDue() > 0 {}
      #expect(bench.fired.values == ["early", "late"])
      #expect(try await bench.schedule.pending(bench.guild).map(\.name.key) == ["never"])
    }
  }

  @Test(arguments: Engine.allCases)
  func `setting a timer again moves it, cancelling removes it`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      try await bench.set("moved", in: .seconds(1))
      try await bench.set("moved", in: .seconds(100))
      try await bench.set("cancelled", in: .seconds(1))
      #expect(try await bench.schedule.cancel(bench.name("cancelled")))
      #expect(try await !bench.schedule.cancel(bench.name("cancelled")))
      bench.time.advance(by: .seconds(50))
      #expect(try await bench.runner().fireDue() == 0)
      bench.time.advance(by: .seconds(50))
      #expect(try await bench.runner().fireDue() == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a handler that fails is called again with the same key, later and later, then given up`(
    _ engine: Engine
  ) async throws {
    try await withScheduleBench(engine) { bench in
      var limits = ScheduleLimits()
      limits.attempts = 3
      let keys = Recorder<String>()
      let givenUp = Recorder<String>()
      let runner = bench.runner(limits: limits, onGivenUp: givenUp) { firing in
        keys.record(firing.effectKey)
        throw Failure()
      }
      try await bench.set("broken", in: .seconds(0))
      #expect(try await runner.fireDue() == 1)
      #expect(try await runner.fireDue() == 0, "the pause is over too soon")
      bench.time.advance(by: .seconds(1))
      #expect(try await runner.fireDue() == 1)
      bench.time.advance(by: .seconds(1))
      #expect(try await runner.fireDue() == 0, "the second pause is no longer than the first")
      bench.time.advance(by: .seconds(1))
      #expect(try await runner.fireDue() == 1)
      bench.time.advance(by: .seconds(86_400))
      #expect(try await runner.fireDue() == 0)
      #expect(Set(keys.values).count == 1)
      #expect(givenUp.values == ["broken"])
      #expect(try await bench.schedule.pending(bench.guild).count == 1, "what was given up is kept")
    }
  }

  @Test(arguments: Engine.allCases)
  func `a timer whose process died fires elsewhere when the claim is over`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      try await bench.set("orphan", in: .seconds(0))
      let started = Recorder<Int>()
      // Cancelled in the middle of its handler and never settled: what a dead process leaves behind.
      let dying = bench.runner { firing in
        started.record(firing.attempt)
        try await Task.sleep(for: .seconds(600))
        return .done
      }
      let task = Task { try await dying.fireDue() }
      try await eventually("the first process has the timer") { !started.values.isEmpty }
      #expect(try await bench.runner().fireDue() == 0, "two processes have the same timer")
      bench.time.advance(by: .seconds(61))
      let attempts = Recorder<Int>()
      #expect(
        try await bench.runner { firing in
          attempts.record(firing.attempt)
          return .done
        }.fireDue() == 1)
      #expect(attempts.values == [2])
      task.cancel()
      _ = try await task.value
      #expect(try await bench.schedule.pending(bench.guild).isEmpty, "the late one undid what the other did")
    }
  }

  @Test(arguments: Engine.allCases)
  func `a timer that is moved while its handler runs fires again`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      try await bench.set("again", in: .seconds(0))
      let runner = bench.runner { firing in
        try await bench.set("again", in: .seconds(10))
        return .done
      }
      #expect(try await runner.fireDue() == 1)
      #expect(try await bench.schedule.pending(bench.guild).map(\.name.key) == ["again"])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a timer may ask to be called again`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      try await bench.set("daily", in: .seconds(0))
      let runner = bench.runner { .again(at: $0.due + .seconds(86_400)) }
      #expect(try await runner.fireDue() == 1)
      #expect(try await runner.fireDue() == 0)
      bench.time.advance(by: .seconds(86_400))
      #expect(try await runner.fireDue() == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `the timers of a guild go with it, those of others stay`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      try await bench.set("mine", in: .seconds(5))
      let other = TimerName("test.timer", guild: Tenant(43), key: "theirs")
      try await bench.schedule.set(other, at: bench.time.now)
      #expect(try await bench.schedule.cancelAll(of: bench.guild) == 1)
      #expect(try await bench.schedule.pending(Tenant(43)).map(\.name) == [other])
    }
  }

  @Test(arguments: Engine.allCases)
  func `running, it sleeps until the next timer and hears of new ones`(_ engine: Engine) async throws {
    try await withScheduleBench(engine) { bench in
      var limits = ScheduleLimits()
      limits.pollInterval = .seconds(3600)
      let task = Task { [limits] in await bench.runner(limits: limits).run() }
      defer { task.cancel() }
      try await eventually("it sleeps") { bench.time.sleeperCount == 1 }
      try await bench.set("new", in: .seconds(20))
      try await eventually("it heard of the timer") {
        bench.time.advance(by: .seconds(1))
        return bench.fired.values == ["new"]
      }
    }
  }
}

extension ScheduleLimits {
  /// One timer in a batch, so that the order of firing can be seen.
  fileprivate static var oneAtATime: ScheduleLimits {
    var limits = ScheduleLimits()
    limits.batch = 1
    return limits
  }
}
