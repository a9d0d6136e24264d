// The Codable door and the tree.

import Foundation
import Testing

@testable import JSON

@Suite struct CodingTests {
  struct Settings: Codable, Equatable {
    struct Role: Codable, Equatable {
      var id: UInt64
      var name: String
    }
    var title: String
    var roles: [Role]
    var since: Date
    var ratio: Double?
  }

  @Test func `a value survives encoding and decoding`() throws {
    let value = Settings(
      title: "a/\"é\"", roles: [.init(id: .max, name: "x")],
      since: Date(timeIntervalSince1970: 1_700_000_000.125))
    let bytes = try JSONCoding.encode(value, sortedKeys: true)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"roles":[{"id":18446744073709551615,"name":"x"}],"since":1700000000125,"title":"a/\"é\""}"#)
    #expect(try JSONCoding.decode(Settings.self, from: bytes) == value)
  }

  @Test(
    arguments: [
      (
        #"{"title":"t","roles":[{"id":1,"name":"a"},{"id":"2","name":"b"}],"since":0}"#,
        JSONError.Code.typeMismatch,
        #""2""#, ".roles[1].id"
      ),
      (#"{"title":"t","roles":[ {"id":1}],"since":0}"#, .missingField, #"{"id""#, ".roles[0].name"),
      (#"{"title":null,"roles":[],"since":0}"#, .typeMismatch, "null", ".title"),
      (#"{"roles":[],"since":0}"#, .missingField, "{", ".title"),
      (#"{"title":"t","roles":[{"id":-1,"name":"a"}],"since":0}"#, .typeMismatch, "absent", nil),
      (#" [1]"#, .typeMismatch, "[", nil),
    ] as [(String, JSONError.Code, String, String?)]) func `a decoding error has code, place and path`(
      text: String, code: JSONError.Code, at part: String, path: String?
    ) throws
  {
    let bytes = [UInt8](text.utf8)
    let error = #expect(throws: JSONError.self) { try JSONCoding.decode(Settings.self, from: bytes) }
    #expect(error?.code == code)
    #expect(error?.offset == bytes.firstRange(of: [UInt8](part.utf8))?.lowerBound)
    #expect(error?.path == path)
    #expect(error.map { path == nil || !"\($0)".contains("roles") } == true)
  }

  @Test func `what has no JSON form is an error`() {
    #expect(throws: JSONError(.notFinite)) { try JSONCoding.encode([Double.nan]) }
    #expect(throws: JSONError(.notFinite)) { try JSONCoding.encode([-Float.infinity]) }
    struct Refusing: Encodable {
      struct Refusal: Error {}
      func encode(to encoder: any Encoder) throws { throw Refusal() }
    }
    #expect(throws: JSONError(.notRepresentable)) { try JSONCoding.encode(Refusing()) }
    #expect(throws: JSONError(.tooLarge, offset: 5)) { try JSONCoding.encode("12345", maximumSize: 5) }
  }

  @Test func `the first of two fields counts here too`() throws {
    #expect(try JSONCoding.decode([String: Int].self, from: [UInt8](#"{"a":1,"a":2}"#.utf8)) == ["a": 1])
  }
}

@Suite struct TreeTests {
  @Test func `unknown fields, their order and duplicates are kept`() throws {
    let text = #"{"z":1,"a":[{"y":null}],"z":2.5,"":"x","big":18446744073709551615}"#
    #expect(try String(decoding: JSONValue(parsing: [UInt8](text.utf8)).encoded(), as: UTF8.self) == text)
  }

  @Test func `an object is edited in place`() throws {
    var object = JSONObject(fields: [
      .init(key: "a", value: 1), .init(key: "b", value: 2), .init(key: "a", value: 3),
    ])
    object["b"] = "two"
    object["c"] = nil
    object["d"] = [1, 2]
    #expect(
      try String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
        == #"{"a":1,"b":"two","a":3,"d":[1,2]}"#)
    object["a"] = nil
    #expect(JSONValue.object(object) == ["b": "two", "d": [1, 2]])
  }

  @Test func `a tree answers as a view does`() throws {
    for text in [
      "null", "true", "-1", "0", "18446744073709551615", "1.5", #""x""#, #""175928847299117063""#,
      #""18446744073709551616""#, #""+1""#, #""""#, "[]", "{}",
    ] {
      try reading(text) { view in
        let tree = JSONValue(view)
        #expect(tree.bool == view.bool && tree.int64 == view.int64 && tree.double == view.double)
        #expect(tree.string == view.string && tree.snowflake == view.snowflake && tree.isNull == view.isNull)
      }
    }
  }
}
