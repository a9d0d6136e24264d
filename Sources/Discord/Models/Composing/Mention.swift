// Mentions: how users, roles, channels, commands, instants and emoji stand in a message's text.

package import DiscordCore
package import EventLoop

/// A piece of text that Discord's clients show as something else
/// (https://discord.com/developers/docs/reference#message-formatting). Interpolate it: `"Hello \(Mention.user(id))"`.
package enum Mention: Hashable, Sendable {
  case user(UserID)
  case role(RoleID)
  case channel(ChannelID)
  /// A slash command by its full name, `tag create`; shown as a link that fills the input.
  case command(String, ApplicationCommandID)
  /// An instant in the reader's own time zone and language.
  case timestamp(Timestamp, TimestampStyle = .default)
  /// A custom emoji.
  case emoji(EmojiID, name: String, isAnimated: Bool = false)
  /// Everyone who can see the channel. Notifies only if `AllowedMentions` says so, as users and roles do.
  case everyone
  /// Everyone who can see the channel and is online.
  case here

  /// How an instant is shown (https://discord.com/developers/docs/reference#message-formatting-timestamp-styles).
  package struct TimestampStyle: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// What a client shows when no style is named: as `longDateTime` without the weekday.
    package static let `default` = TimestampStyle(rawValue: "")
    /// 16:20
    package static let shortTime = TimestampStyle(rawValue: "t")
    /// 16:20:30
    package static let mediumTime = TimestampStyle(rawValue: "T")
    /// 20/04/2026
    package static let shortDate = TimestampStyle(rawValue: "d")
    /// April 20, 2026
    package static let longDate = TimestampStyle(rawValue: "D")
    /// April 20, 2026 at 16:20
    package static let longDateShortTime = TimestampStyle(rawValue: "f")
    /// Monday, April 20, 2026 at 16:20
    package static let fullDateShortTime = TimestampStyle(rawValue: "F")
    /// 20/04/2026, 16:20
    package static let shortDateShortTime = TimestampStyle(rawValue: "s")
    /// 20/04/2026, 16:20:30
    package static let shortDateMediumTime = TimestampStyle(rawValue: "S")
    /// in 2 months
    package static let relative = TimestampStyle(rawValue: "R")
  }
}

extension Mention: CustomStringConvertible {
  /// The text as it is sent.
  package var description: String {
    switch self {
    case .user(let id): "<@\(id)>"
    case .role(let id): "<@&\(id)>"
    case .channel(let id): "<#\(id)>"
    case .command(let name, let id): "</\(name):\(id)>"
    case .timestamp(let instant, let style):
      style == .default
        ? "<t:\(instant.wholeSeconds)>" : "<t:\(instant.wholeSeconds):\(style.rawValue)>"
    case .emoji(let id, let name, let isAnimated): "<\(isAnimated ? "a" : ""):\(name):\(id)>"
    case .everyone: "@everyone"
    case .here: "@here"
    }
  }
}

extension Mention {
  /// The mention that the text is, from its first byte to its last; nil for anything else.
  package init?(_ text: some StringProtocol) {
    switch text {
    case "@everyone": self = .everyone
    case "@here": self = .here
    default:
      guard text.utf8.count > 3, text.hasPrefix("<"), text.hasSuffix(">"),
        let mention = Self.inside(text.dropFirst().dropLast())
      else { return nil }
      self = mention
    }
  }

  /// Every mention in a text, in order. Does not know code blocks: what stands in one is found too.
  package static func all(in text: String) -> [Mention] {
    var found: [Mention] = []
    var rest = text[...]
    while let start = rest.utf8.firstIndex(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "@") }) {
      rest = rest[start...]
      if let whole = ["@everyone", "@here"].first(where: { rest.utf8.starts(with: $0.utf8) }) {
        found.append(whole == "@here" ? .here : .everyone)
        rest = rest.dropFirst(whole.count)
        continue
      }
      let body = rest.dropFirst()
      // The next bracket, whichever it is: an opening one means that this one began nothing.
      if rest.utf8.first == UInt8(ascii: "<"),
        let end = body.utf8.firstIndex(where: { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "<") }),
        body.utf8[end] == UInt8(ascii: ">"), let mention = inside(body[..<end])
      {
        found.append(mention)
        rest = body[body.utf8.index(after: end)...]
      } else {
        rest = body
      }
    }
    return found
  }

  /// What stands between the angle brackets.
  private static func inside<Text: StringProtocol>(_ body: Text) -> Mention? {
    func after(_ count: Int) -> Text.SubSequence { body.dropFirst(count) }
    if body.hasPrefix("@&") { return RoleID(after(2)).map { .role($0) } }
    if body.hasPrefix("@!") { return UserID(after(2)).map { .user($0) } }
    if body.hasPrefix("@") { return UserID(after(1)).map { .user($0) } }
    if body.hasPrefix("#") { return ChannelID(after(1)).map { .channel($0) } }
    let parts = body.split(separator: ":", omittingEmptySubsequences: false)
    if body.hasPrefix("/"), parts.count == 2, parts[0].utf8.count > 1 {
      return ApplicationCommandID(parts[1]).map { .command(String(parts[0].dropFirst()), $0) }
    }
    if parts.count >= 2, parts.count <= 3, parts[0] == "t" {
      guard let seconds = Int64(parts[1]), seconds.magnitude < 8_640_000_000_000 else { return nil }
      let style = parts.count == 3 ? String(parts[2]) : ""
      return .timestamp(Timestamp(milliseconds: seconds * 1_000), TimestampStyle(rawValue: style))
    }
    if parts.count == 3, parts[0].isEmpty || parts[0] == "a", !parts[1].isEmpty {
      return EmojiID(parts[2]).map { .emoji($0, name: String(parts[1]), isAnimated: parts[0] == "a") }
    }
    return nil
  }
}

extension Timestamp {
  /// Seconds since 1970, rounded down, as mentions have them.
  fileprivate var wholeSeconds: Int64 {
    milliseconds >= 0 ? milliseconds / 1_000 : -((-milliseconds + 999) / 1_000)
  }
}

extension UserID {
  /// The user as a prefix command names one: a mention or an id; nil for anything else, a name included.
  package init?(typed text: some StringProtocol) {
    if let id = UserID(text) {
      self = id
    } else if case .user(let id) = Mention(text) {
      self = id
    } else {
      return nil
    }
  }
}

extension RoleID {
  /// The role as a prefix command names one: a mention or an id; nil for anything else, a name included.
  package init?(typed text: some StringProtocol) {
    if let id = RoleID(text) {
      self = id
    } else if case .role(let id) = Mention(text) {
      self = id
    } else {
      return nil
    }
  }
}

extension ChannelID {
  /// The channel as a prefix command names one: a mention, an id or a link to it; nil for anything else.
  package init?(typed text: some StringProtocol) {
    if let id = ChannelID(text) {
      self = id
    } else if case .channel(let id) = Mention(text) {
      self = id
    } else if let link = MessageLink(text, needsMessage: false) {
      self = link.channel
    } else {
      return nil
    }
  }
}

extension MessageID {
  /// The message as a prefix command names one: a link, an id, or `channel-message` as "Copy ID" gives it with shift.
  /// The channel is nil where the text does not say it.
  package static func typed(_ text: some StringProtocol) -> (channel: ChannelID?, message: MessageID)? {
    if let id = MessageID(text) { return (nil, id) }
    if let link = MessageLink(text), let message = link.message { return (link.channel, message) }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let channel = ChannelID(parts[0]), let message = MessageID(parts[1]) else {
      return nil
    }
    return (channel, message)
  }
}
