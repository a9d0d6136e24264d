// The conventions of the wire models: what is lenient, what is kept, what is written.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

/// A model that uses every way of reading.
private struct Sample: WireDecodable, Equatable {
  var id: RoleID
  var name: String
  var count: Int?
  var type: ChannelType?
  var tags: [String]
  var owners: [UserID: Int]
  var topic: Patch<String>
  var unknownFields: UnknownFields

  private enum Field: Int, JSONFieldName {
    case id, name, count, type, tags, owners, topic
    static let keys = JSONKeys<Field>("id", "name", "count", "type", "tags", "owners", "topic")
  }

  init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(Field.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "none")
    count = fields.optional(.count)
    type = fields.optional(.type)
    tags = fields.list(.tags)
    owners = fields.entries(.owners)
    topic = fields.change(.topic)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

@Suite struct WireTests {
  @Test func `all fields are read`() throws {
    let sample: Sample = try decode(
      #"{"id":"7","name":"a","count":3,"type":99,"tags":["x","y"],"owners":{"1":2},"topic":"t"}"#)
    #expect(sample.id == RoleID(7) && sample.name == "a" && sample.count == 3)
    #expect(sample.type == ChannelType(rawValue: 99), "an unknown value of an enumeration is carried")
    #expect(sample.tags == ["x", "y"] && sample.owners == [UserID(1): 2] && sample.topic == .set("t"))
    #expect(sample.unknownFields.isEmpty)
  }

  @Test(arguments: ["null", #"{"deep":[1]}"#, "[[]]", "true", "-1.5", #""text""#])
  func `a malformed optional value is nobody's death`(value: String) throws {
    let sample: Sample = try decode(
      #"{"id":"7","name":\#(value),"count":\#(value),"type":\#(value),"tags":\#(value),"owners":\#(value)}"#)
    #expect(sample.id == RoleID(7) && sample.count == nil && sample.type == nil && sample.owners.isEmpty)
  }

  @Test func `malformed elements are left out and the others kept`() throws {
    let sample: Sample = try decode(#"{"id":"7","tags":["a",1,null,"b"],"owners":{"x":1,"2":"no","3":4}}"#)
    #expect(sample.tags == ["a", "b"])
    #expect(sample.owners == [UserID(3): 4])
  }

  @Test func `without what it cannot be without a model is not made`() {
    #expect(throws: JSONError.self) { try decode("{}", as: Sample.self) }
    #expect(throws: JSONError.self) { try decode(#"{"id":null}"#, as: Sample.self) }
    #expect(throws: JSONError.self) { try decode("[]", as: Sample.self) }
  }

  @Test func `a field that is missing, null or there are three things`() throws {
    #expect(try decode(#"{"id":"7"}"#, as: Sample.self).topic == .keep)
    #expect(try decode(#"{"id":"7","topic":null}"#, as: Sample.self).topic == .clear)
    #expect(try decode(#"{"id":"7","topic":1}"#, as: Sample.self).topic == .keep)
  }

  @Test func `unknown fields are kept in their order`() throws {
    let sample: Sample = try decode(#"{"new":{"a":[1,2]},"id":"7","newer":null}"#)
    #expect(sample.unknownFields.fields.map(\.key) == ["new", "newer"])
    #expect(sample.unknownFields["new"]?["a"] == [1, 2])
    var json = JSONWriter()
    json.object { json in sample.unknownFields.write(to: &json) }
    #expect(try JSONValue(parsing: json.finish()) == ["new": ["a": [1, 2]], "newer": nil])
  }

  @Test func `a change is written as nothing, null or its value`() throws {
    var json = JSONWriter()
    json.object { json in
      json.patch("kept", Patch<String>.keep)
      json.patch("cleared", Patch<String>.clear)
      json.patch("set", Patch.set(RoleID(7)))
      json.optional("none", Int?.none)
      json.nullable("null", Int?.none)
      json.field("number", 5)
      json.field("type", ChannelType.guildForum)
      json.elements("list", [RoleID(1), RoleID(2)])
    }
    #expect(
      String(decoding: try json.finish(), as: UTF8.self)
        == #"{"cleared":null,"set":"7","null":null,"number":5,"type":15,"list":["1","2"]}"#)
  }

  @Test func `flags keep bits that have no name`() throws {
    let flags: MessageFlags = try decode("36028797018963972")
    #expect(flags.contains(.suppressEmbeds))
    #expect(try encode(flags) == 36_028_797_018_963_972)
    #expect(try decode(#""4""#, as: MessageFlags.self) == .suppressEmbeds)
  }

  @Test func `a credential never shows itself`() throws {
    let credential: Credential = try decode(#""secret-value""#)
    #expect(credential.text == "secret-value")
    var dumped = ""
    dump([credential], to: &dumped)
    #expect(!"\(credential) \(String(reflecting: credential)) \(dumped)".contains("secret"))
  }
}
