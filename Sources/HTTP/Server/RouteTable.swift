// Matching: a tree of segments, walked once per request.

internal import HTTPTypes

/// A closed route table.
package struct RouteTable: Sendable {
  package let routes: [Route]
  let root: RouteNode
  let trailingSlash: Router.TrailingSlash
  let outermost: [HTTPMiddleware]

  /// What the table says to a method and a path.
  enum Match {
    case route(Int, captures: [String])
    /// The path without its trailing slash would be found.
    case redirect
    /// The path is there, for these methods.
    case otherMethods([HTTPMethod])
    case nothing
  }

  func match(_ method: HTTPMethod, _ path: RequestPath) -> Match {
    var captures: [String] = []
    guard let leaf = root.find(path.segments[...], &captures) else { return .nothing }
    if path.hasTrailingSlash {
      guard leaf.isRest || trailingSlash == .redirect else { return .nothing }
      if !leaf.isRest { return .redirect }
    }
    if let index = leaf.methods[method] ?? (method == .head ? leaf.methods[.get] : nil) {
      return .route(index, captures: captures)
    }
    return .otherMethods(leaf.allowed)
  }

  /// Answers a request without a socket: for tests of routes, and for pages that embed others.
  ///
  /// - Throws: what the handler throws; `HTTPProblem` 404 and 405 for what is not in the table.
  package func respond(to request: HTTPRequest) async throws -> HTTPResponse {
    var request = request
    let handler = handler(for: &request)
    return try await handler(request)
  }

  /// The handler that a request gets, with its route filled in.
  func handler(for request: inout HTTPRequest) -> HTTPHandler {
    let inner = innerHandler(for: &request)
    if outermost.isEmpty { return inner }
    return outermost.reversed().reduce(inner) { inner, function in
      { request in try await function(request, inner) }
    }
  }

  private func innerHandler(for request: inout HTTPRequest) -> HTTPHandler {
    switch match(request.method, request.path) {
    case .route(let index, let captures):
      request.route = routes[index]
      request.captures = captures
      return routes[index].handler
    case .redirect:
      return Self.withoutTrailingSlash
    case .otherMethods(let methods):
      let allow = methods.map(\.rawValue).joined(separator: ", ")
      if request.method == .options {
        return { _ in HTTPResponse(status: .noContent, fields: ["Allow": allow]) }
      }
      return { _ in throw HTTPProblem(.methodNotAllowed, "Method not allowed", fields: ["Allow": allow]) }
    case .nothing:
      return { _ in throw HTTPProblem.notFound }
    }
  }

  private static let withoutTrailingSlash: HTTPHandler = { request in
    var location = request.path.segments.reduce("") { $0 + "/" + PercentEncoding.encode($1) }
    if let query = request.path.rawQuery { location += "?" + query }
    return .redirect(to: location, status: HTTPStatus(308))
  }
}

/// A node of the tree.
struct RouteNode: Sendable {
  private var literals: [String: RouteNode] = [:]
  private var placeholder: [RouteNode] = []
  private var rest: Leaf?
  private var leaf = Leaf(isRest: false)

  /// The routes that end at a node, by method.
  struct Leaf: Sendable {
    let isRest: Bool
    var methods: [HTTPMethod: Int] = [:]

    var allowed: [HTTPMethod] {
      var all = Set(methods.keys).union([.options])
      if all.contains(.get) { all.insert(.head) }
      return all.sorted { $0.rawValue < $1.rawValue }
    }
  }

  /// Adds a route; returns the index of the one that is there already.
  mutating func insert(_ segments: ArraySlice<RoutePattern.Segment>, method: HTTPMethod, index: Int) -> Int? {
    guard let first = segments.first else { return leaf.methods.takePlace(index, for: method) }
    switch first {
    case .literal(let text):
      return literals[text, default: RouteNode()].insert(segments.dropFirst(), method: method, index: index)
    case .placeholder:
      if placeholder.isEmpty { placeholder = [RouteNode()] }
      return placeholder[0].insert(segments.dropFirst(), method: method, index: index)
    case .rest:
      var leaf = rest ?? Leaf(isRest: true)
      defer { rest = leaf }
      return leaf.methods.takePlace(index, for: method)
    }
  }

  /// The leaf for a path: literal before placeholder before rest, at each segment.
  func find(_ segments: ArraySlice<String>, _ captures: inout [String]) -> Leaf? {
    guard let first = segments.first else { return leaf.methods.isEmpty ? nil : leaf }
    if let found = literals[first]?.find(segments.dropFirst(), &captures) { return found }
    if let node = placeholder.first {
      captures.append(first)
      if let found = node.find(segments.dropFirst(), &captures) { return found }
      captures.removeLast()
    }
    guard let rest else { return nil }
    captures.append(segments.joined(separator: "/"))
    return rest
  }
}

extension [HTTPMethod: Int] {
  fileprivate mutating func takePlace(_ index: Int, for method: HTTPMethod) -> Int? {
    if let other = self[method] { return other }
    self[method] = index
    return nil
  }
}
