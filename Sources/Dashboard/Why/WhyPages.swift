// "Why did or didn't this fire?": decisions of the last day, by what they were about.

import DiscordBot
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import Resources

/// `/g/{guild}/why`.
enum WhyPages {
  static let pageSize = 50

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/why", name: "guild.why") { visit in try await page(visit) }
  }

  private static func page(_ visit: GuildVisit) async throws -> HTTPResponse {
    let typed = try visit.visit.query("q").map { String($0.prefix(200)) }
    var filter = WhyFilter()
    filter.limit = pageSize + 1
    filter.query = typed.map { query($0, visit) }
    filter.plugin = try visit.visit.query("plugin")
    filter.outcome = try visit.visit.query("outcome").flatMap { WhyRecord.Outcome(rawValue: $0) }
    filter.before = try visit.visit.query("before").flatMap { Int64($0) }
    let found = try await visit.house.dispatcher.why.find(filter, in: visit.guild)
    let view = WhyPageView(
      visit: visit, typed: typed, filter: filter, records: Array(found.prefix(pageSize)),
      isMore: found.count > pageSize)
    let strings = visit.strings
    return try visit.visit.page(PageHead(strings["why.title"], section: "why", lead: strings["why.lead"])) {
      $0.add(view)
    }
  }

  /// What was typed; `@name` and `#channel` as far as the cache knows them.
  private static func query(_ typed: String, _ visit: GuildVisit) -> WhyQuery {
    let name = typed.dropFirst().lowercased()
    if typed.hasPrefix("#"),
      let channel = visit.bot.allChannels.first(where: { $0.name.lowercased() == name })
    {
      return .id(channel.id.rawValue)
    }
    if typed.hasPrefix("@"),
      let member = visit.bot.seenMembers.first(where: { member in
        [member.nick, member.globalName, member.userName].contains { $0?.lowercased() == name }
      })
    {
      return .id(member.user.rawValue)
    }
    return WhyQuery(typed: typed)
  }
}

/// Search, the newest as they come, and what was found.
struct WhyPageView: HTMLComponent {
  let visit: GuildVisit
  let typed: String?
  let filter: WhyFilter
  let records: [StoredWhyRecord]
  let isMore: Bool

  private var strings: StringCatalog { visit.strings }
  private var base: SafeURL { .guild(visit.guild, "why") }
  private var isFiltered: Bool { typed != nil || filter.plugin != nil || filter.outcome != nil }

  func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      search(&html)
      if !isFiltered, filter.before == nil {
        html.add(LiveNews(guild: visit.guild, key: "why", strings: strings))
      }
      if records.isEmpty {
        html.add(
          isFiltered
            ? EmptyState(strings["why.noneFound"], strings["why.noneFound.help"])
            : EmptyState(strings["why.none"], strings["why.none.help"]))
      } else {
        html.add(WhyTimeline(visit: visit, records: records))
        html.add(
          KeysetLinks(
            newest: filter.before == nil ? nil : link(before: nil),
            older: isMore ? link(before: records.last?.number) : nil, strings: strings))
      }
      html.element(.p, .class("muted"), text: strings["why.kept"])
    }
  }

  private func link(before number: Int64?) -> SafeURL {
    let fields = [
      ("q", typed), ("plugin", filter.plugin), ("outcome", filter.outcome?.rawValue),
      ("before", number.map { "\($0)" }),
    ]
    return .guild(visit.guild, "why", query: fields.compactMap { name, value in value.map { (name, $0) } })
  }

  private func search(_ html: inout HTMLWriter) {
    let house = visit.house
    let plugins = house.catalog.units.map { unit in
      Choice(
        unit.id,
        label: house.catalog.strings(of: unit.id, language: strings.language).sentence("plugin.name")
          ?? unit.id)
    }
    let core = house.catalog.strings(of: CorePlugin.id, language: strings.language)
    let outcomes = WhyRecord.Outcome.allCases.map { outcome in
      Choice(outcome.rawValue, label: core[dynamic: "core.outcome.\(outcome.rawValue)"])
    }
    html.add(
      FilterBar(
        strings["why.search"], action: base, apply: strings["why.ask"],
        clear: isFiltered ? (strings["records.clear"], base) : nil
      ) { html in
        html.add(
          TextInput(
            Field("q", label: strings["why.about"], help: strings["why.about.help"]), .text(maximum: 200),
            value: typed, placeholder: strings["why.about.example"]))
        html.add(
          SelectInput(
            Field("plugin", label: strings["why.plugin"]),
            choices: [Choice("", label: strings["why.plugin.all"])] + plugins, selected: filter.plugin ?? ""))
        html.add(
          SelectInput(
            Field("outcome", label: strings["why.outcome"]),
            choices: [Choice("", label: strings["why.outcome.all"])] + outcomes,
            selected: filter.outcome?.rawValue ?? ""))
      })
  }
}

/// Decisions below one another, in plain words.
struct WhyTimeline: HTMLComponent {
  let visit: GuildVisit
  let records: [StoredWhyRecord]

  func render(into html: inout HTMLWriter) {
    let words = WhyWords(visit)
    html.element(.ol, .class("records"), .ariaLabel(visit.strings["why.title"])) { html in
      for stored in records {
        let record = stored.record
        html.element(.li, .class("record")) { html in
          html.add(TimeText(record.at))
          html.element(.div, .class("record-body")) { html in
            html.element(.p) { html in
              html.add(Badge(words.plugin(record.plugin), record.outcome.tone))
              html.text(" ")
              html.isolated(words.sentence(record))
            }
            html.element(.p, .class("record-foot muted")) { html in subject(record, words, &html) }
          }
        }
      }
    }
  }

  private func subject(_ record: WhyRecord, _ words: WhyWords, _ html: inout HTMLWriter) {
    let subject = record.subject
    if let member = subject.member {
      html.add(PersonLine(member, words.names, link: .guild(visit.guild, "members", "\(member)")))
      html.text(" ")
    }
    if let channel = subject.channel {
      let name = words.names.channel(channel) ?? "\(channel)"
      if let message = subject.message,
        let link = SafeURL("https://discord.com/channels/\(visit.guild)/\(channel)/\(message)")
      {
        html.element(.a, .href(link)) { html in
          html.isolated(name)
          html.text(" · \(visit.strings["why.message"])")
        }
      } else {
        html.isolated(name)
      }
      html.text(" ")
    }
    html.element(
      .a, .href(.guild(visit.guild, "why", query: [("q", record.cause)])), .class("cause"),
      .title(visit.strings["why.sameCause"])
    ) { html in html.element(.code, text: record.cause) }
  }
}

/// Decisions in the reader's language.
struct WhyWords: Sendable {
  let names: GuildNames
  private let catalog: PluginCatalog
  private let language: String

  init(_ visit: GuildVisit) {
    names = GuildNames(visit.bot)
    (catalog, language) = (visit.house.catalog, visit.strings.language)
  }

  /// What came of it and why.
  func sentence(_ record: WhyRecord) -> String {
    names.plain(WhyText.sentence(record) { catalog.strings(of: $0, language: language) })
  }

  func plugin(_ id: String) -> String {
    catalog.strings(of: id, language: language).sentence("plugin.name") ?? id
  }
}

extension WhyRecord.Outcome {
  /// Of its badge.
  var tone: Tone {
    switch self {
    case .acted: .success
    case .dryRun: .info
    case .switchedOff, .exempt, .coolDown, .noMatch, .notAllowed: .neutral
    case .missingPermission, .roleOrder, .missingIntent, .tooSlow, .breakerOpen: .warning
    case .failed, .refused: .error
    }
  }
}
