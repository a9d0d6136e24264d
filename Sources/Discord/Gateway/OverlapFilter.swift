// Events that two divisions of the guilds both bring, let through once.

internal import EventLoop
internal import JSON
internal import Synchronization

/// While an old and a new division of a bot's guilds run side by side, each event arrives on both. *Rule*: an event is
/// its name and its data. One that arrives has a twin if the other side brought an equal one within `lag` that has no
/// twin yet; of twins the first is delivered, if its side may deliver, else the second. What has no twin is delivered.
///
/// So nothing is lost as long as the sides are not further apart than `lag`; an event that repeats word for word
/// within that time, as a reaction that is toggled, may be taken for its own twin.
struct OverlapRule {
  /// What a side may deliver.
  enum Stage: Equatable {
    /// The new side is not complete: nothing is compared, nothing of it delivered.
    case gathering
    /// Before the handover: the new side is only compared, so that what the old one delivers is known.
    case oldDelivers
    case bothDeliver
    /// The old side is closed; stragglers of the new one are still compared.
    case newDelivers
  }

  /// An event that one side brought, and the other has not.
  private struct Single {
    let isNew: Bool
    let isDelivered: Bool
    let at: Duration
  }

  /// How many singles are remembered. Beyond it the oldest are forgotten, and their twins delivered too.
  static let bound = 65_536

  let lag: Duration
  var stage = Stage.gathering
  private var singles: [UInt64: [Single]] = [:]
  private var order: [(fingerprint: UInt64, at: Duration)] = []
  private var oldest = 0

  init(lag: Duration) {
    self.lag = lag
  }

  /// An event arrived.
  ///
  /// - Returns: whether it is to be delivered.
  mutating func admits(_ fingerprint: UInt64, isNew: Bool, now: Duration) -> Bool {
    let mayDeliver =
      switch stage {
      case .gathering, .oldDelivers: !isNew
      case .bothDeliver: true
      case .newDelivers: isNew
      }
    guard stage != .gathering else { return mayDeliver }
    forget(now: now)
    if let index = singles[fingerprint]?.firstIndex(where: { $0.isNew != isNew }),
      let twin = singles[fingerprint]?.remove(at: index)
    {
      return mayDeliver && !twin.isDelivered
    }
    singles[fingerprint, default: []].append(Single(isNew: isNew, isDelivered: mayDeliver, at: now))
    order.append((fingerprint, now))
    return mayDeliver
  }

  /// Drops what can have no twin any more.
  private mutating func forget(now: Duration) {
    while oldest < order.count, order[oldest].at + lag < now || order.count - oldest >= Self.bound {
      let (fingerprint, at) = order[oldest]
      oldest += 1
      singles[fingerprint]?.removeAll { $0.at <= at }
      if singles[fingerprint]?.isEmpty ?? false { singles[fingerprint] = nil }
    }
    if oldest > 1024, oldest * 2 > order.count {
      order.removeFirst(oldest)
      oldest = 0
    }
  }
}

/// The rule, shared by the shards of both divisions, which may be on different loops.
final class OverlapFilter: Sendable {
  /// A shard's end of it.
  struct Side {
    let filter: OverlapFilter
    let isNew: Bool

    func admits(_ event: GatewayEventName, _ data: JSONView, now: Duration) -> Bool {
      // The members asked for are the session's own. The new side's guilds are known to the receiver already.
      if event == .guildMembersChunk || event == .rateLimited { return true }
      let introduces = event == .ready || event == .resumed || event == .guildCreate
      if isNew, introduces, filter.stage != .newDelivers { return false }
      return filter.admits(Self.fingerprint(event, data), isNew: isNew, now: now)
    }

    private static func fingerprint(_ event: GatewayEventName, _ data: JSONView) -> UInt64 {
      var json = JSONWriter(capacity: 4096)
      json.value(data)
      var hasher = Hasher()
      hasher.combine(event)
      // What cannot be written again is told apart by its name alone; a parsed text always can.
      if let bytes = try? json.finish() { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
      return UInt64(bitPattern: Int64(hasher.finalize()))
    }
  }

  private let rule: Mutex<OverlapRule>

  init(lag: Duration) {
    rule = Mutex(OverlapRule(lag: lag))
  }

  var stage: OverlapRule.Stage {
    get { rule.withLock { $0.stage } }
    set { rule.withLock { $0.stage = newValue } }
  }

  private func admits(_ fingerprint: UInt64, isNew: Bool, now: Duration) -> Bool {
    rule.withLock { $0.admits(fingerprint, isNew: isNew, now: now) }
  }
}
