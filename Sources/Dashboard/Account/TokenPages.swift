// Personal tokens for the API: made for one server, shown once, revoked at once.

import DiscordCore
import DiscordREST
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAccounts
import PlatformTenancy
import Resources
import Storage
import Vault

/// The page `/account/tokens`.
struct TokenPages: Sendable {
  private static let page: SafeURL = "/account/tokens"
  /// Days that a token may live; 0 for no end.
  private static let lifetimes = [7, 30, 90, 365, 0]
  /// Servers to choose from.
  private static let serversShown = 200

  let gate: Gate

  func addRoutes(to routes: inout DashboardRoutes) {
    routes.account(.get, "/account/tokens", name: "account.tokens") { visit in try await show(visit) }
    routes.account(.post, "/account/tokens", name: "account.token.create") { visit in
      try await create(visit)
    }
    routes.account(.post, "/account/tokens/revoke", name: "account.token.revoke") { visit in
      guard let id = visit.visit.field("token"),
        try await visit.house.apiTokens.revoke(id, of: visit.user)
      else { return try visit.visit.refused("tokens.unknown", next: Self.page) }
      return try visit.visit.done("tokens.revoked", next: Self.page)
    }
  }

  // MARK: Making

  private func create(_ visit: AccountVisit) async throws -> HTTPResponse {
    func refused(_ key: String, _ values: [String: String] = [:]) throws -> HTTPResponse {
      try visit.visit.refused(key, values, next: Self.page)
    }
    // A token makes no tokens: only a person at their browser does.
    guard visit.session != nil else { throw HTTPProblem.notFound }
    guard let guild = visit.visit.field("server").flatMap({ GuildID($0) }),
      let access = visit.visit.field("access").flatMap({ AccessRole(name: $0) }),
      let days = visit.visit.field("days").flatMap({ Int($0) }), Self.lifetimes.contains(days)
    else { return try refused("tokens.incomplete") }
    let own: AccessRole?
    do {
      own = try await gate.access.role(of: visit.user, in: guild, isForChange: true)?.role
    } catch is RESTError {
      return try refused("tokens.noDiscord")
    }
    guard let own else { return try refused("tokens.noServer") }
    guard access <= own else {
      return try refused("tokens.tooMuch", ["role": visit.strings[dynamic: "role.\(own.name)"]])
    }
    do {
      let expiry = days == 0 ? nil : visit.now + .seconds(Int64(days) * 86_400)
      let (text, token) = try await visit.house.apiTokens.create(
        visit.visit.field("name") ?? "", of: visit.user, in: Tenant(guild), access: access,
        expiresAt: expiry, at: visit.now)
      if visit.wantsJSON {
        return try visit.visit.done(
          "tokens.made", next: Self.page,
          more: [
            JSONObject.Field(key: "id", value: .string(token.id)),
            JSONObject.Field(key: "token", value: .string(text.exposedText)),
          ])
      }
      return try await show(visit, made: (token.name, text))
    } catch let refusal as APITokenRefusal {
      switch refusal {
      case .badName: return try refused("tokens.badName")
      case .tooMany: return try refused("tokens.tooMany", ["limit": "\(APITokens.limit)"])
      case .expired: return try refused("tokens.incomplete")
      }
    }
  }

  // MARK: Showing

  private func show(_ visit: AccountVisit, made: (name: String, text: Secret)? = nil) async throws
    -> HTTPResponse
  {
    let strings = visit.strings
    let tokens = try await visit.house.apiTokens.list(visit.user)
    let servers = try await FoundServers.find(visit.user, gate).servers.filter { $0.answer != nil }
    let names = Dictionary(servers.map { ($0.guild, $0.name) }, uniquingKeysWith: { first, _ in first })
    var head = PageHead(strings["tokens.title"], section: "account", lead: strings["tokens.lead"])
    head.trail = [(strings["account.title"], "/account")]
    return try visit.visit.page(head) { html in
      html.element(.div, .class("stack")) { html in
        if let made {
          html.add(
            Notice(.success, strings("tokens.once", ["name": made.name])) { html in
              html.element(.p, text: strings["tokens.once.help"])
              html.add(CodeBlock("token", label: strings["tokens.token"], code: made.text.exposedText))
            })
        }
        table(tokens, names, visit, &html)
        form(servers, visit, &html)
      }
    }
  }

  private func table(
    _ tokens: [APIToken], _ names: [GuildID: String], _ visit: AccountVisit, _ html: inout HTMLWriter
  ) {
    let strings = visit.strings
    html.add(
      Table(
        strings["tokens.yours"],
        columns: [
          .init(strings["tokens.name"]), .init(strings["tokens.server"]), .init(strings["tokens.may"]),
          .init(strings["tokens.used"]), .init(strings["tokens.ends"]),
        ],
        rows: tokens.map { token in
          .init(
            [
              { html in html.isolated(token.name) },
              { html in html.isolated(names[token.guild.guild] ?? token.guild.description) },
              { html in html.text(strings[dynamic: "role.\(token.access.name)"]) },
              { html in
                if let used = token.lastUsedAt {
                  html.add(TimeText(used, .relative))
                } else {
                  html.text(strings["tokens.unused"])
                }
              },
              { html in
                if !token.isValid(at: visit.now) {
                  html.add(Badge(strings["tokens.ended"], .warning))
                } else if let end = token.expiresAt {
                  html.add(TimeText(end, .date))
                } else {
                  html.text(strings["tokens.never"])
                }
              },
            ],
            actions: { html in
              html.form(visit.visit.post("/account/tokens/revoke", ("token", token.id))) { html in
                html.add(
                  Button(strings["tokens.revoke"], act: .submit())
                    .small().with(.ariaLabel(strings("tokens.revokeNamed", ["name": token.name]))))
              }
            })
        }, empty: EmptyState(strings["tokens.none"], strings["tokens.none.help"])))
  }

  private func form(_ servers: [FoundServers.Server], _ visit: AccountVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    html.add(
      Card(strings["tokens.new"]) { html in
        guard !servers.isEmpty else {
          return html.element(.p, .class("muted"), text: strings["tokens.noServers"])
        }
        html.form(visit.visit.post(Self.page), .class("form")) { html in
          html.add(
            TextInput(
              Field(
                "name", label: strings["tokens.name"], help: strings["tokens.name.help"], isRequired: true),
              .text(maximum: 64), autocomplete: "off"))
          html.add(
            Picker(
              Field("server", label: strings["tokens.server"], isRequired: true),
              groups: [
                .init(nil, servers.prefix(Self.serversShown).map { .init("\($0.guild)", label: $0.name) })
              ]))
          html.add(
            RadioGroup(
              Field("access", label: strings["tokens.may"], isRequired: true),
              choices: AccessRole.allCases.map { role in
                Choice(
                  role.name, label: strings[dynamic: "role.\(role.name)"],
                  help: strings[dynamic: "access.roles.\(role.name)"])
              }, selected: AccessRole.viewer.name))
          html.add(
            SelectInput(
              Field("days", label: strings["tokens.lifetime"], help: strings["tokens.lifetime.help"]),
              choices: Self.lifetimes.map { days in
                Choice(
                  "\(days)",
                  label: days == 0 ? strings["tokens.never"] : strings("tokens.days", ["count": "\(days)"]))
              }, selected: "90"))
          html.element(.div, .class("actions")) { html in
            html.add(Button(strings["tokens.make"], kind: .primary, act: .submit()))
          }
        }
      })
  }
}
