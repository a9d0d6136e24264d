// The names that third-party plugins' commands get in a server.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import SandboxContract
import Testing

@testable import SandboxDiscord

@Suite struct InteractionsCommandsTests {
  private func plugin(
    _ id: String, _ commands: [JSONValue], isEnabled: Bool = true
  ) -> GuestInstallation {
    var manifest = GuestManifest(id: id, name: id, version: "1.0.0")
    manifest.commands = commands.map {
      GuestManifest.Command(
        name: $0["name"]?.string ?? "", definition: $0.object ?? JSONObject(), defersOnDispatch: nil)
    }
    return GuestInstallation(
      guild: GuildID(1), release: GuestRelease(manifest: manifest, digest: "0"), grants: GuestGrants(),
      isEnabled: isEnabled, installedAt: Timestamp(milliseconds: 0))
  }

  @Test func `the first plugin keeps a name, the second gets it behind its own, and so do reserved names`() {
    let commands = GuestCommands(
      [
        plugin("raffles", [["name": "Draw", "description": "Draws"], ["name": "ban", "description": "x"]]),
        plugin("lottery", [["name": "draw", "description": "Draws too"]]),
        plugin("off", [["name": "away", "description": "x"]], isEnabled: false),
      ], reserved: ["ban"])
    #expect(commands.definitions.map(\.name) == ["draw", "raffles-ban", "lottery-draw"])
    #expect(commands.leftOut == [])
    #expect(commands.owner(of: "draw")?.plugin == "raffles")
    #expect(commands.owner(of: "draw")?.command.name == "Draw")
    #expect(commands.owner(of: "lottery-draw")?.plugin == "lottery")
    #expect(commands.owner(of: "lottery-draw")?.command.name == "draw")
    #expect(commands.owner(of: "raffles-ban")?.command.name == "ban")
    #expect(commands.owner(of: "ban") == nil && commands.owner(of: "away") == nil)
  }

  @Test func `definitions are read with their options, and without what has no place in a server`() throws {
    let commands = GuestCommands(
      [
        plugin(
          "shop",
          [
            [
              "name": "buy", "description": "", "default_member_permissions": "32", "defer_on_dispatch": true,
              "contexts": [1], "integration_types": [1], "handler": 2, "surprise": "x",
              "name_localizations": ["de": "kaufen"],
              "options": [
                [
                  "type": 1, "name": "item", "description": "An item",
                  "options": [
                    [
                      "type": 3, "name": "what", "description": "", "required": true, "autocomplete": true,
                      "surprise": 1,
                    ]
                  ],
                ]
              ],
            ]
          ])
      ], reserved: [])
    let definition = try #require(commands.definitions.first)
    #expect(definition.description == "No description")
    #expect(definition.defaultMemberPermissions == Permissions(rawValue: 32))
    #expect(definition.contexts == nil && definition.integrationTypes == nil && definition.handler == nil)
    #expect(definition.nameLocalizations == [:])
    #expect(definition.unknownFields == UnknownFields())
    let option = try #require(definition.options.first?.options.first)
    #expect(option.name == "what" && option.isRequired && !option.isAutocompleted)
    #expect(option.description == "No description")
    #expect(option.unknownFields == UnknownFields())
  }

  @Test(
    arguments: [
      (["name": "bad name", "description": "x"], "name"),
      (["name": "x", "description": .string(String(repeating: "x", count: 101))], "description"),
      (
        [
          "name": "x", "description": "x",
          "options": [
            ["type": 3, "name": "a", "description": "x"],
            ["type": 3, "name": "b", "description": "x", "required": true],
          ],
        ], "required"
      ),
      (["name": "x", "description": "x", "options": [["type": 3]]], "options"),
      (
        ["name": "x", "description": "x", "options": [["type": 99, "name": "a", "description": "x"]]], "type"
      ),
      (
        [
          "name": "x", "description": "x",
          "options": [["type": 3, "name": "a", "description": "x", "choices": [["name": "one"]]]],
        ], "choices"
      ),
    ] as [(JSONValue, String)])
  func `one bad command is left out with a reason, and the others stay`(bad: JSONValue, word: String) throws {
    let commands = GuestCommands(
      [plugin("shop", [bad, ["name": "fine", "description": "Fine"]])], reserved: [])
    #expect(commands.definitions.map(\.name) == ["fine"])
    let left = try #require(commands.leftOut.first)
    #expect(left.plugin == "shop" && left.reason.contains(word), "\(left.reason)")
  }

  @Test func `what finds no name or no room is left out`() {
    let long = "a_rather_long_plugin_name"
    let commands = GuestCommands(
      [
        plugin("first", [["name": "same", "description": "x"], ["name": "same", "description": "y"]]),
        plugin(long, [["name": "same", "description": "x"], ["name": "leaderboards", "description": "x"]]),
        plugin("third", [["name": "late", "description": "x"], ["name": "later", "description": "x"]]),
      ], reserved: ["leaderboards"], room: 2)
    #expect(commands.definitions.map(\.name) == ["same", "\(long)-same"])
    #expect(
      commands.leftOut.map { "\($0.plugin) \($0.name)" } == [
        "first same", "\(long) leaderboards", "third late", "third later",
      ])
  }
}
