// The server as a child of ours: started under limits, ended with us.

import CSystem
import Glibc
import Synchronization

/// A child process. Its number stays good until its end was collected, so that a signal never hits a stranger.
final class ClusterProcess: Sendable {
  private let process: Mutex<pid_t?>
  let number: pid_t

  private init(_ number: pid_t) {
    self.number = number
    process = Mutex(number)
  }

  /// The command under the account and the limits.
  ///
  /// The kernel sends the child SIGINT, a fast shutdown, when the thread that started it ends: so the thread that starts
  /// the server must be the one that waits for it, and the signal comes when the whole process goes, however it does.
  static func command(_ arguments: [String], settings: ClusterSettings, account: ClusterAccount) -> [String] {
    // `ulimit` counts kibibytes, and blocks of 512 bytes.
    let limits = """
      cd /; ulimit -c 0; ulimit -d \(settings.memoryPerProcess >> 10); ulimit -f \(settings.largestFile / 512)
      echo 500 >/proc/self/oom_score_adj 2>/dev/null
      exec "$@"
      """
    let identity =
      geteuid() == 0
      ? [
        "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--inh-caps=-all",
        "--bounding-set=-all",
      ]
      : []
    return ["/bin/sh", "-c", limits, "limits", "/usr/bin/setpriv"] + identity
      + ["--no-new-privs", "--pdeathsig=INT", "/usr/bin/nice", "-n", "5"] + arguments
  }

  /// Starts a command; what it prints replaces the file `output`.
  static func spawn(_ arguments: [String], output: String) throws(ClusterFailure) -> ClusterProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Ours close by themselves. Those that others gave us do not, and a closed one in the list does no harm.
    for descriptor in SmallFile.numbers(in: "/proc/self/fd") where descriptor > 2 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What is typed at our terminal is not for the server, and neither is what our threads block or ignore.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var argumentPointers = arguments.map { strdup($0) } + [nil]
    let variables: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]
    var environment = variables.map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + environment { free(pointer) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, arguments[0], &actions, &attributes, &argumentPointers, &environment)
    guard code == 0 else { throw ClusterFailure("\(arguments[0]) does not start (errno \(code))") }
    return ClusterProcess(child)
  }

  /// POSIX_SPAWN_SETSID of spawn.h, which Glibc's overlay leaves out.
  private static let newSession: Int16 = 0x80

  /// Blocks until the process has ended; its status as `waitpid` gives it. Once.
  func waitToEnd() -> CInt {
    var information = siginfo_t()
    // Not collected yet: its number is still its own.
    while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) != 0, csystem_errno() == EINTR {}
    return process.withLock { process in
      process = nil
      var status: CInt = -1
      waitpid(number, &status, 0)
      return status
    }
  }

  /// Sends a signal, if the process has not been collected.
  func signal(_ signal: CInt) {
    process.withLock { process in
      if let process { kill(process, signal) }
    }
  }
}
