// When a plugin that fails again and again is left alone for a while (plugin-host contract, section 6.4).

import EventLoop

/// Of one plugin's release in one server, or of its process.
struct GuestBreaker: Sendable {
  /// Failures within the window that open it, the window, and how long it stays open.
  let failures: Int
  let window: Duration
  let pause: Duration

  private var failedAt: [Duration] = []
  private var openUntil: Duration?
  private var isTrying = false

  init(failures: Int, window: Duration, pause: Duration) {
    (self.failures, self.window, self.pause) = (failures, window, pause)
  }

  /// Of events that a handler raised on.
  static var events: GuestBreaker {
    GuestBreaker(failures: 10, window: .seconds(60), pause: .seconds(300))
  }
  /// Of processes that ended by themselves.
  static var crashes: GuestBreaker {
    GuestBreaker(failures: 5, window: .seconds(600), pause: .seconds(300))
  }

  /// Whether something may be tried now. After the pause one thing may, and decides about the rest.
  mutating func admits(at now: Duration) -> Bool {
    guard let until = openUntil else { return true }
    guard now >= until, !isTrying else { return false }
    isTrying = true
    return true
  }

  /// Whether nothing may be tried.
  func isOpen(at now: Duration) -> Bool { openUntil.map { now < $0 || isTrying } ?? false }

  mutating func succeeded() {
    guard isTrying else { return }
    (openUntil, isTrying) = (nil, false)
    failedAt = []
  }

  /// Returns whether it opened just now.
  mutating func failed(at now: Duration) -> Bool {
    if isTrying {
      (openUntil, isTrying) = (now + pause, false)
      return true
    }
    guard openUntil == nil else { return false }
    failedAt.removeAll { now - $0 > window }
    failedAt.append(now)
    guard failedAt.count >= failures else { return false }
    openUntil = now + pause
    failedAt = []
    return true
  }

  /// What was being tried came to nothing that says anything: another may try.
  mutating func abandoned() { isTrying = false }
}
