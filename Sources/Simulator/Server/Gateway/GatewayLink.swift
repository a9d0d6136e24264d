// A connection: the shell around a conversation.

internal import Compression
internal import EventLoop
internal import JSON
internal import WebSocket

/// One WebSocket of the gateway. Confined to the loop.
final class GatewayLink: WebSocketHandler {
  let connection: WebSocketConnection
  var conversation: GatewayConversation
  /// Nil before identify and after the session was taken over.
  var session: GatewaySession?
  /// Whether large payloads leave deflated one by one.
  var compressesPayloads = false
  private unowned let server: GatewayServer
  private var timer: LoopTimer?
  private let born = ContinuousClock.now
  private static let compressionThreshold = 1_024

  init(_ connection: WebSocketConnection, server: GatewayServer, rules: GatewayConversation.Rules) {
    self.connection = connection
    self.server = server
    conversation = GatewayConversation(rules: rules, at: .zero)
  }

  private var age: Duration { .now - born }

  /// Says hello and begins to listen.
  func open() {
    perform([conversation.hello])
    connection.start(self)
    tick()
  }

  private func tick() {
    timer = connection.loop.schedule(after: .seconds(1)) { [weak self] in
      guard let self else { return }
      perform(conversation.tick(at: age))
      tick()
    }
  }

  // MARK: Arriving

  func webSocket(
    _ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind
  ) {
    let bytes = message.withUnsafeBytes { Array($0) }
    server.observed(bytes, from: self)
    // Some clients send their JSON as binary, and Discord takes it.
    perform(conversation.receive(bytes, at: age))
  }

  func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {
    if let timer { connection.loop.cancel(timer) }
    timer = nil
    server.closed(self, close)
  }

  private func perform(_ steps: [GatewayConversation.Step]) {
    for step in steps {
      switch step {
      case .send(let opcode, let data): send(opcode: opcode, data)
      case .close(let reason): close(reason)
      default: server.perform(step, for: self)
      }
    }
  }

  // MARK: Leaving

  /// Sends a payload without sequence number.
  func send(opcode: Int64, _ data: JSONValue) {
    let payload: JSONValue = ["t": .null, "s": .null, "op": .integer(opcode), "d": data]
    // A tree of ours always has a text.
    guard let bytes = try? payload.encoded() else { return }
    send(bytes, title: "op \(opcode)")
  }

  /// Sends a whole payload. A client that does not read is cut off: it can resume.
  func send(_ frame: [UInt8], title: String) {
    server.observed(frame, title: title, to: self)
    do {
      if compressesPayloads, frame.count > Self.compressionThreshold {
        let compressor = try Compressor(.zlib)
        try compressor.write(frame, flush: .finish)
        try connection.enqueue(binary: compressor.takeOutput())
      } else {
        try connection.enqueue(frame.span.bytes, as: .text)
      }
    } catch {
      drop()
    }
  }

  /// Closes with a code of Discord's. Sessions end with most of them.
  func close(_ close: GatewayClose) {
    if [4004, 4009, 4010, 4011, 4013, 4014].contains(close.code) { server.end(session) }
    connection.startClosing(code: WebSocketCloseCode(close.code), reason: close.reason)
  }

  /// Ends the connection without a word, as a network does.
  func drop() {
    connection.abort()
  }
}
