// A server at a glance: what needs attention, what is on, what happened; and its first steps.

import EventLoop
import DiscordBot
import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import Resources

/// The overview of a server, and the wizard for one that nobody has set up.
enum OverviewPages {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "", name: "guild.overview") { visit in try await show(visit) }
    routes.guild(.viewer, .get, "/setup", name: "guild.setup") { visit in try SetupPage.show(visit) }
    routes.guild(.manager, .post, "/setup", name: "guild.setup.apply") { visit in
      try await SetupPage.apply(visit)
    }
  }

  private static func show(_ visit: GuildVisit) async throws -> HTTPResponse {
    let strings = visit.strings
    var filter = AuditFilter()
    filter.limit = 6
    let entries = try await AuditLog(visit.store).entries(filter)
    let decisions = try await visit.house.dispatcher.why.records(in: visit.guild, limit: 6)
    var noticeFilter = NoticeFilter()
    (noticeFilter.atLeast, noticeFilter.limit) = (.warning, 20)
    let notices = try await visit.house.notices.list(.guild(visit.tenant), noticeFilter)
      .filter { $0.status == .unread }
    let health = GuildHealth(of: visit.bot, visit.configuration, visit.house)
    let attention = Attention(visit, health, notices)
    let activity = try await ActivityCard(visit)
    let isFresh = SetupPage.isFresh(visit)
    return try visit.visit.page(PageHead(strings["overview.title"], section: "overview")) { html in
      html.element(.div, .class("stack")) { html in
        if isFresh { beginning(visit, &html) }
        numbers(visit, health, &html)
        attention.write(&html)
        activity.write(&html)
        html.element(.div, .class("grid")) { html in
          plugins(visit, health, &html)
          html.element(.div, .class("stack")) { html in
            changes(entries, visit, &html)
            happenings(decisions, visit, &html)
          }
        }
      }
    }
  }

  // MARK: Parts of the page

  private static func beginning(_ visit: GuildVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    html.add(
      Notice(.info, strings["overview.begin"]) { html in
        html.element(.p, text: strings["overview.begin.help"])
        html.element(.p, .class("row")) { html in
          html.add(
            Button(
              strings["overview.begin.act"], kind: .primary, act: .follow(.guild(visit.guild, "setup"))))
        }
      })
  }

  private static func numbers(_ visit: GuildVisit, _ health: GuildHealth, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let units = visit.house.catalog.units.filter { !$0.isAlwaysOn }
    let on = units.count { visit.configuration.isEnabled($0.id) }
    html.element(.div, .class("stats")) { html in
      html.add(
        StatTile(
          strings["overview.bot"], value: health.word(visit.visit),
          change: health.reasons.first.map { _ in strings["overview.bot.why"] }, tone: health.tone,
          icon: .robot))
      if let members = visit.bot.info?.memberCount {
        html.add(StatTile(strings["overview.members"], value: "\(members)", icon: .users))
      }
      html.add(
        StatTile(
          strings["overview.on"], value: strings("overview.on.of", ["on": "\(on)", "all": "\(units.count)"]),
          icon: .puzzle))
      if let unread = visit.place?.unreadNotices {
        html.add(
          StatTile(
            strings["overview.unread"], value: "\(unread)", tone: unread > 0 ? .info : .neutral, icon: .bell))
      }
    }
  }

  private static func plugins(_ visit: GuildVisit, _ health: GuildHealth, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let units = visit.house.catalog.units.filter { !$0.isAlwaysOn }
    let all = Button(strings["overview.plugins.all"], act: .follow(.guild(visit.guild, "plugins"))).small()
    html.add(
      Card(strings["overview.plugins"], actions: { html in html.add(all) }) { html in
        html.element(.ul, .class("rows")) { html in
          for unit in units.prefix(30) {
            html.element(.li, .class("rows-row")) { html in
              html.element(.span, .class("rows-words")) { html in
                html.element(
                  .a, .href(.guild(visit.guild, "plugins", unit.id)), text: visit.visit.name(of: unit))
                html.element(.span, .class("muted"), text: visit.visit.about(unit))
              }
              state(of: unit, visit, health, &html)
            }
          }
        }
      })
  }

  private static func state(
    of unit: PluginUnit, _ visit: GuildVisit, _ health: GuildHealth, _ html: inout HTMLWriter
  ) {
    let strings = visit.strings
    let isOn = visit.configuration.isEnabled(unit.id)
    if isOn, health.heldUp.contains(where: { $0.id == unit.id }) {
      html.add(Badge(strings["overview.resting"], .error))
    }
    guard visit.role >= .manager else {
      return html.add(
        Badge(strings[dynamic: isOn ? "overview.state.on" : "overview.state.off"], isOn ? .success : .neutral)
      )
    }
    let name = visit.visit.name(of: unit)
    html.add(
      SwitchForm(
        visit.visit.post(
          .guild(visit.guild, "plugins", unit.id, "switch"), ("next", SafeURL.guild(visit.guild).description)),
        Field("on", label: strings("overview.switch", ["plugin": name]), id: ElementID("switch-\(unit.id)")),
        isOn: isOn,
        done: (
          on: strings("overview.switched.on", ["plugin": name]),
          off: strings("overview.switched.off", ["plugin": name])
        )))
  }

  private static func changes(_ entries: [AuditEntry], _ visit: GuildVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let all = Button(strings["overview.changes.all"], act: .follow(.guild(visit.guild, "audit"))).small()
    let names = GuildNames(visit.bot)
    let words = AuditWords(strings: strings, catalog: visit.house.catalog, names: names)
    html.add(
      Card(strings["overview.changes"], actions: { html in html.add(all) }) { html in
        guard !entries.isEmpty else {
          return html.element(.p, .class("muted"), text: strings["overview.changes.none"])
        }
        html.element(.ul, .class("rows")) { html in
          for entry in entries {
            html.element(.li, .class("rows-row")) { html in
              html.element(.span, .class("rows-words")) { html in
                html.element(.span) { html in
                  html.isolated(words.who(entry.actor))
                  html.text(" ")
                  html.isolated(words.deed(entry))
                }
                html.element(.span, .class("muted")) { html in
                  html.add(TimeText(secondsSince1970: entry.at.milliseconds / 1000, .relative))
                }
              }
            }
          }
        }
      })
  }

  private static func happenings(_ records: [WhyRecord], _ visit: GuildVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let all = Button(strings["overview.happened.all"], act: .follow(.guild(visit.guild, "why"))).small()
    let words = WhyWords(visit)
    html.add(
      Card(strings["overview.happened"], actions: { html in html.add(all) }) { html in
        guard !records.isEmpty else {
          return html.element(.p, .class("muted"), text: strings["overview.happened.none"])
        }
        html.element(.ul, .class("rows")) { html in
          for record in records {
            html.element(.li, .class("rows-row")) { html in
              html.element(.span, .class("rows-words")) { html in
                html.isolated(words.sentence(record))
                html.element(.span, .class("muted")) { html in
                  html.text("\(words.plugin(record.plugin)) · ")
                  html.add(TimeText(secondsSince1970: record.at.milliseconds / 1000, .relative))
                }
              }
            }
          }
        }
      })
  }
}

extension Visit {
  /// What a member is called, as the bot last saw them; their id for somebody it has not seen.
  func name(of user: UserID, in guild: GuildID) -> String {
    house.dispatcher.bots.bot(serving: guild)?.cache.member(user, in: guild).member?.displayName ?? "\(user)"
  }
}
