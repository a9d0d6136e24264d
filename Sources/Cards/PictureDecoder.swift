// Pictures that anybody may have made: recognised by their bytes, measured before they are decoded, never trusted.

internal import CImages

/// What is decoded at most.
enum PictureLimits {
  /// As many as Discord takes in one attachment of a member who pays nothing.
  static let mostBytes = 10 << 20
  /// 4,096 by 4,096: 64 MiB while it is decoded.
  static let mostPixels = 1 << 24
  /// Pixels times passes over them: a progressive JPEG may ask for hundreds of passes with a few bytes each.
  static let mostPixelPasses = 1 << 28

  /// Why a picture of this size is not decoded; nil if it is.
  static func refusal(of size: PictureSize) -> PictureError? {
    guard size.width > 0, size.height > 0 else { return PictureError(.damaged) }
    let isAllowed = size.width <= 1 << 14 && size.height <= 1 << 14 && size.width * size.height <= mostPixels
    return isAllowed ? nil : PictureError(.tooLarge)
  }
}

/// Decodes the first frame of a picture, smaller than it is where the format can do so cheaply, but never smaller than
/// what covers `width` by `height`.
///
/// - Throws: `CardError` with code `.failed` without memory. What is wrong with the picture is a result.
func decodePicture(_ bytes: [UInt8], forWidth width: Int, height: Int) throws(CardError) -> Result<
  Bitmap, PictureError
> {
  guard bytes.count <= PictureLimits.mostBytes else { return .failure(PictureError(.tooLarge)) }
  let wanted = PictureSize(width: width, height: height)
  return switch PictureFormat(sniffing: bytes) {
  case .png: try decodePNG(bytes)
  case .jpeg: try decodeJPEG(bytes, covering: wanted)
  case .webp: try decodeWebP(bytes, covering: wanted)
  case .gif: try decodeGIF(bytes)
  case nil: .failure(PictureError(.unknownFormat))
  }
}

/// What the first bytes say.
enum PictureFormat: Equatable {
  case png, jpeg, webp, gif

  init?(sniffing bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
      self = .gif
    } else {
      return nil
    }
  }
}

struct PictureSize {
  let width, height: Int

  /// The size of a picture of `full` that just covers this one; `full` itself if that is smaller.
  func covered(by full: PictureSize) -> PictureSize {
    let scale = max(
      Double(width) / Double(full.width), Double(height) / Double(full.height))
    guard scale < 1 else { return full }
    return PictureSize(
      width: max(Int((Double(full.width) * scale).rounded(.up)), 1),
      height: max(Int((Double(full.height) * scale).rounded(.up)), 1))
  }

  /// As the JPEG library rounds.
  func divided(by divisor: Int) -> PictureSize {
    PictureSize(width: (width + divisor - 1) / divisor, height: (height + divisor - 1) / divisor)
  }
}

// MARK: PNG

private func decodePNG(_ bytes: [UInt8]) throws(CardError) -> Result<Bitmap, PictureError> {
  guard let context = spng_ctx_new(0) else { throw CardError(.failed, "no memory to decode a PNG") }
  defer { spng_ctx_free(context) }
  // Compressed texts and profiles in it must not become large either.
  spng_set_chunk_limits(context, 4 << 20, 16 << 20)
  return try bytes.withUnsafeBytes { bytes in
    Result { () throws(CardError) in try decodePNG(bytes, with: context) }
  }.get()
}

private func decodePNG(_ bytes: UnsafeRawBufferPointer, with context: OpaquePointer) throws(CardError)
  -> Result<Bitmap, PictureError>
{
  var header = spng_ihdr()
  guard spng_set_png_buffer(context, bytes.baseAddress, bytes.count) == 0,
    spng_get_ihdr(context, &header) == 0
  else { return .failure(PictureError(.damaged)) }
  let size = PictureSize(width: Int(header.width), height: Int(header.height))
  if let refusal = PictureLimits.refusal(of: size) { return .failure(refusal) }
  let bitmap = try Bitmap(width: size.width, height: size.height)
  let code = bitmap.withBytes { pixels in
    spng_decode_image(
      context, pixels.baseAddress, pixels.count, CInt(SPNG_FMT_RGBA8.rawValue),
      CInt(SPNG_DECODE_TRNS.rawValue))
  }
  guard code == 0 else { return .failure(PictureError(.damaged)) }
  bitmap.premultiply()
  return .success(bitmap)
}

// MARK: JPEG

private func decodeJPEG(_ bytes: [UInt8], covering wanted: PictureSize) throws(CardError) -> Result<
  Bitmap, PictureError
