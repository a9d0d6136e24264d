// The window that counts arrivals it cannot see.

import DiscordLimits
import Testing

@Suite struct `Arrival windows` {
  @Test(arguments: 0..<40)
  func `no window at the far end sees more than the limit, whatever the network does`(_ seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let limit = Int.random(in: 1...12, using: &numbers)
    var window = ArrivalWindow(limit: limit, window: .seconds(1))
    var arrivals: [Duration] = []
    var answers: [(at: Duration, ticket: ArrivalWindow.Ticket)] = []
    var now: Duration = .zero
    for _ in 0..<2_000 {
      now += numbers.duration(upTo: .milliseconds(60))
      for answer in answers where answer.at <= now { window.answer(answer.ticket, at: answer.at) }
      answers.removeAll { $0.at <= now }
      guard window.available(at: now) > 0 else { continue }
      let ticket = window.depart(at: now)
      let arrival = now + numbers.duration(upTo: .milliseconds(250))
      arrivals.append(arrival)
      answers.append((arrival + numbers.duration(upTo: .milliseconds(600)), ticket))
    }
    #expect(arrivals.count > 30 * limit)
    arrivals.sort()
    for index in arrivals.indices.dropLast(limit) {
      #expect(arrivals[index + limit] - arrivals[index] >= .seconds(1))
    }
  }

  @Test func `places come back one window after the answer`() {
    var window = ArrivalWindow(limit: 2, window: .seconds(1))
    let first = window.depart(at: .zero)
    _ = window.depart(at: .zero)
    #expect(window.available(at: .milliseconds(10)) == 0)
    window.answer(first, at: .milliseconds(20))
    #expect(window.available(at: .milliseconds(1_019)) == 0)
    #expect(window.nextReturn(at: .milliseconds(1_019)) == .milliseconds(1_020))
    #expect(window.available(at: .milliseconds(1_020)) == 1)
    #expect(window.available(at: .milliseconds(1_250)) == 2)
  }

  @Test func `a call that never left gives its place back at once, and only once`() {
    var window = ArrivalWindow(limit: 1, window: .seconds(1))
    let ticket = window.depart(at: .zero)
    window.withdraw(ticket, at: .zero)
    #expect(window.available(at: .zero) == 1)
    window.answer(ticket, at: .zero)
    #expect(window.available(at: .zero) == 1)
  }
}

@Suite struct `Invalid request windows` {
  @Test func `alarm at a fifth, stop at a half, and go on when the past has moved on`() {
    var window = InvalidRequestWindow()
    for _ in 0..<1_999 { window.record(at: .seconds(5)) }
    #expect(window.level(at: .seconds(5)) == .normal)
    window.record(at: .seconds(5))
    #expect(window.level(at: .seconds(5)) == .alarm)
    for _ in 0..<3_000 { window.record(at: .seconds(300)) }
    #expect(window.level(at: .seconds(300)) == .stopped)
    let wait = window.untilResumed(at: .seconds(300))
    #expect(window.level(at: .seconds(300) + wait - .seconds(11)) == .stopped)
    #expect(window.level(at: .seconds(300) + wait) == .alarm)
    #expect(window.level(at: .seconds(920)) == .normal)
    #expect(window.count == 0)
  }

  @Test func `it never counts less than the last ten minutes had`() {
    var window = InvalidRequestWindow()
    var numbers = SeededNumbers(seed: 7)
    var times: [Duration] = []
    var now: Duration = .zero
    for _ in 0..<5_000 {
      now += numbers.duration(upTo: .seconds(2))
      window.record(at: now)
      times.append(now)
      _ = window.level(at: now)
      let exact = times.reversed().prefix { $0 > now - .seconds(590) }.count
      #expect(window.count >= exact)
    }
  }
}
