// The first frame of a GIF (GIF89a specification, with LZW after its appendix F). Bounds-checked throughout.

/// Decodes the first frame onto its canvas, transparent where the frame is not.
func decodeGIF(_ bytes: [UInt8]) throws(CardError) -> Result<Bitmap, PictureError> {
  var reader = GIFReader(bytes)
  guard let canvas = reader.readScreen() else { return .failure(PictureError(.damaged)) }
  if let refusal = PictureLimits.refusal(of: canvas) { return .failure(refusal) }
  guard let frame = reader.readFirstFrame() else { return .failure(PictureError(.damaged)) }
  let size = PictureSize(width: frame.width, height: frame.height)
  if let refusal = PictureLimits.refusal(of: size) { return .failure(refusal) }
  guard let indices = reader.readIndices(count: frame.width * frame.height) else {
    return .failure(PictureError(.damaged))
  }
  let bitmap = try Bitmap(width: canvas.width, height: canvas.height)
  bitmap.withBytes { pixels in
    for (position, row) in frame.rows.enumerated() where frame.top + row < canvas.height {
      for column in 0..<max(min(frame.width, canvas.width - frame.left), 0) {
        let index = Int(indices[position * frame.width + column])
        guard index != frame.transparent, index * 3 + 2 < frame.palette.count else { continue }
        let offset = (frame.top + row) * bitmap.stride + (frame.left + column) * 4
        pixels[offset] = frame.palette[index * 3 + 2]
        pixels[offset + 1] = frame.palette[index * 3 + 1]
        pixels[offset + 2] = frame.palette[index * 3]
        pixels[offset + 3] = 255
      }
    }
  }
  return .success(bitmap)
}

private struct GIFFrame {
  var left, top, width, height: Int
  var isInterlaced: Bool
  /// Red, green, blue of each index.
  var palette: [UInt8]
  /// The index that is not drawn.
  var transparent: Int?

  /// The rows in the order in which they are stored.
  var rows: [Int] {
    guard isInterlaced else { return Array(0..<height) }
    return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: height, by: $0.1)) }
  }
}

private struct GIFReader {
  private let bytes: [UInt8]
  private var position = 6
  private var globalPalette: [UInt8] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func word() -> Int? {
    guard let low = byte(), let high = byte() else { return nil }
    return Int(low) | Int(high) << 8
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= bytes.count - position else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The canvas; its palette is kept.
  mutating func readScreen() -> PictureSize? {
    guard let width = word(), let height = word(), let flags = byte(), take(2) != nil else { return nil }
    if flags & 0x80 != 0 {
      guard let palette = take(3 << (Int(flags & 7) + 1)) else { return nil }
      globalPalette = Array(palette)
    }
    return PictureSize(width: width, height: height)
  }

  /// Everything up to the pixels of the first frame.
  mutating func readFirstFrame() -> GIFFrame? {
    var transparent: Int?
    while let kind = byte() {
      switch kind {
      case 0x21:
        guard let label = byte() else { return nil }
        if label == 0xF9, position + 4 < bytes.count, bytes[position] == 4 {
          transparent = bytes[position + 1] & 1 != 0 ? Int(bytes[position + 4]) : nil
        }
        guard skipBlocks() else { return nil }
      case 0x2C:
        guard let left = word(), let top = word(), let width = word(), let height = word(), let flags = byte()
        else { return nil }
        var palette = globalPalette
        if flags & 0x80 != 0 {
          guard let local = take(3 << (Int(flags & 7) + 1)) else { return nil }
          palette = Array(local)
        }
        return GIFFrame(
          left: left, top: top, width: width, height: height, isInterlaced: flags & 0x40 != 0,
          palette: palette, transparent: transparent)
      default:
        return nil
      }
    }
    return nil
  }

  private mutating func skipBlocks() -> Bool {
    while let size = byte() {
      if size == 0 { return true }
      guard take(Int(size)) != nil else { return false }
    }
    return false
  }

  /// The pixels as indices of the palette. A file that ends early leaves the rest at zero, as browsers do.
  mutating func readIndices(count: Int) -> [UInt8]? {
    guard let rootBits = byte().map(Int.init), (1...8).contains(rootBits) else { return nil }
    var data: [UInt8] = []
    while let size = byte(), size > 0, let block = take(min(Int(size), bytes.count - position)) {
      data.append(contentsOf: block)
    }
    var dictionary = LZW(rootBits: rootBits)
    return dictionary.decode(data, count: count)
  }
}

/// The dictionary coder of GIF.
private struct LZW {
  let rootBits: Int
  /// For each code what comes before its last byte, the byte itself, and how many bytes it stands for.
  private var prefix = [Int](repeating: 0, count: 4096)
  private var suffix = [UInt8](repeating: 0, count: 4096)
  private var length = [Int](repeating: 1, count: 4096)

  init(rootBits: Int) {
    self.rootBits = rootBits
    for code in 0..<(1 << rootBits) { suffix[code] = UInt8(code) }
  }

  /// Nil when a code comes up that cannot be known yet.
  mutating func decode(_ data: [UInt8], count: Int) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: count)
    var written = 0
    let (clear, end) = (1 << rootBits, (1 << rootBits) + 1)
    var (next, bits) = (end + 1, rootBits + 1)
    var previous: Int?
    var (buffer, available) = (0, 0)
    for byte in data {
      buffer |= Int(byte) << available
      available += 8
      while available >= bits {
        let code = buffer & (1 << bits - 1)
        buffer >>= bits
        available -= bits
        if code == clear {
          (next, bits, previous) = (end + 1, rootBits + 1, nil)
          continue
        }
        if code == end || written == count { return output }
        guard code < next || (code == next && previous != nil), previous != nil || code < clear else {
          return nil
        }
        if let previous, next < 4096 {
          prefix[next] = previous
          length[next] = length[previous] + 1
          suffix[next] = first(of: code == next ? previous : code)
          next += 1
          if next == 1 << bits, bits < 12 { bits += 1 }
        } else if code >= next {
          return nil
        }
        write(code, to: &output, at: written)
        written = min(written + length[code], count)
        previous = code
      }
    }
    return output
  }

  private func first(of code: Int) -> UInt8 {
    var code = code
    while length[code] > 1 { code = prefix[code] }
    return suffix[code]
  }

  private func write(_ code: Int, to output: inout [UInt8], at start: Int) {
    var code = code
    for position in stride(from: start + length[code] - 1, through: start, by: -1) {
      if position < output.count { output[position] = suffix[code] }
      code = prefix[code]
    }
  }
}
