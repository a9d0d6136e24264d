// The list of cases with its filters.

import DiscordCore
import HTML
import PlatformPlugins
import Resources

/// The list of cases.
struct CaseListView: HTMLComponent {
  let people: CasePeople
  let strings: StringCatalog
  let query: CaseQuery
  let number: Int
  let page: CasePage

  private var base: SafeURL { CasePages.link(people.guild, "cases") }

  func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      filters(&html)
      html.add(table)
      let pages = (page.total + CasePages.pageSize - 1) / CasePages.pageSize
      if pages > 1 {
        html.add(
          Pagination(current: number, of: pages) { page in
            CasePages.link(people.guild, "cases", query.fields + [("page", "\(page)")])
          })
      }
    }
  }

  private func filters(_ html: inout HTMLWriter) {
    html.add(
      FilterBar(
        strings["page.cases.search"], action: base, apply: strings["page.cases.find"],
        clear: query.isEmpty ? nil : (strings["page.cases.all"], base), folds: true
      ) { html in
        html.add(
          TextInput(
            Field("q", label: strings["case.reason"]), .text(maximum: 200), value: query.text,
            placeholder: strings["page.cases.words"]))
        html.add(
          SelectInput(
            Field("kind", label: strings["page.cases.action"]),
            choices: [Choice("", label: strings["page.cases.anyKind"])]
              + CaseKind.allCases.map {
                Choice($0.rawValue, label: strings[dynamic: "action.\($0.rawValue)"])
              }, selected: query.kind?.rawValue ?? ""))
        html.add(
          TextInput(
            Field("member", label: strings["case.member"]), .text(maximum: 30),
            value: query.member.map { "\($0)" }, placeholder: strings["page.cases.id"]))
        html.add(
          TextInput(
            Field("moderator", label: strings["case.moderator"]), .text(maximum: 30),
            value: query.moderator.map { "\($0)" }, placeholder: strings["page.cases.id"]))
        html.add(TextInput(Field("from", label: strings["page.cases.from"]), .date, value: query.from))
        html.add(TextInput(Field("until", label: strings["page.cases.until"]), .date, value: query.until))
      })
  }

  private var table: Table {
    Table(
      strings("page.cases.caption", ["count": "\(page.total)"]),
      columns: [
        .init(strings["page.cases.number"]), .init(strings["page.cases.action"]),
        .init(strings["case.member"]), .init(strings["case.moderator"]), .init(strings["case.reason"]),
        .init(strings["page.cases.time"]),
      ],
      rows: page.cases.map(row),
      empty: EmptyState(strings["page.cases.none"], strings["page.cases.noneHelp"]))
  }

  private func row(_ record: CaseRecord) -> Table.Row {
    let words = CaseWords(strings: strings)
    let link = CasePages.link(people.guild, "case", [("number", "\(record.number)")])
    return Table.Row([
      { $0.element(.a, .href(link), text: "\(record.number)") },
      { html in
        html.add(Badge(words.action(record), record.void == nil ? record.kind.tone : .neutral))
        if record.void != nil { html.add(Badge(strings["case.void"])) }
      },
      { $0.add(CasePerson(user: record.target, people: people)) },
      { $0.add(CaseActor(source: record.source, people: people, strings: strings)) },
      { $0.isolated(record.reason.isEmpty ? strings["case.noReason"] : record.reason.limited(to: 160)) },
      { $0.add(TimeText(record.at)) },
    ])
  }
}
