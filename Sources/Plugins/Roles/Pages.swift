// The plugin's page: which menus there are, and the last bulk jobs.

import DiscordBot
import DiscordCore
import HTML
import PlatformPlugins
import Resources

enum Pages {
  private static let jobsShown = 10

  static func menus(_ context: RoleContext, _ request: PageRequest) async throws -> PageContent {
    let menus = try await context.rows.menus()
    let jobs = try await context.rows.jobs(limit: jobsShown)
    let view = View(
      strings: context.strings,
      menus: menus.map { menu in
        let place =
          menu.isMissing
          ? context.strings["list.missing"]
          : menu.place.map { "#" + (context.bot.channel($0.channel)?.name ?? "\($0.channel)") }
            ?? context.strings["list.draft"]
        return View.MenuRow(menu: menu, place: place)
      },
      jobs: jobs.map { View.JobRow(job: $0, role: context.bot.role($0.role)?.name ?? "\($0.role)") })
    return PageContent { html in view.write(&html) }
  }

  /// What is shown, looked up already.
  private struct View: Sendable {
    struct MenuRow: Sendable {
      let menu: StoredMenu
      let place: String
    }

    struct JobRow: Sendable {
      let job: BulkJob
      let role: String
    }

    let strings: StringCatalog
    let menus: [MenuRow]
    let jobs: [JobRow]

    func write(_ html: inout HTMLWriter) {
      html.add(
        Table(
          strings["page.menus"],
          columns: [
            .init(strings["page.number"], isNumeric: true), .init(strings["page.menu"]),
            .init(strings["page.kind"]), .init(strings["page.options"], isNumeric: true),
            .init(strings["page.place"]),
          ],
          rows: menus.map { row in
            let kind =
              strings[dynamic: "style.\(row.menu.menu.style.rawValue)"] + " · "
              + strings(
                dynamic: "mode.\(row.menu.menu.mode.rawValue)", ["limit": "\(row.menu.menu.limit)"])
            return .init([
              { $0.text("\(row.menu.id)") }, { $0.isolated(row.menu.menu.title) }, { $0.text(kind) },
              { $0.text("\(row.menu.menu.options.count)") }, { $0.isolated(row.place) },
            ])
          },
          empty: EmptyState(strings["page.noMenus"], strings["page.noMenus.help"])))
      guard !jobs.isEmpty else { return }
      html.add(
        Table(
          strings["page.jobs"],
          columns: [
            .init(strings["page.number"], isNumeric: true), .init(strings["page.role"]),
            .init(strings["page.who"]), .init(strings["page.state"]),
          ],
          rows: jobs.map { row in
            let state = strings(
              dynamic: "bulk.state.\(row.job.state.rawValue)",
              [
                "percentage": "\(row.job.percentage)", "seen": "\(row.job.seen)", "done": "\(row.job.done)",
                "failed": "\(row.job.failed)",
              ])
            let verb = strings[dynamic: "page.verb.\(row.job.verb.rawValue)"]
            return .init([
              { $0.text("\(row.job.number)") }, { $0.isolated("\(verb) \(row.role)") },
              { $0.text(strings[dynamic: "bulk.who.\(row.job.who.rawValue)"]) }, { $0.text(state) },
            ])
          }))
    }
  }
}
