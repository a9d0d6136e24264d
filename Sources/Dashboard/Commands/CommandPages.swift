// All commands of a guild: what they do, who may use them, and bringing Discord's list in order.

import DiscordCore
import DiscordREST
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformCommands
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import Resources

/// `/g/{guild}/commands`.
enum CommandPages {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/commands", name: "guild.commands") { visit in try list(visit) }
    routes.guild(.owner, .post, "/commands/sync", name: "guild.commands.sync") { visit in
      try await synchronise(visit)
    }
    routes.guild(.viewer, .get, "/commands/{command}", .text, name: "guild.command") { visit, command in
      try CommandRulePage(visit, command).show()
    }
    routes.guild(.manager, .post, "/commands/{command}", .text, name: "guild.command.save") {
      visit, command in
      try await CommandRulePage(visit, command).save()
    }
    routes.guild(.manager, .post, "/commands/{command}/switch", .text, name: "guild.command.switch") {
      visit, command in
      try await CommandRulePage(visit, command).turn()
    }
  }

  /// The commands of each plugin that the search finds.
  private static func list(_ visit: GuildVisit) throws -> HTTPResponse {
    let strings = visit.strings
    let query = try visit.visit.query("q").map { String($0.prefix(100)) } ?? ""
    let plugin = try visit.visit.query("plugin")
    let places = visit.house.catalog.units.filter { plugin == nil || $0.id == plugin }.map {
      PluginPlace(visit, $0)
    }
    let found = places.map { place in (place, place.unit.commands.filter { matches($0, place, query) }) }
      .filter { !$0.1.isEmpty }
    let core = visit.configuration.settings(CoreSettings.self, of: CorePlugin.id)
    var head = PageHead(strings["commands.title"], section: "commands", lead: strings["commands.lead"])
    if plugin != nil, let place = places.first {
      head.trail = [
        (strings["nav.plugins"], .guild(visit.guild, "plugins")), (place.name, place.link()),
      ]
    }
    return try visit.visit.stackedPage(
      head,
      actions: { html in
        guard visit.role >= .owner else { return }
        html.form(visit.visit.post(.guild(visit.guild, "commands", "sync"))) { html in
          html.add(Button(strings["commands.sync"], icon: .refresh, act: .submit()))
        }
      }
    ) { html in
      html.add(
        Toolbar(
          "command-search", action: .guild(visit.guild, "commands"), searchLabel: strings["commands.search"],
          query: query))
      if found.isEmpty {
        html.add(
          EmptyState(
            strings["commands.none"], strings["commands.none.help"],
            action: Button(strings["commands.all"], act: .follow(.guild(visit.guild, "commands")))))
      }
      for (place, commands) in found { table(place, commands, core, &html) }
    }
  }

  private static func matches(_ command: PluginCommand, _ place: PluginPlace, _ query: String) -> Bool {
    let wanted = query.lowercased()
    let declaration = command.declaration
    let texts =
      [declaration.name, place.own.sentence("command.\(declaration.name)") ?? ""] + declaration.aliases
    return wanted.isEmpty || texts.contains { $0.lowercased().contains(wanted) }
  }

  private static func table(
    _ place: PluginPlace, _ commands: [PluginCommand], _ core: CoreSettings, _ html: inout HTMLWriter
  ) {
    let strings = place.strings
    html.add(
      Table(
        place.isOn ? place.name : strings("commands.pluginOff", ["plugin": place.name]),
        columns: [
          .init(strings["commands.command"]), .init(strings["commands.who"]), .init(strings["commands.rule"]),
          .init(strings["commands.state"]),
        ],
        rows: commands.map { row(place, $0.declaration, core) }))
  }

  private static func row(_ place: PluginPlace, _ declaration: CommandDeclaration, _ core: CoreSettings)
    -> Table.Row
  {
    let (visit, strings) = (place.visit, place.strings)
    let rule = core.rule(for: declaration.name)
    let link = SafeURL.guild(visit.guild, "commands", declaration.name)
    let permissions = rule?.requiredPermissions ?? declaration.permission ?? []
    return Table.Row([
      { html in
        html.element(.a, .href(link)) { html in html.element(.code, text: declaration.name) }
        html.element(
          .p, .class("muted"), text: place.own.sentence("command.\(declaration.name)") ?? "")
      },
      { $0.text(permissions.isEmpty ? strings["commands.everyone"] : PluginNeeds.words(permissions.names)) },
      { $0.text(CommandRulePage.summary(rule, declaration, strings)) },
      { html in
        CommandRulePage(visit, declaration, place).toggle(
          rule?.isOn ?? true, next: .guild(visit.guild, "commands"), &html)
      },
    ])
  }

  /// Asks Discord for its list, and sets it right.
  private static func synchronise(_ visit: GuildVisit) async throws -> HTTPResponse {
    let strings = visit.strings
    let summary: CommandSyncSummary
    do {
      summary = try await visit.house.dispatcher.resyncCommands(in: visit.guild)
    } catch let error as RESTError {
      return try visit.visit.refused(
        "commands.notSynced", ["reason": "\(error)"], next: .guild(visit.guild, "commands"))
    }
    try await visit.audit("core.sync", "commands")
    var head = PageHead(strings["commands.synced"], section: "commands")
    head.trail = [(strings["nav.commands"], .guild(visit.guild, "commands"))]
    return try visit.visit.stackedPage(head) { html in
      let isSame = summary.added.isEmpty && summary.changed.isEmpty && summary.removed.isEmpty
      if isSame { html.add(Notice(.success, strings["commands.synced.same"])) }
      html.add(
        DefinitionList([
          (strings["commands.synced.added"], { names(summary.added, &$0) }),
          (strings["commands.synced.changed"], { names(summary.changed, &$0) }),
          (strings["commands.synced.removed"], { names(summary.removed, &$0) }),
          (strings["commands.synced.unchanged"], { $0.text("\(summary.unchanged)") }),
        ]))
      if !summary.problems.isEmpty {
        html.add(
          Notice(.warning, strings["commands.synced.problems"]) { html in
            html.element(.ul) { html in
              for problem in summary.problems.prefix(50) {
                html.element(.li) { html in html.isolated(problem.joined(separator: ": ")) }
              }
            }
          })
      }
      html.add(Button(strings["commands.back"], act: .follow(.guild(visit.guild, "commands"))))
    }
  }

  private static func names(_ names: [String], _ html: inout HTMLWriter) {
    if names.isEmpty { html.text("–") }
    for (index, name) in names.prefix(200).enumerated() {
      if index > 0 { html.text(" ") }
      html.element(.code, text: name)
    }
  }
}
