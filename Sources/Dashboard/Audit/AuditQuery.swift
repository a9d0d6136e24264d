// What of the audit log somebody wants to see, as it stands in the address.

import DiscordCore
import EventLoop
import PlatformAudit

/// The filters of the audit log: they travel in the query of the page, and as fields of the form that exports.
struct AuditQuery: Equatable {
  /// An id, `operator` or `system`.
  var actor: String?
  /// An action, or with a `.` at the end a family of them.
  var action: String?
  var target: String?
  /// Days, the last one included.
  var from: String?
  var until: String?
  /// The number of the last entry of the page before.
  var before: Int64?

  static let names = ["actor", "action", "target", "from", "until"]

  /// Reads fields; what cannot be meant is left out.
  init(_ field: (String) throws -> String?) rethrows {
    func text(_ name: String) throws -> String? { try field(name).map { String($0.prefix(100)) } }
    (actor, action, target) = (try text("actor"), try text("action"), try text("target"))
    (from, until) = (try text("from"), try text("until"))
    before = try field("before").flatMap { Int64($0) }
  }

  /// Whether anything is left out.
  var isFiltered: Bool { fields.contains { $0.name != "before" } }

  /// Names and values for an address, without those that say nothing.
  var fields: [(name: String, value: String)] {
    zip(Self.names, [actor, action, target, from, until]).compactMap { name, value in
      value.map { (name, $0) }
    }
  }

  /// As the log takes it; nil when an actor is named who cannot be one.
  func filter(limit: Int) -> AuditFilter? {
    var filter = AuditFilter()
    (filter.limit, filter.before) = (limit, before)
    if let actor {
      switch actor {
      case "operator": filter.actor = .operator
      case "system": filter.actor = .system
      default:
        guard let id = UserID(actor.filter { !"<@!>".contains($0) }) else { return nil }
        filter.actor = .user(id)
      }
    }
    filter.action = action
    filter.target = target
    filter.from = from.flatMap { Timestamp(day: $0) }
    filter.until = until.flatMap { Timestamp(day: $0) }.map { $0 + .seconds(86_400) }
    return filter
  }
}
