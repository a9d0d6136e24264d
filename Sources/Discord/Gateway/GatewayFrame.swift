// One dispatch, lent to the receiver while it lies in the parser's memory.

package import JSON

/// Which of how many shards.
package struct ShardID: Hashable, Sendable, CustomStringConvertible {
  /// From zero.
  package let index: Int
  /// How many there are in this division of the guilds.
  package let count: Int

  /// - Precondition: `index` is one of `count`.
  package init(_ index: Int, of count: Int) {
    precondition(index >= 0 && index < count, "a shard outside its division")
    (self.index, self.count) = (index, count)
  }

  package var description: String { "\(index)/\(count)" }
}

/// Where in which session an event stood: what `Shard.acknowledge(_:)` takes.
package struct GatewayPosition: Hashable, Sendable {
  /// Counts the sessions of one `Shard` object, so that a late acknowledgement of a session that is gone does no harm.
  package let session: UInt32
  /// Discord's `s`, which begins anew with each session.
  package let sequence: Int64

  package init(session: UInt32, sequence: Int64) {
    (self.session, self.sequence) = (session, sequence)
  }
}

/// An event as it arrives: a borrowed view of the frame, nothing copied.
///
/// It cannot be copied or kept; `data` points into the parser's memory and must not leave the call it was lent to.
/// While it is lent, the loop's parser (`GatewayLoop.parser`) is in use.
package struct GatewayFrame: ~Copyable {
  /// The shard that received it.
  package let shard: ShardID
  /// What to acknowledge once it is handled.
  package let position: GatewayPosition
  /// The `t`.
  package let event: GatewayEventName
  /// The `d`, read lazily; a value without fields if Discord sent none.
  package let data: JSONView
  /// When its last byte was read, as `TimeSource.uptime` tells it.
  package let receivedAt: Duration

  /// Discord's `s`.
  package var sequence: Int64 { position.sequence }

  package init(
    shard: ShardID, position: GatewayPosition, event: GatewayEventName, data: JSONView, receivedAt: Duration
  ) {
    (self.shard, self.position, self.event, self.data, self.receivedAt) = (
      shard, position, event, data, receivedAt
    )
  }
}
