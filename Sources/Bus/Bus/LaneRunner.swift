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
    /// Workers that have nothing to do. The one that slept last is woken first: its memory is warm.
    var idle: [CheckedContinuation<LaneEntry?, Never>] = []
    /// Whoever starts workers, asleep while there are enough.
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
  ///
  /// Workers stay for the next entry: whoever has finished one goes on with another, and an entry that arrives wakes one
  /// that sleeps, without a task of its own.
  func run(handler: @escaping Handler, onDead: @escaping DeadHandler) async {
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        while !Task.isCancelled, let first = await firstOfWorker() {
          group.addTask {
            var next: LaneEntry? = first
            while let entry = next {
              let isDone = await self.handle(entry, handler, onDead)
              next = await self.next(after: isDone ? entry : nil)
            }
          }
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

  /// What a new worker begins with: an entry that may run and for which no worker is idle. nil when stopped.
  private func firstOfWorker() async -> LaneEntry? {
    while true {
      let (entry, isStopped) = state.withLock { ($0.isStopped ? nil : $0.schedule.next(), $0.isStopped) }
      if let entry { return entry }
      if isStopped { return nil }
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          // Something may have arrived since we looked.
          guard !state.isStopped, !state.schedule.hasNext else { return false }
          state.dispatcher = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    }
  }

  /// What a worker goes on with when it is done with an entry; nil when stopped.
  private func next(after done: LaneEntry?) async -> LaneEntry? {
    var next: LaneEntry?
    change { state in
      if let done { state.schedule.finish(done.key) }
      if !state.isStopped { next = state.schedule.next() }
    }
    if let next { return next }
    return await withCheckedContinuation { continuation in
      let (isOver, entry) = state.withLock { state -> (Bool, LaneEntry?) in
        if state.isStopped { return (true, nil) }
        if let entry = state.schedule.next() { return (true, entry) }
        state.idle.append(continuation)
        return (false, nil)
      }
      if isOver { continuation.resume(returning: entry) }
    }
  }

  /// Returns whether the entry is done with, so that the next of its key may run.
  private func handle(_ entry: LaneEntry, _ handler: Handler, _ onDead: DeadHandler) async -> Bool {
    do {
      guard entry.delivery <= limits.deliveries else {
        throw BusError(.gaveUp, "it was given out \(entry.delivery - 1) times and never acknowledged")
      }
      try await handler(entry)
      acknowledge(entry)
      return true
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
        return true
      } else {
        await retry(entry)
      }
      return false
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
    let (woken, dispatcher, watchers) = state.withLock { state in
      body(&state)
      var woken: [(CheckedContinuation<LaneEntry?, Never>, LaneEntry?)] = []
      if state.isStopped {
        woken = state.idle.map { ($0, nil) }
        state.idle = []
      } else {
        while !state.idle.isEmpty, let entry = state.schedule.next() {
          woken.append((state.idle.removeLast(), entry))
        }
      }
      var dispatcher: CheckedContinuation<Void, Never>?
      if state.isStopped || state.schedule.hasNext { swap(&dispatcher, &state.dispatcher) }
      defer { state.watchers = [] }
      return (woken, dispatcher, state.watchers)
    }
    for (worker, entry) in woken { worker.resume(returning: entry) }
    dispatcher?.resume()
    for watcher in watchers { watcher.resume() }
  }
}
