// One call from the caller's view: attempts, waits between them, and redirects.

internal import EventLoop
internal import HTTPTypes

/// The state of a call that may take several transfers.
struct Call {
  /// An attempt's end that the caller gets.
  struct Answer: Sendable {
    let transfer: Transfer
    let outcome: Transfer.Outcome
    let download: DownloadPipe?
    let url: String
  }

  private let client: HTTPClient
  private let request: HTTPClient.Request
  private let deadline: Duration?
  private var target: HTTPTarget
  private var method: HTTPMethod
  private var fields: HTTPFields
  private(set) var body: RequestBody
  private var attempt = 1
  private var redirects = 0

  /// Checks the request; nothing is sent yet.
  ///
  /// - Throws: `HTTPError` with `.invalidRequest`, or `.bodyFailed` for an unreadable file of a form.
  init(_ request: HTTPClient.Request, client: HTTPClient) throws(HTTPError) {
    self.client = client
    self.request = request
    target = try HTTPTarget(parsing: request.url)
    method = request.method
    fields = request.fields
    body = request.body
    deadline = request.timeouts.total.map { client.configuration.time.uptime + $0 }
    try RequestFields.check(method: method, fields: fields)
    try client.configuration.outbound.check(unixSocket: request.unixSocket)
    if case .multipart(let form) = body.content {
      let boundary = "guildhall-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
      body = try form.encoded(boundary: boundary)
      fields["Content-Type"] = "multipart/form-data; boundary=\(boundary)"
    }
  }

  /// Performs transfers until one's end is the call's. `feed` starts the producer of a streamed body, which must
  /// run beside this.
  mutating func perform(
    streaming: Bool, feed: (UploadPipe, RequestBody.Stream) -> Void
  ) async throws(HTTPError) -> Answer {
    while true {
      let plan = try makePlan()
      if case .pipe(let pipe, _) = plan.content, case .stream(let stream) = body.content {
        feed(pipe, stream)
      }
      let download = streaming ? DownloadPipe() : nil
      let transfer = Transfer(plan, download: download)
      let result = await run(transfer)
      if let wait = delay(after: result) {
        client.cancel(transfer)
        attempt += 1
        do { try await client.configuration.time.sleep(for: wait) } catch { throw HTTPError(.cancelled) }
        continue
      }
      let outcome = try result.get()
      if let hop = try redirect(of: outcome.head) {
        client.cancel(transfer)
        follow(hop)
        continue
      }
      return Answer(transfer: transfer, outcome: outcome, download: download, url: target.url)
    }
  }

  private func run(_ transfer: Transfer) async -> Result<Transfer.Outcome, HTTPError> {
    let client = client
    return await withTaskCancellationHandler {
      await withCheckedContinuation { client.submit(transfer, $0) }
    } onCancel: {
      client.cancel(transfer)
    }
  }

  private func makePlan() throws(HTTPError) -> TransferPlan {
    let remaining = deadline.map { $0 - client.configuration.time.uptime }
    if let remaining, remaining <= .zero { throw HTTPError(.totalTimeout, host: target.hostAndPort) }
    let content: TransferPlan.Content =
      switch body.content {
      case .none: method.needsLength ? .bytes([]) : .none
      case .bytes(let bytes): .bytes(bytes)
      case .stream(let stream): .pipe(UploadPipe(length: stream.length), length: stream.length)
      // Encoded by `init`; an empty body stands for the impossible.
      case .multipart: .none
      }
    return TransferPlan(
      url: target.url, host: target.hostAndPort, isSecure: target.isSecure, method: method,
      fieldLines: RequestFields.lines(fields, userAgent: client.configuration.userAgent), content: content,
      mayRepeat: body.isReplayable && (request.retry != nil || method.isIdempotent),
      requiresPublicAddress: try client.configuration.outbound.requiresPublicAddress(for: target),
      connectTimeout: request.timeouts.connect, firstByteTimeout: request.timeouts.firstByte,
      remaining: remaining,
      lowSpeed: request.timeouts.lowSpeed, responseLimit: request.responseLimit,
      headerLimit: client.configuration.maximumHeaderBytes, version: request.version,
      unixSocket: request.unixSocket, decompresses: request.decompresses)
  }

  // MARK: Retries

  /// How long to wait before another attempt; nil when the result stands.
  private func delay(after result: Result<Transfer.Outcome, HTTPError>) -> Duration? {
    guard let policy = request.retry, body.isReplayable else { return nil }
    let time = client.configuration.time
    let outcome: RetryPolicy.Outcome =
      switch result {
      case .failure(let error): .failure(error.code)
      case .success(let outcome):
        .response(
          outcome.head.status,
          retryAfter: outcome.head.fields["Retry-After"].flatMap { RetryAfter.parse($0, now: time.now) })
      }
    guard let delay = policy.delay(after: attempt, outcome, random: client.configuration.random()) else {
      return nil
    }
    if let deadline, time.uptime + delay >= deadline { return nil }
    return delay
  }

  // MARK: Redirects

  private struct Hop {
    let target: HTTPTarget
    let method: HTTPMethod
    let dropsBody: Bool
  }

  /// Where the response sends us, if we are to go there.
  private func redirect(of head: HTTPClient.ResponseHead) throws(HTTPError) -> Hop? {
    guard case .follow(let maximum) = request.redirects, head.status.isRedirect,
      let location = head.fields["Location"]
    else { return nil }
    let turnsIntoGet: Bool =
      switch head.status {
      case .seeOther: method != .head && method != .get
      case .movedPermanently, .found: method == .post
      default: false
      }
    guard turnsIntoGet || body.isReplayable else { return nil }
    guard redirects < maximum else { throw HTTPError(.tooManyRedirects, host: target.hostAndPort) }
    let next: HTTPTarget
    do { next = try target.resolving(location) } catch {
      throw HTTPError(
        .protocolViolation, reason: "the redirect leads to no valid URL", host: target.hostAndPort)
    }
    if target.isSecure, !next.isSecure {
      throw HTTPError(.refusedAddress, reason: "a redirect from https to http", host: next.hostAndPort)
    }
    if request.unixSocket != nil, !next.isSameOrigin(as: target) {
      throw HTTPError(.refusedAddress, reason: "a redirect away from a Unix socket", host: next.hostAndPort)
    }
    return Hop(target: next, method: turnsIntoGet ? .get : method, dropsBody: turnsIntoGet)
  }

  private mutating func follow(_ hop: Hop) {
    redirects += 1
    if hop.dropsBody {
      body = .none
      fields = fields.filtered { !$0.hasPrefix("content-") }
    }
    if !hop.target.isSameOrigin(as: target) {
      fields = fields.filtered { RequestFields.mayLeaveOrigin($0) }
    }
    target = hop.target
    method = hop.method
  }
}

extension HTTPMethod {
  /// Methods whose request announces even an empty body (RFC 9110 section 8.6).
  fileprivate var needsLength: Bool { self == .post || self == .put || self == .patch }
}

extension HTTPFields {
  /// The fields whose lower-case name passes.
  fileprivate func filtered(_ isKept: (String) -> Bool) -> HTTPFields {
    var kept = HTTPFields()
    for field in fields where isKept(field.name.lowercased()) { kept.append(field.name, field.value) }
    return kept
  }
}
