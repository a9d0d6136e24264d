// The first steps of a server: what kind of server it is, and one press that switches on what suits it.

import PlatformTenancy
import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformBots
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import Resources

/// The wizard. It only switches on: what a server has on already stays on.
enum SetupPage {
  /// Whether nobody has set up anything yet: no plugin that could be off is on, and no revision was made.
  static func isFresh(_ visit: GuildVisit) -> Bool {
    visit.configuration.revision == 0
      && !visit.house.catalog.units.contains { !$0.isAlwaysOn && visit.configuration.isEnabled($0.id) }
  }

  static func show(_ visit: GuildVisit) throws -> HTTPResponse {
    let strings = visit.strings
    var head = PageHead(strings["setup.title"], section: "overview", lead: strings["setup.lead"])
    head.trail = [(strings["overview.title"], .guild(visit.guild))]
    return try visit.visit.page(head) { html in
      html.element(.div, .class("stack")) { html in
        html.element(.div, .class("grid")) { html in
          for preset in ServerPreset.allCases { card(preset, visit, &html) }
        }
        html.element(.p, .class("muted"), text: strings["setup.later"])
      }
    }
  }

  private static func card(_ preset: ServerPreset, _ visit: GuildVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let units = preset.units(of: visit.house.catalog)
    let missing = missing(units, visit)
    html.add(
      Card(
        strings[dynamic: "setup.preset.\(preset.rawValue)"],
        subtitle: strings[dynamic: "setup.preset.\(preset.rawValue).help"],
        footer: { html in
          guard visit.role >= .manager else { return }
          html.form(visit.visit.post(.guild(visit.guild, "setup"), ("preset", preset.rawValue))) { html in
            html.add(
              Button(strings["setup.apply"], kind: .primary, act: .submit())
                .with(
                  .ariaLabel(
                    strings(
                      "setup.applyNamed",
                      ["preset": strings[dynamic: "setup.preset.\(preset.rawValue)"]]))))
          }
        },
        content: { html in
          html.element(.ul, .class("checks")) { html in
            for unit in units {
              html.element(.li) { html in
                html.add(Icon.check)
                html.element(.span) { html in
                  html.element(.strong, text: visit.visit.name(of: unit))
                  html.text(" – \(visit.visit.about(unit))")
                }
              }
            }
          }
          if !missing.isEmpty {
            html.element(
              .p, .class("muted"), text: strings("setup.missing", ["permissions": missing.words]))
          }
          html.element(.details, .class("explained")) { html in
            html.element(.summary, text: strings["invite.why"])
            Invitation.list(units, visit.visit, &html)
          }
        }))
  }

  /// What the bot lacks for these plugins; nothing while that is not known.
  private static func missing(_ units: [PluginUnit], _ visit: GuildVisit) -> Permissions {
    guard let granted = visit.bot.ownPermissions() else { return [] }
    return PermissionDifference(needed: BotNeeds(units).permissions, granted: granted).missing
  }

  static func apply(_ visit: GuildVisit) async throws -> HTTPResponse {
    guard let preset = visit.visit.field("preset").flatMap({ ServerPreset(rawValue: $0) }) else {
      throw HTTPProblem.badRequest(visit.strings["setup.noPreset"])
    }
    let (configurations, origin) = (visit.house.configurations, visit.origin)
    let units = preset.units(of: visit.house.catalog)
    for setting in preset.settings {
      // What somebody set by hand is theirs.
      guard visit.house.catalog[setting.plugin] != nil,
        visit.configuration.revision(of: setting.plugin) == 0
      else { continue }
      try await configurations.set(
        setting.path, typed: setting.value, plugin: setting.plugin, in: visit.tenant, by: origin)
    }
    for unit in units where !unit.isAlwaysOn {
      try await configurations.setEnabled(true, plugin: unit.id, in: visit.tenant, by: origin)
      try await visit.house.dispatcher.settle(visit.guild, only: unit.id)
    }
    try await visit.house.directory.noteSetUp(visit.tenant, at: visit.now)
    try await visit.audit("setup.apply", preset.rawValue, after: .array(units.map { .string($0.id) }))
    let name = visit.strings[dynamic: "setup.preset.\(preset.rawValue)"]
    return try visit.visit.done(
      "setup.applied", ["preset": name, "count": "\(units.count)"], next: .guild(visit.guild))
  }
}
