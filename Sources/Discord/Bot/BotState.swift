// How a bot is doing, each trouble with its reason.

package import DiscordGateway

/// Where a bot stands, as a person is told.
package enum BotState: Hashable, Sendable {
  /// Not started, or stopped by request.
  case stopped
  /// Finds out who it is, or waits for its shards.
  case starting
  /// Everything works.
  case online
  /// Works in part, or not at this moment, and goes on by itself.
  case degraded([BotTrouble])
  /// Gave up: a person has to act. Starting again is possible.
  case crashed(BotCrash)
}

/// What is not as it should be with a bot that runs.
package enum BotTrouble: Hashable, Sendable {
  /// Discord cannot be reached; this many attempts failed.
  case unreachable(attempts: Int)
  /// Switched off in the developer portal, and done without.
  case missingIntents(Intents)
  /// A shard is not as it should be.
  case shard(ShardID, ShardDegradation)
  /// A shard gave up, while others go on.
  case shardCrashed(ShardID, ShardCrash)
  /// After a resumed session, so many guilds could not be asked for; it is tried again.
  case guildsUnknown(Int)
  /// The commands that people see may be old ones; the sentence says why.
  case commandsNotRegistered(String)
}

/// Why a bot gave up.
package enum BotCrash: Hashable, Sendable, Error, CustomStringConvertible {
  /// It does not look like a bot's token: three parts with dots between them.
  case malformedToken
  /// It is the token of a person's account, which must not be automated.
  case userToken
  /// Discord does not know the token: it was reset, or copied incompletely.
  case tokenRejected
  /// These are switched off in the developer portal, and the bot was told not to run without them.
  case disallowedIntents(Intents)
  /// All shards gave up, the first for this reason.
  case shards(ShardCrash)
  /// It was stopped while it started.
  case stopped

  package var description: String {
    switch self {
    case .malformedToken:
      "This is not a bot token. Copy it from the developer portal, section Bot, Reset Token"
    case .userToken:
      "This is the token of a person's account. Discord forbids automating those: make a bot in the developer portal"
    case .tokenRejected:
      "Discord does not accept the token. It may have been reset: copy a new one from the developer portal"
    case .disallowedIntents(let intents):
      "Switch on \(intents) in the developer portal, section Bot, Privileged Gateway Intents"
    case .shards(.authenticationFailed): BotCrash.tokenRejected.description
    case .shards(.disallowedIntents(let intents)), .shards(.invalidIntents(let intents)):
      BotCrash.disallowedIntents(intents).description
    case .shards(.identifyBudgetSpent): "The bot reconnected so often that it rests until Discord's day ends"
    case .shards(let crash): "The connection to Discord ended for good: \(crash)"
    case .stopped: "The bot was stopped"
    }
  }
}

/// Derives a bot's state from its parts.
struct BotHealth: Sendable {
  /// What the bot is meant to do.
  enum Phase: Hashable, Sendable {
    case stopped, starting, running
    case crashed(BotCrash)
  }

  var phase = Phase.stopped
  /// Whether it has shards at all.
  var usesGateway = true
  var shards: [ShardID: ShardState] = [:]
  /// Troubles that belong to no shard.
  var troubles: [BotTrouble] = []
  private var wasOnline = false

  /// A shard's state changed.
  mutating func note(_ state: ShardState, of shard: ShardID) {
    // Stopped shards are those of a former division, or of a bot that is being stopped.
    shards[shard] = state == .stopped ? nil : state
    if !shards.isEmpty, shards.values.allSatisfy(\.receivesEvents) { wasOnline = true }
  }

  mutating func reset(_ phase: Phase) {
    let usesGateway = usesGateway
    self = BotHealth()
    (self.phase, self.usesGateway) = (phase, usesGateway)
  }

  var state: BotState {
    switch phase {
    case .stopped: return .stopped
    case .crashed(let crash): return .crashed(crash)
    case .starting: return troubles.isEmpty ? .starting : .degraded(troubles)
    case .running: return running
    }
  }

  private var running: BotState {
    guard usesGateway else { return troubles.isEmpty ? .online : .degraded(troubles) }
    guard !shards.isEmpty else { return .starting }
    let ordered = shards.sorted { $0.key.index < $1.key.index }
    let crashes = ordered.compactMap { id, state -> (ShardID, ShardCrash)? in
      if case .crashed(let crash) = state { (id, crash) } else { nil }
    }
    if let first = crashes.first, crashes.count == shards.count { return .crashed(.shards(first.1)) }
    var all = troubles + crashes.map { .shardCrashed($0.0, $0.1) }
    for (id, state) in ordered {
      if case .degraded(let degradation) = state { all.append(.shard(id, degradation)) }
    }
    if !wasOnline, ordered.contains(where: { $0.value.isOnItsWay }) { return .starting }
    // A shard that resumes says `connecting` for a moment: it is degraded, even without a reason of its own.
    for (id, state) in ordered where state.isOnItsWay {
      all.append(.shard(id, .reconnecting(attempt: 1, code: nil)))
    }
    return all.isEmpty ? .online : .degraded(all)
  }
}

extension ShardState {
  fileprivate var isOnItsWay: Bool {
    switch self {
    case .starting, .connecting, .identifying, .resuming: true
    case .online, .degraded, .crashed, .stopped: false
    }
  }
}
