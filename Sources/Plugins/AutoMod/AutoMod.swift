// The AutoMod plugin: looks at every message, removes what the rules forbid, and holds whoever wrote it.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import PlatformAccess
package import PlatformPlugins
import PlatformSchedule

/// Filters, heat and rules of a server's own, enforced by Discord where that is possible and by the bot where it is not.
package enum AutoMod: Plugin {
  package static let id = "automod"
  package typealias Settings = AutoModSettings

  package static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.strings = "AutoModPlugin"
    plugin.category = .protection
    plugin.needs([.guildMessages, .messageContent], otherwise: .refuse)
    plugin.needs(.autoModerationExecution, otherwise: .degrade("intent.autoModeration"))
    plugin.needs(.guildInvites, otherwise: .degrade("intent.invites"))
    plugin.permission(.manageMessages, for: "permission.manageMessages")
    plugin.permission(.manageGuild, for: "permission.manageGuild")
    plugin.permission(.moderateMembers, for: "permission.moderateMembers")
    plugin.permission([.sendMessages, .embedLinks], for: "permission.sendMessages")
    plugin.requires(.sanctions)
    plugin.tables(Migrations.owner)

    plugin.on(.messageCreate, as: Message.self, MessageHandlers.created)
    plugin.on(.messageUpdate, as: MessageUpdateEvent.self, when: \.checksEdits, MessageHandlers.edited)
    plugin.on(
      .autoModerationActionExecution, as: AutoModerationActionExecutionEvent.self, NativeReports.handle)
    plugin.on(.inviteCreate, as: InviteCreateEvent.self, OwnInvites.created)
    plugin.on(.inviteDelete, as: InviteDeleteEvent.self, OwnInvites.deleted)
    plugin.timer(OrderDesk.timer, OrderDesk.fire)
    plugin.timer(NativeSync.timer, NativeSync.fire)
    plugin.every(.daily(), "refresh") { context, _ in
      await OperatorScamList.shared.refresh()
      try await NativeSync.request(context)
    }
    plugin.reconcile { context in
      try await OrderDesk.resume(context)
      try await NativeSync.request(context)
    }
    plugin.retire { context in try await NativeSync.request(context) }

    Commands.declare(&plugin)
    plugin.page("rules", Pages.rules)
    plugin.page("test", role: .manager, Pages.test)
    plugin.action("test", Pages.tested)
    plugin.page("simulation", role: .manager, SimulationPage.show)
    plugin.action("simulation", SimulationPage.run)
    for preset in Preset.allCases {
      plugin.preset(preset.rawValue) { preset.apply(to: &$0) }
    }
  }
}
