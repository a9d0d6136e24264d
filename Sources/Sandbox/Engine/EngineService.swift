// Finds a container engine, or runs one.

package import EventLoop
import Glibc
import Telemetry

/// Where to look for an engine.
package struct EngineSettings: Sendable {
  /// `unix:///path`, from `GUILDHALL_CONTAINER_HOST`; nil looks around.
  package var host: String?
  /// An absolute path. Holds the filters of system calls, and everything of an engine of our own: give it a gigabyte.
  package var folder: String
  /// Tried in this order while no host is given.
  package var sockets = ["/var/run/docker.sock", "/run/podman/podman.sock"]

  package init(host: String? = nil, folder: String) { (self.host, self.folder) = (host, folder) }
}

/// The engine at hand: somebody else's, or a Podman of our own that ends with us.
package actor EngineService {
  /// Calls it.
  package nonisolated let client: EngineClient
  /// Whether we started it.
  package nonisolated let isOwn: Bool
  private let folder: ServiceFolder?
  private let command: [String]
  private let loop: EventLoop
  private var process: ServiceProcess?
  private var isStopping = false
  private let log = Log(room: "sandbox-engine")

  private init(
    client: EngineClient, folder: ServiceFolder?, command: [String], process: ServiceProcess?, loop: EventLoop
  ) {
    (self.client, self.folder, self.command, self.process) = (client, folder, command, process)
    (self.loop, isOwn) = (loop, process != nil)
  }

  /// Finds an engine: the one that is named; else Docker; else the system's Podman; else a Podman of our own.
  ///
  /// - Throws: `EngineError`: `.notInstalled` with what to install, `.unreachable` for a named one that does not answer,
  ///   `.startFailed`.
  package static func find(_ settings: EngineSettings, loop: EventLoop) async throws -> EngineService {
    try await LocalFiles.makeFolder(settings.folder)
    if let host = settings.host {
      guard host.hasPrefix("unix:///") else {
        throw EngineError(
          .unreachable, reason: "GUILDHALL_CONTAINER_HOST must be unix:// and an absolute path")
      }
      let client = try await EngineClient.connect(
        socket: String(host.dropFirst("unix://".count)), folder: settings.folder, loop: loop)
      return EngineService(client: client, folder: nil, command: [], process: nil, loop: loop)
    }
    for socket in settings.sockets where try await LocalFiles.exists(socket) {
      do {
        let client = try await EngineClient.connect(socket: socket, folder: settings.folder, loop: loop)
        return EngineService(client: client, folder: nil, command: [], process: nil, loop: loop)
      } catch let error as EngineError {
        Log(room: "sandbox-engine").warning(
          "a container engine's socket is there but of no use", ["error": .string("\(error)")])
      }
    }
    return try await startOwn(settings, loop)
  }

  /// Finds an engine, as above, and has `prepare` make it ready. When that fails, an engine of our own is ended again: whoever
  /// tries once more starts another, and two would fight over one folder.
  ///
  /// - Returns: what `prepare` made.
  /// - Throws: as above; what `prepare` throws.
  package static func find<Value: Sendable>(
    _ settings: EngineSettings, loop: EventLoop,
    preparing prepare: @Sendable (EngineService) async throws -> Value
  ) async throws -> Value {
    let service = try await find(settings, loop: loop)
    do { return try await prepare(service) } catch {
      await service.stop()
      throw error
    }
  }

  private static func startOwn(_ settings: EngineSettings, _ loop: EventLoop) async throws -> EngineService {
    let install = "install Docker, or: apt-get install --no-install-recommends podman runc conmon"
    guard let podman = try await program("podman") else { throw EngineError(.notInstalled, reason: install) }
    guard try await program("conmon") != nil else {
      throw EngineError(.notInstalled, reason: "Podman is there, conmon is not: apt-get install conmon")
    }
    var runtime = try await program("runc")
    if runtime == nil { runtime = try await program("crun") }
    guard let runtime else {
      throw EngineError(.notInstalled, reason: "Podman is there, runc is not: apt-get install runc")
    }
    guard geteuid() == 0 else {
      throw EngineError(
        .notInstalled,
        reason: "an engine of our own needs root: start one, and name its socket in GUILDHALL_CONTAINER_HOST")
    }
    let folder = try await ServiceFolder(settings.folder)
    try await folder.write(runtime: String(runtime.split(separator: "/").last ?? "runc"))
    let command = [podman, "system", "service", "-t", "0", "unix://\(folder.socket)"]
    let process = try await start(command, folder, loop)
    do {
      let client = try await connect(folder, process, loop)
      let service = EngineService(
        client: client, folder: folder, command: command, process: process, loop: loop)
      return service
    } catch {
      await end(process, folder)
      throw error
    }
  }

  private static func program(_ name: String) async throws -> String? {
    for folder in ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    where try await LocalFiles.exists("\(folder)/\(name)") { return "\(folder)/\(name)" }
    return nil
  }

  private static func start(
    _ command: [String], _ folder: ServiceFolder, _ loop: EventLoop
  ) async throws -> ServiceProcess {
    try await LocalFiles.remove(folder.socket)
    let process = try await ServiceProcess.start(
      command, environment: folder.environment, log: folder.log, loop: loop)
    // Waits on a thread until the process ends; nobody else collects it.
    Task { await process.ended() }
    return process
  }

  /// Waits until it listens.
  private static func connect(
    _ folder: ServiceFolder, _ process: ServiceProcess, _ loop: EventLoop
  ) async throws -> EngineClient {
    let deadline = ContinuousClock.now + .seconds(20)
    while !process.hasEnded, ContinuousClock.now < deadline {
      // Another process's progress can only be asked for.
      try await Task.sleep(for: .milliseconds(20))
      guard try await LocalFiles.exists(folder.socket) else { continue }
      do {
        return try await EngineClient.connect(socket: folder.socket, folder: folder.path, loop: loop)
      } catch let error as EngineError where error.code == .unreachable { continue }
    }
    throw EngineError(.startFailed, detail: await folder.lastWords())
  }
}

