// What the command palette knows besides the links of the page: places of the visitor's server, plugins, commands, help.

import DiscordBot
import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAccounts
import PlatformCommands
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import Resources

/// `/palette.json?guild=`: `[{"label", "hint", "url", "group"}]`, and in it what the visitor may see.
struct PaletteRoutes: Sendable {
  private let gate: Gate
  private let libraries: [String: GuideLibrary]

  init(gate: Gate) { (self.gate, libraries) = (gate, GuidePages.libraries(gate)) }

  /// Entries are bounded; scripts take no more either.
  private static let limit = 1_500

  func addRoutes(to routes: inout DashboardRoutes) {
    let palette = self
    routes.everyone(.get, "/palette.json", name: "palette") { visit in
      let guild = try visit.query("guild").flatMap { GuildID($0) }
      let entries = try await palette.entries(visit, guild)
      return try visit.json(.array(entries.prefix(Self.limit).map(\.json)))
    }
  }

  private struct Entry {
    let label: String
    let hint: String
    let url: SafeURL
    let group: String

    var json: JSONValue {
      [
        "label": .string(label), "hint": .string(hint), "url": .string(url.description),
        "group": .string(group),
      ]
    }
  }

  private func entries(_ visit: Visit, _ guild: GuildID?) async throws -> [Entry] {
    var entries: [Entry] = []
    if let guild, let answer = await role(of: visit, in: guild) { entries += server(visit, guild, answer) }
    entries += pages(visit)
    if let library = libraries[visit.strings.language] ?? libraries["en"] {
      entries += library.articles.map { article in
        Entry(
          label: article.title, hint: article.summary, url: SafeURL(segments: article.segments),
          group: visit.strings["nav.docs"])
      }
    }
    return entries
  }

  /// What the visitor may do in a server; nil also when it cannot be told: the rest of the palette is of use without.
  private func role(of visit: Visit, in guild: GuildID) async -> AccessCheck.Answer? {
    guard let user = visit.signedIn?.account.user else { return nil }
    let check = AccessCheck(house: visit.house)
    let found = await Deadline.within(.seconds(2), by: visit.house.time) {
      try await check.role(of: user, in: guild)
    }
    return found ?? nil
  }

  private func pages(_ visit: Visit) -> [Entry] {
    let strings = visit.strings
    var pages: [(String, SafeURL)] = [("home", "/"), ("docs", "/docs"), ("status", "/status")]
    pages += [("terms", "/legal/terms"), ("privacy", "/legal/privacy"), ("imprint", "/legal/imprint")]
    if visit.signedIn != nil { pages += [("servers", "/servers"), ("account", "/account")] }
    if visit.isOperator { pages += OperatorPages.sections.map { ($0.section, $0.link) } }
    return pages.map { name, url in
      Entry(
        label: strings[dynamic: "nav.\(name)"], hint: "", url: url,
        group: strings[dynamic: name.hasPrefix("operator") ? "nav.group.operator" : "palette.pages"])
    }
  }

  /// Places in a server that the visitor has a role in.
  private func server(_ visit: Visit, _ guild: GuildID, _ answer: AccessCheck.Answer) -> [Entry] {
    let strings = visit.strings
    let name = answer.bot.info?.name ?? strings["nav.group.server"]
    let places = [
      "plugins", "commands", "members", "notices", "audit", "why", "bot", "access", "data", "transfer",
    ]
    var entries = places.map { place in
      Entry(
        label: strings[dynamic: "nav.\(place)"], hint: "", url: .guild(guild, place), group: name)
    }
    entries.insert(
      Entry(
        label: strings["nav.overview"], hint: "", url: SafeURL(segments: ["g", "\(guild)"]), group: name),
      at: 0)
    let catalog = visit.house.catalog
    for unit in catalog.units {
      let words = catalog.strings(of: unit.id, language: strings.language)
      entries.append(
        Entry(
          label: words.sentence("plugin.name") ?? unit.id, hint: words.sentence("plugin.description") ?? "",
          url: .guild(guild, "plugins", unit.id), group: strings["nav.plugins"]))
      for command in unit.commands {
        let declaration = command.declaration
        entries.append(
          Entry(
            label: "/\(declaration.name)", hint: words.sentence("command.\(declaration.name)") ?? "",
            url: .guild(guild, "commands", declaration.name), group: strings["nav.commands"]))
      }
    }
    return entries
  }
}
