// Whether a person may use a command here, and what its index shows.

internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension World {
  /// Whether a user may use a command in a channel: the command's own condition, replaced by what the guild set for
  /// the command, and for the application before that
  /// (https://discord.com/developers/docs/interactions/application-commands#permissions).
  func mayUse(_ command: RegisteredCommand, _ registry: CommandRegistry, user: UserID, in channel: Channel)
    -> Bool
  {
    guard let guild = channel.guildID.flatMap({ guilds[$0] }) else {
      let contexts = command.fields["contexts"]?.array?.compactMap(\.int64)
      return contexts.map { !$0.allSatisfy { $0 == 0 } } ?? (command.fields["dm_permission"]?.bool ?? true)
    }
    if let contexts = command.fields["contexts"]?.array, !contexts.contains(0) { return false }
    if command.fields["nsfw"]?.bool == true, !channel.nsfw { return false }
    let here = permissions(of: user, in: channel)
    if here.contains(.administrator) { return true }
    guard here.contains(.useApplicationCommands) else { return false }
    let ofApplication = registry.permissions(of: command.application.rawValue, in: guild.id) ?? []
    let ofCommand = registry.permissions(of: command.id.rawValue, in: guild.id) ?? []
    if isChannelAllowed(channel, guild, ofCommand, ofApplication) == false { return false }
    if let verdict = verdict(ofCommand, user, guild) { return verdict }
    if verdict(ofApplication, user, guild) == false { return false }
    guard let needed = command.defaultPermissions else { return true }
    // "0" is for administrators alone.
    return !needed.isEmpty && here.isSuperset(of: needed)
  }

  private func isChannelAllowed(
    _ channel: Channel, _ guild: Guild, _ ofCommand: [CommandPermission], _ ofApplication: [CommandPermission]
  ) -> Bool? {
    let place = channel.kind.isThread ? channel.parentID ?? channel.id : channel.id
    for list in [ofCommand, ofApplication] {
      if let own = list.first(where: { $0.kind == .channel && $0.id == place.rawValue }) {
        return own.isAllowed
      }
      // The guild's id minus one stands for all channels.
      if let all = list.first(where: { $0.kind == .channel && $0.id == guild.id.rawValue - 1 }) {
        return all.isAllowed
      }
    }
    return nil
  }

  /// What a list says about a member: the member's own entry, then any role that allows, then roles that deny.
  private func verdict(_ list: [CommandPermission], _ user: UserID, _ guild: Guild) -> Bool? {
    if let own = list.first(where: { $0.kind == .user && $0.id == user.rawValue }) { return own.isAllowed }
    let roles = Set((guild.members[user]?.roles ?? []).map(\.rawValue))
    let matching = list.filter { $0.kind == .role && roles.contains($0.id) }
    if !matching.isEmpty { return matching.contains(where: \.isAllowed) }
    return list.first { $0.kind == .role && $0.id == guild.id.rawValue }?.isAllowed
  }
}
