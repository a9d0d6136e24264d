// Tests of the rules that keep text readable.

import Testing

@testable import Cards

struct LegibilityTests {
  @Test func `contrast is WCAG's`() {
    #expect(abs(Color.contrast(Color.white.luminance, Color.black.luminance) - 21) < 0.001)
    #expect(abs(Color.contrast(Color(0x767676).luminance, Color.white.luminance) - 4.54) < 0.01)
  }

  @Test func `a backdrop leaves out the extreme twentieths`() throws {
    var histogram = [Int](repeating: 0, count: 256)
    (histogram[0], histogram[100], histogram[140], histogram[255]) = (4, 46, 46, 4)
    #expect(Backdrop(histogram: histogram) == Backdrop(darkest: 100, lightest: 140))
    #expect(Backdrop(histogram: [Int](repeating: 0, count: 256)) == nil)
  }

  @Test func `a colour between the greys of a backdrop cannot be read on it`() {
    #expect(Backdrop(darkest: 40, lightest: 200).contrast(of: Color(0x808080)) == 1)
  }

  @Test(arguments: Array(stride(from: UInt8(0), through: 250, by: 10)))
  func `any colour becomes readable on any even backdrop`(_ grey: UInt8) {
    let backdrop = Backdrop(darkest: grey, lightest: grey)
    for color in [Color.white, .black, Color(0x5865F2), Color(0xFFD166), Color(0x808080)] {
      let result = color.readable(on: backdrop)
      #expect(backdrop.contrast(of: result) >= leastContrast)
      // What can be read already stays as it was chosen.
      if backdrop.contrast(of: color) >= leastContrast { #expect(result == color) }
    }
    #expect(backdrop.contrast(of: .ink(on: backdrop)) >= leastContrast)
  }

  private let white = Backdrop(darkest: 230, lightest: 255)
  private let grey = Backdrop(darkest: 60, lightest: 150)
  private let black = Backdrop(darkest: 0, lightest: 30)

  private func claim(_ color: Color?, _ backdrop: Backdrop, size: Double = 60) -> Scrim.Claim {
    Scrim.Claim(color: color, size: size, backdrop: backdrop)
  }

  @Test func `a scrim is as strong as needed and no stronger`() throws {
    #expect(Scrim.needed(for: [claim(.white, black)]) == nil)
    #expect(Scrim.needed(for: []) == nil)
    let scrim = try #require(Scrim.needed(for: [claim(.white, white)]))
    #expect(scrim.tone == .dark)
    #expect(white.under(scrim).contrast(of: .white) >= leastContrast)
    let weaker = Scrim(tone: .dark, opacity: scrim.opacity - 0.05)
    #expect(white.under(weaker).contrast(of: .white) < leastContrast)
  }

  @Test func `dark text asks for a light scrim`() throws {
    #expect(try #require(Scrim.needed(for: [claim(.black, black)])).tone == .light)
  }

  @Test func `text without a colour of its own takes the side that leaves more of the picture`() throws {
    #expect(Scrim.needed(for: [claim(nil, white)]) == nil)
    #expect(Scrim.needed(for: [claim(nil, black)]) == nil)
    let scrim = try #require(Scrim.needed(for: [claim(nil, grey)]))
    #expect(scrim.tone == .dark && scrim.opacity < 0.5)
  }

  @Test func `a scrim leaves something of the picture, whatever is asked`() throws {
    let middle = Color(0x8A8A8A)
    let scrim = try #require(Scrim.needed(for: [claim(middle, Backdrop(darkest: 0, lightest: 255))]))
    #expect(scrim.opacity <= Scrim.strongest)
  }
}
