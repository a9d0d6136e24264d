// Durable timers: what is due when, kept in the platform's store until it has been done.

package import EventLoop
package import Storage

/// What a timer is called. Setting a timer of a name that exists moves it.
package struct TimerName: Hashable, Sendable, CustomStringConvertible {
  /// Who handles it: `<plugin>.<what>`, as in `moderation.unban`.
  package let kind: String
  /// The guild it belongs to; nil for the platform's own.
  package let guild: Tenant?
  /// Tells the timers of one kind and guild apart: a user's id, a case's number.
  package let key: String

  package init(_ kind: String, guild: Tenant?, key: String) {
    (self.kind, self.guild, self.key) = (kind, guild, key)
  }

  package var description: String { "\(kind)/\(guild.map(\.description) ?? "-")/\(key)" }
}

/// A timer that is due, handed to its kind's handler.
package struct TimerFiring: Sendable {
  package let name: TimerName
  /// When it was to fire; the handler may run later, never earlier.
  package let due: Timestamp
  /// What was given when it was set.
  package let payload: [UInt8]
  /// 1 the first time, more when an earlier attempt failed or its process died.
  package let attempt: Int

  /// The same at every attempt, different after the timer was moved: what effects derive their keys from, so that doing
  /// it twice changes nothing.
  package var effectKey: String { "\(name)@\(due.milliseconds)" }
}

/// What becomes of a timer whose handler has returned.
package enum TimerOutcome: Sendable, Equatable {
  case done
  /// It fires again at that instant, with the same name and payload.
  case again(at: Timestamp)
}
