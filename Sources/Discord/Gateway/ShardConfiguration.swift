// What can be chosen about a bot's shards.

package import Vault

/// How what arrives is compressed.
package enum GatewayCompression: Hashable, Sendable {
  case none
  /// About 45 KiB of state per connection, whatever it carries: for many small bots.
  case zlibStream
  /// The smallest and fastest; its window grows with what a connection has carried, up to what Discord chose (2 MiB
  /// at its usual level).
  case zstdStream

  /// The value of `compress` in the gateway's address.
  package var queryValue: String? {
    switch self {
    case .none: nil
    case .zlibStream: "zlib-stream"
    case .zstdStream: "zstd-stream"
    }
  }
}

/// When an event counts as handled, and the stored cursor may pass it.
package enum Acknowledgement: Hashable, Sendable {
  /// As soon as the delegate returns.
  case automatic
  /// When `Shard.acknowledge(_:)` is called for it, in any order. With `bound` events in hand the shard reads no
  /// further until some are acknowledged.
  case manual(bound: Int)
}

/// The settings of one bot's shards.
package struct ShardConfiguration: Sendable {
  /// The bot's token, without `Bot `.
  package var token: Secret
  package var intents: Intents
  /// Privileged intents that may be left out if Discord refuses them.
  package var droppableIntents: Intents = []
  package var compression = GatewayCompression.zstdStream
  /// What the bot shows from its first moment on.
  package var presence: PresenceUpdate?
  /// From how many members on a guild comes without its offline ones; 50 to 250.
  package var largeThreshold = 50
  package var acknowledgement = Acknowledgement.automatic
  /// Whether a session stored by an earlier process is gone on with. A receiver that has lost what it knew of its
  /// guilds wants this off: after a resume they are not sent again.
  package var resumesStoredSession = true
  /// How often the cursor is saved at most.
  package var saveInterval = Duration.seconds(1)
  package var backOff = ReconnectBackOff()
  /// How long Discord may take for `Hello`, and for the answer to an identify or a resume.
  package var answerTimeout = Duration.seconds(60)
  /// The longest message that is taken, inflated. A `READY` of a full shard has several MiB.
  package var maximumMessageSize = 32 << 20

  /// Settings for a token, with everything else as it is best for one bot.
  package init(token: Secret, intents: Intents) {
    (self.token, self.intents) = (token, intents)
  }
}

/// How long to wait before the n-th attempt in a row: doubling from `first` to `longest`, of which a random part
/// of up to one half is taken off so that many shards do not return at once.
package struct ReconnectBackOff: Hashable, Sendable {
  package var first = Duration.milliseconds(500)
  package var longest = Duration.seconds(60)
  /// How long a shard must have been online for the next failure to count as the first again.
  package var forgiveAfter = Duration.seconds(30)

  package init() {}

  /// The wait before attempt number `attempt` (from one). `random` is in `0..<1`.
  package func delay(attempt: Int, random: Double) -> Duration {
    let doublings = min(max(attempt, 1) - 1, 16)
    return min(longest, first * (1 << doublings)) * (1 - random / 2)
  }
}
