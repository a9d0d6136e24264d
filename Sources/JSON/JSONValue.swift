// A JSON value as a tree, for code that keeps or edits what it does not know.

/// Any JSON value. Unknown fields, their order and duplicates survive a round trip.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// An integer within `Int64`.
  case integer(Int64)
  /// An integer from 2^63 on; smaller ones are `.integer`.
  case unsigned(UInt64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// A copy of everything inside `view`.
  package init(_ view: JSONView) {
    switch view.kind {
    case .null: self = .null
    case .bool: self = .bool(view.bool ?? false)
    case .integer:
      self = view.int64.map { .integer($0) } ?? .unsigned(view.uint64 ?? 0)
    case .double: self = .double(view.double ?? 0)
    case .string: self = .string(view.string ?? "")
    case .array: self = .array(JSONArrayView(view: view).map { JSONValue($0) })
    case .object:
      self = .object(
        JSONObject(
          fields: JSONObjectView(view: view).map { .init(key: $0.key.string, value: JSONValue($0.value)) })
      )
    }
  }

  /// Parses a text into a tree. For one text now and then: with a parser at hand use `parse` and `init(_:)`.
  ///
  /// - Throws: `JSONError`, as `JSONParser.parse`.
  package init(parsing bytes: [UInt8], maximumSize: Int = JSONLimits.maximumSize) throws {
    self = try JSONParser(retainedSize: 0).parse(bytes, maximumSize: maximumSize) { JSONValue($0) }
  }

  /// The JSON text of this value.
  ///
  /// - Throws: as `JSONWriter.finish()`.
  package func encoded() throws(JSONError) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return try writer.finish()
  }

  // MARK: Reading

  /// The field of an object; nil if it is missing, or this is no object.
  package subscript(_ key: String) -> JSONValue? { object?[key] }

  /// The value, if it is of that kind; nil otherwise, nothing is converted. So with the next four.
  package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var int64: Int64? { if case .integer(let value) = self { value } else { nil } }
  package var isNull: Bool { self == .null }

  /// Any number; an integer beyond 2^53 is rounded to the nearest double.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// An id of Discord: decimal digits in a string, or an integer that is not negative.
  package var snowflake: UInt64? {
    switch self {
    case .integer(let value): UInt64(exactly: value)
    case .unsigned(let value): value
    case .string(let text) where text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }: UInt64(text)
    default: nil
    }
  }
}

/// The fields of an object in their order. Looking one up walks them: objects are small.
package struct JSONObject: Sendable, Hashable {
  /// One field.
  package struct Field: Sendable, Hashable {
    package let key: String
    package var value: JSONValue

    package init(key: String, value: JSONValue) { (self.key, self.value) = (key, value) }
  }

  /// In their order; a name may occur more than once.
  package var fields: [Field]

  package init(fields: [Field] = []) { self.fields = fields }

  /// The first field of that name. Setting replaces it in its place or appends it; setting nil removes every
  /// field of that name.
  package subscript(_ key: String) -> JSONValue? {
    get { fields.first { $0.key == key }?.value }
    set {
      guard let newValue else { return fields.removeAll { $0.key == key } }
      if let index = fields.firstIndex(where: { $0.key == key }) {
        fields[index].value = newValue
      } else {
        fields.append(Field(key: key, value: newValue))
      }
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// The fields in the order of the literal.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(fields: elements.map { .init(key: $0.0, value: $0.1) }))
  }
}
