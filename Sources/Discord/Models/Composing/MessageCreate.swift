// A message to be sent: to a channel, by a webhook, or as the answer to an interaction.

package import DiscordCore
package import JSON

/// A message that is being written.
///
///     MessageCreate("Welcome, \(Mention.user(id))!")
///       .embed(Embed(title: "Rules", description: rules))
///       .components(.row(.button("I agree", id: "agree", style: .success)))
///       .mentioning(.only(id))
///
/// Nobody is notified unless `allowedMentions` says so. Components of the second generation switch the message to it
/// by themselves.
package struct MessageCreate: Hashable, Sendable {
  package var content: String?
  package var embeds: [Embed] = []
  package var components: [Component] = []
  package var files: [OutgoingFile] = []
  package var poll: PollCreate?
  /// At most three, of this guild or Discord's own; webhooks and interactions take none.
  package var stickers: [StickerID] = []
  package var allowedMentions: AllowedMentions = .none
  package var flags: MessageFlags = []
  /// Read aloud.
  package var isTTS = false
  /// The message this one replies to or forwards; messages to channels only.
  package var reference: Reference?
  /// Up to 25 characters, messages to channels only. Within a few minutes Discord makes one message of all that carry
  /// the same nonce, which makes sending again harmless.
  package var nonce: String?

  package init(_ content: String? = nil) { self.content = content }

  /// A message of components of the second generation.
  package init(_ components: [Component]) { self.components = components }

  /// What a message points to.
  package enum Reference: Hashable, Sendable {
    /// With `needsOriginal`, the message is refused if the one it replies to is gone; otherwise it goes out without.
    case reply(to: MessageID, needsOriginal: Bool = false)
    /// A copy of a message of any channel the bot can read; nothing else may be in this one.
    case forward(of: MessageID, in: ChannelID)
  }

  /// Code points of `content` that a bot may send.
  package static let maximumContentLength = 2_000
}

// MARK: Building

extension MessageCreate {
  /// The message with one more embed, of at most ten.
  package func embed(_ embed: Embed) -> MessageCreate { with { $0.embeds.append(embed) } }

  /// The message with more components below those it has.
  package func components(_ components: Component...) -> MessageCreate {
    with { $0.components += components }
  }

  /// The message with one more file, of at most ten.
  package func file(_ file: OutgoingFile) -> MessageCreate { with { $0.files.append(file) } }

  /// The message with a poll, which cannot be changed afterwards.
  package func poll(_ poll: PollCreate) -> MessageCreate { with { $0.poll = poll } }

  /// Who is notified.
  package func mentioning(_ mentions: AllowedMentions) -> MessageCreate {
    with { $0.allowedMentions = mentions }
  }

  /// As a reply; `ping` notifies the author of the other message.
  package func reply(to message: MessageID, ping: Bool = false, needsOriginal: Bool = false) -> MessageCreate
  {
    with {
      $0.reference = .reply(to: message, needsOriginal: needsOriginal)
      $0.allowedMentions.repliedUser = ping
    }
  }

  /// Seen by one person only; answers to interactions only.
  package func ephemeral(_ isEphemeral: Bool = true) -> MessageCreate {
    with { if isEphemeral { $0.flags.insert(.ephemeral) } else { $0.flags.remove(.ephemeral) } }
  }

  /// Without sound or banner on anybody's phone.
  package func silent() -> MessageCreate { with { $0.flags.insert(.suppressNotifications) } }

  /// A copy of a message.
  package static func forward(_ message: MessageID, from channel: ChannelID) -> MessageCreate {
    MessageCreate().with { $0.reference = .forward(of: message, in: channel) }
  }

  private func with(_ change: (inout MessageCreate) -> Void) -> MessageCreate {
    var copy = self
    change(&copy)
    return copy
  }
}

// MARK: Limits

extension MessageCreate: Validatable {
  /// Whether it is of the second generation: by its flag, or because it has what only that takes.
  package var isComponentsV2: Bool {
    flags.contains(.isComponentsV2) || components.contains { $0.kind != .actionRow }
  }

  package func validate() throws(CompositionError) {
    try Check.trimmed(content, "content", 0...Self.maximumContentLength)
    try Embed.validate(embeds)
    try Component.validate(components, isVersion2: isComponentsV2)
    try OutgoingFile.validate(files)
    try Check.part("poll") { () throws(CompositionError) in try poll?.validate() }
    try Check.part("allowed_mentions") { () throws(CompositionError) in try allowedMentions.validate() }
    try Check.count(stickers.count, "sticker_ids", 0...3)
    try Check.text(nonce, "nonce", 1...25)
    try validateTogether()
  }

