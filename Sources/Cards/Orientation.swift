// How a camera was held: telephones store pictures sideways and say so in Exif (CIPA DC-008, tag 274).

/// Exif's values 1 to 8: what is done to the stored picture to see it upright.
enum Orientation: Int {
  case upright = 1
  case mirrored, halfTurn, mirroredHalfTurn, transposed, quarterRight, transversed, quarterLeft

  /// Whether width and height change places.
  var swapsSides: Bool { rawValue >= 5 }

  /// What a JPEG says; upright when it says nothing, or nonsense.
  init(jpeg bytes: [UInt8]) {
    self = Self.exif(in: bytes).flatMap(Self.init(exif:)) ?? .upright
  }

  /// The segment that holds it, without its heading.
  private static func exif(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let (marker, length) = (bytes[position + 1], Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]))
      let end = position + 2 + length
      // Pixels follow the start of the scan; nothing of interest comes after.
      guard marker != 0xDA, length >= 2, end <= bytes.count else { return nil }
      let content = bytes[position + 4..<end]
      if marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) { return content.dropFirst(6) }
      position = end
    }
    return nil
  }

  /// The first directory of the TIFF inside.
  private init?(exif: ArraySlice<UInt8>) {
    let bytes = Array(exif)
    let isLittle = bytes.starts(with: Array("II".utf8))
    guard isLittle || bytes.starts(with: Array("MM".utf8)) else { return nil }
    func number(at offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset + count <= bytes.count else { return nil }
      let digits = bytes[offset..<offset + count]
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(at: 4, bytes: 4), let count = number(at: directory, bytes: 2) else {
      return nil
    }
    for entry in 0..<count {
      let offset = directory + 2 + entry * 12
      guard let tag = number(at: offset, bytes: 2) else { return nil }
      guard tag == 274 else { continue }
      guard let value = number(at: offset + 8, bytes: 2) else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }

  /// Where the pixel at `x`, `y` of the upright picture is stored, in a picture of `width` by `height` as stored.
  func source(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
    switch self {
    case .upright: (x, y)
    case .mirrored: (width - 1 - x, y)
    case .halfTurn: (width - 1 - x, height - 1 - y)
    case .mirroredHalfTurn: (x, height - 1 - y)
    case .transposed: (y, x)
    case .quarterRight: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .quarterLeft: (width - 1 - y, x)
    }
  }
}

extension Bitmap {
  /// The picture as it is seen.
  ///
  /// - Throws: `.failed` without memory.
  func turned(_ orientation: Orientation) throws(CardError) -> Bitmap {
    guard orientation != .upright else { return self }
    let sides = orientation.swapsSides ? (height, width) : (width, height)
    let result = try Bitmap(width: sides.0, height: sides.1)
    withBytes { stored in
      result.withBytes { upright in
        for y in 0..<result.height {
          for x in 0..<result.width {
            let from = orientation.source(x: x, y: y, width: width, height: height)
            let (target, origin) = (y * result.stride + x * 4, from.y * stride + from.x * 4)
            for byte in 0..<4 { upright[target + byte] = stored[origin + byte] }
          }
        }
      }
    }
    return result
  }
}
