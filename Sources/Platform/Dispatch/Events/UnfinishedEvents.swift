// Events that some plugins could not handle because the store was away: whose part is left when the lane brings them again.

import Synchronization

/// The plugins whose part in an event is left, by the events' keys. What is lost here, with the process or because there
/// is too much of it, is only which plugins are done already: then all handle the event once more.
///
/// Its methods are not inlined, for the reason that `TimersUnderway` gives.
final class UnfinishedEvents: Sendable {
  private struct Left {
    var plugins: Set<String> = []
    var reason: any Error
  }

  private let events = Mutex(LatelyUsed<String, Left>(capacity: 20_000))

  /// Notes that a plugin's part in an event is left.
  @inline(never)
  func leave(_ plugin: String, of event: String, because reason: any Error) {
    events.withLock { events in
      var left = events[event] ?? Left(reason: reason)
      left.plugins.insert(plugin)
      events[event] = left
    }
  }

  /// Why something of an event is left; nil when nothing is.
  @inline(never)
  func reason(_ event: String) -> (any Error)? { events.withLock { $0[event]?.reason } }

  /// Takes out the plugins whose part in an event is left; nil when that is all of them.
  @inline(never)
  func take(_ event: String) -> Set<String>? {
    events.withLock { events in
      defer { events[event] = nil }
      return events[event]?.plugins
    }
  }
}
