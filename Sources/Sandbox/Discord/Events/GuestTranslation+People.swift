// People who come, change, go and talk.

import DiscordBot
import DiscordCore
import JSON
import PlatformPlugins

extension GuestTranslation {
  mutating func memberJoin(_ data: JSONView) -> JSONObject? {
    guard var payload = person(data["user"], nick: data["nick"]?.string) else { return nil }
    remember(data, of: data["user"]?["id"]?.id())
    payload.set("joined_at", data["joined_at"]?.string)
    payload.set("roles", JSONValue.roles(data.roleIDs ?? []))
    payload.set("nick", Self.orNull(data["nick"]?.string))
    payload.set("guild_id", JSONValue.id(guild))
    payload.set("guild_name", bot?.info?.name)
    payload.set("member_count", (bot?.info?.memberCount).map { Int64($0) })
    return payload
  }

  mutating func memberLeave(_ data: JSONView) -> JSONObject? {
    guard let user: UserID = data["user"]?["id"]?.id() else { return nil }
    let known = memory.members[user]
    memory.members.remove(user)
    memory.voices.remove(user)
    guard var payload = person(data["user"], nick: known?.nick) else { return nil }
    payload.set("joined_at", known?.joinedAt)
    payload.set("roles", (event.priorRoles ?? known?.roles).map { JSONValue.roles($0) })
    if let known { payload.set("nick", Self.orNull(known.nick)) }
    payload.set("guild_id", JSONValue.id(guild))
    return payload
  }

  mutating func memberUpdate(_ data: JSONView) -> JSONObject? {
    guard let user: UserID = data["user"]?["id"]?.id(),
      var payload = person(data["user"], nick: data["nick"]?.string)
    else { return nil }
    let known = memory.members[user]
    remember(data, of: user)
    payload.set("roles", JSONValue.roles(data.roleIDs ?? []))
    payload.set("before_roles", (event.priorRoles ?? known?.roles).map { JSONValue.roles($0) })
    payload.set("nick", Self.orNull(data["nick"]?.string))
    if let known { payload.set("before_nick", Self.orNull(known.nick)) }
    payload.set("guild_id", JSONValue.id(guild))
    return payload
  }

  mutating func voiceState(_ data: JSONView) -> JSONObject? {
    guard let user: UserID = data["user_id"]?.id() else { return nil }
    remember(data["member"], of: user)
    let before = memory.voices[user]
    let after: ChannelID? = data["channel_id"]?.id()
    let isStreaming = data["self_stream"]?.bool ?? false
    if let after {
      memory.voices.put(.init(channel: after, isStreaming: isStreaming), for: user)
    } else {
      memory.voices.remove(user)
    }
    var payload = JSONObject()
    payload.set("user_id", JSONValue.id(user))
    payload.set("username", data["member"]?["user"]?["username"]?.string ?? bot?.seen(user)?.userName)
    let isBot = data["member"]?["user"].map { $0["bot"]?.bool ?? false } ?? bot?.seen(user)?.isBot
    payload.set("bot", isBot)
    payload.set("member_bot", isBot)
    if before != nil || memory.knowsVoices {
      payload.set("before_channel_id", Self.orNull(before.map { String($0.channel.rawValue) }))
      payload.set("before_channel_name", Self.orNull(channelName(before?.channel)))
      payload.set("before_self_stream", before?.isStreaming ?? false)
    }
    let afterID = Self.orNull(after.map { String($0.rawValue) })
    payload.set("after_channel_id", afterID)
    payload.set("after_channel_name", Self.orNull(channelName(after)))
    payload.set("after_self_stream", isStreaming)
    payload.set("self_mute", data["self_mute"]?.bool ?? false)
    payload.set("self_deaf", data["self_deaf"]?.bool ?? false)
    payload.set("self_stream", isStreaming)
    payload.set("self_video", data["self_video"]?.bool ?? false)
    payload.set("guild_id", JSONValue.id(guild))
    payload.set("channel_id", afterID)
    return payload
  }

  /// The fields that all events about members have.
  private func person(_ user: JSONView?, nick: String?) -> JSONObject? {
    guard let user, let id: UserID = user["id"]?.id() else { return nil }
    let name = user["username"]?.string
    var payload = JSONObject()
    payload.set("user_id", JSONValue.id(id))
    payload.set("username", name)
    payload.set("display_name", nick ?? user["global_name"]?.string ?? name)
    payload.set("bot", user["bot"]?.bool ?? false)
    return payload
  }

  private static func orNull(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
