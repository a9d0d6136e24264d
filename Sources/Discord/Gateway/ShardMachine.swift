// Every decision of a shard, as a value: told what happened and when, it says what to do.

/// The state machine of one shard, over all its connections and sessions. The diagram is in the README.
///
/// Knows no socket and no clock: `now` is `TimeSource.uptime`, random numbers come from a closure. Each method
/// returns the actions to perform, in order.
struct ShardMachine {
  /// Where the shard stands towards the connection.
  enum Phase: Equatable {
    case stopped
    case crashed
    /// A connection is being opened.
    case connecting
    /// It stands; Discord speaks first.
    case awaitingHello
    /// Greeted, without a session: waits for leave to begin one.
    case awaitingPermit
    /// Identify was sent.
    case identifying
    /// Resume was sent; missed events arrive until `RESUMED`.
    case resuming
    case online(since: Duration)
    /// No connection, until the next attempt.
    case waiting(until: Duration)
  }

  /// A payload that is sent at once, before anything that waits in the queue.
  enum Control: Equatable {
    case identify(Intents)
    case resume(id: String, sequence: Int64)
    case heartbeat(Int64?)
  }

  /// What the shell has to do.
  enum Action: Equatable {
    /// Open a connection to this address; nil for the gateway's general one.
    case connect(String?)
    /// Close the connection with this code and listen to it no more; without one, stop opening it.
    case disconnect(UInt16)
    /// Ask the gate for leave to identify, and say `permitted` or `refusedPermit`.
    case requestPermit
    case send(Control)
    /// The session cannot be gone on with: forget it, and what was asked in it.
    case sessionEnded
    case changed(ShardState)
  }

  /// A session of this process. `received` is ahead of what is stored.
  struct Session: Equatable {
    var id: String
    var resumeURL: String
    var intents: Intents
    /// The last sequence number that arrived.
    var received: Int64
  }

  let backOff: ReconnectBackOff
  let answerTimeout: Duration
  private let droppable: Intents
  let random: @Sendable () -> Double

  private(set) var phase = Phase.stopped
  private(set) var session: Session?
  private(set) var negotiation: IntentNegotiation
  private(set) var heartbeat: Heartbeat?
  private(set) var state = ShardState.stopped
  /// Whether reading is paused because the receiver has too much in hand.
  private var isReceiverBehind = false
  /// When Discord must have answered hello, identify or resume.
  private var answerBy: Duration?
  /// Attempts in a row since the shard was last online for long enough.
  private var attempt = 0
  /// Connections in a row to `resumeURL` that failed, and resumes in a row that brought nothing.
  private var failedResumeConnections = 0
  private var fruitlessResumes = 0

  /// How often the session's own address is tried before the general one.
  static let resumeConnectionLimit = 3
  /// How often a resume may end without one event before the session is given up.
  static let fruitlessResumeLimit = 5
  /// The shortest wait after 4008.
  static let rateLimitedWait = Duration.seconds(10)

  init(
    intents: Intents, droppable: Intents = [], backOff: ReconnectBackOff = ReconnectBackOff(),
    answerTimeout: Duration = .seconds(60), random: @escaping @Sendable () -> Double
  ) {
    self.backOff = backOff
    self.answerTimeout = answerTimeout
    self.droppable = droppable
    self.random = random
    negotiation = IntentNegotiation(wanted: intents, droppable: droppable)
  }

  /// When `wake` is to be called, at the latest.
  var deadline: Duration? {
    if case .waiting(let until) = phase { return until }
    // What Discord said meanwhile is unread, so nothing is late: a deadline that `wake` ignores would come at once again.
    let answerBy = isReceiverBehind ? nil : answerBy
    guard let beat = heartbeat?.nextAt else { return answerBy }
    return answerBy.map { min($0, beat) } ?? beat
  }

  /// From the last heartbeat to its answer.
  var latency: Duration? { heartbeat?.latency }
}

// MARK: Starting and stopping

extension ShardMachine {
  /// Begins, with the session of an earlier process if there is one that fits.
  mutating func start(_ stored: ShardSession?) -> [Action] {
    guard phase == .stopped || phase == .crashed else { return [] }
    (attempt, failedResumeConnections, fruitlessResumes) = (0, 0, 0)
    if let stored, negotiation.accepts(stored.intents) {
      negotiation.adopt(stored.intents)
      session = Session(
        id: stored.id, resumeURL: stored.resumeURL, intents: stored.intents, received: stored.sequence)
    }
    return connect()
  }

  /// Ends the connection; the session lives on at Discord for a while if `keepsSession`.
  mutating func stop(keepsSession: Bool) -> [Action] {
    guard phase != .stopped else { return [] }
    var actions: [Action] = []
    if phase != .crashed {
      let keeps = keepsSession && session != nil
      actions.append(.disconnect(keeps ? CloseRule.keepingSession : CloseRule.endingSession))
    }
    if !keepsSession { actions += endSession() }
    leaveConnection()
    phase = .stopped
    return actions + change(to: .stopped)
  }

