// What frames mean: messages, control frames, and everything a peer must not do.

internal import Compression

/// The kind of a message.
package enum WebSocketMessageKind: Sendable, Hashable {
  /// UTF-8, checked.
  case text
  case binary
}

/// Puts messages together from pieces of frames and checks them against RFC 6455 section 5. Knows no sockets and no
/// time: pieces in, `Arrival` out.
struct MessageAssembler: ~Copyable {
  /// What a piece completed.
  enum Arrival: Equatable {
    /// Nothing yet.
    case nothing
    /// A message stands in the buffer: look with `withMessage`, then call `discardMessage`.
    case message(WebSocketMessageKind)
    /// Answer with a pong of the same payload.
    case ping([UInt8])
    case pong([UInt8])
    case close(ClosePayload)
    /// The peer broke a rule: close with this code and read no further.
    case violation(WebSocketCloseCode)
  }

  private let expectsMask: Bool
  private let limit: UInt64
  private var buffer = PaddedBuffer()
  private var validator = UTF8Validator()
  /// The message of which a frame has arrived and the last has not.
  private var kind: WebSocketMessageKind?
  private var control: [UInt8] = []

  /// A message may have `limit` bytes, over all its frames.
  init(role: WebSocketRole, limit: Int) {
    expectsMask = role == .server
    self.limit = UInt64(max(0, limit))
  }

  /// Takes the next piece, in the order of arrival.
  mutating func take(_ part: FramePart) -> Arrival {
    guard let opcode = Opcode(rawValue: part.opcode), part.reservedBits == 0, part.isMasked == expectsMask
    else {
      return .violation(.protocolError)
    }
    return opcode.isControl ? takeControl(opcode, part) : takeData(opcode, part)
  }

  /// Shows the complete message; `PaddedBuffer.padding` readable bytes follow it.
  func withMessage<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    try buffer.withBytes(body)
  }

  /// Makes room for the next message.
  mutating func discardMessage() {
    buffer.removeAll(keepingAtMost: 16 << 10)
  }

  private mutating func takeControl(_ opcode: Opcode, _ part: FramePart) -> Arrival {
    if part.isFirst {
      // wslay refuses these as well; the rule is ours to keep all the same.
      guard part.isFinal, part.payloadLength <= 125 else { return .violation(.protocolError) }
      control.removeAll(keepingCapacity: true)
    }
    control.append(contentsOf: part.bytes)
    guard part.isLast else { return .nothing }
    switch opcode {
    case .ping: return .ping(control)
    case .pong: return .pong(control)
    default:
      switch ClosePayload.parse(control) {
      case .success(let payload): return .close(payload)
      case .failure(let refusal): return .violation(refusal.code)
      }
    }
  }

  private mutating func takeData(_ opcode: Opcode, _ part: FramePart) -> Arrival {
    if part.isFirst {
      // A continuation needs a message to continue, and nothing else may come between.
      guard (opcode == .continuation) == (kind != nil) else { return .violation(.protocolError) }
      guard part.payloadLength <= limit, UInt64(buffer.count) <= limit - part.payloadLength else {
        return .violation(.messageTooBig)
      }
      if opcode != .continuation {
        kind = opcode == .text ? .text : .binary
        validator = UTF8Validator()
      }
    }
    guard let kind else { return .violation(.protocolError) }
    if kind == .text, !validator.accept(part.bytes) { return .violation(.invalidPayload) }
    guard buffer.append(part.bytes) else { return .violation(.internalError) }
    guard part.isLast, part.isFinal else { return .nothing }
    if kind == .text, !validator.isComplete { return .violation(.invalidPayload) }
    self.kind = nil
    return .message(kind)
  }
}
