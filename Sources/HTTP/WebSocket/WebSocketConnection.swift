// A WebSocket after its handshake, either end: confined to its loop, with async methods for the rest of the house.

package import EventLoop
package import HTTPTypes
internal import Compression
internal import Synchronization
internal import Telemetry

/// One WebSocket connection (RFC 6455), client's or server's end, on the loop of its stream.
///
/// Two ways to use it, one per connection:
/// - on the loop, without a hop or a copy: `start(_:)` with a handler, then `enqueue`, `startClosing`,
///   `pauseReading`, `resumeReading`;
/// - from any task: iterate `messages`, and `send`, `close`, `closed`.
///
/// Nothing is read before `start(_:)` or the first `messages.next()`, so no message is missed. A connection that is
/// dropped before that closes its stream.
package final class WebSocketConnection: @unchecked Sendable {
  // `@unchecked`: after `init` every stored variable is touched on the loop's thread only; `onLoop` and
  // `preconditionOnLoop` see to it.

  package let loop: EventLoop
  /// Which end this is.
  package let role: WebSocketRole
  /// The subprotocol both agreed on.
  package let subprotocol: String?
  /// The peer's address, for logs; empty when unknown.
  package let peer: String
  package let options: WebSocketOptions

  // The rest: loop thread only.
  let stream: any UpgradedStream
  let codec: FrameCodec
  var assembler: MessageAssembler
  let inflater: Decompressor?
  let deflater: Compressor?
  var phase = ClosePhase.unstarted
  var handler: (any WebSocketHandler)?
  /// Arrived, but not looked at: what came with the handshake, and what a pause left over.
  var unread: PaddedBuffer
  var isPaused = false
  var isHandlingInput = false
  var isReadScheduled = false
  var isFlushScheduled = false
  var isWriteBlocked = false
  var watched: (read: Bool, write: Bool)?
  var ping = PingState()
  var pingTimer: LoopTimer?
  var closeTimer: LoopTimer?
  var waiters = Waiters()
  var ending: WebSocketClose?
  /// Whether the end was told. The stream may live on for a moment, until the server closes it.
  var isReported = false
  let metrics: WebSocketMetrics
  /// Behind `messages`; made on first use, from any thread.
  let inbox = Mutex<MessageInbox?>(nil)

  /// A connection over a stream that has just been upgraded.
  ///
  /// - Parameters:
  ///   - stream: owned from here on.
  ///   - role: who this end is.
  ///   - subprotocol: what the handshake settled on.
  ///   - firstBytes: what was read behind the handshake already.
  ///   - options: limits and habits.
  /// - Throws: `.outOfMemory`; close the stream then.
  package init(
    stream: any UpgradedStream, role: WebSocketRole, subprotocol: String? = nil, firstBytes: [UInt8] = [],
    options: WebSocketOptions = WebSocketOptions()
  ) throws(WebSocketError) {
    loop = stream.loop
    peer = stream.peer
    (self.stream, self.role, self.subprotocol, self.options) = (stream, role, subprotocol, options)
    codec = try FrameCodec(role: role)
    assembler = MessageAssembler(role: role, limit: options.maximumMessageSize)
    do {
      inflater = try options.incomingCompression.map { format throws(CompressionError) in
        try Decompressor(format, limit: options.maximumMessageSize)
      }
      deflater = try options.outgoingCompression.map { format throws(CompressionError) in
        try Compressor(format)
      }
    } catch {
      throw WebSocketError(.outOfMemory)
    }
    unread = PaddedBuffer()
    metrics = .of(role)
    metrics.open.add(1)
    guard firstBytes.withUnsafeBytes({ unread.append($0) }) else { throw WebSocketError(.outOfMemory) }
  }

  deinit {
    metrics.open.add(-1)
    guard phase == .unstarted else { return }
    let stream = stream
    loop.execute { stream.close() }
  }

  // MARK: On the loop

  /// Begins to read, and reports to `handler`, which is kept until the connection is over. Call on the loop, once.
  package func start(_ handler: any WebSocketHandler) {
    preconditionOnLoop()
    guard !isReported else { return handler.webSocket(self, closed: ending ?? .lost) }
    precondition(self.handler == nil, "a connection has one handler")
    self.handler = handler
    open()
  }

  /// Begins to read, with or without somebody who listens.
  func open() {
    guard phase == .unstarted else { return }
    phase = .open
    // From now on the stream keeps this object alive.
    watched = nil
    watch()
    schedulePing()
    scheduleRead()
  }

  /// Whether messages can still be sent. Ask on the loop.
  package var isOpen: Bool {
    preconditionOnLoop()
    return phase == .open || phase == .unstarted
  }

  /// How many bytes wait to be written. Ask on the loop.
  package var pendingBytes: Int {
    preconditionOnLoop()
    return codec.output.count
  }

  /// Sends a message after those enqueued before. What is enqueued in one turn of the loop leaves in one write.
  /// Call on the loop.
  ///
  /// - Throws: `.closed`, `.overloaded`, `.messageTooLarge`, `.outOfMemory`.
  package func enqueue(_ message: RawSpan, as kind: WebSocketMessageKind) throws(WebSocketError) {
    preconditionOnLoop()
    guard phase == .open || phase == .unstarted else { throw WebSocketError(.closed) }
    guard message.byteCount <= options.maximumMessageSize else { throw WebSocketError(.messageTooLarge) }
    guard hasRoom(for: message.byteCount) else { throw WebSocketError(.overloaded) }
    try write(message, as: kind)
    metrics.sent.increment()
    scheduleFlush()
  }

  /// Sends a text message, as the other `enqueue` does.
  package func enqueue(text: String) throws(WebSocketError) {
    var text = text
    text.makeContiguousUTF8()
    try enqueue(text.utf8Span.span.bytes, as: .text)
  }

  /// Sends a binary message, as the other `enqueue` does.
  package func enqueue(binary bytes: [UInt8]) throws(WebSocketError) {
    try enqueue(bytes.span.bytes, as: .binary)
  }

  /// Sends a ping of our own, beside those of `pingInterval`. Nothing is reported when the pong comes. Call on the
  /// loop; does nothing once the connection is closing.
  package func sendPing(_ payload: [UInt8] = []) {
    preconditionOnLoop()
    guard phase == .open else { return }
    writeControl(.ping, [UInt8](payload.prefix(125)))
    scheduleFlush()
  }

  /// Leaves what arrives with the peer until `resumeReading()`. Call on the loop; from within a handler no further
  /// message is delivered after the one in hand.
  package func pauseReading() {
    preconditionOnLoop()
    guard phase == .open || phase == .unstarted else { return }
    isPaused = true
    watch()
  }

  /// Reads on. Call on the loop.
  package func resumeReading() {
    preconditionOnLoop()
    guard isPaused else { return }
    isPaused = false
    watch()
    scheduleRead()
  }

  func hasRoom(for count: Int) -> Bool {
    codec.output.isEmpty || codec.output.count + count <= options.writeBound
  }

  func preconditionOnLoop(_ function: StaticString = #function) {
    precondition(loop.isCurrent, "\(function) must be called on the connection's loop")
  }
}
