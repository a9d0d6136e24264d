// Writes JSON into bytes, by hand and in order.

/// Builds one JSON text.
///
///     var json = JSONWriter()
///     json.object { json in
///       json.field("content", text)
///       json.field("nonce", snowflake: nonce)
///       json.array("embeds") { json in … }
///     }
///     let body = try json.finish()
///
/// Commas, colons and escapes are the writer's. What cannot be written (NaN, an infinity, too deep, too large) is
/// remembered, and `finish()` throws it: the calls between do not need a `try`. Calls that make no JSON, such as
/// two keys in a row, are the programmer's mistake and stop a debug build.
package struct JSONWriter: ~Copyable {
  /// What is escaped beyond what the grammar asks for.
  package enum Escaping: Sendable {
    /// Quotes, backslashes and control characters: RFC 8259, and the fastest.
    case minimal
    /// Also `<`, `>`, `&`, U+2028 and U+2029, so that the text may stand inside an HTML script element.
    case script
  }

  @usableFromInline var storage: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  @usableFromInline var count = 0
  @usableFromInline var needsComma = false
  @usableFromInline var isAfterKey = false
  /// How many containers are open.
  @usableFromInline var depth = 0
  /// One bit for each open container, set for an object.
  private var containers = InlineArray<8, UInt64>(repeating: 0)
  private var failure: JSONError?
  private let maximumSize: Int
  @usableFromInline let escaping: Escaping

  /// - Parameters:
  ///   - capacity: bytes to begin with.
  ///   - maximumSize: bytes after which the text is given up with `.tooLarge`.
  ///   - escaping: what is escaped beyond the grammar's needs.
  package init(
    capacity: Int = 512, maximumSize: Int = JSONLimits.maximumSize, escaping: Escaping = .minimal
  ) {
    self.capacity = max(capacity, 64)
    self.maximumSize = maximumSize
    self.escaping = escaping
    storage = .allocate(capacity: self.capacity)
  }

  deinit { storage.deallocate() }

  // MARK: The whole

  /// The text. The writer is empty afterwards and keeps its memory for the next one.
  ///
  /// - Throws: `.notFinite`, `.tooDeep` or `.tooLarge`, whichever came first.
  package mutating func finish() throws(JSONError) -> [UInt8] {
    assert(depth == 0 && !isAfterKey, "a text with something left open")
    assert(count > 0 || failure != nil, "a text without a value")
    if count > maximumSize { fail(.tooLarge, offset: maximumSize) }
    let outcome = failure
    let bytes = outcome == nil ? [UInt8](UnsafeBufferPointer(start: storage, count: count)) : []
    (count, depth, needsComma, isAfterKey, failure) = (0, 0, false, false, nil)
    if let outcome { throw outcome }
    return bytes
  }

  // MARK: Containers

  /// Writes an object whose fields `body` writes.
  @inlinable package mutating func object<Failure>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    beginObject()
    try body(&self)
    endObject()
  }

  /// Writes an array whose elements `body` writes.
  @inlinable package mutating func array<Failure>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    beginArray()
    try body(&self)
    endArray()
  }

  /// Opens an object; `endObject()` closes it.
  package mutating func beginObject() { begin(UInt8(ascii: "{"), isObject: true) }
  /// Opens an array; `endArray()` closes it.
  package mutating func beginArray() { begin(UInt8(ascii: "["), isObject: false) }
  /// Closes the object that was opened last.
  package mutating func endObject() { end(UInt8(ascii: "}"), isObject: true) }
  /// Closes the array that was opened last.
  package mutating func endArray() { end(UInt8(ascii: "]"), isObject: false) }

  private mutating func begin(_ bracket: UInt8, isObject: Bool) {
    beginValue()
    if depth < JSONLimits.maximumDepth {
      let bit: UInt64 = 1 &<< UInt64(depth & 63)
      if isObject { containers[depth &>> 6] |= bit } else { containers[depth &>> 6] &= ~bit }
    } else {
      fail(.tooDeep)
    }
    depth += 1
    append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8, isObject: Bool) {
    assert(depth > 0 && !isAfterKey, "an end without its begin, or after a key")
    assert(depth > JSONLimits.maximumDepth || isInObject == isObject, "an end that does not match its begin")
    depth -= 1
    append(bracket)
    needsComma = true
  }

  /// Whether the innermost open container is an object. Beyond the depth limit nothing is known or written.
  @usableFromInline var isInObject: Bool {
    guard depth > 0, depth <= JSONLimits.maximumDepth else { return depth > 0 }
    return containers[(depth - 1) &>> 6] &>> UInt64((depth - 1) & 63) & 1 == 1
  }

  /// The comma, if one is due, before any value.
  @inlinable mutating func beginValue() {
    if isAfterKey {
      isAfterKey = false
      return
    }
    assert(depth > JSONLimits.maximumDepth || !isInObject, "a value in an object without a key")
    assert(depth > 0 || !needsComma, "a second value in one text")
    if needsComma { append(UInt8(ascii: ",")) }
  }

  /// Begins a field; its value must follow.
  @inlinable package mutating func key(_ name: StaticString) {
    beginKey()
    appendString(name.utf8Start, name.utf8CodeUnitCount)
    endKey()
  }

  /// Begins a field whose name is known only at run time.
  @inlinable package mutating func key(_ name: String) {
    beginKey()
    appendString(name)
    endKey()
  }

  /// Begins a field with a key of a parsed text.
  @inlinable package mutating func key(_ name: JSONText) {
    beginKey()
    appendString(name.start, name.count)
    endKey()
  }

  @inlinable mutating func beginKey() {
    assert(isInObject && !isAfterKey, "a key where a value belongs")
    if needsComma { append(UInt8(ascii: ",")) }
  }

  @inlinable mutating func endKey() {
    append(UInt8(ascii: ":"))
    isAfterKey = true
  }

  // MARK: Bytes

  /// Makes room for `size` more bytes; false when that breaks the bound, and then nothing must be written.
  @inlinable mutating func reserve(_ size: Int) -> Bool {
    size <= capacity &- count || grow(size)
  }

  @usableFromInline mutating func grow(_ size: Int) -> Bool {
    // After a failure the buffer is written over and over; what is in it no longer matters.
    if failure != nil { count = 0 }
    let wanted = count + size
    guard wanted > capacity else { return true }
    // The margin is what a string reserves beyond its bytes.
    guard wanted <= maximumSize + Self.margin else {
      fail(.tooLarge, offset: maximumSize)
      return false
    }
    let larger = max(wanted, min(capacity * 2, maximumSize + Self.margin))
    let replacement = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    replacement.update(from: storage, count: count)
    storage.deallocate()
    (storage, capacity) = (replacement, larger)
    return true
  }

  @inlinable mutating func append(_ byte: UInt8) {
    guard reserve(1) else { return }
    storage[count] = byte
    count &+= 1
  }

  /// Copies bytes as they are.
  @inlinable mutating func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    guard reserve(length) else { return }
    (storage + count).update(from: bytes, count: length)
    count &+= length
  }

  /// Remembers the first failure.
  @usableFromInline mutating func fail(_ code: JSONError.Code, offset: Int? = nil) {
    if failure == nil { failure = JSONError(code, offset: offset) }
    count = 0
  }
}
