// One plugin in one guild, as the pages about it need it.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import Resources
import Telemetry

/// A visit to a plugin's pages.
struct PluginPlace: Sendable {
  let visit: GuildVisit
  let unit: PluginUnit

  /// - Throws: `HTTPProblem` 404 for a plugin that is not there.
  init(_ visit: GuildVisit, _ plugin: String) throws {
    guard let unit = visit.house.catalog[plugin] else { throw HTTPProblem.notFound }
    (self.visit, self.unit) = (visit, unit)
  }

  init(_ visit: GuildVisit, _ unit: PluginUnit) { (self.visit, self.unit) = (visit, unit) }

  var strings: StringCatalog { visit.strings }
  /// The plugin's own sentences, in the reader's language.
  var own: StringCatalog { visit.house.catalog.strings(of: unit.id, language: strings.language) }
  var name: String { own.sentence("plugin.name") ?? unit.id }
  var isOn: Bool { unit.isAlwaysOn || visit.configuration.isEnabled(unit.id) }
  var mayChange: Bool { visit.role >= .manager }
  var revision: Int64 { visit.configuration.revision(of: unit.id) }

  /// The words of its settings.
  var words: SettingsWords {
    SettingsWords(
      plugin: own, core: visit.house.catalog.strings(of: CorePlugin.id, language: strings.language),
      page: strings)
  }

  /// The fields that its form has. The core's rules of commands have a page of their own.
  var fields: [SettingsFieldDescription] {
    unit.id == CorePlugin.id ? unit.settingsFields.filter { $0.name != "commands" } : unit.settingsFields
  }

  /// Its settings as they are stored; empty for a plugin without.
  var document: JSONValue { visit.configuration.anySettings(of: unit.id)?.document ?? [:] }
  /// Its settings as nobody touched them.
  var defaults: JSONValue {
    guard let settings = visit.configuration.anySettings(of: unit.id) else { return [:] }
    return type(of: settings).init().document
  }

  /// What a page is called, below the list of plugins.
  func head(_ title: String? = nil, status: HTTPStatus = .ok) -> PageHead {
    var head = PageHead(title ?? name, section: "plugins")
    head.lead = title == nil ? own.sentence("plugin.description") : nil
    head.trail = [(strings["nav.plugins"], .guild(visit.guild, "plugins"))]
    if title != nil { head.trail.append((name, link())) }
    head.status = status
    return head
  }

  /// The address of a page about the plugin.
  func link(_ path: String..., query: [(name: String, value: String)] = []) -> SafeURL {
    SafeURL(segments: ["g", "\(visit.guild)", "plugins", unit.id] + path, query: query)
  }

  /// The switch, for managers; what it stands at, for others.
  func toggle(_ html: inout HTMLWriter, next: SafeURL) {
    if unit.isAlwaysOn {
      html.add(Badge(strings["plugins.alwaysOn"], .info))
    } else if mayChange {
      html.add(
        SwitchForm(
          visit.visit.post(link("switch"), ("next", next.description)),
          Field("on", label: strings["plugins.on"], id: ElementID("switch-\(unit.id)")), isOn: isOn,
          done: (
            strings(dynamic: "flash.plugins.on", ["plugin": name]),
            strings(dynamic: "flash.plugins.off", ["plugin": name])
          )))
    } else {
      html.add(Badge(strings[dynamic: isOn ? "plugins.on" : "plugins.off"], isOn ? .success : .neutral))
    }
  }

  /// The ways between the pages of the plugin.
  func tabs(_ html: inout HTMLWriter, current: String) {
    var tabs: [(id: String, title: String, link: SafeURL)] = [
      ("settings", strings["plugins.tab.settings"], link()),
      ("history", strings["plugins.tab.history"], link("history")),
    ]
    if !unit.commands.isEmpty {
      tabs.append(
        (
          "commands", strings["plugins.tab.commands"],
          .guild(visit.guild, "commands", query: [("plugin", unit.id)])
        ))
    }
    for page in unit.pages where page.isListed && page.role <= visit.role {
      tabs.append(("page.\(page.id)", title(of: page.id), pageLink(page.id)))
    }
    html.element(.nav, .class("tab-list plugin-tabs"), .ariaLabel(strings("plugins.tabs", ["plugin": name])))
    { html in
      for tab in tabs {
        html.element(
          .a, .class("tab"), .href(tab.link), .ariaCurrent(tab.id == current ? "page" : nil), text: tab.title)
      }
    }
  }

  /// What one of its own pages is called.
  func title(of page: String) -> String {
    own.sentence(page.isEmpty ? "page" : "page.\(page)") ?? name
  }

  /// The address of one of its own pages.
  func pageLink(_ page: String) -> SafeURL {
    SafeURL(segments: ["g", "\(visit.guild)", unit.id] + (page.isEmpty ? [] : [page]))
  }

  /// Has timers, commands and reconcilers follow a change. The change is made: what goes wrong here is made good when the
  /// bot comes back.
  func settle() async {
    await Self.settle(visit, only: unit.id)
  }

  static func settle(_ visit: GuildVisit, only plugin: String) async {
    do {
      try await visit.house.dispatcher.settle(visit.guild, only: plugin)
    } catch {
      Log(room: "dashboard").warning(
        "a server is not settled after a change",
        ["guild": .string("\(visit.guild)"), "error": .string("\(error)")])
    }
  }
}

extension GuildVisit {
  /// Channels and roles of the guild by name, from what the bot sees.
  var choices: GuildChoices {
    let channels = bot.allChannels
    let places = Dictionary(channels.map { ($0.id, $0.position) }) { first, _ in first }
    let sorted = channels.sorted { left, right in
      let (one, other) = (left.parent.flatMap { places[$0] } ?? -1, right.parent.flatMap { places[$0] } ?? -1)
      return (one, left.position, left.id.rawValue) < (other, right.position, right.id.rawValue)
    }
    return GuildChoices(
      channels: sorted.map {
        GuildChoices.Channel($0.id, name: $0.name, type: $0.type.rawValue, category: $0.parent)
      },
      roles: bot.roles.filter { $0.id.rawValue != guild.rawValue }.map { role in
        GuildChoices.Role(
          role.id, name: role.name, color: role.color, position: Int(role.position),
          isManaged: role.isManaged, isGivable: bot.mayAssign(role.id) != .no)
      })
  }
}
