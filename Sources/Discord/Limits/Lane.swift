// Calls that share every limit but the global one.

/// What makes two calls share a lane.
struct LaneKey: Hashable {
  let route: RouteKey
  let major: MajorParameter
  let hidden: HiddenLimit?

  init(_ request: EgressRequest) {
    // The routes of a guild's emoji share one limit, whatever their methods.
    route =
      request.hiddenLimit == .emoji
      ? RouteKey(method: "*", template: "/guilds/{guild.id}/emojis") : request.route
    (major, hidden) = (request.major, request.hiddenLimit)
  }
}

/// A route on one resource: its bucket, and what limits it beyond the bucket.
struct Lane {
  /// Calls in a row, from the first after an idle time or a pause on: what an untold limit is measured by.
  private struct Run {
    let start: Duration
    var last: Duration
    var accepted = 0
  }

  /// A limit learnt from a refusal.
  private struct Lesson {
    let at: Duration
    var quota: ArrivalWindow

    func isForgotten(at now: Duration) -> Bool { now - at > max(Lane.memory, quota.window * 10) }
  }

  /// A run ends when nothing left for so long.
  private static let idleTime: Duration = .seconds(30)
  /// A lesson is forgotten after so long without another refusal, or ten of its windows.
  private static let memory: Duration = .seconds(3_600)

  let key: LaneKey
  var bucket: Int
  /// Of a hidden limit.
  private var quota: ArrivalWindow?
  private var lesson: Lesson?
  private var run: Run?
  private let isSerial: Bool
  private var pausedUntil: Duration = .zero
  private(set) var underway = 0
  /// Requests that wait here, in whatever flow.
  var waiting = 0
  /// Flows to be looked at when the lane moves.
  var parked: [Int] = []

  init(_ key: LaneKey, bucket: Int) {
    (self.key, self.bucket) = (key, bucket)
    let quota = key.hidden?.quota
    self.quota = quota.map {
      ArrivalWindow(limit: $0.count, window: $0.window, transit: .seconds(10))
    }
    isSerial = key.hidden != nil && quota == nil
  }

  mutating func isOpen(at now: Duration) -> Bool {
    guard now >= pausedUntil, !(isSerial && underway > 0) else { return false }
    guard (quota?.available(at: now) ?? 1) > 0 else { return false }
    if lesson?.isForgotten(at: now) == true { lesson = nil }
    return (lesson?.quota.available(at: now) ?? 1) > 0
  }

  /// Until when no call can leave, whatever answers come; nil when an answer may make room.
  mutating func blockedUntil(_ now: Duration) -> Duration? {
    if now < pausedUntil { return pausedUntil }
    if let free = quota?.available(at: now), free <= 0 { return quota?.nextReturn(at: now) }
    if let free = lesson?.quota.available(at: now), free <= 0 { return lesson?.quota.nextReturn(at: now) }
    return nil
  }

  mutating func depart(at now: Duration) -> LaneTicket {
    underway += 1
    if let last = run?.last, now - last < Self.idleTime {
      run?.last = now
    } else {
      run = Run(start: now, last: now)
    }
    return LaneTicket(
      departure: now, quota: quota?.depart(at: now), lesson: lesson?.quota.depart(at: now),
      lessonAt: lesson?.at)
  }

  mutating func answer(_ ticket: LaneTicket, wasAccepted: Bool, at now: Duration) {
    underway -= 1
    if let ticket = ticket.quota { quota?.answer(ticket, at: now) }
    if let place = ticket.lesson, ticket.lessonAt == lesson?.at {
      lesson?.quota.answer(place, at: now)
    } else if wasAccepted, let at = lesson?.at, ticket.departure <= at {
      // It was on its way when another was refused, and had been counted before it.
      lesson?.quota.limit += 1
    }
    if wasAccepted { run?.accepted += 1 }
  }

  mutating func withdraw(_ ticket: LaneTicket, at now: Duration) {
    underway -= 1
    if let place = ticket.quota { quota?.withdraw(place, at: now) }
    if let place = ticket.lesson, ticket.lessonAt == lesson?.at { lesson?.quota.withdraw(place, at: now) }
  }

  /// Waits as a 429 of a limit beside the bucket wants, and learns that limit: what was accepted since the run began is
  /// what its window takes, which lasts from then to the end of the wait.
  mutating func pause(for wait: Duration, isOwnLimit: Bool, at now: Duration) {
    let wasPaused = now < pausedUntil
    pausedUntil = max(pausedUntil, now + wait)
    guard isOwnLimit, !wasPaused, let run else { return }
    let window = now - run.start + wait
    let quota = ArrivalWindow(limit: max(1, run.accepted), window: window, transit: .seconds(1))
    lesson = Lesson(at: now, quota: quota)
    self.run = nil
  }

  mutating func isIdle(at now: Duration) -> Bool {
    underway == 0 && waiting == 0 && parked.isEmpty && now >= pausedUntil
      && lesson?.isForgotten(at: now) != false
      && (quota?.isIdle(at: now) ?? true)
  }
}

/// A call's places in its lane's limits.
struct LaneTicket {
  let departure: Duration
  fileprivate let quota: ArrivalWindow.Ticket?
  fileprivate let lesson: ArrivalWindow.Ticket?
  /// Which lesson.
  fileprivate let lessonAt: Duration?
}
