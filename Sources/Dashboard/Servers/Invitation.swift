// Adding the shared bot to a server: with what the usual plugins need, and no more, each permission explained.

import DiscordCore
import HTML
import PlatformBots
import PlatformDispatch
import PlatformPlugins
import Resources

/// The link by which the shared bot is added, for the plugins that most servers switch on.
struct Invitation: Sendable {
  private let application: ApplicationID
  private let units: [PluginUnit]
  private let base: String
  private let invite: BotInvite

  /// Nil while there is no shared bot.
  ///
  /// - Throws: what the store throws.
  init?(_ house: DashboardEnvironment) async throws {
    let shared = try await house.registry.registrations().first { $0.kind == .shared }
    guard let shared else { return nil }
    let units = house.catalog.units.filter {
      $0.isAlwaysOn || $0.isOnByDefault || ServerPreset.community.plugins.contains($0.id)
    }
    self.init(shared.application, units, base: house.site.discordAPI)
  }

  /// A link for what these plugins need.
  init(_ application: ApplicationID, _ units: [PluginUnit], base: String) {
    (self.application, self.units, self.base) = (application, units, base)
    invite = BotInvite(needed: [BotNeeds(units).permissions])
  }

  /// Where it is added; without a server, Discord asks which.
  func link(for guild: GuildID?) -> SafeURL {
    // What we make of ids and numbers is an address.
    SafeURL(invite.address(of: application, guild: guild, base: base)) ?? "/servers"
  }

  /// What is asked for, and what for.
  func explain(_ visit: Visit, _ html: inout HTMLWriter) {
    html.element(.details, .class("explained")) { html in
      html.element(.summary, text: visit.strings["invite.why"])
      html.element(.p, .class("muted"), text: visit.strings["invite.why.help"])
      Self.list(units, visit, &html)
    }
  }

  /// Each plugin with the permissions it uses and why.
  static func list(_ units: [PluginUnit], _ visit: Visit, _ html: inout HTMLWriter) {
    let entries = units.filter { !$0.permissions.isEmpty }.map { unit in
      let words = visit.words(of: unit)
      return (
        name: visit.name(of: unit),
        value: { (html: inout HTMLWriter) in
          html.element(.ul, .class("reasons")) { html in
            for permission in unit.permissions {
              html.element(.li) { html in
                html.element(.strong, text: permission.permissions.words)
                html.text(" – \(words.sentence(permission.reason) ?? "")")
              }
            }
          }
        } as HTMLContent
      )
    }
    html.add(DefinitionList(entries))
  }
}
