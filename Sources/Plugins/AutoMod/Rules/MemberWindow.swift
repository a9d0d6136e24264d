// What is remembered of one member: the last messages, and heat.

import DiscordCore
import EventLoop

/// A message that was seen.
struct Sighting: Hashable, Sendable {
  let reference: MessageReference
  let at: Timestamp
  let fingerprint: Int
  let substance: Int
  /// Whether it still counts: what was acted upon counts no more, so that a threshold is crossed once.
  var countsAsFlood = true
  var countsAsCopy = true
}

/// A burst that a filter is to act upon.
struct Burst: Equatable, Sendable {
  var count: Int
  var messages: [MessageReference]
  /// Whether it belongs to a burst that was acted upon already.
  var isMore = false
}

/// One member's last messages and heat, within a fixed bound.
struct MemberWindow: Sendable {
  /// More than any threshold asks for.
  static let capacity = 32

  private(set) var recent: [Sighting] = []
  private(set) var lastSeen: Timestamp
  private var floodUntil: Timestamp?
  private var copies: (fingerprint: Int, until: Timestamp)?
  private var heat = Heat()

  init(at now: Timestamp) { lastSeen = now }

  /// Notes a message; false when it was noted before, as after a replay, and must not count twice.
  mutating func note(_ sighting: Sighting) -> Bool {
    guard !recent.contains(where: { $0.reference.message == sighting.reference.message }) else {
      return false
    }
    if recent.count == Self.capacity { recent.removeFirst() }
    recent.append(sighting)
    lastSeen = max(lastSeen, sighting.at)
    return true
  }

  /// Whether the message noted last completes a flood.
  mutating func flood(_ filter: SpamFilter, at now: Timestamp) -> Burst? {
    let start = now - filter.window
    let counted = recent.indices.filter { recent[$0].countsAsFlood && recent[$0].at > start }
    if counted.count >= filter.messages {
      for index in counted { recent[index].countsAsFlood = false }
      floodUntil = now + filter.window
      return Burst(count: counted.count, messages: counted.map { recent[$0].reference })
    }
    guard let until = floodUntil, now < until, let last = recent.last else { return nil }
    floodUntil = now + filter.window
    return Burst(count: counted.count, messages: [last.reference], isMore: true)
  }

  /// Whether the message noted last is one copy too many.
  mutating func copies(_ filter: DuplicateFilter, at now: Timestamp) -> Burst? {
    guard let last = recent.last, last.substance >= filter.minimumLength else { return nil }
    let start = now - filter.window
    let counted = recent.indices.filter {
      recent[$0].countsAsCopy && recent[$0].fingerprint == last.fingerprint && recent[$0].at > start
    }
    if counted.count >= filter.messages {
      for index in counted { recent[index].countsAsCopy = false }
      copies = (last.fingerprint, now + filter.window)
      return Burst(count: counted.count, messages: counted.map { recent[$0].reference })
    }
    guard let held = copies, held.fingerprint == last.fingerprint, now < held.until else { return nil }
    copies = (last.fingerprint, now + filter.window)
    return Burst(count: counted.count, messages: [last.reference], isMore: true)
  }

  /// Whether the message noted last repeats one of the half minute before.
  func repeatsItself(at now: Timestamp) -> Bool {
    guard let last = recent.last, last.substance > 0 else { return false }
    let start = now - .seconds(30)
    return recent.dropLast().contains { $0.fingerprint == last.fingerprint && $0.at > start }
  }

  /// Adds heat. When the limit is reached: the messages since the member was cold.
  mutating func warm(_ amount: Int, _ settings: HeatSettings, at now: Timestamp) -> (
    heat: Double, burst: Burst?
  ) {
    let coldSince = heat.coldSince(settings, at: now)
    guard heat.add(amount, settings, at: now) else { return (heat.value, nil) }
    let messages = recent.filter { $0.at >= coldSince }.map(\.reference)
    return (heat.reached, Burst(count: Int(heat.reached.rounded()), messages: messages))
  }

  /// The heat that is left at that moment.
  func currentHeat(_ settings: HeatSettings, at now: Timestamp) -> Double {
    var heat = heat
    _ = heat.coldSince(settings, at: now)
    return heat.value
  }

  /// When nothing of it matters any more for windows of at most `longest`.
  func isIdle(at now: Timestamp, longest: Duration) -> Bool { lastSeen + longest < now }
}

/// A score that decays with time.
struct Heat: Equatable, Sendable {
  private(set) var value = 0.0
  /// What it was when it last reached the limit, before it began anew.
  private(set) var reached = 0.0
  private var changedAt: Timestamp?
  private var warmSince: Timestamp?
  private var quietUntil: Timestamp?

  /// Lets time pass; then when the member began to warm up.
  mutating func coldSince(_ settings: HeatSettings, at now: Timestamp) -> Timestamp {
    cool(settings, at: now)
    return warmSince ?? now
  }

  /// Adds to the score; true when it has reached the limit and no response was given within the cool-down. Then it begins
  /// anew at zero.
  mutating func add(_ amount: Int, _ settings: HeatSettings, at now: Timestamp) -> Bool {
    cool(settings, at: now)
    guard amount > 0 else { return false }
    if warmSince == nil { warmSince = now }
    // A member who keeps on during the cool-down stays hot, but not for ever after.
    value = min(value + Double(amount), Double(settings.limit) * 2)
    guard value >= Double(settings.limit), quietUntil.map({ now >= $0 }) ?? true else { return false }
    (reached, value, warmSince) = (value, 0, nil)
    quietUntil = now + settings.coolDown
    return true
  }

  private mutating func cool(_ settings: HeatSettings, at now: Timestamp) {
    defer { changedAt = max(changedAt ?? now, now) }
    guard let changedAt, changedAt < now else { return }
    let seconds = Double(now.milliseconds - changedAt.milliseconds) / 1_000
    value = max(0, value - seconds * settings.decayPerSecond)
    if value == 0 { warmSince = nil }
  }
}
