// How the wire models are read and written: the conventions that all of them keep to.

package import EventLoop
package import JSON

/// Something that is read from JSON of Discord's.
///
/// Conformers read leniently: what may be missing is nil when it is missing, null or of a wrong type, and only that
/// without which the value means nothing (as a rule its id) is an error.
package protocol WireDecodable: Sendable {
  /// Copies what it needs out of the view.
  ///
  /// - Throws: `.typeMismatch` or `.missingField` for what the value cannot be without.
  init(from json: JSONView) throws(JSONError)
}

/// Something that is written as JSON for Discord.
package protocol WireEncodable: Sendable {
  /// Writes exactly one JSON value.
  func write(to json: inout JSONWriter)
}

/// What a change does with one field: the three states of a field in the body of a PATCH.
package enum Patch<Value> {
  /// Leave it as it is: the field is not sent.
  case keep
  /// Take it away: the field is sent as null.
  case clear
  /// Make it this.
  case set(Value)

  /// `.set` of a value, `.clear` of nil.
  package init(_ value: Value?) { self = value.map { .set($0) } ?? .clear }

  package var isKept: Bool { if case .keep = self { true } else { false } }

  /// What the field is set to, if it is.
  package var value: Value? { if case .set(let value) = self { value } else { nil } }
}

extension Patch: Sendable where Value: Sendable {}
extension Patch: Equatable where Value: Equatable {}
extension Patch: Hashable where Value: Hashable {}

/// The fields of an object that its model has no name for, kept so that sending the object back loses nothing.
///
/// Empty ones cost one word.
package struct UnknownFields: Hashable, Sendable {
  /// In the order of the text.
  package var fields: [JSONObject.Field] = []

  package init() {}

  /// What the pass did not find in the object it went over.
  package init<Name>(of json: JSONView, besides found: JSONFields<Name>) {
    if found.hasOthers { collect(json) { Name.keys.contains($0) } }
  }

  /// The fields of the object that are not among the names.
  package init<Name>(in json: JSONView, besides known: JSONKeys<Name>) {
    collect(json) { known.contains($0) }
  }

  /// The fields of the object that are among neither the ones nor the others.
  package init<First, Second>(
    in json: JSONView, besides first: JSONKeys<First>, and second: JSONKeys<Second>
  ) {
    collect(json) { first.contains($0) || second.contains($0) }
  }

  /// The fields of the object that are not among the names.
  package init(in json: JSONView, besides known: [JSONKey]) {
    collect(json) { text in known.contains { text == $0 } }
  }

  private mutating func collect(_ json: JSONView, unless isKnown: (JSONText) -> Bool) {
    guard let object = json.object else { return }
    for (key, value) in object where !isKnown(key) {
      fields.append(JSONObject.Field(key: key.string, value: JSONValue(value)))
    }
  }

  package var isEmpty: Bool { fields.isEmpty }

  /// The first field of that name.
  package subscript(_ name: String) -> JSONValue? { fields.first { $0.key == name }?.value }

  /// Writes the fields into the object that is open.
  package func write(to json: inout JSONWriter) {
    for field in fields {
      json.key(field.key)
      json.value(field.value)
    }
  }
}

// MARK: Reading

extension JSONView {
  /// The value that stands here; nil for null and for what is not one.
  package func decoded<Value: WireDecodable>(as type: Value.Type = Value.self) -> Value? {
    guard !isNull else { return nil }
    // A malformed optional value counts as missing: that is the rule of the wire models.
    return try? Value(from: self)
  }

  /// The elements of an array; malformed ones are left out. Empty for anything but an array.
  package func elements<Element: WireDecodable>(of type: Element.Type = Element.self) -> [Element] {
    guard let array else { return [] }
    var elements: [Element] = []
    elements.reserveCapacity(array.underestimatedCount)
    for element in array {
      if let element = element.decoded(as: Element.self) { elements.append(element) }
    }
    return elements
  }

  /// The value of a field; nil if it is missing, null or malformed.
  package func object<Value: WireDecodable>(_ key: JSONKey) -> Value? { self[key]?.decoded() }

