// What a person may know about a shard, each trouble with its reason.

/// Where a shard stands.
package enum ShardState: Hashable, Sendable {
  /// Started; waits for its turn, or for leave to identify.
  case starting
  /// Opens the connection, or waits for Discord's first word.
  case connecting
  /// Asked for a new session, waits for `READY`.
  case identifying
  /// Asked to go on with its session; missed events are being replayed.
  case resuming
  /// Receives events.
  case online
  /// Works less well than it should, or not at this moment, and goes on by itself.
  case degraded(ShardDegradation)
  /// Gave up: a person has to act. Starting it again is possible.
  case crashed(ShardCrash)
  /// Not started, or stopped by request.
  case stopped

  /// Whether events arrive.
  package var receivesEvents: Bool {
    switch self {
    case .online, .degraded(.missingIntents), .degraded(.receiverBehind): true
    default: false
    }
  }
}

/// Why a shard is not as good as it should be.
package enum ShardDegradation: Hashable, Sendable {
  /// The connection ended; the next attempt comes by itself. `attempt` counts from one, and goes back to one after
  /// the shard was online for a while. `code` is Discord's close code, nil when the connection was lost or never came.
  case reconnecting(attempt: Int, code: UInt16?)
  /// Connected, and waits until it may identify.
  case waitingToIdentify
  /// Online, without these intents, which Discord refused.
  case missingIntents(Intents)
  /// Online, but the receiver has so many events in hand that no more are read.
  case receiverBehind
}

/// Why a shard stopped for good.
package enum ShardCrash: Hashable, Sendable {
  /// 4004: the token is wrong, or was reset.
  case authenticationFailed
  /// 4010: Discord does not know this shard of this many.
  case invalidShard
  /// 4011: the bot is in too many guilds for this number of shards.
  case shardingRequired
  /// 4012: Discord has retired the version of its gateway that is spoken here.
  case invalidVersion
  /// 4013: Discord does not know one of these intents.
  case invalidIntents(Intents)
  /// 4014: these privileged intents are switched off for the bot, and it may not run without them.
  case disallowedIntents(Intents)
  /// Too many sessions were begun; see `IdentifyBudget`.
  case identifyBudgetSpent
  /// The gateway's address could not be learnt, or its answer made no sense.
  case noGateway
}
