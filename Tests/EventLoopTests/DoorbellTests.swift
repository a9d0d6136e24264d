// A doorbell wakes who waits, keeps a ring for who comes late, and survives waits that were given up.

import EventLoop
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct DoorbellTests {
  @Test func `a ring before the wait is not lost, and counts once`() async throws {
    let bell = Doorbell()
    let time = ManualTime()
    bell.ring()
    bell.ring()
    await bell.wait()
    let second = Task { await bell.wait(atMost: .seconds(5), by: time) }
    try await eventually("it waits") { time.sleeperCount == 1 }
    time.advance(by: .seconds(5))
    await second.value
  }

  @Test func `everybody who waits is woken`() async throws {
    let bell = Doorbell()
    let woken = Recorder<Int>()
    let time = ManualTime()
    let waiters = (0..<3).map { number in
      Task {
        await bell.wait(atMost: .seconds(60), by: time)
        woken.record(number)
      }
    }
    try await eventually("all wait") { time.sleeperCount == 3 }
    try await eventually("all are woken") {
      bell.ring()
      return woken.values.count == 3
    }
    for waiter in waiters { await waiter.value }
  }

  @Test func `a wait that was given up does not spoil the next`() async throws {
    let bell = Doorbell()
    let time = ManualTime()
    for _ in 0..<3 {
      let waiter = Task { await bell.wait(atMost: .seconds(1), by: time) }
      // A bell that returned at once would never be seen asleep.
      try await eventually("it waits") { time.sleeperCount == 1 }
      time.advance(by: .seconds(1))
      await waiter.value
    }
    let cancelled = Task { await bell.wait() }
    cancelled.cancel()
    await cancelled.value
    bell.ring()
    await bell.wait()
  }
}
