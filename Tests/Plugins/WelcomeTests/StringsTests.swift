// Every sentence that is asked for is there.

import DiscordCore
import PlatformCommands
import PlatformPlugins
import PlatformSettings
import Resources
import Testing

@testable import WelcomePlugin

@Suite struct StringsTests {
  private let unit = PluginUnit(Welcome.self)
  private let strings: StringCatalog

  init() throws { strings = try ResourceFolder(of: "WelcomePlugin").catalog(language: "en") }

  @Test func `commands, pages, permissions and all settings have their sentences`() {
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
    func needFields(_ fields: [SettingsFieldDescription], _ path: String) {
      for field in fields {
        need("\(path).\(field.name)")
        need("\(path).\(field.name).help")
        switch field.kind {
        case .record(let inner), .list(.record(let inner), _, _): needFields(inner, "\(path).\(field.name)")
        default: break
        }
      }
    }
    needFields(unit.settingsFields, "settings")
    for permission in unit.permissions { need(permission.reason) }
    for intent in unit.intents { if case .degrade(let key) = intent.otherwise { need(key) } }
    for page in unit.pages { need("page.\(page.id)") }
    for occasion in Occasion.allCases {
      need("greeting.\(occasion.rawValue)")
      need("together.\(occasion.rawValue).more")
      need("why.greeted.\(occasion.rawValue)")
      need("card.\(occasion.rawValue).headline")
    }
    for source in RoleWish.Source.allCases { need("reason.\(source.rawValue)") }
    #expect(missing.isEmpty)
  }

  @Test func `the defaults are valid, and what contradicts itself is not`() throws {
    #expect(throws: Never.self) { try WelcomeSettings(document: WelcomeSettings().document) }
    var settings = WelcomeSettings()
    (settings.rules.gives, settings.rules.takes) = (RoleID(1), RoleID(1))
    settings.autoRoles = [AutoRole()]
    let problems = #expect(throws: SettingsProblems.self) { try WelcomeSettings(document: settings.document) }
    #expect(problems?.problems.map(\.description) == ["autoRoles[0].role: rule", "rules.takes: rule"])
  }
}
