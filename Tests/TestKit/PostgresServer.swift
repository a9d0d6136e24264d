// A private PostgreSQL cluster: in a temporary folder, on a Unix socket, gone with the test process.

import CSystem
import Glibc
import Synchronization

/// A PostgreSQL server of the test's own.
///
/// A shell stands between the test process and the server and reads from a socket whose other end the test process
/// holds: when the process ends, however it does, the socket closes, and the shell stops the server and removes
/// its folder. (A parent-death signal would not do: it comes when the *thread* that started the child ends.)
///
/// Needs PostgreSQL's programs, in `GUILDHALL_POSTGRES_BIN` or Debian's folder for version 15. As root, the
/// server runs as the user `postgres`, since it refuses to run as root.
package final class PostgresServer: Sendable {
  private struct State {
    /// The socket to the shell; nil while the server is stopped.
    var lifeline: CInt?
    var shell: pid_t = 0
  }

  /// The folder of the socket; the port is 5432, which names the socket and opens nothing.
  package let directory: String
  private let settings: [String]
  private let state = Mutex(State())

  /// Creates a cluster and starts it.
  ///
  /// - Parameters:
  ///   - isDurable: `fsync`; without it an acknowledged commit may be lost with the machine, not with the
  ///     server process.
  ///   - settings: more of `postgresql.conf`, such as `max_connections=10`.
  ///   - authentication: lines of `pg_hba.conf` in front of the one that trusts everybody on the socket.
  /// - Throws: `TestKitError` with the server's log when it does not start.
  package init(isDurable: Bool = true, settings: [String] = [], authentication: [String] = []) async throws {
    var template = Array("/tmp/guildhall-pg-XXXXXX".utf8CString)
    guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
      throw TestKitError("mkdtemp failed (errno \(csystem_errno()))")
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.settings =
      [
        "listen_addresses=", "unix_socket_directories=\(directory)", "fsync=\(isDurable ? "on" : "off")",
        "shared_buffers=32MB", "logging_collector=off", "log_min_messages=warning",
      ] + settings
    try await create(authentication)
    try await start()
  }

  deinit {
    kill()
    csystem_remove_tree(directory)
  }

  /// A connection URL; `user` is the superuser `postgres` unless told.
  package func url(database: String = "postgres", user: String = "postgres", password: String? = nil)
    -> String
  {
    let secret = password.map { ":\($0)" } ?? ""
    return "postgresql://\(user)\(secret)@/\(database)?host=\(directory)"
  }

  /// Creates an empty database and returns the URL of it.
  package func createDatabase(_ name: String) async throws -> String {
    try await ServerProcess.run([Self.program("createdb"), "-h", directory, "-U", "postgres", name])
    return url(database: name)
  }

  /// Runs SQL with `psql`, a client that others wrote, and returns what it prints, unaligned.
  package func psql(_ sql: String, database: String = "postgres", user: String = "postgres") async throws
    -> String
  {
    try await run("psql", ["-X", "-At", "-v", "ON_ERROR_STOP=1", "-U", user, "-d", database, "-c", sql])
  }

  /// Runs one of PostgreSQL's client programs, such as `pgbench`, on this server and returns what it prints.
  package func run(_ program: String, _ arguments: [String]) async throws -> String {
    let output = "\(directory)/output-\(UInt64.random(in: .min ... .max))"
    defer { unlink(output) }
    try await ServerProcess.run([Self.program(program), "-h", directory] + arguments, output: output)
    return ServerProcess.text(of: output) ?? ""
  }

  /// Puts a file into the server's folder and returns its path.
  package func writeFile(_ name: String, _ text: String) throws -> String {
    try ServerProcess.write(text, to: "\(directory)/\(name)")
    return "\(directory)/\(name)"
  }

  // MARK: Life

  /// Starts a stopped server and returns when it accepts connections.
  package func start() async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    // After a kill, the old server's children may hold on to its memory for a moment, and a new one refuses to
    // start: then again.
    while true {
      try launch()
      while ContinuousClock.now < deadline {
        if isReady { return }
        if let started = serverPID, !ServerProcess.isRunning(started) { break }
        try await Task.sleep(for: .milliseconds(5))
      }
      hangUp()
      guard ContinuousClock.now < deadline else {
        throw TestKitError(
          "PostgreSQL did not start: \(ServerProcess.text(of: "\(directory)/log") ?? "no log")")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Stops the server as an operator would: open transactions are rolled back, clients are told (57P01).
  package func stop() {
    if let serverPID { Glibc.kill(serverPID, SIGINT) }
    hangUp()
  }

  /// Ends the server as a power cut would: SIGKILL, no goodbye. Its children get one each, too: a busy one
  /// notices its parent's death only when it next has nothing to do, and goes on answering until then.
  package func kill() {
    if let serverPID {
      let children = ServerProcess.text(of: "/proc/\(serverPID)/task/\(serverPID)/children") ?? ""
      Glibc.kill(serverPID, SIGKILL)
      for child in children.split(separator: " ") {
        if let child = pid_t(child) { Glibc.kill(child, SIGKILL) }
      }
    }
    hangUp()
  }

  /// The server's process; nil while it is stopped.
  private var serverPID: pid_t? {
    ServerProcess.text(of: "\(directory)/server.pid").flatMap { pid_t($0.dropLast()) }
  }

  /// The eighth line of `postmaster.pid` says `ready` from the moment connections are accepted. The first is the
  /// process: the file of a killed server stays behind.
  private var isReady: Bool {
    guard let text = ServerProcess.text(of: "\(directory)/data/postmaster.pid") else { return false }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count > 7 && lines[7].hasPrefix("ready") && lines.first.flatMap { pid_t($0) } == serverPID
  }

  /// Tells the shell to see the server's end, and waits for both.
  private func hangUp() {
    let (lifeline, shell) = state.withLock { state in
      defer { state = State() }
      return (state.lifeline, state.shell)
    }
    guard let lifeline else { return }
    // A line means "stop"; an end of file without one means that the test process died.
    send(lifeline, "stop\n", 5, CInt(MSG_NOSIGNAL))
    close(lifeline)
    waitpid(shell, nil, 0)
    unlink("\(directory)/server.pid")
  }

  // MARK: Processes

  private func create(_ authentication: [String]) async throws {
    if geteuid() == 0 {
      try await ServerProcess.run(["/bin/chown", "postgres", directory])
    }
    try await ServerProcess.run(
      Self.asServer([
        Self.program("initdb"), "-D", "\(directory)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8", "--no-sync",
      ]))
    let lines = (authentication + ["local all all trust", ""]).joined(separator: "\n")
    try ServerProcess.write(lines, to: "\(directory)/data/pg_hba.conf")
  }

  /// The shell that outlives us just long enough.
  private static let guardian = """
    "$@" >>"$FOLDER/log" 2>&1 3<&- &
    server=$!
    echo $server >"$FOLDER/server.pid"
    read line <&3
    kill -QUIT $server
    wait $server
    [ -n "$line" ] || rm -rf "$FOLDER"
    """

  private func launch() throws {
    var ends: [CInt] = [0, 0]
    // Both ends close in every other child of this process, or one of them would keep the server alive.
    guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw TestKitError("socketpair failed (errno \(csystem_errno()))")
    }
    defer { close(ends[0]) }
    let options = settings.flatMap { ["-c", $0] }
    let server = Self.asServer([Self.program("postgres"), "-D", "\(directory)/data"] + options)
    let shell = try ServerProcess.spawn(
      ["/bin/sh", "-c", Self.guardian, "guardian"] + server, lifeline: ends[0],
      environment: ["FOLDER=\(directory)", "PATH=/usr/bin:/bin"])
    state.withLock { $0 = State(lifeline: ends[1], shell: shell) }
  }

  private static func program(_ name: String) -> String {
    let folder = getenv("GUILDHALL_POSTGRES_BIN").map { String(cString: $0) } ?? "/usr/lib/postgresql/15/bin"
    return "\(folder)/\(name)"
  }

  /// The command as a user who is not root.
  private static func asServer(_ command: [String]) -> [String] {
    guard geteuid() == 0 else { return command }
    return ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + command
  }
}
