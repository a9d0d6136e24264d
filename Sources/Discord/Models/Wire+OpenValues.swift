// Enumerations and flags on the wire: open, so that what Discord adds tomorrow is carried and not lost.

package import JSON

/// An enumeration that is a number on the wire. Values without a name here are carried.
package protocol WireNumber: RawRepresentable<Int>, Hashable, WireDecodable, WireEncodable {
  init(rawValue: Int)
}

extension WireNumber {
  package init(from json: JSONView) throws(JSONError) { self.init(rawValue: try json.asInt()) }
  package func write(to json: inout JSONWriter) { json.integer(rawValue) }
}

/// An enumeration that is a word on the wire. Words without a name here are carried.
package protocol WireWord: RawRepresentable<String>, Hashable, WireDecodable, WireEncodable,
  ExpressibleByStringLiteral
{
  init(rawValue: String)
}

extension WireWord {
  package init(stringLiteral word: String) { self.init(rawValue: word) }
  package init(from json: JSONView) throws(JSONError) { self.init(rawValue: try json.asString()) }
  package func write(to json: inout JSONWriter) { json.string(rawValue) }
}

/// A set of flags that is a number on the wire. Bits without a name here are kept.
package protocol WireFlags: OptionSet, Hashable, WireDecodable, WireEncodable
where RawValue == UInt64, Element == Self {}

extension WireFlags {
  /// The flag of one bit.
  package init(bit: UInt64) { self.init(rawValue: 1 &<< bit) }

  /// From a number, or digits in a string.
  package init(from json: JSONView) throws(JSONError) { self.init(rawValue: try json.asSnowflake()) }
  package func write(to json: inout JSONWriter) { json.integer(rawValue) }
}
