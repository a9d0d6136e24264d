// What can be chosen about a connection.

package import Compression

/// Limits and habits of one connection. The defaults suit a browser's or a gateway's peer.
package struct WebSocketOptions: Sendable {
  /// How many bytes a message may have, either way, after inflation. A larger one that arrives is answered with 1009.
  package var maximumMessageSize = 16 << 20
  /// How many bytes may wait to be written; beyond it `enqueue` throws `.overloaded`, and reading pauses so that a
  /// peer which sends pings and reads nothing cannot make this end hoard pongs. A single message may exceed it when
  /// nothing else waits.
  package var writeBound = 4 << 20
  /// How many messages `messages` holds before reading pauses.
  package var messageBound = 16
  /// Time between pings of our own; nil sends none.
  package var pingInterval: Duration?
  /// How long after a ping the peer may keep silent before the connection is declared dead.
  package var pingTimeout: Duration = .seconds(20)
  /// How long the peer may take to answer a close, and to end the connection after it.
  package var closeTimeout: Duration = .seconds(5)
  /// Whole-connection compression of what arrives: binary messages are pieces of one `.zlib` or `.zstd` stream, as
  /// Discord's gateway sends with `compress=zlib-stream` or `zstd-stream`. A zlib message may span several WebSocket
  /// messages and ends with `00 00 FF FF`; the inflated one is delivered as `.binary`.
  package var incomingCompression: CompressionFormat?
  /// The same for what is sent: every message leaves as a binary one, flushed.
  package var outgoingCompression: CompressionFormat?

  package init() {}
}
