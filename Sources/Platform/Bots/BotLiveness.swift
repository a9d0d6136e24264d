// Whether a bot can answer in a guild: what hand-overs are decided by.

package import DiscordBot
import DiscordCore
package import DiscordGateway

/// What a bot is good for at a moment.
package enum BotLiveness: Hashable, Sendable {
  /// It does not run and will not by itself.
  case down
  /// It runs, or comes back by itself, but receives nothing by these shards for now; nil for all.
  case interrupted(Set<ShardID>?)
  /// Everything arrives, but by shards that gave up.
  case up(without: Set<ShardID>)

  /// Fully there.
  package static let up = BotLiveness.up(without: [])

  /// What a bot's state means for those who wait for its answers; `comesBack` says whether it is started anew if it is
  /// stopped or crashed.
  package init(_ state: BotState, comesBack: Bool = false) {
    switch state {
    case .stopped, .crashed: self = comesBack ? .interrupted(nil) : .down
    case .starting: self = .interrupted(nil)
    case .online: self = .up
    case .degraded(let troubles): self.init(troubles)
    }
  }

  private init(_ troubles: [BotTrouble]) {
    var waiting: Set<ShardID> = []
    var crashed: Set<ShardID> = []
    for trouble in troubles {
      switch trouble {
      case .unreachable:
        self = .interrupted(nil)
        return
      case .shard(let shard, .reconnecting), .shard(let shard, .waitingToIdentify): waiting.insert(shard)
      case .shardCrashed(let shard, _): crashed.insert(shard)
      case .shard, .missingIntents, .guildsUnknown, .commandsNotRegistered: break
      }
    }
    self = waiting.isEmpty ? .up(without: crashed) : .interrupted(waiting.union(crashed))
  }

  /// Whether events of the guild arrive.
  func receives(_ guild: GuildID) -> Bool {
    switch self {
    case .down, .interrupted(nil): false
    case .interrupted(let shards?), .up(let shards):
      !shards.contains { guild.shard(of: $0.count) == $0.index }
    }
  }

  /// Whether what does not arrive now may arrive soon.
  var mayComeBack: Bool { if case .interrupted = self { true } else { false } }
}
