// Commands as they are registered.

import DiscordCore
import DiscordModels
import JSON
import Testing

@Suite struct CommandTests {
  static let full = ApplicationCommandDefinition.chatInput(
    "settings", "Change settings",
    [
      .subcommand("show", "Show them"),
      .group(
        "log", "The log",
        [
          .subcommand(
            "set", "Set it",
            [
              .channel("where", "Where it goes", required: true, types: [.guildText]),
              .string("level", "How much", choices: ["all", .init("Some", value: "some")]),
              .integer("days", "How long", range: 1...30), .number("rate", "How often", range: 0.5...2),
              .boolean("on", "Whether"), .user("who", "Whom"), .role("role", "Which"),
              .mentionable("any", "Any"), .attachment("file", "A file"),
              .string("query", "Search", length: 1...20, autocomplete: true),
            ])
        ]),
    ]
  ).needing(.manageGuild).inGuildsOnly()
    .localized(names: ["de": "einstellungen"], descriptions: ["de": "Einstellungen ändern"])

  @Test func `a command with all kinds of options is fine and comes back`() throws {
    try Self.full.validate()
    #expect(try decoded(ApplicationCommandDefinition.self, try encoded(Self.full)) == Self.full)
  }

  @Test func `a command is written as Discord reads it`() throws {
    let ban = ApplicationCommandDefinition.chatInput(
      "ban", "Ban somebody", [.user("who", "Whom", required: true)]
    ).needing(.banMembers)
    #expect(
      try encoded(ban)
        == #"{"type":1,"name":"ban","description":"Ban somebody","options":[{"type":6,"name":"who","#
        + #""description":"Whom","required":true}],"default_member_permissions":4}"#)
    #expect(
      try encoded(ApplicationCommandDefinition.user("Show Profile"))
        == #"{"type":2,"name":"Show Profile","default_member_permissions":null}"#)
  }

  @Test func `what Discord adds to a registered command is not sent back`() throws {
    let text = """
      {"id":"1","application_id":"2","version":"3","type":1,"name":"ping","description":"Ping",
       "default_member_permissions":"8","dm_permission":true,"nsfw":false,"contexts":null,"sparkle":true}
      """
    let definition = try decoded(ApplicationCommandDefinition.self, text)
    #expect(definition.defaultMemberPermissions == .administrator)
    #expect(
      try encoded(definition)
        == #"{"type":1,"name":"ping","description":"Ping","default_member_permissions":8,"sparkle":true}"#)
  }

  static let names: [(String, Bool)] = [
    ("ping", true), ("ping-pong_2", true), ("größe", true), ("подсказка", true), ("परीक्षा", true),
    ("ทดสอบ", true),
    ("ping'", true), ("日本語", true), ("Ping", false), ("ping pong", false), ("", false), ("ping!", false),
    (String(repeating: "a", count: 32), true), (String(repeating: "a", count: 33), false),
  ]

  @Test(arguments: names.indices)
  func `names are of small letters, digits and three signs`(index: Int) {
    let (name, isFine) = Self.names[index]
    let command = ApplicationCommandDefinition.chatInput(name, "d")
    var problem: CompositionError?
    do throws(CompositionError) { try command.validate() } catch { problem = error }
    #expect((problem == nil) == isFine)
    #expect(problem?.path == (isFine ? nil : "name"))
  }

  static let refused: [(ApplicationCommandDefinition, CompositionError.Code, String)] = [
    (.chatInput("a", ""), .tooShort, "description"),
    (.chatInput("a", String(repeating: "d", count: 101)), .tooLong, "description"),
    (.init(.user, "Profile", "text"), .conflict, "description"),
    (.user(String(repeating: "a", count: 33)), .tooLong, "name"),
    (.chatInput("a", "d", (0..<26).map { .boolean("o\($0)", "d") }), .tooMany, "options"),
    (
      .chatInput("a", "d", [.boolean("x", "d"), .boolean("y", "d", required: true)]), .conflict,
      "options[1].required"
    ),
    (.chatInput("a", "d", [.boolean("x", "d"), .user("x", "d")]), .duplicate, "options[1].name"),
    (.chatInput("a", "d", [.subcommand("x", "d"), .boolean("y", "d")]), .conflict, "options"),
    (
      .chatInput("a", "d", [.group("g", "d", [.group("h", "d", [])])]), .misplaced,
      "options[0].options[0].type"
    ),
    (.chatInput("a", "d", [.group("g", "d", [])]), .tooFew, "options[0].options"),
    (
      .chatInput("a", "d", [.subcommand("s", "d", [.subcommand("t", "d")])]), .misplaced,
      "options[0].options[0].type"
    ),
    (
      .chatInput("a", "d", [.string("s", "d", choices: (0..<26).map { .init("\($0)") })]), .tooMany,
      "options[0].choices"
    ),
    (
      .chatInput("a", "d", [.string("s", "d", choices: ["a"], autocomplete: true)]), .conflict,
      "options[0].autocomplete"
    ),
    (.chatInput("a", "d", [.integer("s", "d", choices: ["a"])]), .conflict, "options[0].choices[0].value"),
    (
      .chatInput("a", "d", [.string("s", "d", choices: [.init("", value: "v")])]), .tooShort,
      "options[0].choices[0].name"
    ),
    (.chatInput("a", "d", [.integer("s", "d", range: 0...(1 << 53 + 1))]), .conflict, "options[0].max_value"),
    (.chatInput("a", "d", [.string("s", "d", length: 0...6_001)]), .outOfRange, "options[0].max_length"),
    (.chatInput("a", "d").localized(names: ["xx": "a"]), .malformed, "name_localizations"),
    (.chatInput("a", "d").localized(names: ["de": "Groß"]), .malformed, "name_localizations.de"),
  ]

  @Test(arguments: refused.indices)
  func `what Discord refuses is refused`(index: Int) {
    let (command, code, path) = Self.refused[index]
    let error = #expect(throws: CompositionError.self) { try command.validate() }
    #expect(error?.code == code)
    #expect(error?.path == path)
  }

  @Test func `a command has eight thousand characters in its longest language`() throws {
    let choices = (0..<25).map { CommandChoice("\($0)" + String(repeating: "n", count: 90), value: "\($0)") }
    let command = ApplicationCommandDefinition.chatInput(
      "a", "d", (0..<3).map { .string("o\($0)", "d", choices: choices) })
    try command.validate()
    var long = command
    long.options = (0..<4).map { .string("o\($0)", "d", choices: choices) }
    let error = #expect(throws: CompositionError.self) { try long.validate() }
    #expect(error?.found == long.totalLength)
    var german = command
    german.options[0].choices[0].nameLocalizations["de"] = String(repeating: "n", count: 100)
    #expect(german.totalLength == command.totalLength + 9)
  }

  @Test func `a scope takes a hundred slash commands and each name once`() throws {
    let commands = (0..<100).map { ApplicationCommandDefinition.chatInput("c\($0)", "d") }
    try ApplicationCommandDefinition.validate(commands + [.user("c0"), .message("c0")])
    #expect(throws: CompositionError.self) {
      try ApplicationCommandDefinition.validate(commands + [.chatInput("more", "d")])
    }
    #expect(throws: CompositionError.self) {
      try ApplicationCommandDefinition.validate([.user("Same"), .user("Same")])
    }
  }
}
