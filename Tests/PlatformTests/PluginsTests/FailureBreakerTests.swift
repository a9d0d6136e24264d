// A plugin that keeps failing is cut off, tried again, and let in when it works.

import EventLoop
import PlatformPlugins
import Testing

@Suite struct FailureBreakerTests {
  private func opened(at now: Duration = .zero) -> FailureBreaker {
    var breaker = FailureBreaker()
    for _ in 0..<5 { _ = breaker.failed(at: now) }
    return breaker
  }

  @Test func `failures within the window open it, and the owner is told once`() {
    var breaker = FailureBreaker()
    for second in 0..<4 { #expect(breaker.failed(at: .seconds(second)) == .none) }
    #expect(breaker.admits(at: .seconds(4)) == true)
    #expect(breaker.failed(at: .seconds(4)) == .opened(until: .seconds(64), isNew: true))
    #expect(breaker.admits(at: .seconds(63)) == false)
    #expect(breaker.admits(at: .seconds(64)) == true)
    #expect(breaker.failed(at: .seconds(65)) == .opened(until: .seconds(185), isNew: false))
  }

  @Test func `failures that are far apart do not open it`() {
    var breaker = FailureBreaker()
    for minute in 0..<100 { #expect(breaker.failed(at: .seconds(minute * 16)) == .none) }
  }

  @Test func `half open, one call is tried and the others wait for it`() {
    var breaker = opened()
    #expect(breaker.admits(at: .seconds(60)) == true)
    #expect(breaker.admits(at: .seconds(60)) == false)
    breaker.succeeded()
    #expect(breaker.admits(at: .seconds(60)) == true)
    #expect(breaker.failed(at: .seconds(61)) == .none, "it did not forget the old failures")
  }

  @Test func `the pause grows to its limit`() {
    var breaker = opened()
    var now = Duration.seconds(60)
    var pauses: [Duration] = []
    for _ in 0..<8 {
      #expect(breaker.admits(at: now) == true)
      guard case .opened(let until, false) = breaker.failed(at: now) else { return #expect(Bool(false)) }
      pauses.append(until - now)
      now = until
    }
    #expect(pauses.prefix(3) == [.seconds(120), .seconds(240), .seconds(480)])
    #expect(pauses.last == .seconds(3600))
  }

  @Test func `calls that were under way when it opened change nothing`() {
    var breaker = opened()
    #expect(breaker.failed(at: .seconds(1)) == .none)
    breaker.succeeded()
    #expect(breaker.admits(at: .seconds(2)) == false)
  }
}
