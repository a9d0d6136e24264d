// Compressing a stream piece by piece, with flushes the reader can act on.

internal import CCodec

/// Compresses a stream that is written in pieces. The output gathers in a buffer that is kept between messages.
///
/// Not `Sendable`: one owner at a time. After `.finish` or an error it takes no more bytes and throws `.closed`.
package final class Compressor {
  /// What the reader must be able to inflate after a write.
  package enum Flush: Sendable {
    /// Nothing yet: compresses best.
    case none
    /// All that was written so far. For zlib the output ends in `00 00 FF FF`.
    case sync
    /// All, and the end of the data with its checksum.
    case finish
  }

  private enum Engine {
    case zlib(UnsafeMutablePointer<z_stream>)
    case zstd(OpaquePointer)
  }

  /// The format of the output.
  package let format: CompressionFormat
  private let engine: Engine
  private var output = PaddedBuffer()
  private var isClosed = false

  /// Takes about 260 KiB for zlib and gzip, about 1 to 10 MiB for zstd by level.
  ///
  /// - Throws: `.outOfMemory`.
  package init(_ format: CompressionFormat, level: Int? = nil) throws(CompressionError) {
    self.format = format
    if format == .zstd {
      guard let context = ZSTD_createCCtx() else { throw CompressionError(.outOfMemory, format: format) }
      _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, format.clamped(level))
      _ = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
      engine = .zstd(context)
    } else {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      let windowBits: CInt = format == .gzip ? 15 + 16 : 15
      let status = deflateInit2_(
        stream, format.clamped(level), Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        CInt(MemoryLayout<z_stream>.size))
      guard status == Z_OK else {
        stream.deallocate()
        throw CompressionError(.outOfMemory, format: format)
      }
      engine = .zlib(stream)
    }
  }

  deinit {
    switch engine {
    case .zlib(let stream):
      deflateEnd(stream)
      stream.deallocate()
    case .zstd(let context):
      ZSTD_freeCCtx(context)
    }
  }

  /// How many compressed bytes have gathered.
  package var outputCount: Int { output.count }

  /// Shows what has gathered; the span must not outlive the call.
  package func withOutput<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    try output.withBytes(body)
  }

  /// Forgets what has gathered.
  package func discardOutput() {
    output.removeAll(keepingAtMost: 256 << 10)
  }

  /// What has gathered, as an array; forgets it.
  package func takeOutput() -> [UInt8] {
    defer { discardOutput() }
    return output.copyBytes()
  }

  /// Compresses `bytes`; what comes of it is appended to the output.
  ///
  /// - Throws: `.outOfMemory`; `.closed` after `.finish` or an error.
  package func write(_ bytes: RawSpan, flush: Flush = .none) throws(CompressionError) {
    guard !isClosed else { throw CompressionError(.closed, format: format) }
    let isDone = bytes.withUnsafeBytes { bytes in
      switch engine {
      case .zlib(let stream): deflate(bytes, flush, stream)
      case .zstd(let context): deflate(bytes, flush, context)
      }
    }
    isClosed = flush == .finish || !isDone
    guard isDone else { throw CompressionError(.outOfMemory, format: format) }
  }

  /// Compresses `bytes`, as the other `write` does.
  package func write(_ bytes: [UInt8], flush: Flush = .none) throws(CompressionError) {
    try write(bytes.span.bytes, flush: flush)
  }

  private func deflate(
    _ bytes: UnsafeRawBufferPointer, _ flush: Flush, _ stream: UnsafeMutablePointer<z_stream>
  )
    -> Bool
  {
    var rest = bytes
    while true {
      let step = min(rest.count, 1 << 30)
      let mode = step < rest.count ? Z_NO_FLUSH : flush.zlibMode
      var isFull = false
      var status = Z_OK
      let fits = output.append(atLeast: max(step / 4, 1024)) { free in
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: rest.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(step)
        stream.pointee.next_out = free.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(min(free.count, 1 << 30))
        let offered = stream.pointee.avail_out
        status = CCodec.deflate(stream, mode)
        isFull = stream.pointee.avail_out == 0
        return Int(offered - stream.pointee.avail_out)
      }
      guard fits, status != Z_STREAM_ERROR else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(step - Int(stream.pointee.avail_in)))
      // More output than room means "call again with the same flush" (zlib.h, deflate).
      guard isFull || !rest.isEmpty else { return true }
    }
  }

  private func deflate(_ bytes: UnsafeRawBufferPointer, _ flush: Flush, _ context: OpaquePointer) -> Bool {
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while true {
      var left = 0
      let fits = output.append(atLeast: max((input.size - input.pos) / 4, 1024)) { free in
        var target = ZSTD_outBuffer(dst: free.baseAddress, size: free.count, pos: 0)
        left = ZSTD_compressStream2(context, &target, &input, flush.zstdMode)
        return target.pos
      }
      guard fits, ZSTD_isError(left) == 0 else { return false }
      let isDone = flush == .none ? input.pos == input.size : left == 0
      if isDone { return true }
    }
  }
}

extension Compressor.Flush {
  fileprivate var zlibMode: CInt {
    switch self {
    case .none: Z_NO_FLUSH
    case .sync: Z_SYNC_FLUSH
    case .finish: Z_FINISH
    }
  }

  fileprivate var zstdMode: ZSTD_EndDirective {
    switch self {
    case .none: ZSTD_e_continue
    case .sync: ZSTD_e_flush
    case .finish: ZSTD_e_end
    }
  }
}
