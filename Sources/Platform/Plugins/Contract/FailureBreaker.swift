// When a plugin is cut off in a guild because it keeps failing there, and when it is tried again.

/// Counts the failures of one plugin in one guild.
///
/// States: *closed* (every call goes through; too many failures within the window open it) → *open* (no call goes through
/// until the pause is over) → *half open* (one call goes through: success closes it, failure opens it for twice as long).
package struct FailureBreaker: Sendable {
  /// When it opens and for how long.
  package struct Rule: Hashable, Sendable {
    /// Failures within `window` that open it.
    package var failures = 5
    package var window: Duration = .seconds(60)
    /// How long it stays open the first time; doubled by each further time up to `longestPause`.
    package var firstPause: Duration = .seconds(60)
    /// See `firstPause`.
    package var longestPause: Duration = .seconds(3600)

    package init() {}
  }

  /// What a failure led to.
  package enum Consequence: Hashable, Sendable {
    case none
    /// It is open now, until that time of `TimeSource.uptime`. `isNew` the first time in a row: the owner is told then.
    case opened(until: Duration, isNew: Bool)
  }

  private enum State {
    /// May become open.
    case closed
    /// May become half open, when its time is over.
    case open(until: Duration)
    /// One call is under way. May become closed or open.
    case halfOpen
  }

  private let rule: Rule
  private var state = State.closed
  /// When the last failures were, oldest first; at most `rule.failures` of them.
  private var recent: [Duration] = []
  /// How often it opened without closing in between.
  private var openings = 0

  package init(_ rule: Rule = Rule()) { self.rule = rule }

  /// Whether a call may go through. Ask once for each call: half open, the first to ask is the one that is tried.
  package mutating func admits(at now: Duration) -> Bool {
    switch state {
    case .closed: return true
    case .open(let until) where now >= until:
      state = .halfOpen
      return true
    case .open, .halfOpen: return false
    }
  }

  /// Whether calls are held up: it opened, and no call has succeeded since.
  package var isOpen: Bool { if case .closed = state { false } else { true } }

  /// Whether it is as good as new: closed, and no failure is left within the window.
  package func isAtRest(at now: Duration) -> Bool {
    guard case .closed = state else { return false }
    return recent.allSatisfy { $0 <= now - rule.window }
  }

  /// Whether it remembers nothing: closed, and without a failure since.
  package var isUntouched: Bool {
    guard case .closed = state else { return false }
    return recent.isEmpty
  }

  /// A call that went through succeeded.
  package mutating func succeeded() {
    guard case .halfOpen = state else { return }
    state = .closed
    recent = []
    openings = 0
  }

  /// A call that went through says nothing about the plugin: half open, the next is the one that is tried.
  package mutating func abandoned(at now: Duration) {
    if case .halfOpen = state { state = .open(until: now) }
  }

  /// A call that went through failed, or took longer than it may.
  package mutating func failed(at now: Duration) -> Consequence {
    switch state {
    case .open: return .none
    case .halfOpen: return open(at: now)
    case .closed:
      recent.append(now)
      recent.removeAll { $0 <= now - rule.window }
      return recent.count >= rule.failures ? open(at: now) : .none
    }
  }

  private mutating func open(at now: Duration) -> Consequence {
    let pause = min(rule.firstPause * (1 << min(openings, 20)), rule.longestPause)
    openings += 1
    recent = []
    state = .open(until: now + pause)
    return .opened(until: now + pause, isNew: openings == 1)
  }
}
