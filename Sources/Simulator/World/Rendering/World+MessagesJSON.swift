// Messages as JSON.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// A message, as REST answers it to a viewer (whose own reactions and votes are marked) and as events carry it
  /// (no viewer). Without `withReference` what it answers is left out, as in the answer within an answer.
  package func json(_ message: Message, viewer: UserID? = nil, withReference: Bool = true) -> JSONValue {
    var json = Fields()
    putBasics(of: message, into: &json)
    json.putReactions(message.reactions, viewer: viewer)
    if let position = message.position { json.put("position", position) }
    if case .webhook(let id, _, _, let application) = message.author {
      json.put("webhook_id", id)
      if let application { json.put("application_id", application) }
    } else if let application = message.applicationID {
      json.put("application_id", application)
    }
    if let nonce = message.nonce { json.put("nonce", nonce) }
    if let metadata = message.interactionMetadata { json.put("interaction_metadata", metadata) }
    if let interaction = message.interaction { json.put("interaction", interaction) }
    if let reference = message.reference { put(reference, of: message, withReference, viewer, &json) }
    if !message.snapshots.isEmpty { json.put("message_snapshots", .array(message.snapshots)) }
    if let poll = message.poll { json.put("poll", self.json(poll, viewer: viewer)) }
    if !message.stickers.isEmpty { json.put("sticker_items", .array(stickerItems(message.stickers))) }
    if let thread = message.thread.flatMap({ channels[$0] }) { json.put("thread", self.json(thread)) }
    return json.value
  }

  private func putBasics(of message: Message, into json: inout Fields) {
    json.put("id", message.id)
    json.put("channel_id", message.channel)
    json.put("type", message.type)
    json.put("content", message.content)
    json.put("author", author(of: message))
    json.put("timestamp", message.id.createdAt)
    json.put("edited_timestamp", message.editedAt)
    json.put("tts", message.tts)
    json.put("mention_everyone", message.mentionsEveryone)
    json.put("mentions", .array(message.mentions.map { self.json(user: $0) }))
    json.put("mention_roles", message.mentionedRoles)
    json.put("attachments", .array(message.attachments.map { self.json($0, in: message.channel) }))
    json.put("embeds", .array(message.flags & Message.Flag.suppressEmbeds == 0 ? message.embeds : []))
    json.put("components", .array(message.components))
    json.put("pinned", message.isPinned)
    json.put("flags", message.flags)
  }

  private func put(
    _ reference: Reference, of message: Message, _ withReference: Bool, _ viewer: UserID?,
    _ json: inout Fields
  ) {
    var fields = Fields()
    fields.put("type", reference.type)
    fields.put("channel_id", reference.channel)
    if let id = reference.message { fields.put("message_id", id) }
    if let guild = reference.guild { fields.put("guild_id", guild) }
    json.put("message_reference", fields.value)
    guard withReference, reference.type == 0, message.type == 19 || message.type == 21 else { return }
    let answered = reference.message.flatMap { channels[reference.channel]?.messages[$0] }
    json.put(
      "referenced_message",
      answered.map { self.json($0, viewer: viewer, withReference: false) } ?? .null)
  }

  /// `author`: the user, or what a webhook calls itself.
  package func author(of message: Message) -> JSONValue {
    switch message.author {
    case .user(let id): return json(user: id)
    case .webhook(let id, let name, let avatar, _):
      var json = Fields()
      json.put("id", id)
      json.put("username", name)
      json.put("avatar", avatar)
      json.put("discriminator", "0000")
      json.put("public_flags", 0)
      json.put("flags", 0)
      json.put("bot", true)
      json.put("global_name", JSONValue.null)
      json.put("primary_guild", JSONValue.null)
      return json.value
    }
  }

  /// `d` of MESSAGE_CREATE and MESSAGE_UPDATE: the message with guild and member.
  package func event(for message: Message, in channel: Channel) -> JSONValue {
    var fields = Fields()
    fields.append(json(message))
    guard let guild = channel.guildID.flatMap({ guilds[$0] }) else {
      fields.put("channel_type", channel.kind.rawValue)
      return fields.value
    }
    fields.put("guild_id", guild.id)
    fields.put("channel_type", channel.kind.rawValue)
    if let author = message.authorID, let member = guild.members[author] {
      fields.put("member", json(member, withUser: false))
    }
    return fields.value
  }

  /// An attachment with its signed address.
  package func json(_ attachment: Attachment, in channel: ChannelID) -> JSONValue {
    let address = address(of: attachment, in: channel)
    var json = Fields()
    json.put("id", attachment.id)
    json.put("filename", attachment.fileName)
    json.put("size", attachment.bytes.count)
    json.put("url", address)
    json.put("proxy_url", address)
    json.put("content_type", attachment.contentType)
    if let width = attachment.width { json.put("width", width) }
    if let height = attachment.height { json.put("height", height) }
    if let description = attachment.description { json.put("description", description) }
    if let title = attachment.title { json.put("title", title) }
    if attachment.flags != 0 { json.put("flags", attachment.flags) }
    if attachment.isEphemeral { json.put("ephemeral", true) }
    return json.value
  }

  /// The signed address of an attachment; it is good for a day of the world's time.
  package func address(of attachment: Attachment, in channel: ChannelID) -> String {
    // Rounded to the day, so that the same link stays the same while it is shown.
    let issued = now.milliseconds / 1_000 / 86_400 * 86_400
    let expires = issued + 2 * 86_400
    let signature = Self.signature(attachment: attachment.id, expires: expires)
    return "\(cdnBase)/attachments/\(channel)/\(attachment.id)/\(attachment.fileName)"
      + "?ex=\(String(expires, radix: 16))&is=\(String(issued, radix: 16))&hm=\(signature)"
  }

  /// `hm` of an attachment's address: enough for a simulated world, and no secret.
  package static func signature(attachment: AttachmentID, expires: Int64) -> String {
    var generator = SeededGenerator(seed: attachment.rawValue ^ UInt64(bitPattern: expires))
    return generator.hex(64)
  }

  /// A poll with its results.
  package func json(_ poll: Poll, viewer: UserID?) -> JSONValue {
    var json = Fields()
    json.put("question", ["text": .string(poll.question)])
    json.put(
      "answers",
      .array(
        poll.answers.enumerated().map { index, media in
          ["answer_id": .integer(Int64(index + 1)), "poll_media": media]
        }))
    json.put("expiry", poll.expiresAt)
    json.put("allow_multiselect", poll.allowsMultiselect)
    json.put("layout_type", 1)
    let counts = poll.votes.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
    var results = Fields()
    results.put(
      "answer_counts",
      .array(
        counts.map { answer, voters in
          var entry = Fields()
          entry.put("id", answer)
          entry.put("count", voters.count)
          entry.put("me_voted", viewer.map { voters.contains($0) } ?? false)
          return entry.value
        }))
    results.put("is_finalized", poll.isFinalized)
    json.put("results", results.value)
    return json.value
  }

  private func stickerItems(_ ids: [StickerID]) -> [JSONValue] {
    ids.map { id in
      let sticker = guilds.values.lazy.compactMap { $0.stickers[id] }.first
      var json = Fields()
      json.put("id", id)
      json.put("name", sticker?.name ?? "sticker")
      json.put("format_type", sticker?.format ?? 1)
      return json.value
    }
  }
}

extension ReactionEmoji {
  /// In Discord's shape.
  package var json: JSONValue {
    var json = Fields()
    switch self {
    case .unicode(let text):
      json.put("id", JSONValue.null)
      json.put("name", text)
    case .custom(let id, let name, let animated):
      json.put("id", id)
      json.put("name", name)
      if animated { json.put("animated", true) }
    }
    return json.value
  }
}

extension Fields {
  /// Appends the reactions of a message, unless it has none.
  fileprivate mutating func putReactions(_ reactions: [Reaction], viewer: UserID?) {
    guard !reactions.isEmpty else { return }
    put(
      "reactions",
      .array(
        reactions.map { reaction in
          var json = Fields()
          json.put("emoji", reaction.emoji.json)
          json.put("count", reaction.users.count)
          json.put("count_details", ["burst": 0, "normal": .integer(Int64(reaction.users.count))])
          json.put("burst_colors", .array([]))
          json.put("me_burst", false)
          json.put("me", viewer.map { reaction.users.contains($0) } ?? false)
          return json.value
        }))
  }
}
