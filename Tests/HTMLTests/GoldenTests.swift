// Each component against its golden HTML. `GUILDHALL_UPDATE_GOLDENS=1 swift test --filter Golden` writes them anew.

import Glibc
import HTML
import Testing

@Suite struct `Golden components` {
  @Test(arguments: specimens.map(\.name)) func `are written as they were`(_ name: String) throws {
    let specimen = try #require(specimens.first { $0.name == name })
    let html = broken(rendered(specimen.content))
    let path = "\(goldens)/\(name).html"
    if getenv("GUILDHALL_UPDATE_GOLDENS") != nil {
      let file = try #require(fopen(path, "we"))
      defer { fclose(file) }
      #expect(fputs(html, file) >= 0)
    }
    #expect(html == contents(of: path))
  }

  @Test(arguments: specimens.map(\.name)) func `carry no style and no event handler`(_ name: String) throws {
    let specimen = try #require(specimens.first { $0.name == name })
    let html = rendered(specimen.content)
    #expect(!html.contains(" style="))
    #expect(!html.contains(/[ ]on[a-z]+=/))
  }
}

private let goldens = #filePath.replacing("GoldenTests.swift", with: "Goldens")

/// One tag a line, so that a difference is seen where it is.
private func broken(_ html: String) -> String {
  html.replacing("><", with: ">\n<") + "\n"
}

private func contents(of path: String) -> String {
  guard let file = fopen(path, "re") else { return "" }
  defer { fclose(file) }
  var result: [UInt8] = []
  while case let byte = getc(file), byte != EOF { result.append(UInt8(truncatingIfNeeded: byte)) }
  return String(decoding: result, as: UTF8.self)
}

private struct Specimen: Sendable {
  let name: String
  let content: @Sendable (inout HTMLWriter) -> Void
}

private let specimens = [
  Specimen(name: "button") { html in
    html.add(Button("Save", kind: .primary, icon: .check, act: .submit(name: "act", value: "save")))
    html.add(Button("Open", act: .open("ask")))
    html.add(Button("Go", kind: .quiet, act: .follow("/go")).small())
    html.add(Button("Wait", kind: .danger, act: .submit()).busy())
    html.add(Button.icon(.edit, label: "Edit \"x\"", act: .script([.data("edit", "1")])).disabled())
    html.add(Button("Gone", act: .follow("/gone")).disabled())
  },
  Specimen(name: "text-fields") { html in
    html.add(
      TextInput(
        Field("name", label: "Name", help: "Help", error: "Wrong", isRequired: true), .text(maximum: 32),
        value: "\"<"))
    html.add(TextInput(Field("count", label: "Count"), .number(1...10), value: "3"))
    html.add(TextInput(Field("when", label: "When"), .dateTime(minimum: "2026-01-01T00:00"), value: nil))
    html.add(TextInput(Field("colour", label: "Colour", isDisabled: true), .color, value: "#000000"))
    html.add(TextArea(Field("text", label: "Text", help: "Help"), value: "</textarea>", maximum: 20))
    html.add(SecretInput(Field("token", label: "Token"), isSet: true))
  },
  Specimen(name: "choice-fields") { html in
    let choices = [Choice("a", label: "A", help: "First"), Choice("b", label: "B", isDisabled: true)]
    html.add(SelectInput(Field("s", label: "S"), choices: choices, selected: "a"))
    html.add(
      RadioGroup(Field("r", label: "R", error: "Choose", isRequired: true), choices: choices, selected: nil))
    html.add(Checkbox(Field("c", label: "C", help: "Help"), isOn: true))
    html.add(Switch(Field("w", label: "W", isDisabled: true), isOn: false))
  },
  Specimen(name: "table") { html in
    html.add(
      Table(
        "People",
        columns: [
          Table.Column("Name", sortLink: "?sort=name", order: .ascending),
          Table.Column("Age", isNumeric: true),
        ],
        rows: [
          Table.Row([{ $0.isolated("<Ada>") }, { $0.text(36) }], actions: { $0.text("…") }),
          Table.Row([{ $0.text("B") }, { $0.text(1) }]),
        ]))
    html.add(
      Table("Nobody", columns: [Table.Column("Name")], rows: [], empty: EmptyState("None", "Add one.")))
  },
  Specimen(name: "surfaces") { html in
    html.add(
      Card("Title", subtitle: "Sub", actions: { $0.text("a") }, footer: { $0.text("f") }) { $0.text("body") })
    html.add(Notice(.error, "Wrong", isDismissible: true) { $0.text("Do this.") })
    html.add(Notice(.info, "So"))
    html.add(EmptyState("None", "Add one.", action: Button("Add", act: .follow("/add"))))
    html.add(
      Dialog("ask", title: "Sure?", actions: { $0.add(Button("No", act: .closeDialog)) }) { $0.text("body") })
    html.add(
      Tabs(
        "Parts",
        panels: [
          Tabs.Panel("one", title: "One") { $0.text("1") }, Tabs.Panel("two", title: "Two") { $0.text("2") },
        ]))
  },
  Specimen(name: "details") { html in
    html.add(Badge("On", .success))
    html.add(StatusDot("Slow", .warning))
    html.add(StatTile("Members", value: "12", change: "1 more", tone: .success, icon: .users))
    html.add(DefinitionList([("Name", { $0.text("value") })]))
    html.add(KeyHint("Ctrl", "K"))
    html.add(Tooltip("tip", term: "term", text: "Words"))
    html.add(Avatar(name: "Ada <Fairweather>"))
    html.add(Avatar(name: "A", picture: "/a.png", size: .large))
    html.add(CodeBlock("code", label: "File", code: "a < b\n"))
    html.add(ProgressBar("bar", label: "Import", done: 1, of: 4))
    html.add(ProgressBar("wait", label: "Wait", done: nil, of: 0))
    html.add(Skeleton(lines: 2))
  },
  Specimen(name: "wayfinding") { html in
    html.add(Breadcrumb([("Home", "/")], current: "Here"))
    html.add(Pagination(current: 5, of: 9) { SafeURL(segments: ["p", String($0)]) })
    html.add(Pagination(current: 0, of: 0) { SafeURL(segments: ["p", String($0)]) })
    html.add(Toolbar("q", action: "/search", searchLabel: "Search", query: "\"x", actions: { $0.text("a") }))
  },
  Specimen(name: "shell") { html in
    let site = PageShell.Site(
      name: "Guildhall", home: "/", styleSheet: "/a.css", script: "/a.js", favicon: "/m.svg")
    html.add(
      PageShell(
        site, title: "A < B", language: "ar", direction: .rightToLeft, theme: .dark,
        navigation: [
          NavigationGroup(
            "Group", items: [.init("Here", link: "/here", icon: .home, note: "3", isCurrent: true)])
        ],
        breadcrumb: Breadcrumb([], current: "Here"), headerActions: { $0.text("h") }, footer: { $0.text("f") }
      ) { $0.text("body") })
  },
]
