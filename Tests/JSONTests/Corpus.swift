// Texts that are JSON and texts that are not, in the manner of RFC 8259: what, where and why.

import Testing

@testable import JSON

/// One text of the table.
struct Sample: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  /// What the parser must say; nil when it must accept.
  let error: JSONError?

  init(_ name: String, _ bytes: [UInt8], _ code: JSONError.Code? = nil, at offset: Int? = nil) {
    self.name = name
    self.bytes = bytes
    error = code.map { JSONError($0, offset: offset) }
  }

  init(_ text: String, _ code: JSONError.Code? = nil, at offset: Int? = nil) {
    self.init(text, [UInt8](text.utf8), code, at: offset)
  }

  var testDescription: String { name }

  /// A string in quotes, made of bytes.
  fileprivate static func quoted(_ name: String, _ bytes: [UInt8], bad offset: Int? = nil) -> Sample {
    Sample(
      "string of \(name)", [0x22] + bytes + [0x22], offset == nil ? nil : .invalidUTF8,
      at: offset.map { $0 + 1 })
  }
}

/// Texts that every reader of JSON must accept, and that ours does.
let accepted: [Sample] =
  [
    // Structure and white space.
    "{}", "[]", "[[]]", "[[],[]]", "[{}]", #"{"a":{}}"#, "[1]", "[1,2]", #"{"a":1}"#, #"{"a":1,"b":2}"#,
    " \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n", #" { "a" : [ ] } "#, "[ ]", "{ }", "1\n", "\n1",
    // A scalar is a text.
    "true", "false", "null", "0", "-1", "1.5", #""""#, #""a""#, "[true,false,null]",
    // Numbers.
    "-0", "0.0", "-0.0", "0e0", "0E+0", "0e-0", "1e0", "1E1", "1e+1", "1e-1", "1.0e1", "123.456e78",
    "-1.5e-9",
    "10", "100000000000000000", "9007199254740993", "9223372036854775807", "-9223372036854775808",
    "18446744073709551615", "18446744073709551616", "-9223372036854775809",
    "[1,123456789012345678901234567890,100000000000000000000 ,-99999999999999999999]",
    "1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308",
    "5e-324", "1e-400", "-1e-400", "0e99999999999999999999", "0.1", "0.30000000000000004",
    "123456789012345678901234567890.5", "0.000000000000000000000000000000000000000000000000000000001",
    "1.00000000000000000000000000000000000000000000000000000000000000000000000000000000001",
    // Strings.
    #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u001F""#, #""\u001f""#, #""\uD83D\uDE00""#, #""\ud83d\ude00""#,
    #""\u00e9\u4E2D""#, #""\uFFFF\uFFFE""#, #""\udbff\udfff""#, "\"\u{7F}\"", "\"é中😀\"",
    "\"\u{2028}\u{2029}\"",
    #""\\u0041""#, #""\\\"""#, #""//* no comment *//""#, "\"a\\u0062c\"", #""1234567\"""#, #""12345678\"9""#,
    #""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n""#,
    // Keys.
    #"{"":1}"#, #"{"a":1,"a":2}"#, #"{"\u0061":1}"#, #"{"é":"中"}"#, #"{"a\u0000b":0}"#, #"{"a b":0}"#,
    #"{"a":[{"b":[{"c":null}]}]}"#,
  ].map { Sample($0) } + [
    .quoted("U+0080", [0xC2, 0x80]), .quoted("U+07FF", [0xDF, 0xBF]), .quoted("U+0800", [0xE0, 0xA0, 0x80]),
    .quoted("U+D7FF", [0xED, 0x9F, 0xBF]), .quoted("U+E000", [0xEE, 0x80, 0x80]),
    .quoted("U+FFFF", [0xEF, 0xBF, 0xBF]), .quoted("U+10000", [0xF0, 0x90, 0x80, 0x80]),
    .quoted("U+10FFFF", [0xF4, 0x8F, 0xBF, 0xBF]),
  ]

