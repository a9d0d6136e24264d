// What the operator's desk reads: the newest lines of the log, and metrics of the last hour.

import Telemetry
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeskTests {
  private func entry(_ message: String) -> LogEntry {
    LogEntry(milliseconds: 1, level: .info, room: "test", message: message)
  }

  @Test func `the ring keeps the newest lines and numbers them`() {
    let ring = LogRing(capacity: 3)
    for number in 1...5 { ring.receive(entry("\(number)")) }
    #expect(ring.lines.map(\.entry.message) == ["3", "4", "5"])
    #expect(ring.lines.map(\.number) == [3, 4, 5])
  }

  @Test func `who follows gets what was missed, then new lines, and nothing twice`() async {
    let ring = LogRing(capacity: 10)
    for number in 1...3 { ring.receive(entry("\(number)")) }
    let stream = ring.follow(after: 2)
    ring.receive(entry("4"))
    var found: [String] = []
    for await line in stream {
      found.append(line.entry.message)
      if found.count == 2 { break }
    }
    #expect(found == ["3", "4"])
  }

  @Test func `followers are bounded, and leave when they stop reading`() async {
    let ring = LogRing()
    var streams = (0..<32).map { _ in ring.follow() }
    for await _ in ring.follow() { Issue.record("one too many") }
    streams.removeAll()
    ring.receive(entry("x"))
    let stream = ring.follow(after: 0)
    for await line in stream {
      #expect(line.entry.message == "x")
      break
    }
  }

  @Test func `lines in the ring are redacted`() {
    let ring = LogRing()
    let system = LogSystem(sink: FanSink([CapturingSink(), ring]))
    Log(room: "test", system: system).error("refused", ["token": .string("hunter2-hunter2")])
    #expect(ring.lines.count == 1)
    #expect(!"\(ring.lines)".contains("hunter2"))
  }

  @Test func `totals add series up, and keep the highest`() {
    let registry = MetricRegistry()
    registry.counter("a_total", help: "A.", labels: ["k": "1"]).increment(by: 2)
    registry.counter("a_total", help: "A.", labels: ["k": "2"]).increment(by: 5)
    let histogram = registry.histogram("b_seconds", help: "B.")
    histogram.record(0.5)
    histogram.record(1.5)
    let totals = registry.totals(["a_total", "b_seconds", "c"])
    #expect(totals["a_total"] == MetricTotal(value: 7, highest: 5))
    #expect(totals["b_seconds"] == MetricTotal(value: 2, highest: 2, sum: 2))
    #expect(totals["c"] == nil)
  }

  @Test func `the history keeps so many samples, and none from a future that was taken back`() {
    let registry = MetricRegistry()
    let counter = registry.counter("a_total", help: "A.")
    let history = MetricHistory(registry, names: ["a_total"], capacity: 3)
    for at in [10, 20, 30, 40] as [Int64] {
      counter.increment()
      history.sample(at: at)
    }
    #expect(history.samples.map(\.at) == [20, 30, 40])
    #expect(history.samples.last?.totals["a_total"]?.value == 4)
    history.sample(at: 25)
    #expect(history.samples.map(\.at) == [20, 25])
  }
}
