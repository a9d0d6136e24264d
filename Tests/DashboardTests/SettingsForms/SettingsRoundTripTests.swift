// From a document to a form, to what a browser sends, and back.

import Dashboard
import Glibc
import HTML
import JSON
import PlatformSettings
import Resources
import TestKit
import Testing

@Suite struct `A settings form` {
  let strings: ComponentStrings

  init() throws { strings = try DashboardResources.load().english.componentStrings }

  @Test(arguments: FormStage.all) func `sends the defaults back as they are`(_ stage: FormStage) throws {
    let reading = try stage.sent(stage.defaults, words: stage.words(), strings: strings)
    #expect(reading.problems.isEmpty)
    #expect(reading.changedList == nil)
    #expect(try reading.document.bytes == stage.defaults.bytes)
    try stage.check(reading.document)
  }

  @Test(arguments: FormStage.all) func `sends any document back as it is`(_ stage: FormStage) throws {
    var random = RandomSettings(generator: SplitMix(state: 20_261_128), choices: FormStage.choices)
    let words = try stage.words()
    for round in 0..<documents {
      let document = random.document(stage.fields)
      let reading = try stage.sent(document, words: words, strings: strings)
      try #require(reading.problems.isEmpty, "round \(round): \(reading.problems)")
      let (before, after) = (try document.bytes, try reading.document.bytes)
      if before != after {
        Issue.record("round \(round):\n\(document)\n\(reading.document)")
        return
      }
    }
  }

  @Test(arguments: FormStage.all) func `says no fallback for any field or choice`(_ stage: FormStage) throws {
    let words = try stage.words()
    let catalog = try ResourceFolder(of: stage.target).catalog(language: "en")
    for (key, kind) in described(stage.fields, under: "") {
      #expect(catalog.sentence("settings.\(key)") != nil, "no label: \(key)")
      #expect(catalog.sentence("settings.\(key).help") != nil, "no help: \(key)")
      for choice in choices(of: kind) {
        let field = key.split(separator: ".").last.map(String.init) ?? ""
        let own = catalog.sentence("settings.\(key).choice.\(choice)")
        #expect(own ?? catalog.sentence("choice.\(field).\(choice)") != nil, "no name: \(key) \(choice)")
        #expect(words.choice(choice, of: key) == own ?? catalog.sentence("choice.\(field).\(choice)"))
      }
    }
  }

  @Test(arguments: FormStage.all) func `refers only to what is there, and names everything`(
    _ stage: FormStage
  ) throws {
    var random = RandomSettings(generator: SplitMix(state: 7), choices: FormStage.choices)
    let form = stage.form(random.document(stage.fields), words: try stage.words())
    let page = try BrowserForm(FormStage.page(form, strings))
    let ids = page.tags.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count, "an id stands twice")
    let known = Set(ids)
    for tag in page.tags {
      for attribute in [
        "for", "aria-describedby", "aria-labelledby", "data-count-in", "data-color-of", "data-insert-into",
        "data-duration-hint",
      ] {
        for id in (tag.attributes[attribute] ?? "").split(separator: " ") where !known.contains(String(id)) {
          Issue.record("\(tag.name) \(attribute) refers to \(id), which is not there")
        }
      }
    }
    let names = Set(page.controls.compactMap(\.name))
    for tag in page.tags {
      guard let name = tag.attributes["data-when-field"] else { continue }
      #expect(names.contains(name), "a condition on \(name), which is not there")
    }
    #expect(!String(decoding: FormStage.page(form, strings), as: UTF8.self).contains("⟦"))
  }

  private func described(_ fields: [SettingsFieldDescription], under key: String) -> [(String, SettingsKind)]
  {
    fields.flatMap { field -> [(String, SettingsKind)] in
      let key = key.isEmpty ? field.name : "\(key).\(field.name)"
      return [(key, field.kind)] + described(inner(field.kind), under: key)
    }
  }

  private func inner(_ kind: SettingsKind) -> [SettingsFieldDescription] {
    switch kind {
    case .optional(let kind), .list(let kind, _, _): inner(kind)
    case .record(let fields): fields
    default: []
    }
  }

  private func choices(of kind: SettingsKind) -> [String] {
    switch kind {
    case .optional(let kind), .list(let kind, _, _): choices(of: kind)
    case .choice(let names): names
    default: []
    }
  }
}

/// How many documents each plugin's form is tried with: more when asked, `GUILDHALL_DOCUMENTS=500`, which takes minutes.
private let documents = getenv("GUILDHALL_DOCUMENTS").flatMap { Int(String(cString: $0)) } ?? 60
