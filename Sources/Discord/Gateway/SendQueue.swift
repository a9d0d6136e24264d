// What waits to be sent to the gateway, and when it may go.

internal import EventLoop

/// The outgoing side of one shard: at most 120 payloads in 60 s on a connection, of which some are kept for
/// heartbeats, and presences at most 5 in 20 s. Bounded; `now` is `TimeSource.uptime`.
struct SendQueue {
  /// In what order things go when they cannot all go at once.
  enum Priority: Int, CaseIterable {
    /// A person waits in a voice channel.
    case voice
    case members
    case other
  }

  /// Discord's limit on a payload (close code 4002).
  static let maximumPayload = 4096
  /// How many payloads of each priority may wait.
  static let bound = 128
  /// Kept free for heartbeats, identify and resume.
  static let reserved = 8

  private var waiting: [[[UInt8]]] = Array(repeating: [], count: Priority.allCases.count)
  /// Only the last one matters.
  private var presence: [UInt8]?
  // Half a second and more beyond Discord's own windows, since what leaves here evenly may arrive in a bunch.
  private var all = SlidingWindow(limit: 120, span: .milliseconds(60_500))
  private var presences = SlidingWindow(limit: 5, span: .milliseconds(20_500))

  /// Appends a payload.
  ///
  /// - Throws: `.payloadTooLarge`, `.queueFull`.
  mutating func append(_ payload: [UInt8], _ priority: Priority) throws(GatewayError) {
    try Self.check(payload)
    guard waiting[priority.rawValue].count < Self.bound else { throw GatewayError(.queueFull) }
    waiting[priority.rawValue].append(payload)
  }

  /// Replaces the presence that waits.
  ///
  /// - Throws: `.payloadTooLarge`.
  mutating func replacePresence(_ payload: [UInt8]) throws(GatewayError) {
    try Self.check(payload)
    presence = payload
  }

  static func check(_ payload: [UInt8]) throws(GatewayError) {
    guard payload.count <= maximumPayload else { throw GatewayError(.payloadTooLarge) }
  }

  /// A payload went out of turn: heartbeat, identify, resume.
  mutating func noteControl(now: Duration) { all.note(now) }

  /// Whether a heartbeat may go: even those count, and Discord closes on the 121st payload.
  mutating func allowsControl(now: Duration) -> Bool { all.opening(now: now) <= now }

  /// A new connection has limits of its own.
  mutating func reconnected() {
    all.clear()
    presences.clear()
  }

  /// Takes out what may go now, most urgent first; nil when nothing waits or nothing may.
  mutating func next(now: Duration) -> [UInt8]? {
    guard all.opening(now: now, keeping: Self.reserved) <= now else { return nil }
    for index in waiting.indices where !waiting[index].isEmpty {
      all.note(now)
      return waiting[index].removeFirst()
    }
    guard let presence, presences.opening(now: now) <= now else { return nil }
    self.presence = nil
    all.note(now)
    presences.note(now)
    return presence
  }

  /// When `next` will have something, if nothing changes; nil while nothing waits.
  mutating func deadline(now: Duration) -> Duration? {
    let opening = all.opening(now: now, keeping: Self.reserved)
    if waiting.contains(where: { !$0.isEmpty }) { return opening }
    return presence == nil ? nil : max(opening, presences.opening(now: now))
  }

  /// How many payloads wait.
  var count: Int { waiting.reduce(presence == nil ? 0 : 1) { $0 + $1.count } }

  /// Drops what waits.
  mutating func removeAll() {
    for index in waiting.indices { waiting[index] = [] }
    presence = nil
  }
}

/// So many in any span of time; remembers each instant.
struct SlidingWindow: Equatable {
  let limit: Int
  let span: Duration
  /// Milliseconds, ascending.
  private var instants: [Int64] = []

  init(limit: Int, span: Duration) {
    (self.limit, self.span) = (limit, span)
  }

  mutating func note(_ now: Duration) { instants.append(now.wholeMilliseconds) }

  mutating func clear() { instants = [] }

  /// The first instant from `now` on at which one more fits, with `kept` places left free.
  mutating func opening(now: Duration, keeping kept: Int = 0) -> Duration {
    let expired = (now - span).wholeMilliseconds
    // Past ones leave together; at most `limit` are ever kept, so this moves little.
    let live = instants.firstIndex { $0 > expired } ?? instants.count
    if live > 0 { instants.removeFirst(live) }
    let room = max(1, limit - kept)
    guard instants.count >= room else { return now }
    return .milliseconds(instants[instants.count - room] + 1) + span
  }
}
