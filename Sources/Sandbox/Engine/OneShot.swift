// A container for one command: run, read, removed.

import SandboxContract
import Synchronization

/// What is to be run once.
package struct OneShot: Sendable {
  package var spec: ContainerSpec
  /// The command is killed then.
  package var deadline: Duration
  /// Bytes of both streams together; more ends the command.
  package var outputLimit: Int

  package init(_ spec: ContainerSpec, deadline: Duration = .seconds(60), outputLimit: Int = 1 << 20) {
    (self.spec, self.deadline, self.outputLimit) = (spec, deadline, outputLimit)
    self.spec.takesInput = false
  }
}

/// What came of it.
package struct OneShotResult: Sendable, Hashable {
  /// nil where it cannot be told. 137 after a kill.
  package var exitCode: Int?
  package var output: [UInt8] = []
  package var errors: [UInt8] = []
  /// Whether the deadline ended it.
  package var isTimedOut = false
  /// Whether it said more than is kept, and was ended for it.
  package var isTruncated = false
}

extension EngineClient {
  /// Runs a command in a container of its own and removes the container.
  ///
  /// - Throws: `EngineError`; `CancellationError`, and the container is removed all the same.
  package func run(once shot: OneShot, installation: String) async throws -> OneShotResult {
    var spec = shot.spec
    spec.labels[ContainerLauncher.installationLabel] = installation
    let channel = try await launch(spec)
    do {
      let result = try await collect(from: channel, shot)
      await channel.end(isGentle: false)
      return result
    } catch {
      await channel.end(isGentle: false)
      throw error
    }
  }

  private func collect(from channel: ContainerChannel, _ shot: OneShot) async throws -> OneShotResult {
    let alarm = Alarm()
    return try await withThrowingTaskGroup(of: OneShotResult?.self) { group in
      group.addTask {
        try await Task.sleep(for: shot.deadline)
        // The command ends by it, and what it said until then is the result.
        alarm.rang.store(true, ordering: .relaxed)
        try await channel.kill()
        return nil
      }
      group.addTask { try await self.readAll(from: channel, limit: shot.outputLimit) }
      defer { group.cancelAll() }
      while let step = try await group.next() {
        guard var result = step else { continue }
        result.isTimedOut = alarm.rang.load(ordering: .relaxed)
        return result
      }
      return OneShotResult()
    }
  }

  private func readAll(from channel: ContainerChannel, limit: Int) async throws -> OneShotResult {
    var result = OneShotResult()
    var room = limit
    func keep(_ bytes: [UInt8], _ list: inout [UInt8]) -> Bool {
      list += bytes.prefix(room)
      room -= min(room, bytes.count)
      return room > 0
    }
    while let output = try await channel.read() {
      let hasRoom: Bool
      switch output {
      case .standardOutput(let bytes): hasRoom = keep(bytes, &result.output)
      case .standardError(let bytes): hasRoom = keep(bytes, &result.errors)
      case .ended(let code):
        result.exitCode = code
        return result
      }
      if !hasRoom, !result.isTruncated {
        result.isTruncated = true
        try await channel.kill()
      }
    }
    return result
  }
}

/// Whether the deadline has passed.
private final class Alarm: Sendable {
  let rang = Atomic(false)
}
