// Lazy reading: scalars, containers, fields, and what is said when they are not as expected.

import Testing

@testable import JSON

/// Parses a text in a literal.
func reading<Result>(_ text: String, _ body: (JSONView) throws -> Result) throws -> Result {
  try JSONParser().parse([UInt8](text.utf8), body)
}

@Suite struct ViewTests {
  /// What one text yields under every typed read.
  struct Scalar: Sendable {
    let text: String
    let kind: JSONKind
    var bool: Bool?
    var int64: Int64?
    var uint64: UInt64?
    var double: Double?
    var string: String?
    var snowflake: UInt64?
  }

  @Test(arguments: [
    Scalar(text: "null", kind: .null), Scalar(text: "true", kind: .bool, bool: true),
    Scalar(text: "false", kind: .bool, bool: false), Scalar(text: "[1]", kind: .array),
    Scalar(text: #"{"a":1}"#, kind: .object),
    Scalar(text: "0", kind: .integer, int64: 0, uint64: 0, double: 0, snowflake: 0),
    Scalar(text: "-0", kind: .integer, int64: 0, uint64: 0, double: 0, snowflake: 0),
    Scalar(text: "-1", kind: .integer, int64: -1, double: -1),
    Scalar(
      text: "9223372036854775807", kind: .integer, int64: .max, uint64: 1 << 63 - 1, double: 0x1p63,
      snowflake: 1 << 63 - 1),
    Scalar(text: "9223372036854775808", kind: .integer, uint64: 1 << 63, double: 0x1p63, snowflake: 1 << 63),
    Scalar(text: "18446744073709551615", kind: .integer, uint64: .max, double: 0x1p64, snowflake: .max),
    Scalar(text: "-9223372036854775808", kind: .integer, int64: .min, double: -0x1p63),
    Scalar(text: "18446744073709551616", kind: .double, double: 0x1p64),
    Scalar(text: "-9223372036854775809", kind: .double, double: -0x1p63),
    Scalar(text: "1.0", kind: .double, double: 1), Scalar(text: "1e2", kind: .double, double: 100),
    Scalar(text: "5e-324", kind: .double, double: .leastNonzeroMagnitude),
    Scalar(text: #""""#, kind: .string, string: ""),
    Scalar(text: #""a\u0000é""#, kind: .string, string: "a\u{0}é"),
    Scalar(text: #""\ud83d\ude00""#, kind: .string, string: "😀"),
    Scalar(
      text: #""175928847299117063""#, kind: .string, string: "175928847299117063",
      snowflake: 175_928_847_299_117_063),
    Scalar(text: #""18446744073709551615""#, kind: .string, string: "18446744073709551615", snowflake: .max),
    Scalar(text: #""18446744073709551616""#, kind: .string, string: "18446744073709551616"),
    Scalar(text: #""99999999999999999999""#, kind: .string, string: "99999999999999999999"),
    Scalar(text: #""1844674407370955161:""#, kind: .string, string: "1844674407370955161:"),
    Scalar(text: #""100000000000000000000""#, kind: .string, string: "100000000000000000000"),
    Scalar(text: #""0""#, kind: .string, string: "0", snowflake: 0),
    Scalar(text: #""-1""#, kind: .string, string: "-1"),
    Scalar(text: #""+1""#, kind: .string, string: "+1"), Scalar(text: #"" 1""#, kind: .string, string: " 1"),
    Scalar(text: #""1/""#, kind: .string, string: "1/"), Scalar(text: #""１""#, kind: .string, string: "１"),
  ]) func `a scalar reads as what it is and as nothing else`(_ expected: Scalar) throws {
    try reading(expected.text) { view in
      #expect(view.kind == expected.kind)
      #expect(view.isNull == (expected.kind == .null))
      #expect(view.bool == expected.bool)
      #expect(view.int64 == expected.int64)
      #expect(view.uint64 == expected.uint64)
      #expect(view.double == expected.double)
      #expect(view.string == expected.string)
      #expect(view.snowflake == expected.snowflake)
      #expect((try? view.asSnowflake()) == expected.snowflake)
      #expect((view.array != nil) == (expected.kind == .array))
      #expect((view.object != nil) == (expected.kind == .object))
    }
  }

  @Test func `arrays and objects are walked in order`() throws {
    try reading(#"[1,[2,[]],{"a":[3],"b":{}},"x",4.5,null,true]"#) { view in
      let kinds = try view.asArray().map(\.kind)
      #expect(kinds == [.integer, .array, .object, .string, .double, .null, .bool])
      let object = try #require(Array(view.asArray())[2].object)
      #expect(object.map { $0.key.string } == ["a", "b"])
      #expect(object.count == 2 && object.underestimatedCount == 2 && !object.isEmpty)
    }
    try reading(#"[[],{},[0],{"":0}]"#) { view in
      let parts = Array(try view.asArray())
      #expect(parts.map { $0.array?.isEmpty ?? $0.object?.isEmpty } == [true, true, false, false])
      #expect(parts.map { $0.array?.count ?? $0.object?.count } == [0, 0, 1, 1])
    }
  }

  @Test func `a field is found by name, and the first of two counts`() throws {
    try reading(#"{"b":{"a":0},"a":1,"a":2,"\u0063":3,"":4,"é":5}"#) { view in
      #expect(view["a"]?.int64 == 1)
      #expect(view["c"]?.int64 == 3)
      #expect(view[""]?.int64 == 4)
      #expect(view["é"]?.int64 == 5)
      #expect(view["b"]?["a"]?.int64 == 0)
      #expect(view["d"] == nil && view["b"]?["b"] == nil && view["a"]?["a"] == nil)
      #expect(view[named: "a"]?.int64 == 1 && view[named: "é"]?.int64 == 5 && view[named: "x"] == nil)
      #expect(JSONValue(view)["a"]?.int64 == 1)
    }
  }

  @Test func `names are compared to their last byte, whatever their length`() throws {
    let keys: [JSONKey] = [
      "", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghij",
      "abcdefghijklmno", "abcdefghijklmnop", "abcdefghijklmnopq", "abcdefghijklmnopqrstuvwxyz012345",
    ]
    for key in keys {
      let name = "\(key.name)"
      for place in 0..<name.utf8.count {
        var other = [UInt8](name.utf8)
        other[place] = UInt8(ascii: "_")
        try reading("{\"\(String(decoding: other, as: UTF8.self))\":1}") { #expect($0[key] == nil) }
      }
      for other in keys {
        try reading("{\"\(other.name)\":1}") { view in
          #expect((view[key] != nil) == ("\(other.name)" == name))
          #expect(view.object?.contains { $0.key == key } == ("\(other.name)" == name))
        }
      }
    }
  }

  @Test func `a text can be switched over and lent as bytes`() throws {
    try reading(#"{"t":"MESSAGE_CREATE"}"#) { view in
      let text = try view.require("t").asText()
      switch text {
      case "READY": Issue.record("another name matched")
      case "MESSAGE_CREATE": break
      default: Issue.record("the name did not match")
      }
      #expect([UInt8](text) == [UInt8]("MESSAGE_CREATE".utf8))
      #expect(text.withSpan { $0.count } == 14)
    }
  }

  @Test func `an error inside the closure says where`() throws {
    let text = #" {"id" : "x", "n":[1, 2.5e0 ,true,{"k": [ ]}], "é": null, "\u0061":-3 }"#
    func offset(of part: String) throws -> Int {
      try #require([UInt8](text.utf8).firstRange(of: [UInt8](part.utf8))).lowerBound
    }
    func expect(
      _ code: JSONError.Code, at part: String, field: String? = nil, _ body: (JSONView) throws -> Void
    )
      throws
    {
      let expected = JSONError(code, offset: try offset(of: part), field: field)
      #expect(throws: expected) { try reading(text, body) }
    }
    try expect(.typeMismatch, at: #"{"id""#) { _ = try $0.asInt64() }
    try expect(.typeMismatch, at: #""x""#) { _ = try $0.require("id").asSnowflake() }
    try expect(.typeMismatch, at: "[1") { _ = try $0.require("n").asObject() }
    try expect(.typeMismatch, at: "2.5e0") { _ = try Array($0.require("n").asArray())[1].asInt64() }
    try expect(.typeMismatch, at: "true") { _ = try Array($0.require("n").asArray())[2].asString() }
    try expect(.missingField, at: #"{"k""#, field: "z") {
      _ = try Array($0.require("n").asArray())[3].require("z")
    }
    try expect(.typeMismatch, at: "[ ]") { _ = try Array($0.require("n").asArray())[3].require("k").asText() }
    try expect(.typeMismatch, at: "null") { _ = try $0.require("é").asBool() }
    try expect(.typeMismatch, at: "-3") { _ = try $0.require("a").asUInt64() }
    try expect(.missingField, at: #"{"id""#, field: "gone") { _ = try $0.require("gone") }
    try expect(.typeMismatch, at: #""x""#) { _ = try $0.require("id").require("any") }
  }

  @Test func `the place is right behind integers beyond 64 bits`() throws {
    #expect(throws: JSONError(.typeMismatch, offset: 47)) {
      try reading("[123456789012345680000,99999999999999999999999,true]") { view in
        let elements = Array(try view.asArray())
        #expect(elements.map(\.double) == [1.2345678901234568e20, 1e23, nil])
        _ = try elements[2].asInt64()
      }
    }
  }

  @Test func `errors of others pass through the closure unchanged`() throws {
    struct Other: Error {}
    #expect(throws: Other.self) { try reading("1") { _ in throw Other() } }
    #expect(throws: JSONError(.notFinite)) { try reading("1") { _ in throw JSONError(.notFinite) } }
  }

  @Test func `a description names code, field and place, and nothing from the text`() throws {
    let error = #expect(throws: JSONError.self) { try reading(#"{"secret":1}"#) { _ = try $0.require("id") } }
    #expect(error?.description == #"missing JSON field "id" at byte 0"#)
    #expect("\(JSONError(.malformed, offset: 7))" == "malformed JSON at byte 7")
  }

  @Test func `a parser does not read a second text while the first is lent out`() async {
    await #expect(processExitsWith: .failure) {
      let parser = try JSONParser()
      try parser.parse([0x31]) { _ in try parser.parse([0x32]) { _ in } }
    }
  }
}

@Suite struct FieldsTests {
  enum Event: Int, JSONFieldName {
    case id, kind, mentionRoles, mentionUsers, empty, guild
    static let keys = JSONKeys<Event>("id", "type", "mention_roles", "mention_users", "", "guild_id")
  }

  @Test func `one pass finds the fields that are there`() throws {
    let text = #"{"x":{"id":9},"mention_users":2,"id":"1","id":"2","type":null,"":5,"mention_rules":7}"#
    try reading(text) { view in
      let fields = try view.fields(Event.keys)
      #expect(fields[.id]?.snowflake == 1)
      #expect(fields[.kind]?.isNull == true)
      #expect(fields[.mentionRoles] == nil)
      #expect(fields[.mentionUsers]?.int == 2)
      #expect(fields[.empty]?.int == 5)
      #expect(try fields.require(.mentionUsers).asInt() == 2)
    }
  }

  @Test func `a missing one is named, and a value that is no object refused`() throws {
    #expect(throws: JSONError(.missingField, offset: 1, field: "guild_id")) {
      try reading(#" {"id":1}"#) { _ = try $0.fields(Event.keys).require(.guild) }
    }
    #expect(throws: JSONError(.typeMismatch, offset: 1)) {
      try reading(" []") { _ = try $0.fields(Event.keys) }
    }
    #expect(try reading("{}") { try $0.fields(Event.keys)[.id] == nil })
  }

  enum Many: Int, JSONFieldName {
    case a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7
    case c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7
    static let keys = JSONKeys<Many>(
      "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7",
      "field_c0", "field_c1", "field_c2", "field_c3", "field_c4", "field_c5", "field_c6", "field_c7",
      "d0_x", "d1_x", "d2_x", "d3_x", "d4_x", "d5_x", "d6_x", "d7_x")
  }

  @Test func `a full table of 32 names holds, in any order of the text`() throws {
    let names = Many.keys.keys.map { "\($0.name)" }
    for shift in [0, 1, 17, 31] {
      let order = names.indices.map { ($0 * 5 + shift) % 32 }
      let text =
        "{" + order.map { "\"\(names[$0])\":\($0),\"\(names[$0])y\":-1" }.joined(separator: ",") + "}"
      try reading(text) { view in
        let fields = try view.fields(Many.keys)
        for name in Many.allCases { #expect(fields[name]?.int == name.rawValue) }
      }
    }
  }

  @Test func `a pass knows whether it left fields over`() throws {
    let cases = [
      (#"{"a0":1,"b0":2}"#, false), ("{}", false), (#"{"a0":1,"other":2}"#, true),
      (#"{"a0":1,"a0":2}"#, true),
      (#"{"other":{"a0":1}}"#, true), (#"{"a0":{"other":[1,2,3]}}"#, false),
    ]
    for (text, expected) in cases {
      try reading(text) { view in
        let fields = try view.fields(Many.keys)
        #expect(fields.hasOthers == expected, "\(text)")
      }
    }
    try reading(#"{"d7_x":1,"d7_y":2,"":3}"#) { view in
      let known = view.object?.map { Many.keys.contains($0.key) }
      #expect(known == [true, false, false])
    }
  }
}
