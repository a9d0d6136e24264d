// Writes lines to a file descriptor from a thread of its own, so that a slow reader holds nobody up.

internal import CSystem
internal import Glibc
internal import Synchronization

/// A sink that writes each entry as one line with one `write(2)`, which other processes cannot interleave with (on a
/// pipe: up to 4,096 bytes).
///
/// Callers put entries into a bounded queue and go on. When it is full, new entries are dropped and counted, and the
/// next line that can be written says how many. `flush` waits for the queue; the process's sink is flushed at exit.
/// A crash loses what is queued.
package final class StreamSink: LogSink {
  /// The process's sink: for people when standard error is a terminal, in JSON otherwise; in colours on a terminal
  /// unless `NO_COLOR` is set to something (no-color.org) or `TERM` is `dumb`.
  package static let standardError: StreamSink = {
    let sink = StreamSink(descriptor: STDERR_FILENO, format: formatOfStandardError())
    atexit(flushStandardError)
    return sink
  }()

  private let queue: LineQueue

  /// `descriptor` stays the caller's, and must be open as long as the sink lives; `capacity` entries may wait to be
  /// written.
  package init(descriptor: CInt, format: LogFormat, capacity: Int = 8_192) {
    queue = LineQueue(descriptor: descriptor, format: format, capacity: capacity)
  }

  deinit {
    queue.close()
  }

  package func receive(_ entry: LogEntry) { queue.append(entry) }

  /// Entries that were dropped because the queue was full.
  package var droppedCount: Int { queue.droppedCount }

  /// Blocks the thread until everything received so far is written, or `limit` has passed: for the end of the
  /// process.
  ///
  /// - Returns: whether everything was written.
  @discardableResult
  package func flush(limit: Duration = .seconds(2)) -> Bool { queue.flush(limit: limit) }

  private static func formatOfStandardError() -> LogFormat {
    guard isatty(STDERR_FILENO) == 1 else { return .json }
    let asksForNone = getenv("NO_COLOR").map { $0[0] != 0 } ?? false
    let terminal = getenv("TERM").map { String(cString: $0) }
    return .human(colors: !asksForNone && terminal != "dumb")
  }
}

private func flushStandardError() {
  StreamSink.standardError.flush()
}

/// What the sink and its thread share. The thread begins with the first entry and ends after `close`.
private final class LineQueue: @unchecked Sendable {
  private struct State {
    var waiting: [LogEntry] = []
    var isThreadRunning = false
    /// The thread holds entries that are not yet written.
    var isWriting = false
    var isClosed = false
    var dropped = 0
    var droppedUnsaid = 0
  }

  private let descriptor: CInt
  private let format: LogFormat
  private let capacity: Int
  private let state = Mutex(State())
  // Unchecked for this pointer: a semaphore is made to be used from several threads, and is destroyed last of all.
  private let wakeUp = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init(descriptor: CInt, format: LogFormat, capacity: Int) {
    (self.descriptor, self.format, self.capacity) = (descriptor, format, capacity)
    sem_init(wakeUp, 0, 0)
  }

  deinit {
    sem_destroy(wakeUp)
    wakeUp.deallocate()
  }

  var droppedCount: Int { state.withLock { $0.dropped } }

  func append(_ entry: LogEntry) {
    let (wakes, starts) = state.withLock { state -> (Bool, Bool) in
      guard state.waiting.count < capacity else {
        state.dropped += 1
        state.droppedUnsaid += 1
        return (false, false)
      }
      state.waiting.append(entry)
      let starts = !state.isThreadRunning
      state.isThreadRunning = true
      return (state.waiting.count == 1, starts)
    }
    if starts { startThread() }
    if wakes { sem_post(wakeUp) }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    sem_post(wakeUp)
  }

  func flush(limit: Duration) -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while state.withLock({ $0.isThreadRunning && ($0.isWriting || !$0.waiting.isEmpty) }) {
      guard clock.now < deadline else { return false }
      usleep(500)
    }
    return true
  }

  private func startThread() {
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    guard pthread_create(&thread, nil, runLineWriter, context.toOpaque()) == 0 else {
      context.release()
      // The next entry tries again; those that wait stay within the bound.
      state.withLock { $0.isThreadRunning = false }
      return
    }
    pthread_detach(thread)
  }

  /// The thread's work.
  fileprivate func run() {
    csystem_set_thread_name("log")
    // A reader that went away must not end the process.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    while true {
      let (entries, unsaid, isClosed) = state.withLock { state -> ([LogEntry], Int, Bool) in
        defer { (state.waiting, state.droppedUnsaid) = ([], 0) }
        state.isWriting = !state.waiting.isEmpty
        return (state.waiting, state.droppedUnsaid, state.isClosed)
      }
      for entry in entries { write(format.line(entry)) }
      if unsaid > 0 { write(format.line(Self.notice(dropped: unsaid))) }
      state.withLock { $0.isWriting = false }
      if entries.isEmpty && isClosed { return }
      if entries.isEmpty { waitForWakeUp() }
    }
  }

  private static func notice(dropped: Int) -> LogEntry {
    LogEntry(
      milliseconds: wallClockMilliseconds(), level: .warning, room: "telemetry",
      message: "log entries dropped",
      fields: ["count": .integer(Int64(dropped))])
  }

  private func waitForWakeUp() {
    while sem_wait(wakeUp) != 0 {
      // Interrupted by a signal: wait on.
    }
  }

  /// One call for the line; more only where the kernel takes less, as a full disk or a non-blocking pipe does. A line
  /// that cannot be written is lost: there is nowhere left to say so.
  private func write(_ line: [UInt8]) {
    var done = 0
    while done < line.count {
      let count = line.withUnsafeBytes {
        CSystem.write(descriptor, $0.baseAddress.map { $0 + done }, line.count - done)
      }
      if count >= 0 {
        done += count
      } else if csystem_errno() == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if csystem_errno() != EINTR {
        return
      }
    }
  }
}

private func runLineWriter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<LineQueue>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
