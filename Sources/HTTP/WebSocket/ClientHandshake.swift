// The opening handshake as the client sees it.

package import HTTPTypes

/// One attempt to open a connection: the fields to send, and the check of what comes back (RFC 6455 section 4.1).
package struct WebSocketClientHandshake: Sendable {
  /// Sec-WebSocket-Key: 16 random bytes, used once.
  package let key: String
  /// The subprotocols offered, dearest first.
  package let subprotocols: [String]

  /// A handshake with a fresh key from the system's generator.
  package init(subprotocols: [String] = []) {
    var generator = SystemRandomNumberGenerator()
    self.init(keyBytes: (0..<16).map { _ in generator.next() }, subprotocols: subprotocols)
  }

  /// A handshake with a given key, for tests.
  init(keyBytes: [UInt8], subprotocols: [String]) {
    key = Base64.encode(keyBytes)
    self.subprotocols = subprotocols
  }

  /// What the GET request carries beside `Host`. No extension is offered.
  package var fields: HTTPFields {
    var fields: HTTPFields = [
      "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key,
      "Sec-WebSocket-Version": "13",
    ]
    if !subprotocols.isEmpty { fields["Sec-WebSocket-Protocol"] = subprotocols.joined(separator: ", ") }
    return fields
  }

  /// Checks the answer and returns the subprotocol the server chose, if any.
  ///
  /// - Throws: `.rejected` with the status for anything but 101; `.badHandshake` when the answer does not belong
  ///   to this request or brings what was not asked for.
  package func check(status: HTTPStatus, fields: HTTPFields) throws(WebSocketError) -> String? {
    guard status.code == 101 else { throw WebSocketError(.rejected, status: status) }
    guard Handshake.has("websocket", in: "Upgrade", of: fields) else {
      throw WebSocketError(.badHandshake, "no Upgrade: websocket")
    }
    guard Handshake.has("upgrade", in: "Connection", of: fields) else {
      throw WebSocketError(.badHandshake, "no Connection: Upgrade")
    }
    let accept = fields.values("Sec-WebSocket-Accept")
    guard accept.count == 1, accept.first == (try Handshake.accept(for: key)) else {
      throw WebSocketError(.badHandshake, "Sec-WebSocket-Accept does not fit the key")
    }
    guard Handshake.list("Sec-WebSocket-Extensions", in: fields).isEmpty else {
      throw WebSocketError(.badHandshake, "an extension that was not offered")
    }
    let chosen = Handshake.list("Sec-WebSocket-Protocol", in: fields).map(String.init)
    guard chosen.count <= 1, chosen.allSatisfy(subprotocols.contains) else {
      throw WebSocketError(.badHandshake, "a subprotocol that was not offered")
    }
    return chosen.first
  }
}
