// The limit over all of a bot's calls.

internal import EventLoop

/// So many calls a second, whatever their routes (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit).
///
/// No header tells of it. It starts with what Discord promises, or what the operator was granted; a global 429 pauses
/// everything and lowers the limit to what was accepted in the second before, which is then probed upwards again.
package struct GlobalLimit: Sendable {
  /// A limit is not lowered further: a bot that shares its token with many others still moves.
  private static let floor = 5
  /// A lowered limit is raised a step after so long without another global 429.
  private static let probation: Duration = .seconds(600)

  private let configured: Int
  private var window: ArrivalWindow
  private var accepted = FirstInFirstOut<Duration>()
  private var pausedUntil: Duration = .zero
  private var lastChange: Duration = .zero

  /// - Parameter limit: calls in a second.
  package init(limit: Int = 50) {
    configured = max(1, limit)
    window = ArrivalWindow(limit: configured, window: .seconds(1))
  }

  /// Calls in a second, as learnt.
  package var limit: Int { window.limit }

  mutating func available(at now: Duration) -> Int {
    guard now >= pausedUntil else { return 0 }
    if window.limit < configured, now - lastChange >= Self.probation {
      window.limit = min(configured, window.limit + max(1, configured / 20))
      lastChange = now
    }
    return window.available(at: now)
  }

  /// When to look again if no answer comes.
  mutating func nextChange(after now: Duration) -> Duration? {
    now < pausedUntil ? pausedUntil : window.nextReturn(at: now)
  }

  mutating func depart(at now: Duration) -> ArrivalWindow.Ticket { window.depart(at: now) }

  mutating func withdraw(_ ticket: ArrivalWindow.Ticket, at now: Duration) {
    window.withdraw(ticket, at: now)
  }

  mutating func answer(_ ticket: ArrivalWindow.Ticket, at now: Duration) {
    window.answer(ticket, at: now)
    accepted.append(now)
    trim(now)
  }

  /// A global 429. Those of one burst count once.
  mutating func refuse(_ ticket: ArrivalWindow.Ticket?, retryAfter: Duration, at now: Duration) {
    if let ticket { window.answer(ticket, at: now) }
    trim(now)
    if now >= pausedUntil {
      window.limit = max(min(Self.floor, configured), min(accepted.count, window.limit - 1))
      lastChange = now
    }
    pausedUntil = max(pausedUntil, now + retryAfter)
  }

  /// Stops everything without a lesson, as when the address is banned.
  mutating func pause(until instant: Duration) { pausedUntil = max(pausedUntil, instant) }

  private mutating func trim(_ now: Duration) {
    while let first = accepted.first, first <= now - window.window { _ = accepted.popFirst() }
  }
}
