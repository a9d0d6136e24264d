// Routes of https://discord.com/developers/docs/resources/channel, threads apart.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == Channel {
  /// A channel or thread by its id.
  package static func getChannel(_ channel: ChannelID) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}", channel).needing(.viewChannel)
  }

  /// Changes a channel of a guild; for threads see `modifyThread`. Name and topic can change twice in ten minutes.
  package static func modifyChannel(
    _ channel: ChannelID, _ change: ChannelEdit, reason: String? = nil
  ) -> Endpoint {
    let endpoint = Endpoint(.patch, "/channels/{channel.id}", channel)
      .json(change).needing(
        change.permissionOverwrites.isKept ? .manageChannels : [.manageChannels, .manageRoles]
      )
      .because(reason).repeatable()
    return change.isRename ? endpoint.renamingChannel() : endpoint
  }

  /// Deletes a channel or thread, for good, or closes a direct message.
  package static func deleteChannel(_ channel: ChannelID, reason: String? = nil) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}", channel).needing(.manageChannels).because(reason)
  }
}

extension Endpoint where Response == Empty {
  /// Sets what one role or member may do in a channel. Only permissions the bot has itself can be given.
  package static func setChannelPermissions(
    _ overwrite: PermissionOverwrite, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/channels/{channel.id}/permissions/{overwrite.id}", channel, overwrite.target.id)
      .json { json in
        json.object { json in
          json.field("type", overwrite.target.type)
          json.bits("allow", overwrite.allow)
          json.bits("deny", overwrite.deny)
        }
      }
      .needing(.manageRoles).because(reason).at(.moderation)
  }

  /// Takes the overwrite of a role or member away.
  package static func deleteChannelPermissions(
    of target: PermissionOverwrite.Target, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}/permissions/{overwrite.id}", channel, target.id)
      .needing(.manageRoles).because(reason).at(.moderation)
  }

  /// Shows that the bot writes, for ten seconds or until it does.
  package static func triggerTyping(in channel: ChannelID) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/typing", channel).needing(.sendMessages).repeatable()
  }

  /// What stands beside a voice channel's name; at most 500 characters, nil takes it away.
  package static func setVoiceChannelStatus(
    _ status: String?, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/channels/{channel.id}/voice-status", channel)
      .json { json in json.object { json in json.nullable("status", status) } }
      .needing(.setVoiceChannelStatus).because(reason)
  }

  /// Adds somebody to a group message; the token is an OAuth2 one with the scope `gdm.join`.
  package static func addGroupRecipient(
    _ user: UserID, to channel: ChannelID, accessToken: String, nickname: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/channels/{channel.id}/recipients/{user.id}", channel, user)
      .json { json in
        json.object { json in
          json.field("access_token", accessToken)
          json.optional("nick", nickname)
        }
      }
  }

  /// Removes somebody from a group message.
  package static func removeGroupRecipient(_ user: UserID, from channel: ChannelID) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}/recipients/{user.id}", channel, user)
  }
}

extension Endpoint where Response == FollowedChannel {
  /// Copies what an announcement channel publishes into another channel from now on.
  package static func followAnnouncements(
    of channel: ChannelID, into target: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/followers", channel)
      .json { json in json.object { json in json.field("webhook_channel_id", target) } }
      .needing(.manageWebhooks).because(reason)
  }
}

// MARK: Bodies

