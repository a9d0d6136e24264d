// Pixels to files.

internal import CImages
internal import Glibc

/// Writes red, green, blue, alpha as a PNG: fast rather than as small as possible.
///
/// - Throws: `.failed`.
func encodePNG(_ pixels: [UInt8], width: Int, height: Int) throws(CardError) -> [UInt8] {
  let failure = CardError(.failed, "the PNG encoder refused the card")
  guard let context = spng_ctx_new(CInt(SPNG_CTX_ENCODER.rawValue)) else { throw failure }
  defer { spng_ctx_free(context) }
  var header = spng_ihdr()
  header.width = UInt32(width)
  header.height = UInt32(height)
  header.bit_depth = 8
  header.color_type = UInt8(SPNG_COLOR_TYPE_TRUECOLOR_ALPHA.rawValue)
  // One filter for all rows: choosing the best for each costs ten times as much and saves little on drawings.
  guard spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1) == 0,
    spng_set_ihdr(context, &header) == 0,
    spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, 3) == 0,
    spng_set_option(context, SPNG_FILTER_CHOICE, CInt(SPNG_FILTER_CHOICE_SUB.rawValue)) == 0,
    spng_encode_image(
      context, pixels, pixels.count, CInt(SPNG_FMT_PNG.rawValue), CInt(SPNG_ENCODE_FINALIZE.rawValue)) == 0
  else { throw failure }
  var (count, code) = (0, CInt(0))
  guard let buffer = spng_get_png_buffer(context, &count, &code) else { throw failure }
  defer { free(buffer) }
  return Array(UnsafeRawBufferPointer(start: buffer, count: count))
}

/// Writes red, green, blue, alpha as a WebP of high quality.
///
/// - Throws: `.failed`.
func encodeWebP(_ pixels: [UInt8], width: Int, height: Int) throws(CardError) -> [UInt8] {
  let failure = CardError(.failed, "the WebP encoder refused the card")
  var config = WebPConfig()
  var picture = WebPPicture()
  var writer = WebPMemoryWriter()
  guard WebPConfigInit(&config) != 0, WebPPictureInit(&picture) != 0 else { throw failure }
  WebPMemoryWriterInit(&writer)
  defer {
    WebPPictureFree(&picture)
    WebPMemoryWriterClear(&writer)
  }
  config.quality = 90
  // Half the time of the default for a tenth more bytes.
  config.method = 1
  picture.width = CInt(width)
  picture.height = CInt(height)
  guard WebPPictureImportRGBA(&picture, pixels, CInt(width * 4)) != 0 else { throw failure }
  picture.writer = WebPMemoryWrite
  let isDone = withUnsafeMutablePointer(to: &writer) { writer in
    picture.custom_ptr = UnsafeMutableRawPointer(writer)
    return WebPEncode(&config, &picture) != 0
  }
  guard isDone, writer.size > 0 else { throw failure }
  return Array(UnsafeBufferPointer(start: writer.mem, count: writer.size))
}
