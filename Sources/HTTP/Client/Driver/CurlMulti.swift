// The loop's side of one libcurl multi handle: its sockets, its one timer, and what has finished.

internal import CCurl
internal import CSystem
internal import EventLoop

/// A transfer inside a multi.
protocol CurlJob: AnyObject {
  var handle: EasyHandle? { get }
  /// The transfer ended by itself. Called on the loop, once, outside of any libcurl call; the handle is still in
  /// the multi.
  func transferEnded(_ code: CURLcode)
}

/// Drives a `CURLM *` by `curl_multi_socket_action` (libcurl-multi(3), "multi_socket").
final class CurlMulti: @unchecked Sendable {
  // `@unchecked`: made on any thread, then touched on the loop's thread only.

  let loop: EventLoop
  private var multi: UnsafeMutableRawPointer?
  private var jobs: [UnsafeMutableRawPointer: any CurlJob] = [:]
  private var interests: [curl_socket_t: Readiness] = [:]
  /// Connections, whose closing we are told of. Only for these may a watch outlive libcurl's interest.
  private var connections: Set<curl_socket_t> = []
  /// Connections that are still watched though libcurl waits for nothing on them.
  private var idle: Set<curl_socket_t> = []
  private var timer: LoopTimer?
  private var unwatchable: [UnsafeMutableRawPointer] = []
  private var isClosing = false

  /// Bounds of a multi; zero means libcurl's default.
  struct Limits {
    var connectionsPerHost = 0
    var idleConnections = 0
    var streamsPerConnection = 0
  }

