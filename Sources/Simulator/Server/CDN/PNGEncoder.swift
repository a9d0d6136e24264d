// Pictures as PNG (https://www.w3.org/TR/png-3/): the little of it that generated ones need.

internal import Compression

/// A picture of 8-bit RGBA pixels, row by row.
struct Raster: Sendable {
  let width: Int
  let height: Int
  /// Four bytes a pixel.
  var bytes: [UInt8]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    bytes = [UInt8](repeating: 0, count: width * height * 4)
  }

  /// The picture as a PNG file. CPU-heavy: call it off the loop.
  ///
  /// - Throws: `CompressionError` when zlib gets no memory.
  func png() throws(CompressionError) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(bytes.count + height)
    let stride = width * 4
    for row in 0..<height {
      // Filter 1: each byte as the difference to the pixel on its left; gradients become runs.
      rows.append(1)
      let base = row * stride
      for offset in 0..<stride {
        let left = offset >= 4 ? bytes[base + offset - 4] : 0
        rows.append(bytes[base + offset] &- left)
      }
    }
    let compressor = try Compressor(.zlib, level: 6)
    try compressor.write(rows, flush: .finish)
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // 8 bits a channel, colour type 6 (RGBA), no interlacing.
    Self.append("IHDR", Self.word(width) + Self.word(height) + [8, 6, 0, 0, 0], to: &file)
    Self.append("IDAT", compressor.takeOutput(), to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  private static func append(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
    let checked = Array(type.utf8) + data
    file += word(data.count) + checked
    file += word(Int(crc32(checked)))
  }

  private static func word(_ value: Int) -> [UInt8] {
    let value = UInt32(truncatingIfNeeded: value)
    return [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }
}
