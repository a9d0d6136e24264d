// One request and its answer: what the library's thread, the handler's task and the sweep agree on.

internal import CMicrohttpd
internal import HTTPTypes
internal import Synchronization

/// The state of one request. The library's thread feeds it (`ExchangeAccess.swift`), one task answers it
/// (`ExchangeTask.swift`), the sweep and the departure watch may end it.
///
/// `@unchecked`: `handle` is used on the library's thread, or under the mutex before `.completed`; the properties
/// marked as the library's thread's are touched there only, and by the task after it was started there.
final class Exchange: @unchecked Sendable {
  /// How far the request has come.
  enum Stage {
    /// The head is not complete.
    case head
    /// The body is arriving. May become `waiting` or `completed`.
    case body
    /// All is read; only the answer is missing. May become `answered` or `completed`.
    case waiting
    /// The library has the answer. May become `completed`.
    case answered
    /// The library is done with the request: `handle` is void. Final.
    case completed
  }

  /// What the library's thread is to do.
  enum Reply {
    case response(HTTPResponse, ResponseStream?)
    /// Close the connection without a word.
    case abandon
  }

  struct State {
    var stage = Stage.head
    /// The connection is suspended and owed exactly one resume. (A streamed answer keeps its own such flag.)
    var isSuspended = false
    var reply: Reply?
    var isTaken = false
    var task: Task<Void, Never>?
    var isCancelled = false
    var stream: ResponseStream?
    var heartbeat: StreamedBody.Heartbeat?
    var isEndless = false
    var socket = SocketState.none
    var lastProgress: Duration
    var deadline = Duration.zero
    var isWatched = false
  }

  /// The way of an upgraded socket from the library's thread to the handler's task.
  enum SocketState {
    case none
    case awaited(CheckedContinuation<UpgradedSocket?, Never>)
    case ready(UpgradedSocket)
    /// The task has it.
    case taken(UpgradedSocket)
    case over
  }

  let core: ServerCore
  let connection: Connection
  let handle: OpaquePointer
  let number = RequestID.next()
  let target: [UInt8]
  let started: Duration
  let scratch = RequestScratch()
  let state: Mutex<State>

  // The library's thread only.
  var head: RequestHead?
  var request: HTTPRequest?
  var handler: HTTPHandler?
  var framing = BodyFraming.none
  var bodyLimit = 0
  var bodyBytes = 0
  var isHandlerStarted = false
  var begun = Duration.zero
  var entry = AccessEntry()
  var upgradeLoop: UpgradeTarget?

  init(core: ServerCore, connection: Connection, handle: OpaquePointer, target: [UInt8], now: Duration) {
    self.core = core
    self.connection = connection
    self.handle = handle
    self.target = target
    started = now
    state = Mutex(State(lastProgress: now))
  }

  // MARK: Answering

  /// Stores the reply if there is none yet and the request is still there; returns whether it was taken.
  @discardableResult
  func deliver(_ reply: Reply) -> Bool {
    let (isAccepted, mustResume) = state.withLock { state -> (Bool, Bool) in
      guard state.stage != .completed, state.reply == nil, !state.isTaken else { return (false, false) }
      state.reply = reply
      if case .response(let response, let stream) = reply {
        state.stream = stream
        if case .stream(let body) = response.body {
          state.heartbeat = body.heartbeat
          state.isEndless = body.isEndless
        }
        if case .upgrade = response.body { state.isEndless = true }
      }
      return (true, Self.takeResume(&state))
    }
    if mustResume { MHD_resume_connection(handle) }
    return isAccepted
  }

  /// The body queue has room again, or will not be read: let the library go on.
  func resumeReading() {
    let mustResume = state.withLock { state in
      state.lastProgress = core.now
      return Self.takeResume(&state)
    }
    if mustResume { MHD_resume_connection(handle) }
  }

  private static func takeResume(_ state: inout State) -> Bool {
    guard state.isSuspended, state.stage != .completed else { return false }
    state.isSuspended = false
    return true
  }

