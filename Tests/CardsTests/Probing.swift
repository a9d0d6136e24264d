// What the tests of cards share: fixtures, and single pixels of a drawn card.

import Glibc
import Testing

@testable import Cards

/// The bytes of a file beside the tests.
func fixture(_ name: String, file: String = #filePath) throws -> [UInt8] {
  let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
  let handle = try #require(fopen("\(folder)/Fixtures/\(name)", "r"), "no fixture \(name)")
  defer { fclose(handle) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = fread(&bytes, 1, bytes.count, handle)
  return Array(bytes.prefix(count))
}

/// A drawn card, to be looked at pixel by pixel.
struct Probe {
  let file: CardFile
  private let pixels: [UInt8]

  /// One for all tests: opening fonts takes longer than drawing.
  private static let renderer = CardRenderer(parallelism: 2, maximumWaiting: 1_000)

  init(_ card: Card) async throws {
    file = try await Self.renderer.render(card)
    let bitmap = try decodePicture(file.bytes, forWidth: card.width, height: card.height).get()
    try #require(bitmap.width == card.width && bitmap.height == card.height)
    pixels = bitmap.plainBytes()
  }

  subscript(x: Int, y: Int) -> Color { pixels.color(at: (y * file.width + x) * 4) }

  /// Where it differs from another card of the same size; nil when it does not.
  func difference(from other: Probe) -> (x: ClosedRange<Int>, y: ClosedRange<Int>)? {
    let stride = file.width * 4
    var columns: ClosedRange<Int>?
    var rows: ClosedRange<Int>?
    for row in 0..<file.height {
      let bytes = row * stride..<(row + 1) * stride
      // Most rows are the same, and comparing them whole is quick.
      guard pixels[bytes] != other.pixels[bytes],
        let first = bytes.first(where: { pixels[$0] != other.pixels[$0] }),
        let last = bytes.last(where: { pixels[$0] != other.pixels[$0] })
      else { continue }
      let (left, right) = ((first - bytes.lowerBound) / 4, (last - bytes.lowerBound) / 4)
      columns = min(columns?.lowerBound ?? left, left)...max(columns?.upperBound ?? right, right)
      rows = (rows?.lowerBound ?? row)...row
    }
    guard let columns, let rows else { return nil }
    return (columns, rows)
  }

  /// The best contrast between any pixel of the frame and the given one: how well what is written there can be read.
  func contrast(x: Range<Int>, y: Range<Int>, against background: Color) -> Double {
    y.flatMap { y in x.map { Color.contrast(self[$0, y].luminance, background.luminance) } }.max() ?? 1
  }
}

extension [UInt8] {
  func color(at offset: Int) -> Color {
    Color(red: self[offset], green: self[offset + 1], blue: self[offset + 2], alpha: self[offset + 3])
  }
}

extension Color {
  /// Rounding and lossy pictures aside.
  func isClose(to other: Color, _ tolerance: Int = 12) -> Bool {
    zip([red, green, blue, alpha], [other.red, other.green, other.blue, other.alpha])
      .allSatisfy { abs(Int($0) - Int($1)) <= tolerance }
  }

  static let fixtureRed = Color(0xDC1E1E)
  static let fixtureBlue = Color(0x1E1EDC)
}
