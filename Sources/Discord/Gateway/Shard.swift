// One shard of a bot: the hands of `ShardMachine`, confined to its loop.

package import EventLoop
internal import HTTPClient
internal import Synchronization
internal import Telemetry
internal import WebSocket

/// One connection's worth of a bot's guilds, kept alive over any number of connections and sessions.
///
/// Decisions are `ShardMachine`'s. Events go from the socket to the delegate in one synchronous call, without a task
/// and without a copy.
package final class Shard: @unchecked Sendable {
  // `@unchecked`: every stored variable is touched on the loop's thread only.

  static let log = Log(room: "gateway")
  /// Makes the nonces of member requests differ among all shards of the process.
  static let lastNonce = Atomic<UInt64>(0)

  /// Which of how many.
  package let id: ShardID
  package var loop: EventLoop { context.loop }
  /// Where the shard stands. Ask on the loop.
  package internal(set) var state = ShardState.stopped

  /// Discord's name of the session that events come from; nil between sessions. It outlives the process, so with the
  /// sequence number it names an event for good. Ask on the loop.
  package var sessionID: String? { machine.session?.id }

  let context: GatewayLoop
  let configuration: ShardConfiguration
  let gate: IdentifyGate
  let sessions: any ShardSessionStore
  let time: any TimeSource
  let delegate: any ShardDelegate

  // The rest: loop thread only.
  var machine: ShardMachine
  var connection: WebSocketConnection?
  /// Opens a connection, waits for a permit, or loads the session; one at a time.
  var errand: Task<Void, Never>?
  /// Counts errands, so that the result of one that was given up is recognised.
  var errandNumber = 0
  var queue = SendQueue()
  var presence: PresenceUpdate?
  var memberRequests = MemberRequests()
  var memberWaiters: [String: MemberWaiter] = [:]
  /// Counts sessions; see `GatewayPosition`.
  var session: UInt32 = 0
  /// With automatic acknowledgement: up to where the delegate has returned.
  var handled: Int64 = 0
  var window: AcknowledgementWindow?
  var isPaused = false { didSet { elsewhere.setUrgent(isPaused) } }
  let elsewhere = HandledElsewhere()
  var saving = SessionSaving()
  /// What a frame led to, performed once it is read.
  var deferred: [ShardMachine.Action] = []
  var timer: (timer: LoopTimer, at: Duration)?
  /// While two divisions of the guilds run side by side.
  var overlap: OverlapFilter.Side?
  /// The group's ear.
  var observer: (@Sendable (ShardState) -> Void)?

  /// A shard that is stopped.
  ///
  /// - Parameters:
  ///   - id: which of how many.
  ///   - context: the loop it lives on.
  ///   - configuration: shared by the bot's shards.
  ///   - gate: the bot's.
  ///   - sessions: where its cursor is kept.
  ///   - delegate: who receives; held as long as the shard.
  ///   - time: clocks.
  package convenience init(
    _ id: ShardID, on context: GatewayLoop, configuration: ShardConfiguration, gate: IdentifyGate,
    sessions: any ShardSessionStore, delegate: any ShardDelegate, time: any TimeSource = SystemTime()
  ) {
    self.init(
      id, on: context, configuration: configuration, gate: gate, sessions: sessions, delegate: delegate,
      time: time, overlap: nil)
  }

  init(
    _ id: ShardID, on context: GatewayLoop, configuration: ShardConfiguration, gate: IdentifyGate,
    sessions: any ShardSessionStore, delegate: any ShardDelegate, time: any TimeSource,
    overlap: OverlapFilter.Side?
  ) {
    self.overlap = overlap
    (self.id, self.context, self.configuration, self.gate) = (id, context, configuration, gate)
    (self.sessions, self.delegate, self.time) = (sessions, delegate, time)
    presence = configuration.presence
    machine = ShardMachine(
      intents: configuration.intents, droppable: configuration.droppableIntents,
      backOff: configuration.backOff, answerTimeout: configuration.answerTimeout,
      random: { Double.random(in: 0..<1) })
  }

  /// Begins, with the stored session if there is one. From any thread; does nothing for a shard that runs.
  package func start() {
    loop.execute {
      switch self.machine.phase {
      case .stopped, .crashed: break
      default: return
      }
      guard self.state != .starting else { return }
      self.perform([.changed(.starting)])
      self.loadSession()
    }
  }

  /// Ends the connection, and returns once the cursor is saved.
  ///
  /// - Parameter keepsSession: whether another process, or a later `start()`, shall go on where this one stopped;
  ///   Discord keeps a session for some minutes. Otherwise the bot goes offline at once.
  package func stop(keepsSession: Bool = true) async {
    await onLoop {
      self.giveUpErrand()
      self.takeHandled()
      let actions = self.machine.stop(keepsSession: keepsSession)
      self.perform(actions.isEmpty ? [.changed(.stopped)] : actions)
      self.fail(self.memberRequests.stopped())
      self.queue.removeAll()
      self.isPaused = false
    }
    await saved()
  }

  /// From the last heartbeat to its answer; nil before the first on this connection. Ask on the loop.
  package var latency: Duration? { machine.latency }

  /// The intents that are in force, which may be fewer than were asked for. Ask on the loop.
  package var intents: Intents { machine.negotiation.current }

  /// Says that an event is handled. In any order; the stored cursor follows the oldest one that is not. Call on the
  /// loop. Does nothing for a position of an earlier session, or with automatic acknowledgement.
  package func acknowledge(_ position: GatewayPosition) {
    loop.checkIsolated()
    guard position.session == session, window?.acknowledge(position.sequence) == true else { return }
    noteProgress()
    guard isPaused, let window, window.count <= window.bound / 2 else { return }
    isPaused = false
    connection?.resumeReading()
    perform(machine.receiver(isBehind: false, now: time.uptime))
  }

  /// Says that somebody will call `acknowledgeSoon`. Call on the loop.
  package func expectAcknowledgement() {
    loop.checkIsolated()
    if elsewhere.watch() { watchElsewhere() }
  }

  /// As `acknowledge`, from any thread: counts when the loop turns to the shard next, some milliseconds later at most.
  /// Waking the loop for each event would cost more than many an event.
  package func acknowledgeSoon(_ position: GatewayPosition) {
    if loop.isCurrent { return acknowledge(position) }
    if elsewhere.add(position) { loop.execute { self.takeHandled() } }
  }

  /// Acknowledges what was handled elsewhere.
  func takeHandled() {
    for position in elsewhere.take() { acknowledge(position) }
  }

  private func watchElsewhere() {
    loop.schedule(after: HandledElsewhere.pause) { [weak self] in
      // Nobody's any more: whatever it had in hand comes again.
      guard let self else { return }
      takeHandled()
      let isInHand = window.map { $0.count > 0 } ?? false
      if isInHand || !elsewhere.rest() { watchElsewhere() }
    }
  }

  /// Runs `body` on the loop, at once if the caller is there already.
  func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    if loop.isCurrent { return body() }
    return await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: body()) }
    }
  }
}

