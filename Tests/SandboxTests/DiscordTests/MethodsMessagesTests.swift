// What plugins write is read strictly, and comes out as ours.

import DiscordCore
import DiscordModels
import JSON
import SandboxContract
@testable import SandboxDiscord
import Testing

@Suite struct GuestMessagesTests {
  private let messages = GuestMessages(plugin: "tickets", guild: GuildID(42))

  private func create(_ params: JSONValue) throws -> MessageCreate {
    try messages.create(params.object ?? JSONObject(), with: [.components, .files])
  }

  private func refusal(_ params: JSONValue) -> String? {
    do {
      _ = try create(params)
      return nil
    } catch let error as RPCError {
      return error.code == .validation ? error.message : "not a validation error: \(error)"
    } catch { return "\(error)" }
  }

  private static func row(_ components: JSONValue...) -> JSONValue {
    ["components": [["type": 1, "components": .array(components)]]]
  }

  private static func button(_ id: String, _ more: [(String, JSONValue)] = []) -> JSONValue {
    var fields: [JSONObject.Field] = [
      .init(key: "type", value: 2), .init(key: "style", value: 1), .init(key: "label", value: "Go"),
      .init(key: "custom_id", value: .string(id)),
    ]
    for (key, value) in more {
      fields.removeAll { $0.key == key }
      fields.append(.init(key: key, value: value))
    }
    return .object(JSONObject(fields: fields))
  }

  @Test func `a custom id carries the plugin's token and comes back as it was`() throws {
    let made = GuestComponentID(plugin: "tickets", customID: "close:17")
    #expect(made.text.hasPrefix("~") && made.text.count == "close:17".count + 8)
    let read = try #require(GuestComponentID(made.text))
    #expect(read.customID == "close:17" && read.belongs(to: "tickets") && !read.belongs(to: "ticket"))
    for foreign in ["close", "", "~", "~abcdef:", "~abcdef", "~abcdefg:x", "roles:pick:x.0123456789abcdef"] {
      #expect(GuestComponentID(foreign) == nil, "\(foreign)")
    }
  }

  @Test func `every component is rewritten, forged prefixes stand behind the host's`() throws {
    let victim = GuestComponentID(plugin: "bank", customID: "pay").text
    for forged in [victim, "roles:pick:x.0123456789abcdef", "~", "\u{0}", "a\u{301}"] {
      let message = try create(Self.row(Self.button(forged)))
      let sent = try #require(message.components.first?.children.first?.component.customID)
      let read = try #require(GuestComponentID(sent))
      #expect(read.belongs(to: "tickets") && read.customID == forged)
    }
    let select: JSONValue = [
      "type": 3, "custom_id": "pick", "options": [["label": "A", "value": "a", "emoji": ["name": "🛡"]]],
    ]
    let sent = try create(Self.row(select)).components.first?.children.first?.component.customID
    #expect(sent == GuestComponentID(plugin: "tickets", customID: "pick").text)
  }