> {
  guard let decoder = tjInitDecompress() else { throw CardError(.failed, "no memory to decode a JPEG") }
  defer { tjDestroy(decoder) }
  var (width, height, subsampling, colorspace): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
  guard
    tjDecompressHeader3(decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colorspace) == 0
  else { return .failure(PictureError(.damaged)) }
  let full = PictureSize(width: Int(width), height: Int(height))
  if let refusal = PictureLimits.refusal(of: full) { return .failure(refusal) }
  guard full.width * full.height * countScans(of: bytes) <= PictureLimits.mostPixelPasses else {
    return .failure(PictureError(.tooLarge))
  }

  // The library scales by halves for less than the price of decoding all.
  let orientation = Orientation(jpeg: bytes)
  let target =
    orientation.swapsSides ? PictureSize(width: wanted.height, height: wanted.width) : wanted
  let least = target.covered(by: full)
  let candidates = [8, 4, 2].map { full.divided(by: $0) }
  let size = candidates.first { $0.width >= least.width && $0.height >= least.height } ?? full
  let bitmap = try Bitmap(width: size.width, height: size.height)
  let isDone = bitmap.withBytes { pixels in
    let code = tjDecompress2(
      decoder, bytes, UInt(bytes.count), pixels.baseAddress, CInt(bitmap.width), CInt(bitmap.stride),
      CInt(bitmap.height), CInt(TJPF_BGRA.rawValue), TJFLAG_LIMITSCANS)
    // Many cameras write what the library warns of.
    return code == 0 || tjGetErrorCode(decoder) == CInt(TJERR_WARNING.rawValue)
  }
  return isDone ? .success(try bitmap.turned(orientation)) : .failure(PictureError(.damaged))
}

/// How often a decoder would go over the pixels. A preview inside the file may be counted too.
func countScans(of bytes: [UInt8]) -> Int {
  var count = 0
  var previous: UInt8 = 0
  for byte in bytes {
    if previous == 0xFF, byte == 0xDA { count += 1 }
    previous = byte
  }
  return max(count, 1)
}

// MARK: WebP

private func decodeWebP(_ bytes: [UInt8], covering wanted: PictureSize) throws(CardError) -> Result<
  Bitmap, PictureError
> {
  var features = WebPBitstreamFeatures()
  guard WebPGetFeatures(bytes, bytes.count, &features) == VP8_STATUS_OK else {
    return .failure(PictureError(.damaged))
  }
  let full = PictureSize(width: Int(features.width), height: Int(features.height))
  if let refusal = PictureLimits.refusal(of: full) { return .failure(refusal) }
  if features.has_animation != 0 { return try decodeFirstFrame(bytes, canvas: full) }
  let size = wanted.covered(by: full)
  let bitmap = try Bitmap(width: size.width, height: size.height)
  let isDone = bitmap.withBytes { pixels in
    bytes.withUnsafeBufferPointer {
      decodeFrame($0, into: pixels, stride: bitmap.stride, scaledTo: size.width < full.width ? size : nil)
    }
  }
  return isDone ? .success(bitmap) : .failure(PictureError(.damaged))
}

/// The first picture of an animation, at its place on the canvas.
private func decodeFirstFrame(_ bytes: [UInt8], canvas: PictureSize) throws(CardError) -> Result<
  Bitmap, PictureError
> {
  let bitmap = try Bitmap(width: canvas.width, height: canvas.height)
  let isDone = bytes.withUnsafeBufferPointer { bytes in
    var data = WebPData(bytes: bytes.baseAddress, size: bytes.count)
    guard let demuxer = WebPDemux(&data) else { return false }
    defer { WebPDemuxDelete(demuxer) }
    var frame = WebPIterator()
    guard WebPDemuxGetFrame(demuxer, 1, &frame) != 0 else { return false }
    defer { WebPDemuxReleaseIterator(&frame) }
    let (x, y) = (Int(frame.x_offset), Int(frame.y_offset))
    // What the frame says of itself must be what it holds, or it would be written past its rows.
    var features = WebPBitstreamFeatures()
    guard WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) == VP8_STATUS_OK,
      features.width == frame.width, features.height == frame.height, x >= 0, y >= 0,
      x + Int(frame.width) <= canvas.width, y + Int(frame.height) <= canvas.height
    else { return false }
    let fragment = UnsafeBufferPointer(start: frame.fragment.bytes, count: frame.fragment.size)
    return bitmap.withBytes { pixels in
      let rest = UnsafeMutableBufferPointer(rebasing: pixels.dropFirst(y * bitmap.stride + x * 4))
      return decodeFrame(fragment, into: rest, stride: bitmap.stride, scaledTo: nil)
    }
  }
  return isDone ? .success(bitmap) : .failure(PictureError(.damaged))
}

private func decodeFrame(
  _ bytes: UnsafeBufferPointer<UInt8>, into pixels: UnsafeMutableBufferPointer<UInt8>, stride: Int,
  scaledTo size: PictureSize?
) -> Bool {
  var config = WebPDecoderConfig()
  guard WebPInitDecoderConfig(&config) != 0 else { return false }
  if let size {
    config.options.use_scaling = 1
    config.options.scaled_width = CInt(size.width)
    config.options.scaled_height = CInt(size.height)
  }
  // What cairo keeps, multiplied by alpha.
  config.output.colorspace = MODE_bgrA
  config.output.is_external_memory = 1
  config.output.u.RGBA = WebPRGBABuffer(rgba: pixels.baseAddress, stride: CInt(stride), size: pixels.count)
  defer { WebPFreeDecBuffer(&config.output) }
  return WebPDecode(bytes.baseAddress, bytes.count, &config) == VP8_STATUS_OK
}
