// The servers of a person: those that Guildhall is in, and those it could be added to.

import Storage
import PlatformConfiguration
import DiscordBot
import DiscordCore
import DiscordModels
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformBots
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformTenancy
import Resources

/// The server picker.
struct ServerPages: Sendable {
  /// Servers on one page.
  private static let pageSize = 24
  /// From so many servers on there is a search.
  private static let searchFrom = 7
  /// Servers to add to that are listed at once; the search finds the others.
  private static let addableShown = 12

  let gate: Gate

  func addRoutes(to routes: inout DashboardRoutes) {
    routes.account(.get, "/servers", name: "servers") { visit in try await page(visit) }
  }

  /// A server as its card shows it.
  private struct Item: Sendable {
    let server: FoundServers.Server
    let members: Int?
    let health: GuildHealth?
    let unread: Int
  }

  private func page(_ visit: AccountVisit) async throws -> HTTPResponse {
    let query = try visit.visit.query("q").map { String($0.prefix(100)) } ?? ""
    let wanted = try visit.visit.query("page").flatMap { Int($0) } ?? 1
    let found = try await FoundServers.find(visit.user, gate)
    let matching = found.servers.filter { Self.matches($0.name, query) }
    let addable = found.addable.filter { Self.matches($0.name, query) }
    let pages = max(1, (matching.count + Self.pageSize - 1) / Self.pageSize)
    let current = min(max(wanted, 1), pages)
    var items: [Item] = []
    for server in matching.dropFirst((current - 1) * Self.pageSize).prefix(Self.pageSize) {
      items.append(try await item(server))
    }
    let shown = items
    let invitation = try await Invitation(visit.house)
    let strings = visit.strings
    let isSearchable = !query.isEmpty || found.servers.count + found.addable.count >= Self.searchFrom
    return try visit.visit.page(
      PageHead(strings["servers.title"], section: "servers", lead: strings["servers.lead"]),
      actions: invitation.map { invitation in
        { html in
          html.element(.div, .data("refresh")) { html in
            html.add(
              Button(
                strings["servers.addAny"], kind: found.servers.isEmpty ? .primary : .secondary, icon: .plus,
                act: .follow(invitation.link(for: nil))))
          }
        }
      },
      { html in
        html.element(.div, .class("stack")) { html in
          notes(found, strings, &html)
          if isSearchable {
            html.add(
              Toolbar(
                "server-search", action: "/servers", searchLabel: strings["servers.search"], query: query))
          }
          if shown.isEmpty { empty(query, found, strings, &html) }
          if !shown.isEmpty {
            html.element(.ul, .class("grid servers")) { html in
              for item in shown { html.element(.li) { html in card(item, visit.visit, &html) } }
            }
          }
          if pages > 1 {
            html.add(
              Pagination(current: current, of: pages) { page in
                SafeURL(segments: ["servers"], query: [("q", query), ("page", "\(page)")])
              })
          }
          if let invitation { adding(addable, invitation, visit.visit, &html) }
        }
      })
  }

  private func item(_ server: FoundServers.Server) async throws -> Item {
    guard let bot = server.answer?.bot, let info = bot.info else {
      return Item(server: server, members: nil, health: nil, unread: 0)
    }
    let tenant = Tenant(server.guild)
    let configuration = try await gate.house.configurations.current(tenant)
    return Item(
      server: server, members: info.memberCount, health: GuildHealth(of: bot, configuration, gate.house),
      unread: try await gate.house.notices.unreadCount(.guild(tenant)))
  }

  private static func matches(_ name: String, _ query: String) -> Bool {
    query.isEmpty || name.lowercased().contains(query.lowercased())
  }

  // MARK: Parts of the page

  private func notes(_ found: FoundServers, _ strings: StringCatalog, _ html: inout HTMLWriter) {
    if found.needsSignIn {
      html.add(
        Notice(.info, strings["servers.signInAgain"]) { html in
          html.element(.p) { html in
            html.text(strings["servers.signInAgain.help"])
          }
        })
    } else if found.isIncomplete {
      html.add(
        Notice(.info, strings["servers.incomplete"]) { html in
          html.element(.p) { html in
            html.text(strings["servers.incomplete.help"] + " ")
            html.element(.a, .href("/servers"), text: strings["servers.reload"])
          }
        })
    }
  }

