// What plugins keep for a moment, as a value: pure, told the time, within bounds.

import DiscordCore

/// The four key spaces of every plugin in every server.
///
/// Bounds are in units: an entry is one, and a counter one more for each eight instants it remembers. At a tenant's bound,
/// or at that of all, what has ended goes first, then what would end soonest, a tenth at once: of the tenant itself, or of
/// the tenant that has most.
struct EphemeralTable: Sendable {
  struct Tenant: Hashable, Sendable {
    let plugin: String
    let guild: GuildID
  }

  enum Space: Hashable, Sendable {
    case counter, cooldown, seen, flag
  }

  private struct Key: Hashable, Sendable {
    let space: Space
    /// By bytes, as keys of `kv.*` are.
    let text: [UInt8]
  }

  private enum Entry: Sendable {
    case hits(HitWindow)
    case until(Duration)

    var end: Duration {
      switch self {
      case .hits(let window): window.end
      case .until(let end): end
      }
    }

    var weight: Int {
      switch self {
      case .hits(let window): window.weight
      case .until: 1
      }
    }
  }

  private struct Entries: Sendable {
    var entries: [Key: Entry] = [:]
    var weight = 0

    mutating func set(_ entry: Entry, for key: Key) -> Int {
      let old = entries.updateValue(entry, forKey: key)
      let change = entry.weight - (old?.weight ?? 0)
      weight += change
      return change
    }

    /// Drops what has ended, then what ends soonest until at most `target` units are left; returns how many went.
    mutating func shrink(to target: Int, at now: Duration) -> Int {
      let before = weight
      entries = entries.filter { $0.value.end > now }
      weight = entries.values.reduce(0) { $0 + $1.weight }
      if weight > target {
        for (key, entry) in entries.sorted(by: { $0.value.end < $1.value.end }) {
          guard weight > target else { break }
          entries[key] = nil
          weight -= entry.weight
        }
      }
      return before - weight
    }
  }

  private let tenantLimit: Int
  private let limit: Int
  private var tenants: [Tenant: Entries] = [:]
  private(set) var weight = 0

  init(tenantLimit: Int, limit: Int) { (self.tenantLimit, self.limit) = (tenantLimit, limit) }

  mutating func count(_ key: String, of tenant: Tenant, at now: Duration, window: Duration) -> Int {
    let key = Key(space: .counter, text: Array(key.utf8))
    var hits = HitWindow()
    if case .hits(let there)? = tenants[tenant]?.entries[key] { hits = there }
    let count = hits.hit(at: now, window: window)
    set(.hits(hits), for: key, of: tenant, at: now)
    return count
  }

  mutating func set(_ key: String, in space: Space, of tenant: Tenant, at now: Duration, until end: Duration)
  {
    set(.until(end), for: Key(space: space, text: Array(key.utf8)), of: tenant, at: now)
  }

  /// How long it still stands; nil when it does not.
  func remaining(_ key: String, in space: Space, of tenant: Tenant, at now: Duration) -> Duration? {
    let key = Key(space: space, text: Array(key.utf8))
    guard case .until(let end)? = tenants[tenant]?.entries[key], end > now else { return nil }
    return end - now
  }

  mutating func forget(_ tenant: Tenant) {
    weight -= tenants.removeValue(forKey: tenant)?.weight ?? 0
  }

  private mutating func set(_ entry: Entry, for key: Key, of tenant: Tenant, at now: Duration) {
    weight += tenants[tenant, default: Entries()].set(entry, for: key)
    if tenants[tenant]?.weight ?? 0 > tenantLimit {
      weight -= tenants[tenant]?.shrink(to: tenantLimit - tenantLimit / 10, at: now) ?? 0
    }
    if weight > limit { shrink(at: now) }
  }

  private mutating func shrink(at now: Duration) {
    for tenant in tenants.keys { weight -= tenants[tenant]?.shrink(to: .max, at: now) ?? 0 }
    tenants = tenants.filter { !$0.value.entries.isEmpty }
    let target = limit - limit / 10
    while weight > target, let largest = tenants.max(by: { $0.value.weight < $1.value.weight }) {
      let wanted = max(0, largest.value.weight - max(weight - target, 1))
      // No more than half of it: whoever has most then may be another.
      let kept = max(wanted, largest.value.weight / 2)
      weight -= tenants[largest.key]?.shrink(to: kept, at: now) ?? 0
      if tenants[largest.key]?.entries.isEmpty == true { tenants[largest.key] = nil }
    }
  }
}
