// Containers, one call each.

import HTTPTypes
import JSON
import SandboxContract

/// What the engine says about a container.
package struct ContainerState: Sendable, Hashable {
  /// Whether its process lives.
  package let isRunning: Bool
  /// nil while it runs.
  package let exitCode: Int?
  /// What the engine noticed; never true on a kernel with the first version of control groups.
  package let isOutOfMemory: Bool
  /// Of its first process, seen from this machine; nil where it does not run.
  package let process: Int?
}

extension EngineClient {
  /// Makes a container, which does not run yet. An image of ours that somebody removed is brought again on the way.
  ///
  /// - Parameters:
  ///   - spec: what it is made of.
  ///   - seccomp: the profile as `SeccompProfiles` hands it out.
  /// - Returns: its id.
  /// - Throws: `EngineError`; `.notFound` when the image is not there, `.fileSystem` for a mount that cannot be.
  func create(_ spec: ContainerSpec, seccomp: String) async throws -> String {
    for mount in spec.mounts {
      guard mount.source.hasPrefix("/"), !mount.source.contains(":"), !mount.source.contains(",") else {
        throw EngineError(
          .fileSystem, reason: "a folder for a container needs an absolute path without colon or comma")
      }
      // Engines make what is missing, as root.
      guard try await LocalFiles.exists(mount.source) else {
        throw EngineError(.fileSystem, reason: "a folder for a container is missing")
      }
    }
    let body = spec.json(seccomp: seccomp)
    let bytes: [UInt8]
    do {
      bytes = try await call(.post, "/containers/create", json: body)
    } catch let error as EngineError where error.code == .notFound {
      guard try await bringAgain(spec.image) else { throw error }
      bytes = try await call(.post, "/containers/create", json: body)
    }
    guard let id = try Self.json(bytes)["Id"]?.string, Self.isID(id) else {
      throw EngineError(.protocolViolation, reason: "a container without an id")
    }
    return id
  }

  /// Starts what was made.
  func start(_ id: String) async throws { try await call(.post, "/containers/\(id)/start") }

  /// Sends a signal to the first process; nothing happens where it has ended.
  func kill(_ id: String, signal: String = "KILL") async throws {
    do {
      try await call(.post, "/containers/\(id)/kill", query: [("signal", signal)])
    } catch let error as EngineError where error.code == .conflict || error.code == .notFound {
      return
    }
  }

  /// Sends SIGTERM, and SIGKILL to what is left after `patience`, in whole seconds.
  func stop(_ id: String, patience: Int) async throws {
    do {
      try await call(
        .post, "/containers/\(id)/stop", query: [("t", "\(patience)")], timeout: .seconds(patience + 30))
    } catch let error as EngineError where error.code == .conflict || error.code == .notFound {
      return
    }
  }

  /// Removes a container, whatever it does. Podman refuses while the container is between two states: then again.
  func remove(_ id: String) async throws {
    for attempt in 1... {
      do {
        try await call(.delete, "/containers/\(id)", query: [("force", "true"), ("v", "true")])
        return
      } catch let error as EngineError where error.code == .notFound {
        return
      } catch let error as EngineError where error.code == .conflict && attempt < 20 {
        try await Task.sleep(for: .milliseconds(25 * min(attempt, 8)))
      }
    }
  }

  /// Waits until the container's process has ended.
  ///
  /// By looking again and again, because Podman's own `wait` does so every nanosecond: it takes a core, and keeps the
  /// container locked for whoever writes down that it ended.
  /// - Returns: its exit code; nil when the container is gone.
  /// - Throws: `EngineError` with `.conflict` when it has not ended in time; `CancellationError`.
  func wait(_ id: String, timeout: Duration = .seconds(30)) async throws -> Int? {
    let deadline = ContinuousClock.now + timeout
    var pause = Duration.milliseconds(10)
    do {
      while true {
        let state = try await inspect(id)
        if !state.isRunning { return state.exitCode }
        guard ContinuousClock.now < deadline else {
          throw EngineError(.conflict, reason: "it has not ended in time")
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(200))
      }
    } catch let error as EngineError where error.code == .notFound {
      return nil
    }
  }

  /// What a container does at the moment.
  package func inspect(_ id: String) async throws -> ContainerState {
    let state = try Self.json(try await call(.get, "/containers/\(id)/json"))["State"]
    let isRunning = state?["Running"]?.bool ?? false
    return ContainerState(
      isRunning: isRunning, exitCode: isRunning ? nil : state?["ExitCode"]?.int64.map { Int($0) },
      isOutOfMemory: state?["OOMKilled"]?.bool ?? false,
      process: state?["Pid"]?.int64.flatMap { $0 > 0 ? Int($0) : nil })
  }

  /// Ids of all containers with a label, running or not.
  package func list(label: String, value: String) async throws -> [String] {
    let filters: JSONValue = ["label": .array([.string("\(label)=\(value)")])]
    let text = String(decoding: try filters.encoded(), as: UTF8.self)
    let bytes = try await call(.get, "/containers/json", query: [("all", "true"), ("filters", text)])
    guard let all = try Self.json(bytes).array else {
      throw EngineError(.protocolViolation, reason: "a list that is none")
    }
    return all.compactMap { $0["Id"]?.string }.filter(Self.isID)
  }

  /// What a container uses; nil where it does not run.
  func usage(_ id: String) async throws -> GuestUsage? {
    let bytes: [UInt8]
    do {
      bytes = try await call(
        .get, "/containers/\(id)/stats", query: [("stream", "false"), ("one-shot", "true")])
    } catch let error as EngineError where error.code == .notFound || error.code == .conflict {
      return nil
    }
    return GuestUsage(stats: try Self.json(bytes))
  }

  /// Ids become parts of paths, so nothing else may.
  private static func isID(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) }
  }
}

extension GuestUsage {
  /// From the engine's statistics, of either version of control groups; nil for a container that does not run.
  init?(stats: JSONValue) {
    guard let memory = stats["memory_stats"], let total = memory["usage"]?.int64, total > 0 else {
      return nil
    }
    // What the kernel would drop first: files that were read once.
    let details = memory["stats"]
    let cache = details?["total_inactive_file"]?.int64 ?? details?["inactive_file"]?.int64 ?? 0
    let nanoseconds = stats["cpu_stats"]?["cpu_usage"]?["total_usage"]?.int64 ?? 0
    self.init(memory: Int(max(0, total - cache)), processor: .nanoseconds(nanoseconds))
  }
}
