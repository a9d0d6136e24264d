// Starts libsodium once, before anything of it is used.

internal import CSodium

/// The library as a whole.
enum Sodium {
  /// Touch before any call into the library. The first touch initialises it; a `static let` makes that happen
  /// once, whatever the number of threads.
  ///
  /// `sodium_init` fails only where the kernel has no source of randomness. Nothing secure can be done there, and
  /// going on would be worse than stopping.
  static let ready: Void = {
    precondition(sodium_init() >= 0, "libsodium found no source of randomness")
  }()
}

// The library's functions want addresses that are not null, also of buffers without bytes, where Swift has none.

/// Where an empty buffer starts as far as C is told. Never read nor written, hence safe to share.
private nonisolated(unsafe) let nowhere = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

extension UnsafeBufferPointer<UInt8> {
  /// The first byte's address, or some address when there is no byte.
  var start: UnsafePointer<UInt8> { baseAddress ?? UnsafePointer(nowhere) }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// The first byte's address, or some address when there is no byte.
  var start: UnsafeMutablePointer<UInt8> { baseAddress ?? nowhere }
}
