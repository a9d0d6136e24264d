// How often a plugin may change its schema (plugin-host contract, section 10.3): pure.

import EventLoop
import SandboxContract

/// The changes of one plugin in one server: 40 in the first hour after it was installed, afterwards 5 within any hour.
struct DDLBudget: Sendable {
  /// In the first hour.
  static let burst = 40
  /// In every later one.
  static let steady = 5
  private static let hour: Duration = .seconds(3_600)

  private var spent: [Timestamp] = []

  /// Counts a change, or says when the next is free. What was spent in the first hour does not count after it.
  ///
  /// - Throws: `RPCError` with `.rateLimited`; the message has the form that the SDK reads.
  mutating func spend(installedAt: Timestamp, now: Timestamp) throws(RPCError) {
    let firstEnd = installedAt + Self.hour
    let isFirst = now < firstEnd
    let limit = isFirst ? Self.burst : Self.steady
    let start = isFirst ? installedAt : max(now - Self.hour, firstEnd)
    spent.removeAll { $0 < start || (!isFirst && $0 <= now - Self.hour) }
    guard spent.count >= limit else { return spent.append(now) }
    let free = isFirst ? firstEnd : (spent.first ?? now) + Self.hour
    let seconds = max(1, ((free - now).wholeMilliseconds + 999) / 1_000)
    throw RPCError(
      .rateLimited, "DDL rate limit: max \(limit) DDL statements per hour (retry in \(seconds)s)",
      retryAfter: Double(seconds))
  }
}
