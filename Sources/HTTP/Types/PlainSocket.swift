// A connected socket as a stream, with nothing between.

internal import CSystem
package import EventLoop
internal import Glibc

/// A connected socket without encryption: a Unix socket, or one half of a pair. Owns its descriptor.
///
/// `@unchecked`: used on the loop only, after `init`.
package final class PlainSocket: UpgradedStream, @unchecked Sendable {
  package let loop: EventLoop
  package let peer: String
  private var descriptor: CInt

  /// Takes the descriptor over, and makes it non-blocking.
  package init(_ descriptor: CInt, peer: String = "", loop: EventLoop) {
    (self.descriptor, self.peer, self.loop) = (descriptor, peer, loop)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK)
  }

  deinit {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> StreamOutcome {
    try .of("recv", endsAtZero: true) { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws -> StreamOutcome {
    try .of("send", endsAtZero: false) {
      send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
    }
  }

  package func setReadiness(wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws {
    try setReadiness(wantsRead: true, wantsWrite: wantsWrite, handler)
  }

  package func setReadiness(wantsRead: Bool, wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void)
    throws
  {
    var interest: Readiness = wantsRead ? .readable : []
    if wantsWrite { interest.insert(.writable) }
    try loop.watch(descriptor, for: interest, handler)
  }

  package func endWriting() { _ = Glibc.shutdown(descriptor, CInt(SHUT_WR)) }

  package func close() {
    guard descriptor >= 0 else { return }
    loop.unwatch(descriptor)
    _ = Glibc.close(descriptor)
    descriptor = -1
  }
}

extension StreamOutcome {
  /// What a call on a non-blocking socket came to, made again when a signal came between.
  ///
  /// - Parameters:
  ///   - call: the system call's name, for the error.
  ///   - endsAtZero: whether no bytes mean that the peer has ended its side, as they do when reading.
  ///   - body: makes the call, and returns what it returned.
  /// - Returns: the outcome.
  /// - Throws: `EventLoopError`.
  package static func of(_ call: String, endsAtZero: Bool, _ body: () -> Int) throws(EventLoopError)
    -> StreamOutcome
  {
    while true {
      let count = body()
      if count > 0 { return .bytes(count) }
      if count == 0 { return endsAtZero ? .endOfStream : .wouldBlock }
      switch csystem_errno() {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      case let code: throw EventLoopError(call: call, errno: code)
      }
    }
  }
}
