// Bytes on their way to the stream.

internal import Compression

/// Frames that wait for the stream to take them: appended at the end, taken from the front, in as few writes as the
/// stream allows.
struct WriteQueue: ~Copyable {
  private var buffer = PaddedBuffer()
  private var head = 0

  /// How many bytes wait.
  var count: Int { buffer.count - head }

  var isEmpty: Bool { count == 0 }

  /// Appends a copy; false when there is no memory for it.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    buffer.append(bytes)
  }

  /// Shows what waits.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try buffer.withBytes { span in
      try span.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0.dropFirst(head))) }
    }
  }

  /// Drops the first `amount` bytes: the stream has them.
  mutating func removeFirst(_ amount: Int) {
    head += amount
    if head >= buffer.count {
      head = 0
      buffer.removeAll(keepingAtMost: 16 << 10)
    } else if head > buffer.count / 2 {
      // Moving less than was sent keeps the cost linear.
      buffer.removeFirst(head)
      head = 0
    }
  }

  /// Forgets everything.
  mutating func removeAll() {
    head = 0
    buffer.removeAll(keepingAtMost: 0)
  }
}
