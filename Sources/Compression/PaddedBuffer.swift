// A growing byte buffer that is used again and again, with readable bytes past its end.

internal import Glibc

/// Bytes that grow at the end, kept between uses, with `padding` zero bytes readable after the last one, so that a
/// parser that reads in wide steps (simdjson) can work in place.
///
/// Costs nothing until the first byte arrives.
package struct PaddedBuffer: ~Copyable {
  /// How many readable zero bytes follow the content.
  package static let padding = 64

  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  /// How many bytes there are.
  package private(set) var count = 0

  package init() {}

  deinit { free(base) }

  package var isEmpty: Bool { count == 0 }

  /// Shows the content; the span must not outlive the call. `padding` zero bytes follow it in memory.
  package func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    guard let base else { return try body(RawSpan()) }
    memset(base + count, 0, Self.padding)
    return try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
  }

  /// The content as an array: a copy.
  package func copyBytes() -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Appends a copy of `bytes`.
  ///
  /// - Returns: false when there is no memory for it; nothing is appended then.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return true }
    guard reserve(bytes.count), let base else { return false }
    memcpy(base + count, source, bytes.count)
    count += bytes.count
    return true
  }

  /// Appends what `fill` writes into free space of at least `space` bytes; it returns how many it wrote.
  ///
  /// - Returns: false when there is no memory for it; `fill` is not called then.
  package mutating func append(atLeast space: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
    guard reserve(space), let base else { return false }
    let free = UnsafeMutableRawBufferPointer(start: base + count, count: capacity - count)
    count += min(max(fill(free), 0), free.count)
    return true
  }

  /// Drops the first `amount` bytes and moves the rest to the front.
  package mutating func removeFirst(_ amount: Int) {
    guard amount < count, let base else { return removeAll() }
    memmove(base, base + amount, count - amount)
    count -= amount
  }

  /// Drops the content. The memory is kept for the next use unless it is more than `bound` bytes, so that one
  /// large message does not stay on the bill of an idle connection.
  package mutating func removeAll(keepingAtMost bound: Int = 64 << 10) {
    count = 0
    guard capacity > bound else { return }
    free(base)
    base = nil
    capacity = 0
  }

  /// Makes room for `space` more bytes, growing by doubling.
  private mutating func reserve(_ space: Int) -> Bool {
    guard capacity - count < space else { return true }
    let (needed, overflow) = count.addingReportingOverflow(space)
    guard !overflow, needed < Int.max / 4 else { return false }
    let target = max(needed, min(capacity * 2, capacity + (16 << 20)), 512)
    guard let grown = realloc(base, target + Self.padding) else { return false }
    base = grown
    capacity = target
    return true
  }
}
