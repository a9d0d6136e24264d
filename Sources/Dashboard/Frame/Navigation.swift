// Where one can go from a page: of a server, of one's own, of the operator's.

import DiscordCore
import HTML
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import Resources

/// The navigation of a visit.
struct Navigation {
  private let visit: Visit
  private let section: String

  init(_ visit: Visit, section: String) { (self.visit, self.section) = (visit, section) }

  /// Groups from top to bottom.
  var groups: [NavigationGroup] {
    guard let place = visit.place else { return outside }
    return server(place)
  }

  private var strings: StringCatalog { visit.strings }

  private func item(
    _ section: String, _ link: SafeURL, _ icon: Icon, _ shortcut: Character? = nil, note: String? = nil
  ) -> NavigationGroup.Item {
    .init(
      strings[dynamic: "nav.\(section)"], link: link, icon: icon, note: note,
      tone: note == nil ? .neutral : .info, shortcut: shortcut, isCurrent: section == self.section)
  }

  private var outside: [NavigationGroup] {
    var items = [item("home", "/", .home, "h")]
    if visit.signedIn != nil { items.append(item("servers", "/servers", .server, "s")) }
    items += [item("docs", "/docs", .book, "d"), item("status", "/status", .chart)]
    var groups = [NavigationGroup(items: items)]
    if visit.signedIn != nil {
      groups.append(
        NavigationGroup(strings["nav.group.account"], items: [item("account", "/account", .person, "a")]))
    }
    if visit.isOperator {
      // On the desk, all of its pages; elsewhere the way to it.
      let sections = OperatorPages.sections.prefix(section.hasPrefix("operator") ? .max : 1)
      groups.append(
        NavigationGroup(
          strings["nav.group.operator"],
          items: sections.map { entry in
            item(entry.section, entry.link, entry.icon, entry.section == "operator" ? "o" : nil)
          }))
    }
    return groups
  }

  private func server(_ place: GuildPlace) -> [NavigationGroup] {
    let guild = place.guild
    var groups = [
      NavigationGroup(items: [
        item("overview", .guild(guild), .home, "h"), item("plugins", .guild(guild, "plugins"), .puzzle, "p"),
        item("guests", .guild(guild, "guests"), .folder, "g"),
        item("commands", .guild(guild, "commands"), .terminal, "c"),
        item("members", .guild(guild, "members"), .users, "m"),
        item(
          "notices", .guild(guild, "notices"), .bell, "n",
          note: place.unreadNotices > 0 ? "\(place.unreadNotices)" : nil),
      ])
    ]
    let pages = pluginPages(place)
    if !pages.isEmpty { groups.append(NavigationGroup(strings["nav.group.pages"], items: pages)) }
    groups.append(
      NavigationGroup(
        strings["nav.group.server"],
        items: [
          item("audit", .guild(guild, "audit"), .clock, "l"), item("why", .guild(guild, "why"), .search, "w"),
          item("bot", .guild(guild, "bot"), .robot, "b"), item("access", .guild(guild, "access"), .key, "x"),
          item("data", .guild(guild, "data"), .folder),
          item("transfer", .guild(guild, "transfer"), .download),
        ]))
    return groups
  }

  /// The first page of each plugin that is on and has pages.
  private func pluginPages(_ place: GuildPlace) -> [NavigationGroup.Item] {
    visit.house.catalog.units.compactMap { unit in
      guard unit.isAlwaysOn || place.enabled.contains(unit.id),
        let page = unit.pages.first(where: { $0.isListed && $0.role <= place.role })
      else { return nil }
      let words = visit.house.catalog.strings(of: unit.id, language: strings.language)
      // By the plugin's name, unless its first page has one of its own, as the cases have.
      let title = words.sentence("nav.\(page.id)") ?? words[dynamic: "plugin.name"]
      return .init(
        title,
        link: SafeURL(segments: ["g", "\(place.guild)", unit.id] + (page.id.isEmpty ? [] : [page.id])),
        icon: Self.icon(of: unit.category),
        isCurrent: section == "page.\(unit.id)")
    }
  }

  /// A picture for what a plugin is about.
  static func icon(of category: PluginCategory) -> Icon {
    switch category {
    case .core: .sliders
    case .protection: .shield
    case .community: .heart
    case .utility: .bolt
    case .assistant: .message
    case .thirdParty: .plug
    }
  }
}
