// How much one plugin may do at Discord in one server: in a value, and the table of all of them.

import DiscordCore
import EventLoop
import SandboxContract
import Synchronization

/// What was used within the last minute, of a limit: a sliding window.
struct GuestWindow: Sendable {
  let limit: Int
  /// When, and how much; oldest first, at most `limit` of them.
  private var uses: [(at: Duration, count: Int)] = []
  private var used = 0
  static let span = Duration.seconds(60)

  init(limit: Int) { self.limit = limit }

  /// Takes `count`, or takes nothing and says how long until so many are free.
  mutating func take(_ count: Int, at now: Duration) -> Duration? {
    if let wait = wait(for: count, at: now) { return wait }
    uses.append((now, count))
    used += count
    return nil
  }

  /// How long until `count` are free; nil when they are.
  mutating func wait(for count: Int, at now: Duration) -> Duration? {
    forget(now)
    var missing = used + count - limit
    guard missing > 0 else { return nil }
    for use in uses {
      missing -= use.count
      if missing <= 0 { return use.at + Self.span - now }
    }
    return Self.span
  }

  /// Whether nothing was used lately.
  mutating func isIdle(at now: Duration) -> Bool {
    forget(now)
    return used == 0
  }

  private mutating func forget(_ now: Duration) {
    let kept = uses.drop { $0.at + Self.span <= now }
    guard kept.count < uses.count else { return }
    used = kept.reduce(0) { $0 + $1.count }
    uses = Array(kept)
  }
}

/// The budgets of all plugins in all servers.
final class GuestBudgets: Sendable {
  /// What is counted, a minute each.
  enum Kind: Hashable, CaseIterable {
    /// What changes something at Discord.
    case action
    /// What only looks.
    case look
    /// Calls about what is not there or out of reach: Discord closes its door to an address with many of these.
    case miss

    var limit: Int {
      switch self {
      case .action: 60
      case .look: 240
      case .miss: 30
      }
    }
  }

  private struct Key: Hashable {
    let plugin: String
    let guild: GuildID
    let kind: Kind
  }

  /// Beyond so many, those that were not used within the minute are forgotten, which changes nothing for them.
  private static let crowd = 4_096

  private let time: any TimeSource
  private let windows = Mutex<[Key: GuestWindow]>([:])

  init(time: any TimeSource) { self.time = time }

  /// Takes from a budget.
  ///
  /// - Throws: `.quotaExceeded` for actions, else `.rateLimited`, with the seconds to wait; then nothing was taken.
  func take(_ count: Int = 1, of kind: Kind, for call: GuestCall) throws(RPCError) {
    let wait = change(kind, for: call) { window, now in window.take(count, at: now) }
    if let wait { throw Self.refusal(kind, wait) }
  }

  /// Makes sure that the plugin did not miss too often lately.
  ///
  /// - Throws: `.rateLimited`.
  func checkMisses(for call: GuestCall) throws(RPCError) {
    let wait = change(.miss, for: call) { window, now in window.wait(for: 1, at: now) }
    if let wait { throw Self.refusal(.miss, wait) }
  }

  /// Counts a call that missed; whether there is room is asked by the next one.
  func noteMiss(for call: GuestCall) {
    _ = change(.miss, for: call) { window, now in window.take(1, at: now) }
  }

  private func change(
    _ kind: Kind, for call: GuestCall, _ body: (inout GuestWindow, Duration) -> Duration?
  ) -> Duration? {
    let now = time.uptime
    let key = Key(plugin: call.plugin, guild: call.guild, kind: kind)
    return windows.withLock { windows in
      if windows.count >= Self.crowd {
        windows = windows.filter { _, window in
          var window = window
          return !window.isIdle(at: now)
        }
      }
      return body(&windows[key, default: GuestWindow(limit: kind.limit)], now)
    }
  }

  private static func refusal(_ kind: Kind, _ wait: Duration) -> RPCError {
    let seconds = max(0.1, Double(wait.wholeMilliseconds) / 1_000)
    return switch kind {
    case .action:
      RPCError(
        .quotaExceeded, "quota exceeded: \(kind.limit) Discord actions a minute in a server",
        retryAfter: seconds)
    case .look:
      RPCError(.rateLimited, "rate limit: \(kind.limit) reads a minute in a server", retryAfter: seconds)
    case .miss:
      RPCError(
        .rateLimited, "rate limit: too many calls about what does not exist or is out of reach",
        retryAfter: seconds)
    }
  }
}
