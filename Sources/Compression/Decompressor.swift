// Inflating a stream chunk by chunk, message by message, under a limit.

internal import CCodec

/// Inflates a stream that arrives in chunks.
///
///     let decompressor = try Decompressor(.zlib, limit: 16 << 20)
///     try decompressor.write(chunk)
///     if decompressor.isAtFlush {
///       decompressor.withOutput { event in … }
///       decompressor.discardOutput()
///     }
///
/// The output gathers in a buffer that is kept between messages and has `PaddedBuffer.padding` readable bytes after
/// its end. `limit` counts what has gathered since the last `discardOutput()`, so it caps one message, not the
/// stream. Not `Sendable`: one owner at a time. After an error the stream is dead and throws `.closed`.
package final class Decompressor {
  private enum Engine {
    case zlib(UnsafeMutablePointer<z_stream>)
    case zstd(OpaquePointer)
  }

  /// The largest zstd window accepted, as a power of two: 8 MiB, what RFC 8878 section 3.1.1.1.2 recommends.
  private static let maximumWindowLog: CInt = 23

  /// The format the input must be in.
  package let format: CompressionFormat
  /// How many bytes may gather between two calls of `discardOutput()`.
  package let limit: Int
  private let engine: Engine
  private var output = PaddedBuffer()
  private var lastFour: UInt32 = 0xFFFF_FFFF
  private var isFailed = false

  /// Whether the compressed data has come to its own end: a gzip member, zlib stream or zstd frame is complete.
  package private(set) var isAtEnd = false

  /// Takes about 40 KiB for zlib and gzip, and the window of the data (up to 8 MiB) for zstd.
  ///
  /// - Throws: `.outOfMemory`.
  package init(_ format: CompressionFormat, limit: Int) throws(CompressionError) {
    self.format = format
    self.limit = min(max(0, limit), Int.max / 8)
    if format == .zstd {
      guard let context = ZSTD_createDCtx() else { throw CompressionError(.outOfMemory, format: format) }
      _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.maximumWindowLog)
      engine = .zstd(context)
    } else {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      let windowBits: CInt = format == .gzip ? 15 + 16 : 15
      guard inflateInit2_(stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
        stream.deallocate()
        throw CompressionError(.outOfMemory, format: format)
      }
      engine = .zlib(stream)
    }
  }

  deinit {
    switch engine {
    case .zlib(let stream):
      inflateEnd(stream)
      stream.deallocate()
    case .zstd(let context):
      ZSTD_freeDCtx(context)
    }
  }

  /// Whether everything the sender wrote before its last flush has been inflated: for zlib and gzip, the input so
  /// far ends in `00 00 FF FF` (RFC 1979's marker, Discord's end of a message) or at the end of the data. zstd has no
  /// marker: the transport's own message ends are the flushes there, and this is true whenever input was taken whole.
  package var isAtFlush: Bool {
    switch engine {
    case .zlib: isAtEnd || lastFour == 0x0000_FFFF
    case .zstd: true
    }
  }

  /// How many inflated bytes have gathered.
  package var outputCount: Int { output.count }

  /// Shows what has gathered; the span must not outlive the call.
  package func withOutput<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    try output.withBytes(body)
  }

  /// Forgets what has gathered and begins to count towards the limit anew.
  package func discardOutput() {
    output.removeAll(keepingAtMost: 256 << 10)
  }

  /// What has gathered, as an array; forgets it like `discardOutput()`.
  package func takeOutput() -> [UInt8] {
    defer { discardOutput() }
    return output.copyBytes()
  }

  /// Inflates a chunk of any length; what comes of it is appended to the output.
  ///
  /// - Throws: `.damaged`, `.tooLarge`, `.outOfMemory`, and `.closed` after any of these.
  package func write(_ chunk: RawSpan) throws(CompressionError) {
    let code = chunk.withUnsafeBytes { write($0) }
    if let code {
      isFailed = true
      throw CompressionError(code, format: format)
    }
  }

  /// Inflates a chunk, as the other `write` does.
  package func write(_ chunk: [UInt8]) throws(CompressionError) {
    try write(chunk.span.bytes)
  }

  /// Says that no more input comes.
  ///
  /// - Throws: `.truncated` when the compressed data is not complete.
  package func finish() throws(CompressionError) {
    guard isAtEnd else { throw CompressionError(.truncated, format: format) }
  }

  private func write(_ chunk: UnsafeRawBufferPointer) -> CompressionError.Code? {
    guard !isFailed else { return .closed }
    guard !chunk.isEmpty else { return nil }
    for byte in chunk.suffix(4) { lastFour = lastFour << 8 | UInt32(byte) }
    switch engine {
    case .zlib(let stream): return inflate(chunk, stream)
    case .zstd(let context): return inflate(chunk, context)
    }
  }

  /// How much room to offer next: about what the input will need, never more than one byte over the limit allows.
  private func room(for input: Int) -> Int {
    min(max(input * 4, 4096), limit - output.count + 1)
  }

  private func inflate(_ chunk: UnsafeRawBufferPointer, _ stream: UnsafeMutablePointer<z_stream>)
    -> CompressionError.Code?
  {
    var rest = chunk
    while true {
      if isAtEnd {
        guard !rest.isEmpty else { return nil }
        // RFC 1952 section 2.2 allows members in a row; after a zlib stream nothing may follow.
        guard format == .gzip, inflateReset(stream) == Z_OK else { return .damaged }
        isAtEnd = false
      }
      var status = Z_OK
      var isFull = false
      let step = min(rest.count, 1 << 30)
      let fits = output.append(atLeast: room(for: step)) { free in
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: rest.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(step)
        stream.pointee.next_out = free.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(min(free.count, 1 << 30))
        let offered = stream.pointee.avail_out
        status = CCodec.inflate(stream, Z_SYNC_FLUSH)
        isFull = stream.pointee.avail_out == 0
        return Int(offered - stream.pointee.avail_out)
      }
      guard fits else { return .outOfMemory }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(step - Int(stream.pointee.avail_in)))
      guard output.count <= limit else { return .tooLarge }
      switch status {
      case Z_STREAM_END: isAtEnd = true
      case Z_OK where isFull || !rest.isEmpty: continue
      // `Z_BUF_ERROR` only says that this call had nothing to do.
      case Z_OK, Z_BUF_ERROR: return nil
      case Z_MEM_ERROR: return .outOfMemory
      default: return .damaged
      }
    }
  }

  private func inflate(_ chunk: UnsafeRawBufferPointer, _ context: OpaquePointer) -> CompressionError.Code? {
    var input = ZSTD_inBuffer(src: chunk.baseAddress, size: chunk.count, pos: 0)
    while true {
      var status = 0
      var isFull = false
      let fits = output.append(atLeast: room(for: input.size - input.pos)) { free in
        var target = ZSTD_outBuffer(dst: free.baseAddress, size: free.count, pos: 0)
        status = ZSTD_decompressStream(context, &target, &input)
        isFull = target.pos == target.size
        return target.pos
      }
      guard fits else { return .outOfMemory }
      guard ZSTD_isError(status) == 0 else { return Self.code(of: ZSTD_getErrorCode(status)) }
      guard output.count <= limit else { return .tooLarge }
      isAtEnd = status == 0
      guard isFull || input.pos < input.size else { return nil }
      if isAtEnd, input.pos == input.size { return nil }
    }
  }

  private static func code(of error: ZSTD_ErrorCode) -> CompressionError.Code {
    switch error {
    case ZSTD_error_memory_allocation: .outOfMemory
    case ZSTD_error_frameParameter_windowTooLarge: .tooLarge
    default: .damaged
    }
  }
}
