// A JSON schema of the settings, for editors and for those who write them by hand.

package import JSON

extension SettingsFields {
  /// A schema (JSON Schema 2020-12) of the whole document. Texts for people are the catalog's and are not in it.
  package func jsonSchema(title: String) -> JSONValue {
    var schema = SettingsKind.record(descriptions).jsonSchema.object ?? JSONObject()
    schema.fields.insert(
      contentsOf: [
        .init(key: "$schema", value: "https://json-schema.org/draft/2020-12/schema"),
        .init(key: "title", value: .string(title)),
      ], at: 0)
    return .object(schema)
  }
}

extension SettingsKind {
  var jsonSchema: JSONValue {
    switch self {
    case .toggle: ["type": "boolean"]
    case .integer(let bounds): Self.bounded("integer", bounds) { .integer(Int64($0)) }
    case .number(let bounds): Self.bounded("number", bounds) { .double($0) }
    case .duration(let bounds): Self.bounded("integer", bounds) { .integer($0.components.seconds) }
    case .text(let rules):
      [
        "type": "string", "minLength": .integer(Int64(rules.lengths.lowerBound)),
        "maxLength": .integer(Int64(rules.lengths.upperBound)),
      ]
    case .choice(let names): ["enum": .array(names.map { .string($0) })]
    case .reference: ["type": "string", "pattern": "^[0-9]{1,20}$"]
    case .color: ["type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"]
    case .optional(let kind): ["anyOf": [kind.jsonSchema, ["type": "null"]]]
    case .list(let kind, let counts, let isSet):
      [
        "type": "array", "items": kind.jsonSchema, "minItems": .integer(Int64(counts.lowerBound)),
        "maxItems": .integer(Int64(counts.upperBound)), "uniqueItems": .bool(isSet),
      ]
    case .record(let fields):
      [
        "type": "object", "additionalProperties": false,
        "properties": .object(
          JSONObject(fields: fields.map { .init(key: $0.name, value: $0.kind.jsonSchema) })),
      ]
    }
  }

  private static func bounded<Value>(
    _ type: JSONValue, _ bounds: ClosedRange<Value>, _ json: (Value) -> JSONValue
  ) -> JSONValue {
    ["type": type, "minimum": json(bounds.lowerBound), "maximum": json(bounds.upperBound)]
  }
}
