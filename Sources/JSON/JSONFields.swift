// Several fields of one object in one pass: how an event is read.

/// The fields a reader wants of an object, as an enum with a name for each.
///
///     enum MessageField: Int, JSONFieldName {
///       case id, channelID, content
///       static let keys = JSONKeys<MessageField>("id", "channel_id", "content")
///     }
///
///     let message = try event.fields(MessageField.keys)
///     let id = try message.require(.id).asSnowflake()
///     let content = message[.content]?.string
///
/// Raw values count from zero, and `keys` lists the wire names in the same order.
@usableFromInline package protocol JSONFieldName: RawRepresentable<Int>, CaseIterable, Sendable {
  /// The wire names; a `static let`, so that it is prepared once.
  static var keys: JSONKeys<Self> { get }
}

/// The names of a `JSONFieldName`, hashed. At most 32.
@usableFromInline package struct JSONKeys<Name: JSONFieldName>: Sendable {
  @usableFromInline let keys: [JSONKey]
  /// Open addressing: key number plus one, or zero.
  @usableFromInline var slots: InlineArray<64, UInt8>

  /// - Precondition: one key for each case, 32 at most, none twice.
  package init(_ keys: JSONKey...) {
    precondition(keys.count <= 32, "more than 32 fields in one pass")
    precondition(Name.allCases.map(\.rawValue) == Array(keys.indices), "one key for each case, in order")
    self.keys = keys
    slots = InlineArray(repeating: 0)
    for (number, key) in keys.enumerated() {
      var slot = Self.slot(key.head, key.name.utf8Start + (key.count - 1), isEmpty: key.count == 0)
      while slots[slot] != 0 {
        precondition("\(keys[Int(slots[slot]) - 1].name)" != "\(key.name)", "a key is listed twice")
        slot = (slot &+ 1) & 63
      }
      slots[slot] = UInt8(number + 1)
    }
  }

  /// Where to look first, from length, first bytes and last byte.
  @inlinable static func slot(_ head: UInt64, _ last: UnsafePointer<UInt8>, isEmpty: Bool) -> Int {
    guard !isEmpty else { return 0 }
    let mixed = (head ^ UInt64(last.pointee) &<< 17) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> 58)
  }

  /// The number of the key that stands at `prefix`, or -1.
  @inlinable func number(prefixed prefix: UnsafePointer<UInt8>) -> Int {
    let word = UnsafeRawPointer(prefix).loadUnaligned(as: UInt64.self)
    let count = Int(word & 0xFFFF_FFFF)
    let mask: UInt64 = count >= 4 ? .max : (1 &<< UInt64(32 &+ 8 &* count)) &- 1
    var slot = Self.slot(word & mask, prefix + (3 &+ count), isEmpty: count == 0)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) &- 1
      if keys[number].matches(prefixed: prefix) { return number }
      slot = (slot &+ 1) & 63
    }
    return -1
  }
}

extension JSONKeys {
  /// Whether the text is one of the names.
  @inlinable package func contains(_ text: JSONText) -> Bool { number(prefixed: text.start - 4) >= 0 }
}

/// What one pass found. Valid as long as the view it came from.
@usableFromInline package struct JSONFields<Name: JSONFieldName> {
  @usableFromInline let object: JSONView
  /// Tape index of each value; zero is the root and stands for "not found".
  @usableFromInline var found: InlineArray<32, UInt32>
  @usableFromInline var foundCount = 0

  @inlinable init(object: JSONView) {
    self.object = object
    found = InlineArray(repeating: 0)
  }

  /// Whether the object has fields besides those that were found: other names, or one name twice. Costs nothing.
  @inlinable package var hasOthers: Bool { (object.object?.fieldCount ?? 0) > foundCount }

  /// The field's value; nil if it is missing. A JSON null is a value: see `JSONView.isNull`.
  @inlinable package subscript(_ name: Name) -> JSONView? {
    let index = found[name.rawValue]
    return index == 0 ? nil : object.at(Int(index))
  }

  /// The field's value, which may be null.
  ///
  /// - Throws: `.missingField`.
  @inlinable package func require(_ name: Name) throws(JSONError) -> JSONView {
    guard let value = self[name] else { throw object.missing(Name.keys.keys[name.rawValue].name) }
    return value
  }
}

extension JSONView {
  /// Finds the fields of `keys` in one pass, which ends early once all are found.
  ///
  /// - Throws: `.typeMismatch` if this is no object.
  @inlinable package func fields<Name>(_ keys: JSONKeys<Name>) throws(JSONError) -> JSONFields<Name> {
    guard letter == UInt8(ascii: "{") else { throw mismatch() }
    var fields = JSONFields<Name>(object: self)
    var missing = keys.keys.count
    let end = next &- 1
    var position = index &+ 1
    while position < end, missing > 0 {
      let number = keys.number(prefixed: strings + Int(tape[position] & 0x00FF_FFFF_FFFF_FFFF))
      if number >= 0, fields.found[number] == 0 {
        fields.found[number] = UInt32(truncatingIfNeeded: position &+ 1)
        missing &-= 1
      }
      position = at(position &+ 1).next
    }
    fields.foundCount = keys.keys.count &- missing
    return fields
  }
}
