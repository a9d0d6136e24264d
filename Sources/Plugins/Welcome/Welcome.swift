// The plugin that greets: messages and cards, roles for newcomers, roles that come back, the button under the rules.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
package import PlatformPlugins

/// Greets those who come, boost and go, and gives newcomers their roles.
package enum Welcome: Plugin {
  package static let id = "welcome"
  package typealias Settings = WelcomeSettings

  package static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.strings = "WelcomePlugin"
    plugin.category = .community
    plugin.needs(.guildMembers, otherwise: .degrade("intent.members"))
    plugin.needs([.guilds, .guildMessages], otherwise: .degrade("intent.messages"))
    plugin.permission([.viewChannel, .sendMessages, .embedLinks, .attachFiles], for: "permission.send")
    plugin.permission(.manageRoles, for: "permission.manageRoles")

    plugin.on(.guildMemberAdd, as: GuildMemberEvent.self, Handlers.joined)
    plugin.on(.guildMemberRemove) { context, event in try await Handlers.left(context, event) }
    plugin.on(
      .guildMemberUpdate, as: GuildMemberEvent.self, when: { $0.waitsForScreening || $0.boost.isOn },
      Handlers.changed)
    plugin.on(.messageCreate, as: BoostNotice.self, when: \.boost.isOn, Handlers.wrote)

    plugin.component(
      Acceptance.acceptRoute, deferral: .reply(isEphemeral: true), Acceptance.pressed)
    plugin.modal(Acceptance.confirmRoute, Acceptance.confirmed)
    Commands.declare(&plugin)

    plugin.timer(Greeter.timer, Greeter.fired)
    plugin.timer(RoleDesk.timer, RoleDesk.fired)
    plugin.reconcile(Handlers.reconcile)

    plugin.tables(Migrations.owner)
    plugin.page("preview", Pages.preview)
    plugin.page("card", isListed: false, Pages.card)
  }
}
