// The dashboard's routes and the pages behind them.

internal import HTML
package import HTTPServer
internal import HTTPTypes

/// The pages that need nobody to be signed in: `/design`, and the files that pages refer to.
package struct DashboardPages: Sendable {
  /// What the pages are made with.
  package let resources: DashboardResources

  package init(_ resources: DashboardResources) {
    self.resources = resources
  }

  /// Adds every route of the dashboard, and the header fields that all its answers carry.
  package func addRoutes(to router: inout Router) {
    router.useAroundAll { request, next in
      var response: HTTPResponse
      do {
        response = try await next(request)
      } catch let problem as HTTPProblem {
        // Answered here rather than by the server, so that it carries the fields as well.
        response = problem.response(accept: request["Accept"], requestID: request.id)
      }
      for (name, value) in SecurityHeaders.fields where response.fields[name] == nil {
        response.fields.append(name, value)
      }
      return response
    }
    router.get("/", name: "home") { _ in .redirect(to: "/design") }
    router.get("/design", name: "design") { request in design(theme: request.cookies["theme"]) }
    resources.files.addRoutes(to: &router)
  }

  /// The page `/design`, in the theme a reader chose, from the cookie that the theme button sets; in the system's
  /// for anything else.
  package func design(theme: String?) -> HTTPResponse {
    let page = DesignPage(resources, theme: theme.flatMap { Theme(rawValue: $0) }).bytes()
    var response = HTTPResponse(contentType: "text/html; charset=utf-8", bytes: page)
    response.fields.append("Cache-Control", "no-cache")
    response.fields.append("Vary", "Cookie")
    return response
  }
}
