// From the queue to the stream.

internal import Compression
internal import EventLoop
internal import HTTPTypes
internal import Telemetry

extension WebSocketConnection {
  /// Frames a message into the queue, compressed if the connection is.
  func write(_ message: RawSpan, as kind: WebSocketMessageKind) throws(WebSocketError) {
    guard let deflater else {
      return try codec.write(kind == .text ? .text : .binary, message)
    }
    do {
      try deflater.write(message, flush: .sync)
      try deflater.withOutput { try codec.write(.binary, $0) }
      deflater.discardOutput()
    } catch {
      // The compressor's history is no longer the peer's: nothing that follows could be inflated.
      end(.lost)
      throw WebSocketError(.outOfMemory)
    }
  }

  func writeControl(_ opcode: Opcode, _ payload: [UInt8]) {
    do {
      try codec.write(opcode, payload)
    } catch {
      end(.lost)
    }
  }

  /// Flushes at the end of the turn, so that messages enqueued together leave together.
  func scheduleFlush() {
    guard !isFlushScheduled, !isHandlingInput, !isWriteBlocked else { return }
    isFlushScheduled = true
    loop.execute {
      self.isFlushScheduled = false
      self.flush()
    }
  }

  /// Writes what the stream takes.
  func flush() {
    guard phase != .ended else { return }
    let wasBlocked = isWriteBlocked
    isWriteBlocked = false
    while !codec.output.isEmpty, !isWriteBlocked {
      do {
        switch try codec.output.withBytes({ try stream.write($0) }) {
        case .bytes(let count):
          codec.output.removeFirst(count)
          // The peer takes bytes again, so it lives.
          if wasBlocked { ping.hasHeard = true }
        case .wouldBlock: isWriteBlocked = true
        case .endOfStream: return end(ending ?? .lost)
        }
      } catch {
        return end(ending ?? .lost)
      }
    }
    if wasBlocked != isWriteBlocked { watch() }
    guard !isWriteBlocked else { return }
    waiters.resumeWriters()
    if wasBlocked { handler?.webSocketDrained(self) }
    // RFC 6455 section 7.1.1: the server closes first.
    if phase == .agreed, role == .server { end(ending ?? .lost) }
  }

  // MARK: Pings

  func schedulePing() {
    guard let interval = options.pingInterval else { return }
    pingTimer = loop.schedule(after: interval) { self.pingFired() }
  }

  private func pingFired() {
    guard phase == .open, let interval = options.pingInterval else { return }
    switch ping.fire(isPaused: isPaused) {
    case .giveUp:
      end(WebSocketClose(code: .abnormal, origin: .pingTimeout))
    case .rest:
      pingTimer = loop.schedule(after: max(.zero, interval - options.pingTimeout)) { self.pingFired() }
    case .ping:
      writeControl(.ping, [])
      flush()
      guard phase == .open else { return }
      pingTimer = loop.schedule(after: options.pingTimeout) { self.pingFired() }
    }
  }
}
