// Pulses: told to whoever listens, in every process, seldom.

import Bus
import EventLoop
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(1))) struct PulsesTests {
  @Test func `beats reach listeners of their key in every process, and no others`() async throws {
    let bus = LocalBus(time: SystemTime(), metrics: MetricRegistry())
    let (here, there) = (Pulses(bus: bus, pause: .milliseconds(5)), Pulses(bus: bus, pause: .milliseconds(5)))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await here.run() }
      group.addTask { try await there.run() }
      let (listener, other) = (there.listener(of: "a"), there.listener(of: "b"))
      // The subscription begins with the task.
      try await Task.sleep(for: .milliseconds(50))
      for _ in 0..<1_000 { here.beat("a") }
      let clock = ContinuousClock()
      let start = clock.now
      await listener.wait(atMost: .seconds(20))
      #expect(clock.now - start < .seconds(10))
      await other.wait(atMost: .milliseconds(50))
      #expect(clock.now - start < .seconds(20))
      group.cancelAll()
    }
    await bus.close()
  }

  @Test func `a listener that is dropped is forgotten`() {
    let pulses = Pulses(bus: LocalBus(time: SystemTime(), metrics: MetricRegistry()))
    var listener: PulseListener? = pulses.listener(of: "a")
    #expect(pulses.listenerCount == 1)
    _ = listener
    listener = nil
    #expect(pulses.listenerCount == 0)
  }
}