  init(loop: EventLoop, limits: Limits) throws(HTTPError) {
    guard CurlLibrary.isReady, let multi = curl_multi_init() else {
      throw HTTPError(.library, reason: "libcurl could not be started")
    }
    self.loop = loop
    self.multi = multi
    let context = Unmanaged.passUnretained(self).toOpaque()
    let codes = [
      ccurl_multi_set_socket(multi, curlSocketChanged, context),
      ccurl_multi_set_timer(multi, curlTimerChanged, context),
      ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHost),
      ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.idleConnections),
      ccurl_multi_set_long(
        multi, CURLMOPT_MAX_CONCURRENT_STREAMS, max(1, limits.streamsPerConnection)),
    ]
    guard codes.allSatisfy({ $0 == CURLM_OK }) else {
      curl_multi_cleanup(multi)
      self.multi = nil
      throw HTTPError(.library, reason: "libcurl refused a setting")
    }
  }

  deinit {
    // Reached only after `close()`, or when the loop was shut down first: then no callback can come any more,
    // and the sockets are libcurl's to close.
    if let multi {
      self.multi = nil
      ccurl_multi_set_socket(multi, nil, nil)
      ccurl_multi_set_timer(multi, nil, nil)
      curl_multi_cleanup(multi)
    }
  }

  // MARK: Transfers

  /// Starts a transfer; the multi keeps the job until `remove`.
  func add(_ job: any CurlJob) throws(HTTPError) {
    guard let multi, !isClosing, let handle = job.handle else { throw HTTPError(.closed) }
    let code = curl_multi_add_handle(multi, handle.pointer)
    guard code == CURLM_OK else {
      throw HTTPError(.library, detail: String(cString: curl_multi_strerror(code)))
    }
    jobs[handle.pointer] = job
  }

  /// Takes a transfer out at once, finished or not; an unfinished one loses its connection (HTTP/1.1) or has its
  /// stream reset (HTTP/2).
  func remove(_ job: any CurlJob) {
    guard let multi, let handle = job.handle, jobs.removeValue(forKey: handle.pointer) != nil else { return }
    // The only failures are misuse, which the dictionary rules out.
    curl_multi_remove_handle(multi, handle.pointer)
    if isClosing { closeIfEmpty() }
  }

  /// Stops or resumes receiving, or resumes sending, of a running transfer.
  func pause(_ job: any CurlJob, _ mask: CInt) {
    guard let handle = job.handle, jobs[handle.pointer] != nil else { return }
    // A refusal means that the transfer is over already; its end is reported the usual way.
    curl_easy_pause(handle.pointer, mask)
    if mask == ccurl_pause_none { drive(ccurl_socket_timeout, 0) }
  }

  /// Releases everything once the last job has been removed. No job can be added any more.
  func close() {
    isClosing = true
    closeIfEmpty()
  }

  private func closeIfEmpty() {
    guard jobs.isEmpty, let multi else { return }
    curl_multi_cleanup(multi)
    self.multi = nil
    if let timer { loop.cancel(timer) }
    timer = nil
  }

  // MARK: Sockets

  /// A socket for a connection, closed on exec; libcurl gives it back through `closeSocket`.
  func openSocket(family: CInt, kind: CInt, protocol number: CInt) -> curl_socket_t {
    let descriptor = socket(family, kind | CInt(SOCK_CLOEXEC.rawValue), number)
    if descriptor != ccurl_socket_bad { connections.insert(descriptor) }
    return descriptor
  }

  /// Tells libcurl to close sockets through this multi, which outlives every connection in it.
  func installClosing(on handle: EasyHandle) {
    handle.check(
      ccurl_set_close_socket(handle.pointer, curlCloseSocket, Unmanaged.passUnretained(self).toOpaque()))
  }

  fileprivate func closeSocket(_ socket: curl_socket_t) -> CInt {
    // In `deinit` there is no handle any more, and perhaps no loop.
    if multi != nil { unwatch(socket) }
    connections.remove(socket)
    return CSystem.close(socket)
  }

  /// Forgets a connection that an upgrade takes over; its new owner watches it.
  func handOver(_ socket: curl_socket_t) {
    unwatch(socket)
  }

  // MARK: Events

  private func drive(_ socket: curl_socket_t, _ flags: CInt) {
    guard let multi else { return }
    var running: CInt = 0
    curl_multi_socket_action(multi, socket, flags, &running)
    reportEnded()
  }

  /// Tells each job that ended. A job may add and remove transfers while it is told.
  private func reportEnded() {
    for pointer in unwatchable { jobs[pointer]?.transferEnded(CURLE_FAILED_INIT) }
    unwatchable.removeAll()
    var left: CInt = 0
    while let multi, let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle else { continue }
      let code = message.pointee.data.result
      jobs[pointer]?.transferEnded(code)
    }
  }

  fileprivate func socketChanged(_ socket: curl_socket_t, _ what: CInt, _ easy: UnsafeMutableRawPointer?) {
    let interest: Readiness
    switch what {
    case CURL_POLL_IN: interest = .readable
    case CURL_POLL_OUT: interest = .writable
    case CURL_POLL_INOUT: interest = [.readable, .writable]
    default:
      // A kept connection is wanted again with the next request, and each change costs a system call: leave it
      // watched until an event comes that nobody wants, or the socket is closed.
      if connections.contains(socket) { idle.insert(socket) } else { unwatch(socket) }
      return
    }
    idle.remove(socket)
    guard interests[socket] != interest else { return }
    do {
      if interests.updateValue(interest, forKey: socket) == nil {
        try loop.watch(socket, for: interest) { [unowned self] readiness in socketReady(socket, readiness) }
      } else {
        try loop.rewatch(socket, for: interest)
      }
    } catch {
      // Without events the transfer would only time out: end it as soon as libcurl is left.
      interests[socket] = nil
      if let easy { unwatchable.append(easy) }
    }
  }

  private func unwatch(_ socket: curl_socket_t) {
    idle.remove(socket)
    guard interests.removeValue(forKey: socket) != nil else { return }
    loop.unwatch(socket)
  }

  private func socketReady(_ socket: curl_socket_t, _ readiness: Readiness) {
    guard !idle.contains(socket) else { return unwatch(socket) }
    var flags: CInt = 0
    if readiness.contains(.readable) { flags |= CURL_CSELECT_IN }
    if readiness.contains(.writable) { flags |= CURL_CSELECT_OUT }
    if readiness.contains(.failed) { flags |= CURL_CSELECT_ERR }
    drive(socket, flags)
  }

  fileprivate func timerChanged(_ milliseconds: Int) {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard milliseconds >= 0 else { return }
    timer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
      guard let self else { return }
      timer = nil
      drive(ccurl_socket_timeout, 0)
    }
  }
}

/// `curl_global_init`, once for the process.
enum CurlLibrary {
  static let isReady = curl_global_init(ccurl_global_default) == CURLE_OK
}

// Called by libcurl on the loop, inside one of our calls to it.

private func curlSocketChanged(
  _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: CInt,
  _ context: UnsafeMutableRawPointer?,
  _ perSocket: UnsafeMutableRawPointer?
) -> CInt {
  guard let context else { return -1 }
  Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().socketChanged(socket, what, easy)
  return 0
}

private func curlCloseSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> CInt {
  guard let context else { return close(socket) }
  return Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().closeSocket(socket)
}

private func curlTimerChanged(
  _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> CInt {
  guard let context else { return -1 }
  Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().timerChanged(milliseconds)
  return 0
}
