// How the installation is: a page, a document for programs, and a feed. Everybody may see them.

import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformSite
import Resources

/// `/status`, `/status.json` and `/status.atom`. They answer from memory when the store does not.
struct StatusPages: Sendable {
  private let source: StatusSource

  init(gate: Gate) { source = StatusSource(gate.house.status, time: gate.house.time) }

  func addRoutes(to routes: inout DashboardRoutes) {
    let source = source
    routes.inAnyCase(.get, "/status", name: "status") { visit in
      try StatusView(visit: visit, report: await source.report()).page()
    }
    routes.inAnyCase(.get, "/status.json", name: "status.document") { visit in
      try Self.published(
        "application/json", StatusDocument(visit: visit, report: await source.report()).json.encoded())
    }
    routes.inAnyCase(.get, "/status.atom", name: "status.feed") { visit in
      Self.published(
        "application/atom+xml; charset=utf-8",
        Array(StatusFeed(visit: visit, report: await source.report()).xml.utf8))
    }
  }

  private static func published(_ type: String, _ bytes: [UInt8]) -> HTTPResponse {
    var response = HTTPResponse(contentType: type, bytes: bytes)
    response.fields["Cache-Control"] = "public, max-age=15"
    return response
  }
}
