// Members of a guild: finding them, and all that is known of one.

import DiscordBot
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformPlugins
import Resources

/// `/g/{guild}/members` and what is below it.
enum MemberPages {
  static let pageSize = 50

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/members", name: "guild.members") { visit in try await list(visit) }
    routes.guild(.viewer, .get, "/members/{user}", .user, name: "guild.member") { visit, user in
      try await MemberPage.answer(visit, user)
    }
    routes.guild(.manager, .post, "/members/{user}/act", .user, name: "guild.member.act") { visit, user in
      try await MemberActs.perform(visit, on: user)
    }
  }

  private static func list(_ visit: GuildVisit) async throws -> HTTPResponse {
    let typed = try visit.visit.query("q").map { String($0.prefix(100)) } ?? ""
    let role = try visit.visit.query("role").flatMap { RoleID($0) }
    let order = try visit.visit.query("sort").flatMap(MemberOrder.init) ?? .name
    let page = min(max(try visit.visit.query("page").flatMap { Int($0) } ?? 1, 1), 100_000)
    let found = MemberSearch(typed, role: role, order: order).among(visit.bot.seenMembers)
    let start = min((page - 1) * pageSize, found.count)
    let shown = Array(found[start..<min(start + pageSize, found.count)])
    let counts = try await visit.caseHistory()?.counts(of: shown.map(\.user)) ?? [:]
    let view = MemberListView(
      visit: visit, typed: typed, role: role, order: order, page: page, members: shown, total: found.count,
      counts: counts)
    let strings = visit.strings
    return try visit.visit.page(
      PageHead(strings["members.title"], section: "members", lead: strings["members.lead"])
    ) { $0.add(view) }
  }
}

/// How the list is sorted.
enum MemberOrder: String {
  case name
  /// The newest members first.
  case joined
}

/// Finds members by what was typed, among those the bot has seen.
struct MemberSearch {
  /// Set when an id or a mention was typed.
  let id: UserID?
  private let text: String
  private let role: RoleID?
  private let order: MemberOrder

  init(_ typed: String, role: RoleID?, order: MemberOrder) {
    (self.role, self.order) = (role, order)
    let digits = typed.filter { !"<@!>".contains($0) }
    id = (15...20).contains(digits.utf8.count) ? UserID(digits) : nil
    text = (typed.hasPrefix("@") ? String(typed.dropFirst()) : typed).lowercased()
  }

  func among(_ members: [CachedMember]) -> [CachedMember] {
    var found = members
    if let role { found.removeAll { !$0.roles.contains(role) } }
    if let id {
      found.removeAll { $0.user != id }
    } else if !text.isEmpty {
      found.removeAll { member in
        ![member.nick, member.globalName, member.userName].contains {
          $0?.lowercased().contains(text) ?? false
        }
      }
    }
    switch order {
    case .name:
      let keyed = found.map { (key: ($0.displayName ?? "\u{10FFFF}").lowercased(), member: $0) }
      return keyed.sorted { ($0.key, $0.member.user) < ($1.key, $1.member.user) }.map(\.member)
    case .joined:
      return found.sorted {
        ($0.joinedAt?.milliseconds ?? 0, $0.user) > ($1.joinedAt?.milliseconds ?? 0, $1.user)
      }
    }
  }
}

/// The list with its search.
struct MemberListView: HTMLComponent {
  let visit: GuildVisit
  let typed: String
  let role: RoleID?
  let order: MemberOrder
  let page: Int
  let members: [CachedMember]
  let total: Int
  let counts: [UserID: Int]

  private var strings: StringCatalog { visit.strings }
  private var base: SafeURL { .guild(visit.guild, "members") }

