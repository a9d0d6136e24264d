// The process of an engine of our own: started, waited for, ended.

import CSystem
import EventLoop
import Glibc
import Synchronization
import Threads

/// A child process that ends with us, however we end.
final class ServiceProcess: Sendable {
  let pid: pid_t
  private let waiting = WorkerThreads(limit: 1, maximumWaiting: 0)
  private let isOver = Mutex(false)

  private init(pid: pid_t) { self.pid = pid }

  /// Starts a program with both its outputs in a file, in that file's folder.
  ///
  /// - Throws: `EngineError` with `.startFailed`.
  static func start(
    _ command: [String], environment: [String: String], log: String, loop: EventLoop
  ) async throws -> ServiceProcess {
    // On the loop's thread: "ends with its parent" means the thread that started it, and threads of pools come and go.
    try await withCheckedThrowingContinuation { continuation in
      loop.execute {
        continuation.resume(with: Result { try ServiceProcess(pid: spawn(command, environment, log)) })
      }
    }
  }

  private static func spawn(_ command: [String], _ environment: [String: String], _ log: String) throws
    -> pid_t
  {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Where conmon leaves a file when a container runs out of memory.
    let folder = log.lastIndex(of: "/").map { String(log[..<$0]) } ?? "."
    csystem_spawn_changes_to(&actions, folder)
    // The engine hands its descriptors on to what it starts; ours are none of theirs.
    csystem_spawn_closes_from(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: an interrupt from the terminal is for us, and we end it in our order. No signal is blocked or
    // ignored for it.
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var arguments = (["setpriv", "--pdeathsig", "TERM", "--"] + command).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var pid = pid_t()
    let code = posix_spawnp(&pid, "setpriv", &actions, &attributes, &arguments, &variables)
    guard code == 0 else {
      throw EngineError(.startFailed, reason: "setpriv cannot be run", detail: "errno \(code)")
    }
    return pid
  }

  /// Returns once the process has ended. For one caller.
  func ended() async {
    let pid = pid
    // The thread is this process's own, so there is always one.
    try? await waiting.run {
      var status: CInt = 0
      while waitpid(pid, &status, 0) == -1, csystem_errno() == EINTR {}
    }
    isOver.withLock { $0 = true }
  }

  var hasEnded: Bool { isOver.withLock { $0 } }

  /// Asks it to end; it is no more when `ended` returns.
  func signal(_ number: CInt) {
    // Under the lock that `ended` takes afterwards, or the number might be another process's by now.
    isOver.withLock { isOver in if !isOver { kill(pid, number) } }
  }
}
