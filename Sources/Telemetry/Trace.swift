// A name for one event's or request's way through the rooms.

internal import Synchronization

/// 16 bytes that tie log entries, and calls to other services, to what caused them (W3C Trace Context, level 1).
package struct TraceID: Sendable, Hashable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  /// The trace of the current task, which child tasks inherit; nil outside of `withTrace`.
  @TaskLocal package static var current: TraceID?

  private init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  /// A fresh one.
  package static func random() -> TraceID {
    // Told apart, not guessed: a counter well mixed over a random start costs no system call, and every request
    // and event makes one. Zero in both halves would be invalid; the start is never zero.
    TraceID(high: start, low: mixed(counter.wrappingAdd(1, ordering: .relaxed).newValue))
  }

  private static let start = UInt64.random(in: 1 ... .max)
  private static let counter = Atomic<UInt64>(.random(in: 0 ... .max))

  /// The finalizer of SplitMix64: neighbours come out unrelated, and no two alike.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value &* 0x9e37_79b9_7f4a_7c15
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  /// Reads 32 hexadecimal digits in lower case, as the standard asks; nil for anything else and for all zeros.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 32 else { return nil }
    let middle = text.utf8.index(text.utf8.startIndex, offsetBy: 16)
    guard let high = UInt64(lowerHex: text.utf8[..<middle]), let low = UInt64(lowerHex: text.utf8[middle...]),
      high | low != 0
    else { return nil }
    self.init(high: high, low: low)
  }

  /// 32 lower-case hexadecimal digits.
  package var description: String { high.lowerHex + low.lowerHex }

  /// The first 8 digits: enough to follow one trace by eye.
  package var short: String { String(high.lowerHex.prefix(8)) }
}

/// Runs `body` as a part of `trace`: everything it logs carries that id. Child tasks inherit it, threads do not.
package func withTrace<Result, Failure: Error>(
  _ trace: TraceID = .random(), _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  // `withValue` does not carry typed errors, so the outcome travels as a value.
  let outcome: Swift.Result<Result, Failure> = TraceID.$current.withValue(trace) {
    do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
  }
  return try outcome.get()
}

/// Runs `body` as a part of `trace`: everything it logs carries that id. Child tasks inherit it, threads do not.
package func withTrace<Result>(
  _ trace: TraceID = .random(), _ body: () async throws -> Result
) async rethrows -> Result {
  try await TraceID.$current.withValue(trace, operation: body)
}

/// The header `traceparent`: which trace a call belongs to and which step of it made the call.
package struct TraceParent: Sendable, Equatable, CustomStringConvertible {
  package let trace: TraceID
  /// The caller's step, never zero.
  package let span: UInt64
  /// Bit 0: the caller keeps ("samples") this trace. The others are passed on as they came.
  package let flags: UInt8

  /// The parent of a call that this process makes, with a fresh span.
  package init(trace: TraceID, flags: UInt8 = 1) {
    (self.trace, self.flags) = (trace, flags)
    span = .random(in: 1 ... .max)
  }

  /// Reads a header's value; nil when the standard says to ignore it. A later version may have more after the flags.
  package init?(_ header: some StringProtocol) {
    let parts = header.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, let version = UInt64(lowerHex: parts[0].utf8),
      version != 0xFF,
      version > 0 || parts.count == 4,
      let trace = TraceID(parts[1]),
      parts[2].utf8.count == 16, let span = UInt64(lowerHex: parts[2].utf8), span != 0,
      parts[3].utf8.count == 2, let flags = UInt64(lowerHex: parts[3].utf8)
    else { return nil }
    (self.trace, self.span, self.flags) = (trace, span, UInt8(flags))
  }

  /// The header's value, in version 00.
  package var description: String {
    "00-\(trace)-\(span.lowerHex)-\(UInt64(flags).lowerHex.suffix(2))"
  }
}

extension UInt64 {
  /// Nil unless there are 1 to 16 digits, all of them lower-case.
  fileprivate init?(lowerHex digits: some Collection<UInt8>) {
    guard (1...16).contains(digits.count) else { return nil }
    self = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): self = self << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): self = self << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
  }

  /// 16 digits.
  fileprivate var lowerHex: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