/// Texts that are not JSON, or beyond our bounds.
let rejected: [Sample] = [
  // Nothing, or not all of it.
  Sample("", .unexpectedEnd, at: 0), Sample(" ", .unexpectedEnd, at: 1), Sample("[", .unexpectedEnd, at: 1),
  Sample("{", .unexpectedEnd, at: 1), Sample("[1", .unexpectedEnd, at: 2),
  Sample("[1,", .unexpectedEnd, at: 3),
  Sample(#"{"a""#, .unexpectedEnd, at: 4), Sample(#"{"a":"#, .unexpectedEnd, at: 5),
  Sample(#"{"a":1"#, .unexpectedEnd, at: 6), Sample(#"{"a":1,"#, .unexpectedEnd, at: 7),
  Sample("[[]", .unexpectedEnd, at: 3), Sample(#"""#, .unexpectedEnd, at: 1),
  Sample(#""a"#, .unexpectedEnd, at: 2),
  Sample(#""\"#, .unexpectedEnd, at: 2), Sample(#""\""#, .unexpectedEnd, at: 3),
  Sample("tru", .unexpectedEnd, at: 3),
  Sample("-", .unexpectedEnd, at: 1), Sample("1.", .unexpectedEnd, at: 2),
  Sample("1e", .unexpectedEnd, at: 2),
  Sample("1e+", .unexpectedEnd, at: 3), Sample(#""\u00"#, .unexpectedEnd, at: 5),
  Sample(#""\ud800"#, .unexpectedEnd, at: 7),
  // Structure.
  Sample("]", .malformed, at: 0), Sample("}", .malformed, at: 0), Sample("[}", .malformed, at: 1),
  Sample("{]", .malformed, at: 1), Sample("[1}", .malformed, at: 2), Sample(#"{"a":1]"#, .malformed, at: 6),
  Sample("[,]", .malformed, at: 1), Sample("[1,]", .malformed, at: 3), Sample("[1,,2]", .malformed, at: 3),
  Sample("[,1]", .malformed, at: 1), Sample("[1 2]", .malformed, at: 3), Sample("[1]]", .malformed, at: 3),
  Sample("{}}", .malformed, at: 2), Sample("{,}", .malformed, at: 1), Sample(#"{"a"}"#, .malformed, at: 4),
  Sample(#"{"a":}"#, .malformed, at: 5), Sample(#"{"a",1}"#, .malformed, at: 4),
  Sample(#"{"a":1,}"#, .malformed, at: 7), Sample(#"{"a":1,,"b":2}"#, .malformed, at: 7),
  Sample(#"{"a":1 "b":2}"#, .malformed, at: 7), Sample(#"{"a"::1}"#, .malformed, at: 5),
  Sample("{a:1}", .malformed, at: 1), Sample("{1:1}", .malformed, at: 1),
  Sample("{null:1}", .malformed, at: 1),
  Sample("{'a':1}", .malformed, at: 1), Sample(#"["a":1]"#, .malformed, at: 4),
  Sample(":", .malformed, at: 0),
  Sample(",", .malformed, at: 0), Sample("1 2", .malformed, at: 2), Sample("{}{}", .malformed, at: 2),
  Sample("[] x", .malformed, at: 3), Sample("[]//", .malformed, at: 2), Sample("/**/[]", .malformed, at: 0),
  Sample("[1]\u{0}", .malformed, at: 3), Sample("\u{0}", .malformed, at: 0),
  Sample("[\u{0}]", .malformed, at: 1),
  // White space that is none.
  Sample("\u{0B}1", .malformed, at: 0), Sample("[\u{0C}]", .malformed, at: 1),
  Sample("\u{A0}1", .malformed, at: 0),
  Sample("\u{FEFF}{}", .malformed, at: 0), Sample("[\u{2060}]", .malformed, at: 1),
  // Literals.
  Sample("True", .malformed, at: 0), Sample("TRUE", .malformed, at: 0), Sample("truth", .malformed, at: 3),
  Sample("nul1", .malformed, at: 3), Sample("nulll", .malformed, at: 4), Sample("[fals]", .malformed, at: 5),
  Sample("truefalse", .malformed, at: 4), Sample("undefined", .malformed, at: 0),
  Sample("NaN", .malformed, at: 0),
  Sample("Infinity", .malformed, at: 0), Sample("-Infinity", .malformed, at: 1),
  Sample("true1", .malformed, at: 4),
  // Numbers.
  Sample("+1", .malformed, at: 0), Sample("01", .malformed, at: 1), Sample("-01", .malformed, at: 2),
  Sample("00", .malformed, at: 1), Sample(".5", .malformed, at: 0), Sample("-.5", .malformed, at: 1),
  Sample("[1.]", .malformed, at: 3), Sample("1.e1", .malformed, at: 2), Sample("[1e]", .malformed, at: 3),
  Sample("[1e+]", .malformed, at: 4), Sample("1e1.5", .malformed, at: 3), Sample("1.2.3", .malformed, at: 3),
  Sample("--1", .malformed, at: 1), Sample("- 1", .malformed, at: 1), Sample("1a", .malformed, at: 1),
  Sample("0x10", .malformed, at: 1), Sample("1_000", .malformed, at: 1), Sample("1,000", .malformed, at: 1),
  Sample("1e1e1", .malformed, at: 3), Sample("[-]", .malformed, at: 2), Sample("１", .malformed, at: 0),

  Sample("[0, 1e309]", .numberOutOfRange, at: 4),
  Sample("-1e400", .numberOutOfRange, at: 0),
  Sample("an integer of 310 digits", [UInt8](repeating: 0x39, count: 310), .numberOutOfRange, at: 0),
  Sample("1.7976931348623159e308", .numberOutOfRange, at: 0),
  Sample("1e99999999999999999999", .numberOutOfRange, at: 0),
  // Strings.
  Sample("'a'", .malformed, at: 0), Sample("\"a\nb\"", .malformed, at: 2),
  Sample("\"\u{0}\"", .malformed, at: 1),
  Sample("\"a\tb\"", .malformed, at: 2), Sample("\"\u{1F}\"", .malformed, at: 1),
  Sample("{\"a\n\":1}", .malformed, at: 3),
  Sample(#""\x41""#, .invalidEscape, at: 1), Sample(#""a\'""#, .invalidEscape, at: 2),
  Sample(#""\a""#, .invalidEscape, at: 1),
  Sample(#""\0""#, .invalidEscape, at: 1), Sample("\"\\\n\"", .invalidEscape, at: 1),
  Sample(#""\U0041""#, .invalidEscape, at: 1),
  Sample(#""\u00G0""#, .invalidEscape, at: 1), Sample(#""\u 041""#, .invalidEscape, at: 1),
  Sample(#""\u+041""#, .invalidEscape, at: 1),
  Sample(#""\u00""#, .invalidEscape, at: 1), Sample(#""\ué000""#, .invalidEscape, at: 1),
  Sample(#"["\é"]"#, .invalidEscape, at: 2),
  // Surrogates alone.
  Sample(#""\ud800""#, .invalidEscape, at: 1), Sample(#""\udc00""#, .invalidEscape, at: 1),
  Sample(#""a\ud800b""#, .invalidEscape, at: 2), Sample(#""\ud800\n""#, .invalidEscape, at: 1),
  Sample(#""\ud800\u0041""#, .invalidEscape, at: 1), Sample(#""\ud800\ud800""#, .invalidEscape, at: 1),
  Sample(#""\udc00\ud800""#, .invalidEscape, at: 1), Sample(#"{"\ud83d":1}"#, .invalidEscape, at: 2),
  // UTF-8.
  .quoted("a continuation alone", [0x80], bad: 0), .quoted("a lead alone", [0x61, 0xC3], bad: 1),
  .quoted("an overlong slash", [0xC0, 0xAF], bad: 0), .quoted("C1", [0xC1, 0xBF], bad: 0),
  .quoted("an overlong of three", [0xE0, 0x9F, 0xBF], bad: 0),
  .quoted("an overlong of four", [0xF0, 0x8F, 0xBF, 0xBF], bad: 0),
  .quoted("a surrogate", [0xED, 0xA0, 0x80], bad: 0),
  .quoted("CESU-8", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], bad: 0),
  .quoted("U+110000", [0xF4, 0x90, 0x80, 0x80], bad: 0), .quoted("F5", [0xF5, 0x80, 0x80, 0x80], bad: 0),
  .quoted("FE FF", [0xFE, 0xFF], bad: 0), .quoted("a cut sequence", [0x78, 0xE4, 0xB8], bad: 1),
  .quoted("Latin-1", [0x63, 0x61, 0x66, 0xE9], bad: 3),
  Sample("UTF-16", [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], .malformed, at: 0),
  Sample("a lead at the end", [0x22, 0xF0, 0x9F], .invalidUTF8, at: 1),
  Sample("a stray byte outside", [0x5B, 0x80, 0x5D], .malformed, at: 1),
]
