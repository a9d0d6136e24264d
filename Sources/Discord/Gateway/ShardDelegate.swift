// Who receives what a shard brings.

/// The receiver of one or many shards. Every method is called on the shard's loop, one after another for one shard,
/// synchronously from the socket: none may block, and none may parse with the loop's own parser.
///
/// `Sendable` because a group hands it to several loops.
package protocol ShardDelegate: AnyObject, Sendable {
  /// A dispatch arrived: `READY` and `RESUMED` too. In order within a session, each at least once.
  func shard(_ shard: Shard, received event: borrowing GatewayFrame)
  /// The shard's state changed; `shard.state` says the same.
  func shard(_ shard: Shard, changed state: ShardState)
}
