// Who gets an exclusive connection next: a pure machine.

/// Leases of `count` places, first come first served, with a bound on those who wait.
struct LeaseQueue<Waiter> {
  enum Decision {
    /// The place is yours.
    case granted(Int)
    /// Every place is taken; the waiter was queued.
    case queued
    /// Every place is taken and too many wait already.
    case refused
  }

  private var free: [Int]
  private var waiters: [(id: UInt64, waiter: Waiter)] = []
  private let maximumWaiting: Int

  init(count: Int, maximumWaiting: Int) {
    free = Array((0..<count).reversed())
    self.maximumWaiting = maximumWaiting
  }

  var freeCount: Int { free.count }
  var waitingCount: Int { waiters.count }

  /// Takes a free place, one that `isPreferred` if there is one.
  mutating func take(where isPreferred: (Int) -> Bool) -> Int? {
    guard !free.isEmpty else { return nil }
    guard let index = free.lastIndex(where: isPreferred) else { return free.removeLast() }
    return free.remove(at: index)
  }

  /// Takes a place, or queues the waiter.
  mutating func acquire(id: UInt64, _ waiter: Waiter) -> Decision {
    if let place = free.popLast() { return .granted(place) }
    guard waiters.count < maximumWaiting else { return .refused }
    waiters.append((id, waiter))
    return .queued
  }

  /// Gives a place back; returns the waiter who has it now.
  mutating func release(_ place: Int) -> Waiter? {
    guard !waiters.isEmpty else {
      free.append(place)
      return nil
    }
    return waiters.removeFirst().waiter
  }

  /// Takes a waiter out of the queue; nil when it is no longer in it.
  mutating func abandon(id: UInt64) -> Waiter? {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
    return waiters.remove(at: index).waiter
  }

  mutating func takeWaiters() -> [Waiter] {
    defer { waiters = [] }
    return waiters.map(\.waiter)
  }
}
