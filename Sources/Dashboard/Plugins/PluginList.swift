// All plugins of a guild: what each is for, whether it is on, and whether it can work.

import DiscordCore
import HTML
import HTTPServer
import PlatformCommands
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import Resources
import SandboxArtifacts
import SandboxContract

/// The page `/g/{guild}/plugins`.
enum PluginList {
  static func show(_ visit: GuildVisit) async throws -> HTTPResponse {
    let strings = visit.strings
    let query = try visit.visit.query("q").map { String($0.prefix(100)) } ?? ""
    let places = visit.house.catalog.units.map { PluginPlace(visit, $0) }.filter { matches($0, query) }
    let guests = GuestPlace.all(visit).filter { place in
      query.isEmpty
        || [place.manifest.name, place.plugin, place.manifest.description].contains {
          $0.lowercased().contains(query.lowercased())
        }
    }
    let pages = await GuestShelf.pages(visit, guests.map(\.stored))
    let means = BotMeans(visit)
    let here = SafeURL.guild(visit.guild, "plugins", query: query.isEmpty ? [] : [("q", query)])
    return try visit.visit.page(
      PageHead(strings["plugins.title"], section: "plugins", lead: strings["plugins.lead"])
    ) { html in
      html.add(
        Toolbar(
          "plugin-search", action: .guild(visit.guild, "plugins"), searchLabel: strings["plugins.search"],
          query: query))
      if places.isEmpty, guests.isEmpty {
        html.add(
          EmptyState(
            strings["plugins.none"], strings["plugins.none.help"],
            action: Button(strings["plugins.all"], act: .follow(.guild(visit.guild, "plugins")))))
      }
      for category in PluginCategory.allCases {
        let own = places.filter { $0.unit.category == category }
        if own.isEmpty { continue }
        html.element(.section, .class("plugin-group")) { html in
          html.element(.h2, text: strings[dynamic: "plugins.category.\(category.rawValue)"])
          html.element(.div, .class("plugin-cards")) { html in
            for place in own { card(place, means, next: here, &html) }
          }
        }
      }
      if query.isEmpty || !guests.isEmpty { thirdParties(guests, pages, visit, means, next: here, &html) }
    }
  }

  /// What the server has of third parties, and the way to more.
  private static func thirdParties(
    _ places: [GuestPlace], _ pages: [String: [GuestDashboard.Page]], _ visit: GuildVisit, _ means: BotMeans,
    next: SafeURL, _ html: inout HTMLWriter
  ) {
    let strings = visit.strings
    html.element(.section, .class("plugin-group")) { html in
      html.element(.h2, text: strings["plugins.guests"])
      html.element(.p, .class("muted")) { html in
        html.text(strings["plugins.guests.help"] + " ")
        html.element(.a, .href(.guild(visit.guild, "guests")), text: strings["plugins.guests.more"])
      }
      html.element(.div, .class("plugin-cards")) { html in
        for place in places {
          GuestShelf.card(place, pages: pages[place.plugin] ?? [], means, next: next, &html)
        }
      }
    }
  }

  /// Whether the search finds the plugin: by name, id, what it is for, or the name of one of its commands.
  private static func matches(_ place: PluginPlace, _ query: String) -> Bool {
    let wanted = query.lowercased()
    if wanted.isEmpty { return true }
    let texts = [place.name, place.unit.id, place.own.sentence("plugin.description") ?? ""]
    return texts.contains { $0.lowercased().contains(wanted) }
      || place.unit.commands.contains { $0.declaration.name.contains(wanted) }
  }

  private static func card(
    _ place: PluginPlace, _ means: BotMeans, next: SafeURL, _ html: inout HTMLWriter
  ) {
    let strings = place.strings
    html.add(
      Card(
        place.name, subtitle: place.own.sentence("plugin.description"),
        actions: { html in place.toggle(&html, next: next) },
        footer: { html in
          html.element(.div, .class("actions")) { html in
            html.add(
              Button(
                strings[dynamic: place.mayChange ? "plugins.settings" : "plugins.look"], icon: .sliders,
                act: .follow(place.link())
              ).small())
            if place.isOn {
              for page in place.unit.pages where page.isListed && page.role <= place.visit.role {
                html.add(
                  Button(place.title(of: page.id), kind: .quiet, act: .follow(place.pageLink(page.id)))
                    .small())
              }
            }
          }
        }
      ) { html in
        problems(place, &html)
        html.add(PluginNeeds(unit: place.unit, own: place.own, strings: strings, means: means))
      })
  }

  /// Settings that do not fit any more, with the way to them.
  static func problems(_ place: PluginPlace, _ html: inout HTMLWriter) {
    guard let problems = place.visit.configuration.problems[place.unit.id], !problems.isEmpty else { return }
    let words = place.words
    html.add(
      Notice(.warning, place.strings["plugins.problems"]) { html in
        html.element(.ul) { html in
          for problem in problems.prefix(5) {
            html.element(.li) { html in
              let labels = words.place(problem.path.description, in: place.unit.settingsFields)?.labels ?? []
              if !labels.isEmpty { html.isolated(labels.joined(separator: " › ") + ": ") }
              html.text(words.sentence(problem, fields: place.unit.settingsFields))
            }
          }
        }
        html.element(.p) { html in
          html.element(.a, .href(place.link()), text: place.strings["plugins.problems.fix"])
        }
      })
  }

  /// Switches a plugin on or off, at once.
  static func turn(_ visit: GuildVisit, _ plugin: String) async throws -> HTTPResponse {
    let place = try PluginPlace(visit, plugin)
    let next = place.next(otherwise: .guild(visit.guild, "plugins"))
    guard !place.unit.isAlwaysOn else {
      return try visit.visit.refused("plugins.alwaysOn", ["plugin": place.name], next: next)
    }
    let isOn = visit.visit.field("on") != nil
    try await visit.house.configurations.setEnabled(
      isOn, plugin: place.unit.id, in: visit.tenant, by: visit.origin)
    await place.settle()
    return try visit.visit.done(isOn ? "plugins.on" : "plugins.off", ["plugin": place.name], next: next)
  }
}

extension PluginPlace {
  /// The page that the form stood on.
  func next(otherwise page: SafeURL) -> SafeURL {
    guard let text = visit.visit.field("next"), let url = SafeURL(text), url.isLocal else { return page }
    return url
  }
}
