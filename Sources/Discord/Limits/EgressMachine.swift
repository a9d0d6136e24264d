// Who may send to Discord now: every decision of one bot's egress, as a value.

internal import EventLoop

/// Decides which of a bot's calls may leave when.
///
/// It knows the buckets as learnt from headers, the global limit, limits no header tells of, the token's breaker, dead
/// webhooks and the address's budget. Waiting calls are ordered by class, fairly between guilds, and bounded in number.
/// Nothing is performed here: methods take the current instant (uptime), and `takeActions` says what to do.
///
/// ```swift
/// let ticket = machine.submit(request, at: now)
/// for action in machine.takeActions() { … }          // .start(ticket): claim, send
/// if let permit = machine.claim(ticket) {
///   machine.complete(permit, .answered(answer), at: later)
/// }
/// ```
package struct EgressMachine {
  /// The bounds of a bot's egress.
  package struct Configuration: Sendable {
    /// Calls a second that Discord grants the bot.
    package var globalLimit = 50
    /// Calls that wait, over all.
    package var queueBound = 10_000
    /// Calls that wait for one guild.
    package var guildQueueBound = 1_000

    package init() {}
  }

  struct Waiting {
    let request: EgressRequest
    let flow: Int
  }

  struct Grant {
    let lane: Int
    var bucket: Int
    let place: LaneTicket
    let global: ArrivalWindow.Ticket?
    /// Which token the call carries; nil for none.
    let generation: Int?
  }

  struct Bucket {
    let key: BucketKey
    var limits: RouteBucket
    var parked: [Int] = []
    var alarmAt: Duration?
  }

  enum BucketKey: Hashable {
    case learnt(hash: String, MajorParameter)
    case unlearnt(RouteKey, MajorParameter)
  }

  enum RouteKnowledge: Equatable {
    case hash(String)
    case noLimit
  }

  struct FlowKey: Hashable {
    let lane: Int
    let guild: UInt64
    let priority: EgressPriority
    let isGloballyLimited: Bool
  }

  /// Requests that differ in nothing but their time.
  struct Flow {
    let key: FlowKey
    var tickets = FirstInFirstOut<EgressTicket>()
    /// Whether it is in a ring or parked; it is in at most one of them.
    var isPlaced = false
  }

  struct GuildQueue {
    var waiting = 0
    var arrivals = [ArrivalLog](repeating: ArrivalLog(), count: EgressMachine.classCount)
  }

  static let classCount = EgressPriority.allCases.count
  static let deadWebhookBound = 10_000

  let configuration: Configuration
  var global: GlobalLimit
  var shares = ClassShares()

  var lanes = SlotTable<Lane>()
  var laneIndices: [LaneKey: Int] = [:]
  var laneAlarms: [Int: Duration] = [:]
  var buckets = SlotTable<Bucket>()
  var bucketIndices: [BucketKey: Int] = [:]
  var routes: [RouteKey: RouteKnowledge] = [:]
  var hashLimits: [String: Int] = [:]
  var tidyAt = 1_024

  var flows = SlotTable<Flow>()
  var flowIndices: [FlowKey: Int] = [:]
  /// Two for each class: what the global limit counts, then what it does not.
  var rings = [ReadyRing](repeating: ReadyRing(), count: 2 * EgressMachine.classCount)
  var waiting: [EgressTicket: Waiting] = [:]
  var waitingByClass = [Int](repeating: 0, count: EgressMachine.classCount)
  var arrivals = [ArrivalLog](repeating: ArrivalLog(), count: EgressMachine.classCount)
  var guilds: [UInt64: GuildQueue] = [:]
  var grants: [EgressTicket: Grant] = [:]

  var alarms = AlarmHeap()
  var actions: [EgressAction] = []
  let dropped = DroppedPermits()
  var lastTicket: UInt64 = 0

  var tokenGeneration = 0
  var isTokenRejected = false
  var deadWebhooks: Set<MajorParameter> = []
  var deadWebhookOrder = FirstInFirstOut<MajorParameter>()
  /// When the address's budget lets calls go on; nil while it does.
  var stoppedUntil: Duration?
  var addressPausedUntil: Duration = .zero

  package init(_ configuration: Configuration = Configuration()) {
    self.configuration = configuration
    global = GlobalLimit(limit: configuration.globalLimit)
  }

  // MARK: Looking

  /// Calls that wait, by `EgressPriority.rawValue`.
  package var waitingCounts: [Int] { waitingByClass }
  /// Calls that were started and not completed.
  package var underwayCount: Int { grants.count }
  /// Calls a second, as learnt.
  package var globalLimit: Int { global.limit }
  /// How many buckets are remembered.
  package var bucketCount: Int { buckets.count }

  /// When `advance` must be called, if nothing else happens before; nil when nothing waits for time.
  package mutating func nextWakeUp(at now: Duration) -> Duration? {
    var next = alarms.next
    guard rings.contains(where: { !$0.isEmpty }) else { return next }
    if now < addressPausedUntil {
      next = min(next ?? addressPausedUntil, addressPausedUntil)
    } else if let change = global.nextChange(after: now) {
      next = min(next ?? change, change)
    }
    return next
  }

  // MARK: Life of a request

  /// Takes a request in. It is started or refused by the actions that follow, now or later.
  package mutating func submit(_ request: EgressRequest, at now: Duration) -> EgressTicket {
    catchUp(now)
    lastTicket += 1
    let ticket = EgressTicket(number: lastTicket)
    if let refusal = refusal(of: request, at: now) {
      actions.append(.refuse(ticket, refusal))
      return ticket
    }
    let lane = laneIndex(for: request, at: now)
    if let until = blockedUntil(lane, now), until > request.deadline {
      actions.append(.refuse(ticket, .noRoom(after: until - now)))
    } else if makeRoom(for: request) {
      enqueue(ticket, request, lane: lane)
      dispatch(now)
      if waiting[ticket] != nil { alarms.add(.deadline(ticket), at: request.deadline) }
    } else {
      actions.append(.refuse(ticket, .queueFull))
    }
    return ticket
  }

  /// The permit of a request that was started; nil for any other.
  package func claim(_ ticket: EgressTicket) -> EgressPermit? {
    grants[ticket] == nil ? nil : EgressPermit(ticket, dropped: dropped)
  }

  /// Learns what became of a call, and starts what may go now.
  package mutating func complete(_ permit: consuming EgressPermit, _ outcome: EgressOutcome, at now: Duration)
  {
    settle(permit.giveBack(), outcome, at: now)
    catchUp(now)
    dispatch(now)
  }

  /// Takes out a request that nobody waits for any more. One that was started already counts as not sent.
  package mutating func cancel(_ ticket: EgressTicket, at now: Duration) {
    if waiting[ticket] != nil {
      remove(ticket)
    } else if grants[ticket] != nil {
      settle(ticket, .notSent, at: now)
    }
    catchUp(now)
    dispatch(now)
  }

  /// Starts and refuses what has become due.
  package mutating func advance(to now: Duration) {
    catchUp(now)
    dispatch(now)
  }

  /// What is to be done since the last call.
  package mutating func takeActions() -> [EgressAction] {
    guard !actions.isEmpty else { return [] }
    defer { actions = [] }
    return actions
  }

  // MARK: What the shell tells

  /// A new token was set: calls may go again.
  package mutating func tokenReplaced() {
    tokenGeneration += 1
    isTokenRejected = false
  }

  /// Whether the address's budget of invalid requests stops all but containment; nil when it does not.
  package mutating func setStopped(until instant: Duration?, at now: Duration) {
    let wasStopped = stoppedUntil != nil
    stoppedUntil = instant
    guard let instant, !wasStopped else { return }
    refuseWaiting(.budgetSpent(after: max(.zero, instant - now))) { $0.priority != .containment }
  }

  /// Takes out everything that waits, for a shell that ends.
  package mutating func takeWaiting() -> [EgressTicket] {
    let tickets = waiting.keys.sorted()
    for ticket in tickets { remove(ticket) }
    return tickets
  }
}
