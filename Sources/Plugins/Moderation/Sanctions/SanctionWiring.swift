// What the plugin declares of cases and sanctions.

import DiscordCore
import DiscordGateway
import DiscordModels
import PlatformPlugins
import PlatformSchedule

extension Moderation {
  static func declareSanctions(_ plugin: inout PluginDeclaration<Self>) {
    // Twenty members, each asked for, told, acted upon and logged.
    plugin.deadline = .seconds(30)
    plugin.needs(.guildModeration, otherwise: .degrade("intent.moderation"))
    plugin.needs(.guildMembers, otherwise: .degrade("intent.members"))
    plugin.permission(.moderateMembers, for: "permission.moderateMembers")
    plugin.permission(.kickMembers, for: "permission.kickMembers")
    plugin.permission(.banMembers, for: "permission.banMembers")
    plugin.permission(.manageRoles, for: "permission.manageRoles")
    plugin.permission(.viewAuditLog, for: "permission.viewAuditLog")
    plugin.permission([.viewChannel, .sendMessages, .embedLinks], for: "permission.log")
    ActionCommands.declare(&plugin)
    CaseCommands.declare(&plugin)
    plugin.on(.guildBanRemove, as: GuildBanEvent.self, SanctionHandlers.unbanned)
    plugin.on(
      .guildMemberAdd, as: GuildMemberEvent.self, when: { $0.quarantineRole != nil },
      SanctionHandlers.joined)
    plugin.on(
      .guildAuditLogEntryCreate, as: GuildAuditLogEntryCreateEvent.self, when: \.recordsManualActions,
      SanctionHandlers.audited)
    plugin.timer("unban", SanctionTimers.unban)
    plugin.timer("release", SanctionTimers.release)
    plugin.timer("log", SanctionTimers.log)
    plugin.reconcile(SanctionHandlers.reconcile)
    plugin.every(.hourly(minute: 17), "tidy", SanctionHandlers.tidy)
    plugin.provides(.sanctions) { Sanctioner($0) }
    plugin.provides(.caseHistory) { CaseReader($0) }
    plugin.requires(.temporaryRoles)
    CasePages.declare(&plugin)
  }
}
