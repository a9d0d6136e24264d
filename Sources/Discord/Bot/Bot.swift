// One bot: its token, its shards, its cache, its way to Discord.

package import DiscordCore
package import DiscordGateway
package import DiscordLimits
package import DiscordModels
package import DiscordREST
internal import EventLoop
internal import JSON
internal import Synchronization
internal import Telemetry
package import Vault

/// A bot that can be started and stopped at run time.
///
///     let commands = InteractionTable()
///     commands.command(.chatInput("ping", "Says pong")) { try await $0.reply("Pong!") }
///     let bot = try Bot(token: token, routing: commands, environment: environment)
///     try await bot.start()
///
/// Many live in one process and share what the environment has. Everything may be called from any task.
package final class Bot: Sendable {
  static let log = Log(room: "bot")

  /// The bot's user, as the token says.
  package let id: UserID
  /// Sends calls as this bot.
  package let rest: RESTClient
  package let cache: BotCache
  package let events = EventDispatcher()
  package let configuration: BotConfiguration
  let environment: BotEnvironment
  let stores: BotStores
  let desk: InteractionDesk
  private let members: MemberLoader
  private let token: Secret
  let life: Mutex<Life>

  /// What changes about a bot.
  struct Life: Sendable {
    var health = BotHealth()
    var shown = BotState.stopped
    var application: Application?
    var publicKey: Ed25519PublicKey?
    var group: ShardGroup?
    /// Tries again while Discord cannot be reached; registers commands.
    var errands: [UInt64: Task<Void, Never>] = [:]
    var lastErrand: UInt64 = 0
    /// Counts starts, so that what belongs to an earlier one is recognised.
    var start = 0
    var listeners: [Int: AsyncStream<BotState>.Continuation] = [:]
    var lastListener = 0
    /// Shards whose guilds the cache knows, or is being told.
    var told: Set<ShardID> = []
  }

  /// A bot that is stopped.
  ///
  /// - Parameters:
  ///   - token: from the developer portal, without the word `Bot`.
  ///   - configuration: what it needs.
  ///   - routing: who answers its interactions.
  ///   - environment: what it shares with other bots.
  ///   - stores: what is kept of it beyond the process.
  /// - Throws: `.malformedToken`.
  package init(
    token: Secret, configuration: BotConfiguration = BotConfiguration(),
    routing: any InteractionRouting = InteractionTable(), environment: BotEnvironment,
    stores: BotStores = .inMemory
  ) throws(BotCrash) {
    id = try BotToken.user(of: token)
    (self.token, self.configuration, self.environment, self.stores) = (
      token, configuration, environment, stores
    )
    let home = environment.loops[0]
    var calls = environment.rest
    if let limit = configuration.globalLimit { calls.limits.globalLimit = limit }
    rest = RESTClient(
      loop: home.loop, http: home.client, token: token, configuration: calls,
      budget: environment.budget)
    cache = BotCache(settings: configuration.cache, me: id, time: environment.time)
    members = MemberLoader(rest: rest, cache: cache)
    desk = InteractionDesk(
      routing: routing, bound: configuration.interactionsInHand, time: environment.time)
    life = Mutex(Life())
  }

  // MARK: Asking

  /// How the bot is doing.
  package var state: BotState { life.withLock { $0.shown } }

  /// The application the token belongs to; nil before the first successful start.
  package var application: Application? { life.withLock { $0.application } }

  /// The states from here on, beginning with the present one. Slow listeners miss some, never the last.
  package func states() -> AsyncStream<BotState> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: BotState.self, bufferingPolicy: .bufferingNewest(16))
    let id = life.withLock { life in
      life.lastListener += 1
      life.listeners[life.lastListener] = continuation
      continuation.yield(life.shown)
      return life.lastListener
    }
    continuation.onTermination = { [weak self] _ in
      self?.life.withLock { _ = $0.listeners.removeValue(forKey: id) }
    }
    return stream
  }

  /// The shards, for their states and for what is sent over the gateway; nil while the bot is stopped, or has none.
  package var shards: ShardGroup? { life.withLock { $0.group } }

  /// The mean time from a heartbeat to its answer; nil before the first.
  package func latency() async -> Duration? {
    guard let group = shards else { return nil }
    let latencies = await group.status().compactMap(\.latency)
    return latencies.isEmpty ? nil : latencies.reduce(.zero, +) / latencies.count
  }

  /// A member: from the cache, or else from Discord.
  ///
  /// - Returns: nil when Discord says that the user is no member.
  /// - Throws: `RESTError`; `.queueFull` while very many others are being asked for.
  package func member(
    _ user: UserID, in guild: GuildID, priority: EgressPriority = .reply
  ) async throws(RESTError) -> CachedMember? {
    if case .known(let member) = cache.member(user, in: guild) { return member }
    return try await members.load(user, in: guild, priority: priority)
  }

  // MARK: State

  /// Changes the parts the state is made of, and tells listeners if that made a difference.
  func change(_ body: (inout BotHealth) -> Void) {
    life.withLock { life in
      body(&life.health)
      let new = life.health.state
      guard new != life.shown else { return }
      life.shown = new
      Self.log.info("bot changed", ["bot": "\(id)", "state": "\(new)"])
      // Yielding waits for nobody and calls nobody.
      for listener in life.listeners.values { listener.yield(new) }
    }
  }

  func shardConfiguration(_ intents: Intents) -> ShardConfiguration {
    var shards = ShardConfiguration(token: token, intents: intents)
    shards.droppableIntents = configuration.droppableIntents
    shards.compression = configuration.compression
    shards.presence = configuration.presence
    shards.acknowledgement = .manual(bound: configuration.eventsInHand)
    shards.resumesStoredSession = configuration.resumesStoredSession
    return shards
  }
}

