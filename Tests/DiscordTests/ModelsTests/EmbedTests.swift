// Embeds: what Discord refuses, and both directions of the wire.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

@Suite struct EmbedTests {
  /// Each limit from both sides: the longest that is taken, and one more.
  static let limits: [(path: String, limit: Int, make: @Sendable (String) -> Embed)] = [
    ("title", 256, { Embed(title: $0) }),
    ("description", 4_096, { Embed(description: $0) }),
    ("author.name", 256, { Embed().author($0) }),
    ("footer.text", 2_048, { Embed().footer($0) }),
    ("fields[0].name", 256, { Embed().field($0, "value") }),
    ("fields[0].value", 1_024, { Embed().field("name", $0) }),
  ]

  @Test(arguments: limits.indices)
  func `a text at its limit is taken, one more is refused`(index: Int) throws {
    let (path, limit, make) = Self.limits[index]
    try make(String(repeating: "é", count: limit)).validate()
    let error = #expect(throws: CompositionError.self) {
      try make(String(repeating: "é", count: limit + 1)).validate()
    }
    #expect(error?.code == .tooLong)
    #expect(error?.path == path)
    #expect(error?.found == limit + 1)
    #expect(error?.limit?.upperBound == limit)
  }

  @Test func `lengths are code points after trimming`() throws {
    // A family of seven code points, shown as one character.
    try Embed(title: "  " + String(repeating: "👨‍👩‍👧‍👦", count: 36) + " \n").validate()
    #expect(throws: CompositionError.self) {
      try Embed(title: String(repeating: "👨‍👩‍👧‍👦", count: 37)).validate()
    }
  }

  @Test func `an error is a sentence with field and limit and without content`() {
    let message = MessageCreate().embed(Embed(title: String(repeating: "x", count: 300)))
    let error = #expect(throws: CompositionError.self) { try message.validate() }
    #expect(error?.description == "embeds[0].title is 300 characters long; Discord takes at most 256")
  }

  @Test func `all embeds of a message share six thousand characters`() throws {
    let embed = Embed(description: String(repeating: "a", count: 3_000))
    try MessageCreate().embed(embed).embed(embed).validate()
    let error = #expect(throws: CompositionError.self) {
      try MessageCreate().embed(embed).embed(embed).embed(Embed(title: "b")).validate()
    }
    #expect(error?.path == "embeds")
    #expect(error?.found == 6_001)
  }

  static let refused: [(Embed, CompositionError.Code, String)] = [
    (Embed(), .missing, "description"),
    (Embed(title: " \n"), .missing, "description"),
    (Embed(title: "a", color: 0x1000000), .outOfRange, "color"),
    (Embed(title: "a", url: "javascript:alert(1)"), .malformed, "url"),
    (Embed().image("ftp://x/y.png"), .malformed, "image.url"),
    (Embed().field(" ", "b"), .tooShort, "fields[0].name"),
    (Embed().field("a", ""), .tooShort, "fields[0].value"),
    (Embed(fields: (0..<26).map { .init("\($0)", "v") }), .tooMany, "fields"),
    (Embed(title: "a").author("n", iconURL: "x"), .malformed, "author.icon_url"),
  ]

  @Test(arguments: refused.indices)
  func `what Discord refuses is refused`(index: Int) {
    let (embed, code, path) = Self.refused[index]
    let error = #expect(throws: CompositionError.self) { try embed.validate() }
    #expect(error?.code == code)
    #expect(error?.path == path)
  }

  @Test func `an embed comes back as it was sent`() throws {
    let embed = Embed(
      title: "T", description: "D", url: "https://example.com", color: 0x5865F2,
      timestamp: Timestamp(milliseconds: 1_700_000_000_000)
    ).author("A", url: "https://a.example", iconURL: "attachment://a.png").footer("F")
      .image("attachment://b.png").thumbnail("https://c.example/c.png").field("n", "v", inline: true)
    let text = try encoded(embed)
    #expect(try decoded(Embed.self, text) == embed)
  }

  @Test func `what Discord adds is read, kept and not invented`() throws {
    let text = """
      {"type":"video","title":null,"color":"red","video":{"url":"https://v","width":640,"height":360},
       "provider":{"name":"P"},"fields":[{"name":"n"},{"name":"n","value":"v"},7],"brand_new":[1,{"a":null}]}
      """
    let embed = try decoded(Embed.self, text)
    #expect(embed.type == "video")
    #expect(embed.title == nil)
    #expect(embed.color == nil)
    #expect(embed.video?.width == 640)
    #expect(embed.provider?.name == "P")
    #expect(embed.fields == [.init("n", "v")])
    #expect(try encoded(embed).contains(#""brand_new":[1,{"a":null}]"#))
  }
}

/// The text a value writes.
func encoded(_ value: some WireEncodable) throws -> String {
  var json = JSONWriter()
  value.write(to: &json)
  return String(decoding: try json.finish(), as: UTF8.self)
}

/// The value that stands in a text.
func decoded<Value: WireDecodable>(_ type: Value.Type, _ text: String) throws -> Value {
  try JSONParser(retainedSize: 0).parse(Array(text.utf8)) { json in try Value(from: json) }
}
