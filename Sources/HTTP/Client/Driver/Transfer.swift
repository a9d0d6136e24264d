// One attempt inside libcurl: its state, its timers, and what its callbacks decide.

internal import CCurl
internal import EventLoop
internal import HTTPTypes

/// One request and its response. Confined to the loop, except for `init`.
final class Transfer: CurlJob, @unchecked Sendable {
  // `@unchecked`: made by the calling task, then touched on the loop's thread only; `execute` hands it over.

  /// What the caller waits for.
  struct Outcome: Sendable {
    var head: HTTPClient.ResponseHead
    /// Empty when the body is streamed.
    var body: [UInt8] = []
  }

  enum State {
    /// Not handed to the engine yet, or waiting there. Next: running, ended.
    case waiting
    /// In the multi. Next: ended.
    case running
    /// The caller has been told, a streamed body is complete. Final.
    case ended
  }

  let plan: TransferPlan
  private(set) var state = State.waiting
  private(set) var handle: EasyHandle?
  /// Cleared by the engine when the transfer leaves it.
  weak var engine: TransferEngine?
  /// Whether it takes one of the engine's places; the engine's note.
  var hasPlace = false

  private let download: DownloadPipe?
  private var socketGuard: SocketGuard?
  private var continuation: CheckedContinuation<Result<Outcome, HTTPError>, Never>?
  private var headReader: ResponseHeadReader
  private var head: HTTPClient.ResponseHead?
  private var body: [UInt8] = []
  private var received = 0
  private var sent = 0
  private var hasSentAll: Bool
  private var requestCount = 0
  private var failure: HTTPError?
  private var totalTimer: LoopTimer?
  private var firstByteTimer: LoopTimer?

  /// `download` takes the body as it arrives; nil collects it for the outcome.
  init(_ plan: TransferPlan, download: DownloadPipe?) {
    self.plan = plan
    self.download = download
    headReader = ResponseHeadReader(limit: plan.headerLimit)
    if case .none = plan.content { hasSentAll = true } else { hasSentAll = false }
  }

  // MARK: Life, as the engine leads it

  /// The engine has accepted the transfer: the clock runs.
  func accept(
    by engine: TransferEngine, _ continuation: CheckedContinuation<Result<Outcome, HTTPError>, Never>
  ) {
    self.engine = engine
    self.continuation = continuation
    guard let remaining = plan.remaining else { return }
    totalTimer = engine.loop.schedule(after: remaining) { [weak self] in self?.fail(HTTPError(.totalTimeout))
    }
  }

  func start(with handle: EasyHandle, _ options: ConnectionOptions) throws(HTTPError) {
    guard let engine else { throw HTTPError(.closed) }
    let socketGuard = SocketGuard(requiresPublicAddress: plan.requiresPublicAddress, multi: engine.multi)
    self.socketGuard = socketGuard
    self.handle = handle
    state = .running
    try handle.configure { handle in
      options.apply(
        to: handle, url: plan.url, connectTimeout: plan.connectTimeout, unixSocket: plan.unixSocket)
      applyRequest(to: handle)
      installCallbacks(on: handle)
      socketGuard.install(on: handle)
    }
    guard case .pipe(let pipe, _) = plan.content else { return }
    let loop = engine.loop
    pipe.whenFilled { [weak self] in
      guard let self else { return }
      loop.execute { self.resumeTransfer() }
    }
  }

  /// Ends the transfer before its time; does nothing when it has ended.
  func fail(_ error: HTTPError) {
    guard state != .ended else { return }
    end(.failure(error))
  }

  func transferEnded(_ code: CURLcode) {
    guard let handle, state == .running else { return }
    if let failure { return end(.failure(failure)) }
    if let error = HTTPError(code, of: handle, hasRefusedAddress: socketGuard?.hasRefused == true) {
      return end(.failure(error))
    }
    guard let head else { return end(.failure(HTTPError(.protocolViolation))) }
    end(.success(Outcome(head: head, body: body)))
  }