// MARK: Receiving

extension Bot: ShardDelegate {
  package func shard(_ shard: Shard, received frame: borrowing GatewayFrame) {
    var event = BotEvent(frame, from: shard)
    events.dispatch(&event) { event in cache.apply(event.name, event.data, shard: event.shard) }
    switch event.name {
    case .interactionCreate: receive(&event)
    case .ready: life.withLock { _ = $0.told.insert(shard.id) }
    case .resumed: recallGuilds(of: shard.id)
    default: break
    }
    event.finish()
  }

  package func shard(_ shard: Shard, changed state: ShardState) {
    change { $0.note(state, of: shard.id) }
  }

  /// An interaction by the gateway.
  private func receive(_ event: inout BotEvent) {
    let interaction: Interaction
    do {
      interaction = try event.decode()
    } catch {
      return Self.log.warning("an interaction cannot be read", ["error": "\(error)"])
    }
    let receivedAt = event.receivedAt
    let hold = event.hold()
    desk.accept(
      interaction,
      make: { route, kind in
        ReceivedInteraction(
          interaction, kind: kind, deferral: route.deferral, receivedAt: receivedAt,
          transport: RESTInteractionTransport(interaction, client: rest), bot: self, time: environment.time)
      }, onFailure: configuration.interactionFailed, done: { hold.finish() })
  }

  /// An interaction by HTTP, to be answered into the slot as long as that is open.
  func receive(_ interaction: Interaction, _ slot: ResponseSlot, _ receivedAt: Duration) {
    desk.accept(
      interaction,
      make: { route, kind in
        let transport = HTTPInteractionTransport(
          slot: slot, rest: RESTInteractionTransport(interaction, client: rest), receivedAt: receivedAt,
          time: environment.time)
        return ReceivedInteraction(
          interaction, kind: kind, deferral: route.deferral, receivedAt: receivedAt, transport: transport,
          bot: self, time: environment.time)
      }, onFailure: configuration.interactionFailed, done: { slot.close() })
  }
}
