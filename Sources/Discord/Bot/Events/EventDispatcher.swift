// Who hears of which event.

package import DiscordGateway
internal import Synchronization

/// The handlers of one bot, by event.
///
/// Handlers run synchronously on the loop of the shard that received the event, one after another, in the order they
/// subscribed. What takes longer than some microseconds goes elsewhere, with a hold on the event.
package final class EventDispatcher: Sendable {
  /// Does something with an event. Must not block.
  package typealias Handler = @Sendable (inout BotEvent) -> Void

  /// Whether a handler sees the cache as it was before the event, or as it is after it.
  package enum Moment: Sendable {
    /// For comparing: the old name, the roles of who has left.
    case beforeCache
    case afterCache
  }

  /// One subscriber's entry.
  fileprivate struct Entry: Sendable {
    let id: UInt64
    let handler: Handler
  }

  /// The handlers at one moment, in lists by event number.
  fileprivate struct Lists: Sendable {
    var byName = [[Entry]](repeating: [], count: GatewayEventName.documented.count)
    /// Of events that were not known when this was written.
    var undocumented: [GatewayEventName: [Entry]] = [:]
    /// Of all events.
    var all: [Entry] = []

    func entries(for name: GatewayEventName) -> [Entry] {
      name.isDocumented ? byName[Int(name.index)] : undocumented[name] ?? []
    }

    mutating func change(_ name: GatewayEventName, _ body: (inout [Entry]) -> Void) {
      if name.isDocumented { body(&byName[Int(name.index)]) } else { body(&undocumented[name, default: []]) }
    }

    mutating func remove(_ id: UInt64) {
      for index in byName.indices { byName[index].removeAll { $0.id == id } }
      for name in undocumented.keys { undocumented[name]?.removeAll { $0.id == id } }
      all.removeAll { $0.id == id }
    }
  }

  fileprivate struct Table: Sendable {
    var before = Lists()
    var after = Lists()
    var lastID: UInt64 = 0
  }

  private let table = Mutex(Table())

  package init() {}

  /// Has `handler` called for events of these names.
  ///
  /// - Returns: keep it: when it goes away, the handler is not called any more.
  package func subscribe(
    to names: GatewayEventName..., at moment: Moment = .afterCache, _ handler: @escaping Handler
  ) -> EventSubscription {
    subscribe(to: names, at: moment, handler)
  }

  /// The same for a list of names.
  package func subscribe(
    to names: [GatewayEventName], at moment: Moment = .afterCache, _ handler: @escaping Handler
  ) -> EventSubscription {
    add(at: moment, handler) { lists, entry in
      for name in Set(names) { lists.change(name) { $0.append(entry) } }
    }
  }

  /// Has `handler` called for every event, after those who asked for the event by name.
  package func subscribeToAll(
    at moment: Moment = .afterCache, _ handler: @escaping Handler
  ) -> EventSubscription {
    add(at: moment, handler) { lists, entry in lists.all.append(entry) }
  }

  private func add(
    at moment: Moment, _ handler: @escaping Handler, _ insert: (inout Lists, Entry) -> Void
  ) -> EventSubscription {
    let id = table.withLock { table in
      table.lastID += 1
      let entry = Entry(id: table.lastID, handler: handler)
      switch moment {
      case .beforeCache: insert(&table.before, entry)
      case .afterCache: insert(&table.after, entry)
      }
      return table.lastID
    }
    return EventSubscription { [weak self] in self?.remove(id) }
  }

  private func remove(_ id: UInt64) {
    // Closures may hold the last reference to anything: let go of them outside the lock.
    let dropped = table.withLock { table in
      let old = table
      table.before.remove(id)
      table.after.remove(id)
      return old
    }
    withExtendedLifetime(dropped) {}
  }

  /// Calls the handlers, with `update` between those before and those after the cache.
  func dispatch(_ event: inout BotEvent, update: (borrowing BotEvent) -> Void) {
    let name = event.name
    let (before, beforeAll, after, afterAll) = table.withLock { table in
      (table.before.entries(for: name), table.before.all, table.after.entries(for: name), table.after.all)
    }
    for entry in before { entry.handler(&event) }
    for entry in beforeAll { entry.handler(&event) }
    update(event)
    for entry in after { entry.handler(&event) }
    for entry in afterAll { entry.handler(&event) }
  }
}

/// A subscription; over when it is cancelled or goes away. A dispatch that is under way may still call the handler.
package final class EventSubscription: Sendable {
  private let end: Mutex<(@Sendable () -> Void)?>

  init(_ end: @escaping @Sendable () -> Void) { self.end = Mutex(end) }

  deinit { cancel() }

  /// Ends it. From any thread; a second time does nothing.
  package func cancel() {
    let end = end.withLock { end in
      defer { end = nil }
      return end
    }
    end?()
  }
}
