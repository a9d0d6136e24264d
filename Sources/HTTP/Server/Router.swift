// The route table: from method and path to a handler with typed values.

package import HTTPTypes

/// Answers a request.
package typealias HTTPHandler = @Sendable (HTTPRequest) async throws -> HTTPResponse

/// A function around handlers: it may look at the request, refuse it, change it, or change the answer.
///
///     let requireSession: HTTPMiddleware = { request, next in
///       guard let session = … else { return .redirect(to: "/login") }
///       var request = request
///       request.values[SessionKey.self] = session
///       return try await next(request)
///     }
package typealias HTTPMiddleware = @Sendable (HTTPRequest, HTTPHandler) async throws -> HTTPResponse

/// One row of the route table.
package final class Route: Sendable {
  package let method: HTTPMethod
  package let pattern: RoutePattern
  /// What logs and metrics call it, such as `guild.settings`.
  package let name: String
  /// What the route says about itself, for middleware and for lists: required role, body limit, …
  package let attributes: TypedValues
  /// Name and kind of each placeholder.
  package let parameters: [(name: String, kind: String)]
  let handler: HTTPHandler
  /// Its place in the table.
  let index: Int

  init(
    method: HTTPMethod, pattern: RoutePattern, name: String, attributes: TypedValues,
    parameters: [(name: String, kind: String)], handler: @escaping HTTPHandler, index: Int
  ) {
    self.method = method
    self.pattern = pattern
    self.name = name
    self.attributes = attributes
    self.parameters = parameters
    self.handler = handler
    self.index = index
  }
}

