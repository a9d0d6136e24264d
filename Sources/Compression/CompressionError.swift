// Why bytes could not be compressed or inflated.

/// What stopped a compressor or decompressor. `description` never shows any of the bytes.
package struct CompressionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// The input is not of this format, or a checksum does not match.
    package static let damaged = Code("damaged")
    /// The input ends before the compressed data does.
    package static let truncated = Code("truncated")
    /// The inflated bytes exceed the caller's limit, or the data asks for a window of over 8 MiB.
    package static let tooLarge = Code("too large")
    /// The stream has failed or was finished before; it takes no more bytes.
    package static let closed = Code("closed")
    /// The library could not get memory.
    package static let outOfMemory = Code("out of memory")
  }

  /// What happened; decide by this, not by the description.
  package let code: Code
  /// The format that was being read or written.
  package let format: CompressionFormat

  package init(_ code: Code, format: CompressionFormat) {
    self.code = code
    self.format = format
  }

  package var description: String { "\(format): \(code)" }
}
