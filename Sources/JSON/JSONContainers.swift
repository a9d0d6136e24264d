// Arrays and objects of a parsed text.

extension JSONView {
  /// The elements, if this is an array.
  @inlinable package var array: JSONArrayView? {
    letter == UInt8(ascii: "[") ? JSONArrayView(view: self) : nil
  }

  /// The fields, if this is an object.
  @inlinable package var object: JSONObjectView? {
    letter == UInt8(ascii: "{") ? JSONObjectView(view: self) : nil
  }

  /// The field's value; nil if it is missing, or this is no object. A JSON null is a value: see `isNull`.
  ///
  /// Walks the object from its start; to read several fields use `fields(_:)`.
  @inlinable package subscript(_ key: JSONKey) -> JSONView? {
    guard letter == UInt8(ascii: "{") else { return nil }
    let end = next &- 1
    var position = index &+ 1
    while position < end {
      let value = at(position &+ 1)
      if key.matches(prefixed: strings + Int(tape[position] & 0x00FF_FFFF_FFFF_FFFF)) { return value }
      position = value.next
    }
    return nil
  }

  /// The field of a name that is known only at run time; as the other subscript.
  package subscript(named name: String) -> JSONView? {
    guard let object else { return nil }
    return object.first { key, _ in key.elementsEqual(name.utf8) }?.value
  }

  /// The field's value, which may be null.
  ///
  /// - Throws: `.missingField`; `.typeMismatch` if this is no object.
  @inlinable package func require(_ key: JSONKey) throws(JSONError) -> JSONView {
    if let value = self[key] { return value }
    throw letter == UInt8(ascii: "{") ? missing(key.name) : mismatch()
  }
}

/// The elements of an array, in order. Valid as long as the view it came from.
@usableFromInline package struct JSONArrayView: Sequence {
  @usableFromInline let view: JSONView

  @inlinable init(view: JSONView) { self.view = view }

  package var isEmpty: Bool { view.next == view.index + 2 }

  /// How many elements there are; walks the array.
  package var count: Int { reduce(0) { count, _ in count + 1 } }

  @inlinable package var underestimatedCount: Int {
    // The tape keeps the count in 24 bits and stops there.
    Int(view.tape[view.index] &>> 32 & 0x00FF_FFFF)
  }

  @inlinable package func makeIterator() -> Iterator { Iterator(view: view) }

  /// Steps from element to element.
  @usableFromInline package struct Iterator: IteratorProtocol {
    @usableFromInline var current: JSONView
    @usableFromInline let end: Int

    @inlinable init(view: JSONView) {
      current = view.at(view.index &+ 1)
      end = view.next &- 1
    }

    @inlinable package mutating func next() -> JSONView? {
      guard current.index < end else { return nil }
      defer { current = current.at(current.next) }
      return current
    }
  }
}

/// The fields of an object, in the order of the text, duplicates included. Valid as long as the view it came from.
@usableFromInline package struct JSONObjectView: Sequence {
  @usableFromInline let view: JSONView

  @inlinable init(view: JSONView) { self.view = view }

  package var isEmpty: Bool { view.next == view.index + 2 }

  /// How many fields there are; walks the object.
  package var count: Int { reduce(0) { count, _ in count + 1 } }

  /// How many fields there are as the tape has it, in 24 bits, where it stops counting.
  @inlinable var fieldCount: Int { Int(view.tape[view.index] &>> 32 & 0x00FF_FFFF) }

  @inlinable package var underestimatedCount: Int { fieldCount }

  @inlinable package func makeIterator() -> Iterator { Iterator(view: view) }

  /// Steps from field to field.
  @usableFromInline package struct Iterator: IteratorProtocol {
    @usableFromInline var current: JSONView
    @usableFromInline let end: Int

    @inlinable init(view: JSONView) {
      current = view.at(view.index &+ 1)
      end = view.next &- 1
    }

    @inlinable package mutating func next() -> (key: JSONText, value: JSONView)? {
      guard current.index < end else { return nil }
      let value = current.at(current.index &+ 1)
      let key = JSONText(prefixed: current.strings + Int(current.tape[current.index] & 0x00FF_FFFF_FFFF_FFFF))
      current = value.at(value.next)
      return (key, value)
    }
  }
}
