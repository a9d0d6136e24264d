// Links to messages and channels: https://discord.com/channels/guild/channel/message.

package import DiscordCore

/// What a link into Discord points to.
package struct MessageLink: Hashable, Sendable {
  /// Nil for a direct message.
  package var guild: GuildID?
  package var channel: ChannelID
  /// Nil for a link to the channel itself.
  package var message: MessageID?

  package init(guild: GuildID?, channel: ChannelID, message: MessageID? = nil) {
    (self.guild, self.channel, self.message) = (guild, channel, message)
  }

  /// The address; `origin` is where the client lives, without a slash at its end.
  package func address(origin: String = "https://discord.com") -> String {
    let place = "\(origin)/channels/\(guild.map { "\($0)" } ?? "@me")/\(channel)"
    return message.map { "\(place)/\($0)" } ?? place
  }

  /// The hosts that serve Discord's client.
  private static let hosts = [
    "discord.com", "canary.discord.com", "ptb.discord.com", "discordapp.com", "canary.discordapp.com",
    "ptb.discordapp.com",
  ]

  /// What the address points to; nil if it is none of Discord's, or names no message although `needsMessage`.
  ///
  /// Angle brackets around it, which keep Discord from showing a preview, do not matter. `origin` is one more place
  /// where a client lives, the simulator's for example.
  package init?(_ text: some StringProtocol, needsMessage: Bool = true, origin: String? = nil) {
    var path = text[...]
    if path.hasPrefix("<"), path.hasSuffix(">") { path = path.dropFirst().dropLast() }
    let origins = Self.hosts.flatMap { ["https://\($0)", "http://\($0)"] } + [origin].compactMap { $0 }
    guard let known = origins.first(where: { path.hasPrefix("\($0)/channels/") }) else { return nil }
    path = path.dropFirst(known.count + "/channels/".count)
    if let end = path.firstIndex(where: { $0 == "?" || $0 == "#" }) { path = path[..<end] }
    let parts = path.split(separator: "/")
    guard parts.count == 3 || parts.count == 2 && !needsMessage, let channel = ChannelID(parts[1]) else {
      return nil
    }
    self.channel = channel
    if parts[0] != "@me" {
      guard let guild = GuildID(parts[0]) else { return nil }
      self.guild = guild
    }
    if parts.count == 3 {
      guard let message = MessageID(parts[2]) else { return nil }
      self.message = message
    }
  }

  /// Every link to a message in a text, in order.
  package static func all(in text: String, origin: String? = nil) -> [MessageLink] {
    text.split(whereSeparator: { $0.isWhitespace || "<>()[]\"'".contains($0) })
      .compactMap { word in
        // The sentence's own punctuation is not part of the link.
        MessageLink(word.trimmingSuffix(".,;:!?"), origin: origin)
      }
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ unwanted: String) -> Substring {
    var rest = self
    while let last = rest.last, unwanted.contains(last) { rest.removeLast() }
    return rest
  }
}
