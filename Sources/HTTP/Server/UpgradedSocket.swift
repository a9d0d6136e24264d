// The raw socket that an upgrade leaves behind.

internal import CMicrohttpd
internal import CSystem
internal import EventLoop
internal import HTTPTypes
internal import Synchronization
internal import Glibc

/// An upgraded connection of the server. All methods but `sever()` run on `loop`.
///
/// `@unchecked`: the fields belong to the loop's thread; the handle and `isOpen` are guarded by the mutex.
final class UpgradedSocket: UpgradedStream, @unchecked Sendable {
  let loop: EventLoop
  let peer: String
  private let descriptor: CInt
  private let handle: OpaquePointer
  private let isOpen = Mutex(true)
  /// What the client sent right behind its request.
  private var early: ArraySlice<UInt8>
  private var isWatched = false

  init(descriptor: CInt, handle: OpaquePointer, early: [UInt8], peer: String, loop: EventLoop) {
    self.descriptor = descriptor
    self.handle = handle
    self.early = early[...]
    self.peer = peer
    self.loop = loop
    var one: CInt = 1
    // Without it, header and payload sent apart meet Nagle and delayed acknowledgements: 22 round trips a second.
    _ = setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> StreamOutcome {
    if !early.isEmpty {
      let count = min(buffer.count, early.count)
      buffer.copyBytes(from: early.prefix(count))
      early = early.dropFirst(count)
      return .bytes(count)
    }
    try checkOpen()
    return try .of("recv", endsAtZero: true) { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws -> StreamOutcome {
    try checkOpen()
    return try .of("send", endsAtZero: false) {
      send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
    }
  }

  private func checkOpen() throws(HTTPServerError) {
    guard isOpen.withLock({ $0 }) else { throw HTTPServerError(.clientLeft, "the stream is closed") }
  }

  func setReadiness(wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws {
    try setReadiness(wantsRead: true, wantsWrite: wantsWrite, handler)
  }

  func setReadiness(wantsRead: Bool, wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws {
    var interest: Readiness = wantsRead ? .readable : []
    if wantsWrite { interest.insert(.writable) }
    try loop.watch(descriptor, for: interest, handler)
    isWatched = true
    guard wantsRead, !early.isEmpty else { return }
    // No descriptor reports these bytes. A timer, since it stays on the loop and so may hold the handler.
    loop.schedule(after: .zero) { [weak self] in
      if let self, self.isWatched, !self.early.isEmpty { handler(.readable) }
    }
  }

  func close() {
    if isWatched { loop.unwatch(descriptor) }
    isWatched = false
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    // The library closes the descriptor and reports the end of the request.
    if wasOpen { cmhd_close_upgraded(handle) }
  }

  /// Ends the conversation without waiting for its owner, who finds an end of stream. Any thread.
  func sever() {
    isOpen.withLock { isOpen in
      if isOpen { _ = Glibc.shutdown(descriptor, CInt(SHUT_RDWR)) }
    }
  }
}
