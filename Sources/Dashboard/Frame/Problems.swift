// What is shown when something goes wrong: a page in the frame for people, a short document for programs.

import HTML
import HTTPServer
import HTTPTypes
import JSON
import Resources
import Telemetry

/// Turns what handlers throw into answers.
struct Problems: Sendable {
  let gate: Gate

  /// The answer to a request that failed.
  func answer(_ request: HTTPRequest, _ error: any Error) async -> HTTPResponse {
    if let needed = error as? SignInNeeded { return toSignIn(needed) }
    let problem: HTTPProblem
    if let known = error as? HTTPProblem {
      problem = known
    } else {
      Log(room: "dashboard").error(
        "a page failed",
        [
          "route": .string(request.route?.name ?? "-"), "request": .string(request.id),
          "error": .string("\(error)"),
        ])
      problem = HTTPProblem(HTTPStatus(500), "Something went wrong")
    }
    let accept = request["Accept"] ?? ""
    let isAPI =
      request.route?.attributes[RouteIsAPI.self] == true || request.path.segments.starts(with: ["api", "v1"])
    if accept.contains("application/json") || isAPI {
      return document(problem, request)
    }
    guard accept.contains("text/html"), let page = await page(problem, request) else {
      return problem.response(accept: accept, requestID: request.id)
    }
    return page
  }

  private func toSignIn(_ needed: SignInNeeded) -> HTTPResponse {
    let target = String(decoding: needed.returnTo.prefix(1_000), as: UTF8.self)
    return .redirect(to: SafeURL(segments: ["login"], query: [("next", target)]).description)
  }

  private func document(_ problem: HTTPProblem, _ request: HTTPRequest) -> HTTPResponse {
    let message = [problem.title, problem.detail].compactMap(\.self).joined(separator: ". ")
    let refusal = APIRefusal(code: APIRefusal.Code(status: problem.status.code), message: message)
    // Only a number that JSON does not have can fail.
    let body = (try? refusal.document(request: request.id).encoded()) ?? Array("{}".utf8)
    var response = HTTPResponse(status: problem.status, contentType: "application/json", bytes: body)
    for field in problem.fields.fields { response.fields.append(field.name, field.value) }
    response.fields["Cache-Control"] = "no-store"
    response.closesConnection = problem.closesConnection
    return response
  }

  private func page(_ problem: HTTPProblem, _ request: HTTPRequest) async -> HTTPResponse? {
    // A page about a failure must not fail in turn: without a visit it is the plain one.
    guard problem.status.code != 429, let visit = try? await gate.visit(asking(request)) else { return nil }
    let strings = visit.strings
    let code = problem.status.code
    let title = strings.sentence("problem.\(code)") ?? problem.title
    let detail = problem.detail ?? strings.sentence("problem.\(code).help") ?? ""
    var head = PageHead(title, section: "")
    head.status = problem.status
    guard
      var response = try? visit.page(
        head,
        { html in
          html.add(
            EmptyState(detail.isEmpty ? title : detail, strings("problem.request", ["request": request.id])))
          html.element(.p) { html in html.element(.a, .href("/servers"), text: strings["problem.back"]) }
        })
    else { return nil }
    for field in problem.fields.fields { response.fields.append(field.name, field.value) }
    response.closesConnection = problem.closesConnection
    return response
  }

  /// The same request as one that only looks: the page about a refused form is no form.
  private func asking(_ request: HTTPRequest) -> HTTPRequest {
    guard
      let asking = try? HTTPRequest(method: .get, target: "/", fields: request.fields, client: request.client)
    else { return request }
    return asking
  }
}
