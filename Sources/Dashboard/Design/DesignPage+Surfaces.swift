// /design: tables, messages, cards, tabs, dialogs.

import HTML
import Resources

extension DesignPage {
  func tables(_ html: inout HTMLWriter) {
    specimen(strings["design.tables.records"], onSheet: false, &html) { html in
      html.add(
        Toolbar("case-search", action: "/design", searchLabel: strings["design.t.search"]) { html in
          html.add(Button(strings["design.t.export"], icon: .download, act: .script([])))
          html.add(Button(strings["design.t.new"], kind: .primary, icon: .plus, act: .script([])))
        })
      html.add(cases)
      html.add(
        Pagination(current: 4, of: 27) { page in
          SafeURL(segments: ["design"], query: [("page", String(page))])
        })
    }
    specimen(strings["design.tables.empty"], onSheet: false, &html) { html in
      html.add(
        Table(
          strings["design.t.caption"], columns: [Table.Column(strings["design.t.member"])], rows: [],
          empty: EmptyState(
            strings["design.t.empty"], strings["design.t.empty.how"],
            action: Button(strings["design.t.new"], icon: .plus, act: .script([])))))
    }
  }

  private var cases: Table {
    let rows: [(String, String, Tone, String, String, Int)] = [
      (
        "Ada Fairweather", strings["design.t.warn"], .warning, strings["design.t.reason.spam"],
        strings["design.t.today"], 1284
      ),
      (
        "ottoline", strings["design.t.timeout"], .info, strings["design.t.reason.flood"],
        strings["design.t.today2"], 1283
      ),
      (
        "Bram van der Meer", strings["design.t.ban"], .error, strings["design.t.reason.scam"],
        strings["design.t.yesterday"], 1282
      ),
      (
        "jun", strings["design.t.note"], .neutral, strings["design.t.reason.note"], strings["design.t.date"],
        1281
      ),
    ]
    return Table(
      strings["design.t.caption"],
      columns: [
        Table.Column(strings["design.t.member"], sortLink: "?sort=member"),
        Table.Column(strings["design.t.kind"]),
        Table.Column(strings["design.t.reason"]),
        Table.Column(strings["design.t.when"], sortLink: "?sort=when", order: .descending),
        Table.Column(strings["design.t.number"], isNumeric: true, sortLink: "?sort=case"),
      ],
      rows: rows.map { name, kind, tone, reason, date, number in
        Table.Row(
          [
            { html in
              html.element(.span, .class("person")) { html in
                html.add(Avatar(name: name, size: .small))
                html.isolated(name)
              }
            }, { html in html.add(Badge(kind, tone)) }, { html in html.text(reason) },
            { html in html.text(date) },
            { html in html.text(number) },
          ],
          actions: { html in
            html.add(
              Button.icon(.edit, label: strings("design.t.edit", ["name": name]), act: .script([])).small())
            html.add(
              Button.icon(.trash, label: strings("design.t.delete", ["name": name]), act: .script([])).small()
            )
          })
      })
  }

  func messages(_ html: inout HTMLWriter) {
    specimen(strings["design.messages.notices"], onSheet: false, &html) { html in
      html.add(
        Notice(.info, strings["design.m.info"]))
      html.add(
        Notice(.success, strings["design.m.success"], isDismissible: true) { html in
          html.text(strings["design.m.success.body"])
        })
      html.add(
        Notice(.warning, strings["design.m.warning"], isDismissible: true) { html in
          html.text(strings["design.m.warning.body"])
        })
      html.add(
        Notice(.error, strings["design.m.error"]) { html in
          html.text(strings["design.m.error.body"])
        })
      html.add(Notice(.neutral, strings["design.m.neutral"]))
    }
    specimen(strings["design.messages.toasts"], &html) { html in
      html.element(.div, .class("row")) { html in
        html.add(
          Button(
            strings["design.m.toast"],
            act: .script([.data("toast", strings["design.m.toast.text"]), .data("toast-tone", "success")])))
        html.add(
          Button(
            strings["design.m.toastError"],
            act: .script([.data("toast", strings["design.m.toastError.text"]), .data("toast-tone", "error")]))
        )
      }
    }
    specimen(strings["design.messages.empty"], onSheet: false, &html) { html in
      html.add(
        EmptyState(
          strings["design.m.empty"], strings["design.m.empty.how"],
          action: Button(
            strings["design.m.empty.act"], kind: .primary, icon: .plus, act: .follow("#messages"))))
    }
  }

  func surfaces(_ html: inout HTMLWriter) {
    specimen(strings["design.surfaces.cards"], onSheet: false, &html) { html in
      html.element(.div, .class("grid")) { html in
        html.add(
          Card(
            strings["design.c.automod"], subtitle: strings["design.c.automod.sub"],
            actions: { html in html.add(Badge(strings["design.c.on"], .success)) },
            footer: { html in
              html.add(Button(strings["design.c.why"], kind: .quiet, act: .script([])).small())
              html.add(Button(strings["design.c.configure"], act: .script([])).small())
            }
          ) { html in
            html.element(.p, text: strings["design.c.automod.body"])
          })
        html.add(
          Card(
            strings["design.c.welcome"], subtitle: strings["design.c.welcome.sub"],
            actions: { html in html.add(Badge(strings["design.c.off"])) },
            footer: { html in
              html.add(Button(strings["design.c.switchOn"], kind: .primary, act: .script([])).small())
            }
          ) { html in
            html.element(.p, text: strings["design.c.welcome.body"])
          })
      }
    }
    specimen(strings["design.surfaces.tabs"], &html) { html in
      html.add(
        Tabs(
          strings["design.tabs.label"],
          panels: [
            Tabs.Panel("tab-rules", title: strings["design.tabs.rules"]) { html in
              html.element(.p, text: strings["design.tabs.rules.body"])
            },
            Tabs.Panel("tab-exempt", title: strings["design.tabs.exempt"]) { html in
              html.element(.p, text: strings["design.tabs.exempt.body"])
            },
            Tabs.Panel("tab-history", title: strings["design.tabs.history"]) { html in
              html.element(.p, text: strings["design.tabs.history.body"])
            },
          ]))
    }
    specimen(strings["design.surfaces.dialog"], &html) { html in
      html.element(.div, .class("row")) { html in
        html.add(Button(strings["design.d.open"], kind: .danger, icon: .trash, act: .open("delete-dialog")))
      }
      html.add(
        Dialog(
          "delete-dialog", title: strings["design.d.title"],
          actions: { html in
            html.add(Button(strings["design.d.keep"], act: .closeDialog))
            html.add(Button(strings["design.d.delete"], kind: .danger, act: .closeDialog))
          }
        ) { html in
          html.element(.p, text: strings["design.d.body"])
          html.add(Notice(.warning, strings["design.d.warning"]))
        })
    }
  }
}
