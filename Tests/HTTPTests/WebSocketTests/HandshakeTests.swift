// The opening handshake as values: what is asked, what is answered, what is refused.

import HTTPTypes
import Testing

@testable import WebSocket

@Suite struct OpeningHandshake {
  /// RFC 6455 section 1.3's example.
  private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
  private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

  private static let request: HTTPFields = [
    "Host": "example.com", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
  ]

  @Test func `the example of RFC 6455 is accepted with its digest`() {
    let verdict = WebSocketServerHandshake().judge(method: .get, isHTTP11: true, fields: Self.request)
    #expect(
      verdict
        == .accept(
          fields: ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": Self.accept],
          subprotocol: nil))
  }

  @Test(
    arguments: [
      ("Upgrade", nil, 426), ("Upgrade", "h2c", 426), ("Connection", nil, 426), ("Connection", "close", 426),
      ("Sec-WebSocket-Version", "8", 426), ("Sec-WebSocket-Version", nil, 426),
      ("Sec-WebSocket-Key", nil, 400),
      ("Sec-WebSocket-Key", "short==", 400), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=A", 400),
      ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR==", 400), ("Origin", "https://evil.example", 403),
    ] as [(String, String?, Int)])
  func `a request that is no handshake is refused`(name: String, value: String?, status: Int) throws {
    var fields = Self.request
    fields[name] = value
    var handshake = WebSocketServerHandshake()
    handshake.allowsOrigin = { $0 == nil }
    guard
      case .refuse(let refused, let answer) = handshake.judge(
        method: .get, isHTTP11: true, fields: fields)
    else {
      Issue.record("accepted")
      return
    }
    #expect(refused.code == status)
    if name == "Sec-WebSocket-Version" { #expect(answer["Sec-WebSocket-Version"] == "13") }
  }

  @Test func `other methods, versions and doubled fields are refused`() {
    let handshake = WebSocketServerHandshake()
    var doubled = Self.request
    doubled.append("Sec-WebSocket-Key", Self.key)
    for (method, isHTTP11, fields) in [
      (HTTPMethod.post, true, Self.request), (.get, false, Self.request),
      (.get, true, doubled),
    ] {
      guard case .refuse = handshake.judge(method: method, isHTTP11: isHTTP11, fields: fields) else {
        Issue.record("\(method) accepted")
        continue
      }
    }
  }

  @Test func `the client's order decides between subprotocols, and none in common is none`() {
    var handshake = WebSocketServerHandshake()
    handshake.subprotocols = ["b", "a"]
    for (asked, expected) in [("c, a, b", "a"), ("c", nil)] as [(String, String?)] {
      var fields = Self.request
      fields["Sec-WebSocket-Protocol"] = asked
      guard
        case .accept(let answer, let chosen) = handshake.judge(
          method: .get, isHTTP11: true, fields: fields)
      else {
        Issue.record("refused")
        continue
      }
      #expect(chosen == expected)
      #expect(answer["Sec-WebSocket-Protocol"] == expected)
    }
  }

  @Test func `extensions are never agreed to`() {
    var fields = Self.request
    fields["Sec-WebSocket-Extensions"] = "permessage-deflate"
    guard
      case .accept(let answer, _) = WebSocketServerHandshake().judge(
        method: .get, isHTTP11: true, fields: fields)
    else {
      Issue.record("refused")
      return
    }
    #expect(answer["Sec-WebSocket-Extensions"] == nil)
  }

  @Test func `each client handshake has its own key of 16 bytes`() {
    let keys = (0..<100).map { _ in WebSocketClientHandshake().key }
    #expect(Set(keys).count == 100)
    #expect(keys.allSatisfy(Handshake.isKey))
  }

  @Test(
    arguments: [
      (101, [:], nil), (403, [:], .rejected), (503, [:], .rejected), (200, [:], .rejected),
      (101, ["Upgrade": "h2c"], .badHandshake), (101, ["Connection": "close"], .badHandshake),
      (101, ["Sec-WebSocket-Accept": "AAAA"], .badHandshake),
      (101, ["Sec-WebSocket-Extensions": "permessage-deflate"], .badHandshake),
      (101, ["Sec-WebSocket-Protocol": "other"], .badHandshake),
      (101, ["Sec-WebSocket-Protocol": "chat"], nil),
      (101, ["Upgrade": "WebSocket", "Connection": "upgrade"], nil),
    ] as [(Int, [String: String], WebSocketError.Code?)])
  func `an answer is checked`(status: Int, changes: [String: String], code: WebSocketError.Code?) {
    var answer: HTTPFields = [
      "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": Self.accept,
    ]
    for (name, value) in changes { answer[name] = value }
    let handshake = WebSocketClientHandshake(keyBytes: Array("the sample nonce".utf8), subprotocols: ["chat"])
    #expect(handshake.key == Self.key)
    do throws(WebSocketError) {
      let chosen = try handshake.check(status: HTTPStatus(status), fields: answer)
      #expect(code == nil)
      #expect(chosen == changes["Sec-WebSocket-Protocol"])
    } catch {
      #expect(error.code == code)
      #expect(error.status == (code == .rejected ? HTTPStatus(status) : nil))
    }
  }

  @Test(
    arguments: [
      ("ws://h/a?b=c", "h", "/a?b=c"), ("WSS://h:8443", "h:8443", "/"),
      ("ws://[::1]:80?x", "[::1]:80", "/?x"),
      ("http://h/", nil, ""), ("ws:/h", nil, ""), ("ws://", nil, ""), ("ws://a@h/", nil, ""),
      ("ws://h/ x", nil, ""),
      ("ws://h/\r\nX: y", nil, ""), ("ws://h/#f", nil, ""),
    ] as [(String, String?, String)])
  func `an address is taken apart or refused`(url: String, authority: String?, resource: String) throws {
    let address = try? WebSocketAddress(url)
    #expect(address?.authority == authority)
    if authority != nil { #expect(address?.resource == resource) }
  }

  @Test func `an answer's head is read at any cut and bounded`() throws {
    let text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX:  a b \r\n\r\nrest"
    let bytes = Array(text.utf8)
    for count in 0..<(bytes.count - 4) { #expect(try ResponseHead.parse(Array(bytes[..<count])) == nil) }
    let head = try #require(try ResponseHead.parse(bytes))
    #expect(head.status.code == 101)
    #expect(head.fields["x"] == "a b")
    #expect(Array(bytes[head.length...]) == Array("rest".utf8))
    for bad in [
      "SSH-2.0\r\n\r\n", "HTTP/2 101\r\n\r\n", "HTTP/1.1 101 x\r\nno colon\r\n\r\n", "HTTP/1.1 1x1\r\n\r\n",
    ] {
      #expect(throws: WebSocketError(.badHandshake)) { try ResponseHead.parse(Array(bad.utf8)) }
    }
    #expect(throws: WebSocketError(.badHandshake)) {
      try ResponseHead.parse([UInt8](repeating: 65, count: 16 << 10))
    }
  }
}
