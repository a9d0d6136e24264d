// Which messages a purge is about, as a value.

import DiscordCore
import DiscordModels

/// What a purge looks for in a message.
enum PurgeFilter: Hashable, Sendable {
  case everything
  /// Written by bots and webhooks, or by people.
  case bots, humans
  /// Any address, and addresses that invite to a server.
  case links, invites
  case attachments, embeds
  /// A text, wherever it stands and however it is capitalised.
  case contains(String)
  /// A pattern, see `PurgePattern`.
  case matches(String)

  /// Whether it needs what people wrote, which Discord shows only with the intent `MESSAGE_CONTENT`.
  var needsContent: Bool {
    switch self {
    case .everything, .bots, .humans: false
    case .links, .invites, .attachments, .embeds, .contains, .matches: true
    }
  }

  /// The name in stored requests, and in the keys of sentences.
  var name: String {
    switch self {
    case .everything: "everything"
    case .bots: "bots"
    case .humans: "humans"
    case .links: "links"
    case .invites: "invites"
    case .attachments: "attachments"
    case .embeds: "embeds"
    case .contains: "contains"
    case .matches: "matches"
    }
  }

  /// What is looked for, of the filters that look for a text.
  var text: String? {
    switch self {
    case .contains(let text), .matches(let text): text
    default: nil
    }
  }

  /// nil for a name that nobody knows, and where a text is due and missing.
  init?(name: String, text: String?) {
    switch (name, text) {
    case ("everything", _): self = .everything
    case ("bots", _): self = .bots
    case ("humans", _): self = .humans
    case ("links", _): self = .links
    case ("invites", _): self = .invites
    case ("attachments", _): self = .attachments
    case ("embeds", _): self = .embeds
    case ("contains", let text?): self = .contains(text)
    case ("matches", let text?): self = .matches(text)
    default: return nil
    }
  }
}

/// What a purge needs to know of a message.
struct PurgeMessage: Hashable, Sendable {
  var id: MessageID
  var author: UserID
  var isFromBot: Bool
  var isPinned: Bool
  var content: String
  var hasAttachments: Bool
  var hasEmbeds: Bool
  /// Whether Discord lets anybody delete it.
  var isDeletable: Bool

  init(
    id: MessageID, author: UserID, isFromBot: Bool = false, isPinned: Bool = false, content: String = "",
    hasAttachments: Bool = false, hasEmbeds: Bool = false, isDeletable: Bool = true
  ) {
    (self.id, self.author, self.isFromBot, self.isPinned) = (id, author, isFromBot, isPinned)
    (self.content, self.hasAttachments, self.hasEmbeds) = (content, hasAttachments, hasEmbeds)
    self.isDeletable = isDeletable
  }

  /// Messages of Discord's own that stay (https://discord.com/developers/docs/resources/message#message-object-message-types).
  private static let lasting: Set<MessageType> = [
    .recipientAdd, .recipientRemove, .call, .channelNameChange, .channelIconChange,
    .guildDiscoveryDisqualified, .guildDiscoveryRequalified, .guildDiscoveryGracePeriodInitialWarning,
    .guildDiscoveryGracePeriodFinalWarning, .threadStarterMessage,
  ]

  init(_ message: Message) {
    // What a forward carries counts as its own: otherwise forwarding would be a way around every filter.
    let carried = message.snapshots
    self.init(
      id: message.id, author: message.author.id,
      isFromBot: message.author.isBot || message.webhookID != nil, isPinned: message.isPinned,
      content: ([message.content] + carried.map(\.content)).joined(separator: "\n"),
      hasAttachments: !message.attachments.isEmpty || carried.contains { !$0.attachments.isEmpty },
      hasEmbeds: !message.embeds.isEmpty || carried.contains { !$0.embeds.isEmpty },
      isDeletable: !Self.lasting.contains(message.type))
  }
}

/// A filter made ready: its text folded, its pattern compiled.
struct PurgeMatcher: Sendable {
  private let test: @Sendable (PurgeMessage) -> Bool

  /// - Throws: `Refusal` for a pattern that is none.
  init(_ filter: PurgeFilter) throws {
    switch filter {
    case .everything: test = { _ in true }
    case .bots: test = \.isFromBot
    case .humans: test = { !$0.isFromBot }
    case .links: test = { LinkScanner.hasLink($0.content) }
    case .invites: test = { LinkScanner.hasInvite($0.content) }
    case .attachments: test = \.hasAttachments
    case .embeds: test = \.hasEmbeds
    case .contains(let text):
      let needle = Array(text.lowercased().utf8)
      test = { Self.contains(Array($0.content.lowercased().utf8), needle) }
    case .matches(let text):
      let pattern = try PurgePattern(text)
      test = { pattern.matches($0.content) }
    }
  }

  func callAsFunction(_ message: PurgeMessage) -> Bool { test(message) }

  private static func contains(_ text: [UInt8], _ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    guard text.count >= needle.count else { return false }
    for start in 0...(text.count - needle.count)
    where text[start] == first && text[start..<(start + needle.count)].elementsEqual(needle) {
      return true
    }
    return false
  }
}

/// Addresses in a text.
enum LinkScanner {
  static func hasLink(_ text: String) -> Bool {
    let lowered = text.lowercased()
    return ["http://", "https://"].contains { scheme in
      lowered.ranges(of: scheme).contains { range in
        lowered[range.upperBound...].first.map { $0.isLetter || $0.isNumber || $0 == "[" } ?? false
      }
    } || hasInvite(text)
  }

  /// Discord's own addresses of invites, with or without a scheme; `discord.com/invite/…` is the long form.
  private static let invites = [
    "discord.gg/", "discord.com/invite/", "discordapp.com/invite/", "discord.me/", "dsc.gg/", "invite.gg/",
  ]

  static func hasInvite(_ text: String) -> Bool {
    let lowered = text.lowercased()
    return invites.contains { place in
      lowered.ranges(of: place).contains { range in
        lowered[range.upperBound...].first.map { $0.isLetter || $0.isNumber || $0 == "-" } ?? false
      }
    }
  }
}