  // MARK: Ending early

  /// The client has gone, or the server gives the request up: nothing more can be sent.
  func abandon() {
    cancel()
    request?.body.channel.fail(HTTPServerError(.clientLeft, "the client is gone"))
    let stream = state.withLock { $0.stream }
    deliver(.abandon)
    stream?.abort()
  }

  /// Cancels the handler's task, now or as soon as it is known.
  func cancel() {
    let task = state.withLock { state in
      state.isCancelled = true
      return state.task
    }
    task?.cancel()
  }

  /// Whether the request would go on for as long as the client likes.
  var isEndless: Bool { state.withLock { $0.isEndless } }

  /// Makes everything about the request end now; for a shutdown whose grace is over.
  func sever() {
    abandon()
    let socket = state.withLock { state -> UpgradedSocket? in
      switch state.socket {
      case .ready(let socket), .taken(let socket): socket
      case .none, .awaited, .over: nil
      }
    }
    if let socket { socket.sever() } else { connection.cut(isSilent: true) }
  }

  // MARK: Sweep

  private enum Overdue {
    case nothing
    case handler
    case client
  }

  /// Looks at the deadlines. Called about once a second, on the event loop.
  func sweep(now: Duration) {
    let (finding, stream, heartbeat) = state.withLock { state in
      (overdue(state, now), state.stream, state.heartbeat)
    }
    switch finding {
    case .nothing:
      if let stream, let heartbeat { stream.beat(heartbeat, now: now) }
    case .handler:
      let problem = HTTPProblem(.gatewayTimeout, "The request took too long", closesConnection: true)
      let response = problem.response(accept: head?.first("accept"), requestID: RequestID.text(number))
      // Read before: once the answer is delivered, the request may be over and its task forgotten.
      let task = state.withLock { $0.task }
      if deliver(.response(response, nil)) { task?.cancel() }
    case .client:
      cancel()
      request?.body.channel.fail(HTTPProblem(.requestTimeout, "The body did not arrive in time"))
      connection.cut(isSilent: false)
    }
  }

  private func overdue(_ state: State, _ now: Duration) -> Overdue {
    let isAnswered = state.reply != nil || state.isTaken
    let isLate = now > state.deadline
    switch state.stage {
    case .waiting:
      return isLate && !isAnswered ? .handler : .nothing
    case .body where state.isSuspended:
      // We hold the client back, because the handler does not read.
      return isLate && !isAnswered ? .handler : .nothing
    case .body:
      // Once answered, the client may go on sending for as long again as the handler was given.
      let isOverlong = isAnswered ? now > state.deadline + core.limits.handlerTime : isLate
      return isOverlong || now - state.lastProgress > core.limits.bodySilence ? .client : .nothing
    case .head, .answered, .completed:
      return .nothing
    }
  }

  // MARK: Upgraded sockets

  /// The socket, once the library has sent the 101; nil when it never will.
  func upgradedSocket() async -> UpgradedSocket? {
    await withCheckedContinuation { continuation in
      let outcome = state.withLock { state -> UpgradedSocket?? in
        switch state.socket {
        case .ready(let socket):
          state.socket = .taken(socket)
          return .some(socket)
        case .over: return .some(nil)
        case .none, .awaited, .taken:
          if state.stage == .completed { return .some(nil) }
          state.socket = .awaited(continuation)
          return .none
        }
      }
      if let outcome { continuation.resume(returning: outcome) }
    }
  }

  func upgraded(_ socket: UpgradedSocket) {
    let waiter = state.withLock { state -> CheckedContinuation<UpgradedSocket?, Never>? in
      guard case .awaited(let waiter) = state.socket else {
        state.socket = .ready(socket)
        return nil
      }
      state.socket = .taken(socket)
      return waiter
    }
    waiter?.resume(returning: socket)
  }
}

/// Where an upgrade goes: kept from queueing the 101 until the library calls back.
struct UpgradeTarget {
  let upgrade: Upgrade
}
