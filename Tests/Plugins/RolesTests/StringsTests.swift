// Every sentence that is asked for is there, and none that nobody asks for.

import DiscordCore
import PlatformCommands
import PlatformPlugins
import PlatformSettings
import Resources
import Testing

@testable import RolesPlugin

@Suite struct StringsTests {
  private let unit = PluginUnit(Roles.self)
  private let strings: StringCatalog

  init() throws { strings = try ResourceFolder(of: "RolesPlugin").catalog(language: "en") }

  @Test func `commands, options and settings have their sentences`() {
    var missing: [String] = []
    func need(_ key: String, atMost limit: Int = .max) {
      guard let sentence = strings.sentence(key) else { return missing.append(key) }
      #expect(sentence.unicodeScalars.count <= limit, "\(key) is too long")
    }
    for command in unit.commands {
      let key = "command.\(command.declaration.name)"
      need(key, atMost: 100)
      need("\(key).examples")
      for option in command.declaration.options { need("\(key).\(option.name)", atMost: 100) }
    }
    for field in unit.settingsFields {
      need("settings.\(field.name)")
      need("settings.\(field.name).help")
    }
    for permission in unit.permissions { need(permission.reason) }
    for intent in unit.intents { if case .degrade(let key) = intent.otherwise { need(key) } }
    for page in unit.pages { need("page.\(page.id)") }
    #expect(missing.isEmpty)
  }

  @Test func `every reason and problem has its sentence`() {
    let reasons: [MenuDecision.Reason] =
      [
        .lacksRequired([]), .hasForbidden(RoleID(1)), .limit(1), .bound(1), .alreadyHas(1), .doesNotHave(1),
        .gone,
      ]
      + MenuSituation.Block.allCases.map { .blocked(RoleID(1), $0) }
    for reason in reasons {
      #expect(strings.sentence("refused.\(reason.key)") != nil)
      #expect(strings.sentence("why.refused.\(reason.key)") != nil)
    }
    let problems: [MenuProblem] = [
      .noOptions, .tooManyOptions(1), .noRole(RoleID(1)), .managed(RoleID(1)), .aboveBot(RoleID(1)),
      .aboveAuthor(RoleID(1)), .powerful(RoleID(1), .administrator), .noEmoji(option: 1),
      .sameEmoji(option: 1), .noLabel(option: 1), .requiredAndForbidden(RoleID(1)), .forbidsItself(RoleID(1)),
      .circle(menus: [1]),
    ]
    for problem in problems {
      let sentence = strings(dynamic: problem.refusal.key, problem.refusal.parameters)
      #expect(!sentence.contains("⟦") && !sentence.contains("{"), "\(problem)")
    }
    for mode in MenuMode.allCases {
      #expect(strings.sentence("mode.\(mode.rawValue)") != nil)
      #expect(strings.sentence("hint.\(mode.rawValue)") != nil)
    }
    for style in MenuStyle.allCases { #expect(strings.sentence("style.\(style.rawValue)") != nil) }
    for state in BulkJob.State.allCases { #expect(strings.sentence("bulk.state.\(state.rawValue)") != nil) }
    for who in BulkJob.Who.allCases { #expect(strings.sentence("bulk.who.\(who.rawValue)") != nil) }
  }
}
