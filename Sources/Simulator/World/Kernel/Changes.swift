// What changed, as the audit log tells it.

package import DiscordCore
package import EventLoop
package import JSON

/// A value that the audit log can show.
package protocol Logged {
  /// As `old_value` and `new_value` show it.
  var logged: JSONValue { get }
}

extension String: Logged { package var logged: JSONValue { .string(self) } }
extension Int: Logged { package var logged: JSONValue { .integer(Int64(self)) } }
extension Bool: Logged { package var logged: JSONValue { .bool(self) } }
extension Snowflake: Logged { package var logged: JSONValue { .id(self) } }
extension Permissions: Logged { package var logged: JSONValue { .string(description) } }
extension Timestamp: Logged { package var logged: JSONValue { .string(wire) } }
extension JSONValue: Logged { package var logged: JSONValue { self } }
extension Optional: Logged where Wrapped: Logged {
  package var logged: JSONValue { map(\.logged) ?? .null }
}
extension Array: Logged where Element: Logged {
  package var logged: JSONValue { .array(map(\.logged)) }
}

/// Collects changes while they are made.
package struct Changes {
  package private(set) var entries: [JSONValue] = []

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  /// Notes a change; the side that is null is left out, as Discord does.
  package mutating func note(_ key: String, from old: (any Logged)?, to new: (any Logged)?) {
    var fields = Fields()
    fields.put("key", key)
    if let old = old?.logged, !old.isNull { fields.put("old_value", old) }
    if let new = new?.logged, !new.isNull { fields.put("new_value", new) }
    entries.append(fields.value)
  }

  /// Sets a property to a value that was given; null is not one for it.
  package mutating func set<Value: Logged & Equatable>(
    _ key: String, _ given: Given<Value>, _ property: inout Value
  ) {
    guard case .value(let value) = given, value != property else { return }
    note(key, from: property, to: value)
    property = value
  }

  /// Sets a property that may be nil.
  package mutating func set<Value: Logged & Equatable>(
    _ key: String, _ given: Given<Value>, _ property: inout Value?
  ) {
    guard given.isGiven, given.value != property else { return }
    note(key, from: property, to: given.value)
    property = given.value
  }
}