  func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      search(&html)
      if members.isEmpty, let id = MemberSearch(typed, role: nil, order: .name).id {
        html.add(
          EmptyState(
            strings["members.unseen"], strings["members.unseen.help"],
            action: Button(
              strings["members.open"], act: .follow(.guild(visit.guild, "members", "\(id)")))))
      } else {
        html.add(table)
        let pages = (total + MemberPages.pageSize - 1) / MemberPages.pageSize
        if pages > 1 { html.add(Pagination(current: page, of: pages) { link(page: $0) }) }
      }
      html.element(
        .p, .class("muted"),
        text: strings(
          "members.seen", ["count": "\(visit.bot.info?.memberCount ?? 0)"]))
    }
  }

  private func link(page: Int = 1, order: MemberOrder? = nil) -> SafeURL {
    let fields: [(String, String?)] = [
      ("q", typed.isEmpty ? nil : typed), ("role", role.map { "\($0)" }),
      ("sort", (order ?? self.order) == .name ? nil : (order ?? self.order).rawValue),
      ("page", page == 1 ? nil : "\(page)"),
    ]
    return .guild(
      visit.guild, "members", query: fields.compactMap { name, value in value.map { (name, $0) } })
  }

  private func search(_ html: inout HTMLWriter) {
    let roles = visit.bot.roles.filter { $0.id != visit.guild.everyoneRole }.sorted { $0.rank > $1.rank }
    html.add(
      FilterBar(
        strings["members.search"], action: base, apply: strings["members.find"],
        clear: typed.isEmpty && role == nil ? nil : (strings["records.clear"], base)
      ) { html in
        html.add(
          TextInput(
            Field("q", label: strings["members.name"]), .text(maximum: 100), value: typed,
            placeholder: strings["members.name.example"]))
        html.add(
          SelectInput(
            Field("role", label: strings["members.role"]),
            choices: [Choice("", label: strings["members.role.all"])]
              + roles.prefix(250).map { Choice("\($0.id)", label: $0.name) },
            selected: role.map { "\($0)" } ?? ""))
      })
  }

  private var table: Table {
    Table(
      strings("members.caption", ["count": "\(total)"]),
      columns: [
        .init(
          strings["members.member"], sortLink: link(order: .name), order: order == .name ? .ascending : nil),
        .init(strings["members.roles"]),
        .init(
          strings["members.joined"], sortLink: link(order: .joined),
          order: order == .joined ? .descending : nil),
        .init(strings["members.cases"], isNumeric: true),
      ],
      rows: members.map(row),
      empty: EmptyState(strings["members.none"], strings["members.none.help"]))
  }

  private func row(_ member: CachedMember) -> Table.Row {
    let names = GuildNames(visit.bot)
    let now = visit.now
    return Table.Row([
      { html in
        html.add(PersonLine(member.user, names, link: .guild(visit.guild, "members", "\(member.user)")))
        if member.isBot { html.add(Badge(strings["members.bot"])) }
        if let until = member.timedOutUntil, until > now {
          html.add(Badge(strings["members.timedOut"], .warning))
        }
        if let userName = member.userName {
          html.element(.p, .class("muted")) { $0.isolated("@\(userName)") }
        }
      },
      { $0.add(RoleBadges(roles: member.roles, bot: visit.bot, limit: 3)) },
      { html in if let joined = member.joinedAt { html.add(TimeText(joined, .date)) } else { html.text("–") }
      },
      { $0.text(counts[member.user] ?? 0) },
    ])
  }
}

/// Roles of a member, the highest first.
struct RoleBadges: HTMLComponent {
  let roles: [RoleID]
  let bot: GuildBot
  /// How many are named; the others are counted.
  let limit: Int

  func render(into html: inout HTMLWriter) {
    let known = roles.compactMap { bot.role($0) }.sorted { $0.rank > $1.rank }
    guard !known.isEmpty else { return html.text("–") }
    html.element(.span, .class("row")) { html in
      for role in known.prefix(limit) { html.add(Badge(role.name)) }
      if known.count > limit { html.add(Badge("+\(known.count - limit)")) }
    }
  }
}
