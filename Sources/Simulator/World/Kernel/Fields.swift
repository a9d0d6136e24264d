// Builds one JSON object, field by field, as the renderers of the world need it.

package import DiscordCore
package import EventLoop
package import JSON

/// An object under construction: appending is cheap, names are not looked up.
package struct Fields: Sendable {
  private var fields: [JSONObject.Field] = []

  package init() {}

  /// What was put.
  package var value: JSONValue { .object(JSONObject(fields: fields)) }

  /// Appends a field.
  package mutating func put(_ key: String, _ value: JSONValue) {
    fields.append(JSONObject.Field(key: key, value: value))
  }

  /// Appends a text; null for nil.
  package mutating func put(_ key: String, _ value: String?) { put(key, value.map { .string($0) } ?? .null) }

  /// Appends a number; null for nil.
  package mutating func put(_ key: String, _ value: Int?) {
    put(key, value.map { .integer(Int64($0)) } ?? .null)
  }

  /// Appends a truth.
  package mutating func put(_ key: String, _ value: Bool) { put(key, .bool(value)) }

  /// Appends an id; null for nil.
  package mutating func put<Entity>(_ key: String, _ value: Snowflake<Entity>?) {
    put(key, value.map { .id($0) } ?? .null)
  }

  /// Appends ids.
  package mutating func put<Entity>(_ key: String, _ values: some Sequence<Snowflake<Entity>>) {
    put(key, .array(values.map { .id($0) }))
  }

  /// Appends an instant; null for nil.
  package mutating func put(_ key: String, _ value: Timestamp?) {
    put(key, value.map { .string($0.wire) } ?? .null)
  }

  /// Appends permissions as digits.
  package mutating func put(_ key: String, _ value: Permissions) { put(key, .string(value.description)) }

  /// Appends every field of another object.
  package mutating func append(_ other: JSONValue) { fields += other.object?.fields ?? [] }
}

extension Timestamp {
  /// As Discord writes instants: `2026-01-01T00:00:00.000000+00:00`.
  package var wire: String {
    let part = ((milliseconds % 1_000) + 1_000) % 1_000
    let digits = String(part + 1_000).dropFirst()
    return "\(description.dropLast()).\(digits)000+00:00"
  }
}
