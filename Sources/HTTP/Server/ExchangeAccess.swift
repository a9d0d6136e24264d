// What the library's thread does with a request: head, body, answer.

internal import CMicrohttpd
internal import CSystem
internal import EventLoop
internal import HTTPTypes
internal import Synchronization
internal import Telemetry

extension Exchange {
  /// The library's access call: first with the head, then with pieces of the body, then for the answer. It may be
  /// repeated after a resume.
  func access(method: String, isHTTP11: Bool, upload: UnsafePointer<CChar>?, count: inout Int) -> MHD_Result {
    if head == nil { return begin(method: method, isHTTP11: isHTTP11) }
    if count > 0 { return receive(UnsafeRawBufferPointer(start: upload, count: count), &count) }
    return finish()
  }

  // MARK: Head

  private func begin(method: String, isHTTP11: Bool) -> MHD_Result {
    let now = core.now
    begun = now
    connection.enter(.active(self), now: now)
    let head = RequestHead(
      method: HTTPMethod(method), target: target, isHTTP11: isHTTP11,
      fields: RequestHead.copyFields(of: handle))
    self.head = head
    do {
      try prepare(head, now: now)
    } catch {
      let response = error.response(accept: head.first("accept"), requestID: RequestID.text(number))
      // Refused before its body was looked at: where the next request would begin is not known.
      return queue(response, nil, closing: error.closesConnection || framing.hasBody)
    }
    guard framing.hasBody else { return .YES }
    startHandler()
    return answerBeforeBody(head)
  }

  /// Screens the head, admits the request, and finds its handler.
  private func prepare(_ head: RequestHead, now: Duration) throws(HTTPProblem) {
    let limits = core.limits
    entry = AccessEntry(method: head.method.rawValue, requestID: number)
    guard target.count <= limits.targetBytes else {
      throw HTTPProblem(.uriTooLong, "The address is too long", closesConnection: true)
    }
    guard head.fieldBytes <= limits.headerBytes, head.rawFields.count <= limits.headerCount else {
      throw HTTPProblem(.headerFieldsTooLarge, "The header fields are too large", closesConnection: true)
    }
    framing = try RequestScreening.framing(of: head.rawFields, isHTTP11: head.isHTTP11)
    let isProxy = core.proxies.trusts(connection.peer)
    let client = core.proxies.resolve(peer: connection.peer) { head.values(lowercased: $0) }
    entry.address = client.address
    let path = try RequestPath.parse(target)
    guard target != [UInt8(ascii: "*")] || head.method == .options else {
      throw .badRequest("Only OPTIONS may ask for *.")
    }
    let body =
      framing.hasBody ? BodyChannel(onRoom: { [weak self] in self?.resumeReading() }) : .empty
    var request = HTTPRequest(
      head: head, path: path, client: client, body: HTTPBody(channel: body), number: number, scratch: scratch,
      trace: isProxy ? TraceID(following: head) : .random())
    let handler = core.table.handler(for: &request)
    bodyLimit = request.route?.attributes[BodyLimit.self] ?? limits.bodyBytes
    if case .length(let length) = framing, length > Int64(bodyLimit) {
      throw HTTPProblem.tooLarge("The body may have at most \(bodyLimit) bytes.")
    }
    // Set before anyone else can find this exchange: the sweep looks from `.body` on, a shutdown after admission.
    self.request = request
    self.handler = handler
    try core.admit(self, client: client.address)
    entry.route = request.route
    entry.trace = request.trace
    let deadline = now + (request.route?.attributes[Deadline.self] ?? limits.handlerTime)
    state.withLock { state in
      state.stage = .body
      state.lastProgress = now
      state.deadline = deadline
    }
  }

  /// Refuses a body that nobody wants, if the client still waits for leave to send it or it is large.
  private func answerBeforeBody(_ head: RequestHead) -> MHD_Result {
    let isWorthIt: Bool
    switch framing {
    case .length(let length): isWorthIt = length > 64 * 1024
    case .chunked: isWorthIt = true
    case .none: isWorthIt = false
    }
    guard isWorthIt || head.first("expect") != nil else { return .YES }
    let reply = state.withLock { state -> Reply? in
      guard case .response(let response, _) = state.reply else { return nil }
      if case .upgrade = response.body { return nil }
      return takeReply(&state)
    }
    guard let reply else { return .YES }
    return queue(reply, closing: true)
  }

  // MARK: Body

  private func receive(_ bytes: UnsafeRawBufferPointer, _ count: inout Int) -> MHD_Result {
    guard let body = request?.body.channel else {
      count = 0
      return .YES
    }
    let isGivenUp = state.withLock { state in
      state.lastProgress = core.now
      if case .abandon = state.reply { return true }
      return false
    }
    if isGivenUp { return .NO }
    if bodyBytes + bytes.count > bodyLimit {
      return overflow(bytes.count, body, &count)
    }
    while !body.push(bytes) {
      // The handler may have made room between the refusal and this lock; then try again.
      let didSuspend = state.withLock { state in
        guard body.isFull, state.reply == nil else { return false }
        MHD_suspend_connection(handle)
        state.isSuspended = true
        return true
      }
      if didSuspend {
        watchDeparture()
        return .YES
      }
      if state.withLock({ $0.reply != nil }) { body.discard() }
    }
    bodyBytes += bytes.count
    count = 0
    return .YES
  }

