// The OpenAPI document, made from the operations.

import HTTPTypes
import JSON
import Resources

/// OpenAPI 3.1.
struct APIDocument {
  private let operations: [APIOperation]
  private let origin: String
  private let strings: StringCatalog

  init(_ operations: [APIOperation], origin: String, _ strings: StringCatalog) {
    (self.operations, self.origin, self.strings) = (operations, origin, strings)
  }

  var json: JSONValue {
    var paths: [JSONObject.Field] = []
    for operation in operations {
      let entry = JSONObject.Field(key: operation.method.rawValue.lowercased(), value: document(operation))
      if let index = paths.firstIndex(where: { $0.key == operation.address }),
        var object = paths[index].value.object
      {
        object.fields.append(entry)
        paths[index].value = .object(object)
      } else {
        paths.append(.init(key: operation.address, value: .object(JSONObject(fields: [entry]))))
      }
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": .string(strings["api.title"]), "version": "1", "description": .string(strings["api.about"]),
      ],
      "servers": [["url": .string("\(origin)/api/v1")]],
      "security": [["token": []], ["session": []]],
      "paths": .object(JSONObject(fields: paths)),
      "components": [
        "schemas": schemas,
        "securitySchemes": [
          "token": ["type": "http", "scheme": "bearer", "description": .string(strings["api.auth.token"])],
          "session": [
            "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
            "description": .string(strings["api.auth.session"]),
          ],
        ],
      ],
    ]
  }

  private var schemas: JSONValue {
    var all: [String: APISchema] = [:]
    for (name, schema) in APIRefusal.schema.named { all[name] = schema }
    for operation in operations {
      if case .json(let schema) = operation.answer {
        for (name, schema) in schema.named { all[name] = schema }
      }
      for (name, schema) in operation.body?.named ?? [] { all[name] = schema }
    }
    return .object(
      JSONObject(fields: all.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value.json) }))
  }

  private func document(_ operation: APIOperation) -> JSONValue {
    var fields: [JSONObject.Field] = [
      .init(key: "operationId", value: .string(operation.id)),
      .init(key: "tags", value: [.string(String(operation.id.prefix { $0 != "." }))]),
      .init(key: "summary", value: .string(strings[dynamic: "api.op.\(operation.id)"])),
      .init(key: "description", value: .string(strings[dynamic: "api.op.\(operation.id).help"])),
    ]
    let parameters = parameters(operation)
    if !parameters.isEmpty { fields.append(.init(key: "parameters", value: .array(parameters))) }
    if let body = operation.body {
      fields.append(
        .init(
          key: "requestBody",
          value: ["required": true, "content": ["application/json": ["schema": body.json]]]))
    }
    fields.append(.init(key: "responses", value: responses(operation)))
    return .object(JSONObject(fields: fields))
  }

  private func parameters(_ operation: APIOperation) -> [JSONValue] {
    func parameter(_ name: String, _ place: String, _ schema: APISchema) -> JSONValue {
      [
        "name": .string(name), "in": .string(place), "required": .bool(place == "path"),
        "schema": schema.json,
      ]
    }
    var all = ((operation.isInGuild ? ["guild"] : []) + operation.placeholders).map {
      parameter($0, "path", APIOperation.schema(of: $0))
    }
    all += operation.query.map { parameter($0.name, "query", $0.schema) }
    if operation.method == .post { all.append(parameter("Idempotency-Key", "header", .text(1...128))) }
    return all
  }

  private func responses(_ operation: APIOperation) -> JSONValue {
    var fields: [JSONObject.Field] = []
    switch operation.answer {
    case .json(let schema):
      fields.append(
        .init(
          key: "200",
          value: [
            "description": .string(strings["api.done"]), "headers": limits,
            "content": ["application/json": ["schema": schema.json]],
          ]))
    case .nothing:
      fields.append(
        .init(key: "204", value: ["description": .string(strings["api.done"]), "headers": limits]))
    case .stream:
      fields.append(
        .init(
          key: "200",
          value: [
            "description": .string(strings["api.done"]),
            "content": ["application/json": ["schema": ["type": "object"]]],
          ]))
    }
    var codes: Set<APIRefusal.Code> = [
      .malformed, .unauthorized, .tooManyRequests, .unavailable, .failed, .notFound,
    ]
    codes.formUnion(operation.refusals)
    if operation.isInGuild || operation.method != .get { codes.insert(.forbidden) }
    if operation.body != nil { codes.formUnion([.tooLarge, .unsupportedType]) }
    if operation.body != nil || !operation.query.isEmpty { codes.insert(.invalid) }
    if operation.method == .post { codes.insert(.conflict) }
    for code in codes.sorted(by: { $0.status < $1.status }) {
      var content: [JSONObject.Field] = [
        .init(key: "application/json", value: ["schema": APIRefusal.schema.json])
      ]
      // What cannot be read as a request at all is refused by the server, before the API (RFC 9457).
      if code == .malformed {
        content.append(.init(key: "application/problem+json", value: ["schema": ["type": "object"]]))
      }
      fields.append(
        .init(
          key: "\(code.status)",
          value: [
            "description": .string(strings[dynamic: "api.refusal.\(code.rawValue)"]),
            "content": .object(JSONObject(fields: content)),
          ]))
    }
    return .object(JSONObject(fields: fields))
  }

  private var limits: JSONValue {
    .object(
      JSONObject(
        fields: ["Limit", "Remaining", "Reset"].map { name in
          .init(
            key: "RateLimit-\(name)",
            value: [
              "description": .string(strings[dynamic: "api.limit.\(name.lowercased())"]),
              "schema": APISchema.integer().json,
            ])
        }))
  }
}
