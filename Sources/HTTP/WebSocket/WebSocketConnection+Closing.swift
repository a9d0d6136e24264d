// How a connection ends: agreed, refused, or lost.

internal import Compression
internal import EventLoop
internal import HTTPTypes
internal import Telemetry

extension WebSocketConnection {
  private static let log = Log(room: "websocket")
  /// How long a peer that broke the rules is listened to, so that it can read why.
  private static let linger = Duration.seconds(1)

  /// Begins the closing handshake; the handler hears of its end, at the latest after `closeTimeout`. Messages
  /// that still arrive are dropped. A code that may not be sent (1005, 1006, below 1000) sends a close without one;
  /// the reason is cut at 123 bytes. Call on the loop; does nothing when the connection is closing already.
  package func startClosing(code: WebSocketCloseCode = .normal, reason: String = "") {
    preconditionOnLoop()
    open()
    guard phase == .open else { return }
    phase = .closing
    isPaused = false
    writeControl(.close, ClosePayload.bytes(code: code, reason: reason))
    guard phase == .closing else { return }
    startCloseTimer(options.closeTimeout)
    watch()
    scheduleRead()
    scheduleFlush()
  }

  /// Ends the connection at once, without a close frame, as a network does that goes away: for peers that do not
  /// read, and for faults that somebody ordered. The handler hears of it before this returns. Call on the loop; does
  /// nothing when the connection is over.
  package func abort() {
    preconditionOnLoop()
    end(.lost)
  }

  /// The peer's close frame came: answer it, or take it as the answer.
  func peerClosed(_ payload: ClosePayload) {
    let origin: WebSocketClose.Origin = phase == .closing ? .local : .peer
    if phase == .open { writeControl(.close, ClosePayload.bytes(code: payload.code, reason: "")) }
    guard phase.parses else { return }
    phase = .agreed
    let close = WebSocketClose(code: payload.code, reason: payload.reason, origin: origin)
    ending = close
    startCloseTimer(options.closeTimeout)
    // The client waits for the server to end the connection (RFC 6455 section 7.1.1), but nobody has to wait with it.
    if role == .client { report(close) }
  }

  /// The peer broke a rule: say so and read no further.
  func fail(_ code: WebSocketCloseCode) {
    guard phase.parses else { return }
    Self.log.debug(
      "peer broke the protocol",
      ["role": "\(role)", "code": .integer(Int64(code.rawValue)), "peer": .string(peer)])
    metrics.violations.increment()
    if phase == .open { writeControl(.close, ClosePayload.bytes(code: code, reason: "")) }
    guard phase.parses else { return }
    phase = .failing
    ending = WebSocketClose(code: code, origin: .violation)
    startCloseTimer(min(Self.linger, options.closeTimeout))
    scheduleFlush()
  }

  private func startCloseTimer(_ delay: Duration) {
    if let closeTimer { loop.cancel(closeTimer) }
    closeTimer = loop.schedule(after: delay) { self.end(self.ending ?? .lost) }
  }

  /// Tells everyone how the connection ended, once.
  private func report(_ close: WebSocketClose) {
    guard !isReported else { return }
    isReported = true
    metrics.count(close)
    let handler = handler
    self.handler = nil
    handler?.webSocket(self, closed: close)
    waiters.end(close)
  }

  /// The end, whatever led here: closes the stream and tells everyone who does not know.
  func end(_ close: WebSocketClose) {
    guard phase != .ended else { return }
    phase = .ended
    ending = close
    for timer in [closeTimer, pingTimer] {
      if let timer { loop.cancel(timer) }
    }
    stream.close()
    codec.output.removeAll()
    unread.removeAll(keepingAtMost: 0)
    report(close)
  }
}
