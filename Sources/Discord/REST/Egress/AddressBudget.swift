// The budget of refused calls, shared by all bots that call from this address.

package import DiscordLimits
package import EventLoop
internal import Synchronization
package import Telemetry

/// Counts refused calls over every bot of the process: Cloudflare bans an address, not a bot
/// (https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
package final class AddressBudget: Sendable {
  /// The one of this process. Processes behind one address do not know of each other.
  package static let process = AddressBudget()

  private struct State {
    var window: InvalidRequestWindow
    var level = InvalidRequestWindow.Level.normal
  }

  private static let log = Log(room: "discord.rest")

  private let time: any TimeSource
  private let state: Mutex<State>

  /// `budget` is what Discord allows in ten minutes; the count is shown in `metrics`.
  package init(
    budget: Int = 10_000, time: any TimeSource = SystemTime(), metrics: MetricRegistry = .process
  ) {
    self.time = time
    state = Mutex(State(window: InvalidRequestWindow(budget: budget)))
    metrics.gauge(
      "discord_rest_invalid_requests",
      help: "Refused calls (401, 403, 429) of this address in the last ten minutes."
    ) { [weak self] in self.map { Double($0.count) } }
  }

  /// Refused calls in the last ten minutes.
  package var count: Int {
    let now = time.uptime
    return state.withLock { state in
      _ = state.window.level(at: now)
      return state.window.count
    }
  }

  /// How much is used.
  package var level: InvalidRequestWindow.Level {
    let now = time.uptime
    return state.withLock { $0.window.level(at: now) }
  }

  /// How long all but containment has to wait; nil while the budget lets calls go on.
  package var stoppedFor: Duration? {
    let now = time.uptime
    return state.withLock { state in
      report(&state, at: now)
      return state.level == .stopped ? state.window.untilResumed(at: now) : nil
    }
  }

  /// Counts a refused call.
  package func record() {
    let now = time.uptime
    state.withLock { state in
      state.window.record(at: now)
      report(&state, at: now)
    }
  }

  /// Says so in the log when the level is another than before. Writing to the log waits for nothing.
  private func report(_ state: inout State, at now: Duration) {
    let level = state.window.level(at: now)
    guard level != state.level else { return }
    state.level = level
    switch level {
    case .stopped:
      Self.log.error("half of the address's budget of refused calls is used: only containment goes on")
    case .alarm: Self.log.warning("a fifth of the address's budget of refused calls is used")
    case .normal: Self.log.notice("the address's budget of refused calls has recovered")
    }
  }
}
