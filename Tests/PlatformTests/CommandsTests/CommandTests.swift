// One declaration, read from what was typed and from what Discord sends.

import DiscordCore
import JSON
import PlatformCommands
import Testing

private enum Scope: String, CaseIterable {
  case here, everywhere
}

private let members = CommandParameter.users("members", atMost: 3)
private let duration = CommandParameter.duration("duration", .seconds(60)...(.seconds(365 * 86_400))).optional
private let reason = CommandParameter.rest("reason", 1...50).optional
private let silent = CommandParameter.toggle("silent").or(false)
private let ban = CommandDeclaration(
  "ban", aliases: ["b"], permission: .banMembers,
  options: [members.description, duration.description, silent.description, reason.description])

private let number = CommandParameter.integer("number", 1...100)
private let scope = CommandParameter<Scope>.choice("scope").or(.here)
private let channel = CommandParameter.channel("channel", 0).optional
private let role = CommandParameter.role("role").optional
private let weight = CommandParameter.number("weight", 0...1).optional
private let edit = CommandDeclaration(
  "case edit",
  options: [
    number.description, scope.description, channel.description, role.description, weight.description,
  ])

private let ada = "<@100000000000000001>"
private let bob = "100000000000000002"

private func problem(_ body: () throws -> Void) -> String? {
  do { try body() } catch { return "\(error)" }
  return nil
}

@Suite struct PrefixTests {
  @Test func `several members, a span of two words, a flag and a reason`() throws {
    let call = try ban.arguments(typed: " \(ada) \(bob) \(ada) 2 weeks --silent  posting  scams ")
    #expect(call[members] == [UserID(100_000_000_000_000_001), UserID(100_000_000_000_000_002)])
    #expect(call[duration] == .seconds(14 * 86_400))
    #expect(call[silent])
    #expect(call[reason] == "posting  scams")
  }

  @Test func `what does not fit an optional option goes to the next`() throws {
    let call = try ban.arguments(typed: "\(ada) spam for 7d")
    #expect(call[duration] == nil)
    #expect(call[reason] == "spam for 7d")
    #expect(!call[silent])
  }

  @Test func `options can be given by name, in quotes`() throws {
    let call = try ban.arguments(typed: #"--reason "two words" --duration 1h \#(ada)"#)
    #expect(call[reason] == "two words")
    #expect(call[duration] == .seconds(3600))
  }

  @Test(arguments: [
    ("", "members: missing"), ("spam", "members: notUnderstood"), ("\(ada) 5s", "duration: tooSmall"),
    ("\(ada) --nope", "unknownOption"), ("\(ada) \"open", "unclosedQuote"),
    ("\(ada) --duration", "duration: missing"),
    ("\(ada) 1d \(String(repeating: "x", count: 51))", "reason: tooLong"),
    ("100000000000000001 100000000000000002 100000000000000003 100000000000000004", "members: tooMany"),
  ])
  func `a call that is not understood says what is wrong`(text: String, expected: String) {
    #expect(problem { _ = try ban.arguments(typed: text[...]) } == expected)
  }

  @Test func `every kind of option is read from text`() throws {
    let call = try edit.arguments(
      typed: "7 EVERYWHERE <#100000000000000005> <@&100000000000000006> 0.5")
    #expect(call[number] == 7)
    #expect(call[scope] == .everywhere)
    #expect(call[channel] == ChannelID(100_000_000_000_000_005))
    #expect(call[role] == RoleID(100_000_000_000_000_006))
    #expect(call[weight] == 0.5)
    #expect(problem { _ = try edit.arguments(typed: "7 here extra") } == "leftOver")
    #expect(problem { _ = try edit.arguments(typed: "101") } == "number: tooLarge")
  }

  @Test func `the usage says how one types it`() {
    #expect(ban.usage == "ban <members…> [duration] [--silent] [reason…]")
  }

  @Test func `the longest name wins, aliases and capitals count`() throws {
    let index = CommandIndex([ban, edit, CommandDeclaration("case")])
    #expect(index.find("case edit 7")?.command == edit)
    #expect(index.find("case 7")?.command.name == "case")
    #expect(index.find("B x")?.command == ban)
    #expect(index.find("bananas") == nil)
  }

  @Test(
    arguments: [
      (".ban x", "ban x"), ("<@1> ban x", " ban x"), ("<@1>ban", "ban"), ("...", nil), (". ban", nil),
      (".", nil),
      ("hello .ban", nil), ("<@2> ban", nil),
    ] as [(String, String?)])
  func `only what is addressed to the bot is a command`(content: String, rest: String?) {
    #expect(CommandPrefix.strip(content, prefix: ".", mentions: ["<@1>"]).map(String.init) == rest)
  }
}

@Suite struct SlashTests {
  @Test func `an option that is given by name only takes no word that follows`() throws {
    let link = CommandParameter<String>.text("link").optional.named
    let names = CommandParameter.rest("names").optional
    let list = CommandDeclaration("list", options: [link.description, names.description])
    #expect(list.usage == "list [--link …] [names…]")
    let plain = try list.arguments(typed: "ada ben")
    #expect(plain[link] == nil && plain[names] == "ada ben")
    let named = try list.arguments(typed: "--link here ada ben")
    #expect(named[link] == "here" && named[names] == "ada ben")
  }

  @Test func `a subcommand is found with its options`() throws {
    let data: JSONValue = [
      "name": "case",
      "options": [
        [
          "name": "edit", "type": 1,
          "options": [
            ["name": "number", "type": 4, "value": 7], ["name": "scope", "type": 3, "value": "everywhere"],
            ["name": "channel", "type": 7, "value": "5"], ["name": "weight", "type": 10, "value": 1],
          ],
        ]
      ],
    ]
    let (path, options) = CommandDeclaration.flatten(data)
    #expect(path == edit.path)
    let call = try edit.arguments(slash: options)
    #expect(call[number] == 7)
    #expect(call[scope] == .everywhere)
    #expect(call[channel] == ChannelID(5))
    #expect(call[weight] == 1)
  }

  @Test func `members and spans are typed as text`() throws {
    let call = try ban.arguments(slash: [
      ["name": "members", "value": .string("\(ada), \(bob)")], ["name": "duration", "value": "7d"],
    ])
    #expect(call[members].count == 2)
    #expect(call[duration] == .seconds(7 * 86_400))
  }

  @Test func `what an older registration lets through is refused`() {
    #expect(problem { _ = try edit.arguments(slash: []) } == "number: missing")
    #expect(
      problem { _ = try edit.arguments(slash: [["name": "number", "value": 1000]]) } == "number: tooLarge")
    #expect(problem { _ = try edit.arguments(slash: [["name": "gone", "value": 1]]) } == "unknownOption")
    #expect(
      problem { _ = try edit.arguments(slash: [["name": "number", "value": "x"]]) } == "number: notUnderstood"
    )
  }
}
