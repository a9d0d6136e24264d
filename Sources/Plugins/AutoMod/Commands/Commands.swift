// The commands of AutoMod.

import DiscordCore
import DiscordModels
import EventLoop
import PlatformCommands
import PlatformConfiguration
import PlatformPlugins
import PlatformText

enum Commands {
  static let text = CommandParameter<String>.rest("text", 1...2_000)
  static let hours = CommandParameter<Int>.integer("hours", 1...168).or(24)
  static let user = CommandParameter<UserID>.user("user")
  static let role = CommandParameter<RoleID>.role("role").optional
  static let channel = CommandParameter<ChannelID>.channel("channel").optional
  static let words = CommandParameter<String>.rest("words", 1...2_000)
  static let strictness = CommandParameter<Preset>.choice("strictness")

  static func declare(_ plugin: inout PluginDeclaration<AutoMod>) {
    plugin.command(
      CommandDeclaration(
        "automod test", permission: .manageMessages, isEphemeral: true, options: [text.description]),
      AskingCommands.test)
    plugin.command(
      CommandDeclaration(
        "automod simulate", permission: .manageMessages, coolDown: .seconds(30), isEphemeral: true,
        options: [hours.description]), AskingCommands.simulate)
    plugin.command(
      CommandDeclaration("automod rules", permission: .manageMessages, isEphemeral: true),
      AskingCommands.rules)
    plugin.command(
      CommandDeclaration(
        "automod heat", permission: .manageMessages, isEphemeral: true, options: [user.description]),
      AskingCommands.heat)
    for isAdding in [true, false] {
      let verb = isAdding ? "add" : "remove"
      plugin.command(
        CommandDeclaration(
          "automod exempt \(verb)", permission: .manageGuild, isEphemeral: true,
          options: [role.description, channel.description])
      ) { try await ChangingCommands.exempt($0, isAdding: isAdding) }
      plugin.command(
        CommandDeclaration(
          "automod words \(verb)", permission: .manageGuild, isEphemeral: true, options: [words.description])
      ) { try await ChangingCommands.words($0, isAdding: isAdding) }
    }
    plugin.command(
      CommandDeclaration("automod words list", permission: .manageMessages, isEphemeral: true),
      ChangingCommands.listWords)
    plugin.command(
      CommandDeclaration(
        "automod preset", permission: .manageGuild, isEphemeral: true, options: [strictness.description]),
      ChangingCommands.preset)
  }
}
