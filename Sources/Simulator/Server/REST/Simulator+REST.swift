// From an HTTP request to a handler and back: reading, authenticating, answering, reporting.

internal import DiscordCore
internal import EventLoop
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld
internal import Telemetry

private let restLog = Log(room: "simulator.rest")

extension Simulator {
  /// Answers a request below `/api` or `/sim`.
  nonisolated func answer(_ request: HTTPRequest, under prefix: String) async throws -> HTTPResponse {
    let arrivedAt = SystemTime().uptime
    let raw = try await request.body.collect()
    var segments = request.path.segments[...]
    if prefix == "api" {
      segments = segments.dropFirst()
      if let version = segments.first, version.hasPrefix("v"), Int(version.dropFirst()) != nil {
        segments = segments.dropFirst()
      }
    }
    var call = RESTCall(method: request.method, template: "", caller: .anonymous)
    call.query = try request.query.pairs.map { ($0.name, $0.value) }
    call.contentType = request["Content-Type"]
    call.rawBody = raw
    call.fields = request.fields
    call.reason = Self.reason(request["X-Audit-Log-Reason"])
    let target = String(decoding: request.head.target, as: UTF8.self)
    let answer = await perform(
      call, segments: Array(segments), authorization: request["Authorization"], target: target,
      address: request.client.address.map { "\($0)" } ?? "", arrivedAt: arrivedAt)
    if answer.delay > .zero { try await Task.sleep(for: answer.delay) }
    return answer.response
  }

  /// The one place through which every REST request goes, on the loop.
  private func perform(
    _ call: RESTCall, segments: [String], authorization: String?, target: String, address: String,
    arrivedAt: Duration
  ) -> (response: HTTPResponse, delay: Duration) {
    loop.checkIsolated()
    var call = call
    var passage = RESTPassage(address: address)
    var answer: RESTAnswer
    do throws(RESTFailure) {
      answer = try handle(&call, &passage, segments: segments, authorization: authorization)
    } catch {
      answer = error.answer
    }
    hub.finish(&answer, of: call, passage, at: world.now)
    let response = respond(answer, to: call, target: target, arrivedAt: arrivedAt)
    return (passage.shaped(response), passage.delay)
  }

  private func handle(
    _ call: inout RESTCall, _ passage: inout RESTPassage, segments: [String], authorization: String?
  ) throws(RESTFailure) -> RESTAnswer {
    let route: RESTRoute
    switch routes.match(call.method, segments[...]) {
    case .none: throw .noSuchRoute
    case .otherMethods: throw .methodNotAllowed
    case .route(let found, let parameters):
      route = found
      call.template = found.template
      call.parameters = parameters
    }
    if hub.isBlocked(passage.address, route, at: world.now) { return hub.blockedAnswer }
    do throws(RESTFailure) {
      call.caller = try world.caller(for: authorization)
    } catch {
      // Public routes have their own ideas of authorization: basic at the token endpoint, tokens in paths.
      guard route.isPublic else { throw error }
    }
    if case .anonymous = call.caller, !route.isPublic { throw .unauthorized }
    try call.readBody()
    if let refusal = hub.admit(call, &passage, at: world.now) { return refusal }
    let answer = try route.handler(call, world)
    return passage.lostAnswer ?? answer
  }

  private func respond(_ answer: RESTAnswer, to call: RESTCall, target: String, arrivedAt: Duration)
    -> HTTPResponse
  {
    var response = HTTPResponse(status: HTTPStatus(answer.status), fields: answer.fields)
    var bytes: [UInt8] = []
    if let body = answer.bytes {
      bytes = body.bytes
      response.fields["Content-Type"] = body.contentType
    } else if let json = answer.json {
      do throws(JSONError) {
        bytes = try json.encoded()
      } catch {
        restLog.error("an answer could not be written", ["code": "\(error.code)"])
        response.status = .internalServerError
      }
      response.fields["Content-Type"] = "application/json"
    }
    if !bytes.isEmpty { response.body = .bytes(bytes[...]) }
    onExchange?(
      RESTExchange(
        method: call.method, template: call.template.isEmpty ? nil : call.template, target: target,
        caller: call.caller, requestContentType: call.contentType, request: call.rawBody,
        status: response.status.code, response: bytes, reason: call.reason, at: world.now,
        arrivedAt: arrivedAt))
    return response
  }

  /// The reason of an audit log entry, which is percent-encoded.
  private static func reason(_ text: String?) -> String? {
    guard let text, !text.isEmpty else { return nil }
    let decoded = PercentEncoding.decode(Array(text.utf8)[...], plusIsSpace: false)
    return decoded.flatMap { String(validating: $0, as: UTF8.self) } ?? text
  }
}
