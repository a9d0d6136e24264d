// What the API can do, described once: route, checks, document and page are made from it.

import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess

/// One operation of the API.
struct APIOperation: Sendable {
  /// A field of the query.
  struct Parameter: Sendable {
    let name: String
    let schema: APISchema

    init(_ name: String, _ schema: APISchema) { (self.name, self.schema) = (name, schema) }

    static let cursor = Parameter("cursor", .integer(1...Int64.max))
    static let limit = Parameter("limit", .integer(1...100))
  }

  /// What it answers with.
  enum Answer: Sendable {
    case json(APISchema)
    case nothing
    /// A document that is written while it is sent.
    case stream
  }

  /// Who may call it, and what it does.
  enum Work: Sendable {
    case account(@Sendable (AccountVisit, APIInput) async throws -> HTTPResponse)
    case guild(AccessRole, @Sendable (GuildVisit, APIInput) async throws -> HTTPResponse)
  }

  /// `plugins.enable`: the route is `api.plugins.enable`, the sentences `api.op.plugins.enable` and `….help`.
  let id: String
  let method: HTTPMethod
  /// Below `/api/v1`, or below the guild's address for work in a guild.
  let path: String
  var query: [Parameter] = []
  var body: APISchema?
  let answer: Answer
  /// Refusals besides those that any operation may answer with.
  var refusals: [APIRefusal.Code] = []
  let work: Work

  init(
    _ id: String, _ method: HTTPMethod, _ path: String, query: [Parameter] = [], body: APISchema? = nil,
    answer: Answer, refusals: [APIRefusal.Code] = [], _ work: Work
  ) {
    (self.id, self.method, self.path, self.query, self.body) = (id, method, path, query, body)
    (self.answer, self.refusals, self.work) = (answer, refusals, work)
  }

  var isInGuild: Bool { if case .guild = work { true } else { false } }
  /// The whole address, with placeholders.
  var address: String { isInGuild ? "/guilds/{guild}\(path)" : path }
  /// Names of the placeholders behind the guild's.
  var placeholders: [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
  }

  /// The shape of a placeholder.
  static func schema(of placeholder: String) -> APISchema {
    switch placeholder {
    case "guild", "user", "role": .snowflake
    case "number", "revision": .integer(1...Int64.max)
    default: .text(1...64)
    }
  }
}

/// What a call brought, checked.
struct APIInput: Sendable {
  var path: [String: String] = [:]
  var query: [String: JSONValue] = [:]
  var body = JSONValue.null

  /// How many items a part of a list has.
  var limit: Int { query["limit"]?.int64.map(Int.init) ?? 50 }
  var cursor: Int64? { query["cursor"]?.int64 }
}

/// Why a call was not done.
struct APIRefusal: Error {
  /// What programs tell refusals apart by.
  enum Code: String, Sendable, CaseIterable {
    case malformed, unauthorized, forbidden, notFound, methodNotAllowed, conflict, tooLarge, unsupportedType
    case invalid, tooManyRequests, failed, unavailable

    var status: Int {
      switch self {
      case .malformed: 400
      case .unauthorized: 401
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .conflict: 409
      case .tooLarge: 413
      case .unsupportedType: 415
      case .invalid: 422
      case .tooManyRequests: 429
      case .failed: 500
      case .unavailable: 503
      }
    }

    /// The code of a status.
    init(status: Int) {
      self = Self.allCases.first { $0.status == status } ?? (status < 500 ? .malformed : .failed)
    }
  }

  let code: Code
  let message: String
  var details: [(pointer: String, message: String)] = []

  /// The same shape for each refusal.
  static let schema = APISchema.named(
    "Error",
    .record([
      .init(
        "error",
        .record([
          .init("code", .choice(Code.allCases.map(\.rawValue))), .init("message", .text()),
          .init("request", .text(1...64)),
          .init(
            "details",
            .list(.record([.init("pointer", .text()), .init("message", .text())]), atMost: 200),
            isRequired: false),
        ]))
    ]))

  /// The document of a refusal.
  func document(request: String) -> JSONValue {
    var fields: [JSONObject.Field] = [
      .init(key: "code", value: .string(code.rawValue)), .init(key: "message", value: .string(message)),
      .init(key: "request", value: .string(request)),
    ]
    if !details.isEmpty {
      let list = details.prefix(200).map { detail -> JSONValue in
        ["pointer": .string(detail.pointer), "message": .string(detail.message)]
      }
      fields.append(.init(key: "details", value: .array(list)))
    }
    return ["error": .object(JSONObject(fields: fields))]
  }
}
