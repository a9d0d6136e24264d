// Placing, changing and removing the messages of applications and webhooks.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension World {
  /// Reads what a message says from a body.
  ///
  /// - Throws: 50006, 50035.
  func fill(_ message: inout Message, from body: JSONValue, _ files: [UploadedPart], isNew: Bool) throws(RESTFailure) {
    if let content = body["content"] { message.content = content.string ?? "" }
    if let embeds = body["embeds"] { message.embeds = embeds.array ?? [] }
    if let components = body["components"] { message.components = components.numbered().array ?? [] }
    if let flags = body["flags"]?.int64 {
      let allowed = Message.Flag.suppressEmbeds | Message.Flag.ephemeral | Message.Flag.suppressNotifications | Message.Flag.componentsV2
      message.flags = Int(flags) & allowed | message.flags & ~allowed
    }
    if let tts = body["tts"]?.bool { message.tts = tts }
    if message.content.unicodeScalars.count > 2_000 {
      throw .invalid("content", code: "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
    }
    let isEmpty = message.content.isEmpty && message.embeds.isEmpty && message.components.isEmpty && files.isEmpty
      && message.attachments.isEmpty
    if isNew, isEmpty { throw .emptyMessage }
  }

  /// Puts a new message into its channel.
  func place(_ message: Message) throws(RESTFailure) {
    guard let channel = channels[message.channel] else { throw .unknown(.channel) }
    post(message, in: channel)
  }

  /// Changes a message of an application or a webhook.
  ///
  /// - Throws: 10008, 50006, 50035.
  func change(
    _ id: MessageID, in channelID: ChannelID, by author: UserID?, _ body: JSONValue, _ files: [UploadedPart]
  ) throws(RESTFailure) -> Message {
    guard let channel = channels[channelID], var message = channel.messages[id] else { throw .unknown(.message) }
    let wasLoading = message.flags & Message.Flag.loading != 0
    message.flags &= ~Message.Flag.loading
    try fill(&message, from: body, files, isNew: wasLoading)
    if !wasLoading { message.editedAt = now }
    channel.messages[id] = message
    publish("MESSAGE_UPDATE", event(for: message, in: channel), to: audience(of: message, in: channel))
    return message
  }

  /// Takes a message away.
  ///
  /// - Throws: 10008.
  func remove(_ id: MessageID, in channelID: ChannelID) throws(RESTFailure) {
    guard let channel = channels[channelID], let message = channel.messages[id] else { throw .unknown(.message) }
    channel.messages[id] = nil
    var json = Fields()
    json.put("id", id)
    json.put("channel_id", channelID)
    if let guild = channel.guildID { json.put("guild_id", guild) }
    publish("MESSAGE_DELETE", json.value, to: audience(of: message, in: channel))
  }
}
