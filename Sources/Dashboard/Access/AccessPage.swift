// What is shown of a server's access.

import DiscordBot
import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import Resources
import Storage

/// The page `/g/{guild}/access`.
struct AccessPage {
  let visit: GuildVisit
  private let grants: [AccessGrant]
  /// Roles of Discord that bring a role here, the highest first, and people seen with them.
  let discord: [(role: CachedRole, access: AccessRole)]
  let people: [(user: UserID, access: AccessRole)]
  /// People listed who have access by Discord's permissions.
  static let peopleShown = 50

  init(_ visit: GuildVisit) async throws {
    self.visit = visit
    grants = try await AccessStore(visit.store).grants()
    let everyone = visit.guild.rawValue
    discord = visit.bot.roles.filter { !$0.isManaged || $0.id.rawValue == everyone }
      .compactMap { role in
        Self.access(of: role.permissions).map { (role: role, access: $0) }
      }.sorted { $0.role.position > $1.role.position }
    people = Self.people(visit, discord)
  }

  private static func access(of permissions: Permissions) -> AccessRole? {
    if permissions.contains(.administrator) { return .owner }
    return permissions.contains(.manageGuild) ? .manager : nil
  }

  private static func people(_ visit: GuildVisit, _ roles: [(role: CachedRole, access: AccessRole)]) -> [(
    user: UserID, access: AccessRole
  )] {
    let owner = visit.bot.info?.owner
    var people: [(user: UserID, access: AccessRole)] = owner.map { [($0, .owner)] } ?? []
    let byRole = Dictionary(roles.map { ($0.role.id, $0.access) }, uniquingKeysWith: max)
    guard !byRole.isEmpty else { return people }
    let members = visit.bot.seenMembers.filter { !$0.isBot && $0.user != owner }
    for member in members.sorted(by: { $0.user < $1.user }) {
      guard let access = member.roles.compactMap({ byRole[$0] }).max() else { continue }
      people.append((member.user, access))
      if people.count > peopleShown { break }
    }
    return people
  }

  var strings: StringCatalog { visit.strings }
  var isOwner: Bool { visit.role >= .owner }

  /// The page; with `people` to choose from for a grant, or with the question whether somebody means to give up their own
  /// access.
  func show(
    choosing candidates: [CachedMember] = [], _ access: AccessRole = .viewer,
    confirming change: (subject: AccessGrant.Subject, access: AccessRole?)? = nil
  ) throws -> HTTPResponse {
    var head = PageHead(strings["access.title"], section: "access", lead: strings["access.lead"])
    if change != nil { head.status = HTTPStatus(422) }
    return try visit.visit.page(head) { html in
      html.element(.div, .class("stack")) { html in
        if let change { confirm(change, &html) }
        if !candidates.isEmpty { choose(candidates, access, &html) }
        given(&html)
        if isOwner { add(&html) }
        byDiscord(&html)
        roles(&html)
      }
    }
  }

  // MARK: Questions

  private func confirm(
    _ change: (subject: AccessGrant.Subject, access: AccessRole?), _ html: inout HTMLWriter
  ) {
    html.add(
      Notice(.warning, strings["access.sure"]) { html in
        html.element(.p, text: strings["access.sure.help"])
        html.element(.div, .class("row")) { html in
          let path = change.access == nil ? "revoke" : "grant"
          html.form(
            visit.visit.post(
              .guild(visit.guild, "access", path), ("subject", change.subject.name),
              ("access", change.access?.name ?? ""), ("sure", "on"))
          ) { html in
            html.add(Button(strings["access.sure.act"], kind: .danger, act: .submit()))
          }
          html.add(Button(strings["access.sure.keep"], act: .follow(.guild(visit.guild, "access"))))
        }
      })
  }

  private func choose(_ people: [CachedMember], _ access: AccessRole, _ html: inout HTMLWriter) {
    html.add(
      Card(strings["access.which"], subtitle: strings["access.which.help"]) { html in
        html.element(.ul, .class("rows")) { html in
          for person in people {
            html.element(.li, .class("rows-row")) { html in
              html.element(.span, .class("rows-words")) { html in
                html.isolated(person.displayName ?? "\(person.user)")
                html.element(.span, .class("muted")) { html in
                  html.isolated("\(person.userName ?? "") · \(person.user)")
                }
              }
              html.form(
                visit.visit.post(
                  .guild(visit.guild, "access", "grant"), ("subject", "user:\(person.user)"),
                  ("access", access.name))
              ) { html in
                html.add(
                  Button(
                    strings("access.giveTo", ["role": strings[dynamic: "role.\(access.name)"]]),
                    act: .submit()
                  ).small())
              }
            }
          }
        }
      })
  }

  // MARK: Grants

  private func given(_ html: inout HTMLWriter) {
    html.add(
      Table(
        strings["access.given"],
        columns: [.init(strings["access.who"]), .init(strings["access.kind"]), .init(strings["access.may"])],
        rows: grants.map { grant in
          .init(
            [
              { html in subject(grant.subject, &html) },
              { html in
                let kind = if case .user = grant.subject { "person" } else { "role" }
                html.text(strings[dynamic: "access.kind.\(kind)"])
              },
              { html in level(grant, &html) },
            ],
            actions: isOwner
              ? { html in
                html.form(
                  visit.visit.post(
                    .guild(visit.guild, "access", "revoke"), ("subject", grant.subject.name))
                ) { html in
                  html.add(
                    Button.icon(
                      .trash,
                      label: strings("access.take", ["subject": AccessPages.name(of: grant.subject, visit)]),
                      act: .submit()
                    ).small())
                }
              } : nil)
        }, empty: EmptyState(strings["access.none"], strings["access.none.help"])))
  }

  private func subject(_ subject: AccessGrant.Subject, _ html: inout HTMLWriter) {
    html.isolated(AccessPages.name(of: subject, visit))
    if case .role(let role) = subject, visit.bot.role(role) == nil {
      html.text(" ")
      html.add(Badge(strings["access.gone"], .warning))
    }
  }

  private func level(_ grant: AccessGrant, _ html: inout HTMLWriter) {
    guard isOwner else { return html.text(strings[dynamic: "role.\(grant.access.name)"]) }
    html.form(
      visit.visit.post(.guild(visit.guild, "access", "grant"), ("subject", grant.subject.name)),
      .class("inline-form")
    ) { html in
      html.element(.span, .class("select")) { html in
        html.element(
          .select, .class("input"), .name("access"),
          .ariaLabel(strings("access.mayOf", ["subject": AccessPages.name(of: grant.subject, visit)]))
        ) { html in
          for role in AccessRole.allCases {
            html.element(
              .option, .value(role.name), .selected(role == grant.access),
              text: strings[dynamic: "role.\(role.name)"])
          }
        }
        html.add(Icon.chevronDown)
      }
      html.add(Button(strings["access.change"], act: .submit()).small())
    }
  }
}
