// What the specimens of /design talk to: answers that accept, refuse, and do nothing else.

internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Resources

extension DashboardPages {
  /// Adds the routes below `/design/`. None reads what it is sent, and none keeps anything.
  func addSpecimenRoutes(to router: inout Router) {
    let everyone = TypedValues.with(RouteAccessKey.self, .everyone)
    router.post("/design/accepting", name: "design.accepting", attributes: everyone) { request in
      answers(json: request) ? HTTPResponse(status: .noContent) : .redirect(to: "/design#forms")
    }
    router.post("/design/refusing", name: "design.refusing", attributes: everyone) { request in
      guard answers(json: request) else { return .redirect(to: "/design#forms") }
      let reason = resources.english["design.fo.refused"]
      let body: JSONValue = ["error": ["message": .string(reason)]]
      return HTTPResponse(status: .conflict, contentType: "application/json", bytes: try body.encoded())
    }
    router.get("/design/palette.json", name: "design.palette", attributes: everyone) { _ in
      HTTPResponse(contentType: "application/json", bytes: try palette.encoded())
    }
    router.get("/design/live", name: "design.live", attributes: everyone) { request in
      events(after: request["Last-Event-ID"])
    }
  }

  /// A few events, and nothing for whoever comes back: the browser then gives up asking.
  private func events(after last: String?) -> HTTPResponse {
    guard last == nil else { return HTTPResponse(status: .noContent) }
    let line = resources.english["design.li.line2"]
    let label = resources.english["design.li.welcome"]
    let events = [
      ServerSentEvent(#"{"text":"4,213"}"#, event: "events", id: "1", retry: .seconds(1)),
      ServerSentEvent(#"{"progress":80}"#, event: "import"),
      ServerSentEvent(
        #"{"append":{"time":"2026-11-21T08:03:00Z","label":"\#(label)","text":"\#(line)"}}"#, event: "log"),
    ]
    return HTTPResponse(contentType: "text/event-stream", bytes: events.flatMap(\.serialized))
  }

  private var palette: JSONValue {
    [
      [
        "label": "AutoMod", "hint": "Filters messages before they do harm", "url": "/design#surfaces",
        "group": "Plugins",
      ], ["label": "Elsewhere", "url": "https://example.com/", "group": "Refused"],
    ]
  }

  private func answers(json request: HTTPRequest) -> Bool {
    request["Accept"]?.contains("application/json") ?? false
  }
}
