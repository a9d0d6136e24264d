// A plain socket as an upgraded stream, and a raw peer at its other end.

import CSystem
import EventLoop
import Glibc
import HTTPTypes
import TestKit
import WebSocket

/// A socket on a loop whose reads give little at a time.
final class SocketStream: UpgradedStream {
  private let socket: PlainSocket
  private let readLimit: Int

  /// - `readLimit`: how many bytes one read gives at most, to cut what arrives at every place.
  init(_ descriptor: CInt, loop: EventLoop, readLimit: Int = .max) {
    (socket, self.readLimit) = (PlainSocket(descriptor, peer: "test", loop: loop), readLimit)
  }

  var loop: EventLoop { socket.loop }
  var peer: String { socket.peer }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> StreamOutcome {
    try socket.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(readLimit)))
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws -> StreamOutcome { try socket.write(bytes) }

  func setReadiness(wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws {
    try socket.setReadiness(wantsWrite: wantsWrite, handler)
  }

  func setReadiness(wantsRead: Bool, wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws {
    try socket.setReadiness(wantsRead: wantsRead, wantsWrite: wantsWrite, handler)
  }

  func close() { socket.close() }
}

func makeNonBlocking(_ descriptor: CInt) {
  _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}

/// The far end of a socket pair: sends any bytes, keeps all that comes.
final class RawPeer: @unchecked Sendable {
  // `@unchecked`: used on the loop only, after `init`.
  private let loop: EventLoop
  private var descriptor: CInt
  private var received: [UInt8] = []
  private var unsent: [UInt8] = []
  private var isEnded = false
  private var isReading = false
  private var waiter: (isMet: ([UInt8]) -> Bool, continuation: CheckedContinuation<[UInt8], Never>)?

  init(_ descriptor: CInt, loop: EventLoop) {
    (self.descriptor, self.loop) = (descriptor, loop)
    makeNonBlocking(descriptor)
  }

  deinit {
    if descriptor >= 0 { _ = CSystem.close(descriptor) }
  }

  /// Reads from now on.
  func start() {
    loop.execute {
      self.isReading = true
      self.rewatch()
    }
  }

  /// Sends bytes as the socket takes them.
  func send(_ bytes: [UInt8]) {
    loop.execute {
      self.unsent += bytes
      self.flush()
    }
  }

  /// Ends the connection without a word.
  func drop() {
    loop.execute { self.end() }
  }

  /// What has come, as soon as it satisfies the condition or the connection is over.
  func bytes(until isMet: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }) async -> [UInt8] {
    await withCheckedContinuation { continuation in
      loop.execute {
        self.waiter = (isMet, continuation)
        self.check()
      }
    }
  }

  private func rewatch() {
    guard descriptor >= 0 else { return }
    var interest: Readiness = isReading ? .readable : []
    if !unsent.isEmpty { interest.insert(.writable) }
    try? loop.watch(descriptor, for: interest) { _ in
      self.flush()
      if self.isReading { self.readAll() }
    }
  }

  private func flush() {
    let hadMore = !unsent.isEmpty
    while !unsent.isEmpty, descriptor >= 0 {
      let count = CSystem.send(descriptor, unsent, unsent.count, CInt(MSG_NOSIGNAL))
      guard count > 0 else { break }
      unsent.removeFirst(count)
    }
    if hadMore { rewatch() }
  }

  private func readAll() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while descriptor >= 0 {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else {
        if count == 0 || csystem_errno() != EAGAIN { end() }
        break
      }
      received += buffer[..<count]
    }
    check()
  }

  private func end() {
    guard descriptor >= 0 else { return }
    loop.unwatch(descriptor)
    _ = CSystem.close(descriptor)
    descriptor = -1
    isEnded = true
    check()
  }

  private func check() {
    guard let waiter, isEnded || waiter.isMet(received) else { return }
    self.waiter = nil
    waiter.continuation.resume(returning: received)
  }
}

/// A connection and its raw peer over a socket pair.
func socketPair(
  role: WebSocketRole, loop: EventLoop, options: WebSocketOptions = WebSocketOptions(), readLimit: Int = .max,
  firstBytes: [UInt8] = []
) throws -> (connection: WebSocketConnection, peer: RawPeer) {
  var ends: [CInt] = [0, 0]
  guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
    throw TestKitError("socketpair")
  }
  let stream = SocketStream(ends[0], loop: loop, readLimit: readLimit)
  let connection = try WebSocketConnection(
    stream: stream, role: role, firstBytes: firstBytes, options: options)
  return (connection, RawPeer(ends[1], loop: loop))
}
