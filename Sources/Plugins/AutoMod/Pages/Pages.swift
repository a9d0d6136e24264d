// The dashboard's pages of AutoMod: which engine enforces each rule, and the test box.

import DiscordCore
import EventLoop
import HTML
import PlatformAccess
import PlatformPlugins
import Resources

enum Pages {
  @Sendable static func rules(_ context: PluginContext<AutoMod>, _ request: PageRequest) async throws
    -> PageContent
  {
    let view = RulesView(
      strings: context.strings, settings: context.settings, plan: await NativePlan.current(context))
    return PageContent { $0.add(view) }
  }

  @Sendable static func test(_ context: PluginContext<AutoMod>, _ request: PageRequest) async throws
    -> PageContent
  {
    try await box("", context, request)
  }

  /// The same page with an opinion on the text that was sent. Posted, so that what is tried stands in no address.
  @Sendable static func tested(_ context: PluginContext<AutoMod>, _ request: PageRequest) async throws
    -> ActionOutcome
  {
    .page(try await box(request.fields["text"] ?? "", context, request))
  }

  private static func box(_ typed: String, _ context: PluginContext<AutoMod>, _ request: PageRequest)
    async throws -> PageContent
  {
    let text = String(typed.prefix(TestView.longestText))
    let opinion = text.isEmpty ? nil : try await TestBox.opinion(on: text, in: ChannelID(0), context)
    let view = TestView(
      target: request.post("test"), strings: context.strings, settings: context.settings, text: text,
      opinion: opinion)
    return PageContent { $0.add(view) }
  }
}

/// Every rule, what it does, who enforces it and why.
struct RulesView: HTMLComponent {
  let strings: StringCatalog
  let settings: AutoModSettings
  let plan: NativePlan

  func render(into html: inout HTMLWriter) {
    let words = RuleWords(strings)
    html.add(
      Table(
        strings["rules.title"],
        columns: [
          .init(strings["rules.rule"]), .init(strings["rules.actions"]), .init(strings["rules.engine"]),
          .init(strings["rules.reason"]),
        ],
        rows: settings.ruleNames.map { row($0, words) }))
  }

  private func row(_ rule: RuleName, _ words: RuleWords) -> Table.Row {
    let (isOn, response) = settings.policy(of: rule)
    let placement = plan.placements.first { $0.rule == rule }.map(words.placement)
    return Table.Row([
      { $0.isolated(words.name(rule)) },
      { html in
        if response.isDryRun, isOn { html.add(Badge(strings["rules.dryRun"], .info)) }
        html.text(isOn ? words.actions(response) : "")
      },
      { html in
        html.add(isOn ? Badge(placement?.engine ?? "", .success) : Badge(strings["rules.off"], .neutral))
      },
      { $0.text(placement?.reasons ?? "") },
    ])
  }
}

/// A text box, and below it what every rule says about the text.
struct TestView: HTMLComponent {
  static let longestText = 2_000

  let target: PostTarget
  let strings: StringCatalog
  let settings: AutoModSettings
  let text: String
  let opinion: TextOpinion?

  func render(into html: inout HTMLWriter) {
    html.form(target, .class("stack")) { html in
      html.add(
        TextArea(
          Field("text", label: strings["test.label"], help: strings["test.help"], isRequired: true),
          value: text, maximum: Self.longestText))
      html.element(.p) { html in
        html.add(Button(strings["test.run"], kind: .primary, act: .submit()))
      }
    }
    guard let opinion else { return }
    let words = RuleWords(strings)
    html.add(
      Table(
        strings["test.title"],
        columns: [
          .init(strings["rules.rule"]), .init(strings["test.result"]), .init(strings["rules.actions"]),
        ],
        rows: opinion.rules.map { row($0, words) }))
    html.element(
      .p,
      text: strings("test.heat", ["heat": "\(opinion.heat)", "limit": "\(settings.heat.limit)"]) + " "
        + strings["test.history"])
  }

  private func row(_ opinion: RuleOpinion, _ words: RuleWords) -> Table.Row {
    let response = settings.policy(of: opinion.rule).response
    return Table.Row([
      { $0.isolated(words.name(opinion.rule)) },
      { html in
        if !opinion.isOn { html.add(Badge(strings["rules.off"])) }
        if let match = opinion.match {
          html.add(Badge(strings["test.matches"], opinion.isOn ? .warning : .neutral))
          html.isolated(words.what(match))
        } else {
          html.text(opinion.needsHistory ? strings["test.needsHistory"] : strings["test.passes"])
        }
      },
      { $0.text(opinion.match == nil ? "" : words.actions(response)) },
    ])
  }
}
