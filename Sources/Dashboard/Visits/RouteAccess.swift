// Who may come to a route. Every route says it: `DashboardRoutes` has no other way in.

package import HTTPServer
package import PlatformAccess

/// Who may see a page, or do what a form does.
package enum RouteAccess: Hashable, Sendable, CustomStringConvertible {
  case everyone
  /// Whoever is signed in.
  case account
  /// Members of the guild in the address who have at least this role, as the bot sees them at that moment.
  case guild(AccessRole)
  /// Those the operator named.
  case operators

  package var description: String {
    switch self {
    case .everyone: "everyone"
    case .account: "account"
    case .guild(let role): role.name
    case .operators: "operators"
    }
  }
}

/// What a route of the dashboard declares about itself. Start-up fails on a row without it
/// (`require`).
package enum RouteAccessKey: RouteAttribute {
  package static let defaultValue: RouteAccess? = nil

  /// Refuses routes that do not say who may come.
  ///
  /// - Throws: `HTTPServerError.badRoute` with their names.
  package static func require(on routes: some Sequence<Route>) throws(HTTPServerError) {
    let names = routes.filter { $0.attributes[Self.self] == nil }.map(\.name)
    guard names.isEmpty else {
      throw HTTPServerError(.badRoute, "nobody says who may come to \(names.joined(separator: ", "))")
    }
  }
}

/// How much of files a form may bring; nil where no form has files.
enum RouteTakesFiles: RouteAttribute {
  static let defaultValue: UploadLimits? = nil
}

/// Whether a route belongs to the JSON API, which takes personal tokens.
package enum RouteIsAPI: RouteAttribute {
  package static let defaultValue = false
}
