// Channels of every kind, threads included.

package import DiscordCore
package import EventLoop
package import JSON

/// A channel or thread (https://discord.com/developers/docs/resources/channel#channel-object).
///
/// Which fields are there depends on the kind; parts of channels (in interactions, in invites) have few of them.
package struct Channel: Equatable, Sendable {
  package var id: ChannelID
  package var type: ChannelType
  package var guildID: GuildID?
  package var position: Int?
  package var permissionOverwrites: [PermissionOverwrite]
  /// Nil for direct messages.
  package var name: String?
  /// At most 1,024 characters, 4,096 in forums.
  package var topic: String?
  package var isNSFW: Bool
  /// In a forum the newest thread. It may have been deleted since.
  package var lastMessageID: MessageID?
  package var lastPinTimestamp: Timestamp?
  /// Bits per second.
  package var bitrate: Int?
  /// Zero for no limit.
  package var userLimit: Int?
  /// Seconds between two messages of one person, up to 21,600; in a forum between two threads.
  package var rateLimitPerUser: Int?
  /// The others of a direct conversation.
  package var recipients: [User]
  /// Hash of a group's picture.
  package var icon: String?
  /// Who began the thread or owns the group.
  package var ownerID: UserID?
  /// Of a group that a bot made.
  package var applicationID: ApplicationID?
  package var isManaged: Bool
  /// The category; of a thread, the channel it hangs on.
  package var parentID: ChannelID?
  /// Nil where Discord chooses.
  package var rtcRegion: String?
  package var videoQualityMode: VideoQualityMode?
  /// Messages in the thread, without its first one and deleted ones.
  package var messageCount: Int?
  /// Members of the thread, counted up to 50.
  package var memberCount: Int?
  /// As `messageCount`, deleted ones included.
  package var totalMessageSent: Int?
  package var threadMetadata: ThreadMetadata?
  /// The bot's own membership of the thread.
  package var member: ThreadMember?
  /// Minutes.
  package var defaultAutoArchiveDuration: Int?
  /// Of the user who invoked the interaction, overwrites included; only in interactions.
  package var permissions: Permissions?
  /// Of the application itself; only in interactions.
  package var applicationPermissions: Permissions?
  package var flags: ChannelFlags
  package var availableTags: [ForumTag]
  package var appliedTags: [ForumTagID]
  package var defaultReactionEmoji: DefaultReaction?
  /// Seconds; what new threads begin with.
  package var defaultThreadRateLimitPerUser: Int?
  package var defaultSortOrder: SortOrder?
  package var defaultForumLayout: ForumLayout?
  /// What a voice channel says it is about.
  package var status: String?
}

private enum ChannelField: Int, JSONFieldName {
  case id, type, guildID, position, permissionOverwrites, name, topic, isNSFW, lastMessageID,
    lastPinTimestamp, bitrate, userLimit, rateLimitPerUser, recipients, icon, ownerID, applicationID,
    isManaged, parentID, rtcRegion, videoQualityMode, messageCount, memberCount, totalMessageSent,
    threadMetadata, member, defaultAutoArchiveDuration, permissions, applicationPermissions, flags,
    availableTags, appliedTags
  static let keys = JSONKeys<ChannelField>(
    "id", "type", "guild_id", "position", "permission_overwrites", "name", "topic", "nsfw",
    "last_message_id", "last_pin_timestamp", "bitrate", "user_limit", "rate_limit_per_user", "recipients",
    "icon", "owner_id", "application_id", "managed", "parent_id", "rtc_region", "video_quality_mode",
    "message_count", "member_count", "total_message_sent", "thread_metadata", "member",
    "default_auto_archive_duration", "permissions", "app_permissions", "flags", "available_tags",
    "applied_tags")
}

private enum ChannelMoreField: Int, JSONFieldName {
  case defaultReactionEmoji, defaultThreadRateLimitPerUser, defaultSortOrder, defaultForumLayout, status
  static let keys = JSONKeys<ChannelMoreField>(
    "default_reaction_emoji", "default_thread_rate_limit_per_user", "default_sort_order",
    "default_forum_layout", "status")
}

extension Channel: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ChannelField.keys)
    let more = try json.fields(ChannelMoreField.keys)
    id = try fields.value(.id)
    type = fields.value(.type, default: .guildText)
    guildID = fields.optional(.guildID)
    position = fields.optional(.position)
    permissionOverwrites = fields.list(.permissionOverwrites)
    name = fields.optional(.name)
    topic = fields.optional(.topic)
    isNSFW = fields.value(.isNSFW, default: false)
    lastMessageID = fields.optional(.lastMessageID)
    lastPinTimestamp = fields.optional(.lastPinTimestamp)
    bitrate = fields.optional(.bitrate)
    userLimit = fields.optional(.userLimit)
    rateLimitPerUser = fields.optional(.rateLimitPerUser)
    recipients = fields.list(.recipients)
    icon = fields.optional(.icon)
    ownerID = fields.optional(.ownerID)
    applicationID = fields.optional(.applicationID)
    isManaged = fields.value(.isManaged, default: false)
    parentID = fields.optional(.parentID)
    rtcRegion = fields.optional(.rtcRegion)
    videoQualityMode = fields.optional(.videoQualityMode)
    messageCount = fields.optional(.messageCount)
    memberCount = fields.optional(.memberCount)
    totalMessageSent = fields.optional(.totalMessageSent)
    threadMetadata = fields.optional(.threadMetadata)
    member = fields.optional(.member)
    defaultAutoArchiveDuration = fields.optional(.defaultAutoArchiveDuration)
    permissions = fields.optional(.permissions)
    applicationPermissions = fields.optional(.applicationPermissions)
    flags = fields.value(.flags, default: [])
    availableTags = fields.list(.availableTags)
    appliedTags = fields.list(.appliedTags)
    defaultReactionEmoji = more.optional(.defaultReactionEmoji)
    defaultThreadRateLimitPerUser = more.optional(.defaultThreadRateLimitPerUser)
    defaultSortOrder = more.optional(.defaultSortOrder)
    defaultForumLayout = more.optional(.defaultForumLayout)
    status = more.optional(.status)
  }
}

