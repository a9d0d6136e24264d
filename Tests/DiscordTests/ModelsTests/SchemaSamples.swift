// Objects made from Discord's own description of its interface: the least, the most, and the worst of each schema.

import Glibc
import JSON
import TestKit

/// Makes objects of the schemas of `Tests/Fixtures/discord-openapi.json`.
struct SchemaSamples {
  /// Which object of a schema is made.
  enum Fill: CaseIterable {
    /// What is required, and null wherever null is allowed.
    case least
    /// Every field, never null.
    case most
    /// What is required; every other field null.
    case nulls
    /// What is required; every other field an object of nonsense.
    case nonsense
    /// What is required; every other field an empty list.
    case lists
  }

  let schemas: JSONValue

  static let discord = Result {
    let path = "Tests/Fixtures/discord-openapi.json"
    guard let file = fopen(path, "r") else { throw TestKitError("cannot read \(path)") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    let schemas = try JSONValue(parsing: bytes)["components"]?["schemas"]
    guard let schemas else { throw TestKitError("no schemas in \(path)") }
    return SchemaSamples(schemas: schemas)
  }

  func sample(_ name: String, _ fill: Fill) throws -> JSONValue {
    try value(schema(name), fill, depth: 0)
  }

  private func schema(_ name: String) throws -> JSONValue {
    guard let schema = schemas[name] else { throw TestKitError("no schema \(name)") }
    return schema
  }

  private func value(_ schema: JSONValue, _ fill: Fill, depth: Int) throws -> JSONValue {
    if let reference = schema["$ref"]?.string?.split(separator: "/").last {
      return try value(self.schema(String(reference)), fill, depth: depth)
    }
    if let constant = schema["const"] { return constant }
    if let alternatives = schema["oneOf"]?.array ?? schema["anyOf"]?.array {
      if fill == .least, alternatives.contains(where: { $0["type"] == "null" }) { return .null }
      return try value(alternatives.first { $0["type"] != "null" } ?? .null, fill, depth: depth)
    }
    switch type(of: schema, fill) {
    case "null": return .null
    case "boolean": return true
    case "integer": return schema["enum"]?.array?.first ?? 1
    case "number": return 0.5
    case "string": return string(schema)
    case "array":
      // Schemas hold themselves; the least of them ends the chain.
      guard let items = schema["items"], fill != .least, depth < 6 else { return [] }
      return [try value(items, fill, depth: depth + 1)]
    default: return try object(schema, fill, depth: depth)
    }
  }

  private func type(of schema: JSONValue, _ fill: Fill) -> String? {
    guard let types = schema["type"]?.array else { return schema["type"]?.string }
    if fill == .least, types.contains("null") { return "null" }
    return types.first { $0 != "null" }?.string
  }

  private func string(_ schema: JSONValue) -> JSONValue {
    switch schema["format"]?.string {
    case "snowflake": "1217498362011213824"
    case "date-time": "2026-05-04T03:02:01.123456+00:00"
    case "uri": "https://example.com/a"
    default: schema["enum"]?.array?.first ?? "1"
    }
  }

  private func object(_ schema: JSONValue, _ fill: Fill, depth: Int) throws -> JSONValue {
    var object = JSONObject()
    let required = schema["required"]?.array ?? []
    guard let properties = schema["properties"]?.object else {
      if let values = schema["additionalProperties"]?.object {
        object["1"] = try value(.object(values), fill, depth: depth + 1)
      }
      return .object(object)
    }
    for property in properties.fields {
      if required.contains(.string(property.key)) {
        object[property.key] = try value(property.value, fill, depth: depth + 1)
        continue
      }
      switch fill {
      case .least: continue
      case .most where depth >= 6: continue
      case .most: object[property.key] = try value(property.value, fill, depth: depth + 1)
      case .nulls: object[property.key] = .null
      case .nonsense: object[property.key] = ["nonsense": [1, "two", nil]]
      case .lists: object[property.key] = []
      }
    }
    return .object(object)
  }
}
