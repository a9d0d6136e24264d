// What is known of one user in a guild, wherever it comes from.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import HTML
import PlatformPlugins

/// A user as the guild sees them.
struct MemberFacts: Sendable {
  /// Whether they are a member; nil when that could not be found out.
  let isMember: Bool?
  let user: UserID
  let name: String?
  let userName: String?
  let avatar: String?
  let roles: [RoleID]
  let joinedAt: Timestamp?
  let timedOutUntil: Timestamp?
  let isBot: Bool

  /// From the cache, else from Discord, who is given two seconds.
  ///
  /// - Throws: `CancellationError`.
  static func find(_ user: UserID, _ bot: GuildBot) async throws -> MemberFacts {
    if let member = bot.seen(user) {
      return MemberFacts(
        isMember: true, user: user, name: member.displayName, userName: member.userName,
        avatar: member.avatar, roles: member.roles, joinedAt: member.joinedAt,
        timedOutUntil: member.timedOutUntil, isBot: member.isBot)
    }
    do {
      let member = try await bot.send(
        .getGuildMember(user, in: bot.guild), priority: .reply, deadline: .seconds(2))
      return MemberFacts(
        isMember: true, user: user, name: member.displayName, userName: member.user?.username,
        avatar: member.user?.avatar, roles: member.roles, joinedAt: member.joinedAt,
        timedOutUntil: member.communicationDisabledUntil, isBot: member.user?.isBot ?? false)
    } catch let error as RESTError {
      return stranger(user, isMember: error.kind == .gone ? false : nil)
    }
  }

  private static func stranger(_ user: UserID, isMember: Bool?) -> MemberFacts {
    MemberFacts(
      isMember: isMember, user: user, name: nil, userName: nil, avatar: nil, roles: [], joinedAt: nil,
      timedOutUntil: nil, isBot: false)
  }

  /// Where their avatar is served; nil without one.
  var picture: SafeURL? { avatar.map { SafeURL(segments: ["pictures", "avatars", "\(user)", $0]) } }
  var title: String { name ?? "\(user)" }
}
