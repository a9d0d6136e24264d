// Channels, threads and what hangs on them as JSON.

package import DiscordCore
package import EventLoop
package import JSON

extension World {
  /// A channel of any kind. With a viewer a thread carries their membership.
  package func json(_ channel: Channel, for viewer: UserID? = nil) -> JSONValue {
    var json = Fields()
    json.put("id", channel.id)
    json.put("type", channel.kind.rawValue)
    json.put("flags", channel.flags)
    if channel.kind.hasMessages || channel.kind.isForum {
      json.put("last_message_id", channel.lastMessageID)
    }
    if channel.kind.hasMessages, let pinned = channel.lastPinAt { json.put("last_pin_timestamp", pinned) }
    guard let guild = channel.guildID else {
      let others = channel.recipients.filter { $0 != viewer }
      json.put("recipients", .array(others.map { self.json(user: $0) }))
      return json.value
    }
    json.put("guild_id", guild)
    json.put("name", channel.name)
    json.put("parent_id", channel.parentID)
    if channel.kind != .category { json.put("rate_limit_per_user", channel.slowmode) }
    if let thread = channel.thread {
      put(thread, of: channel, for: viewer, into: &json)
    } else {
      putGuildFields(of: channel, into: &json)
    }
    return json.value
  }

  private func putGuildFields(of channel: Channel, into json: inout Fields) {
    json.put("position", channel.position)
    json.put("permission_overwrites", .array(channel.overwrites.map { self.json($0) }))
    json.put("nsfw", channel.nsfw)
    if channel.kind != .category { json.put("topic", channel.topic) }
    if channel.kind.isVoice {
      json.put("bitrate", channel.bitrate)
      json.put("user_limit", channel.userLimit)
      json.put("rtc_region", channel.rtcRegion)
      json.put("video_quality_mode", channel.videoQuality)
    } else if channel.kind != .category {
      if let minutes = channel.defaultAutoArchive { json.put("default_auto_archive_duration", minutes) }
      json.put("default_thread_rate_limit_per_user", channel.defaultThreadSlowmode)
    }
    guard channel.kind.isForum else { return }
    json.put("available_tags", .array(channel.availableTags.map { self.json($0) }))
    json.put(
      "default_reaction_emoji",
      channel.defaultReaction.map { reaction in
        var emoji = Fields()
        emoji.put("emoji_id", reaction.id)
        emoji.put("emoji_name", reaction.name)
        return emoji.value
      } ?? .null)
    json.put("default_sort_order", channel.defaultSortOrder)
    json.put("default_forum_layout", channel.defaultForumLayout)
    json.put("template", "")
  }

  private func put(_ thread: ThreadState, of channel: Channel, for viewer: UserID?, into json: inout Fields) {
    json.put("owner_id", thread.owner)
    var metadata = Fields()
    metadata.put("archived", thread.archived)
    metadata.put("archive_timestamp", thread.archiveChangedAt)
    metadata.put("auto_archive_duration", thread.autoArchive)
    metadata.put("locked", thread.locked)
    metadata.put("create_timestamp", thread.createdAt)
    if channel.kind == .privateThread { metadata.put("invitable", thread.invitable) }
    json.put("thread_metadata", metadata.value)
    json.put("message_count", thread.messageCount)
    json.put("member_count", min(thread.members.count, 50))
    json.put("total_message_sent", thread.totalSent)
    if channel.parentID.flatMap({ channels[$0] })?.kind.isForum == true {
      json.put("applied_tags", thread.appliedTags)
    }
    if let viewer, let joined = thread.members[viewer] {
      json.put("member", self.json(threadMember: viewer, of: channel, joined: joined))
    }
  }

  /// A member of a thread, with the guild's member if asked for.
  package func json(threadMember user: UserID, of channel: Channel, joined: Timestamp, member: Member? = nil)
    -> JSONValue
  {
    var json = Fields()
    json.put("id", channel.id)
    json.put("user_id", user)
    json.put("join_timestamp", joined)
    json.put("flags", 0)
    if let member { json.put("member", self.json(member)) }
    return json.value
  }

  /// An overwrite.
  package func json(_ overwrite: PermissionOverwrite) -> JSONValue {
    var json = Fields()
    switch overwrite.target {
    case .role(let id):
      json.put("id", id)
      json.put("type", 0)
    case .member(let id):
      json.put("id", id)
      json.put("type", 1)
    }
    json.put("allow", overwrite.allow)
    json.put("deny", overwrite.deny)
    return json.value
  }

  /// A tag of a forum.
  package func json(_ tag: ForumTag) -> JSONValue {
    var json = Fields()
    json.put("id", tag.id)
    json.put("name", tag.name)
    json.put("moderated", tag.moderated)
    json.put("emoji_id", tag.emojiID)
    json.put("emoji_name", tag.emojiName)
    return json.value
  }

  /// A stage instance.
  package func json(_ stage: StageInstance, _ guild: GuildID) -> JSONValue {
    var json = Fields()
    json.put("guild_id", guild)
    json.put("channel_id", stage.channel)
    json.put("topic", stage.topic)
    json.put("privacy_level", stage.privacyLevel)
    json.put("id", stage.id)
    json.put("discoverable_disabled", true)
    json.put("guild_scheduled_event_id", stage.scheduledEvent)
    return json.value
  }

  /// A scheduled event.
  package func json(
    _ event: ScheduledEvent, _ guild: GuildID, withCount: Bool = false, viewer: UserID? = nil
  ) -> JSONValue {
    var json = Fields()
    json.put("id", event.id)
    json.put("guild_id", guild)
    json.put("name", event.name)
    json.put("description", event.description)
    json.put("channel_id", event.channel)
    json.put("creator_id", event.creator)
    json.put("creator", self.json(user: event.creator))
    json.put("image", event.image)
    json.put("scheduled_start_time", event.startsAt)
    json.put("scheduled_end_time", event.endsAt)
    json.put("status", event.status)
    json.put("entity_type", event.entityType)
    json.put("entity_id", event.entityID)
    json.put("recurrence_rule", event.recurrence ?? .null)
    if withCount { json.put("user_count", event.subscribers.count) }
    json.put("privacy_level", 2)
    json.put(
      "guild_scheduled_event_exceptions",
      .array(event.exceptions.map { self.json($0, of: event.id) }))
    switch event.entityType {
    case 3: json.put("entity_metadata", ["location": .string(event.location ?? "")])
    case 1: json.put("entity_metadata", JSONValue.null)
    default: json.put("entity_metadata", JSONValue.null)
    }
    return json.value
  }

  /// An exception of a recurring event.
  package func json(_ exception: ScheduledEventException, of event: GuildScheduledEventID) -> JSONValue {
    var json = Fields()
    json.put("event_id", event)
    json.put("event_exception_id", exception.id)
    json.put("scheduled_start_time", exception.startsAt)
    json.put("scheduled_end_time", exception.endsAt)
    json.put("is_canceled", exception.isCanceled)
    return json.value
  }
}
