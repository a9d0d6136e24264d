// The pulse of one connection.

/// When to beat, and whether the other side still answers. A value; `now` is `TimeSource.uptime`.
struct Heartbeat: Equatable {
  /// What to do at `nextAt`.
  enum Beat: Equatable {
    case send
    /// The last beat was not answered: nobody listens at the other end.
    case zombie
  }

  let interval: Duration
  private(set) var nextAt: Duration
  private var sentAt: Duration?
  private var isAwaitingAnswer = false
  /// From the last beat to its answer; nil before the first.
  private(set) var latency: Duration?

  /// The first beat comes after a random part of the interval, so that a million clients do not beat together.
  init(interval: Duration, now: Duration, random: Double) {
    self.interval = interval
    nextAt = now + interval * random
  }

  /// The time for a beat has come. While the receiver reads nothing (`canHear` is false), silence proves nothing.
  mutating func beat(now: Duration, canHear: Bool) -> Beat {
    guard !isAwaitingAnswer || !canHear else { return .zombie }
    // From now, not from `nextAt`: after the process stood still, beats are not made up for.
    nextAt = now + interval
    sent(now: now)
    return .send
  }

  /// A beat was sent out of turn, because Discord asked for it.
  mutating func sent(now: Duration) {
    sentAt = now
    isAwaitingAnswer = true
  }

  /// The receiver reads again: what was sent meanwhile is given a whole interval to be answered.
  mutating func heardAgain(now: Duration) {
    if isAwaitingAnswer { nextAt = now + interval }
  }

  mutating func answered(now: Duration) {
    guard isAwaitingAnswer, let sentAt else { return }
    isAwaitingAnswer = false
    latency = now - sentAt
  }
}
