// One typed value and everything that comes from its fields.

import DiscordCore
import JSON
import PlatformSettings
import Testing

@Suite struct SettingsTests {
  private func problems(_ document: JSONValue) -> [String] {
    do throws(SettingsProblems) {
      _ = try SampleSettings(document: document)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `an empty document means the defaults`() throws {
    #expect(try SampleSettings(document: [:]) == SampleSettings())
  }

  @Test func `a document is read back as it was written`() throws {
    var settings = SampleSettings()
    settings.channel = ChannelID(5)
    settings.roles = [RoleID(2), RoleID(1)]
    settings.ladder = [SampleStep(points: 3, action: .timeout, duration: .seconds(60))]
    let bytes = try settings.document.encoded()
    #expect(try SampleSettings(document: JSONValue(parsing: bytes)) == settings)
  }

  @Test func `everything that is wrong is told at once, each at its place`() {
    let found = problems([
      "isOn": "yes", "mesage": "hi", "message": "", "roles": ["1", "1"], "weight": 2, "color": "red",
      "ladder": [["points": 0], ["action": "explode"], ["action": "timeout"]],
    ])
    #expect(
      found == [
        "isOn: wrongType", "mesage: unknownField", "message: tooShort", "roles[1]: twice", "weight: tooLarge",
        "color: wrongType", "ladder[0].points: tooSmall", "ladder[1].action: notAChoice",
        "ladder[2].duration: rule",
      ])
  }

  @Test func `length counts what Discord counts`() {
    #expect(problems(["message": .string(String(repeating: "é", count: 20))]).isEmpty)
    #expect(problems(["message": .string(String(repeating: "👩‍👩‍👧", count: 5))]) == ["message: tooLong"])
  }

  @Test func `a stored document of an older version is upgraded`() {
    let (settings, problems) = SampleSettings.stored(["text": "Hello"], version: 1)
    #expect(settings.message == "Hello")
    #expect(problems.isEmpty)
  }

  @Test func `what no longer fits has its default and is reported`() {
    let (settings, problems) = SampleSettings.stored(
      ["weight": 7, "message": "Hello", "gone": 1], version: 2)
    #expect(settings.weight == 0.5)
    #expect(settings.message == "Hello")
    #expect(problems.map(\.description) == ["weight: tooLarge"])
  }

  @Test func `an export is imported whole or not at all`() throws {
    var settings = SampleSettings()
    settings.weight = 0.25
    #expect(try SampleSettings.imported(settings.exported(plugin: "sample"), plugin: "sample") == settings)
    #expect(
      try SampleSettings.imported(
        ["plugin": "sample", "version": 1, "settings": ["text": "Hello"]], plugin: "sample"
      ).message == "Hello")
    for refused: JSONValue in [
      settings.exported(plugin: "other"), [:], ["plugin": "sample", "version": 3, "settings": [:]],
      ["plugin": "sample", "version": 2, "settings": ["weight": 9]],
    ] {
      #expect(throws: SettingsProblems.self) { try SampleSettings.imported(refused, plugin: "sample") }
    }
  }

  @Test func `the difference names the smallest fields`() {
    var before = SampleSettings()
    before.ladder = [SampleStep(), SampleStep(points: 2)]
    var after = before
    after.channel = ChannelID(9)
    after.roles = [RoleID(1)]
    after.ladder[1].points = 5
    after.ladder.append(SampleStep(points: 9))
    let changes = SettingsDifference.between(
      before.document, after.document, SampleSettings.fields.descriptions)
    #expect(
      changes.map(\.path.description) == ["channel", "roles", "ladder[1].points", "ladder[2]"])
    #expect(changes[0].before == .null)
    #expect(changes[2].after == 5)
    #expect(changes[3].before == Optional.none)
  }

  @Test(arguments: [
    ("isOn", "off"), ("channel", "<#77>"), ("channel", "none"), ("roles", "<@&5>, 6"), ("weight", "0.75"),
    ("color", "00ff00"), ("message", "Hi {user}"), ("ladder[0].duration", "1h30m"),
    ("ladder[0].action", "BAN"),
    ("ladder", #"[{"points":4}]"#),
  ])
  func `a field is set by its path and a typed text`(path: String, text: String) throws {
    var settings = SampleSettings()
    settings.ladder = [SampleStep()]
    let changed = try settings.setting(path, typed: text)
    let changes = SettingsDifference.between(
      settings.document, changed.document, SampleSettings.fields.descriptions)
    #expect(text == "none" ? changes.isEmpty : changes.count == 1)
  }

  @Test(arguments: [
    ("nothing", "1"), ("ladder[7].points", "1"), ("ladder[x].points", "1"), ("isOn.deeper", "1"),
    ("isOn", "maybe"), ("weight", "nan"), ("ladder", "[{"), ("channel", "general"), ("roles", "1,,x"),
  ])
  func `a path or text that means nothing changes nothing`(path: String, text: String) {
    #expect(throws: SettingsProblems.self) { try SampleSettings().setting(path, typed: text) }
  }

  @Test func `the schema says what the decoder says`() throws {
    let schema = SampleSettings.fields.jsonSchema(title: "Sample")
    #expect(schema["properties"]?["weight"]?["maximum"] == .double(1))
    #expect(schema["properties"]?["ladder"]?["items"]?["additionalProperties"] == false)
    #expect(schema["properties"]?["channel"]?["anyOf"]?.array?.count == 2)
  }
}
