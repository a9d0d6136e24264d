// Values on the heap: for what is large and rare, or holds itself.

package import JSON

/// A value on the heap. Keeps the struct it stands in small when the value is rare, and lets a type hold itself.
package final class Boxed<Value: Sendable>: Sendable {
  package let value: Value

  package init(_ value: Value) { self.value = value }
}

extension Boxed: Equatable where Value: Equatable {
  package static func == (left: Boxed, right: Boxed) -> Bool {
    left === right || left.value == right.value
  }
}

extension Boxed: WireDecodable where Value: WireDecodable {
  package convenience init(from json: JSONView) throws(JSONError) { self.init(try Value(from: json)) }
}

/// A text that lets its bearer do something, such as the token of an interaction. It never shows itself.
package struct Credential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// For the one place that sends it.
  package let text: String

  package init(_ text: String) { self.text = text }

  package var description: String { "(hidden)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Credential: WireDecodable {
  package init(from json: JSONView) throws(JSONError) { self.init(try json.asString()) }
}
