// Who may use a command: roles, people and channels, allowed or denied, and how often.

import PlatformAccess
import DiscordCore
import PlatformCommands
import PlatformPlugins

/// `command allow`, `command deny`, `command clear`, `command cooldown`.
enum CommandRules {
  static let name = CommandParameter<String>.text("command", 1...100)
  static let role = CommandParameter<RoleID>.role("role").optional
  static let user = CommandParameter<UserID>.user("user").optional
  static let channel = CommandParameter<ChannelID>.channel("channel").optional
  static let pause = CommandParameter<Duration>.duration("pause", .zero ... .seconds(7 * 86_400))
  private static let subjects = [role.description, user.description, channel.description]
  static let allow = CommandDeclaration(
    "command allow", permission: .manageGuild, isEphemeral: true, options: [name.description] + subjects)
  static let deny = CommandDeclaration(
    "command deny", permission: .manageGuild, isEphemeral: true, options: [name.description] + subjects)
  static let clear = CommandDeclaration(
    "command clear", permission: .manageGuild, isEphemeral: true, options: [name.description])
  static let coolDown = CommandDeclaration(
    "command cooldown", permission: .manageGuild, isEphemeral: true,
    options: [name.description, pause.description])

  @Sendable static func permit(_ call: CommandCall<CorePlugin>) async throws {
    try await change(call) { rule in
      if let role = call[role] { rule.allowedRoles.put(role); rule.deniedRoles.removeAll { $0 == role } }
      if let user = call[user] { rule.allowedUsers.put(user); rule.deniedUsers.removeAll { $0 == user } }
      if let channel = call[channel] {
        rule.allowedChannels.put(channel)
        rule.deniedChannels.removeAll { $0 == channel }
      }
    }
  }

  @Sendable static func forbid(_ call: CommandCall<CorePlugin>) async throws {
    try await change(call) { rule in
      if let role = call[role] { rule.deniedRoles.put(role); rule.allowedRoles.removeAll { $0 == role } }
      if let user = call[user] { rule.deniedUsers.put(user); rule.allowedUsers.removeAll { $0 == user } }
      if let channel = call[channel] {
        rule.deniedChannels.put(channel)
        rule.allowedChannels.removeAll { $0 == channel }
      }
    }
  }

  @Sendable static func forget(_ call: CommandCall<CorePlugin>) async throws {
    try await change(call, needsSubject: false) { rule in
      let (command, isOn) = (rule.command, rule.isOn)
      rule = CommandRule()
      (rule.command, rule.isOn) = (command, isOn)
    }
  }

  @Sendable static func setCoolDown(_ call: CommandCall<CorePlugin>) async throws {
    let pause = call[pause]
    try await change(call, needsSubject: false) { $0.coolDown = pause }
  }

  private static func change(
    _ call: CommandCall<CorePlugin>, needsSubject: Bool = true,
    _ change: @escaping @Sendable (inout CommandRule) -> Void
  ) async throws {
    try await call.require(.manager)
    let name = call[name].lowercased()
    guard call.context.core.host.hasCommand(name) else {
      throw Refusal("core.refused.noCommand", ["command": String(name.prefix(60))])
    }
    if needsSubject, call[role] == nil, call[user] == nil, call[channel] == nil {
      throw Refusal("core.refused.noSubject")
    }
    try await call.context.change(by: call.person.user) { $0.changeRule(of: name, change) }
    try await call.reply("core.ruleChanged", ["command": name])
    try await call.context.core.host.settle(call.context.guild, only: CorePlugin.id)
  }
}

extension [RoleID] {
  fileprivate mutating func put(_ role: RoleID) { if !contains(role) { append(role) } }
}

extension [UserID] {
  fileprivate mutating func put(_ user: UserID) { if !contains(user) { append(user) } }
}

extension [ChannelID] {
  fileprivate mutating func put(_ channel: ChannelID) { if !contains(channel) { append(channel) } }
}
