// The door of the dashboard: every route, and what is around all of them.

import DiscordREST
import HTML
package import HTTPServer
import HTTPTypes

/// The web application.
package struct Dashboard: Sendable {
  let gate: Gate
  let resources: DashboardResources

  package init(_ house: DashboardEnvironment, _ resources: DashboardResources) {
    (gate, self.resources) = (Gate(house, resources), resources)
  }

  /// Ends what asks Discord.
  package func close() async { await gate.discord.shutdown() }

  /// Adds every route of the dashboard, and what all its answers carry: header fields, the request's id, and a page when
  /// something fails; text compressed.
  ///
  /// - Throws: `HTTPServerError.badRoute` naming routes that do not say who may come.
  package func addRoutes(to router: inout Router) throws(HTTPServerError) {
    let before = router.routes.count
    router.useAroundAll(AnswerCompression.middleware)
    DashboardPages(resources).addRoutes(to: &router)
    let problems = Problems(gate: gate)
    router.useAroundAll { request, next in
      var response: HTTPResponse
      do {
        response = try await next(request)
      } catch let error as HTTPServerError {
        throw error
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        response = await problems.answer(request, error)
      }
      if gate.house.site.isSecure {
        response.fields["Strict-Transport-Security"] = SecurityHeaders.transportSecurity
      }
      response.fields["X-Request-Id"] = request.id
      return response
    }
    var routes = DashboardRoutes(router, gate: gate)
    SignIn(gate: gate).addRoutes(to: &routes)
    PictureRoutes(gate: gate).addRoutes(to: &routes)
    APIDesk(gate: gate).addRoutes(to: &routes)
    for add in Self.pages { add(gate, &routes) }
    router = routes.finished()
    try RouteAccessKey.require(on: router.routes[before...])
  }

  /// The parts of the dashboard; each adds its routes.
  private static let pages: [@Sendable (Gate, inout DashboardRoutes) -> Void] = [
    { _, routes in HomePages.addRoutes(to: &routes) },
    { gate, routes in ServerPages(gate: gate).addRoutes(to: &routes) },
    { _, routes in OverviewPages.addRoutes(to: &routes) },
    { _, routes in BotPages.addRoutes(to: &routes) },
    { _, routes in AccessPages.addRoutes(to: &routes) },
    { gate, routes in AccountPages(gate: gate).addRoutes(to: &routes) },
    { _, routes in AuditPages.addRoutes(to: &routes) },
    { _, routes in MemberPages.addRoutes(to: &routes) },
    { _, routes in WhyPages.addRoutes(to: &routes) },
    { _, routes in NoticePages.addRoutes(to: &routes) },
    { _, routes in DataPages.addRoutes(to: &routes) },
    { gate, routes in LiveFeed.addRoutes(to: &routes, gate) },
    { gate, routes in GuestPages(gate: gate).addRoutes(to: &routes) },
    { _, routes in PluginPages.addRoutes(to: &routes) },
    { _, routes in CommandPages.addRoutes(to: &routes) },
    { _, routes in TransferPages.addRoutes(to: &routes) },
    { gate, routes in StatusPages(gate: gate).addRoutes(to: &routes) },
    { _, routes in LegalRoutes.addRoutes(to: &routes) },
    { gate, routes in OperatorPages(gate: gate).addRoutes(to: &routes) },
    { gate, routes in GuidePages(gate: gate).addRoutes(to: &routes) },
    { gate, routes in PaletteRoutes(gate: gate).addRoutes(to: &routes) },
  ]
}
