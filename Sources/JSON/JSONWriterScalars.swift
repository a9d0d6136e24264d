// Numbers, booleans, null and whole values of the writer, and the short forms for fields.

extension JSONWriter {
  /// Writes `null`.
  @inlinable package mutating func null() { literal("null") }

  /// Writes `true` or `false`.
  @inlinable package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

  @inlinable mutating func literal(_ word: StaticString) {
    beginValue()
    append(word.utf8Start, word.utf8CodeUnitCount)
    needsComma = true
  }

  /// Writes an integer as a number. JavaScript reads those beyond 2^53 wrongly: ids go through `snowflake`.
  @inlinable package mutating func integer(_ value: some FixedWidthInteger) {
    beginValue()
    if value < 0 { append(UInt8(ascii: "-")) }
    appendDecimal(UInt64(value.magnitude))
    needsComma = true
  }

  /// Writes an id as Discord does: decimal digits in a string.
  @inlinable package mutating func snowflake(_ value: UInt64) {
    beginValue()
    append(UInt8(ascii: "\""))
    appendDecimal(value)
    append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Writes the shortest digits that read back as the same number. NaN and the infinities have no JSON form:
  /// `finish()` throws `.notFinite`.
  package mutating func double(_ value: Double) {
    guard value.isFinite else {
      beginValue()
      needsComma = true
      return fail(.notFinite)
    }
    beginValue()
    var digits = value.description
    digits.withUTF8 { bytes in
      if let start = bytes.baseAddress { append(start, bytes.count) }
    }
    needsComma = true
  }

  @usableFromInline mutating func appendDecimal(_ value: UInt64) {
    guard reserve(20) else { return }
    // Filled from the back of the twenty places, then moved to the front of them.
    let places = storage + count
    var rest = value
    var first = 20
    repeat {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 100)
      let pair = UInt8(truncatingIfNeeded: remainder)
      first &-= 2
      places[first] = UInt8(ascii: "0") &+ pair / 10
      places[first &+ 1] = UInt8(ascii: "0") &+ pair % 10
      rest = quotient
    } while rest > 0
    if places[first] == UInt8(ascii: "0"), first < 19 { first &+= 1 }
    let length = 20 &- first
    places.update(from: places + first, count: length)
    count &+= length
  }

  // MARK: Whole values

  /// Writes a value of a parsed text, everything inside it included, in the order it came. Numbers may change
  /// their spelling (`1e2` becomes `100.0`), not their value.
  package mutating func value(_ view: JSONView) {
    switch view.kind {
    case .null: null()
    case .bool: bool(view.bool ?? false)
    case .integer:
      if let value = view.int64 { integer(value) } else { integer(view.uint64 ?? 0) }
    case .double: double(view.double ?? 0)
    case .string:
      if let text = view.text { string(text) }
    case .array:
      beginArray()
      for element in JSONArrayView(view: view) { value(element) }
      endArray()
    case .object:
      beginObject()
      for (name, field) in JSONObjectView(view: view) {
        key(name)
        value(field)
      }
      endObject()
    }
  }

  /// Writes a tree.
  package mutating func value(_ tree: JSONValue) {
    switch tree {
    case .null: null()
    case .bool(let value): bool(value)
    case .integer(let value): integer(value)
    case .unsigned(let value): integer(value)
    case .double(let value): double(value)
    case .string(let value): string(value)
    case .array(let elements):
      beginArray()
      for element in elements { value(element) }
      endArray()
    case .object(let object):
      beginObject()
      for field in object.fields {
        key(field.key)
        value(field.value)
      }
      endObject()
    }
  }

  // MARK: Fields

  /// Writes a field with a string.
  @inlinable package mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  /// Writes a field with a string, or with `null`.
  @inlinable package mutating func field(_ name: StaticString, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  /// Writes a field with a boolean.
  @inlinable package mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }

  /// Writes a field with a number; see `integer(_:)`.
  @inlinable package mutating func field(_ name: StaticString, _ value: some FixedWidthInteger) {
    key(name)
    integer(value)
  }

  /// Writes a field with a number; see `double(_:)`.
  @inlinable package mutating func field(_ name: StaticString, _ value: Double) {
    key(name)
    double(value)
  }

  /// Writes a field with an id as a string.
  @inlinable package mutating func field(_ name: StaticString, snowflake value: UInt64) {
    key(name)
    snowflake(value)
  }

  /// Writes a field with a tree.
  package mutating func field(_ name: StaticString, _ value: JSONValue) {
    key(name)
    self.value(value)
  }

  /// Writes a field with a value of a parsed text.
  package mutating func field(_ name: StaticString, _ value: JSONView) {
    key(name)
    self.value(value)
  }

  /// Writes a field with `null`.
  @inlinable package mutating func fieldNull(_ name: StaticString) {
    key(name)
    null()
  }

  /// Writes a field with an object whose fields `body` writes.
  @inlinable package mutating func object<Failure>(
    _ name: StaticString, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    key(name)
    try object(body)
  }

  /// Writes a field with an array whose elements `body` writes.
  @inlinable package mutating func array<Failure>(
    _ name: StaticString, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    key(name)
    try array(body)
  }
}
