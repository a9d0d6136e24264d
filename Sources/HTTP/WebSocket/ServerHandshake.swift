// The opening handshake as the server sees it.

package import HTTPTypes

/// What a server makes of a request to open a connection (RFC 6455 section 4.2).
package struct WebSocketServerHandshake: Sendable {
  /// The answer to a request.
  package enum Verdict: Sendable, Equatable {
    /// Answer 101 with these fields and switch.
    case accept(fields: HTTPFields, subprotocol: String?)
    /// Answer with this status and these fields; nothing is switched.
    case refuse(status: HTTPStatus, fields: HTTPFields)
  }

  /// The subprotocols this server speaks; the client's order decides. A client that asks for others only is
  /// accepted without one.
  package var subprotocols: [String] = []
  /// Whether a request with this `Origin` (nil: none, so not a browser) may connect. Browsers let any page open a
  /// WebSocket to any server, with the user's cookies: answer yes to your own origins only where a session counts.
  package var allowsOrigin: @Sendable (String?) -> Bool = { _ in true }

  package init() {}

  /// Judges a request.
  ///
  /// - Parameters:
  ///   - method: must be GET.
  ///   - isHTTP11: whether the request line says HTTP/1.1.
  ///   - fields: the request's header.
  /// - Returns: 400, 403, 405 or 426 as a refusal, 426 with the version this end speaks.
  package func judge(method: HTTPMethod, isHTTP11: Bool, fields: HTTPFields) -> Verdict {
    guard method == .get else { return .refuse(status: .methodNotAllowed, fields: ["Allow": "GET"]) }
    guard isHTTP11,
      Handshake.has("websocket", in: "Upgrade", of: fields),
      Handshake.has("upgrade", in: "Connection", of: fields)
    else {
      return .refuse(
        status: .upgradeRequired, fields: ["Upgrade": "websocket", "Connection": "Upgrade"])
    }
    guard fields.values("Sec-WebSocket-Version") == ["13"] else {
      return .refuse(status: .upgradeRequired, fields: ["Sec-WebSocket-Version": "13"])
    }
    let keys = fields.values("Sec-WebSocket-Key")
    guard keys.count == 1, let key = keys.first, Handshake.isKey(key),
      // Without SHA-1 no handshake can succeed; 400 says as much.
      let accept = try? Handshake.accept(for: key)
    else { return .refuse(status: .badRequest, fields: [:]) }
    let origins = fields.values("Origin")
    guard origins.count <= 1, allowsOrigin(origins.first) else {
      return .refuse(status: .forbidden, fields: [:])
    }
    var answer: HTTPFields = [
      "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept,
    ]
    let subprotocol = Handshake.list("Sec-WebSocket-Protocol", in: fields).map(String.init)
      .first(where: subprotocols.contains)
    if let subprotocol { answer["Sec-WebSocket-Protocol"] = subprotocol }
    return .accept(fields: answer, subprotocol: subprotocol)
  }
}
