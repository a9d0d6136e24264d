// Compression in one call: round trips, foreign bytes, limits, damage.

import Compression
import Testing

@Suite struct OneCallCompression {
  /// Bytes that compress, but not to nothing.
  private static func text(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(ascii: "a") + UInt8(state >> 60)
    }
  }

  @Test(arguments: CompressionFormat.allCases, [0, 1, 4095, 100_000])
  func `what was compressed inflates to the same bytes`(format: CompressionFormat, count: Int) throws {
    let bytes = Self.text(count)
    for level in [nil, 1, 9, 99, -5] as [Int?] {
      let packed = try compress(bytes, as: format, level: level)
      #expect(try decompress(packed, as: format, limit: count) == bytes)
    }
  }

  @Test(arguments: [
    (
      CompressionFormat.gzip,
      "1f8b08000000000002034b2fcdcc49c948ccc95148c76401006409cbe01d000000"
    ),
    (.zlib, "789c4b2fcdcc49c948ccc95148c7640100ab2c0b63"),
  ])
  func `bytes that Python's library wrote inflate`(format: CompressionFormat, hex: String) throws {
    let inflated = try decompress(bytes(hex), as: format, limit: 100)
    #expect(String(decoding: inflated, as: UTF8.self) == "guildhall guildhall guildhall")
  }

  @Test(arguments: CompressionFormat.allCases)
  func `an input that inflates past the limit is refused and does not grow memory`(
    format: CompressionFormat
  ) throws {
    let bomb = try compress([UInt8](repeating: 0, count: 50 << 20), as: format)
    #expect(throws: CompressionError(.tooLarge, format: format)) {
      try decompress(bomb, as: format, limit: (50 << 20) - 1)
    }
    let decompressor = try Decompressor(format, limit: 1000)
    #expect(throws: CompressionError(.tooLarge, format: format)) { try decompressor.write(bomb) }
    #expect(decompressor.outputCount < 10_000)
    #expect(throws: CompressionError(.closed, format: format)) { try decompressor.write([1]) }
  }

  @Test(arguments: CompressionFormat.allCases)
  func `every cut of an input is truncated, never complete and never a trap`(format: CompressionFormat) throws
  {
    let packed = try compress(Self.text(300), as: format)
    for count in 0..<packed.count {
      #expect(throws: CompressionError(.truncated, format: format)) {
        try decompress([UInt8](packed.prefix(count)), as: format, limit: 300)
      }
    }
  }

  @Test(arguments: CompressionFormat.allCases)
  func `no damaged byte passes as the original`(format: CompressionFormat) throws {
    let original = Self.text(300)
    let packed = try compress(original, as: format)
    for index in packed.indices {
      var damaged = packed
      damaged[index] ^= 0x55
      do {
        // A gzip header has bytes that mean nothing to the content (time, system).
        let inflated = try decompress(damaged, as: format, limit: 100_000)
        #expect(format == .gzip && (4..<10).contains(index) && inflated == original, "byte \(index)")
      } catch {
        #expect([.damaged, .truncated, .tooLarge].contains(error.code), "byte \(index)")
      }
    }
  }

  @Test func `members and frames in a row read as one, and nothing may follow a zlib stream`() throws {
    for format in [CompressionFormat.gzip, .zstd] {
      let two = try compress([1, 2], as: format) + compress([3], as: format)
      #expect(try decompress(two, as: format, limit: 3) == [1, 2, 3])
    }
    #expect(throws: CompressionError(.damaged, format: .zlib)) {
      try decompress(compress([1], as: .zlib) + [0], as: .zlib, limit: 10)
    }
  }

  @Test func `a zstd frame that wants a window over 8 MiB is refused`() throws {
    // RFC 8878 section 3.1.1: magic, descriptor without single segment, window descriptor 2^27.
    let header: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 17 << 3, 0x01, 0x00, 0x00]
    #expect(throws: CompressionError(.tooLarge, format: .zstd)) {
      try decompress(header, as: .zstd, limit: 1 << 30)
    }
  }

  @Test func `the checksum is zlib's`() {
    #expect(crc32([UInt8]("123456789".utf8)) == 0xCBF4_3926)
    #expect(crc32([UInt8]("6789".utf8), continuing: crc32([UInt8]("12345".utf8))) == 0xCBF4_3926)
    #expect(crc32([], continuing: 7) == 7)
  }
}

/// The bytes of a hexadecimal text of ours.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.utf8.map { UInt8($0 > 57 ? $0 - 87 : $0 - 48) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
