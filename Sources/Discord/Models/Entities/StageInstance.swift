// Stages, sounds and templates of guilds.

package import DiscordCore
package import EventLoop
package import JSON

/// A stage that is live (https://discord.com/developers/docs/resources/stage-instance#stage-instance-object).
package struct StageInstance: Equatable, Sendable {
  package var id: StageInstanceID
  package var guildID: GuildID
  package var channelID: ChannelID
  package var topic: String
  package var privacyLevel: Int
  package var guildScheduledEventID: GuildScheduledEventID?
}

private enum StageInstanceField: Int, JSONFieldName {
  case id, guildID, channelID, topic, privacyLevel, guildScheduledEventID
  static let keys = JSONKeys<StageInstanceField>(
    "id", "guild_id", "channel_id", "topic", "privacy_level", "guild_scheduled_event_id")
}

extension StageInstance: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(StageInstanceField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    channelID = try fields.value(.channelID)
    topic = fields.value(.topic, default: "")
    privacyLevel = fields.value(.privacyLevel, default: 2)
    guildScheduledEventID = fields.optional(.guildScheduledEventID)
  }
}

/// https://discord.com/developers/docs/resources/soundboard#soundboard-sound-object
package struct SoundboardSound: Equatable, Sendable {
  package var id: SoundboardSoundID
  package var name: String
  /// 0 to 1.
  package var volume: Double
  package var emojiID: EmojiID?
  package var emojiName: String?
  /// Nil for one of Discord's own.
  package var guildID: GuildID?
  package var isAvailable: Bool
  package var user: User?
}

private enum SoundboardSoundField: Int, JSONFieldName {
  case id, name, volume, emojiID, emojiName, guildID, isAvailable, user
  static let keys = JSONKeys<SoundboardSoundField>(
    "sound_id", "name", "volume", "emoji_id", "emoji_name", "guild_id", "available", "user")
}

extension SoundboardSound: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(SoundboardSoundField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    volume = fields.value(.volume, default: 1)
    emojiID = fields.optional(.emojiID)
    emojiName = fields.optional(.emojiName)
    guildID = fields.optional(.guildID)
    isAvailable = fields.value(.isAvailable, default: true)
    user = fields.optional(.user)
  }
}

/// https://discord.com/developers/docs/resources/guild-template#guild-template-object
package struct GuildTemplate: Equatable, Sendable {
  package var code: String
  package var name: String
  package var description: String?
  package var usageCount: Int
  package var creatorID: UserID?
  package var creator: User?
  package var createdAt: Timestamp?
  package var updatedAt: Timestamp?
  package var sourceGuildID: GuildID?
  /// The guild as a tree; ids in it are small numbers of the template's own.
  package var serializedSourceGuild: JSONValue
  /// Whether the guild has changed since.
  package var isDirty: Bool?
}

private enum GuildTemplateField: Int, JSONFieldName {
  case code, name, description, usageCount, creatorID, creator, createdAt, updatedAt, sourceGuildID,
    serializedSourceGuild, isDirty
  static let keys = JSONKeys<GuildTemplateField>(
    "code", "name", "description", "usage_count", "creator_id", "creator", "created_at", "updated_at",
    "source_guild_id", "serialized_source_guild", "is_dirty")
}

extension GuildTemplate: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildTemplateField.keys)
    code = try fields.value(.code)
    name = fields.value(.name, default: "")
    description = fields.optional(.description)
    usageCount = fields.value(.usageCount, default: 0)
    creatorID = fields.optional(.creatorID)
    creator = fields.optional(.creator)
    createdAt = fields.optional(.createdAt)
    updatedAt = fields.optional(.updatedAt)
    sourceGuildID = fields.optional(.sourceGuildID)
    serializedSourceGuild = fields.value(.serializedSourceGuild, default: .null)
    isDirty = fields.optional(.isDirty)
  }
}
