// Starting the programs a test server consists of.

import CSystem
import Glibc

/// Child processes, and what the kernel tells about them.
enum ServerProcess {
  /// Starts a program in a session of its own and returns its process. `lifeline` becomes its descriptor 3;
  /// what it prints goes to the file `output`.
  static func spawn(
    _ arguments: [String], lifeline: CInt? = nil, environment: [String], output: String = "/dev/null"
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    if let lifeline { posix_spawn_file_actions_adddup2(&actions, lifeline, 3) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // An interrupt typed at the terminal is for us, not for the server. And a thread of a pool blocks signals,
    // which the child would inherit: a shell that never hears of its child's end waits for it for ever.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var argumentPointers = arguments.map { strdup($0) } + [nil]
    var environmentPointers = environment.map { strdup($0) } + [nil]
    defer {
      for pointer in argumentPointers + environmentPointers { free(pointer) }
    }
    var child: pid_t = 0
    let code = posix_spawn(
      &child, arguments[0], &actions, &attributes, &argumentPointers, &environmentPointers)
    guard code == 0 else { throw TestKitError("\(arguments[0]) does not start (errno \(code))") }
    return child
  }

  /// POSIX_SPAWN_SETSID of spawn.h, which Glibc's overlay leaves out.
  private static let newSession: Int16 = 0x80

  /// Runs a program to its end.
  ///
  /// - Throws: `TestKitError` when it exits with anything but 0.
  static func run(_ arguments: [String], output: String = "/dev/null") async throws {
    let child = try spawn(arguments, environment: ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"], output: output)
    var status: CInt = 0
    while waitpid(child, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(2)) }
    guard status == 0 else { throw TestKitError("\(arguments) failed (status \(status))") }
  }

  /// Whether a process exists and has not ended: one that has ended and that nobody collected counts as ended.
  static func isRunning(_ process: pid_t) -> Bool {
    guard let stat = text(of: "/proc/\(process)/stat"), let name = stat.lastIndex(of: ")") else {
      return false
    }
    return !stat[name...].hasPrefix(") Z")
  }

  /// A small file's text; nil when it cannot be read.
  static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var text: [UInt8] = []
    while true {
      let count = read(descriptor, &bytes, bytes.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += bytes[..<count]
    }
  }

  /// Replaces a file's contents; owner and mode stay.
  static func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw TestKitError("\(path) does not open (errno \(csystem_errno()))") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw TestKitError("\(path) is not written (errno \(csystem_errno()))")
    }
  }
}
