// Discord's objects in the shapes that the SDK knows (plugin-host contract, section 10.6).

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import JSON

/// The shapes of results.
enum GuestShapes {
  static func member(_ member: CachedMember) -> JSONValue {
    [
      "user_id": .id(member.user), "username": text(member.userName),
      "display_name": text(member.displayName),
      "nick": text(member.nick), "avatar": text(member.avatar), "roles": .array(member.roles.map { .id($0) }),
      "joined_at": time(member.joinedAt), "bot": .bool(member.isBot),
    ]
  }

  static func member(_ member: GuildMember) -> JSONValue {
    [
      "user_id": member.user.map { .id($0.id) } ?? .null, "username": text(member.user?.username),
      "display_name": text(member.displayName), "nick": text(member.nick),
      "avatar": text(member.user?.avatar), "roles": .array(member.roles.map { .id($0) }),
      "joined_at": time(member.joinedAt), "bot": .bool(member.user?.isBot ?? false),
    ]
  }

  static func role(_ role: CachedRole) -> JSONValue {
    [
      "id": .id(role.id), "name": .string(role.name), "color": .integer(Int64(role.color)),
      "position": .integer(Int64(role.position)), "managed": .bool(role.isManaged),
      "mentionable": .bool(role.isMentionable), "permissions": .string(role.permissions.description),
    ]
  }

  static func role(_ role: Role) -> JSONValue {
    [
      "id": .id(role.id), "name": .string(role.name), "color": .integer(Int64(role.colors.primary)),
      "position": .integer(Int64(role.position)), "managed": .bool(role.isManaged),
      "mentionable": .bool(role.isMentionable), "permissions": .string(role.permissions.description),
    ]
  }

  static func channel(_ channel: Channel) -> JSONValue {
    [
      "id": .id(channel.id), "name": text(channel.name), "type": .integer(Int64(channel.type.rawValue)),
      "topic": text(channel.topic), "parent_id": channel.parentID.map { .id($0) } ?? .null,
      "position": .integer(Int64(channel.position ?? 0)), "nsfw": .bool(channel.isNSFW),
    ]
  }

  /// `memberCount` is what the gateway counts, which is right where Discord's own is about right.
  static func guild(_ guild: Guild, memberCount: Int?) -> JSONValue {
    [
      "id": .id(guild.id), "name": .string(guild.name), "icon": text(guild.icon),
      "member_count": .integer(Int64(memberCount ?? guild.approximateMemberCount ?? 0)),
      "premium_tier": .integer(Int64(guild.premiumTier.rawValue)),
      "features": .array(guild.features.map(\.rawValue).sorted().map { .string($0) }),
      "owner_id": .id(guild.ownerID), "description": text(guild.description),
    ]
  }

  /// Attachments and embeds are counted, never shown.
  static func message(_ message: Message, showsContent: Bool) -> JSONValue {
    [
      "id": .id(message.id), "channel_id": .id(message.channelID), "author_id": .id(message.author.id),
      "author_username": .string(message.author.username), "author_bot": .bool(message.author.isBot),
      "content": .string(showsContent ? message.content : ""), "timestamp": time(message.timestamp),
      "edited_timestamp": time(message.editedTimestamp),
      "attachments": .integer(Int64(message.attachments.count)),
      "embeds": .integer(Int64(message.embeds.count)), "pinned": .bool(message.isPinned),
    ]
  }

  private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
  private static func time(_ time: Timestamp?) -> JSONValue { time.map { .string($0.iso8601) } ?? .null }
}
