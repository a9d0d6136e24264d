// UTF-8 in pieces, against the standard library's own judgement.

import Testing

@testable import WebSocket

@Suite struct PiecewiseUTF8 {
  private func accepts(_ bytes: [UInt8], cut: Int) -> Bool {
    var validator = UTF8Validator()
    for start in stride(from: 0, to: bytes.count, by: cut) {
      let piece = Array(bytes[start..<min(start + cut, bytes.count)])
      guard piece.withUnsafeBytes({ validator.accept($0) }) else { return false }
    }
    return validator.isComplete
  }

  @Test func `every sequence of up to three bytes is judged as the standard library does`() {
    let edges: [UInt8] =
      [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED]
      + [0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF]
    var mismatches = 0
    for a in edges {
      for b in edges {
        for c in edges {
          for d in [nil, 0x80, 0xBF, 0x41] as [UInt8?] {
            let bytes = [a, b, c] + (d.map { [$0] } ?? [])
            let expected = String(validating: bytes, as: UTF8.self) != nil
            for cut in 1...4 where accepts(bytes, cut: cut) != expected { mismatches += 1 }
          }
        }
      }
    }
    #expect(mismatches == 0)
  }

  @Test(arguments: [1, 3, 8, 1000])
  func `long text passes whole and a wrong byte anywhere does not`(cut: Int) {
    let text = Array(String(repeating: "plain ASCII text, κόσμε, 世界, 🏰; ", count: 10).utf8)
    #expect(accepts(text, cut: cut))
    for index in text.indices {
      var damaged = text
      damaged[index] = 0xFF
      #expect(!accepts(damaged, cut: cut))
    }
  }
}
