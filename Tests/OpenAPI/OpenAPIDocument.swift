// Discord's own description of its API, and the exchanges that must follow it.

package import JSON
import Glibc
import HTTPServer
import TestKit

/// A request and its answer, as they went over the wire.
package struct RecordedExchange: Sendable {
  package var method: String
  /// Below `/api/v10`, percent-encoded, without the query.
  package var path: String
  /// The query's names, decoded, as often as they stand there.
  package var queryNames: [String]
  package var requestType: String?
  package var request: [UInt8]
  package var status: Int
  package var responseType: String?
  package var response: [UInt8]

  package init(
    method: String, path: String, queryNames: [String] = [], requestType: String? = nil,
    request: [UInt8] = [],
    status: Int, responseType: String? = nil, response: [UInt8] = []
  ) {
    (self.method, self.path, self.queryNames) = (method, path, queryNames)
    (self.requestType, self.request) = (requestType, request)
    (self.status, self.responseType, self.response) = (status, responseType, response)
  }
}

/// An OpenAPI 3.1 document, for asking whether an exchange follows it.
package final class OpenAPIDocument: Sendable {
  struct Operation: Sendable {
    let name: String
    let method: String
    /// nil stands for a parameter.
    let segments: [String?]
    let queryNames: Set<String>
    let bodies: [String: Schema]
    let responses: [String: [String: Schema]]
  }

  private let operations: [Operation]
  private let schemas: [String: Schema]
  private let responses: [String: [String: Schema]]

  /// Discord's description, from the project's fixtures.
  package static let discord = Result { try OpenAPIDocument(path: "Tests/Fixtures/discord-openapi.json") }

  /// - Throws: when the file cannot be read or is not such a document.
  package convenience init(path: String) throws {
    guard let file = fopen(path, "r") else { throw TestKitError("cannot read \(path)") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    self.init(try JSONValue(parsing: bytes))
  }

  /// A document that is at hand.
  package init(_ document: JSONValue) {
    func fields(_ value: JSONValue?) -> [JSONObject.Field] { value?.object?.fields ?? [] }
    func content(_ value: JSONValue?) -> [String: Schema] {
      Dictionary(
        uniqueKeysWithValues: fields(value?["content"]).map { ($0.key, Schema($0.value["schema"] ?? .null)) })
    }
    schemas = Dictionary(
      uniqueKeysWithValues: fields(document["components"]?["schemas"]).map { ($0.key, Schema($0.value)) })
    responses = Dictionary(
      uniqueKeysWithValues: fields(document["components"]?["responses"]).map { ($0.key, content($0.value)) })
    let shared = responses
    operations = fields(document["paths"]).flatMap { path in
      let segments = path.key.split(separator: "/").map { $0.hasPrefix("{") ? nil : String($0) }
      let common = path.value["parameters"]?.array ?? []
      return fields(path.value).filter { $0.key != "parameters" }.map { operation in
        let parameters = common + (operation.value["parameters"]?.array ?? [])
        return Operation(
          name: operation.value["operationId"]?.string ?? path.key, method: operation.key.uppercased(),
          segments: segments,
          queryNames: Set(
            parameters.filter { $0["in"]?.string == "query" }.compactMap { $0["name"]?.string }),
          bodies: content(operation.value["requestBody"]),
          responses: Dictionary(
            uniqueKeysWithValues: fields(operation.value["responses"]).map { response in
              let reference = response.value["$ref"]?.string?.split(separator: "/").last.map(String.init)
              return (response.key, reference.flatMap { shared[$0] } ?? content(response.value))
            }))
      }
    }
  }

  /// The name of the operation that answers there (`create_message`); nil when the document has none.
  package func operation(_ method: String, _ path: String) -> String? { find(method, path)?.name }

  private func find(_ method: String, _ path: String) -> Operation? {
    let segments = path.split(separator: "/").map(String.init)
    return
      operations
      .filter { operation in
        operation.method == method && operation.segments.count == segments.count
          && zip(operation.segments, segments).allSatisfy { $0 == nil || $0 == $1 }
      }
      .max { left, right in  // `/users/@me` before `/users/{user_id}`
        left.segments.count { $0 != nil } < right.segments.count { $0 != nil }
      }
  }

  /// What is wrong with an exchange; empty when it follows the document.
  ///
  /// A request is checked when the server took it (a refused one may be wrong on purpose): fields and query names that
  /// the document lacks are violations. An answer may have fields more than the document names, unless it is of our own
  /// making: then `isExact`.
  package func violations(_ exchange: RecordedExchange, isExact: Bool = false) -> [String] {
    guard let operation = find(exchange.method, exchange.path) else {
      return ["\(exchange.method) \(exchange.path): the document has no such operation"]
    }
    let isTaken = (200..<300).contains(exchange.status)
    let found =
      (isTaken ? violationsOfRequest(exchange, operation) : [])
      + violationsOfAnswer(exchange, operation, isExact)
    return found.map { "\(operation.name) \($0)" }.filter { !Self.isContradiction($0) }
  }

  /// Where the description contradicts itself, or Discord's documentation and what Discord does.
  private static func isContradiction(_ violation: String) -> Bool {
    let (operation, what) = (violation.prefix { $0 != " " }, violation)
    // Forwards are references of type 1; the documentation's words of the action; words as codes of fields.
    return what.contains("/message_reference/type: ")
      || operation == "action_guild_join_request" && what.contains("request /action: ")
      || what.contains(" answer 400 /errors/") && what.hasSuffix("/code: string where [\"integer\"] is due")
  }

  private func violationsOfRequest(_ exchange: RecordedExchange, _ operation: Operation) -> [String] {
    var found = exchange.queryNames.filter { !operation.queryNames.contains($0) }
      .map { "request: no query parameter \($0)" }
    guard !exchange.request.isEmpty else { return found }
    let type = Self.mediaType(exchange.requestType)
    guard let schema = operation.bodies[type] ?? operation.bodies["application/json"] else {
      return found + ["request: no body of type \(type) is due"]
    }
    do {
      let check = SchemaCheck(schemas: schemas, refusesUnknownFields: true)
      guard let body = try Self.body(type, exchange) else { return found }
      found += check.violations(body, schema).map { "request \($0)" }
    } catch {
      found.append("request: cannot be read: \(error)")
    }
    return found
  }

  private func violationsOfAnswer(_ exchange: RecordedExchange, _ operation: Operation, _ isExact: Bool)
    -> [String]
  {
    let code = String(exchange.status)
    if exchange.status >= 500 { return [] }
    guard let content = operation.responses[code] ?? operation.responses["\(code.prefix(1))XX"] else {
      return ["answer: status \(code) is none of \(operation.responses.keys.sorted())"]
    }
    guard let schema = content["application/json"] else {
      return exchange.response.isEmpty || !content.isEmpty ? [] : ["answer \(code): a body where none is due"]
    }
    do {
      let check = SchemaCheck(schemas: schemas, refusesUnknownFields: isExact)
      return check.violations(try JSONValue(parsing: exchange.response), schema).map {
        "answer \(code) \($0)"
      }
    } catch {
      return ["answer \(code): not JSON (\(error))"]
    }
  }

  private static func mediaType(_ contentType: String?) -> String {
    String((contentType ?? "application/json").split(separator: ";")[0]).lowercased()
  }

  /// The JSON of a request: the body itself, or the form's `payload_json`; nil where there is none to check.
  private static func body(_ type: String, _ exchange: RecordedExchange) throws -> JSONValue? {
    switch type {
    case "application/json": return try JSONValue(parsing: exchange.request)
    case "multipart/form-data":
      var parser = try MultipartParser(contentType: exchange.requestType, partLimit: 32)
      var payload: [UInt8]?
      for event in try parser.feed(exchange.request) {
        switch event {
        case .part(let head): payload = head.name == "payload_json" ? [] : nil
        case .data(let bytes): payload?.append(contentsOf: bytes)
        case .partEnd: if let payload { return try JSONValue(parsing: payload) }
        }
      }
      return nil
    default: return nil
    }
  }
}
