// Colours from outside: read strictly, written in one way.

import HTML
import Testing

@Suite struct `Colours from outside` {
  @Test(arguments: [("#000000", 0), ("#FFffFF", 0xFFFFFF), ("#1d6a4f", 0x1D6A4F)] as [(String, UInt32)])
  func `are read and written`(_ text: String, _ value: UInt32) {
    #expect(HexColor(text)?.value == value)
    #expect(HexColor(text)?.description == text.lowercased())
  }

  @Test(arguments: [
    "", "#", "#fff", "000000", "#00000g", "#+00000", "#0000000", "red", "#12345\"", "#\u{FF10}00000",
  ])
  func `are refused in any other form`(_ text: String) {
    #expect(HexColor(text) == nil)
  }

  @Test func `keep three bytes of a number`() {
    #expect(HexColor(0xFF00_00FF).description == "#0000ff")
  }
}
