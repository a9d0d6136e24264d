// One case: all that is known about it, and what can be changed.

import DiscordCore
import EventLoop
import HTML
import PlatformPlugins
import PlatformText
import Resources

/// One case.
struct CasePageView: HTMLComponent {
  /// Where the forms go, for whoever may change the case.
  struct Forms: Sendable {
    let edit: PostTarget
    let void: PostTarget
  }

  let people: CasePeople
  let strings: StringCatalog
  let record: CaseRecord
  let evidence: CaseEvidence?
  let revisions: [CaseRevision]
  let child: Int64?
  /// nil where nothing can be changed.
  let forms: Forms?

  private var guild: GuildID { people.guild }

  func render(into html: inout HTMLWriter) {
    let words = CaseWords(strings: strings)
    let title = strings("case.title", ["case": "\(record.number)", "action": words.action(record)])
    if let void = record.void {
      html.add(
        Notice(.warning, strings("page.case.void", ["time": void.at.description])) { html in
          if let by = void.by {
            html.add(CasePerson(user: by, people: people))
            html.text(" ")
          }
          html.isolated(void.reason)
        })
    }
    html.add(Card(title) { $0.add(DefinitionList(entries(words))) })
    if let evidence {
      html.add(
        Card(strings["case.evidence"]) { html in
          html.element(.blockquote) { $0.isolated(evidence.content) }
          if !evidence.attachments.isEmpty {
            html.element(.ul) { html in
              for name in evidence.attachments { html.element(.li) { $0.isolated(name) } }
            }
          }
        })
    }
    if !revisions.isEmpty { html.add(Card(strings["case.revisions"]) { $0.add(history) }) }
    if let forms { change(forms, &html) }
  }

  private func change(_ forms: Forms, _ html: inout HTMLWriter) {
    html.add(
      Card(strings["page.case.change"]) { html in
        html.form(forms.edit, .class("stack")) { html in
          html.add(
            TextArea(
              Field("reason", label: strings["case.reason"], id: "case-reason", isRequired: true),
              value: record.reason, maximum: SanctionLimits.reasonLength, rows: 3))
          html.element(.div, .class("row")) { html in
            html.add(Button(strings["page.case.save"], act: .submit()))
            html.add(
              Button(strings["page.case.delete"], kind: .danger, icon: .trash, act: .open("void-case")))
          }
        }
      })
    html.add(
      Dialog(
        "void-case", title: strings("page.case.deleteTitle", ["case": "\(record.number)"]),
        actions: { $0.add(Button(strings["page.case.cancel"], kind: .quiet, act: .closeDialog)) }
      ) { html in
        html.form(forms.void, .class("stack")) { html in
          html.add(Notice(.warning, strings["page.case.deleteHelp"]))
          html.add(
            TextArea(
              Field("reason", label: strings["page.case.deleteReason"], id: "void-reason", isRequired: true),
              maximum: SanctionLimits.reasonLength, rows: 2))
          html.element(.div, .class("row")) { html in
            html.add(Button(strings["page.case.delete"], kind: .danger, act: .submit()))
          }
        }
      })
  }

  private var history: Table {
    Table(
      strings["case.revisions"],
      columns: [
        .init(strings["page.cases.time"]), .init(strings["case.moderator"]),
        .init(strings["case.reasonBefore"]),
      ],
      rows: revisions.map { revision in
        Table.Row([
          { $0.add(TimeText(revision.replacedAt)) },
          { $0.add(CasePerson(user: revision.replacedBy, people: people)) },
          { $0.isolated(revision.reason) },
        ])
      })
  }

  private func entries(_ words: CaseWords) -> [(name: String, value: HTMLContent)] {
    var entries: [(name: String, value: HTMLContent)] = []
    func add(_ key: StaticString, _ text: String?) {
      if let text { entries.append((strings[key], { $0.isolated(text) })) }
    }
    func link(_ key: StaticString, to number: Int64?) {
      guard let number else { return }
      let address = CasePages.link(guild, "case", [("number", "\(number)")])
      entries.append((strings[key], { $0.element(.a, .href(address), text: "\(number)") }))
    }
    entries.append((strings["case.member"], { $0.add(CasePerson(user: record.target, people: people)) }))
    entries.append(
      (
        strings["case.moderator"],
        { $0.add(CaseActor(source: record.source, people: people, strings: strings)) }
      ))
    add("case.reason", record.reason.isEmpty ? strings["case.noReason"] : record.reason)
    entries.append((strings["page.cases.time"], { $0.add(TimeText(record.at)) }))
    add("case.lasts", record.duration.map { HumanDuration.format($0) })
    if let end = record.endedAt ?? record.expiresAt {
      entries.append((strings["case.ends"], { $0.add(TimeText(end)) }))
    }
    add("case.points", record.points > 0 ? CaseView.text(record.points) : nil)
    add("case.role", record.role.map { people.role($0) ?? "\($0)" })
    if let place = record.message,
      let address = SafeURL("https://discord.com/channels/\(guild)/\(place.channel)/\(place.message)")
    {
      let title = strings["case.open"]
      entries.append((strings["case.message"], { $0.element(.a, .href(address), text: title) }))
    }
    link("case.parent", to: record.parent)
    link("case.ledTo", to: child)
    add("page.case.notice", strings[dynamic: "page.case.notice.\(record.notice.rawValue)"])
    return entries
  }
}
