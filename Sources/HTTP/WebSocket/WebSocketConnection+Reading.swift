// From the stream to the handler.

internal import Compression
internal import EventLoop
internal import HTTPTypes
internal import Telemetry

extension WebSocketConnection {
  private static let readSize = 32 << 10
  /// How many reads one readiness may take before other connections of the loop get their turn.
  private static let readsPerTurn = 32

  /// Whether bytes may be taken from the stream now.
  private var isReading: Bool {
    switch phase {
    case .unstarted, .ended: false
    case .failing, .agreed: true
    case .open, .closing: !isPaused && codec.output.count <= options.writeBound
    }
  }

  /// Tells the stream what we wait for, if that changed.
  func watch() {
    guard phase != .ended, phase != .unstarted || isWriteBlocked else { return }
    let wanted = (read: isReading, write: isWriteBlocked)
    if isPaused { ping.wasDeaf = true }
    if let watched, watched == wanted { return }
    watched = wanted
    // Before its start a connection lives only as long as somebody holds it.
    let owner = phase == .unstarted ? nil : self
    do {
      try stream.setReadiness(wantsRead: wanted.read, wantsWrite: wanted.write) { [weak self] readiness in
        (owner ?? self)?.ready(readiness)
      }
    } catch {
      end(.lost)
    }
  }

  private func ready(_ readiness: Readiness) {
    guard phase != .ended else { return }
    if isWriteBlocked { flush() }
    guard isReading else {
      // Paused, so no read would notice that the connection is gone.
      if readiness.contains(.failed) { end(.lost) }
      return
    }
    readAll()
  }

  /// Reads in the next turn: for bytes that no readiness will report.
  func scheduleRead() {
    guard !isReadScheduled else { return }
    isReadScheduled = true
    loop.execute {
      self.isReadScheduled = false
      self.readAll()
    }
  }

  private func readAll() {
    takeUnread()
    // Freed at the end, so that an idle connection holds no buffer.
    withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 16) { scratch in
      for _ in 0..<Self.readsPerTurn {
        guard isReading, readOnce(scratch) else { return }
      }
      scheduleRead()
    }
    finishInput()
  }

  /// Returns whether there may be more.
  private func readOnce(_ scratch: UnsafeMutableRawBufferPointer) -> Bool {
    do {
      switch try stream.read(into: scratch) {
      case .bytes(let count):
        ping.hasHeard = true
        take(UnsafeRawBufferPointer(rebasing: scratch[..<min(count, scratch.count)]))
        // Before the next read: the peer may wait for the answer while the read finds nothing.
        flush()
        return true
      case .wouldBlock:
        return false
      case .endOfStream:
        end(ending ?? .lost)
        return false
      }
    } catch {
      end(ending ?? .lost)
      return false
    }
  }

  /// Takes what a pause left over, or what came with the handshake.
  private func takeUnread() {
    guard isReading, phase.parses else { return }
    let bytes = unread.copyBytes()
    unread.removeAll(keepingAtMost: 0)
    // Even without bytes: wslay may hold some of its own.
    bytes.withUnsafeBytes { take($0) }
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    guard phase.parses else { return }
    isHandlingInput = true
    defer { isHandlingInput = false }
    let outcome = codec.read(bytes) { part in
      act(on: assembler.take(part))
      return isReading && phase.parses
    }
    switch outcome {
    case .needsMore: break
    case .malformed: fail(.protocolError)
    case .stopped(let count):
      guard phase.parses, count > 0 else { break }
      if !unread.append(UnsafeRawBufferPointer(rebasing: bytes.suffix(count))) { fail(.internalError) }
    }
  }

  /// Sends what the input called for (pongs, a handler's answers) in one write.
  private func finishInput() {
    guard phase != .ended else { return }
    flush()
    // Pongs may have filled the queue, or a flush emptied it.
    watch()
  }

  private func act(on arrival: MessageAssembler.Arrival) {
    switch arrival {
    case .nothing, .pong: break
    case .ping(let payload): if phase == .open { writeControl(.pong, payload) }
    case .message(let kind):
      deliver(kind)
      assembler.discardMessage()
    case .close(let payload): peerClosed(payload)
    case .violation(let code): fail(code)
    }
  }

  private func deliver(_ kind: WebSocketMessageKind) {
    guard phase == .open else { return }
    metrics.received.increment()
    guard let inflater, kind == .binary else {
      assembler.withMessage { handler?.webSocket(self, received: $0, as: kind) }
      return
    }
    do {
      try assembler.withMessage { try inflater.write($0) }
    } catch {
      return fail((error as? CompressionError)?.code == .tooLarge ? .messageTooBig : .invalidPayload)
    }
    // A zlib message may go on in the next WebSocket message.
    guard inflater.isAtFlush else { return }
    inflater.withOutput { handler?.webSocket(self, received: $0, as: .binary) }
    inflater.discardOutput()
  }
}
