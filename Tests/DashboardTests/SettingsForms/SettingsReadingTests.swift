// What people type, press and send, and what strangers send instead.

import Dashboard
import HTML
import HTTPServer
import JSON
import ModerationPlugin
import PlatformSettings
import TestKit
import Testing

@Suite struct `Reading a settings form` {
  let strings: ComponentStrings
  let stage = FormStage.moderation
  let words: SettingsWords
  /// Two steps of the ladder, two routes.
  let document: JSONValue

  init() throws {
    strings = try DashboardResources.load().english.componentStrings
    words = try stage.words()
    var settings = ModerationSettings()
    var ban = LadderStep()
    (ban.action, ban.threshold, ban.duration) = (.ban, 6, nil)
    settings.ladder = [LadderStep(), ban]
    settings.appeals.isOn = true
    settings.appeals.questions = ["Why?", "And now?"]
    document = settings.document
  }

  private func read(
    pressing button: (String, String)? = nil, _ change: (inout [(name: String, value: String)]) throws -> Void
  ) throws -> SettingsFormReader.Reading {
    var pairs = try BrowserForm(FormStage.page(stage.form(document, words: words), strings))
      .pairs(pressing: button.map { (name: $0.0, value: $0.1) })
    try change(&pairs)
    return try stage.read(pairs, stored: document)
  }

  @Test(arguments: [
    ("10m", 600), ("7 days", 604_800), ("1.5h", 5_400), ("1,5 h", 5_400), ("1h, 30m", 5_400),
    ("1w2d", 777_600),
  ]) func `takes a span of time as people type it`(_ text: String, _ seconds: Int64) throws {
    let reading = try read { try $0.type(text, into: "ladder[0].duration") }
    #expect(reading.problems.isEmpty)
    #expect(reading.document.at("ladder[0].duration") == .integer(seconds))
  }

  @Test(arguments: [
    ("1,5", 1.5), ("1.5", 1.5), ("3", 3), (" 12 ", 12), ("0,125", 0.125), ("4.125", 4.125), ("1.000", 1),
  ]) func `takes a point or a comma before a fraction`(_ text: String, _ number: Double) throws {
    let reading = try read { try $0.type(text, into: "ladder[0].threshold") }
    #expect(reading.problems.isEmpty)
    #expect(reading.document.at("ladder[0].threshold") == .double(number))
  }

  @Test(arguments: [
    ("ladder[0].threshold", "1,000"), ("ladder[0].threshold", "1,000.5"), ("ladder[0].threshold", "nan"),
    ("ladder[0].threshold", "0x10"), ("ladder[0].threshold", "1e999"), ("ladder[0].threshold", "many"),
    ("points.days", "1,5"), ("points.days", "1 000"), ("points.days", ""), ("points.days", "٣"),
    ("ladder[0].duration", "10"), ("ladder[0].duration", "soon"), ("ladder[0].duration", "-5m"),
    ("banDeletes", String(repeating: "9", count: 5_000)),
  ]) func `refuses what it cannot read, and shows it again`(_ name: String, _ text: String) throws {
    let reading = try read { try $0.type(text, into: name) }
    try #require(reading.problems.map(\.path.description) == [name])
    #expect(reading.problems.map(\.kind) == [.wrongType])
    #expect(reading.document.at(name) == document.at(name), "what was stored stays")
    let page = FormStage.page(
      stage.form(reading.document, problems: reading.problems, typed: reading.typed, words: words), strings)
    let form = try BrowserForm(page)
    #expect(form.pairs().first { $0.name == name }?.value == text)
    let control = try #require(form.controls.first { $0.name == name })
    #expect(control.attributes["aria-invalid"] == "true")
    let link = form.tags.first { $0.attributes["href"] == "#\(control.attributes["id"] ?? "")" }
    #expect(link?.name == "a", "the list above leads to the field")
  }

  @Test func `clears optional settings that are left empty`() throws {
    let reading = try read {
      try $0.type("", into: "ladder[0].duration")
      try $0.type("", into: "ladder[0].role")
    }
    #expect(reading.document.at("ladder[0].duration") == .null)
    #expect(reading.problems.isEmpty)
    #expect(throws: SettingsProblems.self) { try stage.check(reading.document) }
  }

  @Test func `knows that an unticked switch is off`() throws {
    let reading = try read { $0.removeAll { ["recordsManualActions", "appeals.isOn"].contains($0.name) } }
    #expect(reading.document.at("recordsManualActions") == false)
    #expect(reading.document.at("appeals.isOn") == false)
    #expect(reading.document.at("keepsContent") == true)
  }

  @Test func `keeps what is not in the form`() throws {
    let reading = try stage.read([], stored: document)
    #expect(reading.document == document)
    let part = try stage.read(
      [(".record", ""), ("points.days", "5"), ("requiresReason", "on")], stored: document)
    #expect(part.document.at("requiresReason") == true)
    #expect(part.document.at("points") == document.at("points"), "the group was not in the form")
    #expect(part.document.at("ladder") == document.at("ladder"))
  }

  @Test func `adds a row with the defaults of its kind`() throws {
    let reading = try read(pressing: ("list-add", "ladder")) { _ in }
    #expect(reading.changedList?.description == "ladder")
    #expect(reading.document.at("ladder")?.array?.count == 3)
    #expect(reading.document.at("ladder[2]") == LadderStep().document)
    #expect(reading.problems.isEmpty)
  }

