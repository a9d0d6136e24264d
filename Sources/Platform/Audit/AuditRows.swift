// What the logs of guilds and of the installation have in common: the columns of an entry, and the statements about them.

import DiscordCore
import EventLoop
import JSON
import SQL
import Storage

/// Entries in a table, `audit_entry` or `operator_audit`.
enum AuditRows {
  static let columns: [Table.Column] = [
    .init("number", .integer), .init("at", .integer), .init("actor_kind", .text), .init("actor_id", .integer),
    .init("action", .text), .init("target", .text), .init("address", .text), .init("before_value", .text),
    .init("after_value", .text),
  ]

  /// The newest first; of a guild, in a table that has guilds.
  static func selection(_ filter: AuditFilter, from table: StaticString, of guild: Tenant? = nil) -> SQL {
    let actor = filter.actor.map(Self.columns)
    let isFamily = filter.action?.hasSuffix(".") ?? false
    return """
      SELECT number, at, actor_kind, actor_id, action, target, address, before_value, after_value
      FROM \(unescaped: table.description)
      WHERE \(rowsOf: guild) AND number < \(filter.before ?? .max)
        AND (\(actor == nil) OR (actor_kind = \(actor?.0 ?? "") AND actor_id = \(actor?.1 ?? 0)))
        AND (\(filter.action == nil) OR action = \(filter.action ?? "")
          OR (\(isFamily) AND SUBSTR(action, 1, LENGTH(\(filter.action ?? ""))) = \(filter.action ?? "")))
        AND (\(filter.target == nil) OR target = \(filter.target ?? ""))
        AND at >= \(filter.from?.milliseconds ?? .min) AND at < \(filter.until?.milliseconds ?? .max)
      ORDER BY number DESC LIMIT \(min(max(filter.limit, 1), 100))
      """
  }

  static func entry(_ row: SQLRow) throws -> AuditEntry {
    let id = UInt64(bitPattern: try row.get("actor_id", as: Int64.self))
    let actor: AuditEntry.Actor =
      switch try row.get("actor_kind", as: String.self) {
      case "user": .user(UserID(id))
      case "operator": .operator
      default: .system
      }
    var entry = AuditEntry(
      at: Timestamp(milliseconds: try row.get("at")), actor: actor, action: try row.get("action"),
      target: try row.get("target"), address: try row.get("address"),
      before: try JSONValue(parsing: Array(try row.get("before_value", as: String.self).utf8)),
      after: try JSONValue(parsing: Array(try row.get("after_value", as: String.self).utf8)))
    entry.number = try row.get("number")
    return entry
  }

  static func columns(_ actor: AuditEntry.Actor) -> (String, Int64) {
    switch actor {
    case .user(let user): ("user", Int64(bitPattern: user.rawValue))
    case .operator: ("operator", 0)
    case .system: ("system", 0)
    }
  }

  /// - Throws: `JSONError` for a number that is not finite.
  static func text(_ value: JSONValue) throws -> String {
    String(decoding: try value.encoded(), as: UTF8.self)
  }
}