/// A table of routes, filled before the server starts.
///
///     var router = Router()
///     router.get("/g/{guild}/plugins/{name}", .int64, .text, name: "plugin.page") { request, guild, name in
///       .html("…")
///     }
///
/// A literal segment wins over a placeholder. `HEAD` is answered by `GET`'s route, `OPTIONS` by the table; a known
/// path with another method is 405 with `Allow`. A path with a trailing slash is redirected to the one without.
/// Mistakes (bad patterns, two routes for the same requests) are collected, and thrown when the table is closed.
package struct Router: Sendable {
  /// What happens to `/settings/` when the route is `/settings`.
  package enum TrailingSlash: Sendable {
    /// 308 to the address without it, query kept.
    case redirect
    /// 404.
    case refuse
  }

  /// Decided once for the whole table.
  package var trailingSlash = TrailingSlash.redirect
  /// The rows, in the order they were added.
  package private(set) var routes: [Route] = []
  private var mistakes: [String] = []
  private var middleware: [HTTPMiddleware] = []
  private var outermost: [HTTPMiddleware] = []

  package init() {}

  /// Puts a function around the routes that are added from here on; the first added is the outermost.
  package mutating func use(_ function: @escaping HTTPMiddleware) {
    middleware.append(function)
  }

  /// Puts a function around everything, 404 and 405 included: for fields that every answer carries.
  package mutating func useAroundAll(_ function: @escaping HTTPMiddleware) {
    outermost.append(function)
  }

  /// Adds routes with further middleware around them only.
  package mutating func group(_ functions: HTTPMiddleware..., routes add: (inout Router) -> Void) {
    let saved = middleware
    middleware += functions
    add(&self)
    middleware = saved
  }

  /// Adds a route. One parameter per placeholder, in order; the handler gets their values.
  ///
  /// `name`: what logs and metrics call it; unique.
  package mutating func on<each Value: Sendable>(
    _ method: HTTPMethod, _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    attributes: TypedValues = TypedValues(),
    handler: @escaping @Sendable (HTTPRequest, repeat each Value) async throws -> HTTPResponse
  ) {
    do throws(HTTPServerError) {
      let pattern = try RoutePattern(pattern)
      var kinds: [String] = []
      for parameter in repeat each parameters { kinds.append(parameter.kind) }
      let names = pattern.parameterNames
      guard names.count == kinds.count else {
        throw HTTPServerError(
          .badRoute, "\(pattern): \(names.count) placeholders, but \(kinds.count) parameters")
      }
      var wrapped: HTTPHandler = { request in
        var captures = request.captures[...]
        let values = try (repeat value(of: each parameters, from: &captures))
        return try await handler(request, repeat each values)
      }
      for function in middleware.reversed() {
        let inner = wrapped
        wrapped = { request in try await function(request, inner) }
      }
      routes.append(
        Route(
          method: method, pattern: pattern, name: name, attributes: attributes,
          parameters: Array(zip(names, kinds)).map { ($0.0, $0.1) }, handler: wrapped,
          index: routes.count))
    } catch {
      mistakes.append(error.message)
    }
  }

  /// Adds a route for `GET`; see `on`.
  package mutating func get<each Value: Sendable>(
    _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    attributes: TypedValues = TypedValues(),
    handler: @escaping @Sendable (HTTPRequest, repeat each Value) async throws -> HTTPResponse
  ) {
    on(.get, pattern, repeat each parameters, name: name, attributes: attributes, handler: handler)
  }

  /// Adds a route for `POST`; see `on`.
  package mutating func post<each Value: Sendable>(
    _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    attributes: TypedValues = TypedValues(),
    handler: @escaping @Sendable (HTTPRequest, repeat each Value) async throws -> HTTPResponse
  ) {
    on(.post, pattern, repeat each parameters, name: name, attributes: attributes, handler: handler)
  }

  /// Adds a route for `PUT`; see `on`.
  package mutating func put<each Value: Sendable>(
    _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    attributes: TypedValues = TypedValues(),
    handler: @escaping @Sendable (HTTPRequest, repeat each Value) async throws -> HTTPResponse
  ) {
    on(.put, pattern, repeat each parameters, name: name, attributes: attributes, handler: handler)
  }

  /// Adds a route for `PATCH`; see `on`.
  package mutating func patch<each Value: Sendable>(
    _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    attributes: TypedValues = TypedValues(),
    handler: @escaping @Sendable (HTTPRequest, repeat each Value) async throws -> HTTPResponse
  ) {
    on(.patch, pattern, repeat each parameters, name: name, attributes: attributes, handler: handler)
  }

  /// Adds a route for `DELETE`; see `on`.
  package mutating func delete<each Value: Sendable>(
    _ pattern: String, _ parameters: repeat PathParameter<each Value>, name: String,
    attributes: TypedValues = TypedValues(),
    handler: @escaping @Sendable (HTTPRequest, repeat each Value) async throws -> HTTPResponse
  ) {
    on(.delete, pattern, repeat each parameters, name: name, attributes: attributes, handler: handler)
  }

  /// Checks the table and makes it ready to match.
  ///
  /// - Throws: `.badRoute` with every mistake, one a line.
  package func closed() throws(HTTPServerError) -> RouteTable {
    var mistakes = mistakes
    var root = RouteNode()
    var names: [String: Route] = [:]
    for (index, route) in routes.enumerated() {
      if let other = root.insert(route.pattern.segments[...], method: route.method, index: index) {
        mistakes.append(
          "\(route.method) \(route.pattern) (\(route.name)) answers the same requests as \(routes[other].pattern)"
            + " (\(routes[other].name))")
      }
      if let other = names.updateValue(route, forKey: route.name), other.pattern != route.pattern {
        mistakes.append("\(route.name) names both \(other.pattern) and \(route.pattern)")
      }
    }
    guard mistakes.isEmpty else { throw HTTPServerError(.badRoute, mistakes.joined(separator: "\n")) }
    return RouteTable(routes: routes, root: root, trailingSlash: trailingSlash, outermost: outermost)
  }
}

/// Takes the next capture and reads it.
private func value<Value>(of parameter: PathParameter<Value>, from captures: inout ArraySlice<String>) throws
  -> Value
{
  guard let text = captures.popFirst(), let value = parameter.parse(text) else { throw HTTPProblem.notFound }
  return value
}
