// Lines of a worker's output, put together from the pieces in which they come (plugin-host contract, section 2).

/// Cuts bytes into lines. A line beyond the limit ends the conversation: whoever writes it means no good, or is broken.
struct LineReader {
  /// Of one line, without its end (section 2).
  static let maximumLength = 16 << 20

  private var rest: [UInt8] = []
  private let limit: Int

  init(limit: Int = maximumLength) { self.limit = limit }

  /// Complete lines, in order; nil once a line is too long.
  mutating func take(_ bytes: [UInt8]) -> [[UInt8]]? {
    var lines: [[UInt8]] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      guard rest.count + end - start <= limit else { return nil }
      lines.append(rest + bytes[start..<end])
      rest = []
      start = end + 1
    }
    guard rest.count + bytes.count - start <= limit else { return nil }
    rest += bytes[start...]
    return lines
  }

  /// The same, with lines beyond the limit cut into pieces: for text that nobody has to understand.
  mutating func takeAll(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + max(1, limit - rest.count))
      if let some = take(Array(bytes[start..<end])) { lines += some }
      if rest.count >= limit { lines.append(finish() ?? []) }
      start = end
    }
    return lines
  }

  /// What came after the last line's end.
  mutating func finish() -> [UInt8]? {
    defer { rest = [] }
    return rest.isEmpty ? nil : rest
  }
}
