// What is to be done about one bot: started, stopped, started anew after a pause, or left alone.

package import DiscordBot

/// The supervision of one bot, as a value.
///
/// States: *idle* → *running* (it was started, under one token) → *waiting* (it gave up for a reason that may pass; it is
/// started again when the pause is over, each pause twice as long) → *given up* (a person has to act; a new token or the
/// wish to restart leads on).
package struct BotSupervision: Hashable, Sendable {
  /// What a person wants, by the registration.
  package struct Wish: Hashable, Sendable {
    package var isRunning: Bool
    /// Another token, or the wish to restart, makes another one.
    package var generation: Int64
    package var restarts: Int64

    package init(isRunning: Bool, generation: Int64, restarts: Int64) {
      (self.isRunning, self.generation, self.restarts) = (isRunning, generation, restarts)
    }

    fileprivate func asksAnew(than other: Wish) -> Bool {
      generation != other.generation || restarts != other.restarts
    }
  }

  /// How long pauses are.
  package struct Rule: Hashable, Sendable {
    package var firstPause: Duration = .seconds(5)
    package var longestPause: Duration = .seconds(900)
    /// Online for that long, a bot's earlier crashes are forgotten.
    package var recovery: Duration = .seconds(600)

    package init() {}
  }

  /// What to do now.
  package enum Step: Hashable, Sendable {
    case start
    case stop
    /// Nothing, until something happens or that instant of `TimeSource.uptime`; nil for no instant.
    case wait(until: Duration?)
  }

  private enum Phase: Hashable {
    case idle
    case running(Wish)
    case waiting(Wish, until: Duration)
    case givenUp(Wish)
  }

  private let rule: Rule
  private var phase = Phase.idle
  /// Crashes since it was online for long enough.
  package private(set) var crashes = 0
  private var onlineSince: Duration?

  package init(rule: Rule = Rule()) { self.rule = rule }

  /// Whether it runs, or will without anybody's doing.
  package var comesBack: Bool {
    switch phase {
    case .running, .waiting: true
    case .idle, .givenUp: false
    }
  }

  /// When it is started again; nil when it does not wait for that.
  package var nextStart: Duration? { if case .waiting(_, let until) = phase { until } else { nil } }

  /// What to do for the wish; nil when the registration is gone. `start` and `stop` are taken as done.
  package mutating func next(_ wish: Wish?, at now: Duration) -> Step {
    let isWanted = wish?.isRunning ?? false
    switch phase {
    case .idle:
      guard let wish, isWanted else { return .wait(until: nil) }
      phase = .running(wish)
      return .start
    case .running(let current):
      guard let wish, isWanted, !wish.asksAnew(than: current) else { return rest() }
      return .wait(until: nil)
    case .waiting(let former, let until):
      guard let wish, isWanted else { return rest() }
      if wish.asksAnew(than: former) { return rest() }
      guard now >= until else { return .wait(until: until) }
      phase = .running(wish)
      return .start
    case .givenUp(let former):
      guard let wish, isWanted else { return rest() }
      return wish.asksAnew(than: former) ? rest() : .wait(until: nil)
    }
  }

  /// The bot's state changed. `random`, from 0 up to 1, spreads the pauses.
  package mutating func note(_ state: BotState, at now: Duration, random: Double) {
    guard case .running(let wish) = phase else { return }
    switch state {
    case .online:
      onlineSince = onlineSince ?? now
    case .crashed(let crash):
      if let onlineSince, now - onlineSince >= rule.recovery { crashes = 0 }
      onlineSince = nil
      crashes += 1
      phase = crash.mayRecover ? .waiting(wish, until: nextStart(at: now, random)) : .givenUp(wish)
    case .stopped, .starting, .degraded: break
    }
  }

  /// The bot could not even be made, for a reason of ours that may pass.
  package mutating func failedToStart(at now: Duration, random: Double) {
    guard case .running(let wish) = phase else { return }
    crashes += 1
    phase = .waiting(wish, until: nextStart(at: now, random))
  }

  private func nextStart(at now: Duration, _ random: Double) -> Duration {
    let pause = min(rule.firstPause * (1 << min(crashes - 1, 20)), rule.longestPause)
    return now + pause * (0.75 + random / 2)
  }

  /// What was left of the bot is cleared away; what follows is decided anew, with its crashes forgotten.
  private mutating func rest() -> Step {
    phase = .idle
    crashes = 0
    onlineSince = nil
    return .stop
  }
}
