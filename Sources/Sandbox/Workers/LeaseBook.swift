// Whose call a call is (plugin-host contract, section 8.3): decided from what the host itself handed out.

import DiscordCore
import EventLoop
import JSON
import SandboxContract

/// What the host sent a worker and is not done yet: the only thing that says for whom a plugin acts.
struct Lease: Sendable {
  /// The event's or request's id, which nobody can guess.
  let id: String
  let guild: GuildID
  let cause: GuestCause
  /// The installation at that moment, for calls that come after the row is gone: lifecycle only.
  var pinned: GuestInstallation?
  let openedAt: Duration
  /// When it was done; nil while it is open.
  var closedAt: Duration?
}

/// The leases of one worker.
struct LeaseBook: Sendable {
  /// Stragglers' time after the end (section 8.3).
  static let grace = Duration.seconds(2)
  /// A lease of an event that nobody acknowledged for so long belongs to a worker that hangs (section 6.4).
  static let silence = Duration.seconds(60)

  private var leases: [String: Lease] = [:]

  /// Why a call belongs to nobody.
  enum Refusal: Error, Hashable {
    case unknownEvent
    case ambiguous

    var error: RPCError {
      switch self {
      case .unknownEvent: .invalid("unknown event context")
      case .ambiguous: .invalid("no server context for this call")
      }
    }
  }

  mutating func open(_ lease: Lease) { leases[lease.id] = lease }

  /// The lease is done; it counts for stragglers a while longer.
  mutating func close(_ id: String, at now: Duration) -> Lease? {
    guard let lease = leases[id], lease.closedAt == nil else { return nil }
    leases[id]?.closedAt = now
    return lease
  }

  /// Calls under the lease are looked up as any other's from now on.
  mutating func unpin(_ id: String) {
    leases[id]?.pinned = nil
  }

  /// Whose call it is. What is over for longer than the grace does not count.
  func resolve(_ params: JSONObject, at now: Duration) throws(Refusal) -> Lease {
    if let id = params["_event_id"], !id.isNull {
      guard let id = id.string, let lease = leases[id], isCurrent(lease, now) else { throw .unknownEvent }
      return lease
    }
    // Never the newest of several: that is the leak that the section warns of.
    var found: Lease?
    for lease in leases.values where isCurrent(lease, now) {
      if let other = found {
        guard other.guild == lease.guild else { throw .ambiguous }
        // Of one server's leases an open one speaks for the plugin rather than one that is over.
        if other.closedAt != nil, lease.closedAt == nil { found = lease }
      } else {
        found = lease
      }
    }
    guard let found else { throw .ambiguous }
    return found
  }

  private func isCurrent(_ lease: Lease, _ now: Duration) -> Bool {
    lease.closedAt.map { now - $0 <= Self.grace } ?? true
  }

  /// Forgets what is over.
  mutating func sweep(at now: Duration) {
    leases = leases.filter { isCurrent($0.value, now) }
  }

  /// Those that are not done.
  var open: [Lease] { leases.values.filter { $0.closedAt == nil } }
  var openCount: Int { leases.values.count { $0.closedAt == nil } }
  /// The server whose turn it is; nil for nobody's.
  var turn: GuildID? { leases.values.first { $0.closedAt == nil }?.guild }

  /// Whether a call without an event would be this server's alone: what requests of the dashboard and frames need.
  func isQuiet(for guild: GuildID, at now: Duration) -> Bool {
    leases.values.allSatisfy { !isCurrent($0, now) || $0.guild == guild }
  }

  /// Whether something of it has been open for too long.
  func isSilent(at now: Duration) -> Bool {
    leases.values.contains { $0.closedAt == nil && now - $0.openedAt > Self.silence }
  }
}
