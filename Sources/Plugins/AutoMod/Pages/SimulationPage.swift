// The dashboard's simulation: what the rules would have done with the last messages of a channel.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import HTML
import PlatformAccess
import PlatformPlugins
import Resources

enum SimulationPage {
  /// Messages are read for so long at most: the page must come.
  private static let patience = Duration.seconds(6)
  static let hours = [1, 6, 24, 72]

  @Sendable static func show(_ context: PluginContext<AutoMod>, _ request: PageRequest) async throws
    -> PageContent
  {
    content(SimulationForm(context, request, channel: nil, hours: 24), nil)
  }

  /// Reads the channel and lets the rules judge. Nothing is done to anybody.
  @Sendable static func run(_ context: PluginContext<AutoMod>, _ request: PageRequest) async throws
    -> ActionOutcome
  {
    let hours =
      request.fields["hours"].flatMap { Int($0) }.flatMap { Self.hours.contains($0) ? $0 : nil } ?? 24
    guard let channel = request.fields["channel"].flatMap({ ChannelID($0) }),
      let known = context.bot.channel(channel)
    else { return .refused(context.strings["simulate.noChannel"], next: PageLink("simulation")) }
    let time = context.core.host.time
    let end = time.uptime + patience
    let rules = try context.rules()
    var history = RecentMessages(context, channel: channel, since: context.time - .seconds(hours * 3_600))
    while time.uptime < end, try await history.readPage() {}
    let facts = try await history.facts()
    let guild = await OwnInvites.facts(
      for: facts.first { !InviteFinder.codes(in: $0.content).isEmpty } ?? MessageFacts.none,
      under: context.settings.invites, context)
    let report = SimulationView(
      guild: context.guild, channel: known.name, strings: context.strings,
      rules: context.settings.ruleNames,
      report: rules.simulate(over: facts, in: guild), isWhole: history.isWhole)
    return .page(content(SimulationForm(context, request, channel: channel, hours: hours), report))
  }

  private static func content(_ form: SimulationForm, _ view: SimulationView?) -> PageContent {
    PageContent { html in
      html.add(form)
      if let view { html.add(view) }
    }
  }
}

/// Which channel, and how far back.
struct SimulationForm: HTMLComponent, Sendable {
  /// More channels are not offered.
  private static let maximumChannels = 500

  let strings: StringCatalog
  let target: PostTarget
  let channels: [(id: ChannelID, name: String)]
  let channel: ChannelID?
  let hours: Int

  init(_ context: PluginContext<AutoMod>, _ request: PageRequest, channel: ChannelID?, hours: Int) {
    strings = context.strings
    target = request.post("simulation")
    channels = context.bot.allChannels.filter { [0, 2, 5].contains($0.type.rawValue) }
      .sorted { ($0.position, $0.id.rawValue) < ($1.position, $1.id.rawValue) }
      .prefix(Self.maximumChannels).map { ($0.id, $0.name) }
    (self.channel, self.hours) = (channel, hours)
  }

  func render(into html: inout HTMLWriter) {
    html.element(.p, .class("muted"), text: strings["simulate.help"])
    html.form(target, .class("stack")) { html in
      html.element(.div, .class("form-grid")) { html in
        html.add(
          Picker(
            Field("channel", label: strings["simulate.channel"], isRequired: true),
            groups: [
              Picker.Group(
                nil, channels.map { Picker.Option("\($0.id)", label: $0.name, mark: .textChannel) })
            ], selected: Set(channel.map { ["\($0)"] } ?? [])))
        html.add(
          SelectInput(
            Field("hours", label: strings["simulate.hours"]),
            choices: SimulationPage.hours.map { hours in
              Choice("\(hours)", label: strings(dynamic: "simulate.hours.value", ["hours": "\(hours)"]))
            }, selected: "\(hours)"))
      }
      html.element(.p) { html in
        html.add(Button(strings["simulate.run"], kind: .primary, act: .submit()))
      }
    }
  }
}

/// What came of it.
struct SimulationView: HTMLComponent, Sendable {
  let guild: GuildID
  let channel: String
  let strings: StringCatalog
  let rules: [RuleName]
  let report: SimulationReport
  let isWhole: Bool

  func render(into html: inout HTMLWriter) {
    let words = RuleWords(strings)
    html.add(
      Card(strings["simulate.title"], subtitle: "#" + channel) { html in
        html.element(
          .p,
          text: strings(
            "simulate.counts",
            [
              "messages": "\(report.messages)", "deletes": "\(report.deletes)",
              "members": "\(report.members)",
            ]))
        if !isWhole {
          html.element(
            .p, .class("muted"),
            text: strings("simulate.bounded", ["count": "\(report.messages)"]))
        }
      })
    let found = rules.filter { report.matches[$0] != nil }
    html.add(
      Table(
        strings["simulate.rules"],
        columns: [.init(strings["rules.rule"]), .init(strings["simulate.matches"], isNumeric: true)],
        rows: found.map { rule in
          .init([{ $0.isolated(words.name(rule)) }, { $0.text("\(report.matches[rule] ?? 0)") }])
        }, empty: EmptyState(strings["simulate.nothing"], strings["simulate.nothing.help"])))
    guard !report.cases.isEmpty else { return }
    html.add(
      Table(
        strings["simulate.messages"],
        columns: [.init(strings["simulate.author"]), .init(strings["test.result"]), .init("")],
        rows: report.cases.prefix(50).map { row($0, words) }))
  }

  private func row(_ found: SimulationReport.Case, _ words: RuleWords) -> Table.Row {
    let what = found.verdict.matches.first.map { "\(words.name($0.rule)): \(words.what($0))" } ?? ""
    let link = SafeURL(
      "https://discord.com/channels/\(guild)/\(found.message.channel)/\(found.message.message)")
    let open = strings["simulate.open"]
    return Table.Row([
      { $0.element(.code, text: "\(found.author)") }, { $0.isolated(what) },
      { html in if let link { html.element(.a, .href(link), text: open) } },
    ])
  }
}
