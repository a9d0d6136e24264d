// Messages and reactions.

import DiscordBot
import DiscordCore
import JSON
import PlatformPlugins

extension GuestTranslation {
  mutating func messageCreate(_ data: JSONView) -> JSONObject? {
    guard let id: MessageID = data["id"]?.id(), let author: UserID = data["author"]?["id"]?.id() else {
      return nil
    }
    remember(data["member"], of: author)
    remember(id, author, data["content"])
    guard !isOwn(author) else { return nil }
    let name = data["author"]?["username"]?.string
    var payload = JSONObject()
    payload.set("message_id", JSONValue.id(id))
    payload.set("channel_id", JSONValue(idOf: data["channel_id"]))
    payload.set("channel_name", channelName(data["channel_id"]?.id()))
    payload.set("author_id", JSONValue.id(author))
    payload.set("author_name", name)
    payload.set("author_username", name)
    payload.set("author_bot", data["author"]?["bot"]?.bool ?? false)
    payload.set("content", data["content"]?.string ?? "")
    payload.set("created_at", data["timestamp"]?.string)
    payload.set("timestamp", data["timestamp"]?.string)
    payload.setCounts(data)
    // Forwards and pins refer to messages too, and are no replies.
    if data["type"]?.int == 19 {
      payload.set("reference_message_id", JSONValue(idOf: data["message_reference"]?["message_id"]))
    }
    payload.set("guild_id", JSONValue.id(guild))
    return payload
  }

  mutating func messageEdit(_ data: JSONView) -> JSONObject? {
    guard let id: MessageID = data["id"]?.id() else { return nil }
    let known = memory.messages[id]
    let author = data["author"]?["id"]?.id() ?? known?.author
    if let author { remember(id, author, data["content"]) }
    guard !isOwn(author) else { return nil }
    var payload = JSONObject()
    payload.set("message_id", JSONValue.id(id))
    payload.set("channel_id", JSONValue(idOf: data["channel_id"]))
    payload.set("author_id", author.map { JSONValue.id($0) })
    payload.set("content", data["content"]?.string ?? known?.content ?? "")
    payload.setCounts(data)
    payload.set("guild_id", JSONValue.id(guild))
    return payload
  }

  mutating func messageDelete(_ message: JSONView?, in channel: JSONView?) -> JSONObject? {
    guard let id: MessageID = message?.id() else { return nil }
    let known = memory.messages[id]
    memory.messages.remove(id)
    var payload = JSONObject()
    payload.set("message_id", JSONValue.id(id))
    payload.set("channel_id", JSONValue(idOf: channel))
    payload.set("author_id", known.map { JSONValue.id($0.author) })
    payload.set("content", known?.content)
    payload.set("guild_id", JSONValue.id(guild))
    return payload
  }

  /// One payload for each of the messages.
  mutating func deletedTogether(_ data: JSONView) -> [JSONObject] {
    var payloads: [JSONObject] = []
    for message in data["ids"]?.array.map({ Array($0) }) ?? [] {
      if let payload = messageDelete(message, in: data["channel_id"]) { payloads.append(payload) }
    }
    return payloads
  }

  mutating func reaction(_ data: JSONView, isNew: Bool) -> JSONObject? {
    guard let user: UserID = data["user_id"]?.id(), let emoji = data["emoji"].flatMap(Self.emoji) else {
      return nil
    }
    remember(data["member"], of: user)
    guard !isOwn(user) else { return nil }
    var payload = JSONObject()
    payload.set("message_id", JSONValue(idOf: data["message_id"]))
    payload.set("channel_id", JSONValue(idOf: data["channel_id"]))
    payload.set("user_id", JSONValue.id(user))
    payload.set("emoji", emoji)
    // Discord leaves `bot` out of people; who took a reaction back is not told at all.
    let isBot = data["member"]?["user"].map { $0["bot"]?.bool ?? false } ?? bot?.seen(user)?.isBot
    payload.set("user_bot", isBot)
    payload.set("guild_id", JSONValue.id(guild))
    return payload
  }

  /// The character, or `<:name:id>`, or `<a:name:id>`. Custom emojis that are gone have no name.
  private static func emoji(_ json: JSONView) -> String? {
    guard let id = json["id"]?.snowflake else { return json["name"]?.string }
    return "<\(json["animated"]?.bool == true ? "a" : ""):\(json["name"]?.string ?? "_"):\(id)>"
  }

  private mutating func remember(_ id: MessageID, _ author: UserID, _ content: JSONView?) {
    let text = keepsContent ? content?.string ?? memory.messages[id]?.content ?? "" : ""
    memory.put(GuestGuildMemory.RememberedMessage(author: author, content: text), for: id)
  }
}

extension JSONObject {
  fileprivate mutating func setCounts(_ data: JSONView) {
    set("embed_count", data["embeds"]?.array.map { Int64($0.count) })
    set("attachment_count", data["attachments"]?.array.map { Int64($0.count) })
    set("mention_count", data["mentions"]?.array.map { Int64($0.count) })
  }
}
