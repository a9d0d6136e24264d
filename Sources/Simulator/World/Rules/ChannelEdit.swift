// What a body says about a channel.

internal import DiscordCore
internal import JSON

/// The fields of a channel's body, each by the limits of its kind.
struct ChannelEdit {
  let name: Given<String>
  let topic: Given<String>
  let position: Given<Int>
  let parent: Given<ChannelID>
  let nsfw: Given<Bool>
  let slowmode: Given<Int>
  let bitrate: Given<Int>
  let userLimit: Given<Int>
  let region: Given<String>
  let video: Given<Int>
  let autoArchive: Given<Int>
  let threadSlowmode: Given<Int>
  let flags: Given<Int>
  let overwrites: Given<[PermissionOverwrite]>
  let tags: Given<[(id: ForumTagID?, tag: ForumTag)]>
  let reaction: Given<(id: EmojiID?, name: String?)>
  let sortOrder: Given<Int>
  let layout: Given<Int>
  private let kind: ChannelKind

  init(_ reader: inout BodyReader, kind: ChannelKind) {
    self.kind = kind
    let isText = kind == .text || kind == .announcement || kind.isForum
    name = reader.text("name", 1...100, trims: true).map { text in
      isText ? text.lowercased().replacing(" ", with: "-") : text
    }
    topic = reader.text("topic", 0...(kind.isForum ? 4_096 : 1_024))
    position = reader.int("position", 0...100_000)
    parent = reader.id("parent_id")
    nsfw = reader.bool("nsfw")
    slowmode = reader.int("rate_limit_per_user", 0...21_600)
    bitrate = reader.int("bitrate", 8_000...96_000)
    userLimit = reader.int("user_limit", 0...(kind == .stage ? 10_000 : 99))
    region = reader.text("rtc_region", 0...50)
    video = reader.choice("video_quality_mode", [1, 2])
    autoArchive = reader.choice("default_auto_archive_duration", [60, 1_440, 4_320, 10_080])
    threadSlowmode = reader.int("default_thread_rate_limit_per_user", 0...21_600)
    flags = reader.int("flags", 0...Int(Int32.max))
    overwrites = Self.overwrites(&reader)
    tags = reader.objects("available_tags", 0...20) { tag in
      tag.require("name")
      let id = tag.id("id", Entity.ForumTag.self).value
      let name = tag.text("name", 1...20).value ?? ""
      return (
        id,
        ForumTag(
          id: id ?? ForumTagID(0), name: name, moderated: tag.bool("moderated").value ?? false,
          emojiID: tag.id("emoji_id").value, emojiName: tag.text("emoji_name", 0...100).value)
      )
    }
    reaction = reader.object("default_reaction_emoji") { emoji in
      (emoji.id("emoji_id").value, emoji.text("emoji_name", 0...100).value)
    }
    sortOrder = reader.choice("default_sort_order", [0, 1])
    layout = reader.choice("default_forum_layout", [0, 1, 2])
  }

  private static func overwrites(_ reader: inout BodyReader) -> Given<[PermissionOverwrite]> {
    reader.objects("permission_overwrites", 0...100) { entry in
      entry.require("id")
      let id = entry.id("id", Entity.Role.self).value ?? RoleID(0)
      let type = entry.choice("type", [0, 1]).value ?? 0
      return PermissionOverwrite(
        type == 1 ? .member(id.converted()) : .role(id), allow: entry.permissions("allow").value ?? [],
        deny: entry.permissions("deny").value ?? [])
    }
  }

  func apply(to channel: Channel, _ changes: inout Changes, mint: () -> ForumTagID) {
    changes.set("name", name, &channel.name)
    changes.set("topic", topic.map { $0.isEmpty ? nil : $0 }.flattened, &channel.topic)
    changes.set("position", position, &channel.position)
    changes.set("parent_id", parent, &channel.parentID)
    changes.set("nsfw", nsfw, &channel.nsfw)
    changes.set("rate_limit_per_user", slowmode, &channel.slowmode)
    changes.set("flags", flags, &channel.flags)
    if kind.isVoice {
      changes.set("bitrate", bitrate, &channel.bitrate)
      changes.set("user_limit", userLimit, &channel.userLimit)
      changes.set("rtc_region", region, &channel.rtcRegion)
      changes.set("video_quality_mode", video, &channel.videoQuality)
    }
    changes.set("default_auto_archive_duration", autoArchive, &channel.defaultAutoArchive)
    changes.set("default_thread_rate_limit_per_user", threadSlowmode, &channel.defaultThreadSlowmode)
    if case .value(let wanted) = overwrites, wanted != channel.overwrites {
      channel.overwrites = wanted
      changes.note("permission_overwrites", from: nil, to: nil)
    }
    guard kind.isForum else { return }
    if case .value(let wanted) = tags {
      channel.availableTags = wanted.map { id, tag in
        var tag = tag
        tag.id = id ?? mint()
        return tag
      }
      changes.note("available_tags", from: nil, to: nil)
    }
    if reaction.isGiven {
      channel.defaultReaction = reaction.value
      changes.note("default_reaction_emoji", from: nil, to: nil)
    }
    changes.set("default_sort_order", sortOrder, &channel.defaultSortOrder)
    changes.set("default_forum_layout", layout, &channel.defaultForumLayout)
  }
}

extension Given where Value == String? {
  /// A value that may itself be nil, as null.
  var flattened: Given<String> {
    switch self {
    case .absent: .absent
    case .null, .value(nil): .null
    case .value(let text?): .value(text)
    }
  }
}
