// So many in so long, counted where they arrive, which we cannot see.

internal import EventLoop

/// A limit of `limit` arrivals in any `window` at a far end, kept by looking at departures and answers.
///
/// A call arrives some time between its departure and its answer. So its place is given back one window after the
/// answer came, or, when the answer takes longer than `transit`, one window after the time by which it must have
/// arrived. If calls arrive within `transit` of their departure or before their answer, no window of the far end,
/// fixed or sliding, ever sees more than `limit`: of any arrivals within one window, the last to depart found the
/// others still counted.
package struct ArrivalWindow: Sendable {
  /// Names a call that is on its way.
  package struct Ticket: Hashable, Sendable {
    fileprivate let number: UInt64
  }

  private struct Departure {
    let at: Duration
    var isOver = false
  }

  /// Arrivals in one window. May be changed at any time; what has left stays counted.
  package var limit: Int
  package let window: Duration
  /// The longest a call is believed to be on its way.
  package let transit: Duration

  private var departures = FirstInFirstOut<Departure>()
  private var firstNumber: UInt64 = 0
  /// Of `departures`, those not over.
  private var open = 0
  /// When places come back, ascending.
  private var returns = FirstInFirstOut<Duration>()

  package init(limit: Int, window: Duration, transit: Duration = .milliseconds(250)) {
    (self.limit, self.window, self.transit) = (limit, window, transit)
  }

  /// How many may leave now; zero or less for none.
  package mutating func available(at now: Duration) -> Int {
    settle(now)
    return limit - open - returns.count
  }

  /// When a place comes back if no answer comes; nil when nothing is counted.
  package mutating func nextReturn(at now: Duration) -> Duration? {
    settle(now)
    return returns.first ?? departures.first.map { $0.at + transit + window }
  }

  /// Counts a call that leaves now.
  package mutating func depart(at now: Duration) -> Ticket {
    settle(now)
    departures.append(Departure(at: now))
    open += 1
    return Ticket(number: firstNumber + UInt64(departures.count - 1))
  }

  /// The call's answer has come, or its failure.
  package mutating func answer(_ ticket: Ticket, at now: Duration) {
    settle(now)
    if close(ticket) { returns.append(now + window) }
  }

  /// The call never left: its place is free at once.
  package mutating func withdraw(_ ticket: Ticket, at now: Duration) {
    settle(now)
    _ = close(ticket)
  }

  /// Whether nothing is counted.
  package mutating func isIdle(at now: Duration) -> Bool {
    settle(now)
    return open == 0 && returns.isEmpty
  }

  private mutating func close(_ ticket: Ticket) -> Bool {
    guard ticket.number >= firstNumber else { return false }
    let index = Int(ticket.number - firstNumber)
    guard index < departures.count, !departures[index].isOver else { return false }
    departures[index].isOver = true
    open -= 1
    return true
  }

  private mutating func settle(_ now: Duration) {
    while let first = departures.first, first.isOver || first.at + transit <= now {
      _ = departures.popFirst()
      firstNumber += 1
      guard !first.isOver else { continue }
      open -= 1
      returns.append(first.at + transit + window)
    }
    while let first = returns.first, first <= now { _ = returns.popFirst() }
  }
}
