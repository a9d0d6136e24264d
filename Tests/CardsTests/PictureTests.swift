// Tests of decoding: every format, first frames, bombs, damage.

import Testing

@testable import Cards

struct PictureTests {
  private func decode(_ bytes: [UInt8], side: Int = 32) throws -> Result<Bitmap, PictureError> {
    try decodePicture(bytes, forWidth: side, height: side)
  }

  private func reason(_ bytes: [UInt8]) throws -> PictureError.Reason? {
    guard case .failure(let error) = try decode(bytes) else { return nil }
    return error.reason
  }

  @Test(arguments: [
    "halves.png", "halves.jpg", "progressive.jpg", "halves.webp", "lossless.webp", "interlaced.gif",
    "animated.png", "animated.webp", "animated.gif",
  ])
  func `a picture is decoded, of an animation the first frame`(_ name: String) throws {
    let bitmap = try decode(fixture(name)).get()
    #expect(bitmap.width == 32 && bitmap.height == 32)
    let pixels = bitmap.plainBytes()
    for (x, color) in [(4, Color.fixtureRed), (27, .fixtureBlue)] {
      for y in [0, 15, 31] { #expect(pixels.color(at: (y * 32 + x) * 4).isClose(to: color, 24)) }
    }
  }

  @Test func `a grey JPEG is decoded`() throws {
    let pixels = try decode(fixture("grey.jpg")).get().plainBytes()
    let color = pixels.color(at: 0)
    #expect(color.red == color.green && color.green == color.blue && color.alpha == 255)
  }

  @Test(arguments: ["translucent.png", "translucent.webp"])
  func `what is transparent stays so`(_ name: String) throws {
    let pixels = try decode(fixture(name)).get().plainBytes()
    #expect(pixels.color(at: 4 * 4).isClose(to: Color(red: 220, green: 30, blue: 30, alpha: 128), 2))
    #expect(pixels.color(at: 27 * 4).alpha == 0)
  }

  /// 6,400 pixels of noise fill the dictionary, which then begins anew; the PNG says what they are.
  @Test func `a GIF that needs the whole dictionary is decoded exactly`() throws {
    let gif = try decode(fixture("noise.gif"), side: 80).get()
    let png = try decode(fixture("noise.png"), side: 80).get()
    #expect(gif.plainBytes() == png.plainBytes())
  }

  /// Upright, red is on the left: each file stores it turned by its own orientation.
  @Test(arguments: 1...8)
  func `a photograph is seen upright, however the camera was held`(_ orientation: Int) throws {
    let bitmap = try decode(fixture("orientation-\(orientation).jpg"), side: 24).get()
    #expect(bitmap.width == 32 && bitmap.height == 24)
    let pixels = bitmap.plainBytes()
    #expect(pixels.color(at: (4 * 32 + 4) * 4).isClose(to: .white, 24))
    #expect(pixels.color(at: (20 * 32 + 4) * 4).isClose(to: .fixtureRed, 24))
    #expect(pixels.color(at: (12 * 32 + 28) * 4).isClose(to: .fixtureBlue, 24))
  }

  @Test func `a large picture is decoded smaller, but not smaller than what it must cover`() throws {
    let jpeg = try decode(fixture("halves.jpg"), side: 7).get()
    #expect(jpeg.width == 8 && jpeg.height == 8)
    let webp = try decode(fixture("halves.webp"), side: 7).get()
    #expect(webp.width == 7 && webp.height == 7)
  }

  @Test(arguments: ["bomb.png", "bomb.jpg", "bomb.webp", "bomb.gif", "many-passes.jpg"])
  func `a small file of an enormous picture is refused before it is decoded`(_ name: String) throws {
    #expect(try reason(fixture(name)) == .tooLarge)
  }

  @Test func `a file of too many bytes is refused`() throws {
    let bytes = try fixture("halves.png") + [UInt8](repeating: 0, count: PictureLimits.mostBytes)
    #expect(try reason(bytes) == .tooLarge)
  }

  @Test func `what is no picture is refused`() throws {
    #expect(try reason([]) == .unknownFormat)
    #expect(try reason(Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)) == .unknownFormat)
    #expect(try reason(Array("%PDF-1.7".utf8)) == .unknownFormat)
  }

  @Test(arguments: ["halves.png", "halves.jpg", "halves.webp", "animated.webp", "animated.gif"])
  func `a file that ends in its header is damaged`(_ name: String) throws {
    #expect(try reason(Array(fixture(name).prefix(20))) == .damaged)
  }

  /// Whatever comes of it, the process lives and the bound on pixels holds.
  @Test(arguments: [
    "halves.png", "progressive.jpg", "orientation-6.jpg", "cmyk.jpg", "lossless.webp", "animated.webp",
    "animated.gif",
    "interlaced.gif",
  ])
  func `damage anywhere is survived`(_ name: String) throws {
    let whole = try fixture(name)
    for index in whole.indices {
      for mask in [0x01, 0x80, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[index] ^= mask
        if case .success(let bitmap) = try decode(bytes) {
          #expect(bitmap.width * bitmap.height <= PictureLimits.mostPixels)
        }
      }
      _ = try decode(Array(whole[..<index]))
    }
  }
}
