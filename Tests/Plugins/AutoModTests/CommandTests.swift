// AutoMod's commands and pages, and its rules at Discord.

@testable import AutoModPlugin
import DiscordCore
import EventLoop
import HTML
import HTTPTypes
import JSON
import PlatformAccess
import PlatformCommands
import PlatformPlugins
import PlatformSettings
import PluginTestKit
import Resources
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct AutoModCommandTests {
  private func answer(_ stage: PluginStage, _ part: String) async throws {
    try await stage.eventually("an answer with “\(part)”") {
      try await stage.messages().contains { PluginStage.text($0).contains(part) }
    }
    #expect(try await stage.messages().allSatisfy { !PluginStage.text($0).contains("⟦") })
  }

  @Test func `the test box says what every rule thinks of a text`() async throws {
    try await PluginStage.withAutoMod({ $0.words.words = ["rude"] }) { stage in
      try await stage.slash("automod test", ["text": "RUDE AND LOUD AND VERY LARGE"])
      try await answer(stage, "**Banned words**: “rude”")
      try await answer(stage, "Capitals is off, but would match")
      #expect(stage.cases.isEmpty)
    }
  }

  @Test func `words, exemptions and strictness are changed by command`() async throws {
    try await PluginStage.withAutoMod { stage in
      try await stage.slash("automod words add", ["words": "Rude, very rude*"])
      try await answer(stage, "Words added: 2")
      try await stage.slash("automod words remove", ["words": "rude"])
      try await answer(stage, "Words removed: 1")
      try await stage.slash("automod words list")
      try await answer(stage, "very rude*")
      try await stage.slash("automod words add", ["words": "..."])
      try await answer(stage, "Nothing is left of this word")
      try await stage.slash("automod exempt add", ["channel": .string("\(stage.secondChannel)")])
      try await answer(stage, "leaves <#\(stage.secondChannel)> alone")
      try await stage.slash("automod preset", ["strictness": "strict"])
      try await answer(stage, "AutoMod is strict now")
      let settings = try await stage.context(AutoMod.self).settings
      #expect(settings.words.words == ["very rude*"] && settings.exemptChannels == [stage.secondChannel])
      #expect(settings.spam.messages == 5 && settings.capitals.isOn)
      #expect(try await stage.audit("settings.change").count >= 4)
    }
  }

  @Test func `the simulation says what would have gone, and nothing goes`() async throws {
    try await PluginStage.withAutoMod({ $0.isQuiet() }) { stage in
      for index in 0..<3 { try await stage.say("a rude message \(index)") }
      try await stage.say("a kind message")
      try await stage.configure(AutoMod.self) { settings in
        settings.words.isOn = true
        settings.words.words = ["rude"]
      }
      try await stage.slash("automod simulate", ["hours": 1])
      try await answer(stage, "Of 4 messages, 3 would be gone")
      #expect(try await stage.messages().count { PluginStage.text($0).contains("a rude message") } >= 3)
    }
  }

  @Test func `rules go to Discord, follow the settings, and leave with the plugin`() async throws {
    try await PluginStage.withAutoMod(usesDiscord: true, { $0.words.words = ["rude"] }) { stage in
      let path = "/guilds/\(stage.guild)/auto-moderation/rules"
      try await stage.act(
        .post, path,
        [
          "name": "Ours since ever", "event_type": 1, "trigger_type": 1, "enabled": true,
          "trigger_metadata": ["keyword_filter": ["old"]], "actions": [["type": 1]],
        ], as: stage.owner)
      func words() async throws -> [[String]] {
        (try await stage.act(.get, path, as: stage.owner)?.array ?? []).map {
          ($0["trigger_metadata"]?["keyword_filter"]?.array ?? []).compactMap(\.string)
        }.filter { !$0.isEmpty }
      }
      try await stage.eventually("the word is at Discord") { try await words().contains(["rude"]) }
      // What Discord blocks becomes points, once.
      await #expect(throws: (any Error).self) { try await stage.say("how rude") }
      try await stage.eventually("a case") { stage.cases.count == 1 }
      #expect(stage.cases.first?.kind == .warn && stage.cases.first?.points == 1)
      try await stage.slash("automod words add", ["words": "nasty"])
      try await stage.eventually("the second follows") {
        try await words().contains { Set($0) == ["rude", "nasty"] }
      }
      try await stage.slash("automod rules")
      try await answer(stage, "**Banned words**: Discord and the bot")
      try await stage.enable("automod", false)
      try await stage.eventually("ours are gone, others are not") { try await words() == [["old"]] }
    }
  }

  @Test func `the pages show every rule, who enforces it, and what a text would meet`() throws {
    let strings = try ResourceFolder(of: "AutoModPlugin").catalog(language: "en")
    let words = ComponentStrings { $0.rawValue }
    func rendered(_ component: some HTMLComponent) -> String {
      String(decoding: HTMLWriter.bytes(strings: words) { $0.add(component) }, as: UTF8.self)
    }
    var settings = AutoModSettings()
    var rule = CustomRule()
    rule.name = "<b>own</b>"
    rule.words = ["rude"]
    rule.response.isDryRun = true
    settings.rules = [rule]
    let page = rendered(RulesView(strings: strings, settings: settings, plan: NativeAutoMod.plan(settings)))
    #expect(page.contains("Mentions") && page.contains("It counts over several messages."))
    #expect(page.contains("&lt;b&gt;own") && !page.contains("<b>own") && page.contains("on trial"))
    let opinion = try CompiledRules.explain(message("so RUDE"), under: settings)
    let box = rendered(
      TestView(
        target: PostTarget("/g/1/automod/test"), strings: strings, settings: settings, text: "so RUDE",
        opinion: opinion))
    #expect(box.contains("/g/1/automod/test") && box.contains("matches") && box.contains("so RUDE"))
    #expect(!page.contains("⟦") && !box.contains("⟦"))
  }

  @Test func `every sentence that is looked up is there`() throws {
    let strings = try ResourceFolder(of: "AutoModPlugin").catalog(language: "en")
    var keys: [String] = []
    keys += FilterKind.allCases.map { "filter.\($0.rawValue)" }
    keys += MatchSign.allCases.map { "match.\($0.rawValue)" }
    keys += BotReason.allCases.map { "native.\($0.rawValue)" }
    keys += NativeEngine.allCases.map { "engine.\($0.rawValue)" }
    keys += AutoModAction.allCases.map { "action.\($0.rawValue)" }
    keys += Preset.allCases.map { "preset.\($0.rawValue)" }
    keys += ["exempt.moderator", "exempt.role", "exempt.channel", "plugin.name", "plugin.description"]
    let unit = PluginUnit(AutoMod.self)
    for command in unit.commands {
      keys.append("command.\(command.declaration.name)")
      keys += command.declaration.options.map { "command.\(command.declaration.name).\($0.name)" }
    }
    keys += unit.pages.map { "page.\($0.id)" } + unit.permissions.map(\.reason)
    func walk(_ fields: [SettingsFieldDescription], _ path: String) {
      for field in fields {
        let key = "\(path).\(field.name)"
        keys += [key, "\(key).help"]
        walk(field.kind.record, key)
      }
    }
    walk(unit.settingsFields, "settings")
    let missing = keys.filter { strings.sentence($0) == nil }
    #expect(missing.isEmpty, "\(missing)")
    for key in strings.keys where key.hasPrefix("command.") && !key.hasSuffix("examples") {
      #expect(strings[dynamic: key].count <= 100, "\(key)")
    }
  }
}

extension AutoModSettings {
  /// Everything off.
  fileprivate mutating func isQuiet() {
    let discord = usesDiscord
    self = settings()
    usesDiscord = discord
  }
}

extension SettingsKind {
  /// The fields of a record, or of a list of records.
  fileprivate var record: [SettingsFieldDescription] {
    switch self {
    case .record(let fields): fields
    case .list(let kind, _, _), .optional(let kind): kind.record
    default: []
    }
  }
}
