// The core: what every guild has, whatever else it switches on.

import DiscordCore
package import PlatformPlugins
import DiscordGateway

/// Help, settings, switches, access and answers to "why?". A plugin like all others, and always on.
package enum CorePlugin: Plugin {
  package static let id = "core"
  package typealias Settings = CoreSettings

  package static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.strings = "PlatformDispatch"
    plugin.category = .core
    plugin.isAlwaysOn = true
    plugin.needs(.guilds, otherwise: .refuse)
    plugin.needs([.guildMessages, .messageContent], otherwise: .degrade("intent.messageContent"))
    plugin.permission([.viewChannel, .sendMessages, .embedLinks], for: "permission.answer")
    plugin.command(Answers.ping, Answers.answerPing)
    plugin.command(Answers.about, Answers.tellAbout)
    plugin.command(HelpCommand.help, HelpCommand.show)
    plugin.autocomplete(HelpCommand.help, option: "topic", HelpCommand.suggest)
    plugin.command(Switches.plugins, Switches.list)
    plugin.command(Switches.enable, Switches.switchOn)
    plugin.command(Switches.disable, Switches.switchOff)
    plugin.autocomplete(Switches.enable, option: "what", Switches.suggest)
    plugin.autocomplete(Switches.disable, option: "what", Switches.suggest)
    plugin.command(SettingsCommands.prefix, SettingsCommands.setPrefix)
    plugin.command(SettingsCommands.show, SettingsCommands.showSettings)
    plugin.command(SettingsCommands.set, SettingsCommands.change)
    plugin.autocomplete(SettingsCommands.show, option: "plugin", SettingsCommands.suggestPlugin)
    plugin.autocomplete(SettingsCommands.set, option: "plugin", SettingsCommands.suggestPlugin)
    plugin.command(CommandRules.allow, CommandRules.permit)
    plugin.command(CommandRules.deny, CommandRules.forbid)
    plugin.command(CommandRules.clear, CommandRules.forget)
    plugin.command(CommandRules.coolDown, CommandRules.setCoolDown)
    plugin.command(AccessCommands.list, AccessCommands.show)
    plugin.command(AccessCommands.grant, AccessCommands.give)
    plugin.command(AccessCommands.revoke, AccessCommands.take)
    plugin.command(Answers.sync, Answers.synchronise)
    plugin.command(Answers.why, Answers.explain)
  }
}
