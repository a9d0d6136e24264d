// The door for the fuzzer: any bytes as an incoming connection, without sockets.

package import Compression

/// What a peer's bytes amounted to, whatever pieces they came in.
package struct FuzzedConversation: Equatable {
  /// One thing that arrived.
  package enum Event: Equatable {
    case message(WebSocketMessageKind, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    /// The peer closed, and was answered.
    case close(WebSocketCloseCode, String)
    /// The peer broke a rule, and was told with this code.
    case violation(WebSocketCloseCode)
    /// The bytes are no frames.
    case malformed
  }

  /// In the order of arrival; after a close, a violation or malformed bytes nothing is read.
  package fileprivate(set) var events: [Event] = []
}

/// Feeds `input` through frame reader, message rules, replies and, where the first byte says so, inflation. Nothing
/// that comes in may trap, leak or loop. The first byte chooses role, piece size and compression; the rest is what
/// the peer sends.
package func fuzzWebSocketFrames(_ input: [UInt8]) {
  guard let choice = input.first else { return }
  let format: CompressionFormat? = [nil, .zlib, .zstd, nil][Int(choice >> 1) & 3]
  _ = fuzzWebSocketFrames(
    input.dropFirst(), as: choice & 1 == 0 ? .server : .client, inflating: format,
    pieces: [1 + Int(choice >> 3)])
}

/// The same with every choice made by the caller.
///
/// - Parameters:
///   - input: what the peer sends.
///   - role: which end we are.
///   - format: what messages are inflated with; a message that does not inflate is passed over.
///   - pieces: how many bytes arrive at a time, again and again from the first; none: all at once.
/// - Returns: what arrived; the same for the same input, whatever the pieces.
package func fuzzWebSocketFrames(
  _ input: ArraySlice<UInt8>, as role: WebSocketRole, inflating format: CompressionFormat? = nil,
  pieces: [Int]
) -> FuzzedConversation {
  var conversation = FuzzedConversation()
  guard let codec = try? FrameCodec(role: role) else { return conversation }
  var assembler = MessageAssembler(role: role, limit: 1 << 16)
  let inflater = format.flatMap { try? Decompressor($0, limit: 1 << 16) }
  var rest = input
  var count = 0
  while !rest.isEmpty {
    let piece = Array(rest.prefix(pieces.isEmpty ? rest.count : max(1, pieces[count % pieces.count])))
    rest = rest.dropFirst(piece.count)
    count += 1
    let outcome = piece.withUnsafeBytes { bytes in
      codec.read(bytes) { part in
        let arrival = assembler.take(part)
        conversation.note(arrival, assembler)
        if case .message = arrival {
          // A message that does not inflate ends a real connection; here the rest is worth trying all the same.
          try? assembler.withMessage { try inflater?.write($0) }
          inflater?.discardOutput()
          assembler.discardMessage()
        }
        return answer(arrival, with: codec)
      }
    }
    if outcome == .malformed { conversation.events.append(.malformed) }
    guard outcome == .needsMore else { break }
    codec.output.removeAll()
  }
  return conversation
}

extension FuzzedConversation {
  fileprivate mutating func note(_ arrival: MessageAssembler.Arrival, _ assembler: borrowing MessageAssembler)
  {
    switch arrival {
    case .nothing: break
    case .message(let kind):
      events.append(.message(kind, assembler.withMessage { $0.withUnsafeBytes { [UInt8]($0) } }))
    case .ping(let payload): events.append(.ping(payload))
    case .pong(let payload): events.append(.pong(payload))
    case .close(let payload): events.append(.close(payload.code, payload.reason))
    case .violation(let code): events.append(.violation(code))
    }
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
