// A message came or was edited: decide, write down what follows, do it.

import DiscordCore
import DiscordLimits
import DiscordModels
import EventLoop
import Patterns
import PlatformPlugins

enum MessageHandlers {
  @Sendable static func created(_ context: PluginContext<AutoMod>, _ message: Message) async throws {
    try await awaitGuild(context)
    guard let facts = MessageFacts(message, in: context.bot) else { return }
    try await judge(facts, isWebhook: message.webhookID != nil, "m\(message.id)", context)
  }

  /// A process that takes up the session of one that died hears events before it has learnt who is a moderator: it waits
  /// for that, some seconds at most.
  private static func awaitGuild(_ context: PluginContext<AutoMod>) async throws {
    for _ in 0..<50 where !context.bot.isToldOfGuild {
      try await context.core.host.time.sleep(for: .milliseconds(100))
    }
  }

  @Sendable static func edited(_ context: PluginContext<AutoMod>, _ event: MessageUpdateEvent) async throws {
    try await awaitGuild(context)
    // Discord also says so when it adds a preview, or somebody pins: then nothing was edited.
    guard let message = event.message, let editedAt = message.editedTimestamp,
      let facts = MessageFacts(message, in: context.bot, isEdit: true)
    else { return }
    try await judge(
      facts, isWebhook: message.webhookID != nil, "e\(message.id).\(editedAt.milliseconds)", context)
  }

  private static func judge(
    _ facts: MessageFacts, isWebhook: Bool, _ cause: String, _ context: PluginContext<AutoMod>
  ) async throws {
    let kept = context.kept
    if !kept.areRaidsKnown {
      kept.restore(try await OrderStore(store: context.store).raids(at: facts.sentAt))
    }
    let rules: CompiledRules
    do { rules = try context.rules() } catch let error as PatternError {
      context.why(.failed, "rulesTooLarge")
      return await context.notify(.problem, "rulesTooLarge", ["reason": "\(error.code)"])
    }
    let guild = await OwnInvites.facts(for: facts, under: rules.settings.invites, context)
    let verdict = kept.counting { rules.decide(facts, in: guild, state: &$0) }
    if !verdict.isUnremarkable { VerdictRecord(context, rules).file(verdict, facts, guild) }
    guard !verdict.isQuiet else { return }
    let sentences = isWebhook ? [] : kept.settle(verdict.sentences, at: facts.sentAt)
    let plan = OrderPlan(
      verdict: verdict, sentences: sentences, message: facts, cause: cause, context: context)
    try await Enforcement.enforce(plan.orders, plan.pace, verdict.raid, cause, context)
  }
}
