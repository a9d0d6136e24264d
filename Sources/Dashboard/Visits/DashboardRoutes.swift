// The route table of the dashboard: a route cannot be added without saying who may come.

import HTTPServer
import HTTPTypes
import DiscordCore
import PlatformAccess

extension PathParameter where Value == GuildID {
  /// A guild's id.
  static var guild: Self { Self(kind: "snowflake") { GuildID($0) } }
}

extension PathParameter where Value == UserID {
  /// A user's id.
  static var user: Self { Self(kind: "snowflake") { UserID($0) } }
}

/// Routes by who may come. The handler's first argument is what the gate made of the request, so that a handler for
/// members of a guild cannot be reached by anybody else.
struct DashboardRoutes: ~Copyable {
  /// The table that is filled.
  private(set) var router: Router
  let gate: Gate
  private var attributes = TypedValues()

  init(_ router: Router, gate: Gate) { (self.router, self.gate) = (router, gate) }

  /// Routes that `add` adds belong to the JSON API: below `/api/v1`, with personal tokens, answers in JSON throughout.
  mutating func api(_ add: (inout DashboardRoutes) -> Void) {
    let saved = attributes
    attributes = attributes.with(RouteIsAPI.self, true)
    add(&self)
    attributes = saved
  }

  /// Describes what is added by `add` further, for lists and documents.
  mutating func describing<Key: RouteAttribute>(
    _ key: Key.Type, _ value: Key.Value, _ add: (inout DashboardRoutes) -> Void
  ) {
    let saved = attributes
    attributes = attributes.with(key, value)
    add(&self)
    attributes = saved
  }

  /// A route for everybody, signed in or not.
  mutating func everyone<each Value: Sendable>(
    _ method: HTTPMethod, _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    _ handler: @escaping @Sendable (Visit, repeat each Value) async throws -> HTTPResponse
  ) {
    let gate = gate
    router.on(
      method, pattern, repeat each parameters, name: name,
      attributes: attributes.with(RouteAccessKey.self, .everyone)
    ) { (request: HTTPRequest, values: repeat each Value) in
      let visit = try await gate.visit(request)
      return try await handler(visit, repeat each values)
    }
  }

  /// A route for everybody that answers even while the store does not.
  mutating func inAnyCase(
    _ method: HTTPMethod, _ pattern: String, name: String,
    _ handler: @escaping @Sendable (Visit) async throws -> HTTPResponse
  ) {
    let gate = gate
    router.on(
      method, pattern, name: name, attributes: attributes.with(RouteAccessKey.self, .everyone)
    ) { (request: HTTPRequest) in
      try await handler(try await gate.visitInAnyCase(request))
    }
  }

  /// A route for whoever is signed in.
  mutating func account<each Value: Sendable>(
    _ method: HTTPMethod, _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    _ handler: @escaping @Sendable (AccountVisit, repeat each Value) async throws -> HTTPResponse
  ) {
    let gate = gate
    router.on(
      method, pattern, repeat each parameters, name: name,
      attributes: attributes.with(RouteAccessKey.self, .account)
    ) { (request: HTTPRequest, values: repeat each Value) in
      let visit = try await gate.accountVisit(request)
      return try await handler(visit, repeat each values)
    }
  }

  /// A route for whoever the operator named.
  mutating func operators<each Value: Sendable>(
    _ method: HTTPMethod, _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    _ handler: @escaping @Sendable (AccountVisit, repeat each Value) async throws -> HTTPResponse
  ) {
    let gate = gate
    router.on(
      method, pattern, repeat each parameters, name: name,
      attributes: attributes.with(RouteAccessKey.self, .operators)
    ) { (request: HTTPRequest, values: repeat each Value) in
      let visit = try await gate.operatorVisit(request)
      return try await visit.visit.answer { try await handler(visit, repeat each values) }
    }
  }

  /// A route about a guild, for its members with at least `role`. `path` goes behind `/g/{guild}`, behind
  /// `/api/v1/guilds/{guild}` in the API.
  mutating func guild<each Value: Sendable>(
    _ role: AccessRole, _ method: HTTPMethod, _ path: String,
    _ parameters: repeat PathParameter<each Value>, name: String,
    _ handler: @escaping @Sendable (GuildVisit, repeat each Value) async throws -> HTTPResponse
  ) {
    let gate = gate
    let base = attributes[RouteIsAPI.self] ? "/api/v1/guilds/{guild}" : "/g/{guild}"
    router.on(
      method, base + path, .guild, repeat each parameters, name: name,
      attributes: attributes.with(RouteAccessKey.self, .guild(role))
    ) { (request: HTTPRequest, guild: GuildID, values: repeat each Value) in
      let visit = try await gate.guildVisit(request, guild, role)
      return try await visit.visit.answer { try await handler(visit, repeat each values) }
    }
  }

  consuming func finished() -> Router { router }
}
