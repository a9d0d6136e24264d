// One member: who they are here, what is on record about them, and what can be done.

import DiscordBot
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import PlatformText
import Resources
import Storage

/// `/g/{guild}/members/{user}`.
enum MemberPage {
  private static let caseLimit = 25
  private static let whyLimit = 20

  static func answer(_ visit: GuildVisit, _ user: UserID) async throws -> HTTPResponse {
    guard user.rawValue > 0, user.rawValue <= UInt64(Int64.max) else { throw HTTPProblem.notFound }
    let facts = try await MemberFacts.find(user, visit.bot)
    var filter = WhyFilter()
    (filter.query, filter.limit) = (.id(user.rawValue), whyLimit)
    let records = try await visit.caseHistory()
    let view = MemberPageView(
      visit: visit, facts: facts, access: try await access(of: facts, visit), casesPlugin: records?.plugin,
      history: try await records?.history(of: user, limit: caseLimit),
      decisions: try await visit.house.dispatcher.why.find(filter, in: visit.guild))
    let strings = visit.strings
    var head = PageHead(facts.title, section: "members")
    head.trail = [(strings["members.title"], .guild(visit.guild, "members"))]
    return try visit.visit.page(head) { $0.add(view) }
  }

  /// Their role on the dashboard, as the gate would compute it.
  private static func access(of facts: MemberFacts, _ visit: GuildVisit) async throws -> AccessRole? {
    guard facts.isMember == true, let info = visit.bot.info else { return nil }
    let subject = AccessSubject(
      user: facts.user, roles: facts.roles, isGuildOwner: info.owner == facts.user,
      permissions: visit.bot.permissions(of: facts.user, roles: facts.roles) ?? [])
    return AccessRole.of(subject, grants: try await AccessStore(visit.store).grants())
  }
}

/// One member.
struct MemberPageView: HTMLComponent {
  let visit: GuildVisit
  let facts: MemberFacts
  let access: AccessRole?
  /// Below whose pages the cases are; nil when nobody keeps any.
  let casesPlugin: String?
  let history: MemberHistory?
  let decisions: [StoredWhyRecord]

  private var strings: StringCatalog { visit.strings }
  private var names: GuildNames { GuildNames(visit.bot) }

  func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      if facts.isMember == false { html.add(Notice(.info, strings["member.left"])) }
      if facts.isMember == nil { html.add(Notice(.warning, strings["member.unknown"])) }
      html.add(Card(strings["member.facts"]) { profile(&$0) })
      if visit.role >= .manager { html.add(MemberActsCard(visit: visit, facts: facts)) }
      if let history { cases(history, &html) }
      html.add(
        Card(
          strings["member.why"],
          actions: { html in
            html.add(
              Button(
                strings["member.why.all"],
                act: .follow(.guild(visit.guild, "why", query: [("q", "\(facts.user)")]))
              ).small())
          }
        ) { html in
          if decisions.isEmpty {
            html.element(.p, .class("muted"), text: strings["member.why.none"])
          } else {
            html.add(WhyTimeline(visit: visit, records: decisions))
          }
        })
    }
  }

  private func profile(_ html: inout HTMLWriter) {
    html.element(.div, .class("member-head")) { html in
      html.add(Avatar(name: facts.title, picture: facts.picture, size: .large))
      html.element(.div) { html in
        html.element(.strong) { $0.isolated(facts.title) }
        if let userName = facts.userName { html.element(.p, .class("muted")) { $0.isolated("@\(userName)") } }
      }
    }
    let (strings, now) = (strings, visit.now)
    var entries: [(name: String, value: HTMLContent)] = [
      (strings["member.id"], { $0.element(.code, text: "\(facts.user)") })
    ]
    if let joined = facts.joinedAt {
      entries.append((strings["member.joined"], { $0.add(TimeText(joined)) }))
    }
    if let until = facts.timedOutUntil, until > now {
      entries.append((strings["member.timedOutUntil"], { $0.add(TimeText(until)) }))
    }
    entries.append(
      (
        strings["member.access"],
        { $0.text(access.map { strings[dynamic: "role.\($0.name)"] } ?? strings["member.access.none"]) }
      ))
    if facts.isMember == true {
      entries.append(
        (strings["member.roles"], { $0.add(RoleBadges(roles: facts.roles, bot: visit.bot, limit: 250)) }))
    }
    html.add(DefinitionList(entries))
  }

  private func cases(_ history: MemberHistory, _ html: inout HTMLWriter) {
    html.add(
      Card(
        strings("member.cases", ["count": "\(history.total)"]),
        subtitle: strings(
          "member.points", ["points": Self.text(history.points), "warnings": "\(history.warnings)"]),
        actions: { html in
          guard let casesPlugin else { return }
          html.add(
            Button(
              strings["member.cases.all"],
              act: .follow(.guild(visit.guild, casesPlugin, "cases", query: [("member", "\(facts.user)")]))
            ).small())
        }
      ) { html in
        guard !history.cases.isEmpty else {
          return html.element(.p, .class("muted"), text: strings["member.cases.none"])
        }
        html.add(table(history))
      })
  }

  private func table(_ history: MemberHistory) -> HTML.Table {
    HTML.Table(
      strings["member.cases.newest"],
      columns: [
        .init(strings["member.case"]), .init(strings["member.case.action"]),
        .init(strings["member.case.by"]), .init(strings["member.case.reason"]),
        .init(strings["member.case.points"], isNumeric: true), .init(strings["member.case.time"]),
      ],
      rows: history.cases.map { record in
        HTML.Table.Row([
          { html in
            guard let casesPlugin else { return html.text(record.number) }
            html.element(
              .a,
              .href(
                .guild(visit.guild, casesPlugin, "case", query: [("number", "\(record.number)")])),
              text: "\(record.number)")
          },
          { html in
            html.add(Badge(title(record)))
            if record.isVoid { html.add(Badge(strings["member.case.void"])) }
            if let duration = record.duration { html.text(" \(HumanDuration.format(duration))") }
          },
          { actor(record.actor, &$0) },
          { html in
            if record.reason.isEmpty {
              html.text("–")
            } else {
              html.isolated(String(record.reason.prefix(300)))
            }
          },
          { $0.text(record.points > 0 ? Self.text(record.points) : "–") },
          { $0.add(TimeText(record.at)) },
        ])
      })
  }

  private func title(_ record: CaseSummary) -> String {
    record.title.text(
      in: visit.house.catalog.strings(of: casesPlugin ?? "", language: strings.language))
  }

  private func actor(_ actor: CaseSummary.Actor, _ html: inout HTMLWriter) {
    switch actor {
    case .person(let user):
      html.add(PersonLine(user, names, link: .guild(visit.guild, "members", "\(user)")))
    case .plugin(let plugin): html.isolated(WhyWords(visit).plugin(plugin))
    case .erased: html.text(strings["member.case.erased"])
    }
  }

  /// To a tenth, without the tenth where it is none.
  static func text(_ points: Double) -> String {
    let tenths = Int64((points * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
