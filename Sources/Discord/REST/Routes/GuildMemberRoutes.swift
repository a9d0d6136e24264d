// Members: a part of https://discord.com/developers/docs/resources/guild.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import EventLoop
package import JSON

extension Endpoint where Response == GuildMember {
  /// A member of a guild; fails as gone for somebody who is none.
  package static func getGuildMember(_ user: UserID, in guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/members/{user.id}", guild, user)
  }

  /// Changes a member who stands below the bot.
  package static func modifyGuildMember(
    _ user: UserID, in guild: GuildID, _ change: MemberEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/members/{user.id}", guild, user)
      .json(change).needing(change.neededPermissions).because(reason).at(.moderation).repeatable()
  }

  /// Keeps a member from writing, reacting and speaking until then, at most 28 days from now; nil ends it.
  package static func timeOut(
    _ user: UserID, in guild: GuildID, until: Timestamp?, reason: String? = nil
  ) -> Endpoint {
    modifyGuildMember(user, in: guild, MemberEdit { $0.timedOutUntil = Patch(until) }, reason: reason)
  }

  /// Changes the bot's own nickname, avatar, banner or biography in one guild.
  package static func modifyCurrentMember(
    in guild: GuildID, _ change: CurrentMemberEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/members/@me", guild)
      .json(change).needing(change.nickname.isKept ? [] : .changeNickname).because(reason).repeatable()
  }
}

extension Endpoint where Response == [GuildMember] {
  /// Members by their ids, at most 1,000 at a time. Needs the intent `GUILD_MEMBERS`.
  package static func listGuildMembers(
    of guild: GuildID, after: UserID? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/members", guild).query("limit", limit).query("after", after)
  }

  /// Members whose name or nickname begins with a text; at most 1,000.
  package static func searchGuildMembers(
    of guild: GuildID, beginningWith text: String, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/members/search", guild).query("query", text).query("limit", limit)
  }
}

extension Endpoint where Response == GuildMember? {
  /// Adds a user who gave the scope `guilds.join`; nil if they are a member already.
  package static func addGuildMember(
    _ user: UserID, to guild: GuildID, _ member: MemberAdd
  ) -> Endpoint {
    Endpoint(.put, "/guilds/{guild.id}/members/{user.id}", guild, user)
      .json(member).needing(member.neededPermissions)
  }
}

extension Endpoint where Response == Empty {
  /// Removes a member, who may come back.
  package static func removeGuildMember(
    _ user: UserID, from guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/members/{user.id}", guild, user)
      .needing(.kickMembers).because(reason).at(.moderation)
  }

  /// Gives a member a role below the bot's highest.
  package static func addRole(
    _ role: RoleID, to user: UserID, in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/guilds/{guild.id}/members/{user.id}/roles/{role.id}", guild, user, role)
      .needing(.manageRoles).because(reason)
  }

  /// Takes a role below the bot's highest from a member.
  package static func removeRole(
    _ role: RoleID, from user: UserID, in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/members/{user.id}/roles/{role.id}", guild, user, role)
      .needing(.manageRoles).because(reason)
  }
}

// MARK: Bans

extension Endpoint where Response == Ban {
  /// The ban of a user; fails as gone if there is none.
  package static func getBan(of user: UserID, in guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/bans/{user.id}", guild, user).needing(.banMembers)
  }
}

extension Endpoint where Response == [Ban] {
  /// Bans by the users' ids, at most 1,000 at a time.
  package static func getBans(
    in guild: GuildID, _ page: Page<UserID> = .first, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/bans", guild).page(page, limit: limit).needing(.banMembers)
  }
}

extension Endpoint where Response == Empty {
  /// Bans a user, member or not, and deletes what they wrote in the last seconds, 604,800 (seven days) at most.
  package static func createBan(
    of user: UserID, in guild: GuildID, deletingMessagesOf seconds: Int = 0, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/guilds/{guild.id}/bans/{user.id}", guild, user)
      .json { json in
        json.object { json in if seconds > 0 { json.field("delete_message_seconds", seconds) } }
      }
      .refused(because: deletionDefect(seconds)).needing(.banMembers).because(reason).at(.moderation)
  }

  /// Lets a user come back; fails as gone if they were not banned.
  package static func removeBan(of user: UserID, in guild: GuildID, reason: String? = nil) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/bans/{user.id}", guild, user)
      .needing(.banMembers).because(reason).at(.moderation)
  }
}

