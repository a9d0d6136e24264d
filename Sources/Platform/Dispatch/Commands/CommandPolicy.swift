// Whether somebody may use a command, here and now.

package import DiscordCore
package import PlatformCommands
package import PlatformPlugins

/// Decides by the command's declaration and the guild's rule for it.
package enum CommandPolicy {
  /// Whether the person may use the command. Denials come before permissions; users and roles that are
  /// allowed by name need no permission; administrators are stopped by nothing but the switch.
  ///
  /// - Parameters:
  ///   - command: what is to be used.
  ///   - rule: the guild's rule for it; nil for none.
  ///   - person: who asks.
  ///   - channel: where; nil on the dashboard, where rules about channels say nothing.
  ///   - parent: the channel whose settings hold there.
  /// - Returns: why they may not; nil when they may.
  package static func refusal(
    of command: CommandDeclaration, rule: CommandRule?, person: Person, channel: ChannelID?,
    parent: ChannelID?
  ) -> Refusal? {
    let name = ["command": command.name]
    if let rule, !rule.isOn { return Refusal("command.refused.off", name) }
    if person.permissions.contains(.administrator) { return nil }
    if let rule {
      if rule.deniedUsers.contains(person.user) || rule.deniedRoles.contains(where: person.roles.contains) {
        return Refusal("command.refused.denied", name)
      }
      let places = [channel, parent].compactMap(\.self)
      if rule.deniedChannels.contains(where: places.contains) {
        return Refusal("command.refused.channel", name)
      }
      if channel != nil, !rule.allowedChannels.isEmpty, !rule.allowedChannels.contains(where: places.contains)
      {
        return Refusal(
          "command.refused.onlyChannels",
          ["channels": rule.allowedChannels.prefix(5).map { "<#\($0)>" }.joined(separator: " ")])
      }
      if rule.allowedUsers.contains(person.user) || rule.allowedRoles.contains(where: person.roles.contains) {
        return nil
      }
      if !rule.allowedRoles.isEmpty || !rule.allowedUsers.isEmpty {
        return Refusal("command.refused.notAllowed", name)
      }
    }
    guard let needed = rule?.requiredPermissions ?? command.permission else { return nil }
    if person.permissions.isSuperset(of: needed) { return nil }
    let missing = needed.subtracting(person.permissions).names.joined(separator: ", ")
    return Refusal("command.refused.permission", ["permission": missing])
  }
}