  private var hasContent: Bool { (content ?? "").discordTrimmedLength > 0 }

  private func validateTogether() throws(CompositionError) {
    if isComponentsV2 { try refuseBesideComponents() }
    if flags.contains(.isVoiceMessage) { return try validateVoice() }
    if case .forward = reference {
      if hasContent || !embeds.isEmpty || !components.isEmpty || !files.isEmpty || poll != nil
        || !stickers.isEmpty
      {
        throw CompositionError(
          .conflict, "message_reference", "forwards, and then nothing else may be in the message")
      }
      return
    }
    let isEmpty = embeds.isEmpty && components.isEmpty && files.isEmpty && poll == nil && stickers.isEmpty
    if isEmpty, !hasContent {
      throw CompositionError(
        .missing, "content", "is empty, and so is all else; Discord refuses empty messages")
    }
  }

  private func refuseBesideComponents() throws(CompositionError) {
    func refuse(_ isThere: Bool, _ field: String) throws(CompositionError) {
      guard isThere else { return }
      throw CompositionError(
        .conflict, field, "does not go with components v2; use text displays and containers")
    }
    try refuse(hasContent, "content")
    try refuse(!embeds.isEmpty, "embeds")
    try refuse(poll != nil, "poll")
    try refuse(!stickers.isEmpty, "sticker_ids")
    let names = Set(files.map(\.name))
    for component in components.flatMap(\.flattened) {
      for name in component.attachmentNames where !names.contains(name) {
        throw CompositionError(
          .missing, "attachments", "lacks a file that a component refers to by attachment://")
      }
    }
  }

  private func validateVoice() throws(CompositionError) {
    guard files.count == 1, files[0].duration != nil, files[0].waveform != nil else {
      throw CompositionError(
        .missing, "attachments", "must be one file with duration and waveform in a voice message")
    }
    if hasContent || !embeds.isEmpty || !components.isEmpty || poll != nil {
      throw CompositionError(
        .conflict, "flags", "say that this is a voice message, and then nothing else may be in it")
    }
  }
}

extension Component {
  /// The files of the same message that this component itself shows.
  fileprivate var attachmentNames: [String] {
    let urls: [String] =
      switch self {
      case .thumbnail(let thumbnail): [thumbnail.media.url]
      case .mediaGallery(let gallery): gallery.items.map(\.media.url)
      case .file(let file): [file.file.url]
      default: []
      }
    return urls.compactMap {
      $0.hasPrefix("attachment://") ? String($0.dropFirst("attachment://".count)) : nil
    }
  }
}

// MARK: Wire

extension MessageCreate: WireEncodable {
  /// Writes the body of a message to a channel.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      writeCommonFields(to: &json)
      writeStickers(to: &json)
      if isTTS { json.field("tts", true) }
      if let nonce {
        json.field("nonce", nonce)
        json.field("enforce_nonce", true)
      }
      if let reference { json.object("message_reference") { json in reference.writeFields(to: &json) } }
    }
  }

  /// Writes the body of the first message of a thread in a forum, which takes no nonce and no reference.
  package func writeForumPost(to json: inout JSONWriter) {
    json.object { json in
      writeCommonFields(to: &json)
      writeStickers(to: &json)
    }
  }

  /// Writes what channels, webhooks and interactions take alike.
  func writeCommonFields(to json: inout JSONWriter) {
    json.optional("content", content)
    if !embeds.isEmpty { json.elements("embeds", embeds) }
    if !components.isEmpty { json.elements("components", components) }
    if !files.isEmpty { json.attachments(adding: files) }
    json.optional("poll", poll)
    json.key("allowed_mentions")
    allowedMentions.write(to: &json)
    let flags = isComponentsV2 ? flags.union(.isComponentsV2) : flags
    if !flags.isEmpty { json.field("flags", flags.rawValue) }
  }

  private func writeStickers(to json: inout JSONWriter) {
    guard !stickers.isEmpty else { return }
    json.array("sticker_ids") { json in for id in stickers { json.id(id) } }
  }
}

extension MessageCreate.Reference {
  fileprivate func writeFields(to json: inout JSONWriter) {
    switch self {
    case .reply(let message, let needsOriginal):
      json.field("message_id", message)
      json.field("fail_if_not_exists", needsOriginal)
    case .forward(let message, let channel):
      json.field("type", 1)
      json.field("message_id", message)
      json.field("channel_id", channel)
    }
  }
}
