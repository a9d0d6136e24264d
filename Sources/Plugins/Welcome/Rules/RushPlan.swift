// Who is greeted alone, who together with others, and who not: decided from what waits and what was just sent.

import EventLoop

/// Greetings of one occasion that wait, and what to do about them now.
struct RushPlan: Hashable, Sendable {
  /// Whoever comes in a rush is collected for this long, to be greeted together.
  static let collection = Duration.seconds(20)
  /// What waits longer than this, since Discord was away, is left out: nobody wants it any more.
  static let patience = Duration.seconds(900)
  /// The span of time that `perMinute` is about.
  static let window = Duration.seconds(60)

  /// A message each, in this order.
  var single: [WaitingGreeting] = []
  /// One message for all.
  var together: [WaitingGreeting] = []
  var skipped: [WaitingGreeting] = []
  var late: [WaitingGreeting] = []
  /// When to look again; nil when nothing is left.
  var next: Timestamp?

  /// `waiting` is in the order they came; `sent` is how many were greeted alone within the last `window`.
  init(_ waiting: [WaitingGreeting], sent: Int, rush: RushSettings, at now: Timestamp) {
    late = waiting.filter { now - $0.since > Self.patience }
    let fresh = waiting.filter { now - $0.since <= Self.patience }
    let room = max(0, rush.perMinute - sent)
    single = Array(fresh.prefix(room))
    let rest = Array(fresh.dropFirst(room))
    guard let oldest = rest.first else { return }
    switch rush.beyond {
    case .skipped: skipped = rest
    case .joined:
      let due = oldest.since + Self.collection
      if due <= now { together = rest } else { next = due }
    }
  }
}
