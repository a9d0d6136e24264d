// Bytes as text that JSON can carry (RFC 4648 section 4).

import FoundationEssentials

/// Standard Base64, padded, as Python's `base64` reads it.
package enum Base64Text {
  /// The text of bytes.
  package static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
  /// nil for what is no such text.
  package static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
}
