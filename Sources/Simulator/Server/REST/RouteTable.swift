// Which request is answered by what: rows of method, template and handler.

package import HTTPTypes
package import SimulatorWorld

/// Answers a request, on the world's loop.
package typealias RESTHandler = @Sendable (RESTCall, World) throws(RESTFailure) -> RESTAnswer

/// One row: a route of Discord's API, or of the simulator's control (templates that begin with `/sim/`).
package struct RESTRoute: Sendable {
  package let method: HTTPMethod
  /// With Discord's names: `/channels/{channel.id}/messages`.
  package let template: String
  /// Whether it is answered without any token.
  package let isPublic: Bool
  package let handler: RESTHandler

  package init(
    _ method: HTTPMethod, _ template: String, isPublic: Bool = false, handler: @escaping RESTHandler
  ) {
    (self.method, self.template, self.isPublic, self.handler) = (method, template, isPublic, handler)
  }
}

/// All routes, found by the segments of a path; a literal segment wins over a parameter.
package struct RouteTable: Sendable {
  /// What a path leads to.
  package enum Match: Sendable {
    case route(RESTRoute, parameters: [String: String])
    /// The path exists with other methods.
    case otherMethods
    case none
  }

  private final class Node: Sendable {
    let literals: [String: Node]
    let parameter: (name: String, node: Node)?
    let routes: [HTTPMethod: RESTRoute]

    init(_ rows: [(segments: ArraySlice<Substring>, route: RESTRoute)]) {
      var here: [HTTPMethod: RESTRoute] = [:]
      var literal: [String: [(segments: ArraySlice<Substring>, route: RESTRoute)]] = [:]
      var wild: [(segments: ArraySlice<Substring>, route: RESTRoute)] = []
      var name = ""
      for row in rows {
        guard let first = row.segments.first else {
          assert(here[row.route.method] == nil, "two routes for \(row.route.method) \(row.route.template)")
          here[row.route.method] = row.route
          continue
        }
        if first.hasPrefix("{") {
          name = String(first)
          wild.append((row.segments.dropFirst(), row.route))
        } else {
          literal[String(first), default: []].append((row.segments.dropFirst(), row.route))
        }
      }
      routes = here
      literals = literal.mapValues { Node($0) }
      parameter = wild.isEmpty ? nil : (name, Node(wild))
    }
  }

  /// The rows.
  package let routes: [RESTRoute]
  private let root: Node

  /// A table of these rows.
  package init(_ routes: [RESTRoute]) {
    self.routes = routes
    root = Node(routes.map { ($0.template.split(separator: "/")[...], $0) })
  }

  /// What answers that request. `segments` are decoded, without `/api/v10`.
  package func match(_ method: HTTPMethod, _ segments: ArraySlice<String>) -> Match {
    guard let (node, values) = find(segments, from: root) else { return .none }
    guard let route = node.routes[method] else { return .otherMethods }
    let names = route.template.split(separator: "/").filter { $0.hasPrefix("{") }
      .map { String($0.dropFirst().dropLast()) }
    return .route(route, parameters: Dictionary(zip(names, values)) { first, _ in first })
  }

  private func find(_ segments: ArraySlice<String>, from node: Node) -> (Node, [String])? {
    guard let first = segments.first else { return node.routes.isEmpty ? nil : (node, []) }
    if let next = node.literals[first], let found = find(segments.dropFirst(), from: next) { return found }
    guard let (_, next) = node.parameter, let found = find(segments.dropFirst(), from: next) else {
      return nil
    }
    return (found.0, [first] + found.1)
  }

  /// Every route the simulator has.
  package static let discord = RouteTable(groups.flatMap { $0 })

  /// The routes by resource; a new file of routes adds its group here.
  private static let groups: [[RESTRoute]] = [
    userRoutes, gatewayRoutes, guildRoutes, widgetRoutes, channelRoutes, threadRoutes, inviteRoutes,
    messageRoutes,
    pinRoutes,
    reactionRoutes, pollRoutes, memberRoutes, joinRoutes, banRoutes, roleRoutes, voiceRoutes,
    expressionRoutes,
    autoModerationRoutes, scheduledEventRoutes, controlRoutes,
    applicationRoutes, commandRoutes, commandPermissionRoutes, interactionRoutes, webhookRoutes,
    webhookMessageRoutes, entitlementRoutes, oauth2Routes, faultRoutes,
  ]
}
