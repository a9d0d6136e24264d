// What people, roles and channels of a guild are called, as far as the bot's cache knows.

import DiscordBot
import DiscordCore
import HTML
import PlatformPlugins

/// Names for ids. Asks Discord nothing: what the cache does not know keeps its id.
struct GuildNames: Sendable {
  let bot: GuildBot

  init(_ bot: GuildBot) { self.bot = bot }

  func name(_ user: UserID) -> String? { bot.seen(user)?.displayName }

  /// A channel or thread, with the `#` in front.
  func channel(_ id: ChannelID) -> String? {
    (bot.channel(id)?.name ?? bot.thread(id)?.name).map { "#\($0)" }
  }

  /// Whoever or whatever has that id: a member, a role, a channel.
  func anything(_ id: UInt64) -> String? {
    if let name = name(UserID(id)) { return "@\(name)" }
    if let role = bot.role(RoleID(id)) { return role.name.hasPrefix("@") ? role.name : "@\(role.name)" }
    return channel(ChannelID(id))
  }

  /// A value of a record as people read it: an id becomes `@name (id)` where the name is known, everything else stays.
  func described(_ text: String) -> String {
    guard (15...20).contains(text.utf8.count), let id = UInt64(text), let name = anything(id) else {
      return text
    }
    return "\(name) (\(text))"
  }

  /// A text made for Discord, with names in place of its mentions.
  func plain(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
      let inner = rest[rest.index(after: start)..<end]
      let digits = inner.drop { "@!&#".contains($0) }
      result += rest[..<start]
      if inner.count != digits.count, digits.utf8.count <= 20, let id = UInt64(digits) {
        result += anything(id) ?? String(digits)
      } else {
        result += rest[start...end]
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}

/// Somebody of a guild: picture and name, with a link where one leads; the bare id for whoever is not known.
struct PersonLine: HTMLComponent {
  private let user: UserID
  private let member: CachedMember?
  private let link: SafeURL?

  init(_ user: UserID, _ names: GuildNames, link: SafeURL? = nil) {
    (self.user, member, self.link) = (user, names.bot.seen(user), link)
  }

  func render(into html: inout HTMLWriter) {
    html.element(.span, .class("person")) { html in
      if let name = member?.displayName {
        html.add(Avatar(name: name, picture: member?.picture, size: .small))
        write(name, into: &html)
      } else {
        write("\(user)", into: &html)
      }
    }
  }

  private func write(_ name: String, into html: inout HTMLWriter) {
    guard let link else { return html.isolated(name) }
    html.element(.a, .href(link)) { $0.isolated(name) }
  }
}

extension CachedMember {
  /// Where their avatar is served; nil without one.
  var picture: SafeURL? { avatar.map { SafeURL(segments: ["pictures", "avatars", "\(user)", $0]) } }
}
