// /design: differences, timelines, checklists, filters, documents.

import HTML
import Markdown
import Resources

extension DesignPage {
  func history(_ html: inout HTMLWriter) {
    specimen(strings["design.history.checklist"], &html) { html in html.add(steps) }
    specimen(strings["design.history.difference"], &html) { html in html.add(difference) }
    specimen(strings["design.history.timeline"], &html) { html in
      html.add(
        Timeline([
          Timeline.Entry(
            who: strings["design.fr.account"], icon: .sliders, tone: .info, time: 1_795_248_125,
            what: { $0.text(strings["design.hi.changed"]) }, detail: { $0.add(difference) }),
          Timeline.Entry(
            who: "Bram van der Meer", icon: .key, time: 1_795_140_000,
            what: { $0.text(strings["design.hi.added"]) }),
          Timeline.Entry(
            who: nil, icon: .robot, tone: .success, time: 1_795_100_000,
            what: { $0.text(strings["design.hi.bot"]) }),
        ]))
    }
    specimen(strings["design.history.filters"], &html) { html in
      html.add(
        FilterBar(
          strings["design.history.filters"], action: "/design", apply: strings["design.hi.search"],
          clear: (strings["design.hi.all"], "/design#history"), folds: true
        ) { html in
          html.add(
            TextInput(
              Field("words", label: strings["design.hi.search"], id: "filter-words"), .search, value: ""))
          html.add(
            SelectInput(
              Field("kind", label: strings["design.hi.kind"], id: "filter-kind"),
              choices: [
                Choice("", label: strings["design.hi.all"]), Choice("warn", label: strings["design.t.warn"]),
                Choice("ban", label: strings["design.t.ban"]),
              ], selected: "warn"))
          html.add(
            TextInput(
              Field("from", label: strings["design.hi.from"], id: "filter-from"), .date, value: "2026-11-01"))
          html.add(TextInput(Field("to", label: strings["design.hi.to"], id: "filter-to"), .date, value: ""))
        })
    }
  }

  func documents(_ html: inout HTMLWriter) {
    specimen(strings["design.documents.example"], &html) { html in
      html.add(MarkdownDocument(strings["design.do.text"]))
    }
  }

  private var steps: Checklist {
    Checklist([
      Checklist.Item(
        strings["design.hi.step1"], detail: strings["design.hi.step1.detail"], state: .done),
      Checklist.Item(
        strings["design.hi.step2"], detail: strings["design.hi.step2.detail"], state: .open,
        action: Button(strings["design.hi.step2.act"], act: .follow("#forms"))),
      Checklist.Item(
        strings["design.hi.step3"], detail: strings["design.hi.step3.detail"], state: .attention,
        action: Button(strings["design.hi.step3.act"], act: .follow("#documents"))),
    ])
  }

  private var difference: SettingDifference {
    SettingDifference([
      SettingDifference.Row(strings["design.hi.limit"], old: "8", new: "5"),
      SettingDifference.Row(strings["design.hi.channel"], old: nil, new: "#mod-log"),
      SettingDifference.Row(
        strings["design.hi.text"], old: strings["design.hi.old"], new: strings["design.hi.new"]),
    ])
  }
}
