// What can be chosen about a bot, and what it shares with others.

package import DiscordGateway
package import DiscordREST
package import EventLoop
internal import Telemetry

/// The settings of one bot.
package struct BotConfiguration: Sendable {
  /// What the bot's features need, besides what its cache needs.
  package var intents: Intents = []
  /// Privileged intents that the bot may run without, if they are switched off in the developer portal.
  package var droppableIntents: Intents = []
  package var cache = CacheSettings.minimal
  /// False for a bot that lives from its HTTP endpoint alone: no shards, no events, no cache to speak of.
  package var usesGateway = true
  package var shards = ShardCount.recommended
  /// Calls a second that Discord grants the bot
  /// (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit); nil for what the environment says.
  package var globalLimit: Int?
  package var compression = GatewayCompression.zstdStream
  package var presence: PresenceUpdate?
  /// How many events of a shard may be in handlers' hands; then it reads no further.
  package var eventsInHand = 4_096
  /// How many interactions are handled at a time; more are refused.
  package var interactionsInHand = 1_000
  /// Whether a session stored by an earlier process is gone on with, so that events that were not handled come again.
  /// Guilds do not; they are asked for by calls, in the background, and are unknown until then.
  package var resumesStoredSession = true
  /// Called when a handler throws. Says nothing to the person unless it does.
  package var interactionFailed: @Sendable (ReceivedInteraction, any Error) async -> Void = { _, error in
    BotConfiguration.log.error("an interaction's handler failed", ["error": .string("\(type(of: error))")])
  }

  static let log = Log(room: "bot")

  package init() {}

  /// Everything the bot asks Discord to be told of.
  package var allIntents: Intents { intents.union(cache.neededIntents) }
}

/// What the bots of a process share.
package struct BotEnvironment: Sendable {
  /// Loops with their HTTP clients; bots are dealt out to them.
  package var loops: [GatewayLoop]
  /// Base address and limits of the REST API.
  package var rest = RESTClient.Configuration()
  /// Refused calls of this address, counted over all bots.
  package var budget = AddressBudget.process
  package var time: any TimeSource = SystemTime()

  /// - Precondition: at least one loop.
  package init(loops: [GatewayLoop]) {
    precondition(!loops.isEmpty, "a bot needs a loop")
    self.loops = loops
  }

  /// The same with its loops turned, so that the next bot begins with another one.
  func turned(by count: Int) -> BotEnvironment {
    var turned = self
    turned.loops = loops.indices.map { loops[($0 + count) % loops.count] }
    return turned
  }
}

/// What outlives the process about one bot.
package struct BotStores: Sendable {
  package var sessions: any ShardSessionStore
  package var identifies: any IdentifyStore

  package init(sessions: any ShardSessionStore, identifies: any IdentifyStore) {
    (self.sessions, self.identifies) = (sessions, identifies)
  }

  /// Nothing does: for tests, and bots that may begin anew each time.
  package static var inMemory: BotStores {
    BotStores(sessions: MemorySessionStore(), identifies: MemoryIdentifyStore())
  }
}