  private mutating func crash(_ reason: ShardCrash) -> [Action] {
    leaveConnection()
    phase = .crashed
    return endSession() + change(to: .crashed(reason))
  }

  /// The gateway's address could not be learnt for a reason that does not pass.
  mutating func failedForGood(_ reason: ShardCrash) -> [Action] {
    guard phase != .stopped, phase != .crashed else { return [] }
    return [.disconnect(CloseRule.keepingSession)] + crash(reason)
  }
}

// MARK: The connection

extension ShardMachine {
  private mutating func connect() -> [Action] {
    phase = .connecting
    let address = failedResumeConnections < Self.resumeConnectionLimit ? session?.resumeURL : nil
    return change(to: .connecting) + [.connect(address)]
  }

  /// The connection stands.
  mutating func connected(now: Duration) -> [Action] {
    guard phase == .connecting else { return [] }
    phase = .awaitingHello
    answerBy = now + answerTimeout
    return []
  }

  /// No connection came about.
  mutating func connectionFailed(now: Duration) -> [Action] {
    guard phase == .connecting else { return [] }
    if session != nil { failedResumeConnections += 1 }
    return reconnect(code: nil, now: now)
  }

  /// The connection ended, with Discord's code if it gave one.
  mutating func closed(code: UInt16?, now: Duration) -> [Action] {
    switch phase {
    case .stopped, .crashed, .waiting, .connecting: return []
    case .awaitingHello, .awaitingPermit, .identifying, .resuming, .online: break
    }
    noteFruitlessResume()
    switch CloseRule(code: code) {
    case .resume: return giveUpFruitlessSession() + reconnect(code: code, now: now)
    case .newSession: return endSession() + reconnect(code: code, now: now)
    case .resumeLater: return reconnect(code: code, now: now, atLeast: Self.rateLimitedWait)
    case .giveUp(let reason): return crash(reason)
    case .otherIntents(let isKnown):
      let asked = negotiation.current
      let goesOn = isKnown ? negotiation.refused() : negotiation.refusedAsUnknown(droppable: droppable)
      if goesOn { return endSession() + reconnect(code: code, now: now) }
      return crash(
        isKnown ? .disallowedIntents(asked.privileged) : .invalidIntents(asked.subtracting(.documented)))
    }
  }

  /// We end the connection and come back.
  private mutating func abandon(now: Duration, atLeast minimum: Duration = .zero, atOnce: Bool = false)
    -> [Action]
  {
    noteFruitlessResume()
    return [.disconnect(CloseRule.keepingSession)] + giveUpFruitlessSession()
      + reconnect(code: nil, now: now, atLeast: minimum, atOnce: atOnce)
  }

  private mutating func reconnect(
    code: UInt16?, now: Duration, atLeast minimum: Duration = .zero, atOnce: Bool = false
  ) -> [Action] {
    if case .online(let since) = phase, now - since >= backOff.forgiveAfter { attempt = 0 }
    leaveConnection()
    attempt += 1
    if atOnce, attempt == 1 { return connect() }
    let wait = max(minimum, backOff.delay(attempt: attempt, random: random()))
    phase = .waiting(until: now + wait)
    return change(to: .degraded(.reconnecting(attempt: attempt, code: code)))
  }

  private mutating func leaveConnection() {
    heartbeat = nil
    answerBy = nil
    isReceiverBehind = false
  }

  private mutating func noteFruitlessResume() {
    if phase == .resuming { fruitlessResumes += 1 }
  }

  private mutating func giveUpFruitlessSession() -> [Action] {
    guard fruitlessResumes >= Self.fruitlessResumeLimit else { return [] }
    return endSession()
  }

  private mutating func endSession() -> [Action] {
    (failedResumeConnections, fruitlessResumes) = (0, 0)
    guard session != nil else { return [] }
    session = nil
    return [.sessionEnded]
  }

  private mutating func change(to new: ShardState) -> [Action] {
    guard new != state else { return [] }
    state = new
    return [.changed(new)]
  }
}

// MARK: What Discord says

extension ShardMachine {
  /// Opcode 10.
  mutating func hello(interval: Duration, now: Duration) -> [Action] {
    guard phase == .awaitingHello else { return [] }
    // A silly interval is a broken peer; beating faster than this would break the limits on sending.
    guard interval >= .milliseconds(10), interval <= .seconds(3600) else { return abandon(now: now) }
    heartbeat = Heartbeat(interval: interval, now: now, random: random())
    guard let session else {
      phase = .awaitingPermit
      answerBy = nil
      return change(to: .degraded(.waitingToIdentify)) + [.requestPermit]
    }
    phase = .resuming
    failedResumeConnections = 0
    answerBy = now + answerTimeout
    return change(to: .resuming) + [.send(.resume(id: session.id, sequence: session.received))]
  }

