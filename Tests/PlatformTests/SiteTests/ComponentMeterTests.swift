// The counting of states, as a value.

import EventLoop
import Testing

@testable import PlatformSite

private func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

private func piece(_ state: ComponentState, _ from: Int64, _ until: Int64) -> ComponentMeter.Piece {
  .init(state: state, from: at(from), until: at(until))
}

@Suite struct ComponentMeterTests {
  @Test func `a state lasts until the next report`() {
    var meter = ComponentMeter(.operational, at: at(0))
    meter.report(.operational, at: at(30))
    meter.report(.down, at: at(60))
    meter.report(.operational, at: at(70))
    #expect(meter.since == at(70))
    #expect(
      meter.take(until: at(100)) == [
        piece(.operational, 0, 60), piece(.down, 60, 70), piece(.operational, 70, 100),
      ])
    #expect(meter.take(until: at(100)) == [])
  }

  @Test func `what is not reported for three minutes is unknown from then on`() {
    var meter = ComponentMeter(.operational, at: at(0))
    #expect(meter.state(at: at(179)) == .operational)
    #expect(meter.state(at: at(180)) == .unknown)
    meter.report(.operational, at: at(600))
    #expect(meter.state(at: at(600)) == .operational)
    #expect(meter.since == at(600))
    #expect(meter.take(until: at(600)) == [piece(.operational, 0, 180), piece(.unknown, 180, 600)])
  }

  @Test func `a clock that goes back counts nothing twice`() {
    var meter = ComponentMeter(.operational, at: at(100))
    meter.report(.operational, at: at(150))
    meter.report(.down, at: at(120))
    meter.report(.down, at: at(160))
    let pieces = meter.take(until: at(160))
    #expect(pieces.map { ($0.until - $0.from).components.seconds }.reduce(0, +) == 60)
  }

  @Test func `what is put back comes before what came since`() {
    var meter = ComponentMeter(.down, at: at(0))
    let taken = meter.take(until: at(60))
    meter.report(.operational, at: at(90))
    meter.putBack(taken)
    #expect(meter.take(until: at(100)) == [piece(.down, 0, 90), piece(.operational, 90, 100)])
  }

  @Test func `what waits is bounded`() {
    var meter = ComponentMeter(.down, at: at(0))
    for second in 1...3_000 {
      meter.report(second.isMultiple(of: 2) ? .down : .operational, at: at(Int64(second)))
    }
    let pieces = meter.take(until: at(3_001))
    #expect(pieces.count == ComponentMeter.limit)
    #expect(pieces.last?.until == at(3_001))
  }
}
