// A request, as a handler sees it.

package import HTTPTypes
package import Telemetry

/// One request. A value: middleware may hand on a copy with more values in it.
package struct HTTPRequest: Sendable {
  /// Method, target and fields as they were sent.
  package let head: RequestHead
  /// The path in decoded segments.
  package let path: RequestPath
  /// The client's address, scheme and host, as seen through trusted proxies.
  package let client: ClientView
  package let body: HTTPBody
  /// The route that answers; nil outside of the route table (404, 405).
  package internal(set) var route: Route?
  /// What middleware left for the handler, such as the session.
  package var values = TypedValues()

  /// What was captured for the placeholders of the route's pattern, still as text.
  var captures: [String] = []
  let number: UInt64
  let scratch: RequestScratch
  /// What ties this request's log entries together; begun by a trusted proxy (`traceparent`), or here. The handler's
  /// task runs in it.
  package let trace: TraceID

  /// As the client sent it.
  package var method: HTTPMethod { head.method }

  /// Sixteen characters that name this request in answers and log entries.
  package var id: String { RequestID.text(number) }

  /// Every field as text. Looking up one name with `request["Accept"]` is cheaper.
  package var fields: HTTPFields { head.fields }

  /// The first field of that name.
  package subscript(name: String) -> String? { head.first(name) }

  /// The pairs of the query; parsed on each call.
  ///
  /// - Throws: `HTTPProblem` 400 when it is not properly encoded.
  package var query: FormFields {
    get throws(HTTPProblem) {
      try path.rawQuery.map { query throws(HTTPProblem) in try FormFields.parse(Array(query.utf8)) }
        ?? FormFields()
    }
  }

  /// The cookies; parsed on each call.
  package var cookies: RequestCookies { RequestCookies.parse(head.values(lowercased: "cookie")) }

  /// The media type of the body, in lower case and without parameters; nil without one.
  package var contentType: String? {
    self["Content-Type"]?.split(separator: ";").first.map { String($0.trimmingSpaces).lowercased() }
  }

  /// The body as an urlencoded form.
  ///
  /// - Throws: `HTTPProblem` 415 when it is something else, 400 when it is not properly encoded, 413.
  package func form(upTo limit: Int = 256 * 1024) async throws -> FormFields {
    guard contentType == "application/x-www-form-urlencoded" else {
      throw HTTPProblem(.unsupportedMediaType, "Unsupported media type", detail: "A form is expected here.")
    }
    return try FormFields.parse(try await body.collect(upTo: limit))
  }

  /// A request made by hand: for tests of handlers.
  package init(
    method: HTTPMethod = .get, target: String = "/", fields: HTTPFields = ["Host": "localhost"],
    body: HTTPBody = HTTPBody(), client: ClientView? = nil
  ) throws(HTTPProblem) {
    let head = RequestHead(
      method: method, target: Array(target.utf8), fields: fields.fields.map { RawField($0.name, $0.value) })
    self.init(
      head: head, path: try RequestPath.parse(head.target),
      client: client ?? ClientView(address: nil, scheme: "http", host: fields["Host"] ?? ""), body: body,
      number: RequestID.next(), scratch: RequestScratch(), trace: .random())
  }

  init(
    head: RequestHead, path: RequestPath, client: ClientView, body: HTTPBody, number: UInt64,
    scratch: RequestScratch, trace: TraceID
  ) {
    self.head = head
    self.path = path
    self.client = client
    self.body = body
    self.number = number
    self.scratch = scratch
    self.trace = trace
  }
}