  /// The gate gives leave to identify.
  mutating func permitted(now: Duration) -> [Action] {
    guard phase == .awaitingPermit else { return [] }
    phase = .identifying
    answerBy = now + answerTimeout
    return change(to: .identifying) + [.send(.identify(negotiation.current))]
  }

  /// The gate gives none until a person acts.
  mutating func refusedPermit() -> [Action] {
    guard phase == .awaitingPermit else { return [] }
    return [.disconnect(CloseRule.endingSession)] + crash(.identifyBudgetSpent)
  }

  /// `READY`, which begins a session and is its first event.
  mutating func ready(sessionID: String, resumeURL: String, sequence: Int64, now: Duration) -> [Action] {
    guard phase == .identifying else { return [] }
    session = Session(
      id: sessionID, resumeURL: resumeURL, intents: negotiation.current, received: sequence)
    return goOnline(now: now)
  }

  /// `RESUMED`.
  mutating func resumed(now: Duration) -> [Action] {
    guard phase == .resuming else { return [] }
    return goOnline(now: now)
  }

  private mutating func goOnline(now: Duration) -> [Action] {
    phase = .online(since: now)
    answerBy = nil
    fruitlessResumes = 0
    return change(to: onlineState)
  }

  private var onlineState: ShardState {
    if isReceiverBehind { return .degraded(.receiverBehind) }
    return negotiation.dropped.isEmpty ? .online : .degraded(.missingIntents(negotiation.dropped))
  }

  /// What a sequence number says about the event that carries it.
  enum Arrival: Equatable {
    case next
    /// It came before, in this session: drop it.
    case duplicate
    /// So many before it are missing, and will not come.
    case afterGap(Int64)
  }

  /// A dispatch other than `READY` arrived. Nil without a session: then it is none of ours.
  mutating func arrived(sequence: Int64, now: Duration) -> Arrival? {
    guard let received = session?.received else { return nil }
    guard sequence > received else { return .duplicate }
    session?.received = sequence
    if phase == .resuming {
      fruitlessResumes = 0
      answerBy = now + answerTimeout
    }
    return sequence == received + 1 ? .next : .afterGap(sequence - received - 1)
  }

  /// Opcode 1: Discord wants a beat now.
  mutating func heartbeatRequested(now: Duration) -> [Action] {
    guard heartbeat != nil else { return [] }
    heartbeat?.sent(now: now)
    return [.send(.heartbeat(session?.received))]
  }

  /// Opcode 11.
  mutating func heartbeatAnswered(now: Duration) { heartbeat?.answered(now: now) }

  /// Opcode 7: Discord wants us on another machine.
  mutating func reconnectRequested(now: Duration) -> [Action] {
    guard isConnected else { return [] }
    return abandon(now: now, atOnce: true)
  }

  /// Opcode 9. A new attempt comes after one to five seconds, as Discord asks.
  mutating func sessionInvalidated(isResumable: Bool, now: Duration) -> [Action] {
    guard isConnected else { return [] }
    let ended = isResumable ? [] : endSession()
    return ended + abandon(now: now, atLeast: .seconds(1 + 4 * random()))
  }

  /// Discord sent what cannot be read. The session may be sound: the same event is asked for again.
  mutating func unreadable(now: Duration) -> [Action] {
    guard isConnected else { return [] }
    return abandon(now: now)
  }

  private var isConnected: Bool {
    switch phase {
    case .awaitingHello, .awaitingPermit, .identifying, .resuming, .online: true
    case .stopped, .crashed, .connecting, .waiting: false
    }
  }
}

// MARK: Time, and the receiver

extension ShardMachine {
  /// Time has passed; call at `deadline` or whenever it suits.
  mutating func wake(now: Duration) -> [Action] {
    if case .waiting(let until) = phase { return now >= until ? connect() : [] }
    if let answerBy, now >= answerBy, !isReceiverBehind { return abandon(now: now) }
    guard let nextAt = heartbeat?.nextAt, now >= nextAt else { return [] }
    switch heartbeat?.beat(now: now, canHear: !isReceiverBehind) {
    case .send: return [.send(.heartbeat(session?.received))]
    case .zombie: return abandon(now: now)
    case nil: return []
    }
  }

  /// The receiver has as much in hand as it may, or has caught up.
  mutating func receiver(isBehind: Bool, now: Duration) -> [Action] {
    guard isBehind != isReceiverBehind else { return [] }
    isReceiverBehind = isBehind
    if !isBehind {
      // The answers of the meantime are still unread.
      heartbeat?.heardAgain(now: now)
      if answerBy != nil { answerBy = now + answerTimeout }
    }
    guard case .online = phase else { return [] }
    return change(to: onlineState)
  }
}
