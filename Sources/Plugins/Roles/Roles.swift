// The plugin that gives roles: menus, commands, temporary roles, bulk jobs.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
package import PlatformPlugins

/// Roles that members take from menus and staff give by command, for good or for a while.
package enum Roles: Plugin {
  package static let id = "roles"
  package typealias Settings = RolesSettings

  package static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.strings = "RolesPlugin"
    plugin.category = .community
    plugin.needs([.guilds, .guildMessages, .guildMessageReactions], otherwise: .degrade("intent.reactions"))
    plugin.needs(.guildMembers, otherwise: .degrade("intent.members"))
    plugin.permission(.manageRoles, for: "permission.manageRoles")
    plugin.permission(
      [.viewChannel, .sendMessages, .embedLinks, .readMessageHistory], for: "permission.publish")
    plugin.permission([.addReactions, .manageMessages], for: "permission.reactions")

    plugin.on(.messageReactionAdd, as: MessageReactionAddEvent.self, Handlers.reacted)
    plugin.on(.messageReactionRemove, as: MessageReactionRemoveEvent.self, Handlers.unreacted)
    plugin.on(.messageReactionRemoveAll, as: MessageReactionRemoveAllEvent.self, Handlers.clearedAll)
    plugin.on(.messageReactionRemoveEmoji, as: MessageReactionRemoveEmojiEvent.self, Handlers.clearedEmoji)
    plugin.on(.messageDelete, as: MessageDeleteEvent.self, Handlers.deleted)
    plugin.on(.messageDeleteBulk, as: MessageDeleteBulkEvent.self, Handlers.deletedMany)
    plugin.on(.channelDelete, as: Channel.self, Handlers.channelDeleted)
    plugin.on(.guildRoleDelete, as: GuildRoleDeleteEvent.self, Handlers.roleDeleted)
    plugin.on(.guildMemberUpdate) { context, event in try await Temporaries.changed(context, event) }
    plugin.on(.guildMemberAdd, as: GuildMemberEvent.self, Temporaries.joined)

    plugin.component(MenuMessage.buttonRoute, deferral: .reply(isEphemeral: true), Handlers.pressed)
    plugin.component(MenuMessage.selectRoute, Handlers.chose)
    plugin.component(BulkRun.cancelRoute, BulkRun.cancelPressed)
    plugin.component(MenuForms.editRoute, deferral: .never, MenuForms.openEdit)
    plugin.component(MenuForms.publishRoute, deferral: .reply(isEphemeral: true), MenuForms.publishHere)
    plugin.modal(MenuForms.createRoute, MenuForms.created)
    plugin.modal(MenuForms.editRoute, MenuForms.edited)

    GiveCommands.declare(&plugin)
    BulkCommands.declare(&plugin)
    MenuCommands.declare(&plugin)

    plugin.timer(Writing.timer, Writing.fired)
    plugin.timer(Temporaries.timer, Temporaries.ended)
    plugin.timer(BulkRun.timer, BulkRun.fired)
    plugin.timer(Publishing.seedTimer, Publishing.seeded)
    plugin.timer(Publishing.untickTimer, Publishing.unticked)
    plugin.timer(Publishing.removeTimer, Publishing.removed)
    plugin.timer(Publishing.republishTimer, Publishing.republish)
    plugin.timer(Reconciling.timer, Reconciling.compared)
    plugin.reconcile(Reconciling.begin)

    plugin.provides(.temporaryRoles) { TemporaryRoleGiver(context: $0) }
    plugin.tables(Migrations.owner)
    plugin.page("menus", Pages.menus)
  }
}