extension Endpoint where Response == BulkBanResult {
  /// Bans up to 200 users at once. Fails only if not one of them could be banned.
  package static func bulkBan(
    _ users: [UserID], in guild: GuildID, deletingMessagesOf seconds: Int = 0, reason: String? = nil
  ) -> Endpoint {
    let isFine = (1...200).contains(users.count)
    return Endpoint(.post, "/guilds/{guild.id}/bulk-ban", guild)
      .json { json in
        json.object { json in
          json.ids("user_ids", users)
          if seconds > 0 { json.field("delete_message_seconds", seconds) }
        }
      }
      .refused(because: isFine ? nil : "user_ids are \(users.count); Discord bans 1 to 200 at a time")
      .refused(because: deletionDefect(seconds))
      .needing([.banMembers, .manageGuild]).because(reason).at(.moderation).repeatable()
  }
}

private func deletionDefect(_ seconds: Int) -> String? {
  (0...604_800).contains(seconds)
    ? nil : "delete_message_seconds is \(seconds); Discord takes 0 to 604800, seven days"
}

// MARK: Bodies and answers

/// A change of a member.
package struct MemberEdit: ChangeBody {
  /// At most 32 characters.
  package var nickname: Patch<String> = .keep
  /// All roles the member shall have.
  package var roles: [RoleID]?
  /// Members in voice only, as the next.
  package var isMuted: Bool?
  package var isDeafened: Bool?
  /// Moves a member who is in voice; `.clear` disconnects.
  package var voiceChannel: Patch<ChannelID> = .keep
  /// At most 28 days from now.
  package var timedOutUntil: Patch<Timestamp> = .keep
  package var flags: GuildMemberFlags?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.patch("nick", nickname)
      json.ids("roles", roles)
      json.optional("mute", isMuted)
      json.optional("deaf", isDeafened)
      json.patch("channel_id", voiceChannel)
      json.patch("communication_disabled_until", timedOutUntil)
      json.optional("flags", flags)
    }
  }

  var neededPermissions: Permissions {
    var needed: Permissions = []
    if !nickname.isKept { needed.insert(.manageNicknames) }
    if roles != nil { needed.insert(.manageRoles) }
    if isMuted != nil { needed.insert(.muteMembers) }
    if isDeafened != nil { needed.insert(.deafenMembers) }
    if !voiceChannel.isKept { needed.insert(.moveMembers) }
    if !timedOutUntil.isKept { needed.insert(.moderateMembers) }
    return needed
  }
}

/// A change of the bot's own membership.
package struct CurrentMemberEdit: ChangeBody {
  package var nickname: Patch<String> = .keep
  package var avatar: Patch<DataURI> = .keep
  package var banner: Patch<DataURI> = .keep
  /// At most 190 characters.
  package var biography: Patch<String> = .keep

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.patch("nick", nickname)
      json.patch("avatar", avatar)
      json.patch("banner", banner)
      json.patch("bio", biography)
    }
  }
}

/// Somebody who is to be added to a guild.
package struct MemberAdd: WireEncodable {
  /// The user's OAuth2 token with the scope `guilds.join`.
  package var accessToken: String
  package var nickname: String?
  package var roles: [RoleID]?
  package var isMuted: Bool?
  package var isDeafened: Bool?

  package init(accessToken: String, nickname: String? = nil, roles: [RoleID]? = nil) {
    (self.accessToken, self.nickname, self.roles) = (accessToken, nickname, roles)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("access_token", accessToken)
      json.optional("nick", nickname)
      json.ids("roles", roles)
      json.optional("mute", isMuted)
      json.optional("deaf", isDeafened)
    }
  }

  var neededPermissions: Permissions {
    var needed: Permissions = .createInstantInvite
    if nickname != nil { needed.insert(.manageNicknames) }
    if roles != nil { needed.insert(.manageRoles) }
    if isMuted != nil { needed.insert(.muteMembers) }
    if isDeafened != nil { needed.insert(.deafenMembers) }
    return needed
  }
}

/// Who was banned, and who could not be.
package struct BulkBanResult: WireDecodable, Hashable {
  package let banned: [UserID]
  /// Unknown, banned already, or above the bot.
  package let failed: [UserID]

  package init(from json: JSONView) throws(JSONError) {
    banned = json.list("banned_users")
    failed = json.list("failed_users")
  }
}

extension Optional: WireDecodable where Wrapped: WireDecodable {
  /// Nil for null and for no answer at all.
  package init(from json: JSONView) throws(JSONError) { self = json.isNull ? nil : try Wrapped(from: json) }
}
