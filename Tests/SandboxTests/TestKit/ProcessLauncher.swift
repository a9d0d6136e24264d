// The real SDK without a container: for tests of the conversation with it.

import DiscordCore
import Foundation
package import SandboxContract
import Synchronization
package import TestKit

/// Starts plugins as plain processes.
package final class ProcessLauncher: GuestLauncher {
  private let folder: TemporaryDirectory
  private let sources: [String: String]
  private let started = Mutex<[ProcessChannel]>([])

  /// `sources`: what `__main__.py` says, by plugin.
  package init(_ sources: [String: String]) throws {
    // Plugins that were killed do not read what is still written to them.
    signal(SIGPIPE, SIG_IGN)
    folder = try TemporaryDirectory()
    self.sources = sources
    for (plugin, source) in sources {
      let path = folder.file(plugin)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try source.write(toFile: "\(path)/__main__.py", atomically: true, encoding: .utf8)
    }
  }

  package func launch(_ release: GuestRelease) async throws -> any GuestChannel {
    guard sources[release.plugin] != nil else { throw TestKitError("no such plugin: \(release.plugin)") }
    let child = try await ChildProcess.start(
      [testPython, "-u", folder.file(release.plugin)], environment: ["PYTHONUNBUFFERED": "1"])
    let channel = ProcessChannel(child)
    started.withLock { $0.append(channel) }
    return channel
  }

  /// How many were started, and those that run.
  package var startedCount: Int { started.withLock { $0.count } }
  package var running: [ChildProcess] { started.withLock { $0.map(\.child) }.filter(\.isRunning) }
}

/// The pipes of such a process.
final class ProcessChannel: GuestChannel {
  let child: ChildProcess
  private let hasSaidEnd = Mutex(false)

  init(_ child: ChildProcess) { self.child = child }

  var label: String { "\(child.pid)" }

  func read() async throws -> GuestOutput? {
    if hasSaidEnd.withLock({ $0 }) { return nil }
    if let line = await child.nextLine(timeout: .seconds(600)) {
      return .standardOutput(Array(line.utf8) + [UInt8(ascii: "\n")])
    }
    hasSaidEnd.withLock { $0 = true }
    return .ended(code: Int(await child.wait()))
  }

  func write(_ bytes: [UInt8]) async throws {
    guard child.isRunning else { throw TestKitError("the process is gone") }
    child.write(String(decoding: bytes, as: UTF8.self))
  }

  func closeInput() async { child.closeInput() }
  func end(isGentle: Bool) async { child.kill(isGentle ? SIGTERM : SIGKILL) }
  func usage() async -> GuestUsage? { nil }
}