  /// More than the limit, of a chunked body (a declared length was refused with the head). A little more is read
  /// so that the answer can follow in order; after that the connection ends.
  private func overflow(_ size: Int, _ body: BodyChannel, _ count: inout Int) -> MHD_Result {
    let problem = HTTPProblem.tooLarge("The body may have at most \(bodyLimit) bytes.")
    let response = problem.response(accept: head?.first("accept"), requestID: RequestID.text(number))
    // Before the handler hears of it, whose own answer would keep the connection.
    deliver(.response(response.closing, nil))
    body.fail(problem)
    bodyBytes += size
    count = 0
    return bodyBytes > bodyLimit + 1024 * 1024 ? .NO : .YES
  }

  // MARK: Answer

  private func finish() -> MHD_Result {
    request?.body.channel.end()
    state.withLock { if $0.stage == .body { $0.stage = .waiting } }
    startHandler()
    let (reply, didSuspend) = state.withLock { state -> (Reply?, Bool) in
      if let reply = takeReply(&state) { return (reply, false) }
      MHD_suspend_connection(handle)
      state.isSuspended = true
      return (nil, true)
    }
    if didSuspend { watchDeparture() }
    guard let reply else { return .YES }
    return queue(reply, closing: false)
  }

  private func takeReply(_ state: inout State) -> Reply? {
    guard let reply = state.reply else { return nil }
    state.reply = nil
    state.isTaken = true
    return reply
  }

  private func queue(_ reply: Reply, closing: Bool) -> MHD_Result {
    switch reply {
    case .abandon: .NO
    case .response(let response, let stream): queue(response, stream, closing: closing)
    }
  }

  private func queue(_ response: HTTPResponse, _ stream: ResponseStream?, closing: Bool) -> MHD_Result {
    var response = response
    response.closesConnection = response.closesConnection || closing || core.isDraining
    stream?.attach(handle)
    guard let made = makeResponse(response, stream) else {
      serverLog.error("the library refused an answer", ["request": .string(RequestID.text(number))])
      return .NO
    }
    let isHead = head?.method == .head
    state.withLock { state in
      state.stage = .answered
      state.isTaken = true
    }
    entry.status = response.status.code
    entry.bytes = isHead ? 0 : response.body.knownLength
    defer { MHD_destroy_response(made) }
    return MHD_queue_response(handle, UInt32(response.status.code), made)
  }

  /// Registers the connection with the departure watch, once per request. MHD thread.
  func watchDeparture() {
    let isFirst = state.withLock { state in
      defer { state.isWatched = true }
      return !state.isWatched
    }
    if isFirst { core.departures.add(cmhd_descriptor(handle), token: number) }
  }

  /// The library is done with the request, whatever came of it. MHD thread.
  func completed(inOrder: Bool) {
    let end = state.withLock { state in
      var end = End(
        isAnswered: state.stage == .answered, isWatched: state.isWatched, stream: state.stream,
        task: state.task)
      if case .awaited(let continuation) = state.socket { end.waiter = continuation }
      state.socket = .over
      state.stage = .completed
      state.isSuspended = false
      state.reply = nil
      state.stream = nil
      state.task = nil
      return end
    }
    if end.isWatched { core.departures.remove(cmhd_descriptor(handle)) }
    end.waiter?.resume(returning: nil)
    end.stream?.close()
    if framing.hasBody { request?.body.channel.fail(HTTPServerError(.clientLeft, "the client is gone")) }
    if !inOrder || !end.isAnswered { end.task?.cancel() }
    let now = core.now
    connection.enter(.idle, now: now)
    if !end.isAnswered { entry.status = 499 }
    entry.bytes += end.stream?.producedBytes ?? 0
    core.completed(self, entry: entry, duration: now - started)
  }

  /// What is left of a request when the library lets go of it.
  private struct End {
    let isAnswered: Bool
    let isWatched: Bool
    let stream: ResponseStream?
    let task: Task<Void, Never>?
    var waiter: CheckedContinuation<UpgradedSocket?, Never>?
  }
}

extension HTTPResponse {
  var closing: HTTPResponse {
    var copy = self
    copy.closesConnection = true
    return copy
  }
}

extension HTTPResponse.Body {
  /// Bytes that are sent, as far as they are known beforehand.
  var knownLength: Int64 {
    switch self {
    case .none, .stream, .upgrade: 0
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let file): Int64(file.range.count)
    }
  }
}

extension TraceID {
  /// The trace that a proxy of ours began (`traceparent`), or a fresh one.
  fileprivate init(following head: RequestHead) {
    self = head.first("traceparent").flatMap { TraceParent($0)?.trace } ?? .random()
  }
}
