// The real SDK without a container: for tests of the conversation with it.

import Glibc
package import SandboxContract
import Synchronization
import TestKit

/// Starts plugins as plain processes.
package final class ProcessLauncher: GuestLauncher {
  private let sources: GuestSources

  package init(_ sources: GuestSources) {
    // Plugins that were killed do not read what is still written to them.
    signal(SIGPIPE, SIG_IGN)
    self.sources = sources
  }

  package func launch(_ release: GuestRelease) async throws -> any GuestChannel {
    ProcessChannel(
      try await ChildProcess.start(
        [testPython, "-u", try sources.folder(of: release)], environment: ["PYTHONUNBUFFERED": "1"]))
  }
}

/// The pipes of such a process.
final class ProcessChannel: GuestChannel {
  private let child: ChildProcess
  private let hasSaidEnd = Mutex(false)

  init(_ child: ChildProcess) { self.child = child }

  var label: String { "\(child.pid)" }

  func read() async throws -> GuestOutput? {
    if hasSaidEnd.withLock({ $0 }) { return nil }
    if let line = await child.nextLine(timeout: .seconds(600)) {
      return .standardOutput(Array(line.utf8) + [UInt8(ascii: "\n")])
    }
    try Task.checkCancellation()
    hasSaidEnd.withLock { $0 = true }
    return .ended(code: Int(await child.wait()))
  }

  func write(_ bytes: [UInt8]) async throws {
    guard child.isRunning else { throw TestKitError("the process is gone") }
    child.write(String(decoding: bytes, as: UTF8.self))
  }

  func closeInput() async { child.closeInput() }
  func end(isGentle: Bool) async {
    if isGentle {
      child.kill(SIGTERM)
      for _ in 0..<100 where child.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
    }
    child.kill(SIGKILL)
  }
  func usage() async -> GuestUsage? { nil }
}
