// From the operations to routes: what comes in is checked, what goes out has one shape.

import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAccounts
import PlatformConfiguration
import PlatformSettings
import Resources

/// The JSON API.
final class APIDesk: Sendable {
  /// An export of a server's settings is the largest.
  static let bodyLimit = TransferPages.maximumSize + 4_096

  private let gate: Gate
  private let operations: [APIOperation]
  private let repeats: APIRepeats

  init(gate: Gate, operations: [APIOperation] = APIOperation.all) {
    (self.gate, self.operations) = (gate, operations)
    repeats = APIRepeats(time: gate.house.time)
  }

  func addRoutes(to routes: inout DashboardRoutes) {
    let (operations, origin) = (operations, gate.house.site.origin)
    routes.api { routes in
      for operation in operations {
        switch operation.work {
        case .account(let work): add(operation, work, to: &routes)
        case .guild(let role, let work): add(operation, role, work, to: &routes)
        }
      }
      routes.everyone(.get, "/api/v1/openapi.json", name: "api.document") { visit in
        // In English: it is read by programs.
        let strings = visit.resources.english
        return try visit.json(APIDocument(operations, origin: origin, strings).json)
      }
    }
    routes.everyone(.get, "/api", name: "api.page") { visit in
      try APIPage(visit: visit, operations: operations).answer()
    }
  }

  private func add(
    _ operation: APIOperation,
    _ work: @escaping @Sendable (AccountVisit, APIInput) async throws -> HTTPResponse,
    to routes: inout DashboardRoutes
  ) {
    routes.account(operation.method, "/api/v1\(operation.path)", name: "api.\(operation.id)") { visit in
      try await self.answer(operation, visit.visit, visit.account.user.description, []) { input in
        try await work(visit, input)
      }
    }
  }

  private func add(
    _ operation: APIOperation, _ role: AccessRole,
    _ work: @escaping @Sendable (GuildVisit, APIInput) async throws -> HTTPResponse,
    to routes: inout DashboardRoutes
  ) {
    let (method, path, name) = (operation.method, operation.path, "api.\(operation.id)")
    @Sendable func answer(_ visit: GuildVisit, _ values: [String]) async throws -> HTTPResponse {
      try await self.answer(operation, visit.visit, "\(visit.account.user) \(visit.guild)", values) { input in
        try await work(visit, input)
      }
    }
    switch operation.placeholders.count {
    case 0: routes.guild(role, method, path, name: name) { visit in try await answer(visit, []) }
    case 1:
      routes.guild(role, method, path, .text, name: name) { visit, first in try await answer(visit, [first]) }
    default:
      routes.guild(role, method, path, .text, .text, name: name) { visit, first, second in
        try await answer(visit, [first, second])
      }
    }
  }

  // MARK: One call

  private func answer(
    _ operation: APIOperation, _ visit: Visit, _ caller: String, _ values: [String],
    _ work: (APIInput) async throws -> HTTPResponse
  ) async throws -> HTTPResponse {
    var response: HTTPResponse
    do {
      response = try await done(operation, visit, caller, values, work)
    } catch let refusal as APIRefusal {
      response = try self.refusal(refusal, visit)
    } catch let error as ConfigurationError {
      response = try self.refusal(APIRefusal(error, visit.strings), visit)
    }
    if let user = visit.signedIn?.account.user {
      let left = gate.allowance(of: user)
      response.fields["RateLimit-Limit"] = "\(left.limit)"
      response.fields["RateLimit-Remaining"] = "\(left.remaining)"
      response.fields["RateLimit-Reset"] = "\(left.resetSeconds)"
    }
    return response
  }

  private func refusal(_ refusal: APIRefusal, _ visit: Visit) throws -> HTTPResponse {
    try visit.json(refusal.document(request: visit.request.id), status: HTTPStatus(refusal.code.status))
  }

  private func done(
    _ operation: APIOperation, _ visit: Visit, _ caller: String, _ values: [String],
    _ work: (APIInput) async throws -> HTTPResponse
  ) async throws -> HTTPResponse {
    var input = APIInput()
    for (name, value) in zip(operation.placeholders, values) {
      guard Self.fits(value, APIOperation.schema(of: name)) else { throw HTTPProblem.notFound }
      input.path[name] = value
    }
    var violations: [APIViolation] = []
    for parameter in operation.query {
      guard let text = try visit.query(parameter.name) else { continue }
      let value = Self.value(text, parameter.schema)
      violations += parameter.schema.violations(value, at: "?\(parameter.name)")
      input.query[parameter.name] = value
    }
    var sent: [UInt8] = []
    if let schema = operation.body {
      (input.body, sent) = try await Self.body(of: visit)
      violations += schema.violations(input.body)
    }
    guard violations.isEmpty else { throw APIRefusal(violations, visit.strings) }
    guard operation.method == .post, let key = visit.request["Idempotency-Key"] else {
      return try await work(input)
    }
    return try await repeats.once(key, of: caller, visit, sent) { try await work(input) }
  }

  /// The text of a query or path as the value its schema asks for; text that is no such value stays text.
  private static func value(_ text: String, _ schema: APISchema) -> JSONValue {
    switch schema {
    case .integer: Int64(text).map { .integer($0) } ?? .string(text)
    case .toggle where text == "true" || text == "false": .bool(text == "true")
    default: .string(text)
    }
  }

  private static func fits(_ text: String, _ schema: APISchema) -> Bool {
    schema.violations(value(text, schema)).isEmpty
  }

  private static func body(of visit: Visit) async throws -> (JSONValue, [UInt8]) {
    guard visit.request.contentType == "application/json" else {
      throw APIRefusal(code: .unsupportedType, message: visit.strings["api.error.unsupportedType"])
    }
    let bytes = try await visit.request.body.collect(upTo: bodyLimit)
    do { return (try JSONValue(parsing: bytes, maximumSize: bodyLimit), bytes) } catch {
      throw APIRefusal(code: .malformed, message: visit.strings["api.error.malformed"])
    }
  }
}

extension APIRefusal {
  init(_ violations: [APIViolation], _ strings: StringCatalog) {
    self.init(
      code: .invalid, message: strings["api.error.invalid"],
      details: violations.map { ($0.pointer, strings[dynamic: "api.rule.\($0.rule)"]) })
  }

  init(_ error: ConfigurationError, _ strings: StringCatalog) {
    switch error {
    case .noSuchPlugin, .noSuchRevision:
      self.init(code: .notFound, message: strings["api.error.notFound"])
    case .conflict(let revision):
      self.init(
        code: .conflict, message: strings("api.error.conflict", ["revision": "\(revision)"]))
    case .invalid(let problems):
      self.init(
        code: .invalid, message: strings["api.error.settings"],
        details: problems.problems.map {
          ($0.path.description, strings[dynamic: "api.rule.setting"] + " (\($0.kind.rawValue))")
        })
    }
  }
}
