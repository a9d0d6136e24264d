// A JSON schema as OpenAPI 3.1 writes it, read once into a form that is quick to check against.

import JSON

/// The part of JSON Schema 2020-12 that Discord's description uses.
final class Schema: @unchecked Sendable {  // written while the document is read, then never again
  enum Kind: String, Hashable {
    case null, boolean, integer, number, string, array, object
  }

  enum Additional {
    case allowed, forbidden
    case like(Schema)
  }

  var reference: String?
  var kinds: Set<Kind> = []
  var properties: [String: Schema] = [:]
  var required: [String] = []
  var additional = Additional.allowed
  var items: Schema?
  var anyOf: [Schema] = []
  var allOf: [Schema] = []
  var enumeration: [JSONValue]?
  var constant: JSONValue?
  var format: String?
  var lengths: ClosedRange<Int> = 0...Int.max
  var counts: ClosedRange<Int> = 0...Int.max
  var bounds: ClosedRange<Double> = -Double.infinity...Double.infinity
  var hasUniqueItems = false
  var maximumProperties = Int.max

  init(_ json: JSONValue) {
    guard let object = json.object else { return }
    for field in object.fields { read(field.key, field.value) }
  }

  private func read(_ key: String, _ value: JSONValue) {
    switch key {
    case "$ref": reference = value.string.flatMap { $0.split(separator: "/").last.map(String.init) }
    case "type":
      // Discord's description has schemas of fields called "type" in objects of properties only; here it is a name.
      kinds = Set(([value] + (value.array ?? [])).compactMap { $0.string.flatMap(Kind.init) })
    case "properties":
      for field in value.object?.fields ?? [] { properties[field.key] = Schema(field.value) }
    case "required": required = (value.array ?? []).compactMap(\.string)
    case "additionalProperties":
      additional = value.bool.map { $0 ? .allowed : .forbidden } ?? .like(Schema(value))
    case "items": items = Schema(value)
    // Discord's alternatives overlap, so that "exactly one" would refuse what Discord takes.
    case "anyOf", "oneOf": anyOf = (value.array ?? []).map(Schema.init)
    case "allOf": allOf = (value.array ?? []).map(Schema.init)
    case "enum": enumeration = value.array
    case "const": constant = value
    case "format": format = value.string
    case "minLength": lengths = number(value)...lengths.upperBound
    case "maxLength": lengths = lengths.lowerBound...number(value)
    case "minItems": counts = number(value)...counts.upperBound
    case "maxItems": counts = counts.lowerBound...number(value)
    case "minimum": bounds = (value.double ?? bounds.lowerBound)...bounds.upperBound
    case "maximum": bounds = bounds.lowerBound...(value.double ?? bounds.upperBound)
    case "uniqueItems": hasUniqueItems = value.bool ?? false
    case "maxProperties": maximumProperties = number(value)
    default: break
    }
  }

  private func number(_ value: JSONValue) -> Int { Int(value.int64 ?? 0) }
}