  @Test func `a message is read field by field`() throws {
    let message = try create([
      "content": "hi @everyone",
      "embeds": [
        [
          "title": "T", "color": 255.0, "timestamp": "2026-01-01T00:00:00Z", "type": "video",
          "fields": [["name": "n", "value": "v", "inline": true]], "footer": ["text": "f"],
          "author": ["name": "a", "icon_url": "https://e.test/i.png"],
          "image": ["url": "https://e.test/i.png"],
          "provider": ["name": "smuggled"], "flags": 64,
        ]
      ],
      "files": [["filename": "a.txt", "data_b64": "aGk="]], "flags": 64, "tts": true,
      "message_reference": ["message_id": "1"], "sticker_ids": ["1"],
    ])
    #expect(
      message.content == "hi @everyone" && message.flags == [] && !message.isTTS && message.stickers == [])
    #expect(message.reference == nil && message.allowedMentions == .none)
    let embed = try #require(message.embeds.first)
    #expect(embed.color == 255 && embed.fields == [.init("n", "v", inline: true)] && embed.provider == nil)
    #expect(embed.unknownFields.isEmpty)
    #expect(message.files.map(\.name) == ["a.txt"] && message.files.first?.content == .bytes([104, 105]))
  }

  @Test func `an edit tells what stays from what goes`() throws {
    let nothing = try messages.edit(JSONObject())
    #expect(nothing.content == .keep && nothing.embeds == nil && nothing.components == nil)
    let emptied = try messages.edit(
      (["content": "", "embeds": [], "components": []] as JSONValue).object ?? JSONObject())
    #expect(emptied.content == .clear && emptied.embeds == [] && emptied.components == [])
  }

  @Test func `a form keeps the ids of its inputs`() throws {
    let params: JSONValue = [
      "title": "Apply", "custom_id": "form",
      "components": [
        [
          "type": 1,
          "components": [["type": 4, "custom_id": "name", "label": "Name", "style": 2, "required": false]],
        ]
      ],
    ]
    let modal = try messages.modal(params.object ?? JSONObject())
    #expect(modal.customID == GuestComponentID(plugin: "tickets", customID: "form").text)
    #expect(modal.components.first?.children.first?.component.customID == "name")
    let button: JSONValue = [
      "title": "A", "custom_id": "f", "components": [["type": 1, "components": [Self.button("x")]]],
    ]
    #expect(throws: RPCError.self) { try messages.modal(button.object ?? JSONObject()) }
  }

  @Test(arguments: [
    ("[\"everyone\"]", AllowedMentions.none), ("[\"here\", \"everyone\"]", .none),
    ("[\"users\", \"everyone\"]", .users), ("[\"roles\"]", AllowedMentions(roles: .only([RoleID(9)]))),
    ("[\"EVERYONE\", \"*\", \"\"]", .none), ("[]", .none), ("null", .none),
  ])
  func `parse never lets everyone through`(parse: String, expected: AllowedMentions) throws {
    let value = try JSONValue(
      parsing: Array("{\"parse\": \(parse), \"replied_user\": true, \"everyone\": true}".utf8))
    let content: JSONValue = "<@&42> <@&9> <@&042> <@&9> <@7> <@&>"
    #expect(try create(["content": content, "allowed_mentions": value]).allowedMentions == expected)
  }

  @Test func `listed people win over parsed ones, and everyone is no role`() throws {
    let mentions = try create([
      "content": "x",
      "allowed_mentions": [
        "parse": ["users", "roles", "everyone"], "users": ["7", 8, "7"], "roles": ["42", "9"],
      ],
    ]).allowedMentions
    #expect(mentions == AllowedMentions(users: .only([UserID(7), UserID(8)]), roles: .only([RoleID(9)])))
    let crowd = JSONValue.array((1...101).map { .string("\($0)") })
    for kind in ["users", "roles"] {
      let object = JSONObject(fields: [.init(key: kind, value: crowd)])
      #expect(refusal(["content": "x", "allowed_mentions": .object(object)])?.contains("101") == true)
    }
  }

  static let refused: [(String, JSONValue)] = [
    ("content", ["content": .string(String(repeating: "x", count: 2_001))]), ("content", ["content": 5]),
    ("content", [:]), ("content", ["content": "   "]),
    ("embeds", ["embeds": .array(Array(repeating: ["title": "t"], count: 11))]), ("embeds", ["embeds": "x"]),
    ("embeds[0]", ["embeds": [5]]), ("embeds[0].title", ["embeds": [["title": ["a"]]]]),
    ("embeds[0].title", ["embeds": [["title": .string(String(repeating: "x", count: 257))]]]),
    ("embeds[0].color", ["embeds": [["title": "t", "color": -1]]]),
    ("embeds[0].color", ["embeds": [["title": "t", "color": 1e300]]]),
    ("embeds[0].timestamp", ["embeds": [["title": "t", "timestamp": "tomorrow"]]]),
    ("embeds[0].url", ["embeds": [["title": "t", "url": "javascript:alert(1)"]]]),
    ("embeds[0].image.url", ["embeds": [["image": ["url": "file:///etc/passwd"]]]]),
    (
      "embeds[0].fields",
      ["embeds": [["fields": .array(Array(repeating: ["name": "n", "value": "v"], count: 26))]]]
    ),
    (
      "embeds",
      [
        "embeds": .array(
          Array(repeating: ["description": .string(String(repeating: "x", count: 4_000))], count: 2))
      ]
    ),
    (
      "components",
      ["components": .array(Array(repeating: ["type": 1, "components": [button("a")]], count: 6))]
    ),
    ("components[0].type", ["components": [button("a")]]),
    (
      "components[0].components",
      row(button("a"), button("b"), button("c"), button("d"), button("e"), button("f"))
    ),
    ("components[0].components[0].custom_id", row(button(String(repeating: "x", count: 93)))),
    ("components[0].components[0].custom_id", row(button(""))),
    ("components[0].components[1].custom_id", row(button("a"), button("a"))),
    (
      "components[0].components[0].label",
      row(button("a", [("label", .string(String(repeating: "x", count: 81)))]))
    ),
    ("components[0].components[0].style", row(button("a", [("style", 6)]))),
    ("components[0].components[0].style", row(button("a", [("style", -1)]))),
    ("components[0].components[0].type", row(["type": 10, "content": "text"])),
    ("components[0].components[0].type", row(["type": 17, "components": []])),
    ("components[0].components[0].type", row(["type": 4, "custom_id": "a", "label": "x"])),
    (
      "components[0].components[0].url",
      row(["type": 2, "style": 5, "label": "x", "url": "javascript:alert(1)"])
    ),
    ("components[0].components[0].url", row(["type": 2, "style": 5, "label": "x", "custom_id": "x"])),
    ("components[0].components[0].options", row(["type": 3, "custom_id": "s", "options": []])),
    (
      "components[0].components[0].options",
      row([
        "type": 3, "custom_id": "s",
        "options": .array(Array(repeating: ["label": "a", "value": "a"], count: 26)),
      ])
    ),
    (
      "components[0].components[0].placeholder",
      row([
        "type": 3, "custom_id": "s", "placeholder": .string(String(repeating: "x", count: 151)),
        "options": [["label": "a", "value": "a"]],
      ])
    ),
    (
      "components[0].components[0].options[0].value",
      row([
        "type": 3, "custom_id": "s",
        "options": [["label": "a", "value": .string(String(repeating: "x", count: 101))]],
      ])
    ),
    (
      "components[0].components[0].min_values",
      row(["type": 3, "custom_id": "s", "min_values": 2, "options": [["label": "a", "value": "a"]]])
    ),
    ("files", ["files": .array((0..<4).map { ["filename": .string("\($0)"), "data_b64": "aGk="] })]),
    ("files[0].data_b64", ["files": [["filename": "a", "data_b64": "not base64!"]]]),
    ("files[0].data_b64", ["files": [["filename": "a", "data_b64": "aGk_"]]]),
    ("files[0].data_b64", ["files": [["filename": "a"]]]),
    ("files[0].filename", ["files": [["data_b64": "aGk="]]]),
    ("filename", ["files": [["filename": "../../etc/passwd", "data_b64": "aGk="]]]),
    ("filename", ["files": [["filename": "a\r\nContent-Type: text/html", "data_b64": "aGk="]]]),
    ("allowed_mentions", ["content": "x", "allowed_mentions": "everyone"]),
    ("allowed_mentions.parse", ["content": "x", "allowed_mentions": ["parse": "everyone"]]),
    ("allowed_mentions.parse[0]", ["content": "x", "allowed_mentions": ["parse": [["everyone"]]]]),
    ("allowed_mentions.users[0]", ["content": "x", "allowed_mentions": ["users": ["@everyone"]]]),
    ("allowed_mentions.users[0]", ["content": "x", "allowed_mentions": ["users": [1.5]]]),
  ]

  @Test(arguments: refused)
  func `what passes a limit is refused by its name`(place: String, params: JSONValue) {
    #expect(refusal(params)?.contains(place) == true, "\(refusal(params) ?? "taken")")
  }

  @Test func `the refusal of a long custom id names what a plugin has`() {
    #expect(refusal(Self.row(Self.button(String(repeating: "x", count: 100))))?.contains("92") == true)
    #expect(refusal(Self.row(Self.button(String(repeating: "x", count: 92)))) == nil)
  }

  @Test func `files are eight megabytes together, to the byte`() {
    func files(_ sizes: Int...) -> JSONValue {
      [
        "files": .array(
          sizes.enumerated().map { index, size in
            ["filename": .string("f\(index)"), "data_b64": .string(Self.base64OfZeroes(size))]
          })
      ]
    }
    #expect(refusal(files(8 << 20)) == nil)
    #expect(refusal(files(4 << 20, 4 << 20)) == nil)
    #expect(refusal(files(8 << 20, 1))?.contains("8 MB") == true)
    #expect(refusal(files(9 << 20))?.contains("8 MB") == true)
  }

  private static func base64OfZeroes(_ count: Int) -> String {
    String(repeating: "AAAA", count: count / 3) + ["", "AA==", "AAA="][count % 3]
  }
}
