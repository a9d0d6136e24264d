// Where entries go: levels, redaction, sink.

internal import Glibc
internal import Synchronization

/// An entry as sinks get it: redacted already.
package struct LogEntry: Sendable, Equatable {
  /// Milliseconds since 1970, UTC.
  package let milliseconds: Int64
  package let level: LogLevel
  package let room: String
  package let message: String
  /// By key; sorted where they are written.
  package let fields: [String: LogValue]
  package let trace: TraceID?

  package init(
    milliseconds: Int64, level: LogLevel, room: String, message: String, fields: [String: LogValue] = [:],
    trace: TraceID? = nil
  ) {
    (self.milliseconds, self.level, self.room, self.message) = (milliseconds, level, room, message)
    (self.fields, self.trace) = (fields, trace)
  }
}

/// Takes entries. It is called on the thread that logs, so it must not block.
package protocol LogSink: Sendable {
  func receive(_ entry: LogEntry)
}

/// Levels and sink of a process, or of a test.
package final class LogSystem: Sendable {
  /// The one that `Log(room:)` uses: standard error, level `info`, until it is told otherwise.
  package static let process = LogSystem(sink: StreamSink.standardError)

  /// Takes the entries of the current task and its children instead of the system's sink: for tests of rooms whose
  /// `Log` is a constant. Levels stay what they are.
  @TaskLocal package static var taskSink: (any LogSink)?

  private struct State {
    var levels: LogLevels
    var thresholds: [String: LogThreshold] = [:]
    var sink: any LogSink
  }

  private let state: Mutex<State>
  private let now: @Sendable () -> Int64

  /// `now` is the wall clock in milliseconds since 1970.
  package init(
    levels: LogLevels = LogLevels(), sink: any LogSink,
    now: @escaping @Sendable () -> Int64 = wallClockMilliseconds
  ) {
    state = Mutex(State(levels: levels, sink: sink))
    self.now = now
  }

  /// The levels in force. Setting them takes effect at once, also for `Log` values that exist.
  package var levels: LogLevels {
    get { state.withLock { $0.levels } }
    set {
      state.withLock { state in
        state.levels = newValue
        for (room, threshold) in state.thresholds { threshold.set(newValue[room]) }
      }
    }
  }

  /// Where entries go from now on.
  package var sink: any LogSink {
    get { state.withLock { $0.sink } }
    set { state.withLock { $0.sink = newValue } }
  }

  /// One per room, of which there are as many as the code names.
  func threshold(of room: String) -> LogThreshold {
    state.withLock { state in
      if let threshold = state.thresholds[room] { return threshold }
      let threshold = LogThreshold(state.levels[room])
      state.thresholds[room] = threshold
      return threshold
    }
  }

  func write(_ level: LogLevel, room: String, _ message: StaticString, _ fields: [String: LogValue]) {
    let entry = LogEntry(
      milliseconds: now(), level: level, room: room, message: Redactor.redact("\(message)"),
      fields: Redactor.redact(fields), trace: TraceID.current)
    (Self.taskSink ?? sink).receive(entry)
  }
}

/// The system's wall clock.
package func wallClockMilliseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}

/// Keeps the newest entries: for tests.
package final class CapturingSink: LogSink {
  private let limit: Int
  private let kept = Mutex<[LogEntry]>([])

  /// - Parameter limit: how many entries are kept; older ones are forgotten.
  package init(limit: Int = 10_000) { self.limit = limit }

  package func receive(_ entry: LogEntry) {
    kept.withLock { kept in
      if kept.count == limit { kept.removeFirst() }
      kept.append(entry)
    }
  }

  /// What was received, oldest first.
  package var entries: [LogEntry] { kept.withLock { $0 } }
}
