// One shard of a bot: the machine's hands. Confined to its loop.

package import EventLoop

/// One connection's worth of a bot's guilds, kept alive over any number of connections and sessions.
package final class Shard: @unchecked Sendable {
  // `@unchecked`: every stored variable is touched on the loop's thread only.

  package let id: ShardID
  package let loop: EventLoop
  /// Ask on the loop.
  package private(set) var state = ShardState.stopped

  init(id: ShardID, loop: EventLoop) {
    (self.id, self.loop) = (id, loop)
  }

  /// Says that an event is handled. In any order; the stored cursor follows the oldest one that is not. Call on the
  /// loop. Does nothing for a position of an earlier session, or with automatic acknowledgement.
  package func acknowledge(_ position: GatewayPosition) {
    loop.checkIsolated()
  }
}
