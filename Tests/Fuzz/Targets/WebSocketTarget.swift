// WebSocket: a peer's bytes in any pieces, for both roles, and the head that opens a connection.

import Compression
import HTTPTypes
import WebSocket

/// The first byte chooses role and compression or the handshake, then come piece sizes, then what the peer sends.
let webSocketTarget = FuzzTarget(name: "websocket", maximumLength: 4096) { input in
  var reader = InputReader(input)
  let choice = reader.byte()
  guard choice & 0x80 == 0 else { return try checkHandshake(choice, reader.allBytes) }
  let role: WebSocketRole = choice & 1 == 0 ? .server : .client
  let format: CompressionFormat? = [nil, .zlib, .zstd, nil][Int(choice >> 1) & 3]
  let pieces = reader.pieces()
  let whole = fuzzWebSocketFrames(reader.rest, as: role, inflating: format, pieces: [])
  let inPieces = fuzzWebSocketFrames(reader.rest, as: role, inflating: format, pieces: pieces)
  require(whole == inPieces, "pieces matter")
  check(whole, of: reader.rest.count)
}

private func check(_ conversation: FuzzedConversation, of count: Int) {
  var total = 0
  for (index, event) in conversation.events.enumerated() {
    switch event {
    case .message(let kind, let bytes):
      total += bytes.count
      require(kind == .binary || String(validating: bytes, as: UTF8.self) != nil, "text that is not UTF-8")
    case .ping(let payload), .pong(let payload):
      total += payload.count
      require(payload.count <= 125, "a control frame too long")
    case .close(let code, let reason):
      require(code == .noCode || code.isSendable, "a code that may not be sent")
      require(reason.utf8.count <= 123, "a reason too long")
    case .violation(let code): require(code.isSendable, "a refusal that may not be sent")
    case .malformed: break
    }
    let isEnd =
      switch event {
      case .close, .violation, .malformed: true
      default: false
      }
    require(!isEnd || index == conversation.events.count - 1, "something after the end")
  }
  require(total <= count, "more came out than went in")
}

/// A server's answer to our client, and a client's request to our server.
private func checkHandshake(_ choice: UInt8, _ bytes: [UInt8]) throws {
  if choice & 1 == 0 {
    guard let head = try? ResponseHead.parse(bytes) else { return }
    require(head.length <= min(bytes.count, ResponseHead.bound), "a head longer than what came")
    require((100..<600).contains(head.status.code), "a status that is none")
    let handshake = WebSocketClientHandshake(subprotocols: ["a", "b"])
    let chosen = try? handshake.check(status: head.status, fields: head.fields)
    // The key is fresh each time: no answer can fit it.
    require(chosen == nil, "an answer to another request was taken")
    return
  }
  var fields = HTTPFields()
  for line in bytes.split(separator: 10) {
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    fields.append(
      String(decoding: line[..<colon], as: UTF8.self),
      String(decoding: line[colon...].dropFirst(), as: UTF8.self))
  }
  var handshake = WebSocketServerHandshake()
  handshake.subprotocols = ["a", "b"]
  guard
    case .accept(let answer, let subprotocol) = handshake.judge(method: .get, isHTTP11: true, fields: fields)
  else { return }
  require(answer.firstUnsendable == nil, "an answer that cannot be sent")
  require(answer["Sec-WebSocket-Accept"]?.utf8.count == 28, "a digest of another length")
  require(subprotocol.map(handshake.subprotocols.contains) ?? true, "a subprotocol we do not speak")
}
