// Components of both generations: both directions of the wire, places and limits.

import DiscordCore
import DiscordModels
import JSON
import Testing

@Suite struct ComponentTests {
  static let all: [Component] = [
    .row(
      .button("Go", id: "go", style: .primary, emoji: "👍"),
      .button(id: "x", emoji: .custom(EmojiID(5), name: "e")),
      .link("Docs", to: "https://example.com"), .premium(SKUID(7)),
      .button("Off", id: "off", style: .danger, isDisabled: true)),
    .row(
      .select(
        id: "s", [.init("One", value: "1", description: "first", emoji: "1️⃣", isDefault: true), "Two"],
        placeholder: "?", choosing: 1...2)),
    .row(.userSelect(id: "u", selected: [UserID(1)])), .row(.roleSelect(id: "r", choosing: 0...3)),
    .row(.mentionableSelect(id: "m", selected: [.role(RoleID(2))])),
    .row(.channelSelect(id: "c", types: [.guildText], selected: [ChannelID(3)])),
    .section("a", "b", accessory: .thumbnail("https://example.com/a.png", description: "d", isSpoiler: true)),
    .text("**hello**"), .gallery("https://example.com/a.png", "attachment://b.png"),
    .file(named: "c.txt", isSpoiler: true), .divider, .space(large: true),
    .container(color: 0xFF0000, isSpoiler: true, [.text("inside"), .row(.button("b", id: "in"))]),
    .label("Name", description: "yours", .line(id: "line", length: 1...32, value: "v", placeholder: "p")),
    .label("Story", .paragraph(id: "para", isRequired: false)),
    .label("Proof", .upload(id: "file", files: 1...3, types: ["image", ".pdf"])),
    .label("One", .radio(id: "radio", ["a", "b"])),
    .label("Some", .checkboxes(id: "boxes", ["a", "b"], choosing: 1...2)),
    .label("Sure", .checkbox(id: "box", isTicked: true)),
  ]

  @Test(arguments: all)
  func `every component comes back as it was sent`(component: Component) throws {
    #expect(try decoded(Component.self, try encoded(component)) == component)
  }

  @Test func `a button is written as Discord documents it`() throws {
    #expect(
      try encoded(Component.button("Accept", id: "yes", style: .success))
        == #"{"type":2,"style":3,"label":"Accept","custom_id":"yes"}"#)
  }

  @Test(arguments: [
    #"{"type":99,"custom_id":"z","deep":[{"x":1.5}]}"#, #"{"no_type":true}"#,
    // A button without a style is none.
    #"{"type":2,"label":"a"}"#, #"{"type":12,"items":"none"}"#,
  ])
  func `what is not known is carried as it is`(text: String) throws {
    let component = try decoded(Component.self, text)
    guard case .unknown = component else {
      Issue.record("\(component) is known")
      return
    }
    #expect(try encoded(component) == text)
  }

  @Test func `unknown fields of known components go back`() throws {
    let text = #"{"type":10,"id":4,"content":"x","glow":{"by":[1]}}"#
    #expect(try encoded(try decoded(Component.self, text)) == text)
  }

  @Test func `a message with all of the second generation is fine`() throws {
    let message = MessageCreate(Array(Self.all.prefix(13)))
      .file(OutgoingFile("b.png", [])).file(OutgoingFile("c.txt", []))
    try message.validate()
    #expect(message.isComponentsV2)
    #expect(try encoded(message).contains(#""flags":32768"#))
  }

  @Test func `rows alone do not switch a message over`() throws {
    let message = MessageCreate("hi").components(.row(.button("a", id: "a")))
    try message.validate()
    #expect(!message.isComponentsV2)
    #expect(!(try encoded(message).contains("flags")))
  }

