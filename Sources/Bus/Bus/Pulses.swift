// That something changed, and no more: told to whoever looks, in every process, as seldom as will do.

package import EventLoop
internal import Synchronization

/// Says under a key that something changed. However often it is said, listeners hear of it at most once in each `pause`,
/// and one notice on the bus carries all keys of that time.
///
///     pulses.beat("guild 42")                      // where something is written
///     let listener = pulses.listener(of: "guild 42")
///     await listener.wait(atMost: .seconds(25))    // where somebody looks: then read what there is
///
/// Nothing is kept for those who are away, and a beat may be lost with a process: whoever listens looks once in a while
/// by itself.
package final class Pulses: Sendable {
  /// The topic on the bus; the payload is the keys, one a line.
  static let topic = "pulses"
  /// Keys that wait for the next notice; beyond it they are left out.
  private static let bound = 20_000

  private struct State {
    var waiting: Set<String> = []
    var listeners: [String: [ObjectIdentifier: Weak]] = [:]
  }

  private struct Weak {
    weak var listener: PulseListener?
  }

  private let bus: any Bus
  private let time: any TimeSource
  private let pause: Duration
  private let state = Mutex(State())
  private let bell = Doorbell()

  /// `pause` is the shortest time between two notices of this process.
  package init(bus: any Bus, time: any TimeSource = SystemTime(), pause: Duration = .milliseconds(500)) {
    (self.bus, self.time, self.pause) = (bus, time, pause)
  }

  /// Something changed. Costs a lock and waits for nothing. `key` has no line feed.
  package func beat(_ key: String) {
    let isNew = state.withLock { state in
      state.waiting.count < Self.bound && state.waiting.insert(key).inserted
    }
    if isNew { bell.ring() }
  }

  /// Hears of a key from now on, for as long as it is kept.
  package func listener(of key: String) -> PulseListener {
    let listener = PulseListener(key: key, time: time) { [weak self] key, id in self?.forget(key, id) }
    state.withLock { $0.listeners[key, default: [:]][ObjectIdentifier(listener)] = Weak(listener: listener) }
    return listener
  }

  /// How many listen, in this process.
  package var listenerCount: Int { state.withLock { $0.listeners.values.reduce(0) { $0 + $1.count } } }

  /// Publishes and passes on until the task is cancelled.
  ///
  /// - Throws: `BusError` when it cannot be listened to.
  package func run() async throws {
    let notices = try await bus.subscribe(to: [Self.topic], buffer: 256)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.publish() }
      group.addTask {
        for await notice in notices { self.pass(notice) }
      }
      await group.next()
      group.cancelAll()
    }
  }

  private func publish() async {
    while !Task.isCancelled {
      await bell.wait()
      let keys = state.withLock { state in
        defer { state.waiting = [] }
        return state.waiting
      }
      // What could not be told is found by those who look by themselves.
      if !keys.isEmpty { try? await bus.publish(Array(keys.joined(separator: "\n").utf8), to: Self.topic) }
      do { try await time.sleep(for: pause) } catch { return }
    }
  }

  private func pass(_ notice: NoticeEvent) {
    let listeners = state.withLock { state -> [PulseListener] in
      switch notice {
      case .missed: return state.listeners.values.flatMap { $0.values.compactMap(\.listener) }
      case .notice(_, let payload):
        guard !state.listeners.isEmpty else { return [] }
        return String(decoding: payload, as: UTF8.self).split(separator: "\n").flatMap { key in
          state.listeners[String(key)]?.values.compactMap(\.listener) ?? []
        }
      }
    }
    for listener in listeners { listener.beat() }
  }

  private func forget(_ key: String, _ id: ObjectIdentifier) {
    state.withLock { state in
      state.listeners[key]?[id] = nil
      if state.listeners[key]?.isEmpty ?? false { state.listeners[key] = nil }
    }
  }
}

/// One who listens to a key. Dropping it ends that.
package final class PulseListener: Sendable {
  private let bell = Doorbell()
  private let isBeaten = Atomic(false)
  private let key: String
  private let time: any TimeSource
  private let onEnd: @Sendable (String, ObjectIdentifier) -> Void

  init(
    key: String, time: any TimeSource, onEnd: @escaping @Sendable (String, ObjectIdentifier) -> Void
  ) {
    (self.key, self.time, self.onEnd) = (key, time, onEnd)
  }

  deinit { onEnd(key, ObjectIdentifier(self)) }

  func beat() {
    isBeaten.store(true, ordering: .releasing)
    bell.ring()
  }

  /// Returns when there was a beat since the last call, after `limit`, or when the task is cancelled.
  ///
  /// - Returns: whether there was a beat.
  @discardableResult
  package func wait(atMost limit: Duration) async -> Bool {
    await bell.wait(atMost: limit, by: time)
    return isBeaten.exchange(false, ordering: .acquiring)
  }
}