  @Test func `removes and moves rows, with what was typed in them`() throws {
    let removed = try read(pressing: ("list-remove", "ladder[0]")) {
      try $0.type("soon", into: "ladder[1].window")
    }
    #expect(removed.document.at("ladder")?.array?.count == 1)
    #expect(removed.document.at("ladder[0].action") == "ban")
    #expect(removed.typed["ladder[0].window"] == "soon")
    #expect(removed.problems.map(\.path.description) == ["ladder[0].window"])
    let up = try read(pressing: ("list-up", "ladder[1]")) { _ in }
    #expect(up.document.at("ladder[0].action") == "ban")
    #expect(up.document.at("ladder[1].action") == "timeout")
    let down = try read(pressing: ("list-down", "ladder[0]")) { _ in }
    #expect(down.document == up.document)
    for still in [("list-up", "ladder[0]"), ("list-down", "ladder[1]")] {
      #expect(try read(pressing: still) { _ in }.document == document)
    }
  }

  @Test func `takes rows in the order in which they are sent, whatever their numbers`() throws {
    let reading = try read { pairs in
      pairs = pairs.map { pair in
        let name = pair.name.hasPrefix("ladder[0]") ? "ladder[41]" + pair.name.dropFirst(9) : pair.name
        let value = pair.value.hasPrefix("ladder[0]") ? "ladder[41]" + pair.value.dropFirst(9) : pair.value
        return (name: name, value: value)
      }
    }
    #expect(reading.document == document)
  }

  @Test func `reads lines, without empty ones and spaces around`() throws {
    let reading = try read { try $0.type(" One? \r\n\r\nTwo?\r\n", into: "appeals.questions") }
    #expect(reading.document.at("appeals.questions") == ["One?", "Two?"])
    let many = try read { try $0.type("1\n2\n3\n4\n5\n6", into: "appeals.questions") }
    #expect(many.problems.map(\.kind) == [.tooMany])
    #expect(many.typed["appeals.questions"] == "1\n2\n3\n4\n5\n6")
  }

  @Test(arguments: [
    ("list-remove", "ladder[999999999]"), ("list-up", "ladder[-1]"), ("list-add", "nothing"),
    ("list-add", "points"), ("list-add", ""), ("list-down", "ladder[0"), ("list-add", "ladder[0].measure"),
  ]) func `does nothing for a button that is not there`(_ name: String, _ value: String) throws {
    let reading = try read { $0.append((name, value)) }
    #expect(reading.document == document)
    #expect(reading.changedList == nil)
  }

  @Test(arguments: [
    "ladder[999999999]", "ladder[99999999999999999999]", "ladder[-1]", "ladder[]", "ladder[1", "ladder[01x]",
    "ladder[0][0]", "[", "]", "", "ladder[٣]", String(repeating: "[", count: 100_000),
  ]) func `refuses a row with a number that no form has`(_ row: String) throws {
    let reading = try read {
      $0.append((".row", row))
      $0.append((".record", row))
      $0.append(("\(row).threshold", "5"))
    }
    #expect(reading.document == document)
  }

  @Test func `takes no more rows than the list may have`() throws {
    let reading = try read { pairs in
      for index in 100..<5_000 { pairs.append((".row", "ladder[\(index)]")) }
    }
    #expect(reading.document.at("ladder")?.array?.count == 20)
    #expect(reading.problems.map(\.kind) == [.tooMany])
  }

  @Test func `survives anything under its own names`() throws {
    var random = SplitMix(state: 3)
    let pairs = try BrowserForm(FormStage.page(stage.form(document, words: words), strings)).pairs()
    let noise = [
      "", "on", "-", "\u{202E}", "ladder[0]", "9223372036854775808", "-0", "1e-400", "[[[", "null",
    ]
    for _ in 0..<60 {
      var pairs = pairs
      for _ in 0..<20 {
        let index = Int.random(in: 0..<pairs.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: pairs[index].value = noise.randomElement(using: &random) ?? ""
        case 1: pairs.remove(at: index)
        case 2: pairs.append(pairs[index])
        default: pairs.swapAt(index, Int.random(in: 0..<pairs.count, using: &random))
        }
      }
      let reading = try stage.read(pairs, stored: document)
      // Whatever came, a page can be made of it.
      let form = stage.form(reading.document, problems: reading.problems, typed: reading.typed, words: words)
      _ = try BrowserForm(FormStage.page(form, strings))
    }
  }

  @Test func `leaves rows that are too many to show where they are`() throws {
    let stage = FormStage.core
    let words = try stage.words()
    var document = try #require(stage.defaults.object)
    let rule = try #require(
      stage.fields.last.flatMap { field -> JSONValue? in
        guard case .list(.record(let fields), _, _) = field.kind else { return nil }
        return .object(JSONObject(fields: fields.map { .init(key: $0.name, value: $0.initial) }))
      })
    document["commands"] = .array(
      (0..<130).map { index in
        var rule = rule.object ?? JSONObject()
        rule["command"] = .string("command \(index)")
        return .object(rule)
      })
    let stored = JSONValue.object(document)
    let reading = try stage.sent(stored, words: words, strings: strings)
    #expect(reading.document == stored)
    let fewer = try stage.sent(
      stored, words: words, strings: strings, pressing: ("list-remove", "commands[0]"))
    #expect(fewer.document.at("commands")?.array?.count == 129)
    #expect(fewer.document.at("commands[128].command") == "command 129")
    let added = try stage.sent(stored, words: words, strings: strings) { $0.append(("list-add", "commands")) }
    #expect(added.document == stored)
    #expect(added.problems.map(\.kind) == [.tooMany])
  }
}
