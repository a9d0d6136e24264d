// The connection an upgrade leaves behind, plain or TLS, through curl_easy_send and curl_easy_recv.

internal import CCurl
internal import EventLoop
internal import Glibc
internal import HTTPTypes

/// A connection whose handle stays in the multi, which libcurl demands for as long as it is used.
final class CurlUpgradedStream: UpgradedStream, @unchecked Sendable {
  // `@unchecked`: everything but `loop` and `peer` is touched on the loop's thread only.

  let loop: EventLoop
  let peer: String
  private let socket: CInt
  private let handle: EasyHandle
  private let isSecure: Bool
  private var attempt: UpgradeAttempt?
  /// What a blocked TLS write began with: OpenSSL wants the very same memory when it is tried again, and the
  /// caller's may have moved.
  private var begun: UnsafeMutableRawBufferPointer?

  /// The most of one TLS record (RFC 8446 section 5.1); more would be cut anyway.
  private static let recordSize = 16_384

  init(multi: CurlMulti, attempt: UpgradeAttempt, handle: EasyHandle, socket: CInt, isSecure: Bool) {
    self.isSecure = isSecure
    loop = multi.loop
    self.attempt = attempt
    self.handle = handle
    self.socket = socket
    let address = handle.text(CURLINFO_PRIMARY_IP) ?? ""
    let port = handle.number(CURLINFO_PRIMARY_PORT)
    peer = address.isEmpty ? "" : address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  deinit {
    begun?.deallocate()
    // An owner that forgot `close()`, or was torn down elsewhere: the multi is the loop's, so go there.
    guard let attempt else { return }
    let (loop, socket) = (loop, socket)
    loop.execute {
      loop.unwatch(socket)
      attempt.release()
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> StreamOutcome {
    guard attempt != nil else { throw HTTPError(.closed) }
    guard !buffer.isEmpty else { return .wouldBlock }
    var count = 0
    let code = curl_easy_recv(handle.pointer, buffer.baseAddress, buffer.count, &count)
    switch code {
    case CURLE_OK: return count == 0 ? .endOfStream : .bytes(count)
    case CURLE_AGAIN: return .wouldBlock
    default: throw lost(code)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws -> StreamOutcome {
    guard attempt != nil else { throw HTTPError(.closed) }
    guard !bytes.isEmpty else { return .wouldBlock }
    guard isSecure else { return try send(bytes) }
    let part = begun ?? Self.copy(bytes)
    begun = part
    let outcome = try send(UnsafeRawBufferPointer(part))
    guard outcome != .wouldBlock else { return .wouldBlock }
    part.deallocate()
    begun = nil
    return outcome
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer {
    let count = min(bytes.count, recordSize)
    let part = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    part.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    return part
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws -> StreamOutcome {
    var count = 0
    let code = curl_easy_send(handle.pointer, bytes.baseAddress, bytes.count, &count)
    switch code {
    case CURLE_OK: return count == 0 ? .wouldBlock : .bytes(count)
    case CURLE_AGAIN: return .wouldBlock
    default: throw lost(code)
    }
  }

  func setReadiness(wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws {
    try setReadiness(wantsRead: true, wantsWrite: wantsWrite, handler)
  }

  func setReadiness(wantsRead: Bool, wantsWrite: Bool, _ handler: @escaping (Readiness) -> Void) throws {
    guard attempt != nil else { throw HTTPError(.closed) }
    var interest: Readiness = wantsRead ? .readable : []
    if wantsWrite { interest.insert(.writable) }
    try loop.watch(socket, for: interest, handler)
  }

  func endWriting() {
    guard attempt != nil, !isSecure else { return }
    _ = Glibc.shutdown(socket, CInt(SHUT_WR))
  }

  func close() {
    guard let attempt else { return }
    self.attempt = nil
    loop.unwatch(socket)
    attempt.release()
  }

  private func lost(_ code: CURLcode) -> HTTPError {
    HTTPError(.lost, detail: String(cString: curl_easy_strerror(code)))
  }
}
