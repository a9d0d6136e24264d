// Changing and deleting messages, pinning and publishing them.

package import DiscordCore
package import EventLoop
package import JSON

extension World {
  /// How many pins a channel has at most.
  private static let pinLimit = 250

  /// The message.
  ///
  /// - Throws: 10003, 10008, 50001.
  package func message(_ id: MessageID, in channelID: ChannelID, for viewer: UserID) throws(RESTFailure) -> (
    Message, Channel
  ) {
    let channel = try channel(channelID, for: viewer)
    guard let message = channel.messages[id], message.visibleTo.map({ $0 == viewer }) ?? true else {
      throw .unknown(.message)
    }
    return (message, channel)
  }

  /// Edits one's own message, or hides the embeds of somebody else's.
  ///
  /// - Throws: 10008, 50005, 50006, 50013, 50035, 50083.
  package func editMessage(
    _ id: MessageID, in channelID: ChannelID, by caller: UserID, body: JSONValue?, files: [UploadedPart] = []
  ) throws(RESTFailure) -> Message {
    let (message, channel) = try message(id, in: channelID, for: caller)
    if channel.thread?.archived == true { throw .archivedThread }
    let isOwn = message.authorID == caller
    if !isOwn {
      let onlyFlags = (body?.object?.fields ?? []).allSatisfy { $0.key == "flags" }
      guard onlyFlags, !(body?.object?.fields.isEmpty ?? true) else { throw .notTheAuthor }
      guard permissions(of: caller, in: channel).contains(.manageMessages) else { throw .missingPermissions }
    } else if message.type != 0, message.type != 19, message.type != 20, message.type != 23 {
      throw .systemMessage
    }
    let draft = try MessageDraft(
      body, files: files, in: channelID, world: self, existing: message)
    return try apply(draft, to: message, in: channel, by: caller, isOwn: isOwn)
  }

  /// Changes a message by a draft and tells everybody; who may do so is decided before.
  ///
  /// - Throws: 50006 when nothing would be left, 200000 when AutoMod blocks it.
  @discardableResult
  package func apply(
    _ draft: MessageDraft, to old: Message, in channel: Channel, by editor: UserID, isOwn: Bool = true
  ) throws(RESTFailure) -> Message {
    var message = old
    let held = channel.guildID == nil ? .inDirectMessages : permissions(of: editor, in: channel)
    compose(&message, draft, in: channel, mentioning: held)
    message.poll = old.poll
    message.tts = old.tts
    guard !isEmpty(message) || old.reference?.type == 1 else { throw .emptyMessage }
    if isOwn {
      try moderate(message, in: channel)
      message.editedAt = now
    }
    message.nonce = nil
    channel.messages[old.id] = message
    for attachment in draft.attachments { attachments[attachment.id] = (channel.id, message.id) }
    publishUpdate(of: message, in: channel)
    return message
  }

  /// Tells everybody that a message changed.
  package func publishUpdate(of message: Message, in channel: Channel) {
    publish("MESSAGE_UPDATE", event(for: message, in: channel), to: audience(of: message, in: channel))
  }

  // MARK: Deleting

  /// Types of messages that cannot be deleted.
  private static let indelible: Set<Int> = [1, 2, 3, 4, 5, 14, 15, 16, 17, 21]

  /// Deletes one's own message, or another's with MANAGE_MESSAGES.
  ///
  /// - Throws: 10008, 50003 in direct messages, 50013, 50021.
  package func deleteMessage(
    _ id: MessageID, in channelID: ChannelID, by caller: UserID, reason: String?
  ) throws(RESTFailure) {
    let (message, channel) = try message(id, in: channelID, for: caller)
    guard !Self.indelible.contains(message.type) else { throw .systemMessage }
    let isOwn = message.authorID == caller
    if !isOwn {
      guard channel.guildID != nil else {
        throw RESTFailure(status: 403, code: 50003, message: "Cannot execute action on a DM channel")
      }
      guard permissions(of: caller, in: channel).contains(.manageMessages) else { throw .missingPermissions }
    }
    delete(message, from: channel)
    if !isOwn, users[caller]?.isBot == false, let author = message.authorID,
      let guild = channel.guildID.flatMap({ guilds[$0] })
    {
      recordDeletion(of: author, in: channelID, guild: guild, by: caller, reason: reason)
    }
  }

