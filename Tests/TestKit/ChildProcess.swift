// Foreign programs that tests talk to: started, read line by line, killed, and never left behind.

package import CSystem
import EventLoop
import Glibc
import Synchronization

/// A program started by a test. It dies with the test process, however that ends, and with this object.
package final class ChildProcess: Sendable {
  private struct State {
    var lines: ArraySlice<String> = []
    var partial: [UInt8] = []
    var isAtEnd = false
    var exitStatus: CInt?
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// All children are started on this loop's thread: the kernel's "die with the parent" means the thread that
  /// started them, and the threads of the pool come and go.
  private static let loop: EventLoop? = try? EventLoop(name: "children")

  /// The process id.
  package let pid: pid_t
  private let output: CInt
  private let input: CInt
  private let state = Mutex(State())
  private let isInputOpen = Mutex(true)

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - arguments: the program (searched in `PATH`) and its arguments.
  ///   - environment: added to this process's own.
  ///   - user: run as that user when this process is root's; servers such as PostgreSQL refuse root.
  ///   - mergesErrors: whether standard error is read as well; it is inherited otherwise.
  /// - Returns: the running child.
  /// - Throws: `TestKitError` when it cannot be started.
  package static func start(
    _ arguments: [String], environment: [String: String] = [:], user: String? = nil,
    mergesErrors: Bool = false
  ) async throws -> ChildProcess {
    guard let loop else { throw TestKitError("no event loop for children") }
    return try await withCheckedThrowingContinuation { continuation in
      loop.execute {
        continuation.resume(
          with: Result {
            let child = try ChildProcess(arguments, environment, user, mergesErrors)
            try child.watch(on: loop)
            return child
          })
      }
    }
  }

  private init(_ arguments: [String], _ environment: [String: String], _ user: String?, _ mergesErrors: Bool)
    throws
  {
    var outputPipe: [CInt] = [0, 0]
    var inputPipe: [CInt] = [0, 0]
    guard pipe(&outputPipe) == 0, pipe(&inputPipe) == 0 else { throw TestKitError("no pipe for a child") }
    for end in outputPipe + inputPipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer {
      close(outputPipe[1])
      close(inputPipe[0])
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inputPipe[0], 0)
    posix_spawn_file_actions_adddup2(&actions, outputPipe[1], 1)
    if mergesErrors { posix_spawn_file_actions_adddup2(&actions, outputPipe[1], 2) }

    var command = ["setpriv", "--pdeathsig", "KILL"]
    if let user, getuid() == 0 { command += ["--reuid", user, "--regid", user, "--init-groups"] }
    command += ["--"] + arguments
    var variables = ProcessEnvironment.current.merging(environment) { $1 }
    variables["LC_ALL"] = "C.UTF-8"
    var argv = command.map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid = pid_t()
    let code = posix_spawnp(&pid, "setpriv", &actions, nil, &argv, &envp)
    guard code == 0 else {
      close(outputPipe[0])
      close(inputPipe[1])
      throw TestKitError("cannot start \(arguments.first ?? "nothing"): \(String(cString: strerror(code)))")
    }
    self.pid = pid
    output = outputPipe[0]
    input = inputPipe[1]
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
  }

  /// The next line of output, without its end; nil when the output ended, `timeout` passed or the task is cancelled.
  package func nextLine(timeout: Duration = .seconds(20)) async -> String? {
    let deadline = ContinuousClock.now + timeout
    while ContinuousClock.now < deadline {
      let (line, isAtEnd) = state.withLock { state in
        (state.lines.popFirst(), state.isAtEnd)
      }
      if let line { return line }
      if isAtEnd { return nil }
      // A foreign process speaks when it speaks: polling it is honest, and bounded.
      do { try await Task.sleep(for: .milliseconds(2)) } catch { return nil }
    }
    return nil
  }

  /// Reads lines until one satisfies `condition` and returns it.
  package func line(timeout: Duration = .seconds(20), where condition: (String) -> Bool) async throws
    -> String
  {
    var seen: [String] = []
    while let line = await nextLine(timeout: timeout) {
      if condition(line) { return line }
      seen.append(line)
    }
    throw TestKitError("the child never said it; it said: \(seen.suffix(20).joined(separator: "\n"))")
  }

  /// Everything the program printed and nobody has read yet, once it has ended its output.
  package func remainingOutput(timeout: Duration = .seconds(60)) async -> String {
    var lines: [String] = []
    while let line = await nextLine(timeout: timeout) { lines.append(line) }
    return lines.joined(separator: "\n")
  }

  /// Writes to the program's standard input. For small amounts: it blocks when the pipe is full.
  package func write(_ text: String) {
    isInputOpen.withLock { isOpen in
      var rest = Array(text.utf8)[...]
      while isOpen, !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Closes the program's standard input; writing afterwards does nothing.
  package func closeInput() {
    isInputOpen.withLock { isOpen in
      if isOpen { close(input) }
      isOpen = false
    }
  }

  /// Sends a signal, `SIGKILL` unless told.
  package func kill(_ signal: CInt = SIGKILL) {
    guard state.withLock({ $0.exitStatus == nil }) else { return }
    Glibc.kill(pid, signal)
  }

  /// Waits for the program to end, cancelled or not; its exit code, or minus the signal that ended it.
  @discardableResult
  package func wait() async -> CInt {
    // In a task that nobody cancels: a pause that is cut short would keep a thread of the pool busy.
    await Task {
      while true {
        if let status = reap() { return status }
        try? await Task.sleep(for: .milliseconds(2))
      }
    }.value
  }

  /// Whether the program still runs.
  package var isRunning: Bool { reap() == nil }

  private func reap() -> CInt? {
    state.withLock { state in
      if let status = state.exitStatus { return status }
      var status: CInt = 0
      guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
      let signal = status & 0x7f
      state.exitStatus = signal == 0 ? (status >> 8) & 0xff : -signal
      return state.exitStatus
    }
  }

  private func watch(on loop: EventLoop) throws {
    let descriptor = output
    try loop.watch(descriptor, for: .readable) { [weak self] _ in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
          self?.took(buffer.prefix(count))
          continue
        }
        if count == 0 || csystem_errno() != EAGAIN {
          loop.unwatch(descriptor)
          self?.state.withLock { state in
            if !state.partial.isEmpty { state.lines.append(String(decoding: state.partial, as: UTF8.self)) }
            state.isAtEnd = true
          }
        }
        return
      }
    }
  }

  private func took(_ bytes: ArraySlice<UInt8>) {
    state.withLock { state in
      for byte in bytes {
        if byte == UInt8(ascii: "\n") {
          state.lines.append(String(decoding: state.partial, as: UTF8.self))
          state.partial = []
        } else {
          state.partial.append(byte)
        }
      }
      // A talkative server that nobody listens to must not fill memory.
      if state.lines.count > 20_000 { state.lines.removeFirst(10_000) }
    }
  }

  deinit {
    if reap() == nil {
      Glibc.kill(pid, SIGKILL)
      var status: CInt = 0
      waitpid(pid, &status, 0)
    }
    closeInput()
    let output = output
    Self.loop?.execute {
      Self.loop?.unwatch(output)
      close(output)
    }
  }
}

/// This process's environment.
package enum ProcessEnvironment {
  /// All variables.
  package static var current: [String: String] {
    var variables: [String: String] = [:]
    var entry = csystem_environment()
    while let pointer = entry?.pointee {
      let text = String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry = entry?.advanced(by: 1)
    }
    return variables
  }
}

/// The Python that has our test tools: `GUILDHALL_PYTHON`, else the one `./guildhall setup` makes.
package var testPython: String {
  ProcessEnvironment.current["GUILDHALL_PYTHON"] ?? ".venv/bin/python"
}

/// Waits until `condition` holds, asking again and again: for what foreign processes do.
///
/// - Throws: `TestKitError` when it does not hold within `timeout`.
package func eventually(
  _ what: String, within timeout: Duration = .seconds(20), _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + timeout
  while ContinuousClock.now < deadline {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(2))
  }
  throw TestKitError("it never happened: \(what)")
}

/// A program of this package, built beside the one that runs the tests.
package func besideThisTest(_ program: String) -> String {
  var buffer = [CChar](repeating: 0, count: 4_096)
  let count = readlink("/proc/self/exe", &buffer, buffer.count)
  let own = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return String(own[..<(own.lastIndex(of: "/") ?? own.endIndex)]) + "/\(program)"
}
