// Commands that ask and change nothing: the test box, the simulation, who enforces what, heat.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import Patterns
import PlatformPlugins
import PlatformText
import Resources

enum AskingCommands {
  typealias Call = CommandCall<AutoMod>

  // MARK: Test box

  @Sendable static func test(_ call: Call) async throws {
    let opinion = try await TestBox.opinion(on: call[Commands.text], in: call.channel, call.context)
    let words = RuleWords(call.strings)
    var lines = opinion.rules.compactMap { line($0, words, call.settings) }
    if lines.isEmpty { lines = [call.strings["test.nothing"]] }
    lines.append(
      call.strings("test.heat", ["heat": "\(opinion.heat)", "limit": "\(call.settings.heat.limit)"]))
    lines.append(call.strings["test.history"])
    let embed = Embed(
      title: call.strings["test.title"], description: String(lines.joined(separator: "\n").prefix(4_000)))
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  private static func line(_ opinion: RuleOpinion, _ words: RuleWords, _ settings: AutoModSettings) -> String?
  {
    guard let match = opinion.match else { return nil }
    let response = settings.policy(of: opinion.rule).response
    let key: StaticString = opinion.isOn ? "test.match" : "test.matchOff"
    return words.strings(
      key,
      ["rule": words.name(opinion.rule), "what": words.what(match), "actions": words.actions(response)])
  }

  // MARK: Simulation

  @Sendable static func simulate(_ call: Call) async throws {
    let context = call.context
    let hours = call[Commands.hours]
    let reply = try await call.reply("simulate.running", ["count": "0"])
    let rules = try context.rules()
    var history = RecentMessages(
      context, channel: call.channel, since: context.time - .seconds(hours * 3_600))
    var shownAt = context.core.host.time.uptime
    while try await history.readPage() {
      let now = context.core.host.time.uptime
      guard now - shownAt >= .seconds(2) else { continue }
      shownAt = now
      try await reply.edit(
        MessageEdit(content: call.strings("simulate.running", ["count": "\(history.messages.count)"])))
    }
    let facts = try await history.facts()
    let invites = await OwnInvites.facts(
      for: facts.first { !InviteFinder.codes(in: $0.content).isEmpty } ?? MessageFacts.none,
      under: rules.settings.invites, context)
    let report = rules.simulate(over: facts, in: invites)
    var edit = MessageEdit(content: call.strings["simulate.done"])
    edit.embeds = [summary(report, call, isWhole: history.isWhole)]
    try await reply.edit(edit)
  }

  private static func summary(_ report: SimulationReport, _ call: Call, isWhole: Bool) -> Embed {
    let words = RuleWords(call.strings)
    var lines = [
      call.strings(
        "simulate.counts",
        [
          "messages": "\(report.messages)", "deletes": "\(report.deletes)", "members": "\(report.members)",
        ])
    ]
    if !isWhole { lines.append(call.strings("simulate.bounded", ["count": "\(RecentMessages.maximum)"])) }
    for rule in call.settings.ruleNames {
      guard let count = report.matches[rule] else { continue }
      lines.append("\(words.name(rule)): \(count)")
    }
    for found in report.cases.prefix(15) {
      let link = MessageLink(
        guild: call.context.guild, channel: found.message.channel, message: found.message.message)
      let what = found.verdict.matches.first.map { "\(words.name($0.rule)): \(words.what($0))" } ?? ""
      lines.append("[\u{2197}](\(link.address())) <@\(found.author)> \(what)")
    }
    return Embed(
      title: call.strings["simulate.title"], description: String(lines.joined(separator: "\n").prefix(4_000)))
  }

  // MARK: Rules and heat

  @Sendable static func rules(_ call: Call) async throws {
    let plan = await NativePlan.current(call.context)
    let words = RuleWords(call.strings)
    let lines = plan.placements.map { placement in
      let (engine, reasons) = words.placement(placement)
      return
        "**\(Markdown.escaped(words.name(placement.rule)))**: \(engine)\(reasons.isEmpty ? "" : " \(reasons)")"
    }
    let text = lines.isEmpty ? call.strings["rules.none"] : lines.joined(separator: "\n")
    let embed = Embed(title: call.strings["rules.title"], description: String(text.prefix(4_000)))
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  @Sendable static func heat(_ call: Call) async throws {
    let (user, settings) = (call[Commands.user], call.settings.heat)
    let now = call.context.time
    let heat = call.context.kept.counting { $0.heat(of: user, settings, at: now) }
    let seconds = settings.decayPerSecond > 0 ? heat / settings.decayPerSecond : 0
    try await call.reply(
      heat > 0 ? "heat.some" : "heat.none",
      [
        "user": "<@\(user)>", "heat": "\(Int(heat.rounded()))", "limit": "\(settings.limit)",
        "time": "\(Mention.timestamp(now + .seconds(seconds), .relative))",
      ])
  }
}

/// What every rule says about a text that nobody sent.
enum TestBox {
  static func opinion(
    on text: String, in channel: ChannelID, _ context: PluginContext<AutoMod>
  ) async throws -> TextOpinion {
    let now = context.time
    let facts = MessageFacts(
      id: MessageID(1), author: UserID(1), channel: channel, content: text, sentAt: now)
    let guild = await OwnInvites.facts(for: facts, under: context.settings.invites, context)
    do {
      return try CompiledRules.explain(
        facts, under: context.settings, in: guild, scams: OperatorScamList.shared.current.list)
    } catch {
      throw Refusal("rules.tooLarge", ["reason": context.strings[dynamic: "pattern.\(error.code)"]])
    }
  }
}

extension NativePlan {
  /// Who enforces what at this moment; where Discord's rules cannot be read, as if there were none but ours.
  static func current(_ context: PluginContext<AutoMod>) async -> NativePlan {
    let known = context.kept.nativeRules
    let existing = if let known { known } else { (try? await NativeSync.rules(context)) ?? [] }
    return NativeAutoMod.plan(context.settings, quota: NativeQuota(besides: existing))
  }
}

extension MessageFacts {
  /// No message.
  static var none: MessageFacts {
    MessageFacts(
      id: MessageID(0), author: UserID(0), channel: ChannelID(0), content: "",
      sentAt: Timestamp(milliseconds: 0))
  }
}
