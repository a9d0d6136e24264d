// What the plugin declares of purges, lockdowns, reports, appeals and mass actions.

import DiscordCore
import DiscordGateway
import PlatformPlugins

extension Moderation {
  static func declareOperations(_ plugin: inout PluginDeclaration<Self>) {
    plugin.needs(.messageContent, otherwise: .degrade("intent.messageContent"))
    plugin.permission([.manageMessages, .readMessageHistory], for: "permission.purge")
    plugin.permission([.manageRoles, .manageChannels], for: "permission.lockdown")
    plugin.permission([.banMembers, .manageGuild], for: "permission.massban")
    plugin.timer(JobRunner.timer, JobRunner.fire)
    plugin.reconcile(Reconciliation.run)
    plugin.component(JobRunner.stopRoute, PurgeCommands.stop)
    PurgeCommands.declare(&plugin)
    plugin.command(LockCommands.lockdown, LockCommands.lock)
    plugin.command(LockCommands.unlockdown, LockCommands.unlock)
    plugin.timer(LockCommands.timer, LockCommands.ended)
    plugin.command(SlowmodeCommands.slowmode, SlowmodeCommands.run)
    plugin.timer(SlowmodeCommands.timer, SlowmodeCommands.ended)
    ReportCommands.declare(&plugin)
    MessageMenus.declare(&plugin)
    AppealCommands.declare(&plugin)
    MassCommands.declare(&plugin)
  }
}
