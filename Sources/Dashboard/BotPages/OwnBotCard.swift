// A bot of one's own: how to make one, its token, and the way back to the shared one.

import PlatformPlugins
import HTML
import PlatformBots
import PlatformTenancy
import Resources

/// The part of the bot page about the server's own bot. Everybody sees it; owners have the forms.
struct OwnBotCard {
  let page: BotPage
  let refusal: (form: BotPage.TokenForm, sentence: String)?

  private var strings: StringCatalog { page.strings }
  private var visit: GuildVisit { page.visit }

  func write(_ html: inout HTMLWriter) {
    if let own = page.own { present(own, &html) } else { absent(&html) }
  }

  // MARK: Without one

  private func absent(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["bot.own"], subtitle: strings["bot.own.help"]) { html in
        html.element(.div, .class("stack")) { html in
          html.element(.details, .class("explained"), .open(refusal != nil)) { html in
            html.element(.summary, text: strings["bot.guide"])
            html.element(.ol, .class("steps")) { html in
              html.element(.li) { html in
                html.text(strings["bot.guide.1"] + " ")
                if let portal = SafeURL(DeveloperPortal.all) {
                  html.element(.a, .href(portal), text: strings["bot.guide.portal"])
                }
              }
              for step in 2...5 {
                html.element(.li, text: strings[dynamic: "bot.guide.\(step)"])
              }
            }
          }
          html.element(.p, .class("muted"), text: strings["bot.handOver"])
          tokenForm(.own, &html)
        }
      })
  }

  // MARK: With one

  private func present(_ own: BotRegistration, _ html: inout HTMLWriter) {
    let status = visit.house.supervisor.status(of: own.bot)
    let isServing = own.bot == visit.bot.user
    html.add(
      Card(
        strings["bot.own"],
        actions: { html in
          html.add(
            Badge(
              strings[dynamic: isServing ? "bot.own.serving" : "bot.own.waiting"],
              isServing ? .success : .warning))
        },
        content: { html in
          html.element(.div, .class("stack")) { html in
            html.add(
              DefinitionList([
                (strings["bot.name"], { html in html.isolated(own.applicationName) }),
                (
                  strings["bot.state"],
                  { html in
                    html.text(
                      own.wanted == .stopped
                        ? strings["bot.wanted.stopped"]
                        : status.map { visit.visit.text($0.state.title) } ?? strings["health.unknown"])
                  }
                ),
                (strings["bot.token"], { html in html.text("…\(own.tokenHint)") }),
                (strings["bot.token.since"], { html in html.add(TimeText(own.rotatedAt ?? own.createdAt)) }),
              ]))
            for reason in (status?.reasons ?? []).prefix(4) {
              html.add(Notice(.warning, visit.visit.text(reason)))
            }
            if !isServing { html.add(Notice(.info, strings["bot.own.waiting.help"])) }
            if page.isOwner { acts(own, &html) }
            tokenForm(.rotate, &html)
            if page.isOwner { back(own, &html) }
          }
        }))
  }

  private func acts(_ own: BotRegistration, _ html: inout HTMLWriter) {
    html.element(.div, .class("row")) { html in
      html.form(visit.visit.post(.guild(visit.guild, "bot", "restart"))) { html in
        html.add(
          Button(
            strings[dynamic: own.wanted == .stopped ? "bot.start" : "bot.restart"],
            icon: own.wanted == .stopped ? .play : .refresh, act: .submit()))
      }
      if own.wanted == .running {
        html.form(visit.visit.post(.guild(visit.guild, "bot", "stop"))) { html in
          html.add(Button(strings["bot.stop"], icon: .pause, act: .submit()))
        }
      }
    }
  }

  private func back(_ own: BotRegistration, _ html: inout HTMLWriter) {
    html.element(.details, .class("explained")) { html in
      html.element(.summary, text: strings["bot.unassign"])
      html.element(.div, .class("stack")) { html in
        html.element(
          .p,
          text: strings[
            dynamic: own.guilds.count > 1 ? "bot.unassign.help.others" : "bot.unassign.help"])
        html.form(visit.visit.post(.guild(visit.guild, "bot", "unassign"))) { html in
          html.add(Button(strings["bot.unassign.act"], kind: .danger, act: .submit()))
        }
      }
    }
  }

  // MARK: The token

  private func tokenForm(_ form: BotPage.TokenForm, _ html: inout HTMLWriter) {
    guard page.isOwner else {
      return html.element(.p, .class("muted"), text: strings["bot.ownersOnly"])
    }
    let isNew = form == .own
    let error = refusal.flatMap { $0.form == form ? $0.sentence : nil }
    html.form(
      visit.visit.post(.guild(visit.guild, "bot", isNew ? "token" : "rotate")), .class("form")
    ) { html in
      html.add(
        SecretInput(
          Field(
            "token", label: strings[dynamic: isNew ? "bot.token.enter" : "bot.token.new"],
            help: strings["bot.token.help"], error: error, isRequired: true), isSet: !isNew))
      if isNew {
        html.add(
          Checkbox(
            Field("also", label: strings["bot.also"], help: strings["bot.also.help"]), isOn: false))
      }
      html.element(.div, .class("actions")) { html in
        html.add(
          Button(
            strings[dynamic: isNew ? "bot.token.check" : "bot.token.replace"],
            kind: isNew ? .primary : .secondary, act: .submit()))
      }
    }
  }
}
