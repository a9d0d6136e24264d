// What a plugin needs of the bot, and what the bot has of it.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import HTML
import PlatformBots
import PlatformDispatch
import PlatformPlugins
import Resources

/// What the bot may do and hear in a guild, looked at once for all plugins.
struct BotMeans: Sendable {
  /// nil while it is not known.
  let permissions: Permissions?
  let missingIntents: Intents
  let application: ApplicationID?
  let guild: GuildID
  let discordAPI: String

  init(_ visit: GuildVisit) {
    let bot = visit.house.dispatcher.bots.bot(serving: visit.guild)
    var missing: Intents = []
    if let bot, case .degraded(let troubles) = bot.state {
      for case .missingIntents(let intents) in troubles { missing.formUnion(intents) }
    }
    permissions = visit.bot.ownPermissions()
    missingIntents = missing
    application = bot?.application?.id
    (guild, discordAPI) = (visit.guild, visit.house.site.discordAPI)
  }

  /// Where the owner grants what plugins need: Discord asks, and adds to what there is.
  func invitation(_ permissions: Permissions) -> SafeURL? {
    guard let application else { return nil }
    return SafeURL(
      BotInvite(needed: [permissions]).address(of: application, guild: guild, base: discordAPI))
  }

  /// Where the application's owner switches intents on.
  var portal: SafeURL? {
    application.flatMap { SafeURL("https://discord.com/developers/applications/\($0)/bot") }
  }
}

/// The needs of one plugin.
struct PluginNeeds: HTMLComponent {
  let unit: PluginUnit
  let own: StringCatalog
  let strings: StringCatalog
  let means: BotMeans

  /// What it uses and the bot may not.
  var missingPermissions: Permissions {
    guard let granted = means.permissions else { return [] }
    return PermissionDifference(needed: unit.allPermissions, granted: granted).missing
  }

  /// What it listens for and the bot does not hear.
  var missingIntents: Intents { unit.allIntents.intersection(means.missingIntents) }

  /// Whether it cannot work at all.
  var isRefused: Bool {
    unit.intents.contains { $0.otherwise == .refuse && !$0.intents.isDisjoint(with: means.missingIntents) }
  }

  var isMet: Bool { missingPermissions.isEmpty && missingIntents.isEmpty }

  func render(into html: inout HTMLWriter) {
    if !isMet { trouble(&html) }
    html.element(.details, .class("needs"), .open(!isMet)) { html in
      html.element(.summary) { html in
        html.text(strings["plugins.needs"])
        html.text(" ")
        html.add(
          isMet
            ? Badge(strings["plugins.needs.met"], .success)
            : Badge(strings["plugins.needs.missing"], isRefused ? .error : .warning))
      }
      html.element(.ul, .class("needs-list")) { html in
        for need in unit.permissions { permission(need, &html) }
        for need in unit.intents { intent(need, &html) }
      }
    }
  }

  private func trouble(_ html: inout HTMLWriter) {
    html.add(
      Notice(
        isRefused ? .error : .warning, strings[dynamic: isRefused ? "plugins.stopped" : "plugins.partly"]
      ) {
        html in
        if !missingPermissions.isEmpty {
          html.element(
            .p,
            text: strings(
              "plugins.fix.permissions", ["permissions": Self.words(missingPermissions.names)]))
          if let link = means.invitation(unit.allPermissions) {
            html.element(.p) { html in
              html.element(.a, .href(link), .rel("noopener noreferrer"), text: strings["plugins.fix.grant"])
            }
          }
        }
        if !missingIntents.isEmpty {
          html.element(
            .p, text: strings("plugins.fix.intents", ["intents": Self.words(missingIntents.names)]))
          if let portal = means.portal {
            html.element(.p) { html in
              html.element(
                .a, .href(portal), .rel("noopener noreferrer"), text: strings["plugins.fix.portal"])
            }
          }
        }
      })
  }

  private func permission(_ need: PluginPermission, _ html: inout HTMLWriter) {
    let missing = need.permissions.intersection(missingPermissions)
    item(
      Self.words(need.permissions.names), own.sentence(need.reason) ?? "",
      isMet: means.permissions.map { _ in missing.isEmpty }, &html)
  }

  private func intent(_ need: PluginIntent, _ html: inout HTMLWriter) {
    let reason: String
    switch need.otherwise {
    case .refuse: reason = strings["plugins.intent.refuse"]
    case .degrade(let key): reason = own.sentence(key) ?? ""
    }
    item(
      strings("plugins.intent", ["intents": Self.words(need.intents.names)]), reason,
      isMet: need.intents.isDisjoint(with: means.missingIntents), &html)
  }

  private func item(_ name: String, _ reason: String, isMet: Bool?, _ html: inout HTMLWriter) {
    html.element(.li) { html in
      switch isMet {
      case true?: html.add(StatusDot(strings["plugins.has"], .success))
      case false?: html.add(StatusDot(strings["plugins.lacks"], .warning))
      case nil: html.add(StatusDot(strings["plugins.unknown"], .neutral))
      }
      html.element(.div) { html in
        html.element(.strong, text: name)
        if !reason.isEmpty { html.element(.p, .class("muted"), text: reason) }
      }
    }
  }

  /// `BAN_MEMBERS` as "ban members".
  static func words(_ names: [String]) -> String {
    names.map { $0.lowercased().replacing("_", with: " ") }.joined(separator: ", ")
  }
}
