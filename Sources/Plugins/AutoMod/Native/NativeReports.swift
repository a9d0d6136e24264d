// What Discord's AutoMod did by our rules: the case, the points and the notice that Discord does not give.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

enum NativeReports {
  @Sendable static func handle(
    _ context: PluginContext<AutoMod>, _ event: AutoModerationActionExecutionEvent
  ) async throws {
    // A message that got through is judged by the bot, like every other.
    guard event.messageID == nil, let native = try await rule(event.ruleID, context) else { return }
    let plan = NativeAutoMod.plan(
      context.settings, quota: NativeQuota(besides: context.kept.nativeRules ?? []))
    // Discord reports each of a rule's actions by itself; they are one match.
    let first =
      native.actions.contains { $0.type == .blockMessage } ? .blockMessage : native.actions.first?.type
    guard event.action.type == first,
      let name = name(among: plan.rules(named: native.name), event, context.settings)
    else { return }
    context.why(
      .acted, "native", ["rule": RuleWords(context.strings).name(name)],
      about: WhySubject(member: event.userID, channel: event.channelID))
    let response = context.settings.policy(of: name).response
    let cause = context.core.causeKey
    let match = RuleMatch(name, .blocked)
    var orders = orders(
      response, isTimedOut: native.actions.contains { $0.type == .timeout }, match, event, cause, context)
    let now = context.time
    if response.heat > 0, let rules = try? context.rules() {
      let verdict = context.kept.counting { rules.warm(event.userID, by: response.heat, at: now, state: &$0) }
      let sentences = context.kept.settle(verdict.sentences, at: now)
      let words = RuleWords(context.strings)
      for sentence in sentences {
        orders += OrderPlan.orders(
          for: sentence, rule: "heat", reason: verdict.matches.first.map(words.reason) ?? "", evidence: nil,
          isAuthor: false, notice: "", cause: "\(cause)/heat")
      }
    }
    try await Enforcement.enforce(orders, .prompt, nil, cause, context)
  }

  /// One of our rules, by its id.
  private static func rule(
    _ id: AutoModerationRuleID, _ context: PluginContext<AutoMod>
  ) async throws -> AutoModerationRule? {
    if let known = context.kept.nativeRules?.first(where: { $0.id == id }) {
      return NativeAutoMod.isOurs(known.name) ? known : nil
    }
    do {
      context.kept.nativeRules = try await NativeSync.rules(context)
    } catch let error as RESTError where error.kind == .missingPermission {
      return nil
    }
    return context.kept.nativeRules?.first { $0.id == id && NativeAutoMod.isOurs($0.name) }
  }

  /// Which of the rules that share one of Discord's it was: the one with the keyword, or the first.
  private static func name(
    among rules: [RuleName], _ event: AutoModerationActionExecutionEvent, _ settings: AutoModSettings
  ) -> RuleName? {
    guard rules.count > 1, let keyword = event.matchedKeyword else { return rules.first }
    func plain(_ text: String) -> String { text.lowercased().filter { $0 != "*" } }
    let sought = plain(keyword)
    return rules.first { rule in
      let entries: [String] =
        switch rule {
        case .filter(.words): settings.words.words + settings.words.patterns
        case .filter(.scams): settings.scams.domains
        case .filter(.links): settings.links.denied
        case .custom(let index, _) where settings.rules.indices.contains(index):
          settings.rules[index].words + settings.rules[index].patterns + settings.rules[index].domains
        default: []
        }
      return entries.contains { plain($0) == sought }
    } ?? rules.first
  }

  /// What is left to do after Discord: never the time-out again, and never a second word to the member.
  private static func orders(
    _ response: FilterResponse, isTimedOut: Bool, _ match: RuleMatch,
    _ event: AutoModerationActionExecutionEvent, _ cause: String, _ context: PluginContext<AutoMod>
  ) -> [Order] {
    var rest = response
    if isTimedOut { rest.actions.removeAll { $0 == .timeout } }
    var verdict = Verdict()
    verdict.add(match, rest, event.userID, removing: [])
    let words = RuleWords(context.strings)
    let sentences = context.kept.settle(verdict.sentences, at: context.time)
    let channel = event.channelID ?? ChannelID(0)
    var orders = sentences.flatMap {
      OrderPlan.orders(
        for: $0, rule: "\(match.rule)", reason: words.reason(match), evidence: nil, isAuthor: true,
        notice: words.notice(
          context.settings.notice, rule: match.rule, server: context.bot.info?.name ?? "", channel: channel),
        cause: cause)
    }
    if isTimedOut, !orders.contains(where: { $0.kind == "sanction" }) {
      // The time-out is on record too.
      orders.append(
        Order(
          key: "sanction/\(cause)/\(event.userID)", member: event.userID, cause: cause,
          work: .sanction(
            Order.SanctionWork(
              kind: .note, seconds: nil, points: 0, rule: "\(match.rule)", reason: words.reason(match),
              tells: false, message: nil, content: nil))))
    }
    return orders
  }
}
