// How a bot is doing, in words for people.

package import DiscordBot
import DiscordCore
import DiscordGateway
package import PlatformText

extension BotState {
  /// The state in a word (`bot.state.<name>`), for a badge.
  package var title: Sentence { Sentence("bot.state.\(name)") }

  /// Why it is so, and what to do about it; empty when there is nothing to say.
  package var reasons: [Sentence] {
    switch self {
    case .stopped, .starting, .online: []
    case .degraded(let troubles): troubles.map(\.sentence)
    case .crashed(let crash): [crash.sentence]
    }
  }

  /// The name in documents and the store, without its reasons.
  package var name: String {
    switch self {
    case .stopped: "stopped"
    case .starting: "starting"
    case .online: "online"
    case .degraded: "degraded"
    case .crashed: "crashed"
    }
  }
}

extension BotTrouble {
  /// The trouble, and whether it goes away by itself.
  package var sentence: Sentence {
    switch self {
    case .unreachable(let attempts): Sentence("bot.trouble.unreachable", ["attempts": "\(attempts)"])
    case .missingIntents(let intents): Sentence("bot.trouble.missingIntents", ["intents": intents.words])
    case .shard(let shard, let degradation): degradation.sentence(of: shard)
    case .shardCrashed(let shard, let crash):
      Sentence("bot.trouble.shardCrashed.\(crash.name)", crash.values.merging(shard.values) { $1 })
    case .guildsUnknown(let count): Sentence("bot.trouble.guildsUnknown", ["count": "\(count)"])
    case .commandsNotRegistered(let reason):
      Sentence("bot.trouble.commandsNotRegistered", ["reason": reason])
    }
  }
}

extension BotCrash {
  /// Why the bot gave up, and what to do.
  package var sentence: Sentence {
    switch self {
    case .malformedToken: Sentence("bot.crash.malformedToken")
    case .userToken: Sentence("bot.crash.userToken")
    case .tokenRejected, .shards(.authenticationFailed): Sentence("bot.crash.tokenRejected")
    case .disallowedIntents(let intents), .shards(.disallowedIntents(let intents)):
      Sentence("bot.crash.disallowedIntents", ["intents": intents.words])
    case .shards(let crash): Sentence("bot.crash.\(crash.name)", crash.values)
    case .stopped: Sentence("bot.crash.stopped")
    }
  }

  /// Whether starting again, later and unchanged, may help; otherwise a person has to act first.
  package var mayRecover: Bool {
    switch self {
    case .malformedToken, .userToken, .tokenRejected, .disallowedIntents, .stopped: false
    case .shards(let crash):
      switch crash {
      case .authenticationFailed, .invalidVersion, .invalidIntents, .disallowedIntents: false
      // A start asks Discord anew for the gateway and how many shards there should be.
      case .invalidShard, .shardingRequired, .identifyBudgetSpent, .noGateway: true
      }
    }
  }
}

extension ShardDegradation {
  fileprivate func sentence(of shard: ShardID) -> Sentence {
    switch self {
    case .reconnecting(let attempt, let code):
      let name = code == nil ? "reconnecting" : "reconnectingAfterClose"
      return Sentence(
        "bot.trouble.\(name)",
        shard.values.merging(["attempt": "\(attempt)", "code": code.map { "\($0)" } ?? ""]) { $1 })
    case .waitingToIdentify: return Sentence("bot.trouble.waitingToIdentify", shard.values)
    case .missingIntents(let intents):
      return Sentence("bot.trouble.missingIntents", ["intents": intents.words])
    case .receiverBehind: return Sentence("bot.trouble.receiverBehind", shard.values)
    }
  }
}

extension ShardCrash {
  fileprivate var name: String {
    switch self {
    case .authenticationFailed: "tokenRejected"
    case .invalidShard: "invalidShard"
    case .shardingRequired: "shardingRequired"
    case .invalidVersion: "invalidVersion"
    case .invalidIntents: "invalidIntents"
    case .disallowedIntents: "disallowedIntents"
    case .identifyBudgetSpent: "identifyBudgetSpent"
    case .noGateway: "noGateway"
    }
  }

  fileprivate var values: [String: String] {
    switch self {
    case .invalidIntents(let intents), .disallowedIntents(let intents): ["intents": intents.words]
    default: [:]
    }
  }
}

extension ShardID {
  /// Shards are counted from one for people.
  fileprivate var values: [String: String] { ["shard": "\(index + 1)", "shards": "\(count)"] }
}

extension Intents {
  /// By the names the developer portal gives them.
  fileprivate var words: String {
    let names: [(Intents, String)] = [
      (.guildPresences, "Presence Intent"), (.guildMembers, "Server Members Intent"),
      (.messageContent, "Message Content Intent"),
    ]
    let known = names.filter { contains($0.0) }
    return (known.map(\.1) + subtracting(.privileged).names).joined(separator: ", ")
  }
}