// MARK: Performing

extension Shard {
  func perform(_ actions: [ShardMachine.Action]) {
    for action in actions { perform(action) }
    flush()
  }

  private func perform(_ action: ShardMachine.Action) {
    switch action {
    case .connect(let address): connect(to: address)
    case .disconnect(let code): disconnect(code)
    case .requestPermit: requestPermit()
    case .send(let control): send(control)
    case .sessionEnded:
      fail(memberRequests.sessionEnded())
      noteSessionEnded()
    case .changed(let new): change(to: new)
    }
  }

  private func change(to new: ShardState) {
    guard new != state else { return }
    state = new
    Self.log.debug("shard changed", ["shard": "\(id)", "state": "\(new)"])
    // No connection will carry them any more.
    if case .crashed = new { fail(memberRequests.stopped()) }
    delegate.shard(self, changed: new)
    observer?(new)
  }

  // MARK: Time

  /// Sends what may go, and sees to it that the shard wakes for whatever comes next.
  func flush() {
    let now = time.uptime
    if case .online = machine.phase {
      perform(due: memberRequests.wake(now: now))
      while connection != nil, let payload = queue.next(now: now) { transmit(payload) }
    }
    reschedule(now: now)
  }

  /// One timer for everything. A deadline that moved away is noticed when the timer fires, so that the many that
  /// move with every event cost nothing.
  func reschedule(now: Duration) {
    var next = machine.deadline
    func consider(_ deadline: Duration?) {
      guard let deadline else { return }
      next = next.map { min($0, deadline) } ?? deadline
    }
    // While a save is under way the next one waits for it, whenever it is due.
    if !saving.isSaving { consider(saving.dueAt) }
    if case .online = machine.phase {
      consider(queue.deadline(now: now))
      consider(memberRequests.deadline)
    }
    guard let next else { return }
    if let timer {
      guard next < timer.at else { return }
      loop.cancel(timer.timer)
    }
    let delay = max(.zero, next - now)
    timer = (loop.schedule(after: delay) { [weak self] in self?.timerFired() }, next)
  }

  private func timerFired() {
    timer = nil
    let now = time.uptime
    if let due = saving.dueAt, now >= due { save() }
    perform(machine.wake(now: now))
  }
}
