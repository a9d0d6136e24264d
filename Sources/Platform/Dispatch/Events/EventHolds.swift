// Events that lie in a lane of this process: acknowledged to the shard when they are done.

import DiscordBot
import Synchronization

/// Holds by the events' keys; an event that came twice has two, and lets go of both when it is done. Bounded by what the
/// shards have in hand.
final class EventHolds: Sendable {
  private let holds = Mutex<[String: [EventHold]]>([:])

  func keep(_ hold: EventHold, of key: String) {
    holds.withLock { $0[key, default: []].append(hold) }
  }

  func finish(_ key: String) {
    for hold in holds.withLock({ $0.removeValue(forKey: key) }) ?? [] { hold.finish() }
  }
}
