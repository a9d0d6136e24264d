// Checking a value against a schema, and saying where it goes wrong.

import DiscordCore
import JSON

/// One walk over one value.
struct SchemaCheck {
  let schemas: [String: Schema]
  /// Whether fields that the schema does not name are violations: for what we send.
  let refusesUnknownFields: Bool

  /// What is wrong with the value, as `pointer: what`; empty when nothing is.
  func violations(_ value: JSONValue, _ schema: Schema, at pointer: String = "") -> [String] {
    var found = check(value, schema, at: pointer)
    if refusesUnknownFields { found += unknownFields(value, [schema], at: pointer) }
    return found
  }

  private func resolved(_ schema: Schema) -> Schema {
    schema.reference.flatMap { schemas[$0] } ?? schema
  }

  private func check(_ value: JSONValue, _ unresolved: Schema, at pointer: String) -> [String] {
    let schema = resolved(unresolved)
    guard schema.kinds.isEmpty || kinds(of: value).contains(where: schema.kinds.contains) else {
      return ["\(pointer): \(name(of: value)) where \(schema.kinds.map(\.rawValue).sorted()) is due"]
    }
    var found: [String] = []
    if let constant = schema.constant, constant != value { found.append("\(pointer): not \(constant)") }
    if let choices = schema.enumeration, !choices.contains(value) {
      found.append("\(pointer): \(value) is none of \(choices.count) values")
    }
    switch value {
    case .string(let text): found += check(text, schema, at: pointer)
    case .integer, .double:
      if let number = value.double, !schema.bounds.contains(number) {
        found.append("\(pointer): \(number) is outside \(schema.bounds)")
      }
    case .array(let elements): found += check(elements, schema, at: pointer)
    case .object(let object): found += check(object, schema, at: pointer)
    default: break
    }
    for part in schema.allOf { found += check(value, part, at: pointer) }
    if !schema.anyOf.isEmpty {
      let attempts = schema.anyOf.map { check(value, $0, at: pointer) }
      if !attempts.contains(where: \.isEmpty) {
        found += attempts.min { depth($0) > depth($1) } ?? []
      }
    }
    return found
  }

  /// The alternative that went wrong deepest inside is the one that was meant.
  private func depth(_ violations: [String]) -> Int {
    (violations.map { $0.split(separator: ":")[0].count { $0 == "/" } }.max() ?? 0) * 100 - violations.count
  }

  private func check(_ text: String, _ schema: Schema, at pointer: String) -> [String] {
    var found: [String] = []
    if !schema.lengths.contains(text.unicodeScalars.count) {
      found.append("\(pointer): \(text.unicodeScalars.count) characters, \(schema.lengths) are due")
    }
    switch schema.format {
    case "snowflake" where UserID(text) == nil: found.append("\(pointer): not a snowflake")
    case "date-time" where !isDateTime(text): found.append("\(pointer): not a time of RFC 3339")
    case "uri" where !text.contains(":"): found.append("\(pointer): not a URI")
    default: break
    }
    return found
  }

  private func isDateTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T") else {
      return false
    }
    return bytes[13] == UInt8(ascii: ":")
      && (bytes.last == UInt8(ascii: "Z") || bytes[bytes.count - 6] == UInt8(ascii: "+"))
  }

  private func check(_ elements: [JSONValue], _ schema: Schema, at pointer: String) -> [String] {
    var found: [String] = []
    if !schema.counts.contains(elements.count) {
      found.append("\(pointer): \(elements.count) elements, \(schema.counts) are due")
    }
    if schema.hasUniqueItems, Set(elements).count != elements.count {
      found.append("\(pointer): an element twice")
    }
    if let items = schema.items {
      for (index, element) in elements.enumerated() {
        found += check(element, items, at: "\(pointer)/\(index)")
      }
    }
    return found
  }

  private func check(_ object: JSONObject, _ schema: Schema, at pointer: String) -> [String] {
    var found: [String] = []
    if object.fields.count > schema.maximumProperties {
      found.append("\(pointer): \(object.fields.count) fields, \(schema.maximumProperties) at most are due")
    }
    let keys = Set(object.fields.map(\.key))
    for name in schema.required where !keys.contains(name) { found.append("\(pointer)/\(name): missing") }
    for field in object.fields {
      let place = "\(pointer)/\(field.key)"
      if let property = schema.properties[field.key] {
        found += check(field.value, property, at: place)
      } else {
        switch schema.additional {
        case .allowed: continue
        case .forbidden: found.append("\(place): no such field")
        case .like(let schema): found += check(field.value, schema, at: place)
        }
      }
    }
    return found
  }

  // MARK: - Fields that nobody names

  /// Fields that none of the schemas a value may follow has a name for.
  private func unknownFields(_ value: JSONValue, _ candidates: [Schema], at pointer: String) -> [String] {
    let schemas = candidates.flatMap(parts)
    switch value {
    case .object(let object):
      if schemas.contains(where: { if case .like = $0.additional { true } else { false } }) { return [] }
      let isOpen = schemas.allSatisfy { $0.properties.isEmpty }
      return object.fields.flatMap { field in
        let named = schemas.compactMap { $0.properties[field.key] }
        if named.isEmpty { return isOpen ? [] : ["\(pointer)/\(field.key): no such field"] }
        return unknownFields(field.value, named, at: "\(pointer)/\(field.key)")
      }
    case .array(let elements):
      let items = schemas.compactMap(\.items)
      return elements.enumerated().flatMap { unknownFields($1, items, at: "\(pointer)/\($0)") }
    default: return []
    }
  }

  /// The schema and all that it is put together from.
  private func parts(_ schema: Schema) -> [Schema] {
    let schema = resolved(schema)
    return [schema] + (schema.allOf + schema.anyOf).flatMap(parts)
  }

  private func kinds(of value: JSONValue) -> [Schema.Kind] {
    switch value {
    case .null: [.null]
    case .bool: [.boolean]
    case .string: [.string]
    case .array: [.array]
    case .object: [.object]
    case .double(let number) where number != number.rounded(): [.number]
    default: [.integer, .number]
    }
  }

  private func name(of value: JSONValue) -> String { kinds(of: value).first.map(\.rawValue) ?? "nothing" }
}
