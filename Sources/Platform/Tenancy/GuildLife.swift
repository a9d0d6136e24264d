// The life of a guild with us: a value that knows when its data has to go.

package import EventLoop

/// Where a guild stands.
///
/// States: *joined* (a bot of ours is in it) → *set up* (somebody configured it) → *left* (no bot of ours is in it any
/// more; its data is kept for a while) → *erasing* → *erased*. Coming back before the erasure begins leads to where the
/// guild was; afterwards it begins anew. Repeating an event changes nothing.
package struct GuildLife: Hashable, Sendable {
  /// The state by its name; the raw value is what is stored.
  package enum Phase: String, Hashable, Sendable, CaseIterable {
    case joined
    case setUp = "set_up"
    case left
    /// The erasure has begun and cannot be called off; it is gone on with until it is complete.
    case erasing
    case erased
  }

  /// Why data is erased.
  package enum ErasureCause: String, Hashable, Sendable {
    case left
    /// The guild's subscription ended, which gives it more time to come back.
    case lapsed
  }

  /// When data is to be erased, and why.
  package struct Erasure: Hashable, Sendable {
    package let due: Timestamp
    package let cause: ErasureCause

    package init(due: Timestamp, cause: ErasureCause) { (self.due, self.cause) = (due, cause) }
  }

  /// How long data is kept after the last bot left.
  package static let graceAfterLeaving = Duration.seconds(30 * 86_400)
  /// How long it is kept after the subscription ended, if that is longer.
  package static let graceAfterLapse = Duration.seconds(90 * 86_400)

  /// Where it stands now.
  package internal(set) var phase: Phase
  /// When the present stay began.
  package internal(set) var joinedAt: Timestamp
  /// When each first happened in this stay; nil for what has not.
  package internal(set) var setUpAt: Timestamp?
  package internal(set) var leftAt: Timestamp?
  package internal(set) var lapsedAt: Timestamp?
  package internal(set) var erasedAt: Timestamp?
  /// When a bot came back into a guild that was being erased.
  var rejoinedAt: Timestamp?

  /// A guild that a bot of ours has come into.
  package init(joinedAt: Timestamp) { (phase, self.joinedAt) = (.joined, joinedAt) }

  /// When the guild's data goes, or went; nil while a bot is in it. A lapse alone erases nothing: another bot may serve
  /// the guild.
  package var erasure: Erasure? {
    guard let leftAt, phase != .joined, phase != .setUp else { return nil }
    let afterLeaving = Erasure(due: leftAt + Self.graceAfterLeaving, cause: .left)
    guard let lapsedAt else { return afterLeaving }
    let afterLapse = Erasure(due: lapsedAt + Self.graceAfterLapse, cause: .lapsed)
    return afterLapse.due > afterLeaving.due ? afterLapse : afterLeaving
  }

  /// Whether a bot of ours is in the guild.
  package var hasBot: Bool { phase == .joined || phase == .setUp || rejoinedAt != nil }

  /// A bot of ours is in the guild.
  package mutating func joined(at now: Timestamp) {
    switch phase {
    case .joined, .setUp: break
    case .left:
      phase = setUpAt == nil ? .joined : .setUp
      leftAt = nil
    case .erasing: rejoinedAt = rejoinedAt ?? now
    case .erased: self = GuildLife(joinedAt: now)
    }
  }

  /// Somebody configured the guild.
  package mutating func wasSetUp(at now: Timestamp) {
    guard phase == .joined else { return }
    phase = .setUp
    setUpAt = now
  }

  /// The last bot of ours is gone from the guild.
  package mutating func left(at now: Timestamp) {
    switch phase {
    case .joined, .setUp:
      phase = .left
      leftAt = now
    case .erasing: rejoinedAt = nil
    case .left, .erased: break
    }
  }

  /// The guild's subscription ended.
  package mutating func lapsed(at now: Timestamp) {
    guard phase != .erased else { return }
    lapsedAt = lapsedAt ?? now
  }

  /// The guild's subscription goes on.
  package mutating func renewed() {
    guard phase != .erased else { return }
    lapsedAt = nil
  }

  /// Begins the erasure if it is due or somebody asked for it, or goes on with one that was interrupted.
  ///
  /// - Returns: whether the data is to be erased now.
  package mutating func beginErasing(at now: Timestamp, isAskedFor: Bool = false) -> Bool {
    switch phase {
    case .erasing: return true
    case .left:
      guard let erasure, isAskedFor || erasure.due <= now else { return false }
      phase = .erasing
      return true
    case .joined, .setUp, .erased: return false
    }
  }

  /// The data is gone. A guild whose bot came back meanwhile begins anew.
  package mutating func finishErasing(at now: Timestamp) {
    guard phase == .erasing else { return }
    if let rejoinedAt {
      self = GuildLife(joinedAt: rejoinedAt)
    } else {
      phase = .erased
      erasedAt = now
    }
  }
}
