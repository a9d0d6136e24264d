// `/sim/inspector`: what passes, as server-sent events.

internal import EventLoop
internal import HTTPServer
internal import HTTPTypes

extension Router {
  mutating func addInspector(_ door: SimulatorDoor) {
    get("/sim/inspector", name: "sim.inspector") { request in
      let simulator = try door.enter()
      let seen = request["Last-Event-ID"].flatMap { UInt64($0) } ?? 0
      return .events(queueBytes: 4 << 20) { feed in
        guard let id = await simulator.watch(feed, after: seen) else { return }
        let (stream, continuation) = AsyncStream.makeStream(
          of: Void.self, bufferingPolicy: .bufferingOldest(1))
        // Ends when the browser leaves, which cancels this.
        for await _ in stream {}
        continuation.finish()
        await simulator.leave(id)
      }
    }
  }
}

extension Simulator {
  func watch(_ feed: EventFeed, after number: UInt64) -> Int? {
    loop.checkIsolated()
    return hub.inspector.watch(feed, after: number)
  }

  func leave(_ id: Int) {
    loop.checkIsolated()
    hub.inspector.leave(id)
  }
}
