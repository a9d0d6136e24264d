// People of cases as the pages show them: picture and name where the bot's cache knows them.

import DiscordBot
import DiscordCore
import EventLoop
import HTML
import PlatformPlugins
import Resources

/// Words about cases and people that all pages share.
struct CaseWords: Sendable {
  let strings: StringCatalog

  func action(_ record: CaseRecord) -> String { strings[dynamic: "action.\(record.kind.rawValue)"] }
}

/// Who people and roles of a guild are, as far as the bot's cache knows.
struct CasePeople: Sendable {
  let guild: GuildID
  let member: @Sendable (UserID) -> CachedMember?
  let role: @Sendable (RoleID) -> String?

  /// Nobody is known.
  init(guild: GuildID) { (self.guild, member, role) = (guild, { _ in nil }, { _ in nil }) }

  init(_ bot: GuildBot) {
    (guild, member, role) = (bot.guild, { bot.seen($0) }, { bot.role($0)?.name })
  }
}

/// Somebody: picture and name, with a link to what is known of them.
struct CasePerson: HTMLComponent {
  let user: UserID
  let people: CasePeople

  func render(into html: inout HTMLWriter) {
    let member = people.member(user)
    html.element(.span, .class("person")) { html in
      if let name = member?.displayName {
        let picture = member?.avatar.map { SafeURL(segments: ["pictures", "avatars", "\(user)", $0]) }
        html.add(Avatar(name: name, picture: picture, size: .small))
      }
      html.element(.a, .href(SafeURL(segments: ["g", "\(people.guild)", "members", "\(user)"]))) { html in
        html.isolated(member?.displayName ?? "\(user)")
      }
    }
  }
}

/// Who is behind a case.
struct CaseActor: HTMLComponent {
  let source: CaseSource
  let people: CasePeople
  let strings: StringCatalog

  func render(into html: inout HTMLWriter) {
    switch source {
    case .person(let user): html.add(CasePerson(user: user, people: people))
    case .byHand(let user):
      html.add(CasePerson(user: user, people: people))
      html.text(" ")
      html.add(Badge(strings["page.case.byHand"]))
    case .automatic(let plugin, let rule): html.isolated(rule.isEmpty ? plugin : "\(plugin) · \(rule)")
    case .erased: html.text(strings["case.erased"])
    }
  }
}

extension TimeText {
  /// That instant.
  init(_ instant: Timestamp) { self.init(secondsSince1970: instant.milliseconds / 1000) }
}

extension CaseKind {
  /// Of badges about it.
  var tone: Tone {
    switch self {
    case .note, .role: .neutral
    case .warn, .timeout, .quarantine: .warning
    case .kick, .ban, .softban: .error
    case .untimeout, .unban, .release: .success
    }
  }
}