  static let refused: [([Component], CompositionError.Code, String)] = [
    ([.button("a", id: "a")], .misplaced, "components[0].type"),
    ([.row(.text("a"))], .misplaced, "components[0].components[0].type"),
    ([.row([])], .tooFew, "components[0].components"),
    ([.row((0..<6).map { .button("a", id: "\($0)") })], .tooMany, "components[0].components"),
    ([.row(.userSelect(id: "a"), .button("b", id: "b"))], .tooMany, "components[0].components"),
    (
      [.row(.button("a", id: "a")), .row(.button("b", id: "a"))], .duplicate,
      "components[1].components[0].custom_id"
    ),
    ([.row(.button("", id: "a"))], .missing, "components[0].components[0].label"),
    ([.row(.button("a", id: ""))], .tooShort, "components[0].components[0].custom_id"),
    (
      [.row(.button("a", id: String(repeating: "a", count: 101)))], .tooLong,
      "components[0].components[0].custom_id"
    ),
    (
      [.row(.button(String(repeating: "a", count: 81), id: "a"))], .tooLong,
      "components[0].components[0].label"
    ),
    ([.row(.link("a", to: "gopher://x"))], .malformed, "components[0].components[0].url"),
    ([.row(.button(.init("a", style: .premium)))], .missing, "components[0].components[0].sku_id"),
    (
      [.row(.button(.init("a", style: .link, customID: "x", url: "https://a")))], .conflict,
      "components[0].components[0].custom_id"
    ),
    ([.row(.select(id: "a", []))], .tooFew, "components[0].components[0].options"),
    (
      [.row(.select(id: "a", (0..<26).map { .init("\($0)") }))], .tooMany,
      "components[0].components[0].options"
    ),
    ([.row(.select(id: "a", ["x", "x"]))], .duplicate, "components[0].components[0].options[1].value"),
    ([.row(.select(id: "a", ["x"], choosing: 2...3))], .conflict, "components[0].components[0].min_values"),
    (
      [.row(.select(id: "a", ["x"], choosing: 1...26))], .outOfRange, "components[0].components[0].max_values"
    ),
    (
      [.row(.userSelect(id: "a", selected: [UserID(1), UserID(2)]))], .tooMany,
      "components[0].components[0].default_values"
    ),
    (
      [.row(.entitySelect(.init(.roleSelect, "a", defaultValues: [.user(UserID(1))])))], .conflict,
      "components[0].components[0].default_values[0].type"
    ),
    ([.section("a", accessory: .divider)], .misplaced, "components[0].accessory.type"),
    (
      [.section("a", "b", "c", "d", accessory: .thumbnail("https://a"))], .tooMany, "components[0].components"
    ),
    ([.container([.container([.text("a")])])], .misplaced, "components[0].components[0].type"),
    ([.container([])], .tooFew, "components[0].components"),
    ([.gallery([])], .tooFew, "components[0].items"),
    ([.text("")], .tooShort, "components[0].content"),
    (
      [.text(String(repeating: "a", count: 2_001)), .text(String(repeating: "b", count: 2_000))], .tooLong,
      "components"
    ),
    ([.file(.init("https://example.com/a"))], .malformed, "components[0].file.url"),
    ([.file(named: "missing.txt")], .missing, "attachments"),
    ([.label("a", .line(id: "a"))], .misplaced, "components[0].type"),
    (
      (0..<8).map { row in .row((0..<5).map { .button("a", id: "\(row) \($0)") }) } + [.text("a")], .tooMany,
      "components"
    ),
  ]

  @Test(arguments: refused.indices)
  func `what Discord refuses in messages is refused`(index: Int) {
    let (components, code, path) = Self.refused[index]
    let error = #expect(throws: CompositionError.self) { try MessageCreate(components).validate() }
    #expect(error?.code == code)
    #expect(error?.path == path)
  }

  @Test func `six rows are too many without components v2`() {
    let rows = (0..<6).map { Component.row(.button("a", id: "\($0)")) }
    var message = MessageCreate("hi")
    message.components = rows
    #expect(throws: CompositionError.self) { try message.validate() }
    message = MessageCreate(rows)
    message.flags = .isComponentsV2
    #expect(throws: Never.self) { try message.validate() }
  }