/// A change of a guild's channel.
package struct ChannelEdit: ChangeBody {
  package var name: String?
  /// Text and announcement channels can be turned into each other.
  package var type: ChannelType?
  package var position: Int?
  /// At most 1,024 characters; 4,096 in forums.
  package var topic: Patch<String> = .keep
  package var isNSFW: Bool?
  /// Seconds between messages of one member, 0 to 21,600.
  package var slowmode: Int?
  /// Bits per second, 8,000 and more.
  package var bitrate: Int?
  /// 0 is no limit; 99 in voice, 10,000 in stage channels.
  package var userLimit: Int?
  package var permissionOverwrites: Patch<[PermissionOverwrite]> = .keep
  package var parent: Patch<ChannelID> = .keep
  package var rtcRegion: Patch<String> = .keep
  package var videoQualityMode: VideoQualityMode?
  /// Minutes: 60, 1,440, 4,320 or 10,080.
  package var defaultAutoArchiveDuration: Int?
  package var flags: ChannelFlags?
  /// Forums: at most 20.
  package var availableTags: [ForumTag]?
  package var defaultReaction: Patch<DefaultReaction> = .keep
  /// Seconds; set on new threads only.
  package var defaultThreadSlowmode: Int?
  package var defaultSortOrder: Patch<SortOrder> = .keep
  package var defaultForumLayout: ForumLayout?

  package init() {}

  /// Whether it counts as one of the two changes in ten minutes.
  var isRename: Bool { name != nil || !topic.isKept }

  package func write(to json: inout JSONWriter) {
    json.object { json in writeFields(to: &json) }
  }

  func writeFields(to json: inout JSONWriter) {
    json.optional("name", name)
    json.optional("type", type)
    json.optional("position", position)
    json.patch("topic", topic)
    json.optional("nsfw", isNSFW)
    json.optional("rate_limit_per_user", slowmode)
    json.optional("bitrate", bitrate)
    json.optional("user_limit", userLimit)
    json.patch("permission_overwrites", permissionOverwrites.map { $0.map(OverwriteBody.init) })
    json.patch("parent_id", parent)
    json.patch("rtc_region", rtcRegion)
    json.optional("video_quality_mode", videoQualityMode)
    json.optional("default_auto_archive_duration", defaultAutoArchiveDuration)
    json.optional("flags", flags)
    json.optional("available_tags", availableTags)
    json.patch("default_reaction_emoji", defaultReaction)
    json.optional("default_thread_rate_limit_per_user", defaultThreadSlowmode)
    json.patch("default_sort_order", defaultSortOrder)
    json.optional("default_forum_layout", defaultForumLayout)
  }
}

/// A new channel of a guild: a name, and whatever else is not as usual.
package struct ChannelCreate: WireEncodable {
  package var settings: ChannelEdit

  package init(_ name: String, type: ChannelType = .guildText, _ set: (inout ChannelEdit) -> Void = { _ in })
  {
    settings = ChannelEdit(set)
    (settings.name, settings.type) = (name, type)
  }

  package func write(to json: inout JSONWriter) { settings.write(to: &json) }
}

struct OverwriteBody: WireEncodable {
  let overwrite: PermissionOverwrite

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", snowflake: overwrite.target.rawID)
      json.field("type", overwrite.target.type)
      json.bits("allow", overwrite.allow)
      json.bits("deny", overwrite.deny)
    }
  }
}

extension PermissionOverwrite.Target {
  /// The id in paths.
  var id: String { String(rawID) }

  var rawID: UInt64 {
    switch self {
    case .role(let id): id.rawValue
    case .member(let id): id.rawValue
    }
  }

  /// 0 for roles, 1 for members.
  var type: Int { if case .role = self { 0 } else { 1 } }
}

extension Patch {
  /// The same change of another value.
  func map<Other>(_ transform: (Value) -> Other) -> Patch<Other> {
    switch self {
    case .keep: .keep
    case .clear: .clear
    case .set(let value): .set(transform(value))
    }
  }
}

extension JSONWriter {
  /// Writes `emoji_id` or `emoji_name`, where Discord has them side by side with other fields.
  mutating func flattened(_ emoji: EmojiReference?) {
    guard let emoji else { return }
    if let id = emoji.id { field("emoji_id", id) } else { optional("emoji_name", emoji.name) }
  }
}

/// What following an announcement channel made
/// (https://discord.com/developers/docs/resources/channel#followed-channel-object).
package struct FollowedChannel: WireDecodable, Hashable {
  package let channel: ChannelID
  package let webhook: WebhookID

  package init(from json: JSONView) throws(JSONError) {
    channel = try json.require("channel_id").asID()
    webhook = try json.require("webhook_id").asID()
  }
}
