// What a human changed, on record: who, what, to whom, when, from where, before and after.

package import DiscordCore
package import EventLoop
package import JSON

/// A change by a person, whichever way it was made.
package struct AuditEntry: Hashable, Sendable {
  /// Who did it.
  package enum Actor: Hashable, Sendable {
    case user(UserID)
    /// Who hosts Guildhall, from the command line.
    case `operator`
    /// Guildhall itself, on a person's standing order: a timer, a retention rule.
    case system
  }

  /// Grows with every entry of the guild; 0 until it is stored.
  package var number: Int64 = 0
  package var at: Timestamp
  package var actor: Actor
  /// What was done, as `<plugin or room>.<verb>`: `settings.change`, `access.grant`.
  package var action: String
  /// To whom or what, as an id or name; empty when the action says it.
  package var target: String
  /// The address it came from, for the dashboard and the API; nil for commands.
  package var address: String?
  /// What it was before and is now; for settings, only what differs. Never a secret.
  package var before: JSONValue
  package var after: JSONValue

  package init(
    at: Timestamp, actor: Actor, action: String, target: String = "", address: String? = nil,
    before: JSONValue = .null, after: JSONValue = .null
  ) {
    (self.at, self.actor, self.action, self.target) = (at, actor, action, target)
    (self.address, self.before, self.after) = (address, before, after)
  }
}

/// Which entries to read.
package struct AuditFilter: Hashable, Sendable {
  package var actor: AuditEntry.Actor?
  /// An action, or with a trailing `.` all that begin with it.
  package var action: String?
  package var target: String?
  /// Only entries from this instant on, and before that one.
  package var from: Timestamp?
  package var until: Timestamp?
  /// Only entries before this number: the last one of the page before.
  package var before: Int64?
  /// 1 to 100.
  package var limit = 50

  package init() {}
}
