// What a settings form shows: problems, strangers' texts, what is gone, and everything to those who may only look.

import Dashboard
import DiscordCore
import HTML
import JSON
import ModerationPlugin
import PlatformSettings
import Resources
import TestKit
import Testing
import WelcomePlugin

@Suite struct `A settings form shows` {
  let strings: ComponentStrings
  let words: SettingsWords
  let stage = FormStage.moderation

  init() throws {
    strings = try DashboardResources.load().english.componentStrings
    words = try stage.words()
  }

  private func page(_ form: SettingsForm) -> String {
    String(decoding: FormStage.page(form, strings), as: UTF8.self)
  }

  @Test func `to viewers all values, and lets them change none`() throws {
    var settings = ModerationSettings()
    settings.ladder = [LadderStep()]
    let form = stage.form(settings.document, words: words, isReadOnly: true)
    let read = try BrowserForm(FormStage.page(form, strings))
    #expect(read.pairs().isEmpty)
    #expect(read.controls.allSatisfy { $0.isDisabled })
    #expect(read.controls.contains { $0.name == "ladder[0].threshold" && $0.attributes["value"] == "3" })
    #expect(!read.controls.contains { $0.attributes["type"] == "submit" })
  }

  @Test func `problems at their fields, and above with links`() throws {
    var settings = ModerationSettings()
    settings.ladder = [LadderStep(), LadderStep()]
    settings.ladder[1].duration = .seconds(40 * 86_400)
    settings.appeals.questions = ["short", String(repeating: "long", count: 20)]
    var problems: [SettingsProblem] = []
    do { try stage.check(settings.document) } catch let found as SettingsProblems {
      problems = found.problems
    }
    // The ladder's rule is looked at when every field is right.
    #expect(problems.map(\.path.description) == ["ladder[1].duration", "appeals.questions[1]"])
    let html = page(stage.form(settings.document, problems: problems, words: words))
    #expect(html.contains("Escalation ladder › 2 › For</a>: A time-out lasts"))
    #expect(html.contains("Entry 2: This is too long: 45 characters at most."))
    let read = try BrowserForm(Array(html.utf8))
    let wrong = read.controls.filter { $0.attributes["aria-invalid"] != nil }.compactMap(\.name)
    #expect(wrong == ["ladder[1].duration", "appeals.questions"])
    for link in read.tags.compactMap({ $0.attributes["href"] }) where link.hasPrefix("#") {
      #expect(read.tags.contains { $0.attributes["id"] == String(link.dropFirst()) }, "\(link) leads nowhere")
    }
  }

