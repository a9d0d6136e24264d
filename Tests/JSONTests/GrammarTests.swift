// What is JSON and what is not, and how deep and long it may be.

import Foundation
import Testing

@testable import JSON

@Suite struct GrammarTests {
  @Test(arguments: accepted) func `a JSON text is read`(_ sample: Sample) throws {
    let parser = try JSONParser()
    let tree = try parser.parse(sample.bytes) { JSONValue($0) }
    // Read again from a buffer that needs no copy, followed by what could mislead.
    let padded = sample.bytes + [UInt8](repeating: UInt8(ascii: "1"), count: JSONParser.padding)
    let again = try parser.parse(padded.span, count: sample.bytes.count) { JSONValue($0) }
    #expect(again == tree)
    try JSONCoding.validate(sample.bytes)
    #expect(throws: Never.self) {
      try JSONSerialization.jsonObject(with: Data(sample.bytes), options: .fragmentsAllowed)
    }
  }

  @Test(arguments: rejected) func `anything else is an error with a place`(_ sample: Sample) throws {
    let parser = try JSONParser()
    let expected = try #require(sample.error)
    #expect(throws: expected) { try parser.parse(sample.bytes) { _ in } }
    let padded = sample.bytes + [UInt8](repeating: UInt8(ascii: "\""), count: JSONParser.padding)
    #expect(throws: expected) { try parser.parse(padded.span, count: sample.bytes.count) { _ in } }
    #expect(throws: expected) { try JSONCoding.decode(Ignored.self, from: sample.bytes) }
    // The parser is fit for the next text.
    #expect(try parser.parse([0x31]) { $0.int64 } == 1)
  }

  @Test func `the tables are as long as they should be`() {
    #expect(accepted.count >= 80)
    #expect(rejected.count >= 120)
  }

  @Test(arguments: [("[", "]"), (#"{"a":"#, "}")]) func `512 levels are read and 513 are too deep`(
    open: String, close: String
  ) throws {
    let parser = try JSONParser()
    for inner in ["1", "[]", "{}", #""a""#] {
      let isContainer = inner == "[]" || inner == "{}"
      let allowed = isContainer ? 511 : 512
      let fits = String(repeating: open, count: allowed) + inner + String(repeating: close, count: allowed)
      let tree = try parser.parse([UInt8](fits.utf8)) { JSONValue($0) }
      #expect(try String(decoding: tree.encoded(), as: UTF8.self) == fits)
      let deeper = open + fits + close
      let offset = isContainer ? allowed * open.utf8.count + open.utf8.count : 512 * open.utf8.count
      #expect(throws: JSONError(.tooDeep, offset: offset)) { try parser.parse([UInt8](deeper.utf8)) { _ in } }
    }
  }

  @Test func `a flood of brackets is too deep, closed or not`() throws {
    let parser = try JSONParser()
    let flood = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: JSONError(.tooDeep, offset: 512)) { try parser.parse(flood) { _ in } }
    #expect(throws: JSONError(.tooDeep, offset: 512)) { try JSONCoding.decode(Ignored.self, from: flood) }
    #expect(throws: JSONError(.tooDeep, offset: 512)) {
      try parser.parse(flood + [UInt8](repeating: UInt8(ascii: "]"), count: 1_000_000)) { _ in }
    }
  }

  @Test func `many containers side by side are not deep`() throws {
    let wide = "[" + Array(repeating: "[[]]", count: 5000).joined(separator: ",") + "]"
    let count = try JSONParser().parse([UInt8](wide.utf8)) { try $0.asArray().count }
    #expect(count == 5000)
  }

  @Test func `a text longer than the bound is refused unread`() throws {
    let parser = try JSONParser()
    #expect(try parser.parse([UInt8]("[1234]".utf8), maximumSize: 6) { $0.kind } == .array)
    #expect(throws: JSONError(.tooLarge, offset: 5)) {
      try parser.parse([UInt8]("not json".utf8), maximumSize: 5) { _ in }
    }
    #expect(throws: JSONError(.tooLarge, offset: 5)) {
      try JSONCoding.decode(Ignored.self, from: [UInt8]("not json".utf8), maximumSize: 5)
    }
  }

  @Test func `a long text is read, and the parser goes on with a short one`() throws {
    let parser = try JSONParser(retainedSize: 4096)
    let long = "[" + (0..<100_000).map { "\($0)" }.joined(separator: ",") + "]"
    for _ in 0..<3 {
      let sum = try parser.parse([UInt8](long.utf8)) { try $0.asArray().reduce(0) { $0 + ($1.int ?? 0) } }
      #expect(sum == 100_000 * 99_999 / 2)
      #expect(try parser.parse([UInt8]("[7]".utf8)) { $0.array?.first { _ in true }?.int } == 7)
    }
  }
}

/// Decodes anything and looks at nothing.
struct Ignored: Decodable {
  init(from decoder: any Decoder) {}
}
