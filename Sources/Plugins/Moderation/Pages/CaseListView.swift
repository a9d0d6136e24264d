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
    html.element(
      .form, .class("filters"), .method(.get), .action(base), .role("search"),
      .ariaLabel(strings["page.cases.search"])
    ) { html in
      html.element(.div, .class("filter-fields")) { html in
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
        day("from", strings["page.cases.from"], query.from, &html)
        day("until", strings["page.cases.until"], query.until, &html)
      }
      html.element(.div, .class("row")) { html in
        html.add(Button(strings["page.cases.find"], icon: .search, act: .submit()))
        if !query.isEmpty { html.add(Button(strings["page.cases.all"], kind: .quiet, act: .follow(base))) }
      }
    }
  }

  private func day(_ name: String, _ label: String, _ value: String?, _ html: inout HTMLWriter) {
    let id = ElementID("case-\(name)")
    html.element(.div, .class("field")) { html in
      html.element(.label, .class("label"), .for(id), text: label)
      html.void(.input, .class("input"), .type("date"), .id(id), .name(name), .value(value))
    }
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