  /// The elements of a field that is an array; see `elements(of:)`.
  package func list<Element: WireDecodable>(_ key: JSONKey) -> [Element] {
    self[key]?.elements() ?? []
  }

  /// The values of an object whose keys are ids; what is malformed is left out.
  package func entries<Key: WireKey, Value: WireDecodable>(
    of type: Value.Type = Value.self, by key: Key.Type = Key.self
  ) -> [Key: Value] {
    guard let object else { return [:] }
    var entries: [Key: Value] = [:]
    for (name, value) in object {
      guard let key = Key(wireKey: name), let value = value.decoded(as: Value.self) else { continue }
      entries[key] = value
    }
    return entries
  }

  /// The moment that stands here as an ISO 8601 string; nil for anything else.
  package var timestamp: Timestamp? { text?.withSpan { Timestamp(iso8601: $0) } }
}

/// What can be the key of an object in JSON.
package protocol WireKey: Hashable, Sendable {
  /// Nil for a text that is no such key.
  init?(wireKey: JSONText)
}

extension JSONFields {
  /// The value that must stand in the field.
  ///
  /// - Throws: `.missingField`; what the value's own reading throws.
  package func value<Value: WireDecodable>(
    _ name: Name, as type: Value.Type = Value.self
  ) throws(JSONError) -> Value {
    try Value(from: try require(name))
  }

  /// The value in the field; `standard` if it is missing, null or malformed.
  package func value<Value: WireDecodable>(_ name: Name, default standard: Value) -> Value {
    self[name]?.decoded() ?? standard
  }

  /// The value in the field; nil if it is missing, null or malformed.
  package func optional<Value: WireDecodable>(
    _ name: Name, as type: Value.Type = Value.self
  ) -> Value? {
    self[name]?.decoded()
  }

  /// The elements of the array in the field; malformed ones are left out. Empty if there is no array.
  package func list<Element: WireDecodable>(
    _ name: Name, of type: Element.Type = Element.self
  ) -> [Element] {
    self[name]?.elements() ?? []
  }

  /// The values of the object in the field, by their keys; what is malformed is left out.
  package func entries<Key: WireKey, Value: WireDecodable>(
    _ name: Name, of type: Value.Type = Value.self
  ) -> [Key: Value] {
    self[name]?.entries() ?? [:]
  }

  /// What the field says to a holder of an older value: nothing, null or a value. A malformed one says nothing.
  package func change<Value: WireDecodable>(_ name: Name, of type: Value.Type = Value.self)
    -> Patch<Value>
  {
    guard let view = self[name] else { return .keep }
    if view.isNull { return .clear }
    return view.decoded(as: Value.self).map { .set($0) } ?? .keep
  }
}

// MARK: Writing

extension JSONWriter {
  /// Writes a field. Numbers, which the writer takes itself, are left to it.
  @_disfavoredOverload
  package mutating func field(_ name: StaticString, _ value: some WireEncodable) {
    key(name)
    value.write(to: &self)
  }

  /// Writes a field, unless the value is nil.
  package mutating func optional(_ name: StaticString, _ value: (some WireEncodable)?) {
    guard let value else { return }
    key(name)
    value.write(to: &self)
  }

  /// Writes a field, with null where the value is nil.
  package mutating func nullable(_ name: StaticString, _ value: (some WireEncodable)?) {
    key(name)
    if let value { value.write(to: &self) } else { null() }
  }

  /// Writes a field as a change asks for it: not at all, as null, or with its value.
  package mutating func patch(_ name: StaticString, _ value: Patch<some WireEncodable>) {
    switch value {
    case .keep: return
    case .clear: fieldNull(name)
    case .set(let value): field(name, value)
    }
  }

  /// Writes a field with an array.
  package mutating func elements(_ name: StaticString, _ values: some Sequence<some WireEncodable>) {
    key(name)
    beginArray()
    for value in values { value.write(to: &self) }
    endArray()
  }
}
