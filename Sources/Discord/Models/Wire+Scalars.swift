// Plain values on the wire: text, numbers, ids, moments, lists.

package import DiscordCore
package import EventLoop
package import JSON

extension String: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) { self = try json.asString() }
  package func write(to json: inout JSONWriter) { json.string(self) }
}

extension Bool: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) { self = try json.asBool() }
  package func write(to json: inout JSONWriter) { json.bool(self) }
}

extension Int: WireDecodable, WireEncodable {
  /// From an integer, or a number without a fraction: some senders write `5.0`.
  package init(from json: JSONView) throws(JSONError) {
    guard let value = json.int ?? json.double.flatMap({ Int(exactly: $0) }) else { throw json.mismatch() }
    self = value
  }
  package func write(to json: inout JSONWriter) { json.integer(self) }
}

extension Double: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) { self = try json.asDouble() }
  package func write(to json: inout JSONWriter) { json.double(self) }
}

extension JSONValue: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) { self = JSONValue(json) }
  package func write(to json: inout JSONWriter) { json.value(self) }
}

extension Snowflake: WireDecodable, WireEncodable, WireKey {
  package init(from json: JSONView) throws(JSONError) { self.init(try json.asSnowflake()) }
  package init?(wireKey: JSONText) {
    guard let value = wireKey.decimal else { return nil }
    self.init(value)
  }
  package func write(to json: inout JSONWriter) { json.snowflake(rawValue) }
}

extension Permissions: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    self.init(rawValue: try json.asSnowflake())
  }
  /// As digits in a string.
  package func write(to json: inout JSONWriter) { json.snowflake(rawValue) }
}

extension Timestamp: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    guard let timestamp = json.timestamp else { throw json.mismatch() }
    self = timestamp
  }
  package func write(to json: inout JSONWriter) { json.string(iso8601) }
}

extension Array: WireDecodable where Element: WireDecodable {
  /// Malformed elements are left out.
  package init(from json: JSONView) throws(JSONError) {
    guard json.array != nil else { throw json.mismatch() }
    self = json.elements()
  }
}

extension Array: WireEncodable where Element: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.beginArray()
    for element in self { element.write(to: &json) }
    json.endArray()
  }
}
