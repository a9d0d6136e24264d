// The private PostgreSQL: made and started at first need, started again when it dies, stopped with us.

import EventLoop
import Glibc
package import Postgres
import Synchronization
import Telemetry
import Threads

/// A PostgreSQL server of our own for the plugins' tables, for installations that have none.
///
/// It listens on a socket in its folder and nowhere else, runs under an account without rights, and lets in as its
/// owner only who runs us. One process at a time may have it.
package final class PluginCluster: Sendable {
  private enum Phase {
    /// Nobody needed it yet.
    case idle
    /// On its way up; also between a death and the next start.
    case starting
    case running
    /// The last attempt failed; the next follows.
    case failed(ClusterFailure)
    case stopped
  }

  private struct State {
    var phase = Phase.idle
    var server: ClusterProcess?
    var lastWaiter: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
  }

  /// As given at the start.
  package let settings: ClusterSettings
  private let state = Mutex(State())
  /// One waits for the server, one does the rest.
  private let threads = WorkerThreads(limit: 3, maximumWaiting: 64)
  private let log = Log(room: "sandbox")

  /// How long the server may take to answer, recovery included, before the attempt counts as failed.
  private static let patience: Duration = .seconds(60)

  package init(_ settings: ClusterSettings) { self.settings = settings }

  /// The server's process; nil while it does not run.
  package var serverProcess: Int32? { state.withLock { $0.server?.number } }

  /// Whether its folder was ever made.
  var isMade: Bool {
    get async throws {
      let path = "\(settings.data)/PG_VERSION"
      return try await threads.run { access(path, F_OK) == 0 }
    }
  }

  // MARK: Those who need it

  /// Returns where it is once it answers.
  ///
  /// - Returns: the owner's address, without a database.
  /// - Throws: `ClusterFailure` when the last attempt failed; `CancellationError`. `run()` must be running.
  package func ready() async throws -> PostgresAddress {
    while true {
      let phase = state.withLock { state in
        if case .idle = state.phase { wake(&state, .starting) }
        return state.phase
      }
      switch phase {
      case .running: return try address()
      case .failed(let failure): throw failure
      case .stopped: throw ClusterFailure("the plugins' database is stopped")
      case .idle, .starting: await change { if case .starting = $0 { true } else { false } }
      }
      try Task.checkCancellation()
    }
  }

  private func address() throws -> PostgresAddress {
    // A path of ours: absolute and short, but it may hold anything else.
    let quoted = settings.folder.split(separator: "'", omittingEmptySubsequences: false).joined(
      separator: "\\'")
    return try PostgresAddress(
      url: "host='\(quoted)' port=5432 user=\(ClusterSettings.owner) sslmode=disable gssencmode=disable")
  }

  private func wake(_ state: inout State, _ phase: Phase) {
    state.phase = phase
    let waiters = state.waiters
    state.waiters = [:]
    for waiter in waiters.values { waiter.resume() }
  }

  private func set(_ phase: Phase) { state.withLock { wake(&$0, phase) } }

  /// Returns when the phase changes from one that `holds`, or the task is cancelled.
  private func change(while holds: @escaping @Sendable (borrowing Phase) -> Bool) async {
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          guard holds(state.phase), !Task.isCancelled else { return false }
          state.waiters[id] = continuation
          return true
        }
        if !isWaiting { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }

  // MARK: Its life

  /// Keeps the server running from the first need on; returns, with the server stopped, when cancelled.
  package func run() async {
    await change { if case .idle = $0 { true } else { false } }
    var failures = 0
    while !Task.isCancelled {
      set(.starting)
      do {
        try await live()
        failures = 0
        if !Task.isCancelled { log.warning("the plugins' database ended and is started again") }
      } catch {
        failures += 1
        set(.failed(error as? ClusterFailure ?? ClusterFailure("\(error)")))
        log.error("the plugins' database does not run", ["reason": .string("\(error)")])
      }
      // A cancelled pause is the end of the loop.
      do { try await Task.sleep(for: .milliseconds(100 << min(failures, 8))) } catch { break }
    }
    set(.stopped)
  }

  /// One life of the server, from its start to its end.
  private func live() async throws {
    let settings = settings
    let folder = try await threads.run {
      let folder = ClusterFolder(settings: settings, account: try ClusterAccount(settings))
      try folder.prepare()
      try folder.endStrays()
      // What a killed server left names a process that may be anybody's by now.
      unlink("\(settings.data)/postmaster.pid")
      return folder
    }
    let arguments = [settings.program("postgres"), "-D", settings.data] + settings.options
    let command = ClusterProcess.command(arguments, settings: settings, account: folder.account)
    let status = try await withTaskCancellationHandler {
      try await withThrowingTaskGroup(of: CInt?.self) { group in
        group.addTask { try await self.threads.run { try self.serve(command, output: folder.log) } }
        group.addTask {
          try await self.awaitReadiness()
          return nil
        }
        // The watch for readiness ends first, or never: the end of the server ends it.
        while let ended = try await group.next() {
          guard let ended else { continue }
          group.cancelAll()
          return ended
        }
        return -1
      }
    } onCancel: {
      self.stop()
    }
    let wasRunning = state.withLock { state in if case .running = state.phase { true } else { false } }
    if status != 0, !wasRunning, !Task.isCancelled {
      throw ClusterFailure("PostgreSQL did not start (status \(status)): \(folder.lastWords)")
    }
  }

  /// Runs the server on the calling thread: starts it and waits for its end.
  private func serve(_ command: [String], output: String) throws -> CInt {
    let server = try ClusterProcess.spawn(command, output: output)
    state.withLock { $0.server = server }
    defer { state.withLock { $0.server = nil } }
    return server.waitToEnd()
  }

  /// A fast shutdown, and one without goodbye for a server that takes longer than eight seconds.
  private func stop() {
    guard let server = state.withLock({ $0.server }) else { return }
    server.signal(SIGINT)
    let loop = settings.loop
    loop.execute { _ = loop.schedule(after: .seconds(8)) { server.signal(SIGQUIT) } }
  }

  /// Polls the file in which the server says that it takes connections; it tells nobody in another way.
  private func awaitReadiness() async throws {
    let deadline = ContinuousClock.now + Self.patience
    let path = "\(settings.data)/postmaster.pid"
    while ContinuousClock.now < deadline {
      let text = try await threads.run { SmallFile.text(path) }
      let lines = (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      let number = state.withLock { $0.server?.number }
      if lines.count > 7, lines[7].hasPrefix("ready"), let number,
        lines.first.flatMap({ pid_t($0) }) == number
      {
        return set(.running)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    stop()
  }
}
