// The page `/design` as an answer.

internal import HTML
package import HTTPServer
internal import HTTPTypes

/// The page that shows the design system, which needs no house behind it.
package struct DashboardPages: Sendable {
  /// What the pages are made with.
  package let resources: DashboardResources

  package init(_ resources: DashboardResources) {
    self.resources = resources
  }

  /// Adds `/design` and the files that pages refer to, and the header fields that all answers of the dashboard carry.
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
    let everyone = TypedValues.with(RouteAccessKey.self, .everyone)
    router.get("/design", name: "design", attributes: everyone) { request in
      design(theme: request.cookies["theme"], sidebar: request.cookies["sidebar"])
    }
    addSpecimenRoutes(to: &router)
    resources.files.addRoutes(to: &router, attributes: everyone)
  }

  /// The page `/design`, in the theme a reader chose, from the cookie that the theme button sets; in the system's
  /// for anything else. `sidebar` is the cookie of the button that narrows the navigation.
  package func design(theme: String?, sidebar: String? = nil) -> HTTPResponse {
    let page = DesignPage(
      resources, theme: theme.flatMap { Theme(rawValue: $0) }, isSidebarCollapsed: sidebar == "collapsed"
    ).bytes()
    var response = HTTPResponse(contentType: "text/html; charset=utf-8", bytes: page)
    response.fields.append("Cache-Control", "no-cache")
    response.fields.append("Vary", "Cookie")
    return response
  }
}
