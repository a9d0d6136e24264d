// What holds for any value and any text: written and read again, by us and by Foundation.

import Foundation
import Testing

@testable import JSON

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed &>> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed &>> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed &>> 31
  }

  mutating func string() -> String {
    let pieces = [
      "a", "Z", " ", "\"", "\\", "\n", "\u{0}", "\u{1F}", "é", "中", "😀", "\u{2028}", "</", "0123456789",
    ]
    return (0..<Int.random(in: 0..<12, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }
      .joined()
  }

  /// A tree of a few levels; `unique` keeps keys apart, as Foundation needs it.
  mutating func tree(depth: Int = 0, unique: Bool = false) -> JSONValue {
    switch Int.random(in: 0..<(depth < 5 ? 10 : 7), using: &self) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &self))
    case 2:
      return .integer(Int64.random(in: .min ... .max, using: &self) >> Int64.random(in: 0..<64, using: &self))
    case 3: return .unsigned(UInt64.random(in: 1 << 63 ... .max, using: &self))
    case 4:
      let value = Double(bitPattern: next())
      return .double(value.isFinite ? value : 0.5)
    case 5, 6: return .string(string())
    case 7:
      return .array(
        (0..<Int.random(in: 0..<6, using: &self)).map { _ in tree(depth: depth + 1, unique: unique) })
    default:
      return .object(
        JSONObject(
          fields: (0..<Int.random(in: 0..<6, using: &self)).map { number in
            .init(key: string() + (unique ? "\(number)" : ""), value: tree(depth: depth + 1, unique: unique))
          }))
    }
  }
}

@Suite struct RoundTripTests {
  @Test func `a tree that is written and read is the same tree`() throws {
    var random = SplitMix(seed: 1)
    let parser = try JSONParser()
    for _ in 0..<1500 {
      let tree = random.tree()
      let bytes = try tree.encoded()
      #expect(try parser.parse(bytes) { JSONValue($0) } == tree)
      var writer = JSONWriter(escaping: .script)
      writer.value(tree)
      #expect(try parser.parse(writer.finish()) { JSONValue($0) } == tree)
    }
  }

  @Test func `Foundation reads what we write, and we read what it writes`() throws {
    var random = SplitMix(seed: 2)
    for _ in 0..<600 {
      let tree = random.tree(unique: true)
      let bytes = try tree.encoded()
      let foreign = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      expectEqual(foreign, tree)
      let back = try JSONSerialization.data(withJSONObject: [foreign])
      let ours = try JSONSerialization.jsonObject(with: Data(JSONValue(parsing: [UInt8](back)).encoded()))
      let theirs = try JSONSerialization.jsonObject(with: back)
      #expect((ours as? NSArray) == (theirs as? NSArray))
    }
  }

  /// Compares without regard to the order of fields and to how a number is spelled.
  private func expectEqual(_ foreign: Any, _ tree: JSONValue) {
    switch tree {
    case .null: #expect(foreign is NSNull)
    case .bool(let value): #expect((foreign as? NSNumber)?.boolValue == value)
    case .integer(let value): #expect((foreign as? NSNumber)?.int64Value == value)
    case .unsigned(let value): #expect((foreign as? NSNumber)?.uint64Value == value)
    case .double(let value):
      // JSONSerialization is off by a few in the last place for large exponents.
      let other = (foreign as? NSNumber)?.doubleValue ?? .nan
      #expect(abs(other - value) <= abs(value) * 1e-14)
    case .string(let value): #expect(foreign as? String == value)
    case .array(let elements):
      let values = foreign as? [Any] ?? []
      #expect(values.count == elements.count)
      for (value, element) in zip(values, elements) { expectEqual(value, element) }
    case .object(let object):
      let values = foreign as? [String: Any] ?? [:]
      #expect(values.count == object.fields.count)
      for field in object.fields { if let value = values[field.key] { expectEqual(value, field.value) } }
    }
  }

  @Test func `fast parser and slow scanner agree on damaged texts`() throws {
    var random = SplitMix(seed: 3)
    let parser = try JSONParser()
    let alphabet =
      [UInt8](#"{}[],:"\/u0123456789abcdefDd+-.eE tnrl"#.utf8) + [
        0x00, 0x1F, 0x80, 0xBF, 0xE2, 0xED, 0xF0, 0xFF,
      ]
    let texts =
      (accepted + rejected).map(\.bytes) + (0..<100).map { _ in (try? random.tree().encoded()) ?? [] }
    var valid = 0
    for round in 0..<30_000 {
      var text = texts[round % texts.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0...text.count, using: &random)
        let byte = alphabet.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text.insert(byte, at: place)
        case 1: if place < text.count { text[place] = byte }
        default: if place < text.count { text.remove(at: place) }
        }
      }
      do {
        try JSONCoding.validate(text)
        try parser.parse(text) { _ in }
        valid += 1
      } catch let error as JSONError {
        #expect(throws: error) { try parser.parse(text) { _ in } }
        #expect(error.offset != nil)
      }
    }
    #expect(valid > 1000)
  }

  @Test func `every prefix of a text ends too early or is a text`() throws {
    let text = [UInt8](#"{"a":[1,-2.5e+3,"é\n\ud83d\ude00",true,null],"b":{"c":false}}"#.utf8)
    let parser = try JSONParser()
    for length in 0..<text.count {
      let prefix = Array(text[..<length])
      let error = #expect(throws: JSONError.self) { try parser.parse(prefix) { _ in } }
      let isCutInCharacter = length > 0 && text[length] & 0xC0 == 0x80
      #expect(error?.code == (isCutInCharacter ? .invalidUTF8 : .unexpectedEnd))
      #expect(error?.offset == (isCutInCharacter ? length - 1 : length))
    }
  }
}
