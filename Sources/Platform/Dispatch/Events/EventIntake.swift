// From a bot's shards into the lanes: what nobody waits for ends here, without a copy.

import Bus
package import DiscordBot
package import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import JSON
import PlatformPlugins
import Storage
import Synchronization
import Telemetry

/// Listens to one bot, as long as it is kept.
///
/// Handlers run on the shards' loops. Appending to a lane may wait, so events go on by the dispatcher's `EventCarrier`.
package final class EventIntake: Sendable {
  private let dispatcher: Dispatcher
  private let bot: Bot
  private let subscriptions = Mutex<[EventSubscription]>([])
  /// The roles of the member that the event under way is about, by shard: read before the cache takes the event in.
  private let prior = Mutex<[ShardID: [RoleID]]>([:])
  private let lifecycle: @Sendable (GuildLifecycleEvent) -> Void

  /// Listens to `bot` from now on; `lifecycle` hears of guilds that come and go, on the shard's loop.
  package init(
    _ bot: Bot, to dispatcher: Dispatcher,
    lifecycle: @escaping @Sendable (GuildLifecycleEvent) -> Void = { _ in }
  ) {
    (self.bot, self.dispatcher, self.lifecycle) = (bot, dispatcher, lifecycle)
    let before = bot.events.subscribe(
      to: [.guildMemberUpdate, .guildMemberRemove], at: .beforeCache
    ) { [weak self] event in self?.remember(event) }
    let after = bot.events.subscribeToAll { [weak self] event in self?.receive(&event) }
    subscriptions.withLock { $0 = [before, after] }
  }

  // MARK: On the loop

  private func remember(_ event: borrowing BotEvent) {
    guard let guild = event.guild, let user: UserID = event.data["user"]?["id"]?.id() else { return }
    let roles = bot.cache.member(user, in: guild).member?.roles
    prior.withLock { $0[event.shard] = roles }
  }

  private func receive(_ event: inout BotEvent) {
    guard let guild = event.guild else { return }
    switch event.name {
    case .guildCreate: lifecycle(.available(guild, bot: bot.id))
    case .guildDelete:
      if event.data["unavailable"]?.bool != true { lifecycle(.left(guild, bot: bot.id)) }
    case .guildUpdate: lifecycle(.changed(guild, bot: bot.id))
    case .interactionCreate: return
    default: break
    }
    let isOfMember = event.name == .guildMemberUpdate || event.name == .guildMemberRemove
    let priorRoles = isOfMember ? prior.withLock { $0.removeValue(forKey: event.shard) } : nil
    guard dispatcher.bots.serves(bot.id, in: guild, at: Self.birth(of: event)), isWanted(event, in: guild)
    else { return }
    var writer = JSONWriter()
    writer.value(event.data)
    guard let json = try? writer.finish() else { return }  // What was parsed can be written.
    dispatcher.carrier.take(
      GuildEvent(
        name: event.name, guild: guild, bot: bot.id, key: event.replayKey, receivedAt: dispatcher.time.now,
        priorRoles: priorRoles, json: json), holding: event.hold())
  }

  /// When it happened with Discord, of what has an id that was born with it: decides which of two bots it belongs to.
  private static func birth(of event: borrowing BotEvent) -> Timestamp? {
    guard event.name == .messageCreate else { return nil }
    let id: MessageID? = event.data["id"]?.id()
    return id?.createdAt
  }

  /// Whether anybody waits for the event. When the configuration is not at hand, everybody might.
  private func isWanted(_ event: borrowing BotEvent, in guild: GuildID) -> Bool {
    guard let plan = dispatcher.plans.atHand(guild) else {
      return dispatcher.wantedByAny.contains(event.name) || dispatcher.mirrors(event.name)
    }
    if plan.parts[event.name] != nil || dispatcher.mirrors(event.name) { return true }
    guard event.name == .messageCreate, let content = event.data["content"]?.string else { return false }
    return dispatcher.isAddressed(content, prefix: plan.core.prefix, bot: bot.id)
  }
}

/// A guild that came, changed or went, as a bot saw it.
package enum GuildLifecycleEvent: Sendable, Hashable {
  /// Discord told the guild: the bot joined, or connected.
  case available(GuildID, bot: UserID)
  case changed(GuildID, bot: UserID)
  /// The bot was removed, or the guild is gone.
  case left(GuildID, bot: UserID)
}