  private func empty(
    _ query: String, _ found: FoundServers, _ strings: StringCatalog, _ html: inout HTMLWriter
  ) {
    if query.isEmpty {
      html.add(EmptyState(strings["servers.none"], strings["servers.none.help"]))
    } else {
      html.add(
        EmptyState(
          strings("servers.noneFound", ["query": query]), strings["servers.noneFound.help"],
          action: Button(strings["servers.all"], act: .follow("/servers"))))
    }
  }

  private func card(_ item: Item, _ visit: Visit, _ html: inout HTMLWriter) {
    let (server, strings) = (item.server, visit.strings)
    html.element(.article, .class("card server")) { html in
      html.element(.div, .class("server-head")) { html in
        html.add(Avatar(name: server.name, picture: server.picture, size: .large))
        html.element(.div, .class("server-words")) { html in
          html.element(.h2, .class("server-name")) { html in
            html.element(.a, .href(.guild(server.guild))) { html in html.isolated(server.name) }
          }
          let role = server.answer.map { strings[dynamic: "role.\($0.role.name)"] }
          let members = item.members.map { strings("servers.members", ["count": "\($0)"]) }
          html.element(
            .p, .class("muted"), text: [role, members].compactMap(\.self).joined(separator: " · "))
        }
      }
      html.element(.div, .class("row server-health")) { html in
        guard let health = item.health else {
          return html.add(
            item.server.isOffline
              ? StatusDot(strings["servers.offline"], .error)
              : StatusDot(strings["servers.notLooked"], .neutral))
        }
        html.add(StatusDot(health.word(visit), health.tone))
        if !health.missing.isEmpty {
          html.add(
            Badge(strings("servers.missing", ["count": "\(health.missing.names.count)"]), .warning))
        }
        if item.unread > 0 {
          html.add(Badge(strings("servers.unread", ["count": "\(item.unread)"]), .info))
        }
      }
    }
  }

  private func adding(
    _ addable: [PartialGuild], _ invitation: Invitation, _ visit: Visit, _ html: inout HTMLWriter
  ) {
    let strings = visit.strings
    html.element(.section, .class("stack servers-add"), .data("refresh")) { html in
      html.add(
        PageHeading(
          strings["servers.add"],
          description: strings[dynamic: addable.isEmpty ? "servers.add.none" : "servers.add.help"], level: .h2
        ))
      if !addable.isEmpty {
        html.element(.ul, .class("card rows")) { html in
          for server in addable.prefix(Self.addableShown) {
            html.element(.li, .class("rows-row")) { html in
              html.element(.span, .class("person")) { html in
                html.add(Avatar(name: server.name, picture: server.picture))
                html.isolated(server.name)
              }
              html.add(
                Button(
                  strings["servers.addThis"], icon: .plus, act: .follow(invitation.link(for: server.id))
                ).small().with(.ariaLabel(strings("servers.addNamed", ["server": server.name]))))
            }
          }
        }
        if addable.count > Self.addableShown {
          html.element(
            .p, .class("muted"),
            text: strings("servers.addMore", ["count": "\(addable.count - Self.addableShown)"]))
        }
      }
      html.add(
        Notice(.neutral, strings["servers.after"]) { html in
          html.element(.p) { html in
            html.text(strings["servers.after.help"] + " ")
            html.element(.a, .href("/servers"), text: strings["servers.reload"])
          }
        })
      invitation.explain(visit, &html)
    }
  }
}

extension FoundServers.Server {
  fileprivate var picture: SafeURL? {
    icon.map { SafeURL(segments: ["pictures", "icons", "\(guild)", $0]) }
  }
}

extension PartialGuild {
  fileprivate var picture: SafeURL? { icon.map { SafeURL(segments: ["pictures", "icons", "\(id)", $0]) } }
}
