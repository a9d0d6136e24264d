// The frames in which an engine sends two streams over one: eight bytes of head, then what it says.

/// Bytes of one of a container's streams.
struct OutputPiece: Sendable, Hashable {
  var isError: Bool
  var bytes: [UInt8]

  /// What it counts against the bound on waiting output: a piece of one byte is not free.
  var cost: Int { bytes.count + Self.overhead }
  static let overhead = 64
}

/// Takes a stream of frames apart. Content goes out as it comes, so a frame's length costs no memory.
struct FrameSplitter {
  private enum Stream: UInt8 { case input, output, error }

  private var head: [UInt8] = []
  private var stream = Stream.output
  private var remaining = 0

  /// Longer ones are no frames: engines send some kilobytes at a time.
  private static let longestFrame = 16 << 20

  /// Adds bytes, and hands out what they hold, neighbours of one stream together.
  ///
  /// - Returns: by how much the cost of all pieces has grown.
  /// - Throws: `EngineError` with `.protocolViolation`.
  mutating func split(_ bytes: ArraySlice<UInt8>, into outputs: inout [OutputPiece]) throws -> Int {
    var cost = 0
    var rest = bytes
    while !rest.isEmpty {
      guard remaining > 0 else {
        let part = rest.prefix(8 - head.count)
        head += part
        rest = rest.dropFirst(part.count)
        if head.count == 8 { try beginFrame() }
        continue
      }
      let part = rest.prefix(remaining)
      remaining -= part.count
      rest = rest.dropFirst(part.count)
      cost += Self.append(part, isError: stream == .error, to: &outputs)
    }
    return cost
  }

  private mutating func beginFrame() throws {
    guard let kind = Stream(rawValue: head[0]), head[1...3].allSatisfy({ $0 == 0 }) else {
      throw EngineError(.protocolViolation, reason: "a frame of no known stream")
    }
    stream = kind
    remaining = head[4...7].reduce(0) { $0 << 8 | Int($1) }
    head.removeAll(keepingCapacity: true)
    guard remaining <= Self.longestFrame else {
      throw EngineError(.protocolViolation, reason: "a frame that is too long")
    }
  }

  /// Adds what one stream said, to what it said before if nothing is between.
  ///
  /// - Returns: by how much the cost of all pieces has grown.
  static func append(_ part: ArraySlice<UInt8>, isError: Bool, to outputs: inout [OutputPiece]) -> Int {
    if let last = outputs.indices.last, outputs[last].isError == isError {
      // In place: a plugin that writes byte by byte costs no copy of what it wrote before.
      outputs[last].bytes += part
      return part.count
    }
    outputs.append(OutputPiece(isError: isError, bytes: Array(part)))
    return part.count + OutputPiece.overhead
  }
}