  /// Takes a message out of its channel and tells everybody.
  package func delete(_ message: Message, from channel: Channel) {
    var payload = Fields()
    payload.put("id", message.id)
    payload.put("channel_id", channel.id)
    if let guild = channel.guildID { payload.put("guild_id", guild) }
    var audience = audience(of: message, in: channel)
    audience.readers = nil
    drop([message.id], from: channel)
    publish("MESSAGE_DELETE", payload.value, to: audience)
  }

  /// Deletes many messages at once.
  ///
  /// - Throws: 50013, 50016 for less than 2 or more than 100, 50034 for one older than two weeks, 50035 for one that is
  ///   named twice.
  package func bulkDelete(in id: ChannelID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure)
  {
    let channel = try channel(id, for: caller)
    let guild = try guild(of: channel)
    guard permissions(of: caller, in: channel).contains(.manageMessages) else { throw .missingPermissions }
    var reader = try BodyReader(body)
    reader.require("messages")
    let ids = reader.ids("messages", upTo: 10_000, Entity.Message.self).value ?? []
    try reader.finish()
    guard (2...100).contains(ids.count) else {
      throw RESTFailure(
        status: 400, code: 50016,
        message:
          "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 "
          + "messages to delete")
    }
    guard Set(ids).count == ids.count else {
      throw .invalid("messages", code: "SET_TYPE_CONTAINS_DUPLICATES", "The set contains duplicates.")
    }
    guard ids.allSatisfy({ $0.createdAt > now - .seconds(14 * 86_400) }) else {
      throw RESTFailure(
        status: 400, code: 50034, message: "You can only bulk delete messages that are under 14 days old.")
    }
    let there = ids.filter { channel.messages[$0] != nil }
    guard !there.isEmpty else { return }
    publishBulk(drop(there, from: channel), of: channel)
    record(
      .messageBulkDelete, in: guild, by: caller, target: id.description,
      options: ["count": .string(String(there.count))], reason: reason)
  }

  /// Deletes what a user wrote in a guild since an instant, as bans do.
  func deleteMessages(of author: UserID, in guild: Guild, since: Timestamp) {
    let first = MessageID(earliestAt: since)
    for id in guild.channels.union(guild.threads) {
      guard let channel = channels[id] else { continue }
      let ids = channel.messages.all.reversed().prefix { $0.id >= first }
        .filter { $0.authorID == author }.map(\.id)
      if ids.isEmpty { continue }
      publishBulk(drop(ids.sorted(), from: channel), of: channel)
    }
  }

  private func publishBulk(_ ids: [MessageID], of channel: Channel) {
    guard let guild = channel.guildID, !ids.isEmpty else { return }
    publish(
      "MESSAGE_DELETE_BULK",
      ["ids": .array(ids.map { .id($0) }), "channel_id": .id(channel.id), "guild_id": .id(guild)],
      to: .guild(guild, .guildMessages, seeing: channel.id))
  }

  @discardableResult
  private func drop(_ ids: [MessageID], from channel: Channel) -> [MessageID] {
    for id in ids {
      guard let message = channel.messages[id] else { continue }
      forget(message)
      channel.messages[id] = nil
      channel.pins.removeAll { $0.message == id }
      if channel.thread != nil, let count = channel.thread?.messageCount, count > 0 {
        channel.thread?.messageCount = count - 1
      }
    }
    return ids
  }

  /// Lets go of what else is kept for a message.
  func forget(_ message: Message) {
    for attachment in message.attachments { attachments[attachment.id] = nil }
    if message.poll != nil { agenda.cancel(.poll(message.id)) }
  }

  // MARK: Pins

