// The door for the fuzzer: any bytes as an incoming connection, without sockets.

internal import Compression

/// Feeds `input` through frame reader, message rules, replies and, where the first byte says so, inflation. Nothing
/// that comes in may trap, leak or loop. The first byte chooses role, piece size and compression; the rest is what
/// the peer sends.
package func fuzzWebSocketFrames(_ input: [UInt8]) {
  guard let choice = input.first, let codec = try? FrameCodec(role: choice & 1 == 0 ? .server : .client)
  else { return }
  var assembler = MessageAssembler(role: codec.role, limit: 1 << 16)
  let format: CompressionFormat? = [nil, .zlib, .zstd, nil][Int(choice >> 1) & 3]
  let inflater = format.flatMap { try? Decompressor($0, limit: 1 << 16) }
  let step = 1 + Int(choice >> 3)
  var rest = input.dropFirst()
  while !rest.isEmpty {
    let piece = Array(rest.prefix(step))
    rest = rest.dropFirst(step)
    let outcome = piece.withUnsafeBytes { bytes in
      codec.read(bytes) { part in
        let arrival = assembler.take(part)
        if case .message = arrival {
          // A message that does not inflate ends a real connection; here the rest is worth trying all the same.
          try? assembler.withMessage { try inflater?.write($0) }
          inflater?.discardOutput()
          assembler.discardMessage()
        }
        return answer(arrival, with: codec)
      }
    }
    guard outcome == .needsMore else { return }
    codec.output.removeAll()
  }
}

/// Writes what a connection would answer; false when it would read no further.
private func answer(_ arrival: MessageAssembler.Arrival, with codec: FrameCodec) -> Bool {
  let reply: (Opcode, [UInt8])
  switch arrival {
  case .nothing, .pong, .message: return true
  case .ping(let payload): reply = (.pong, payload)
  case .close(let payload): reply = (.close, ClosePayload.bytes(code: payload.code, reason: payload.reason))
  case .violation(let code): reply = (.close, ClosePayload.bytes(code: code, reason: ""))
  }
  // Out of memory ends a connection; the fuzzer sees it in its own way.
  try? codec.write(reply.0, reply.1)
  return reply.0 == .pong
}
