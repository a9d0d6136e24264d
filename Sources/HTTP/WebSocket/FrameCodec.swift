// The driver over wslay: bytes to pieces of frames, frames to bytes.

internal import CWslay
internal import Glibc

/// Which end of the connection this is; it decides who masks (RFC 6455 section 5.1).
package enum WebSocketRole: Sendable, Hashable, CaseIterable {
  case client, server
}

/// What a frame is for (RFC 6455 section 5.2).
enum Opcode: UInt8 {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA

  var isControl: Bool { rawValue >= 8 }
}

/// A piece of a frame, unmasked. A frame comes as one piece or many; one without payload as a single empty piece.
struct FramePart {
  let isFinal: Bool
  let reservedBits: UInt8
  let opcode: UInt8
  let isMasked: Bool
  let payloadLength: UInt64
  /// Where in the payload `bytes` begin.
  let offset: UInt64
  /// Valid during the call that hands the piece over.
  let bytes: UnsafeRawBufferPointer

  var isFirst: Bool { offset == 0 }
  var isLast: Bool { offset + UInt64(bytes.count) == payloadLength }
}

/// Reads and writes frames with wslay's frame functions; what the frames mean is `MessageAssembler`'s business.
///
/// wslay's event functions would do more, but not enough (1.1.1, measured): they answer malformed frames with an
/// empty close instead of 1002, take a close payload of one byte, refuse the registered codes 1012 to 1014, and
/// check a close reason's UTF-8 only if it arrives in one read.
///
/// Confined to its owner's loop.
final class FrameCodec {
  /// How reading came to its end.
  enum Outcome: Equatable {
    /// All input is used up.
    case needsMore
    /// The taker said stop; so many bytes of the input were not looked at.
    case stopped(unread: Int)
    /// The bytes are no frames (lengths, control frames: RFC 6455 sections 5.2 and 5.5). Do not read on.
    case malformed
  }

  let role: WebSocketRole
  /// Frames that were written and wait for the stream.
  var output = WriteQueue()
  // Set at the end of `init`, because wslay is given a pointer to the complete object.
  private var context: wslay_frame_context_ptr?
  private var payloadOffset: UInt64 = 0
  /// What wslay may read; valid only while `read` runs.
  fileprivate var input = UnsafeRawBufferPointer(start: nil, count: 0)

  /// Takes about 5 KiB.
  ///
  /// - Throws: `.outOfMemory`.
  init(role: WebSocketRole) throws(WebSocketError) {
    self.role = role
    var callbacks = wslay_frame_callbacks(
      send_callback: codecSend, recv_callback: codecReceive, genmask_callback: codecMask)
    // Unretained: wslay calls back only inside our own calls, and the context dies with this object.
    let code = wslay_frame_context_init(&context, &callbacks, Unmanaged.passUnretained(self).toOpaque())
    guard code == 0, context != nil else { throw WebSocketError(.outOfMemory) }
  }

  deinit {
    if let context { wslay_frame_context_free(context) }
  }

  /// Reads frames from `bytes` and hands each piece to `take`, which returns false to stop after it.
  func read(_ bytes: UnsafeRawBufferPointer, _ take: (FramePart) -> Bool) -> Outcome {
    input = bytes
    defer { input = UnsafeRawBufferPointer(start: nil, count: 0) }
    while true {
      var frame = wslay_frame_iocb()
      let count = wslay_frame_recv(context, &frame)
      guard count >= 0 else {
        // A header that came in two reads ends in WANT_READ although more input is there.
        if count == WSLAY_ERR_WANT_READ.rawValue, !input.isEmpty { continue }
        return count == WSLAY_ERR_WANT_READ.rawValue ? .needsMore : .malformed
      }
      let part = FramePart(
        isFinal: frame.fin != 0, reservedBits: frame.rsv, opcode: frame.opcode, isMasked: frame.mask != 0,
        payloadLength: frame.payload_length, offset: payloadOffset,
        bytes: UnsafeRawBufferPointer(start: frame.data, count: frame.data_length))
      payloadOffset = part.isLast ? 0 : payloadOffset + UInt64(frame.data_length)
      guard take(part) else { return .stopped(unread: input.count) }
    }
  }

  /// Appends a frame to `output`, masked if this is the client's end.
  ///
  /// - Throws: `.outOfMemory`; the connection is of no use then, since half a frame may stand in the queue.
  func write(_ opcode: Opcode, _ payload: RawSpan, isFinal: Bool = true) throws(WebSocketError) {
    let isWritten = payload.withUnsafeBytes { payload in
      var frame = wslay_frame_iocb()
      frame.fin = isFinal ? 1 : 0
      frame.opcode = opcode.rawValue
      frame.mask = role == .client ? 1 : 0
      frame.payload_length = UInt64(payload.count)
      frame.data = payload.baseAddress?.assumingMemoryBound(to: UInt8.self)
      frame.data_length = payload.count
      while true {
        let count = wslay_frame_send(context, &frame)
        guard count >= 0 else { return false }
        frame.data = frame.data.map { $0 + count }
        frame.data_length -= count
        if frame.data_length == 0 { return true }
      }
    }
    guard isWritten else { throw WebSocketError(.outOfMemory) }
  }

  /// Appends a frame, as the other `write` does.
  func write(_ opcode: Opcode, _ payload: [UInt8]) throws(WebSocketError) {
    try write(opcode, payload.span.bytes)
  }
}

private func codec(_ context: UnsafeMutableRawPointer?) -> FrameCodec? {
  context.map { Unmanaged<FrameCodec>.fromOpaque($0).takeUnretainedValue() }
}

private func codecSend(
  _ bytes: UnsafePointer<UInt8>?, _ count: Int, _ flags: CInt, _ context: UnsafeMutableRawPointer?
)
  -> Int
{
  let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
  return codec(context)?.output.append(bytes) == true ? count : -1
}

private func codecReceive(
  _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int, _ flags: CInt, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let codec = codec(context), let buffer, let base = codec.input.baseAddress else { return -1 }
  let step = min(count, codec.input.count)
  // -1 means "would block" to wslay; 0 would be an error.
  guard step > 0 else { return -1 }
  memcpy(buffer, base, step)
  codec.input = UnsafeRawBufferPointer(rebasing: codec.input.dropFirst(step))
  return step
}

private func codecMask(
  _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int, _ context: UnsafeMutableRawPointer?
)
  -> CInt
{
  guard let buffer else { return -1 }
  // The system's generator: a mask that could be foretold would let a page forge what a proxy sees
  // (RFC 6455 section 10.3).
  var generator = SystemRandomNumberGenerator()
  for index in 0..<count { buffer[index] = generator.next() }
  return 0
}
