// The pipes of a worker that runs in a container.

import SandboxContract
import Synchronization
import Telemetry

/// A worker in its container, from the start to the removal.
final class ContainerChannel: GuestChannel {
  private struct State {
    var saidEnd = false
    /// Whether the end is our doing.
    var isEnding = false
    var exitCode: Int?
    var ranOutOfMemory = false
  }

  let label: String
  private let client: EngineClient
  private let output: OutputQueue
  /// By the engine; and the process's own connection, if it has one.
  private let attached: AttachedStream
  private let direct: AttachedStream?
  private let log = Log(room: "sandbox-engine")
  private let state = Mutex(State())

  /// How long a plugin may take to read what it is sent.
  private static let writeLimit = Duration.seconds(10)
  /// Seconds between SIGTERM and SIGKILL. The first process of a container is deaf to SIGTERM unless it handles it, and
  /// few plugins do: those that behave end when their input does.
  private static let patience = 2

  init(
    id: String, client: EngineClient, output: OutputQueue, attached: AttachedStream,
    direct: AttachedStream? = nil
  ) {
    (label, self.client, self.output) = (id, client, output)
    (self.attached, self.direct) = (attached, direct)
  }

  func read() async throws -> GuestOutput? {
    if let piece = try await output.read() {
      return piece.isError ? .standardError(piece.bytes) : .standardOutput(piece.bytes)
    }
    guard !state.withLock({ $0.saidEnd }) else { return nil }
    await noteEnd()
    return state.withLock {
      $0.saidEnd = true
      return .ended(code: $0.exitCode)
    }
  }

  func write(_ bytes: [UInt8]) async throws {
    try await (direct ?? attached).write(bytes, limit: Self.writeLimit)
  }

  func closeInput() async { (direct ?? attached).endInput() }

  var ranOutOfMemory: Bool { get async { state.withLock { $0.ranOutOfMemory } } }

  func usage() async -> GuestUsage? {
    do { return try await client.usage(label) } catch {
      log.warning(
        "a container's usage cannot be read",
        ["container": .string(shortLabel), "error": .string("\(error)")])
      return nil
    }
  }

  /// Kills the process at once; what it said can still be read.
  func kill() async throws {
    state.withLock { $0.isEnding = true }
    output.dropRest()
    try await client.kill(label)
  }

  func end(isGentle: Bool) async {
    // Whoever asks may be cancelled already, and the container must go all the same.
    await Task { await self.endNow(isGentle) }.value
  }

  private func endNow(_ isGentle: Bool) async {
    if state.withLock({ $0.exitCode }) == nil {
      state.withLock { $0.isEnding = true }
      output.dropRest()
      do {
        if isGentle {
          try await client.stop(label, patience: Self.patience)
        } else {
          try await client.kill(label)
        }
        await noteEnd()
      } catch {
        // Its removal ends it all the same.
        log.warning(
          "a container does not end as it is told",
          ["container": .string(shortLabel), "error": .string("\(error)")])
      }
    }
    await remove()
    attached.close()
    direct?.close()
  }

  /// Tries for some seconds: an engine of our own that ended is started again by then, and a file system that was in use is
  /// free. What stays is removed by the next sweep.
  private func remove() async {
    for attempt in 1... {
      do { return try await client.remove(label) } catch {
        guard attempt < 5, !client.isClosed else {
          return log.error(
            "a container cannot be removed", ["container": .string(shortLabel), "error": .string("\(error)")])
        }
        // Cut short by nothing: `end` has a task of its own for this.
        try? await Task.sleep(for: .milliseconds(125 << attempt))
      }
    }
  }

  private var shortLabel: String { String(label.prefix(12)) }

  /// Learns how the process ended, once.
  private func noteEnd() async {
    guard state.withLock({ $0.exitCode }) == nil else { return }
    do {
      guard let code = try await client.wait(label) else { return }
      let wasNoticed = try await client.inspect(label).isOutOfMemory
      state.withLock { state in
        state.exitCode = code
        // The first process of a container is deaf to SIGKILL from inside, and we did not send it: what is left is the
        // kernel, out of memory. Kernels with control groups of the first version tell the engine nothing.
        state.ranOutOfMemory = wasNoticed || (code == 137 && !state.isEnding)
      }
    } catch let error as EngineError where error.code == .notFound {
      return
    } catch {
      log.warning(
        "a container's end cannot be read", ["container": .string(shortLabel), "error": .string("\(error)")])
    }
  }
}
