// The real SDK without a container: for tests of the conversation with it.

import DiscordCore
import Foundation
package import JSON
package import SandboxContract
import Synchronization
package import TestKit

/// A line of the conversation with a plugin, at the place where the host heard or said it.
package struct WireLine: Sendable {
  /// Who said it.
  package enum Speaker: Sendable { case host, plugin }
  package let speaker: Speaker
  package let text: String

  package init(_ speaker: Speaker, _ text: String) { (self.speaker, self.text) = (speaker, text) }

  /// nil for what is no object.
  package var object: JSONObject? {
    // Whatever a plugin prints is a line, too.
    try? JSONValue(parsing: Array(text.utf8), maximumSize: 32 << 20).object
  }
  package var id: JSONValue? { object?["id"] }
  package var method: String? { object?["method"]?.string }
  package var params: JSONObject { object?["params"]?.object ?? JSONObject() }
}

/// Starts plugins as plain processes.
package final class ProcessLauncher: GuestLauncher {
  private let folder: TemporaryDirectory
  private let sources: [String: String]
  private let started = Mutex<[ProcessChannel]>([])
  private let said = Recorder<WireLine>()

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
    let channel = ProcessChannel(child, said)
    started.withLock { $0.append(channel) }
    return channel
  }

  /// How many were started, and those that run.
  package var startedCount: Int { started.withLock { $0.count } }
  package var running: [ChildProcess] { children.filter(\.isRunning) }
  package var children: [ChildProcess] { started.withLock { $0.map(\.child) } }
  /// What all of them and the host said, in order.
  package var transcript: [WireLine] { said.values }
}

/// The pipes of such a process.
final class ProcessChannel: GuestChannel {
  let child: ChildProcess
  private let hasSaidEnd = Mutex(false)
  private let said: Recorder<WireLine>

  init(_ child: ChildProcess, _ said: Recorder<WireLine>) { (self.child, self.said) = (child, said) }

  var label: String { "\(child.pid)" }

  func read() async throws -> GuestOutput? {
    if hasSaidEnd.withLock({ $0 }) { return nil }
    if let line = await child.nextLine(timeout: .seconds(600)) {
      said.record(WireLine(.plugin, line))
      return .standardOutput(Array(line.utf8) + [UInt8(ascii: "\n")])
    }
    hasSaidEnd.withLock { $0 = true }
    return .ended(code: Int(await child.wait()))
  }

  func write(_ bytes: [UInt8]) async throws {
    guard child.isRunning else { throw TestKitError("the process is gone") }
    let text = String(decoding: bytes, as: UTF8.self)
    said.record(WireLine(.host, text))
    child.write(text)
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
