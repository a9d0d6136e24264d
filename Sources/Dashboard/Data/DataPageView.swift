// The page of data rights: the table of what is held, and the forms.

import DiscordBot
import HTML
import PlatformAccess
import PlatformData
import PlatformPlugins
import Resources

/// What is held, and what can be done with it.
struct DataPageView: HTMLComponent {
  let visit: GuildVisit
  let tables: [DataTable.Entry]

  private var strings: StringCatalog { visit.strings }

  /// A server's name as a form brings it: without blanks around it.
  static func typed(_ name: String) -> String {
    var name = Substring(name).drop { $0.isWhitespace }
    while name.last?.isWhitespace == true { name.removeLast() }
    return String(name)
  }

  func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      if visit.role >= .manager { member(&html) }
      if visit.role >= .owner { server(&html) }
      held(&html)
    }
  }

  private func held(_ html: inout HTMLWriter) {
    html.element(.section, .class("stack")) { html in
      html.element(.h2, text: strings["data.held"])
      html.element(.p, .class("muted"), text: strings["data.held.help"])
      html.add(
        HTML.Table(
          strings["data.held.caption"],
          columns: [
            .init(strings["data.holds"]), .init(strings["data.people"]), .init(strings["data.kept"]),
            .init(strings["data.erasure"]),
          ],
          rows: tables.map { entry in
            HTML.Table.Row([
              { html in
                html.element(.p, text: entry.holds)
                html.element(.p, .class("muted")) { $0.element(.code, text: entry.table) }
              }, { words(entry.people, &$0) }, { words(entry.kept, &$0) }, { words(entry.erasure, &$0) },
            ])
          }))
    }
  }

  /// Text with names of columns between backticks, as the declarations have it.
  private func words(_ text: String, _ html: inout HTMLWriter) {
    for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 1 { html.element(.code, text: String(part)) } else { html.text(String(part)) }
    }
  }

  private func member(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["data.member"], subtitle: strings["data.member.help"]) { html in
        html.element(.div, .class("stack")) { html in
          html.form(post("member", "export"), .class("stack")) { html in
            html.add(userField("export"))
            html.element(.div, .class("row")) { html in
              html.add(Button(strings["data.member.export"], icon: .download, act: .submit()))
            }
          }
          if visit.role >= .owner {
            html.element(.div, .class("row")) { html in
              html.add(
                Button(strings["data.member.erase"], kind: .danger, icon: .trash, act: .open("erase-member")))
            }
            html.add(eraseMember)
          }
        }
      })
  }

  private var eraseMember: Dialog {
    Dialog(
      "erase-member", title: strings["data.member.erase.title"],
      actions: { $0.add(Button(strings["data.cancel"], kind: .quiet, act: .closeDialog)) }
    ) { html in
      html.form(post("member", "erase"), .class("stack")) { html in
        html.add(Notice(.warning, strings["data.member.erase.warning"]))
        html.add(userField("erase"))
        html.add(
          TextInput(
            Field(
              "confirm", label: strings["data.member.confirm"], id: "erase-member-confirm", isRequired: true),
            .text(maximum: 30), autocomplete: "off"))
        html.element(.div, .class("row")) { html in
          html.add(Button(strings["data.member.erase.do"], kind: .danger, act: .submit()))
        }
      }
    }
  }

  private func server(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["data.server"], subtitle: strings["data.server.help"]) { html in
        html.element(.div, .class("row")) { html in
          html.form(post("export")) { html in
            html.add(Button(strings["data.server.export"], icon: .download, act: .submit()))
          }
          html.add(
            Button(strings["data.server.erase"], kind: .danger, icon: .trash, act: .open("erase-server")))
        }
        html.add(eraseServer)
      })
  }

  private var eraseServer: Dialog {
    let name = Self.typed(visit.bot.info?.name ?? "")
    return Dialog(
      "erase-server", title: strings["data.server.erase.title"],
      actions: { $0.add(Button(strings["data.cancel"], kind: .quiet, act: .closeDialog)) }
    ) { html in
      html.form(post("erase"), .class("stack")) { html in
        html.add(
          Notice(.error, strings["data.server.erase.warning"]) { html in
            html.element(.ul) { html in
              for what in ["settings", "records", "backups", "bot"] {
                html.element(.li, text: strings[dynamic: "data.server.erase.\(what)"])
              }
            }
          })
        html.add(
          TextInput(
            Field(
              "confirm", label: strings["data.server.confirm"], id: "erase-server-confirm", help: name,
              isRequired: true), .text(maximum: 100), autocomplete: "off"))
        html.element(.div, .class("row")) { html in
          html.add(Button(strings["data.server.erase.do"], kind: .danger, act: .submit()))
        }
      }
    }
  }

  private func userField(_ form: StaticString) -> TextInput {
    TextInput(
      Field(
        "user", label: strings["data.user"], id: ElementID(stringLiteral: form).part("user"), isRequired: true
      ),
      .text(maximum: 30), placeholder: strings["data.user.example"], autocomplete: "off")
  }

  private func post(_ path: String...) -> PostTarget {
    visit.visit.post(SafeURL(segments: ["g", "\(visit.guild)", "data"] + path))
  }
}

/// What an erasure did, table by table.
struct ErasureReportView: HTMLComponent {
  let report: ErasureReport
  let strings: StringCatalog

  func render(into html: inout HTMLWriter) {
    html.add(
      HTML.Table(
        strings["data.report"],
        columns: [
          .init(strings["data.report.table"]), .init(strings["data.report.deleted"], isNumeric: true),
          .init(strings["data.report.anonymised"], isNumeric: true), .init(strings["data.report.kept"]),
        ],
        rows: report.tables.sorted { $0.key < $1.key }.map { name, rows in
          HTML.Table.Row([
            { $0.element(.code, text: name) }, { $0.text(rows.deleted) }, { $0.text(rows.anonymised) },
            { html in
              let kept = rows.kept.sorted { $0.key < $1.key }.map { "\($0.value): \($0.key)" }
              html.text(kept.isEmpty ? "–" : kept.joined(separator: "; "))
            },
          ])
        }, empty: EmptyState(strings["data.report.nothing"], strings["data.report.nothing.help"])))
  }
}
