// What a server can set, what it cannot, and that everything has its sentence.

import EventLoop
@testable import ModerationPlugin
import PlatformCommands
import PlatformPlugins
import PlatformSettings
import Resources
import Testing

@Suite struct SettingsTests {
  @Test func `the defaults are a document that reads back as itself`() throws {
    let settings = ModerationSettings()
    #expect(try ModerationSettings(document: settings.document) == settings)
  }

  @Test func `a step of the ladder says how long its time-out is, and which role it gives`() {
    var settings = ModerationSettings()
    func problems(_ change: (inout LadderStep) -> Void) -> [String] {
      var step = LadderStep()
      change(&step)
      settings.ladder = [step]
      do {
        _ = try ModerationSettings(document: settings.document)
        return []
      } catch {
        return error.problems.map { "\($0.path) \($0.parameters["rule"] ?? "")" }
      }
    }
    #expect(problems { _ in } == [])
    #expect(problems { $0.duration = nil } == ["ladder[0].duration settings.rule.timeoutDuration"])
    #expect(
      problems { $0.duration = .seconds(29 * 86_400) } == ["ladder[0].duration settings.rule.timeoutDuration"]
    )
    #expect(problems { ($0.action, $0.duration) = (.ban, nil) } == [])
    #expect(problems { $0.action = .role } == ["ladder[0].role settings.rule.role"])
  }

  @Test func `every command, option, setting, permission and page has its sentence`() throws {
    let unit = PluginUnit(Moderation.self)
    let catalog = try ResourceFolder(of: "ModerationPlugin").catalog(language: "en")
    var keys = ["plugin.name", "plugin.description"]
    for command in unit.commands {
      let key = "command.\(command.declaration.name)"
      keys += [key] + command.declaration.options.map { "\(key).\($0.name)" }
    }
    keys += unit.menus.map { "menu.\($0.name)" } + unit.permissions.map(\.reason)
    keys += unit.pages.map { "page.\($0.id)" }
    for intent in unit.intents { if case .degrade(let key) = intent.otherwise { keys.append(key) } }
    func add(_ fields: [SettingsFieldDescription], at path: String) {
      for field in fields {
        keys.append("settings.\(path)\(field.name)")
        var kind = field.kind
        if case .optional(let inner) = kind { kind = inner }
        if case .list(let inner, _, _) = kind { kind = inner }
        if case .record(let inner) = kind { add(inner, at: "\(path)\(field.name).") }
      }
    }
    add(unit.settingsFields, at: "")
    #expect(keys.filter { catalog.sentence($0) == nil } == [])
    for command in unit.commands {
      let key = "command.\(command.declaration.name)"
      let texts = [key] + command.declaration.options.map { "\(key).\($0.name)" }
      #expect(texts.filter { (catalog.sentence($0) ?? "").unicodeScalars.count > 100 } == [])
    }
  }

  @Test func `every kind of case has its words`() throws {
    let catalog = try ResourceFolder(of: "ModerationPlugin").catalog(language: "en")
    for kind in CaseKind.allCases {
      #expect(
        catalog.sentence("action.\(kind.rawValue)") != nil && catalog.sentence("done.\(kind.rawValue)") != nil
      )
      if NoticeSettings.Topic(rawValue: kind.rawValue) != nil {
        #expect(catalog.sentence("told.\(kind.rawValue)") != nil)
      }
    }
  }

  @Test func `the examples of a command are read as the command`() throws {
    let unit = PluginUnit(Moderation.self)
    let catalog = try ResourceFolder(of: "ModerationPlugin").catalog(language: "en")
    let index = CommandIndex(unit.commands.map(\.declaration))
    for command in unit.commands {
      let examples = catalog.sentence("command.\(command.declaration.name).examples") ?? ""
      for line in examples.split(separator: "\n") {
        // Names stand for mentions in examples.
        let typed = line.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
          if word == "@guest" { return "<@&80351110224678913>" }
          if word.hasPrefix("@") { return "<@8035111022467891\(word.utf8.count)>" }
          return word.hasPrefix("#") ? "<#80351110224678914>" : String(word)
        }.joined(separator: " ")
        let found = try #require(index.find(typed[...]), "\(line)")
        #expect(found.command.path.first == command.declaration.path.first, "\(line)")
        #expect(throws: Never.self, "\(line)") { try found.command.arguments(typed: found.rest) }
      }
    }
  }
}
