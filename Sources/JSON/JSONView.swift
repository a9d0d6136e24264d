// One value of a parsed text, read where the parser left it.
//
// The tape (simdjson 3, Doc/tape.md) is an array of words: a type in the top byte, a payload below.
//   [ {   the low 32 bits are the index after the closing word      ] }   one word
//   "     offset into the strings: 4 bytes of length, the bytes, a zero
//   l u d the value is the next word                                t f n one word
// In an object keys (strings) and values alternate.

/// What a value is.
@usableFromInline package enum JSONKind: Sendable, Hashable {
  case null, bool, string, array, object
  /// A number without fraction and exponent, within `Int64.min ... UInt64.max`.
  case integer
  /// Any other number; an integer beyond 64 bits is read as the nearest double.
  case double
}

/// A value inside a text that a `JSONParser` has lent out. It is three words, copies nothing and calls nothing.
///
/// *It must not leave the closure it was lent to*: it points into the parser's memory. The compiler keeps it from
/// other threads (it is not Sendable); that it is not stored is for the reader of the code to see.
///
/// The optional properties (`int64`, `string` …) are nil when the value is of another kind or does not fit; the
/// `as…()` methods throw `.typeMismatch` instead.
@usableFromInline package struct JSONView {
  @usableFromInline let tape: UnsafePointer<UInt64>
  @usableFromInline let strings: UnsafePointer<UInt8>
  @usableFromInline let index: Int

  @inlinable init(tape: UnsafePointer<UInt64>, strings: UnsafePointer<UInt8>, index: Int) {
    (self.tape, self.strings, self.index) = (tape, strings, index)
  }

  /// The type letter of the tape.
  @inlinable var letter: UInt8 { UInt8(truncatingIfNeeded: tape[index] &>> 56) }

  /// The index of whatever follows this value.
  @inlinable var next: Int {
    switch letter {
    case UInt8(ascii: "{"), UInt8(ascii: "["): Int(UInt32(truncatingIfNeeded: tape[index]))
    case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): index &+ 2
    default: index &+ 1
    }
  }

  /// The value at another index of the same tape.
  @inlinable func at(_ index: Int) -> JSONView { JSONView(tape: tape, strings: strings, index: index) }

  /// What kind of value this is. `1.0` and `1e2` are doubles.
  package var kind: JSONKind {
    switch letter {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "l"), UInt8(ascii: "u"): .integer
    case UInt8(ascii: "d"): .double
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    default: .null
    }
  }

  @inlinable package var isNull: Bool { letter == UInt8(ascii: "n") }

  // MARK: Scalars

  /// Nil when this is neither `true` nor `false`.
  @inlinable package var bool: Bool? {
    switch letter {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: nil
    }
  }

  /// The integer, if it is one and within `Int64`. `1.0` and `1e2` are doubles.
  @inlinable package var int64: Int64? {
    letter == UInt8(ascii: "l") ? Int64(bitPattern: tape[index &+ 1]) : nil
  }

  /// The integer, if it is one and not negative.
  @inlinable package var uint64: UInt64? {
    switch letter {
    case UInt8(ascii: "u"): tape[index &+ 1]
    case UInt8(ascii: "l"): UInt64(exactly: Int64(bitPattern: tape[index &+ 1]))
    default: nil
    }
  }

  /// The integer as a Swift `Int`.
  @inlinable package var int: Int? { int64.map { Int($0) } }

  /// Any number; an integer beyond 2^53 is rounded to the nearest double.
  @inlinable package var double: Double? {
    switch letter {
    case UInt8(ascii: "d"): Double(bitPattern: tape[index &+ 1])
    case UInt8(ascii: "l"): Double(Int64(bitPattern: tape[index &+ 1]))
    case UInt8(ascii: "u"): Double(tape[index &+ 1])
    default: nil
    }
  }

  /// The bytes of a string, unescaped, where they lie.
  @inlinable package var text: JSONText? {
    guard letter == UInt8(ascii: "\"") else { return nil }
    return JSONText(prefixed: strings + Int(tape[index] & 0x00FF_FFFF_FFFF_FFFF))
  }

  /// A copy of the string.
  @inlinable package var string: String? { text?.string }

  /// An id of Discord: decimal digits in a string, or an integer. At most `UInt64.max`; no sign, no space.
  @inlinable package var snowflake: UInt64? {
    guard let text else { return uint64 }
    return text.decimal
  }

  // MARK: Scalars that must be there

  /// - Throws: `.typeMismatch`, as each of these does.
  @inlinable package func asBool() throws(JSONError) -> Bool { try unwrap(bool) }
  /// The integer; see `int64`.
  @inlinable package func asInt64() throws(JSONError) -> Int64 { try unwrap(int64) }
  /// The integer; see `uint64`.
  @inlinable package func asUInt64() throws(JSONError) -> UInt64 { try unwrap(uint64) }
  /// The integer; see `int`.
  @inlinable package func asInt() throws(JSONError) -> Int { try unwrap(int) }
  /// The number; see `double`.
  @inlinable package func asDouble() throws(JSONError) -> Double { try unwrap(double) }
  /// The string's bytes; see `text`.
  @inlinable package func asText() throws(JSONError) -> JSONText { try unwrap(text) }
  /// A copy of the string.
  @inlinable package func asString() throws(JSONError) -> String { try unwrap(string) }
  /// The id; see `snowflake`.
  @inlinable package func asSnowflake() throws(JSONError) -> UInt64 { try unwrap(snowflake) }
  /// The array's elements; see `array`.
  @inlinable package func asArray() throws(JSONError) -> JSONArrayView { try unwrap(array) }
  /// The object's fields; see `object`.
  @inlinable package func asObject() throws(JSONError) -> JSONObjectView { try unwrap(object) }

  @inlinable func unwrap<Value>(_ value: Value?) throws(JSONError) -> Value {
    guard let value else { throw mismatch() }
    return value
  }

  /// An error for a value that is not what the caller can use; throw it when a check of your own fails.
  @usableFromInline package func mismatch() -> JSONError { JSONError(.typeMismatch, tapeIndex: index) }

  @usableFromInline func missing(_ field: StaticString) -> JSONError {
    JSONError(.missingField, tapeIndex: index, field: field)
  }
}
