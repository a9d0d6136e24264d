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
  let key: LaneKey
  var bucket: Int
  /// Of a hidden limit.
  private var quota: ArrivalWindow?
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
    return (quota?.available(at: now) ?? 1) > 0
  }

  /// Until when no call can leave, whatever answers come; nil when an answer may make room.
  mutating func blockedUntil(_ now: Duration) -> Duration? {
    if now < pausedUntil { return pausedUntil }
    guard let free = quota?.available(at: now), free <= 0 else { return nil }
    return quota?.nextReturn(at: now)
  }

  mutating func depart(at now: Duration) -> ArrivalWindow.Ticket? {
    underway += 1
    return quota?.depart(at: now)
  }

  mutating func answer(_ ticket: ArrivalWindow.Ticket?, at now: Duration) {
    underway -= 1
    if let ticket { quota?.answer(ticket, at: now) }
  }

  mutating func withdraw(_ ticket: ArrivalWindow.Ticket?, at now: Duration) {
    underway -= 1
    if let ticket { quota?.withdraw(ticket, at: now) }
  }

  mutating func pause(until instant: Duration) { pausedUntil = max(pausedUntil, instant) }

  mutating func isIdle(at now: Duration) -> Bool {
    underway == 0 && waiting == 0 && parked.isEmpty && now >= pausedUntil
      && (quota?.isIdle(at: now) ?? true)
  }
}
