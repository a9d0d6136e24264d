// Events that two divisions of the guilds both bring, let through once.

internal import EventLoop
internal import JSON
internal import Synchronization

/// While an old and a new division of a bot's guilds run side by side, each event arrives on both. *Rule*: an event is
/// its name and the bytes of its data. Of equal ones, the n-th of either side is let through if n - 1 have been let
/// through before. So each is delivered as often as the side that saw it more often saw it, and none twice for having
/// come on both.
struct OverlapRule {
  /// What a side may deliver.
  enum Stage: Equatable {
    /// Before the handover: the new side only counts, so that what the old one delivers is known.
    case oldDelivers
    /// Both deliver.
    case bothDeliver
    /// The old side is closed; stragglers of the new one are still compared.
    case newDelivers
  }

  private struct Count {
    var seen: (old: Int, new: Int) = (0, 0)
    var delivered = 0
  }

  /// How many different events are remembered, those of the last seconds. Beyond it the oldest are forgotten, and
  /// may come twice.
  static let bound = 65_536

  var stage = Stage.oldDelivers
  private var counts: [UInt64: Count] = [:]
  private var order: [UInt64] = []
  private var oldest = 0

  /// An event arrived.
  ///
  /// - Returns: whether it is to be delivered.
  mutating func admits(_ fingerprint: UInt64, isNew: Bool) -> Bool {
    if counts[fingerprint] == nil { remember(fingerprint) }
    var count = counts[fingerprint] ?? Count()
    if isNew { count.seen.new += 1 } else { count.seen.old += 1 }
    defer { counts[fingerprint] = count }
    switch stage {
    case .oldDelivers where isNew: return false
    case .newDelivers where !isNew: return false
    default: break
    }
    guard (isNew ? count.seen.new : count.seen.old) > count.delivered else { return false }
    count.delivered += 1
    return true
  }

  private mutating func remember(_ fingerprint: UInt64) {
    if order.count - oldest >= Self.bound {
      counts[order[oldest]] = nil
      oldest += 1
      if oldest >= Self.bound {
        order.removeFirst(oldest)
        oldest = 0
      }
    }
    order.append(fingerprint)
    counts[fingerprint] = Count()
  }
}

/// The rule, shared by the shards of both divisions, which may be on different loops.
final class OverlapFilter: Sendable {
  /// A shard's end of it.
  struct Side {
    let filter: OverlapFilter
    let isNew: Bool

    func admits(_ event: GatewayEventName, _ data: JSONView) -> Bool {
      // What belongs to a session, not to a guild, is the old side's as long as it delivers; the receiver knows the
      // new side's guilds already.
      let belongsToSession =
        event == .ready || event == .resumed || event == .guildCreate || event == .guildMembersChunk
        || event == .rateLimited
      if belongsToSession, filter.stage == .oldDelivers { return !isNew }
      return filter.admits(Self.fingerprint(event, data), isNew: isNew)
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

  private let rule = Mutex(OverlapRule())

  var stage: OverlapRule.Stage {
    get { rule.withLock { $0.stage } }
    set { rule.withLock { $0.stage = newValue } }
  }

  func admits(_ fingerprint: UInt64, isNew: Bool) -> Bool {
    rule.withLock { $0.admits(fingerprint, isNew: isNew) }
  }
}
