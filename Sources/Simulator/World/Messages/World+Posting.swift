// Writing messages.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// Posts a message as a user.
  ///
  /// - Throws: what Discord refuses: 10003, 50001, 50006, 50007, 50008, 50013, 50035, 160002, 160005, 160014, 20016,
  ///   200000.
  package func createMessage(
    in id: ChannelID, by author: UserID, body: JSONValue?, files: [UploadedPart] = []
  )
    throws(RESTFailure) -> Message
  {
    let channel = try channel(id, for: author)
    let held = permissions(of: author, in: channel)
    try requireWritable(channel, by: author, held)
    let draft = try MessageDraft(body, files: files, in: id, world: self)
    if var earlier = repeated(draft, by: author, in: channel) {
      earlier.nonce = draft.nonce
      return earlier
    }
    try check(draft, held)
    try checkSlowmode(of: channel, by: author, held)
    var message = Message(id: newID(), channel: id, author: .user(author))
    try refer(&message, draft, in: channel, by: author, held)
    compose(&message, draft, in: channel, mentioning: held)
    guard message.reference?.type == 1 || !isEmpty(message) else { throw .emptyMessage }
    for sticker in draft.stickers where !guilds.values.contains(where: { $0.stickers[sticker] != nil }) {
      throw .unknown(.sticker)
    }
    try moderate(message, in: channel)
    channel.lastWrote[author] = now
    if draft.enforcesNonce, let nonce = draft.nonce { remember(nonce, message) }
    post(message, in: channel)
    // The nonce is in the answer and the first event, and not kept.
    var posted = channel.messages[message.id] ?? message
    posted.nonce = message.nonce
    return posted
  }

  /// Whether nothing would be shown.
  package func isEmpty(_ message: Message) -> Bool {
    message.content.isEmpty && message.embeds.isEmpty && message.components.isEmpty && message.poll == nil
      && message.attachments.isEmpty && message.stickers.isEmpty
  }

  // MARK: Conditions

  private func requireWritable(_ channel: Channel, by author: UserID, _ held: Permissions) throws(RESTFailure)
  {
    guard channel.kind.hasMessages else {
      throw RESTFailure(status: 400, code: 50008, message: "Cannot send messages in a non-text channel")
    }
    if channel.kind == .dm, let other = channel.recipients.first(where: { $0 != author }) {
      guard mayMessage(other, from: author) else { throw .cannotMessageUser }
    }
    let needed: Permissions = channel.kind.isThread ? .sendMessagesInThreads : .sendMessages
    guard held.contains(needed) else { throw .missingPermissions }
    guard let thread = channel.thread, thread.locked, thread.archived else { return }
    guard held.contains(.manageThreads) else { throw .archivedThread }
  }

  private func check(_ draft: MessageDraft, _ held: Permissions) throws(RESTFailure) {
    var needed: Permissions = []
    if draft.tts { needed.insert(.sendTTSMessages) }
    if !draft.attachments.isEmpty { needed.insert(.attachFiles) }
    if draft.embeds.value?.isEmpty == false { needed.insert(.embedLinks) }
    if draft.poll != nil { needed.insert(.sendPolls) }
    guard held.isSuperset(of: needed) else { throw .missingPermissions }
  }

  private func checkSlowmode(of channel: Channel, by author: UserID, _ held: Permissions) throws(RESTFailure)
  {
    guard channel.slowmode > 0, users[author]?.isBot == false, !held.contains(.bypassSlowmode),
      let last = channel.lastWrote[author], last + .seconds(channel.slowmode) > now
    else { return }
    throw RESTFailure(
      status: 429, code: 20016, message: "This action cannot be performed due to slowmode rate limit.")
  }

  /// A message that was sent under the same enforced nonce within the last minutes.
  private func repeated(_ draft: MessageDraft, by author: UserID, in channel: Channel) -> Message? {
    guard draft.enforcesNonce, let key = nonceKey(draft.nonce, author, channel.id) else { return nil }
    return enforcedNonces[key].flatMap { channel.messages[$0] }
  }

  private func nonceKey(_ nonce: JSONValue?, _ author: UserID, _ channel: ChannelID) -> NonceKey? {
    guard let text = nonce?.string ?? nonce?.int64.map({ String($0) }) else { return nil }
    return NonceKey(author: author, channel: channel, nonce: text)
  }

  private func remember(_ nonce: JSONValue, _ message: Message) {
    guard let author = message.authorID, let key = nonceKey(nonce, author, message.channel) else { return }
    enforcedNonces[key] = message.id
    agenda.set(.named("nonce \(message.id)"), at: now + .seconds(300)) { $0.enforcedNonces[key] = nil }
  }

  // MARK: Answers and forwards

  private func refer(
    _ message: inout Message, _ draft: MessageDraft, in channel: Channel, by author: UserID,
    _ held: Permissions
  ) throws(RESTFailure) {
    guard let wanted = draft.reference, let id = wanted.message else { return }
    let source = try self.channel(wanted.channel ?? channel.id, for: author)
    guard let original = source.messages[id] else {
      guard wanted.failsIfMissing || wanted.type == 1 else { return }
      throw .invalid(
        "message_reference", code: "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    }
    if wanted.type == 1 { return try forward(original, from: source, as: &message, draft, by: author) }
    guard source.id == channel.id else {
      throw .invalid(
        "message_reference", code: "MESSAGE_REFERENCE_CANNOT_REPLY_OTHER_CHANNEL",
        "Cannot reply to a message in a different channel")
    }
    guard held.contains(.readMessageHistory) else {
      throw RESTFailure(
        status: 403, code: 160002, message: "Cannot reply without permission to read message history")
    }
    message.type = 19
    message.reference = Reference(message: id, channel: channel.id, guild: channel.guildID)
    if let answered = original.authorID, answered != author, draft.allowedMentions?.repliedUser ?? true {
      message.mentions.append(answered)
    }
  }

  private func forward(
    _ original: Message, from source: Channel, as message: inout Message, _ draft: MessageDraft,
    by author: UserID
  ) throws(RESTFailure) {
    guard draft.content.value?.isEmpty ?? true, draft.embeds.value?.isEmpty ?? true else {
      throw .invalid(
        "message_reference", code: "MESSAGE_FORWARD_CANNOT_HAVE_CONTENT",
        "Cannot send additional content with a forwarded message")
    }
    guard mayRead(original, author) else {
      throw RESTFailure(
        status: 403, code: 160014, message: "Cannot forward a message whose content you cannot read")
    }
    guard permissions(of: author, in: source).contains(.readMessageHistory) else {
      throw .missingPermissions
    }
    message.reference = Reference(
      type: 1, message: original.id, channel: source.id, guild: source.guildID)
    message.flags |= Message.Flag.hasSnapshot
    let kept: Set<String> = [
      "type", "content", "mentions", "mention_roles", "attachments", "embeds", "timestamp",
      "edited_timestamp", "flags", "components", "sticker_items",
    ]
    let fields = json(original).object?.fields.filter { kept.contains($0.key) } ?? []
    message.snapshots = [["message": .object(JSONObject(fields: fields))]]
  }

  // MARK: Composing

  /// Fills a message from a draft: content, parts, and the mentions that `held` and the draft allow. Fields the draft
  /// does not give stay as they are.
  package func compose(
    _ message: inout Message, _ draft: MessageDraft, in channel: Channel, mentioning held: Permissions
  ) {
    if draft.content.isGiven { message.content = (draft.content.value ?? "").trimmed }
    if draft.embeds.isGiven { message.embeds = draft.embeds.value ?? [] }
    if draft.components.isGiven { message.components = draft.components.value ?? [] }
    if let kept = draft.keptAttachments { message.attachments.removeAll { !kept.contains($0.id) } }
    message.attachments += draft.attachments
    if let poll = draft.poll { message.poll = poll }
    if !draft.stickers.isEmpty { message.stickers = draft.stickers }
    message.tts = draft.tts
    message.nonce = draft.nonce
    let settable =
      Message.Flag.suppressEmbeds | Message.Flag.suppressNotifications | Message.Flag.componentsV2
    message.flags = (message.flags & ~settable) | ((draft.flags.value ?? message.flags) & settable)
    mention(in: &message, draft.allowedMentions, channel, held)
    if message.embeds.isEmpty, held.contains(.embedLinks) { unfurl(&message) }
  }

  private func mention(
    in message: inout Message, _ allowed: AllowedMentions?, _ channel: Channel, _ held: Permissions
  ) {
    var text = message.content
    for component in message.components { text += Self.texts(of: component) }
    let found = MentionScanner(text)
    let guild = channel.guildID.flatMap { guilds[$0] }
    let replied = message.type == 19 ? message.mentions.prefix(1) : []
    message.mentions = Array(replied)
    for user in found.users where users[user] != nil && !message.mentions.contains(user) {
      guard allowed.map({ $0.parse.contains("users") || $0.users?.contains(user) == true }) ?? true else {
        continue
      }
      message.mentions.append(user)
    }
    message.mentionedRoles = found.roles.filter { id in
      guard let role = guild?.roles[id], role.mentionable || held.contains(.mentionEveryone) else {
        return false
      }
      return allowed.map { $0.parse.contains("roles") || $0.roles?.contains(id) == true } ?? true
    }
    message.mentionsEveryone =
      found.hasEveryone && held.contains(.mentionEveryone) && (allowed?.parse.contains("everyone") ?? true)
  }

  /// The text displays inside a component.
  private static func texts(of component: JSONValue) -> String {
    var text = component["content"]?.string ?? ""
    for inner in component["components"]?.array ?? [] { text += texts(of: inner) }
    return text
  }

  /// Puts an embed under links to pictures, as Discord does for addresses that look like one.
  private func unfurl(_ message: inout Message) {
    guard message.content.contains("http"), message.flags & Message.Flag.suppressEmbeds == 0 else { return }
    let links = message.content.split(whereSeparator: \.isWhitespace).filter {
      ($0.hasPrefix("https://") || $0.hasPrefix("http://"))
        && [".png", ".jpg", ".jpeg", ".gif", ".webp"].contains(where: $0.lowercased().hasSuffix)
    }
    message.embeds = links.prefix(5).map { link in
      let address = JSONValue.string(String(link))
      return [
        "type": "image", "url": address,
        "thumbnail": ["url": address, "proxy_url": address, "width": 400, "height": 300],
      ]
    }
  }

  // MARK: Posting

  /// Puts a message into its channel and tells everybody; a thread wakes up and its author joins it.
  package func post(_ message: Message, in channel: Channel) {
    var message = message
    if channel.thread != nil { prepareThread(channel, for: &message) }
    for old in channel.messages.append(message) { forget(old) }
    channel.lastMessageID = message.id
    for attachment in message.attachments { attachments[attachment.id] = (channel.id, message.id) }
    if let guild = channel.guildID, let author = message.authorID { guilds[guild]?.lastActive[author] = now }
    if let poll = message.poll, !poll.isFinalized {
      let (id, place) = (message.id, channel.id)
      agenda.set(.poll(id), at: poll.expiresAt) { $0.finishPoll(id, in: place) }
    }
    publish("MESSAGE_CREATE", event(for: message, in: channel), to: audience(of: message, in: channel))
    if message.nonce != nil { channel.messages.change(message.id) { $0.nonce = nil } }
  }

  /// Who hears of a message, and who may read it without the intent.
  package func audience(of message: Message, in channel: Channel, _ intents: EventIntents? = nil) -> Audience
  {
    if let only = message.visibleTo { return .users([only], in: channel.guildID) }
    guard let guild = channel.guildID else {
      return .users(channel.recipients, intents ?? .directMessages)
    }
    var audience = Audience.guild(guild, intents ?? .guildMessages, seeing: channel.id)
    audience.readers = readers(of: message)
    return audience
  }

  /// Who reads a message without the MESSAGE_CONTENT intent: its author, whom it mentions, and the application whose
  /// webhook wrote it.
  private func readers(of message: Message) -> Set<UserID> {
    var readers = Set(message.mentions)
    switch message.author {
    case .user(let author): readers.insert(author)
    case .webhook(_, _, _, let application):
      if let application { readers.insert(application.converted()) }
    }
    if let application = message.applicationID { readers.insert(application.converted()) }
    return readers
  }

  /// Whether somebody reads the content of a message: people always, bots by the intent or the exceptions to it.
  package func mayRead(_ message: Message, _ viewer: UserID) -> Bool {
    guard let bot = users[viewer], bot.isBot else { return true }
    if applications[viewer.converted()]?.approvedIntents.contains(.messageContent) ?? true { return true }
    return channels[message.channel]?.guildID == nil || readers(of: message).contains(viewer)
  }

  /// A message as REST shows it to somebody: without its content for a bot that may not read it.
  package func render(_ message: Message, for viewer: UserID) -> JSONValue {
    let json = json(message, viewer: viewer)
    return mayRead(message, viewer) ? json : json.withoutMessageContent
  }
}
