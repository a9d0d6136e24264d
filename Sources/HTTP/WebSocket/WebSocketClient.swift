// The client's door: from an address to an open connection.

internal import EventLoop
package import HTTPClient
package import HTTPTypes

/// Opens WebSocket connections.
package enum WebSocketClient {
  /// Where to connect, and how to ask.
  package struct Request: Sendable {
    /// `ws://…` or `wss://…`, with path and query.
    package var url: String
    /// Fields beside those of the handshake, such as `Authorization` or `Origin`.
    package var fields = HTTPFields()
    /// Subprotocols offered, dearest first.
    package var subprotocols: [String] = []
    /// How long resolving, connecting and TLS may take together.
    package var connectTimeout: Duration = .seconds(10)
    /// How long the server may take to answer once the connection stands.
    package var handshakeTimeout: Duration = .seconds(10)
    package var options = WebSocketOptions()

    /// A request for an address.
    package init(_ url: String) {
      self.url = url
    }
  }
}

/// The parts of a WebSocket address that the handshake speaks of (RFC 6455 section 3).
struct WebSocketAddress: Equatable {
  /// Host and port, as the `Host` field carries them.
  let authority: String
  /// Path and query.
  let resource: String

  /// - Throws: `.badAddress`.
  init(_ url: String) throws(WebSocketError) {
    guard let separator = url.utf8.firstIndex(of: UInt8(ascii: ":")), url[separator...].hasPrefix("://"),
      ["ws", "wss"].contains(where: url[..<separator].equalsIgnoringASCIICase)
    else { throw WebSocketError(.badAddress, "the scheme is not ws or wss") }
    // Bytes beyond printable ASCII would break the request line or smuggle a field.
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !url.utf8.contains(UInt8(ascii: "#")) else {
      throw WebSocketError(.badAddress, "a character that must be encoded, or a fragment")
    }
    let rest = url[separator...].dropFirst(3)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    authority = String(rest[..<end])
    guard !authority.isEmpty, !authority.utf8.contains(UInt8(ascii: "@")) else {
      throw WebSocketError(.badAddress, "no host, or a user name in the address")
    }
    resource = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
  }

  /// The upgrade request (RFC 9112 section 3).
  ///
  /// - Throws: `.badAddress` when a field could not be sent as it is.
  func request(_ fields: HTTPFields) throws(WebSocketError) -> [UInt8] {
    guard fields.firstUnsendable == nil else {
      throw WebSocketError(.badAddress, "a field that cannot be sent")
    }
    var text = "GET \(resource) HTTP/1.1\r\nHost: \(authority)\r\n"
    for field in fields.fields { text += "\(field.name): \(field.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }
}

extension WebSocketClient {
  /// Connects and speaks the opening handshake. The connection lives on the client's loop and reads nothing before
  /// it is started or its `messages` are asked for.
  ///
  ///     let connection = try await WebSocketClient.connect(.init("wss://gateway.discord.gg/?v=10"), over: client)
  ///     for await message in connection.messages { … }
  ///
  /// - Throws: `HTTPError` when no connection comes about (refused, DNS, TLS, policy, time); `WebSocketError` with
  ///   `.rejected` and the status when the server answers with anything but 101, `.badHandshake`, `.badAddress`,
  ///   `.timeout`; `CancellationError`.
  package static func connect(_ request: Request, over client: HTTPClient) async throws -> WebSocketConnection
  {
    _ = try WebSocketAddress(request.url)
    let stream = try await client.connectUpgrade(to: request.url, connectTimeout: request.connectTimeout)
    return try await upgrade(stream, for: request)
  }

  /// Speaks the opening handshake over a connection that stands, and takes the connection over.
  static func upgrade(_ stream: any UpgradedStream, for request: Request) async throws -> WebSocketConnection
  {
    let handshake = WebSocketClientHandshake(subprotocols: request.subprotocols)
    let bytes: [UInt8]
    do {
      var fields = handshake.fields
      for field in request.fields.fields { fields.append(field.name, field.value) }
      bytes = try WebSocketAddress(request.url).request(fields)
    } catch {
      stream.loop.execute { stream.close() }
      throw error
    }
    let upgrade = ClientUpgrade(
      stream: stream, request: bytes, handshake: handshake, options: request.options)
    return try await upgrade.run(timeout: request.handshakeTimeout)
  }
}
