// What workers and the host say to each other, for a test to look at.

package import JSON
package import SandboxContract
import Synchronization
import TestKit

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

/// Starts workers as another launcher does, and keeps what is said.
package final class ObservedLauncher: GuestLauncher {
  private let launcher: any GuestLauncher
  private let started = Mutex<[ObservedChannel]>([])
  private let said = Recorder<WireLine>()

  package init(_ launcher: any GuestLauncher) { self.launcher = launcher }

  /// Of plain processes. `sources`: what `__main__.py` says, by plugin.
  package convenience init(processes sources: [String: String]) throws {
    self.init(ProcessLauncher(try GuestSources(sources)))
  }

  package func launch(_ release: GuestRelease) async throws -> any GuestChannel {
    let channel = ObservedChannel(try await launcher.launch(release), said)
    started.withLock { $0.append(channel) }
    return channel
  }

  /// How many were started, all of them, and those that run.
  package var startedCount: Int { started.withLock { $0.count } }
  package var channels: [ObservedChannel] { started.withLock { $0 } }
  package var running: [ObservedChannel] { channels.filter(\.isRunning) }
  /// What all of them and the host said, in order.
  package var transcript: [WireLine] { said.values }
}

/// A worker and what is said to it. Whoever reads it learns of its end for all.
package final class ObservedChannel: GuestChannel {
  private struct State {
    var partial: [UInt8] = []
    var isRunning = true
    var code: Int?
  }

  private let channel: any GuestChannel
  private let said: Recorder<WireLine>
  private let state = Mutex(State())

  init(_ channel: any GuestChannel, _ said: Recorder<WireLine>) {
    (self.channel, self.said) = (channel, said)
  }

  package var label: String { channel.label }

  package func read() async throws -> GuestOutput? {
    let output = try await channel.read()
    switch output {
    case .standardOutput(let bytes): heard(bytes)
    case .standardError, nil: break
    case .ended(let code): state.withLock { ($0.isRunning, $0.code) = (false, code) }
    }
    return output
  }

  private func heard(_ bytes: [UInt8]) {
    let lines = state.withLock { state -> [[UInt8]] in
      var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
      lines[0] = state.partial + lines[0]
      state.partial = lines.removeLast()
      return lines
    }
    for line in lines { said.record(WireLine(.plugin, String(decoding: line, as: UTF8.self))) }
  }

  package func write(_ bytes: [UInt8]) async throws {
    said.record(WireLine(.host, String(decoding: bytes, as: UTF8.self)))
    try await channel.write(bytes)
  }

  package func closeInput() async { await channel.closeInput() }

  package func end(isGentle: Bool) async {
    await channel.end(isGentle: isGentle)
    state.withLock { $0.isRunning = false }
  }

  package func usage() async -> GuestUsage? { await channel.usage() }
  package var ranOutOfMemory: Bool { get async { await channel.ranOutOfMemory } }

  /// Whether its end was not heard yet.
  package var isRunning: Bool { state.withLock { $0.isRunning } }

  /// Kills it, as if it had died.
  package func kill() async { await channel.end(isGentle: false) }

  /// Waits for its end.
  ///
  /// - Returns: the exit code of a process that ended by itself, nil for one that was killed.
  /// - Throws: `TestKitError` when it does not end.
  package func wait() async throws -> Int? {
    try await eventually("the worker ends", within: .seconds(60)) { !isRunning }
    return state.withLock { $0.code }.flatMap { (0..<128).contains($0) ? $0 : nil }
  }
}
