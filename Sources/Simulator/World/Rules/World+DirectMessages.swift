// Direct messages: opening them, and who takes them.

package import DiscordCore
internal import EventLoop
internal import JSON

extension World {
  /// Opens the direct messages of two users, or finds them.
  ///
  /// - Throws: 10013, 50007 for oneself, 50035.
  package func openDirectMessages(_ user: UserID, with other: UserID) throws(RESTFailure) -> Channel {
    _ = try self.user(other)
    guard user != other else { throw .cannotMessageUser }
    let pair = Set([user, other])
    if let known = channels.values.first(where: { $0.kind == .dm && Set($0.recipients) == pair }) {
      return known
    }
    let channel = Channel(id: newID(), kind: .dm, guildID: nil, name: "")
    channel.recipients = [user, other]
    channels[channel.id] = channel
    for viewer in channel.recipients {
      publish("CHANNEL_CREATE", json(channel, for: viewer), to: .user(viewer))
    }
    return channel
  }

  /// Whether somebody takes direct messages from somebody: they share a guild, and the one does not refuse.
  func mayMessage(_ user: UserID, from sender: UserID) -> Bool {
    guard users[user]?.refusesDirectMessages == false else { return false }
    return guilds.values.contains { guild in
      let isQuiet = guild.dmsDisabledUntil.map { $0 > now } ?? false
      return !isQuiet && guild.members[user] != nil && guild.members[sender] != nil
    }
  }
}