/// https://discord.com/developers/docs/resources/channel#thread-metadata-object
package struct ThreadMetadata: Equatable, Sendable {
  package var isArchived: Bool
  /// Minutes without activity after which it leaves the list of channels.
  package var autoArchiveDuration: Int?
  /// When it was last archived or brought back.
  package var archiveTimestamp: Timestamp?
  /// Whether it takes the permission to manage threads to bring it back.
  package var isLocked: Bool
  /// Whether members without that permission can invite; private threads only.
  package var isInvitable: Bool?
  /// Only for threads begun after 2022-01-09.
  package var createTimestamp: Timestamp?
}

private enum ThreadMetadataField: Int, JSONFieldName {
  case isArchived, autoArchiveDuration, archiveTimestamp, isLocked, isInvitable, createTimestamp
  static let keys = JSONKeys<ThreadMetadataField>(
    "archived", "auto_archive_duration", "archive_timestamp", "locked", "invitable", "create_timestamp")
}

extension ThreadMetadata: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ThreadMetadataField.keys)
    isArchived = fields.value(.isArchived, default: false)
    autoArchiveDuration = fields.optional(.autoArchiveDuration)
    archiveTimestamp = fields.optional(.archiveTimestamp)
    isLocked = fields.value(.isLocked, default: false)
    isInvitable = fields.optional(.isInvitable)
    createTimestamp = fields.optional(.createTimestamp)
  }
}

/// Somebody's membership of a thread (https://discord.com/developers/docs/resources/channel#thread-member-object).
package struct ThreadMember: Equatable, Sendable {
  /// The thread. Not in GUILD_CREATE, where the thread stands around it.
  package var id: ChannelID?
  /// Not in GUILD_CREATE, where it is the bot.
  package var userID: UserID?
  package var joinTimestamp: Timestamp?
  /// Settings of notifications; of no use to bots.
  package var flags: Int
  /// Only where asked for.
  package var member: GuildMember?
}

private enum ThreadMemberField: Int, JSONFieldName {
  case id, userID, joinTimestamp, flags, member
  static let keys = JSONKeys<ThreadMemberField>(
    "id", "user_id", "join_timestamp", "flags", "member")
}

extension ThreadMember: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ThreadMemberField.keys)
    id = fields.optional(.id)
    userID = fields.optional(.userID)
    joinTimestamp = fields.optional(.joinTimestamp)
    flags = fields.value(.flags, default: 0)
    member = fields.optional(.member)
  }
}

/// A tag that threads of a forum can have (https://discord.com/developers/docs/resources/channel#forum-tag-object).
package struct ForumTag: Equatable, Sendable {
  /// Nil for one that is yet to be made.
  package var id: ForumTagID?
  /// At most 20 characters.
  package var name: String
  /// Whether it takes the permission to manage threads to set it.
  package var isModerated: Bool
  /// Of a custom emoji.
  package var emojiID: EmojiID?
  /// Of a Unicode emoji.
  package var emojiName: String?
  package var unknownFields = UnknownFields()

  package init(
    id: ForumTagID? = nil, name: String = "", isModerated: Bool = false, emojiID: EmojiID? = nil,
    emojiName: String? = nil
  ) {
    (self.id, self.name, self.isModerated) = (id, name, isModerated)
    (self.emojiID, self.emojiName) = (emojiID, emojiName)
  }
}

private enum ForumTagField: Int, JSONFieldName {
  case id, name, isModerated, emojiID, emojiName
  static let keys = JSONKeys<ForumTagField>(
    "id", "name", "moderated", "emoji_id", "emoji_name")
}

extension ForumTag: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ForumTagField.keys)
    id = fields.optional(.id)
    name = fields.value(.name, default: "")
    isModerated = fields.value(.isModerated, default: false)
    emojiID = fields.optional(.emojiID)
    emojiName = fields.optional(.emojiName)
    unknownFields = UnknownFields(of: json, besides: fields)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("id", id)
      json.field("name", name)
      json.field("moderated", isModerated)
      json.optional("emoji_id", emojiID)
      json.optional("emoji_name", emojiName)
      unknownFields.write(to: &json)
    }
  }
}

/// The emoji that a forum offers under each thread; a custom one or a Unicode one.
package struct DefaultReaction: Hashable, Sendable {
  package var emojiID: EmojiID?
  package var emojiName: String?

  package init(
    emojiID: EmojiID? = nil, emojiName: String? = nil
  ) {
    (self.emojiID, self.emojiName) = (emojiID, emojiName)
  }
}

private enum DefaultReactionField: Int, JSONFieldName {
  case emojiID, emojiName
  static let keys = JSONKeys<DefaultReactionField>(
    "emoji_id", "emoji_name")
}

extension DefaultReaction: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(DefaultReactionField.keys)
    emojiID = fields.optional(.emojiID)
    emojiName = fields.optional(.emojiName)
  }
}

extension DefaultReaction: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.nullable("emoji_id", emojiID)
      json.nullable("emoji_name", emojiName)
    }
  }
}
