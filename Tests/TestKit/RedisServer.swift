// A real Redis for tests, on a socket in a folder of its own.

import Glibc

/// A `redis-server` that keeps what it acknowledged (`appendfsync always`), so that it can be killed and come
/// back.
package actor RedisServer {
  private let folder: TemporaryDirectory
  private var process: ChildProcess?
  private let password: String?
  private let keeps: Bool

  /// The address for a client.
  package nonisolated var url: String { "unix://\(folder.file("redis.sock"))" }
  /// The path of its socket, for `redis-cli -s` and `redis-benchmark -s`.
  package nonisolated var socket: String { folder.file("redis.sock") }

  private init(password: String?, keeps: Bool) throws {
    folder = try TemporaryDirectory()
    self.password = password
    self.keeps = keeps
  }

  /// Starts a server and waits until it answers.
  ///
  /// - Parameters:
  ///   - password: what clients must log in with; nil lets everyone in.
  ///   - keeps: whether every command is on the disk before it is answered.
  /// - Returns: a server that takes commands.
  /// - Throws: `TestKitError` when it does not start.
  package static func start(password: String? = nil, keeps: Bool = true) async throws -> RedisServer {
    let server = try RedisServer(password: password, keeps: keeps)
    try await server.start()
    return server
  }

  /// Starts it again after `kill`, with what it had kept.
  package func start() async throws {
    unlink(socket)
    var arguments = [
      "redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path, "--save", "",
      "--appendonly",
      keeps ? "yes" : "no", "--appendfsync", "always", "--daemonize", "no", "--loglevel", "notice",
    ]
    if let password { arguments += ["--requirepass", password] }
    let process = try await ChildProcess.start(arguments)
    _ = try await process.line {
      $0.contains("ready to accept connections") || $0.contains("The server is now ready")
    }
    self.process = process
  }

  /// Forgets everything it holds.
  package func clear() async throws {
    let client = try await ChildProcess.start(["redis-cli", "-s", socket, "FLUSHALL"])
    guard await client.wait() == 0 else { throw TestKitError("redis-cli FLUSHALL failed") }
  }

  /// Kills it without warning.
  package func kill() async {
    process?.kill()
    await process?.wait()
    process = nil
  }
}
