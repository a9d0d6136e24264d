// What the variables of a template stand for.

import DiscordCore
import DiscordModels
import PlatformText
import Resources

/// The values of one greeting. Names are what people choose, so they are text: in messages their Markdown is escaped, and
/// nothing in them is a variable or a mention.
struct TemplateValues: Sendable {
  /// What the guild is at that moment.
  struct Server: Hashable, Sendable {
    var name: String
    var members: Int
    var tier = 0
  }

  /// Those about the guild.
  static let serverNames = ["server", "server.members", "server.tier"]
  /// All of them.
  static let names =
    ["user", "user.mention", "user.name", "user.id", "user.created", "ordinal"] + serverNames

  private let guest: Guest?
  private let server: Server
  private let strings: StringCatalog
  /// Whether the text is Markdown: of a message. Cards are drawn as they are.
  private let isMarkdown: Bool

  init(_ guest: Guest?, in server: Server, strings: StringCatalog, isMarkdown: Bool = true) {
    (self.guest, self.server, self.strings, self.isMarkdown) = (guest, server, strings, isMarkdown)
  }

  /// The same for a card.
  var plain: TemplateValues { TemplateValues(guest, in: server, strings: strings, isMarkdown: false) }

  /// The value of a variable; nil for none of ours.
  subscript(name: String) -> String? {
    switch name {
    case "server": shown(server.name)
    case "server.members": Self.grouped(server.members)
    case "server.tier": "\(server.tier)"
    default: guest.flatMap { value(name, of: $0) }
    }
  }

  private func value(_ name: String, of guest: Guest) -> String? {
    switch name {
    case "user": shown(guest.displayName)
    case "user.mention": isMarkdown ? Mention.user(guest.user).description : guest.displayName
    case "user.name": shown(guest.name)
    case "user.id": "\(guest.user)"
    case "user.created":
      isMarkdown ? Mention.timestamp(guest.user.createdAt, .relative).description : nil
    case "ordinal": Self.ordinal(guest.number, strings)
    default: nil
    }
  }

  /// A template with these values, cut to what Discord takes.
  func fill(_ template: String, atMost limit: Int) -> String {
    MessageTemplate(template).text(atMost: limit) { self[$0] }
  }

  private func shown(_ text: String) -> String { isMarkdown ? Markdown.escaped(text) : text }

  /// `1234567` as `1,234,567`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1,234th`, by the four forms that English has; languages with one have it four times.
  static func ordinal(_ number: Int, _ strings: StringCatalog) -> String {
    let form =
      switch (number % 10, number % 100) {
      case (1, let rest) where rest != 11: "one"
      case (2, let rest) where rest != 12: "two"
      case (3, let rest) where rest != 13: "few"
      default: "other"
      }
    return strings(dynamic: "ordinal.\(form)", ["number": grouped(number)])
  }
}
