// Events that were handled on other threads, until the loop turns to them.

internal import Synchronization

/// Collects acknowledgements from any thread, so that the loop is not woken for each: it looks here whenever something
/// arrives, and by a timer while events are in hand.
final class HandledElsewhere: Sendable {
  /// How long an acknowledgement waits at most.
  static let pause = Duration.milliseconds(10)

  private struct State {
    var positions: [GatewayPosition] = []
    /// A timer will look.
    var isWatched = false
    /// The shard reads no further until there is news.
    var isUrgent = false
    /// The loop was told to look.
    var isTold = false
  }

  private let state = Mutex(State())

  func setUrgent(_ isUrgent: Bool) { state.withLock { $0.isUrgent = isUrgent } }

  /// Returns whether a timer has to be set that looks.
  func watch() -> Bool {
    state.withLock { state in
      defer { state.isWatched = true }
      return !state.isWatched
    }
  }

  /// Returns whether the loop has to be told.
  func add(_ position: GatewayPosition) -> Bool {
    state.withLock { state in
      state.positions.append(position)
      guard !state.isTold, state.isUrgent || !state.isWatched else { return false }
      state.isTold = true
      return true
    }
  }

  func take() -> [GatewayPosition] {
    state.withLock { state in
      state.isTold = false
      guard !state.positions.isEmpty else { return [] }
      defer { state.positions = [] }
      return state.positions
    }
  }

  /// No timer looks any more; false when there is something to look at.
  func rest() -> Bool {
    state.withLock { state in
      guard state.positions.isEmpty else { return false }
      state.isWatched = false
      return true
    }
  }
}
