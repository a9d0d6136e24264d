// Bytes as text that is safe in URLs, cookies and file names.

internal import CSodium

/// base64url without padding (RFC 4648, section 5), in time that does not depend on the bytes, so that it may be
/// used for tokens.
package enum Base64URL {
  private static let variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING

  /// Four characters of `A-Z a-z 0-9 - _` for each three bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    // The library's length includes the terminating zero.
    let capacity = sodium_base64_encoded_len(bytes.count, variant)
    return String(unsafeUninitializedCapacity: capacity) { text in
      text.start.withMemoryRebound(to: CChar.self, capacity: capacity) { text in
        _ = sodium_bin2base64(text, capacity, bytes, bytes.count, variant)
      }
      return capacity - 1
    }
  }

  /// The bytes, or nil when the text holds any other character, padding, or unused bits that are not zero.
  package static func decode(_ text: String) -> [UInt8]? {
    let text = text.utf8.map { CChar(bitPattern: $0) }
    // At least one byte, so that there is a buffer.
    var bytes = [UInt8](repeating: 0, count: text.count / 4 * 3 + 3)
    var count = 0
    // Without a place to report where it stopped, the library refuses text that it cannot read to the end.
    guard sodium_base642bin(&bytes, bytes.count, text, text.count, nil, &count, nil, variant) == 0 else {
      return nil
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