// MARK: Its life

extension EngineService {
  /// The process of an engine of our own.
  var processID: pid_t? { process?.pid }

  /// Starts an engine of our own again whenever it ends; workers notice by themselves. Returns when cancelled; at once
  /// for an engine that is not ours.
  package func run() async {
    guard let folder else { return }
    while !Task.isCancelled, !isStopping {
      do {
        try await Task.sleep(for: .seconds(1))
        guard process?.hasEnded ?? true, !isStopping else { continue }
        let words = await folder.lastWords()
        log.error("the container engine ended and is started again", ["words": .string(words)])
        let started = try await Self.start(command, folder, loop)
        // Stopped meanwhile: `stop` did not know of this one.
        guard !isStopping else { return await Self.end(started, folder) }
        process = started
      } catch is CancellationError {
        return
      } catch {
        log.error("the container engine cannot be started", ["error": .string("\(error)")])
      }
    }
  }

  /// Ends an engine of our own, and our connections to any other. Remove the workers before: their containers outlive
  /// the engine.
  package func stop() async {
    isStopping = true
    client.close()
    guard let process, let folder else { return }
    await Self.end(process, folder)
    self.process = nil
  }

  /// Ends a process of ours, and takes back what it leaves behind.
  private static func end(_ process: ServiceProcess, _ folder: ServiceFolder) async {
    // A cancelled caller must not leave the process behind, so the wait cannot be cut short.
    await Task {
      process.signal(SIGTERM)
      let deadline = ContinuousClock.now + .seconds(5)
      while !process.hasEnded {
        if ContinuousClock.now > deadline { process.signal(SIGKILL) }
        // Nobody cancels this task.
        try? await Task.sleep(for: .milliseconds(20))
      }
      await folder.unmount()
    }.value
  }
}