  private func end(_ result: Result<Outcome, HTTPError>) {
    state = .ended
    if let loop = engine?.loop {
      if let totalTimer { loop.cancel(totalTimer) }
      if let firstByteTimer { loop.cancel(firstByteTimer) }
    }
    if case .pipe(let pipe, _) = plan.content { pipe.close() }
    let located = result.mapError { $0.at(plan.host) }
    download?.finish(located.map { _ in () })
    engine?.release(self)
    engine = nil
    continuation.take()?.resume(returning: located)
  }

  /// Gives the handle back for another transfer.
  func surrenderHandle() -> EasyHandle? {
    handle.take()
  }

  private func resumeTransfer() {
    guard state == .running else { return }
    engine?.multi.pause(self, ccurl_pause_none)
  }

  // MARK: What the callbacks decide (inside a call to libcurl)

  /// The request is about to be sent; false stops it.
  func requestStarts() -> Bool {
    requestCount += 1
    // libcurl repeats a request by itself when a reused connection dies before the first byte of the response,
    // whatever the method. The server may have done the work, so only harmless requests may be repeated.
    guard requestCount == 1 || plan.mayRepeat else {
      failure = HTTPError(.lost, reason: "the connection closed before the response")
      return false
    }
    armFirstByteTimer()
    return true
  }

  private func armFirstByteTimer() {
    guard let limit = plan.firstByteTimeout, let loop = engine?.loop else { return }
    if let firstByteTimer { loop.cancel(firstByteTimer) }
    firstByteTimer = loop.schedule(after: limit) { [weak self] in
      guard let self else { return }
      firstByteTimer = nil
      // The server owes nothing before it has the whole request.
      if hasSentAll { fail(HTTPError(.firstByteTimeout)) } else { armFirstByteTimer() }
    }
  }

  func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    if let timer = firstByteTimer.take() { engine?.loop.cancel(timer) }
    switch headReader.read(line) {
    case .more: return true
    case .complete(let status, let fields, let version):
      let isReused = handle.map { $0.number(CURLINFO_NUM_CONNECTS) == 0 } ?? false
      let head = HTTPClient.ResponseHead(
        status: status, fields: fields, version: version, reusedConnection: isReused)
      self.head = head
      if let download {
        continuation.take()?.resume(returning: .success(Outcome(head: head)))
        let loop = engine?.loop
        download.whenDrained { [weak self] in
          guard let self else { return }
          loop?.execute { self.resumeTransfer() }
        }
      }
      return true
    case .tooLarge: failure = HTTPError(.tooLarge, reason: "the header section")
    case .malformed: failure = HTTPError(.protocolViolation, reason: "a header line is malformed")
    }
    return false
  }

  func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    received += bytes.count
    guard received <= plan.responseLimit else {
      failure = HTTPError(.tooLarge, reason: "the body")
      return false
    }
    guard let download else {
      body.append(contentsOf: bytes)
      return true
    }
    // The bytes are taken in any case and receiving is paused after them: libcurl would otherwise keep what one
    // piece inflates to in a buffer of its own, past our limit.
    if download.push([UInt8](bytes)), let handle {
      curl_easy_pause(handle.pointer, ccurl_pause_receive)
    }
    return true
  }

  /// Bytes copied, or one of libcurl's two special answers.
  func sendBody(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    switch plan.content {
    case .none: return 0
    case .bytes(let bytes):
      let part = bytes[sent...].prefix(buffer.count)
      part.withUnsafeBytes { buffer.copyBytes(from: $0) }
      sent += part.count
      if sent == bytes.count { hasSentAll = true }
      return part.count
    case .pipe(let pipe, _):
      switch pipe.read(into: buffer) {
      case .bytes(let count):
        sent += count
        return count
      case .wait: return ccurl_read_pause
      case .end:
        hasSentAll = true
        return 0
      case .failed(let error):
        failure = error
        return ccurl_read_abort
      }
    }
  }

  /// Back to the start of the body, for a request libcurl wants to send again.
  func rewindBody(to offset: Int) -> Bool {
    guard plan.mayRepeat, case .bytes(let bytes) = plan.content, (0...bytes.count).contains(offset) else {
      return sent == 0 && offset == 0
    }
    sent = offset
    hasSentAll = offset == bytes.count
    return true
  }
}
