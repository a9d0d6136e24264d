// Pixels in memory: what decoders fill, the canvas draws on and encoders read.

internal import CCairo

/// Pixels as cairo keeps them: blue, green, red, alpha, multiplied by alpha. Transparent black at first. Confined to the
/// thread that draws the card.
final class Bitmap {
  /// Pixels.
  let width, height: Int
  /// Owned; the driver of the canvas alone uses it besides this page.
  let surface: OpaquePointer

  /// - Throws: `.failed` without memory for the pixels.
  init(width: Int, height: Int) throws(CardError) {
    let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, CInt(width), CInt(height))
    guard let surface, cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS else {
      if let surface { cairo_surface_destroy(surface) }
      throw CardError(.failed, "no memory for a picture of \(width) by \(height) pixels")
    }
    (self.surface, self.width, self.height) = (surface, width, height)
  }

  deinit { cairo_surface_destroy(surface) }

  /// Bytes from one row to the next.
  var stride: Int { Int(cairo_image_surface_get_stride(surface)) }

  /// Shows the bytes, row after row, and takes note of what was changed in them.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    cairo_surface_flush(surface)
    defer { cairo_surface_mark_dirty(surface) }
    let start = cairo_image_surface_get_data(surface)
    return try body(UnsafeMutableBufferPointer(start: start, count: start == nil ? 0 : stride * height))
  }

  /// The bytes as red, green, blue, alpha, not multiplied by alpha, without gaps between rows.
  func plainBytes() -> [UInt8] {
    withBytes { pixels in
      [UInt8](unsafeUninitializedCapacity: width * height * 4) { result, count in
        var target = 0
        for row in 0..<height {
          for origin in Swift.stride(from: row * stride, to: row * stride + width * 4, by: 4) {
            let alpha = pixels[origin + 3]
            result[target] = Self.divided(pixels[origin + 2], by: alpha)
            result[target + 1] = Self.divided(pixels[origin + 1], by: alpha)
            result[target + 2] = Self.divided(pixels[origin], by: alpha)
            result[target + 3] = alpha
            target += 4
          }
        }
        count = target
      }
    }
  }

  /// Turns red, green, blue, alpha into what cairo keeps, where a decoder left them.
  func premultiply() {
    withBytes { pixels in
      for offset in Swift.stride(from: 0, to: pixels.count - 3, by: 4) {
        let alpha = pixels[offset + 3]
        let (red, blue) = (pixels[offset], pixels[offset + 2])
        pixels[offset] = Self.multiplied(blue, by: alpha)
        pixels[offset + 1] = Self.multiplied(pixels[offset + 1], by: alpha)
        pixels[offset + 2] = Self.multiplied(red, by: alpha)
      }
    }
  }

  /// How many pixels have each grey (of the same luminance), in a part of the bitmap: every second one in both directions.
  func histogram(x: Int, y: Int, width: Int, height: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
    let rows = max(y, 0)..<max(min(y + height, self.height), max(y, 0))
    withBytes { pixels in
      for row in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: 2) {
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: 2) {
          let offset = row * stride + column * 4
          counts[
            Int(
              Luminance.grey(red: pixels[offset + 2], green: pixels[offset + 1], blue: pixels[offset]))] += 1
        }
      }
    }
    return counts
  }

  private static func divided(_ component: UInt8, by alpha: UInt8) -> UInt8 {
    if alpha == 255 { return component }
    if alpha == 0 { return 0 }
    return UInt8(min((Int(component) * 255 + Int(alpha) / 2) / Int(alpha), 255))
  }

  private static func multiplied(_ component: UInt8, by alpha: UInt8) -> UInt8 {
    UInt8((Int(component) * Int(alpha) + 127) / 255)
  }
}
