// How large the store is, asked for once a minute at most.

import EventLoop
import Storage
import Synchronization

/// Looking at every file of an installation takes its time; the desk shows what was found within the last minute.
final class StoreSizeMeter: Sendable {
  private let house: DashboardEnvironment
  private let known = Mutex<(bytes: Int64, at: Duration)?>(nil)

  init(_ house: DashboardEnvironment) { self.house = house }

  /// In bytes; nil when it cannot be had soon.
  func bytes() async -> Int64? {
    let now = house.time.uptime
    if let known = known.withLock({ $0 }), now - known.at < .seconds(60) { return known.bytes }
    let storage = house.storage
    guard let bytes = await Deadline.within(.seconds(2), by: house.time, { try await storage.size() }) else {
      return known.withLock { $0?.bytes }
    }
    known.withLock { $0 = (bytes, now) }
    return bytes
  }
}
