// Bytes that must not be seen: tokens, keys, passwords.

internal import CSodium

/// A secret. Its bytes are in locked memory, zeroed when the last reference goes away, and every textual form of it
/// is the constant `(secret)`: it cannot be logged, interpolated, dumped or encoded by accident.
///
///     let token = Secret(utf8: environmentValue)
///     token.withBytes { bytes in … }      // the only way in
///
/// There is no `==`; compare with `ConstantTime.equal`.
package final class Secret: @unchecked Sendable {
  // Unchecked: the memory is written only by the initialisers, before anyone else has the reference, and freed by
  // `deinit`, after everyone has given it up.
  private let memory: UnsafeMutableBufferPointer<UInt8>

  /// A secret of `count` bytes that `fill` writes; they are zero before.
  init<Failure: Error>(
    count: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    memory = LockedMemory.allocate(count).bindMemory(to: UInt8.self)
    // A throw from here runs `deinit`, since every property is set.
    try fill(memory)
  }

  /// Copies `bytes`. The source stays where it is: prefer `init(consuming:)` for an array you own.
  package convenience init(_ bytes: Span<UInt8>) {
    self.init(count: bytes.count) { memory in
      bytes.withUnsafeBufferPointer { _ = memory.update(fromContentsOf: $0) }
    }
  }

  /// Copies `bytes`. The source stays where it is: prefer `init(consuming:)` for an array you own.
  package convenience init(_ bytes: [UInt8]) {
    self.init(bytes.span)
  }

  /// Takes the bytes over and zeroes the array, if no other array shares its storage.
  package convenience init(consuming bytes: inout [UInt8]) {
    self.init(bytes.span)
    bytes.withUnsafeMutableBufferPointer { sodium_memzero($0.start, $0.count) }
    bytes = []
  }

  /// The UTF-8 of a string, such as a token from the environment. The string itself cannot be zeroed.
  package convenience init(utf8 string: String) {
    var bytes = Array(string.utf8)
    self.init(consuming: &bytes)
  }

  /// `count` fresh random bytes.
  package static func random(count: Int) -> Secret {
    Secret(count: count) { randombytes_buf($0.start, $0.count) }
  }

  deinit {
    LockedMemory.free(UnsafeMutableRawBufferPointer(memory))
  }

  /// Number of bytes, which is not treated as secret.
  package var count: Int { memory.count }

  /// Lends the bytes for the duration of `body`; the span cannot outlive it. Copy them nowhere.
  package func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBytes { bytes throws(Failure) in
      try body(bytes.span)
    }
  }

  /// The same for this room's calls into C.
  func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Without this, the optimiser may release `self`, and with it the memory, before `body` is done.
    try withExtendedLifetime(self) { () throws(Failure) in
      try body(UnsafeBufferPointer(memory))
    }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "(secret)" }
  package var debugDescription: String { "(secret)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret {
  /// The text, for what must be text to be sent: a form, a cookie. Whoever holds it holds a copy that nobody wipes, so hold
  /// it no longer than that, and never where it could be logged.
  package var exposedText: String {
    withBytes { bytes in
      var copy: [UInt8] = []
      copy.reserveCapacity(bytes.count)
      for index in bytes.indices { copy.append(bytes[index]) }
      return String(decoding: copy, as: UTF8.self)
    }
  }
}
