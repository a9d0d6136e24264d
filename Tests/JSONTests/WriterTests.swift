// Writing: every scalar, every escape, commas, limits, and misuse.

import Foundation
import Testing

@testable import JSON

/// The text that `body` writes.
func written(
  escaping: JSONWriter.Escaping = .minimal, _ body: (inout JSONWriter) -> Void
) throws -> String {
  var writer = JSONWriter(capacity: 0, escaping: escaping)
  body(&writer)
  return try String(validating: writer.finish(), as: UTF8.self) ?? "invalid UTF-8"
}

@Suite struct WriterTests {
  @Test(arguments: [
    ("", #""""#), ("a", #""a""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#), ("\u{8}", #""\b""#),
    ("\t", #""\t""#), ("\n", #""\n""#), ("\u{C}", #""\f""#), ("\r", #""\r""#), ("\u{0}", #""\u0000""#),
    ("\u{1F}", #""\u001f""#), ("\u{7F}", "\"\u{7F}\""), ("\u{2028}", "\"\u{2028}\""), ("é中😀", "\"é中😀\""),
    ("</script>", #""</script>""#), ("\r\n", #""\r\n""#),
  ]) func `a string is escaped where it must be`(value: String, expected: String) throws {
    #expect(try written { $0.string(value) } == expected)
  }

  @Test func `every byte is escaped rightly at every place of a word`() throws {
    for scalar in (0...0x2FF).compactMap({ Unicode.Scalar($0 as Int) }) {
      for length in 0..<20 {
        let value =
          String(repeating: "x", count: length) + String(scalar) + String(repeating: "é", count: 19 - length)
        let text = try written { $0.string(value) }
        let isShort = "\"\\\u{8}\u{C}\n\r\t".unicodeScalars.contains(scalar)
        let width = isShort ? 2 : scalar.value < 0x20 ? 6 : scalar.utf8.count
        #expect(text.utf8.count == 2 + length + width + 2 * (19 - length))
        #expect(try reading(text) { $0.string } == value)
      }
    }
  }

  @Test func `runs of escapes and long strings keep their bytes`() throws {
    for value in [
      String(repeating: "\"", count: 1000), String(repeating: "\u{1}", count: 5000),
      String(repeating: "plain text ", count: 10_000), String(repeating: "1234567\n", count: 999),
    ] {
      #expect(try reading(try written { $0.string(value) }) { $0.string } == value)
      #expect(try reading(try written(escaping: .script) { $0.string(value) }) { $0.string } == value)
    }
  }

  @Test func `for a script element the characters of HTML are escaped too`() throws {
    let value = "</script><!-- & \u{2028}\u{2029}\u{2027}\u{202A} é \"\n"
    let text = try written(escaping: .script) { $0.string(value) }
    let expected =
      #""\u003c/script\u003e\u003c!-- \u0026 \u2028\u2029"# + "\u{2027}\u{202A} é " + #"\"\n""#
    #expect(text == expected)
    #expect(try reading(text) { $0.string } == value)
  }

  @Test func `integers of every size and width`() throws {
    var values: [Int64] = [0, 9, 10, 99, 100, 101, .max, .min, .max - 1, .min + 1]
    var power: Int64 = 1
    for _ in 0..<18 {
      power *= 10
      values += [power - 1, power, power + 1, -power, 1 - power]
    }
    for value in values {
      #expect(try written { $0.integer(value) } == "\(value)")
      #expect(try written { $0.snowflake(value.magnitude) } == "\"\(value.magnitude)\"")
    }
    #expect(try written { $0.integer(UInt64.max) } == "18446744073709551615")
    #expect(try written { $0.integer(Int8.min) } == "-128")
    #expect(try written { $0.integer(UInt8(7)) } == "7")
  }

  @Test(arguments: [
    (0.0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.1, "0.1"), (1e16, "1e+16"),
    (.leastNonzeroMagnitude, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (0.30000000000000004, "0.30000000000000004"),
  ]) func `doubles are as short as they can be`(value: Double, expected: String) throws {
    #expect(try written { $0.double(value) } == expected)
  }

  @Test func `every double reads back as itself`() throws {
    var random = SplitMix(seed: 7)
    for _ in 0..<5000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let back = try reading(try written { $0.double(value) }) { $0.double }
      #expect(back?.bitPattern == value.bitPattern)
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
  func `what is not finite is an error at the end`(
    value: Double
  ) {
    #expect(throws: JSONError(.notFinite)) {
      try written { json in
        json.object { json in
          json.field("a", value)
          json.field("b", "still fine")
        }
      }
    }
  }

  @Test func `commas, colons and nesting are the writer's`() throws {
    let text = try written { json in
      json.object { json in
        json.field("s", "x")
        json.field("i", -1)
        json.field("d", 2.5)
        json.field("b", true)
        json.fieldNull("n")
        json.field("id", snowflake: 175_928_847_299_117_063)
        json.object("o") { json in
          json.key("k\"")
          json.null()
        }
        json.array("a") { json in
          json.array { _ in }
          json.object { _ in }
          json.bool(false)
          json.beginArray()
          json.integer(1)
          json.integer(2)
          json.endArray()
        }
        json.field("t", ["x": [1, nil, 2.5, true, "y"], "e": [:]])
        json.key("last" as String)
        json.beginObject()
        json.endObject()
      }
    }
    #expect(
      text == #"{"s":"x","i":-1,"d":2.5,"b":true,"n":null,"id":"175928847299117063","o":{"k\"":null},"#
        + #""a":[[],{},false,[1,2]],"t":{"x":[1,null,2.5,true,"y"],"e":{}},"last":{}}"#)
  }

  @Test func `a writer is used again after success and after failure`() throws {
    var writer = JSONWriter()
    for round in 0..<3 {
      writer.array { $0.integer(round) }
      #expect(try writer.finish() == [UInt8]("[\(round)]".utf8))
      writer.array { $0.double(.nan) }
      #expect(throws: JSONError(.notFinite)) { try writer.finish() }
    }
  }

  @Test func `a view is written as it came`() throws {
    let text = #"{"a":[1,-2,18446744073709551615,2.5,"é\n\u0000",null,true,{}],"a":{"":[]}}"#
    try reading(text) { view in
      let copy = try written { $0.value(view) }
      #expect(copy == text)
      let wrapped = try written { $0.object { $0.field("d", view) } }
      #expect(wrapped == #"{"d":"# + text + "}")
      let tree = try JSONValue(view).encoded()
      #expect(String(decoding: tree, as: UTF8.self) == text)
    }
  }

  @Test func `512 levels are written and 513 are too deep`() throws {
    func nested(_ levels: Int) throws -> String {
      try written { json in
        for level in 0..<levels {
          if level % 2 == 0 { json.beginArray() } else { json.beginObject(); json.key("k") }
        }
        json.null()
        for level in (0..<levels).reversed() {
          if level % 2 == 0 { json.endArray() } else { json.endObject() }
        }
      }
    }
    #expect(try reading(try nested(512)) { $0.kind } == .array)
    #expect(throws: JSONError(.tooDeep)) { try nested(513) }
    #expect(throws: JSONError(.tooDeep)) { try nested(5000) }
  }

  @Test func `a text beyond the bound is given up, and the bound is exact`() throws {
    for size in [10, 100, 1000, 100_000] {
      var writer = JSONWriter(maximumSize: size)
      writer.string(String(repeating: "x", count: size - 2))
      #expect(try writer.finish().count == size)
      writer.string(String(repeating: "x", count: size - 1))
      #expect(throws: JSONError(.tooLarge, offset: size)) { try writer.finish() }
      writer.array { json in for _ in 0..<1_000_000 { json.integer(1) } }
      #expect(throws: JSONError(.tooLarge, offset: size)) { try writer.finish() }
      writer.string(String(repeating: "\u{1}", count: size))
      #expect(throws: JSONError(.tooLarge, offset: size)) { try writer.finish() }
    }
  }

  @Test func `misuse stops a debug build`() async {
    await #expect(processExitsWith: .failure) { _ = try written { $0.object { $0.integer(1) } } }
    await #expect(processExitsWith: .failure) { _ = try written { $0.array { $0.key("a") } } }
    await #expect(processExitsWith: .failure) {
      _ = try written {
        $0.object {
          $0.key("a"); $0.key("b")
        }
      }
    }
    await #expect(processExitsWith: .failure) { _ = try written { $0.object { $0.key("a") } } }
    await #expect(processExitsWith: .failure) {
      _ = try written {
        $0.beginArray(); $0.endObject()
      }
    }
    await #expect(processExitsWith: .failure) { _ = try written { $0.beginArray() } }
    await #expect(processExitsWith: .failure) {
      _ = try written {
        $0.integer(1); $0.integer(2)
      }
    }
    await #expect(processExitsWith: .failure) { _ = try written { $0.endArray() } }
    await #expect(processExitsWith: .failure) { _ = try written { _ in } }
  }
}
