// The shape of what the API takes and gives: one value makes the document and checks what comes in.

import JSON

/// A JSON schema, as much of it as the API needs.
indirect enum APISchema: Sendable {
  case text(ClosedRange<Int> = 0...4_000)
  /// One of Discord's ids, as a string.
  case snowflake
  /// RFC 3339, in UTC.
  case instant
  case integer(ClosedRange<Int64> = 0...Int64(Int32.max))
  case number
  case toggle
  case choice([String])
  case list(APISchema, atMost: Int)
  /// Fields in the document's order; nothing else is taken or given.
  case record([Field])
  case nullable(APISchema)
  /// One of the document's named schemas, which is this one.
  case named(String, APISchema)
  /// An object that a plugin defines.
  case object
  /// Anything: a value before or after a change.
  case anything

  /// A field of a record.
  struct Field: Sendable {
    let name: String
    let schema: APISchema
    let isRequired: Bool

    init(_ name: String, _ schema: APISchema, isRequired: Bool = true) {
      (self.name, self.schema, self.isRequired) = (name, schema, isRequired)
    }
  }

  /// A part of a long list: its items, and the cursor of the next part.
  static func part(of item: APISchema) -> APISchema {
    .record([.init("items", .list(item, atMost: 200)), .init("next", .nullable(.integer(1...Int64.max)))])
  }

  static let snowflakePattern = "^[1-9][0-9]{0,19}$"

  /// JSON Schema 2020-12.
  var json: JSONValue {
    switch self {
    case .text(let lengths):
      [
        "type": "string", "minLength": .integer(Int64(lengths.lowerBound)),
        "maxLength": .integer(Int64(lengths.upperBound)),
      ]
    case .snowflake: ["type": "string", "pattern": .string(Self.snowflakePattern)]
    case .instant: ["type": "string", "format": "date-time"]
    case .integer(let bounds):
      ["type": "integer", "minimum": .integer(bounds.lowerBound), "maximum": .integer(bounds.upperBound)]
    case .number: ["type": "number"]
    case .toggle: ["type": "boolean"]
    case .choice(let names): ["type": "string", "enum": .array(names.map { .string($0) })]
    case .list(let item, let count):
      ["type": "array", "items": item.json, "maxItems": .integer(Int64(count))]
    case .record(let fields):
      [
        "type": "object", "additionalProperties": false,
        "properties": .object(JSONObject(fields: fields.map { .init(key: $0.name, value: $0.schema.json) })),
        "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
      ]
    case .nullable(let schema): ["anyOf": [schema.json, ["type": "null"]]]
    case .named(let name, _): ["$ref": .string("#/components/schemas/\(name)")]
    case .object: ["type": "object"]
    case .anything: .object(JSONObject())
    }
  }

  /// The named schemas in it, itself included.
  var named: [(name: String, schema: APISchema)] {
    switch self {
    case .named(let name, let schema): [(name, schema)] + schema.named
    case .list(let item, _), .nullable(let item): item.named
    case .record(let fields): fields.flatMap(\.schema.named)
    default: []
    }
  }

  /// What is wrong with a value, each with a JSON pointer; empty when nothing is.
  func violations(_ value: JSONValue, at pointer: String = "") -> [APIViolation] {
    func wrong(_ rule: String) -> [APIViolation] { [APIViolation(pointer: pointer, rule: rule)] }
    switch self {
    case .text(let lengths):
      guard let text = value.string else { return wrong("string") }
      return lengths.contains(text.unicodeScalars.count) ? [] : wrong("length")
    case .snowflake:
      return value.string.map(Self.isSnowflake) == true ? [] : wrong("snowflake")
    case .instant: return value.string == nil ? wrong("string") : []
    case .integer(let bounds):
      guard let number = value.int64 else { return wrong("integer") }
      return bounds.contains(number) ? [] : wrong("range")
    case .number: return value.double == nil ? wrong("number") : []
    case .toggle: return value.bool == nil ? wrong("boolean") : []
    case .choice(let names):
      return value.string.map(names.contains) == true ? [] : wrong("choice")
    case .list(let item, let count):
      guard let items = value.array else { return wrong("array") }
      guard items.count <= count else { return wrong("count") }
      return items.enumerated().flatMap { item.violations($0.element, at: "\(pointer)/\($0.offset)") }
    case .record(let fields): return Self.violations(value, fields, at: pointer)
    case .nullable(let schema): return value.isNull ? [] : schema.violations(value, at: pointer)
    case .named(_, let schema): return schema.violations(value, at: pointer)
    case .object: return value.object == nil ? wrong("object") : []
    case .anything: return []
    }
  }

  private static func violations(_ value: JSONValue, _ fields: [Field], at pointer: String) -> [APIViolation]
  {
    guard let object = value.object else { return [APIViolation(pointer: pointer, rule: "object")] }
    let known = Dictionary(fields.map { ($0.name, $0.schema) }, uniquingKeysWith: { first, _ in first })
    var found = object.fields.prefix(100).flatMap { field -> [APIViolation] in
      // The name of an unknown field is the caller's: it is told back as it came, shortened.
      let place = "\(pointer)/\(field.key.prefix(64))"
      return known[field.key]?.violations(field.value, at: place)
        ?? [APIViolation(pointer: place, rule: "unknown")]
    }
    for field in fields where field.isRequired && value[field.name] == nil {
      found.append(APIViolation(pointer: "\(pointer)/\(field.name)", rule: "missing"))
    }
    return found
  }

  static func isSnowflake(_ text: String) -> Bool {
    (1...20).contains(text.utf8.count) && text.utf8.first != 0x30
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt64(text) != nil
  }
}

/// Where a value breaks which rule.
struct APIViolation: Sendable, Equatable {
  let pointer: String
  /// Of the sentence `api.rule.<rule>`.
  let rule: String
}
