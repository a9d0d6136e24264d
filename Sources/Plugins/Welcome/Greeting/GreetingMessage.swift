// A greeting as a message: text, embed, card. Pure.

import PlatformSettings
import Cards
import DiscordCore
import DiscordModels
import Resources
import Vault

/// Composes messages from templates and values.
struct GreetingMessage: Sendable {
  let occasion: Occasion
  let guest: Guest
  let values: TemplateValues
  let strings: StringCatalog
  /// Which of several texts is taken follows from it: the same each time an event is handled.
  let cause: String

  init(
    _ occasion: Occasion, of guest: Guest, in server: TemplateValues.Server, cause: String,
    strings: StringCatalog
  ) {
    (self.occasion, self.guest, self.cause, self.strings) = (occasion, guest, cause, strings)
    values = TemplateValues(guest, in: server, strings: strings)
  }

  /// The message for a channel.
  func message(_ settings: GreetingSettings, card: CardFile?) -> MessageCreate {
    let template = Self.choice(settings.texts, by: cause) ?? strings[dynamic: "greeting.\(occasion.rawValue)"]
    var message = MessageCreate()
    switch settings.form {
    case .plain: message.content = shown(template, atMost: MessageCreate.maximumContentLength)
    case .embed:
      var embed = Embed(description: shown(template, atMost: 4_096), color: Int(settings.color.rgb))
      if !settings.title.isEmpty { embed.title = values.plain.fill(settings.title, atMost: 256) }
      if let card { embed = embed.image("attachment://\(Self.name(of: card))") }
      message.embeds = [embed]
      // What stands in an embed notifies nobody.
      if settings.pings { message.content = Mention.user(guest.user).description }
    }
    attach(card, to: &message)
    if settings.pings, occasion != .leave { message.allowedMentions = .only(guest.user) }
    return message
  }

  /// The direct message.
  func direct(_ settings: DirectSettings, card: CardFile?) -> MessageCreate {
    let template = Self.choice(settings.texts, by: cause + "/direct") ?? strings["greeting.direct"]
    var message = MessageCreate(shown(template, atMost: MessageCreate.maximumContentLength))
    attach(card, to: &message)
    return message
  }

  /// People named in one message, and what is kept free in it for the words around them.
  private static let mostNamed = 40
  private static let roomForWords = 300

  /// One message for several people who came, left or boosted at about the same time; whoever is too many to name is
  /// counted.
  static func together(
    _ occasion: Occasion, _ guests: [Guest], pings: Bool, strings: StringCatalog
  ) -> MessageCreate {
    // Whoever has left is shown by name: a mention of theirs is a number to most.
    let names = guests.prefix(mostNamed).map { guest in
      occasion == .leave ? Markdown.escaped(guest.displayName) : Mention.user(guest.user).description
    }
    var room = MessageCreate.maximumContentLength - roomForWords
    let shown = names.prefix { name in
      room -= name.unicodeScalars.count + 2
      return room >= 0
    }
    let named = guests.prefix(shown.count)
    let isAll = named.count == guests.count
    var message = MessageCreate(
      strings(
        dynamic: "together.\(occasion.rawValue)" + (isAll ? "" : ".more"),
        ["users": shown.joined(separator: ", "), "count": "\(guests.count - named.count)"]))
    if pings, occasion != .leave {
      message.allowedMentions = AllowedMentions(users: .only(named.map(\.user)))
    }
    return message
  }

  /// A template with nothing in it but spaces would be refused by Discord; then the name alone is shown.
  private func shown(_ template: String, atMost limit: Int) -> String {
    let text = values.fill(template, atMost: limit)
    return text.contains { !$0.isWhitespace } ? text : values["user"] ?? ""
  }

  private func attach(_ card: CardFile?, to message: inout MessageCreate) {
    guard let card else { return }
    message.files = [
      OutgoingFile(
        Self.name(of: card), card.bytes, contentType: card.format.contentType,
        description: strings(dynamic: "card.description", ["name": guest.displayName]))
    ]
  }

  private static func name(of card: CardFile) -> String { "welcome.\(card.format.fileExtension)" }

  /// One of the templates, by a hash of what it is for; nil without any.
  static func choice(_ texts: [String], by key: String) -> String? {
    guard texts.count > 1 else { return texts.first }
    var hash = BLAKE2b(digestSize: 16)
    hash.update(Array(key.utf8))
    let number = hash.finalize().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return texts[Int(number % UInt64(texts.count))]
  }
}

// MARK: The card

extension GreetingMessage {
  /// The card for the occasion.
  func card(_ settings: GreetingSettings, _ look: CardSettings, avatar: [UInt8]?) -> WelcomeCard {
    func text(_ template: String, _ key: String) -> String {
      let template = template.isEmpty ? strings[dynamic: "card.\(occasion.rawValue).\(key)"] : template
      return values.plain.fill(template, atMost: 100)
    }
    let detail = text(settings.detail, "detail")
    return WelcomeCard(
      headline: text(settings.headline, "headline"), name: guest.displayName,
      detail: detail.isEmpty ? nil : detail, avatar: avatar, style: CardStyle(look))
  }
}

extension CardStyle {
  /// The colours that a guild chose.
  init(_ settings: CardSettings) {
    var style =
      switch settings.style {
      case .midnight: CardStyle.midnight
      case .daylight: CardStyle.daylight
      case .forest: CardStyle.forest
      case .ember: CardStyle.ember
      }
    if let background = settings.background { style.background = .color(Color(background.rgb)) }
    if let accent = settings.accent { style.accent = Color(accent.rgb) }
    if let text = settings.text { style.text = Color(text.rgb) }
    self = style
  }
}
