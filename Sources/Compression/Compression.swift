// Compressing and inflating in one call, for what fits in memory.

internal import CCodec

/// A compressed format.
package enum CompressionFormat: Sendable, Hashable, CaseIterable {
  /// RFC 1952, with its CRC-32. Several members in a row read as one.
  case gzip
  /// RFC 1950, with its Adler-32: what HTTP calls `deflate` and Discord `zlib-stream`.
  case zlib
  /// RFC 8878, written with a content checksum. Several frames in a row read as one.
  case zstd

  /// The levels the format knows, from fastest to smallest. Levels outside are brought to the nearer end; zstd's
  /// "ultra" levels are left out, since their windows are larger than `Decompressor` accepts.
  package var levels: ClosedRange<Int> {
    self == .zstd ? 1...19 : 1...9
  }

  /// The level used when none is asked for.
  package var defaultLevel: Int {
    self == .zstd ? 3 : 6
  }

  func clamped(_ level: Int?) -> CInt {
    CInt(min(max(level ?? defaultLevel, levels.lowerBound), levels.upperBound))
  }
}

/// Compresses all of `bytes`. Runs in the caller's place and takes about 1 s per 50 to 300 MB: keep large inputs
/// off an event loop. `level` is one of `format.levels`; nil takes the format's default.
///
/// - Throws: `.outOfMemory`.
package func compress(_ bytes: [UInt8], as format: CompressionFormat, level: Int? = nil)
  throws(CompressionError) -> [UInt8]
{
  let compressor = try Compressor(format, level: level)
  try compressor.write(bytes, flush: .finish)
  return compressor.takeOutput()
}

/// Inflates all of `bytes`. A result of more than `limit` bytes is refused as soon as it shows.
///
/// - Throws: `.damaged`, `.truncated`, `.tooLarge`, `.outOfMemory`.
package func decompress(_ bytes: [UInt8], as format: CompressionFormat, limit: Int)
  throws(CompressionError) -> [UInt8]
{
  let decompressor = try Decompressor(format, limit: limit)
  try decompressor.write(bytes)
  try decompressor.finish()
  return decompressor.takeOutput()
}

/// The CRC-32 of zlib, gzip and PNG, continuing from `start`, the checksum of what came before.
package func crc32(_ bytes: [UInt8], continuing start: UInt32 = 0) -> UInt32 {
  bytes.withUnsafeBufferPointer { bytes in
    // Given a null pointer, zlib answers the checksum's initial value instead of continuing.
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return start }
    return UInt32(CCodec.crc32_z(UInt(start), base, bytes.count))
  }
}
