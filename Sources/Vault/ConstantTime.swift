// Comparison whose duration says nothing about where two values differ.

internal import CSodium

/// Comparison of secrets, codes and tokens. Lengths are not hidden: values of different length differ at once.
package enum ConstantTime {
  /// Compares bytes; of equal lengths, all are looked at.
  package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { equal(left, $0) } }
  }

  /// Compares the UTF-8 of both.
  package static func equal(_ left: String, _ right: String) -> Bool {
    equal(Array(left.utf8), Array(right.utf8))
  }

  /// Compares two secrets in place, without a copy in ordinary memory.
  package static func equal(_ left: Secret, _ right: Secret) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { equal(left, $0) } }
  }

  /// Compares a secret in place with bytes that came from outside.
  package static func equal(_ left: Secret, _ right: [UInt8]) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBufferPointer { equal(left, $0) } }
  }

  private static func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return sodium_memcmp(left.start, right.start, left.count) == 0
  }
}
