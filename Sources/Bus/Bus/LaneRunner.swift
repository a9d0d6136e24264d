// Runs handlers as the schedule allows, repeats those that fail, and acknowledges those that succeed.

internal import EventLoop
internal import Synchronization
internal import Telemetry

/// The consuming half of lanes, whatever brings the entries.
final class LaneRunner: Sendable {
  typealias Handler = @Sendable (LaneEntry) async throws -> Void
  typealias DeadHandler = @Sendable (LaneEntry, any Error) async -> Void

  private struct State {
    var schedule: LaneSchedule
    var isStopped = false
    /// The dispatcher, asleep because nothing may run.
    var dispatcher: CheckedContinuation<Void, Never>?
    /// Whoever waits for room or for idleness.
    var watchers: [CheckedContinuation<Void, Never>] = []
  }

  private let limits: LaneLimits
  private let time: any TimeSource
  private let acknowledge: @Sendable (LaneEntry) -> Void
  private let log = Log(room: "bus")
  private let state: Mutex<State>

  /// - Parameters:
  ///   - limits: how many entries may run at once, and how they are retried.
  ///   - time: what the pauses between attempts are measured by.
  ///   - acknowledge: called once for an entry that is done, dead ones included; must not block.
  init(limits: LaneLimits, time: any TimeSource, acknowledge: @escaping @Sendable (LaneEntry) -> Void) {
    self.limits = limits
    self.time = time
    self.acknowledge = acknowledge
    state = Mutex(State(schedule: LaneSchedule(concurrency: limits.concurrency)))
  }

  /// Hands over an entry to be run in its turn.
  func arrive(_ entry: LaneEntry) {
    change { $0.schedule.arrive(entry) }
  }

  /// Entries that wait or run.
  var load: Int { state.withLock { $0.schedule.waitingCount + $0.schedule.running } }

  /// How many entries of a key wait or run.
  func depth(of key: String) -> Int { state.withLock { $0.schedule.depth(of: key) } }

  /// The keys of which an entry waits or runs.
  var keys: [String] { state.withLock { Array($0.schedule.keyNames) } }

  /// Forgets entries that have not begun, and returns them.
  func remove(where isUnwanted: @Sendable (LaneEntry) -> Bool) -> [LaneEntry] {
    state.withLock { $0.schedule.remove(where: isUnwanted) }
  }

  /// Returns once the load is below `bound`, or the task is cancelled, or the runner stopped.
  func waitForRoom(below bound: Int) async {
    while !Task.isCancelled {
      let isDone = state.withLock { $0.isStopped || $0.schedule.waitingCount + $0.schedule.running < bound }
      if isDone { return }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let mustWait = state.withLock { state in
            let load = state.schedule.waitingCount + state.schedule.running
            guard !state.isStopped, load >= bound, !Task.isCancelled else { return false }
            state.watchers.append(continuation)
            return true
          }
          if !mustWait { continuation.resume() }
        }
      } onCancel: {
        change { _ in }
      }
    }
  }

  /// Runs what arrives until cancelled or stopped, then waits for the handlers under way.
  func run(handler: @escaping Handler, onDead: @escaping DeadHandler) async {
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        while !Task.isCancelled, let entry = await next() {
          group.addTask { await self.handle(entry, handler, onDead) }
        }
      }
    } onCancel: {
      stop()
    }
  }

  /// Makes `run` return after the handlers under way.
  func stop() {
    change { $0.isStopped = true }
  }

  /// Lets `run` be called once more.
  func restart() {
    state.withLock { $0.isStopped = false }
  }

  private func next() async -> LaneEntry? {
    while true {
      let (entry, isStopped) = state.withLock { ($0.isStopped ? nil : $0.schedule.next(), $0.isStopped) }
      if let entry { return entry }
      if isStopped { return nil }
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          // Something may have arrived since we looked; only this task takes entries, so none is lost by asking.
          guard !state.isStopped, !state.schedule.hasNext else { return false }
          state.dispatcher = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    }
  }

  private func handle(_ entry: LaneEntry, _ handler: Handler, _ onDead: DeadHandler) async {
    do {
      guard entry.delivery <= limits.deliveries else {
        throw BusError(.gaveUp, "it was given out \(entry.delivery - 1) times and never acknowledged")
      }
      try await handler(entry)
      acknowledge(entry)
      change { $0.schedule.finish(entry.key) }
    } catch {
      if Task.isCancelled {
        // Not the entry's fault: it goes back, unacknowledged, for whoever consumes next.
        change {
          $0.schedule.pause()
          $0.schedule.resume(entry)
        }
      } else if entry.delivery >= limits.deliveries {
        log.error("lane entry given up", ["key": .string(entry.key), "entry": .string(entry.id)])
        await onDead(entry, error)
        acknowledge(entry)
        change { $0.schedule.finish(entry.key) }
      } else {
        await retry(entry)
      }
    }
  }

  private func retry(_ entry: LaneEntry) async {
    change { $0.schedule.pause() }
    var next = entry
    do {
      try await time.sleep(for: limits.pause(after: entry.delivery))
      next.delivery += 1
    } catch {
      // Cancelled while waiting: the entry goes back as it was.
    }
    change { $0.schedule.resume(next) }
  }

  private func change(_ body: (inout State) -> Void) {
    let (dispatcher, watchers) = state.withLock { state in
      body(&state)
      defer { (state.dispatcher, state.watchers) = (nil, []) }
      return (state.dispatcher, state.watchers)
    }
    dispatcher?.resume()
    for watcher in watchers { watcher.resume() }
  }
}
