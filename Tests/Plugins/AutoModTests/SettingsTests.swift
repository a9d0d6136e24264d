// The settings: defaults, documents, and what their author is told.

import AutoModPlugin
import JSON
import PlatformSettings
import Testing

@Suite struct SettingsTests {
  @Test("A document comes back as it was, defaults and all")
  func roundTrip() throws {
    var settings = AutoModSettings()
    var rule = CustomRule()
    (rule.name, rule.words, rule.accountYoungerThan) = ("One", ["x", "*y*"], .seconds(86_400))
    settings.rules = [rule]
    settings.words.discordLists = [.slurs]
    settings.heat.decayPerSecond = 2.5
    #expect(try AutoModSettings(document: settings.document) == settings)
    #expect(try AutoModSettings(document: AutoModSettings().document) == AutoModSettings())
    #expect(try AutoModSettings.imported(settings.exported(plugin: "automod"), plugin: "automod") == settings)
  }

  @Test(
    "What is wrong is named where it is",
    arguments: [
      ("words.patterns", "ok, a(b", "words.patterns[1]", "pattern.missingParenthesis"),
      ("words.patterns", "(?=x)", "words.patterns[0]", "pattern.unsupported"),
      ("words.words", "fine, ***", "words.words[1]", "problem.noWord"),
      ("links.denied", "evil.com, no domain", "links.denied[1]", "problem.noDomain"),
      ("scams.domains", "https://evil.com/path", "scams.domains[0]", "problem.noDomain"),
      ("rules", "[{\"name\": \"empty\"}]", "rules[0]", "problem.emptyRule"),
    ])
  func problems(path: String, text: String, place: String, rule: String) {
    let problems = #expect(throws: SettingsProblems.self) { try AutoModSettings().setting(path, typed: text) }
    #expect(problems?.problems.map(\.path.description) == [place])
    #expect(problems?.problems.first?.parameters["rule"] == rule)
  }

  @Test("Fields can be typed one by one")
  func typed() throws {
    let settings = try AutoModSettings().setting("spam.window", typed: "10s")
      .setting("spam.response.actions", typed: "delete, ban").setting("links.policy", typed: "denied")
    #expect(settings.spam.window == .seconds(10))
    #expect(settings.spam.response.actions == [.delete, .ban])
    #expect(settings.links.policy == .denied)
  }

  @Test("Every rule has a policy, and the list of rules names them all")
  func policies() {
    var settings = AutoModSettings()
    settings.rules = [CustomRule()]
    #expect(settings.ruleNames.count == FilterKind.allCases.count + 1)
    #expect(settings.policy(of: .filter(.capitals)).isOn == false)
    #expect(settings.policy(of: .filter(.spam)).response == settings.spam.response)
    #expect(settings.policy(of: .custom(0, "")).isOn)
    #expect(!settings.policy(of: .custom(9, "")).isOn)
  }
}