  /// Pins a message, or takes the pin away.
  ///
  /// - Throws: 10008, 30003 at 250 pins, 50013, 50021.
  package func setPin(
    of id: MessageID, in channelID: ChannelID, to isPinned: Bool, by caller: UserID, reason: String?
  ) throws(RESTFailure) {
    let (message, channel) = try message(id, in: channelID, for: caller)
    guard permissions(of: caller, in: channel).contains(.pinMessages) else { throw .missingPermissions }
    guard message.isPinned != isPinned else { return }
    guard message.type == 0 || message.type == 19 || message.type == 20 else { throw .systemMessage }
    if isPinned {
      guard channel.pins.count < Self.pinLimit else {
        throw .maximumReached(30003, "pins in the channel", Self.pinLimit)
      }
      channel.pins.insert((id, now), at: 0)
      channel.lastPinAt = now
    } else {
      channel.pins.removeAll { $0.message == id }
    }
    channel.messages.change(id) { $0.isPinned = isPinned }
    if let changed = channel.messages[id] { publishUpdate(of: changed, in: channel) }
    publishPins(of: channel)
    if let guild = channel.guildID.flatMap({ guilds[$0] }) {
      record(
        isPinned ? .messagePin : .messageUnpin, in: guild, by: caller, target: message.authorID?.description,
        options: ["channel_id": .id(channelID), "message_id": .id(id)], reason: reason)
    }
    guard isPinned else { return }
    var notice = Message(id: newID(), channel: channelID, author: .user(caller))
    notice.type = 6
    notice.reference = Reference(message: id, channel: channelID, guild: channel.guildID)
    post(notice, in: channel)
  }

  private func publishPins(of channel: Channel) {
    var payload = Fields()
    if let guild = channel.guildID { payload.put("guild_id", guild) }
    payload.put("channel_id", channel.id)
    payload.put("last_pin_timestamp", channel.lastPinAt)
    let audience: Audience =
      channel.guildID.map { .guild($0, .guilds, seeing: channel.id) }
      ?? .users(channel.recipients, .directMessages)
    publish("CHANNEL_PINS_UPDATE", payload.value, to: audience)
  }

  /// The pins, newest first: `{items, has_more}`.
  ///
  /// - Throws: 10003, 50001.
  package func pins(of id: ChannelID, for viewer: UserID, before: Timestamp?, limit: Int) throws(RESTFailure)
    -> JSONValue
  {
    let channel = try channel(id, for: viewer)
    guard permissions(of: viewer, in: channel).contains(.readMessageHistory) else {
      return ["items": [], "has_more": false]
    }
    let matching = channel.pins.filter { pin in before.map { pin.at < $0 } ?? true }
    let items = matching.prefix(limit).compactMap { pin -> JSONValue? in
      guard let message = channel.messages[pin.message] else { return nil }
      var json = Fields()
      json.put("pinned_at", pin.at)
      json.put("message", render(message, for: viewer))
      return json.value
    }
    return ["items": .array(items), "has_more": .bool(matching.count > limit)]
  }

  // MARK: Publishing and typing

  /// Publishes a message of an announcement channel.
  ///
  /// - Throws: 10008, 40033 for one that is published, 50013, 50024.
  package func crosspost(_ id: MessageID, in channelID: ChannelID, by caller: UserID) throws(RESTFailure)
    -> Message
  {
    let (message, channel) = try message(id, in: channelID, for: caller)
    guard channel.kind == .announcement else { throw .wrongChannelType }
    let needed: Permissions = message.authorID == caller ? .sendMessages : [.manageMessages, .sendMessages]
    guard permissions(of: caller, in: channel).isSuperset(of: needed) else { throw .missingPermissions }
    guard message.flags & Message.Flag.crossposted == 0 else {
      throw RESTFailure(
        status: 400, code: 40033, message: "This message has already been crossposted.")
    }
    channel.messages.change(id) { $0.flags |= Message.Flag.crossposted }
    let changed = channel.messages[id] ?? message
    publishUpdate(of: changed, in: channel)
    return changed
  }

  /// Says that somebody is typing.
  ///
  /// - Throws: 10003, 50001, 50013.
  package func type(in id: ChannelID, by caller: UserID) throws(RESTFailure) {
    let channel = try channel(id, for: caller)
    let needed: Permissions = channel.kind.isThread ? .sendMessagesInThreads : .sendMessages
    guard permissions(of: caller, in: channel).contains(needed) else { throw .missingPermissions }
    var payload = Fields()
    payload.put("channel_id", id)
    payload.put("user_id", caller)
    payload.put("timestamp", Int(now.milliseconds / 1_000))
    if let guild = channel.guildID.flatMap({ guilds[$0] }) {
      payload.put("guild_id", guild.id)
      if let member = guild.members[caller] { payload.put("member", json(member)) }
      publish("TYPING_START", payload.value, to: .guild(guild.id, .guildMessageTyping, seeing: id))
    } else {
      publish("TYPING_START", payload.value, to: .users(channel.recipients, .directMessageTyping))
    }
  }
}
