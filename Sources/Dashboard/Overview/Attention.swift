// What needs attention in a server: each with what is wrong and where it is put right.

import DiscordBot
import DiscordCore
import HTML
import PlatformBots
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformText
import Resources

/// The checklist of a server, the worst first.
struct Attention {
  /// One thing.
  struct Item {
    let tone: Tone
    let title: String
    let help: String
    /// Where something can be done; nil when it goes away by itself.
    let link: (title: String, address: SafeURL)?
  }

  let items: [Item]
  private let strings: StringCatalog

  /// Notices beyond these are on their own page.
  private static let noticesShown = 5

  init(_ visit: GuildVisit, _ health: GuildHealth, _ notices: [PlatformNotices.Notice]) {
    strings = visit.strings
    var items = Self.bot(visit, health)
    for unit in health.heldUp {
      items.append(
        Item(
          tone: .error, title: strings("attention.heldUp", ["plugin": visit.visit.name(of: unit)]),
          help: strings["attention.heldUp.help"],
          link: (strings["attention.toWhy"], .guild(visit.guild, "why"))))
    }
    for (unit, count) in health.misfits {
      items.append(
        Item(
          tone: .warning,
          title: strings(
            "attention.misfits", ["plugin": visit.visit.name(of: unit), "count": "\(count)"]),
          help: strings["attention.misfits.help"],
          link: (strings["attention.toSettings"], .guild(visit.guild, "plugins", unit.id))))
    }
    for notice in notices.prefix(Self.noticesShown) {
      items.append(
        Item(
          tone: notice.severity == .problem ? .error : .warning,
          title: visit.house.dispatcher.sentence(
            notice.sentence.key, notice.sentence.values, of: notice.source, language: strings.language),
          help: strings("attention.notice", ["count": "\(notice.count)"]),
          link: (strings["attention.toNotices"], .guild(visit.guild, "notices"))))
    }
    self.items =
      items.filter { $0.tone == .error } + items.filter { $0.tone != .error }
  }

  private static func bot(_ visit: GuildVisit, _ health: GuildHealth) -> [Item] {
    let strings = visit.strings
    let toBot = (strings["attention.toBot"], SafeURL.guild(visit.guild, "bot"))
    var items: [Item] = []
    if visit.bot.info?.isAvailable == false {
      items.append(
        Item(
          tone: .error, title: strings["attention.unavailable"], help: strings["attention.unavailable.help"],
          link: nil))
    }
    switch health.state {
    case .stopped, .crashed, nil:
      items.append(
        Item(
          tone: .error, title: strings["attention.offline"],
          help: health.reasons.first.map { visit.visit.text($0) } ?? strings["attention.offline.help"],
          link: toBot))
    case .degraded:
      for reason in health.reasons.prefix(3) {
        items.append(
          Item(
            tone: .warning, title: strings["attention.degraded"], help: visit.visit.text(reason), link: toBot)
        )
      }
    case .starting:
      items.append(
        Item(
          tone: .info, title: strings["attention.starting"], help: strings["attention.starting.help"],
          link: nil))
    case .online: break
    }
    if !health.missing.isEmpty {
      items.append(
        Item(
          tone: .warning, title: strings("attention.missing", ["permissions": health.missing.words]),
          help: strings("attention.missing.help", ["plugins": plugins(lacking: health.missing, visit)]),
          link: toBot))
    }
    return items
  }

  /// Which plugins that are on use any of the permissions.
  private static func plugins(lacking missing: Permissions, _ visit: GuildVisit) -> String {
    visit.house.dispatcher.units(on: visit.configuration)
      .filter { !$0.allPermissions.isDisjoint(with: missing) }
      .map { visit.visit.name(of: $0) }.joined(separator: ", ")
  }

  func write(_ html: inout HTMLWriter) {
    guard !items.isEmpty else {
      return html.add(
        HTML.Notice(.success, strings["attention.none"]) { html in
          html.element(.p, text: strings["attention.none.help"])
        })
    }
    html.element(.section, .class("stack attention")) { html in
      html.element(.h2, text: strings["attention.title"])
      for item in items {
        html.add(
          HTML.Notice(item.tone, item.title) { html in
            html.element(.p) { html in
              html.text(item.help)
              if let link = item.link {
                html.text(" ")
                html.element(.a, .href(link.address), text: link.title)
              }
            }
          })
      }
    }
  }
}
