// What is known of guilds without asking a bot.

package import DiscordCore
package import EventLoop
package import Storage

/// A guild as a bot saw it.
package struct GuildSighting: Hashable, Sendable {
  package var guild: Tenant
  package var name: String
  /// Hash of the icon, for its address at the CDN.
  package var icon: String?
  package var owner: UserID
  /// Nil when it was not said: what was known stays.
  package var memberCount: Int?

  package init(guild: Tenant, name: String, icon: String?, owner: UserID, memberCount: Int?) {
    (self.guild, self.name, self.icon) = (guild, name, icon)
    (self.owner, self.memberCount) = (owner, memberCount)
  }
}

/// A guild in the directory.
package struct GuildRecord: Hashable, Sendable {
  package let guild: Tenant
  package let life: GuildLife
  /// As last seen; empty once the guild is erased.
  package let name: String
  /// Hash of the icon; nil for none.
  package let icon: String?
  /// Nil once the guild is erased.
  package let owner: UserID?
  /// As of the last time the guild came to a bot; it is not counted on from there.
  package let memberCount: Int
  /// When a bot last told of it.
  package let seenAt: Timestamp
  /// Which of our bots are in it, in the order of their ids.
  package let bots: [UserID]
}

/// Which guilds to list.
package struct GuildFilter: Hashable, Sendable {
  /// Nil for all.
  package var phases: Set<GuildLife.Phase>?
  /// Only those this bot is in.
  package var bot: UserID?
  package var owner: UserID?
  /// What the name contains, in whatever case (of ASCII letters).
  package var name: String?
  /// Only guilds after this one: the last of the page before.
  package var after: Tenant?
  /// 1 to 200.
  package var limit = 50

  package init() {}
}

extension Tenant {
  /// The tenant that a guild of Discord is.
  package init(_ guild: GuildID) { self.init(Int64(bitPattern: guild.rawValue)) }

  /// The guild's id with Discord.
  package var guild: GuildID { GuildID(UInt64(bitPattern: id)) }
}
