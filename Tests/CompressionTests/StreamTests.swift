// Streams with flushes: what a gateway connection does for hours.

import Compression
import Testing

@Suite struct StreamCompression {
  @Test(arguments: CompressionFormat.allCases, [1, 7, 1 << 20])
  func `each flushed message inflates at once, however it is cut`(format: CompressionFormat, cut: Int) throws
  {
    let compressor = try Compressor(format)
    let decompressor = try Decompressor(format, limit: 200_000)
    for index in 0..<50 {
      let message = [UInt8]("{\"op\":\(index)\(String(repeating: "x", count: index * index * 40))}".utf8)
      try compressor.write(message, flush: .sync)
      let packed = compressor.takeOutput()
      var rest = packed[...]
      while !rest.isEmpty {
        try decompressor.write([UInt8](rest.prefix(cut)))
        rest = rest.dropFirst(cut)
      }
      #expect(decompressor.isAtFlush)
      #expect(!decompressor.isAtEnd)
      #expect(decompressor.takeOutput() == message)
    }
    try compressor.write([], flush: .finish)
    try decompressor.write(compressor.takeOutput())
    #expect(decompressor.isAtEnd)
    try decompressor.finish()
    #expect(throws: CompressionError(.closed, format: format)) { try compressor.write([1]) }
  }

  @Test func `a zlib message is complete only with its marker`() throws {
    // Two messages of one stream, as Python's zlib flushes them.
    let first = bytes("789ccacf4b05000000ffff")
    let second = bytes("2a29cf07000000ffff")
    let decompressor = try Decompressor(.zlib, limit: 100)
    for (packed, text) in [(first, "one"), (second, "two")] {
      for byte in packed {
        #expect(decompressor.outputCount <= 3)
        try decompressor.write([byte])
      }
      #expect(decompressor.isAtFlush)
      #expect(String(decoding: decompressor.takeOutput(), as: UTF8.self) == text)
      try decompressor.write([])
    }
    try decompressor.write([0x2A])
    #expect(!decompressor.isAtFlush)
  }

  @Test func `the limit counts each message anew`() throws {
    let compressor = try Compressor(.zlib)
    let decompressor = try Decompressor(.zlib, limit: 1000)
    for _ in 0..<10 {
      try compressor.write([UInt8](repeating: 65, count: 1000), flush: .sync)
      try decompressor.write(compressor.takeOutput())
      #expect(decompressor.takeOutput().count == 1000)
    }
  }

  @Test func `the output has readable zero bytes past its end, also after it shrank`() throws {
    let decompressor = try Decompressor(.zlib, limit: 1 << 20)
    let compressor = try Compressor(.zlib)
    for count in [5000, 700_000, 1, 0] {
      try compressor.write([UInt8](repeating: 7, count: count), flush: .sync)
      try decompressor.write(compressor.takeOutput())
      let past = decompressor.withOutput { span in
        span.withUnsafeBytes { bytes in
          bytes.baseAddress.map { [UInt8](UnsafeRawBufferPointer(start: $0 + bytes.count, count: 64)) }
        }
      }
      #expect(past == [UInt8](repeating: 0, count: PaddedBuffer.padding))
      decompressor.discardOutput()
    }
  }

  @Test func `a buffer gives back what it was given, from the front on`() {
    var buffer = PaddedBuffer()
    let nothing = buffer.copyBytes()
    #expect(nothing.isEmpty)
    for value in UInt8(0)..<200 {
      let fits = [value, value].withUnsafeBytes { buffer.append($0) }
      #expect(fits)
    }
    buffer.removeFirst(301)
    let rest = buffer.copyBytes()
    #expect(rest == [150] + (151..<200).flatMap { [$0, $0] })
    buffer.removeFirst(1000)
    let count = buffer.count
    #expect(count == 0)
  }
}