  @Test func `problems of groups and lists with links that lead there`() throws {
    for stage in FormStage.all {
      let problems = stage.fields.map { SettingsProblem(SettingsPath().field($0.name), .rule) }
      let form = stage.form(stage.defaults, problems: problems, words: try stage.words())
      let read = try BrowserForm(FormStage.page(form, strings))
      let ids = Set(read.tags.compactMap { $0.attributes["id"] })
      let links = read.tags.compactMap { $0.attributes["href"]?.dropFirst() }
      #expect(links.count == min(problems.count, 50))
      for link in links { #expect(ids.contains(String(link)), "\(link) leads nowhere") }
    }
  }

  @Test func `limits in the words of the setting`() throws {
    let problem = SettingsProblem(SettingsPath().field("banDeletes"), .tooLarge, ["limit": "604800"])
    #expect(words.sentence(problem, fields: stage.fields) == "This is too large: 1 week at most.")
    let nowhere = SettingsProblem(SettingsPath().field("nothing"), .unknownField)
    #expect(words.sentence(nowhere, fields: stage.fields) == "There is no such setting.")
  }

  @Test func `channels and roles that are gone, and keeps them`() throws {
    var settings = ModerationSettings()
    settings.logChannel = ChannelID(404)
    settings.protectedRoles = [RoleID(405), RoleID(21)]
    let html = page(stage.form(settings.document, words: words))
    #expect(html.contains("deleted channel (404)"))
    #expect(html.contains("deleted role (405)"))
    let reading = try stage.sent(settings.document, words: words, strings: strings)
    #expect(reading.document == settings.document)
  }

  @Test func `only channels of the types that fit, under their categories`() throws {
    let read = try BrowserForm(FormStage.page(stage.form(stage.defaults, words: words), strings))
    let select = try #require(read.controls.first { $0.name == "logChannel" })
    #expect(select.options.map(\.value) == ["", "1", "14", "11", "12"])
    #expect(select.attributes["data-picker"] == "channel")
    let any = try #require(read.controls.first { $0.name == "lockdown.exemptChannels" })
    #expect(Set(any.options.map(\.value)) == ["1", "10", "11", "12", "13", "14"])
    let roles = try #require(read.controls.first { $0.name == "protectedRoles" })
    #expect(roles.options.map(\.value) == ["21", "22", "20"], "the highest first")
  }

  @Test func `strangers' texts as texts`() throws {
    let hostile = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{user}\u{202E}"
    var settings = WelcomeSettings()
    settings.join.texts = [hostile]
    settings.rules.title = hostile
    let stage = FormStage.welcome
    let choices = GuildChoices(channels: [.init(ChannelID(1), name: hostile, type: 0)])
    let form = SettingsForm(
      fields: stage.fields, document: settings.document, words: try stage.words(), choices: choices)
    let html = page(form)
    #expect(!html.contains("<script"))
    #expect(!html.contains("<img"))
    let pairs = try BrowserForm(Array(html.utf8)).pairs()
    #expect(try stage.read(pairs, stored: settings.document).document == settings.document)
  }

  @Test func `a readable name where the catalog has none`() throws {
    let empty = StringCatalog(language: "xx", sentences: [:])
    let bare = SettingsWords(plugin: empty, core: empty, page: empty)
    #expect(bare.label("ladder.isOn") == "Is on")
    #expect(bare.label("") == "")
    #expect(bare.choice("allButAllowed", of: "links.policy") == "All but allowed")
    #expect(SettingsWords.readable("BAN_MEMBERS") == "Ban members")
    _ = page(stage.form(stage.defaults, words: bare))
  }

  @Test func `changes in words`() throws {
    var (old, new) = (ModerationSettings(), ModerationSettings())
    old.ladder = [LadderStep(), LadderStep()]
    new.ladder = old.ladder
    new.ladder[1].duration = .seconds(86_400 + 7_200)
    new.logChannel = ChannelID(11)
    new.requiresReason = true
    new.protectedRoles = [RoleID(21), RoleID(404)]
    new.points.decay = .halfLife
    let changes = SettingsDifference.between(old.document, new.document, stage.fields)
    let described = changes.map { words.describe($0, fields: stage.fields, choices: FormStage.choices) }
    #expect(
      described.map { "\($0.label): \($0.before ?? "-") -> \($0.after ?? "-")" } == [
        "Mod log channel: Not set -> #mod-log", "A reason is required: Off -> On",
        "Points › Points with time: They end -> They are halved",
        "Escalation ladder › 2 › For: 1 hour -> 1 day 2 hours",
        "Protected roles: none -> @Moderator, deleted role (404)",
      ])
    let view = SettingsDifferenceView(
      changes, fields: stage.fields, words: words, choices: FormStage.choices)
    let html = String(decoding: HTMLWriter.bytes(strings: strings) { $0.add(view) }, as: UTF8.self)
    #expect(html.contains("Escalation ladder › 2 › For"))
    #expect(html.contains("1 day 2 hours"))
    let removed = SettingsDifference.between(new.document, ModerationSettings().document, stage.fields)
    let gone = removed.map { words.describe($0, fields: stage.fields, choices: FormStage.choices) }
    #expect(gone.contains { $0.label == "Escalation ladder › 1" && $0.after == nil })
  }
}
