// A connection as a stream of bytes both ways: what an upgrade leaves behind.

package import EventLoop

/// What a non-blocking read or write came to.
package enum StreamOutcome: Sendable, Equatable {
  /// So many bytes were moved; at least one.
  case bytes(Int)
  /// Nothing now; wait for readiness.
  case wouldBlock
  /// The peer has ended its side in order.
  case endOfStream
}

/// A byte stream on an event loop, after its HTTP upgrade: a plain socket, or one with TLS inside the library
/// that made it. WebSocket framing stands on this and knows nothing of what is below.
///
/// Every method is called on `loop`. The stream owns its descriptor; `close()` releases it, once.
package protocol UpgradedStream: AnyObject, Sendable {
  /// The loop the stream lives on.
  var loop: EventLoop { get }
  /// The address of the peer, for logs; empty when unknown.
  var peer: String { get }

  /// Reads what is there, without waiting.
  ///
  /// - Throws: when the connection broke; the stream is of no use then but must still be closed.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> StreamOutcome
  /// Writes what fits, without waiting. After `.wouldBlock` the next call must begin with the same bytes, though
  /// they may lie elsewhere and more may follow: TLS has begun to send them.
  func write(_ bytes: UnsafeRawBufferPointer) throws -> StreamOutcome
  /// Calls `handler` on the loop whenever the stream may have become readable or, if `wantsWrite`, writable.
  /// Read until `.wouldBlock` each time: TLS keeps bytes that no descriptor reports. Replaces what was set.
  func setReadiness(wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws
  /// The same, but with `wantsRead` false what arrives stays where it is and pushes back on the peer; only writing
  /// and failure are reported then.
  func setReadiness(wantsRead: Bool, wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws
  /// Says that nothing more will be written, and goes on reading. Does nothing where the stream cannot say it.
  func endWriting()
  /// Stops watching and releases the connection. No handler is called afterwards.
  func close()
}

extension UpgradedStream {
  /// For streams that end both ways at once.
  package func endWriting() {}

  /// For streams that cannot stop watching: the handler is called although it does not want to read, and does not.
  package func setReadiness(wantsRead: Bool, wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void)
    throws
  {
    try setReadiness(wantsWrite: wantsWrite, handler)
  }
}