  @Test func `nested components count towards forty`() throws {
    // 1 container, 7 rows, 32 buttons: 40.
    var rows = (0..<6).map { row in Component.row((0..<5).map { .button("a", id: "\(row) \($0)") }) }
    rows.append(.row(.button("a", id: "x"), .button("a", id: "y")))
    try MessageCreate([.container(rows)]).validate()
    let error = #expect(throws: CompositionError.self) {
      try MessageCreate([.container(rows), .divider]).validate()
    }
    #expect(error?.found == 41)
  }
}

@Suite struct ModalTests {
  @Test func `a modal of labels is fine and comes back`() throws {
    let modal = Modal(
      "Apply", id: "apply",
      [
        .text("Who are you?"), .label("Name", .line(id: "name")),
        .label("One", .radio(id: "one", ["a", "b"])),
      ])
    try modal.validate()
    #expect(try decoded(Modal.self, try encoded(modal)) == modal)
  }

  static let refused: [(Modal, CompositionError.Code, String)] = [
    (Modal("", id: "a", [.text("x")]), .tooShort, "title"),
    (Modal(String(repeating: "t", count: 46), id: "a", [.text("x")]), .tooLong, "title"),
    (Modal("t", id: "a", []), .tooFew, "components"),
    (Modal("t", id: "a", Array(repeating: .text("x"), count: 6)), .tooMany, "components"),
    (Modal("t", id: "a", [.row(.button("b", id: "b"))]), .misplaced, "components[0].components[0].type"),
    (Modal("t", id: "a", [.row(.line(id: "b"))]), .missing, "components[0].components[0].label"),
    (Modal("t", id: "a", [.container([.text("x")])]), .misplaced, "components[0].type"),
    (Modal("t", id: "a", [.label("l", .button("b", id: "b"))]), .misplaced, "components[0].component.type"),
    (
      Modal("t", id: "a", [.label(String(repeating: "l", count: 46), .line(id: "b"))]), .tooLong,
      "components[0].label"
    ),
    (
      Modal("t", id: "a", [.label("l", .line(id: "b", length: 5...4_001))]), .outOfRange,
      "components[0].component.max_length"
    ),
    (
      Modal("t", id: "a", [.label("l", .line(id: "b", length: 1...2, value: "abc"))]), .tooLong,
      "components[0].component.value"
    ),
    (
      Modal("t", id: "a", [.label("l", .radio(id: "b", ["only"]))]), .tooFew,
      "components[0].component.options"
    ),
    (
      Modal("t", id: "a", [.label("l", .checkboxes(id: "b", (0..<11).map { .init("\($0)") }))]), .tooMany,
      "components[0].component.options"
    ),
    (
      Modal("t", id: "a", [.label("l", .upload(id: "b", files: 0...2))]), .conflict,
      "components[0].component.min_values"
    ),
    (
      Modal("t", id: "a", [.label("l", .upload(id: "b", files: 1...11))]), .outOfRange,
      "components[0].component.max_values"
    ),
    (
      Modal("t", id: "a", [.label("l", .upload(id: "b", types: ["pdf"]))]), .malformed,
      "components[0].component.file_types[0]"
    ),
    (
      Modal("t", id: "a", [.label("l", .select(id: "b", ["x"], isDisabled: true))]), .conflict,
      "components[0].component.disabled"
    ),
    (
      Modal("t", id: "a", [.label("l", .line(id: "b")), .label("m", .line(id: "b"))]), .duplicate,
      "components[1].component.custom_id"
    ),
  ]

  @Test(arguments: refused.indices)
  func `what Discord refuses in modals is refused`(index: Int) {
    let (modal, code, path) = Self.refused[index]
    let error = #expect(throws: CompositionError.self) { try modal.validate() }
    #expect(error?.code == code)
    #expect(error?.path == path)
  }

  @Test func `an optional upload may take nothing`() throws {
    try Modal("t", id: "a", [.label("l", .upload(id: "b", files: 0...2, isRequired: false))]).validate()
  }
}
