// A house that is not run, and the operator at its desk.

import Administration
import Assembly
import Bus
import DiscordCore
import EventLoop
import JSON
import ModerationPlugin
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformSettings
import PlatformTenancy
import PlatformText
import Sandbox
import SandboxContract
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import Testing
import Vault
import TestKit

/// Plugins are let in here, and none runs.
private struct NoWorkers: GuestLauncher {
  func launch(_ release: GuestRelease) async throws -> any GuestChannel { throw CancellationError() }
}

/// A plugin with a setting, to be switched on and off.
enum Greeter: Plugin {
  struct Settings: PluginSettings {
    var message = "Hello"
    var delay = 0
    static let fields = SettingsFields<Settings>(
      .init("message", \.message, .text(1...20)), .init("delay", \.delay, .integer(0...10)))
  }

  static let id = "greeter"
  static func declare(_ plugin: inout PluginDeclaration<Self>) {}
}

let guild = GuildID(42)
let bot = UserID(1_000)

/// What a command printed.
final class Printed: Sendable {
  let text = Mutex("")
  let notes = Mutex("")
  var output: AdminOutput {
    AdminOutput(
      write: { part in self.text.withLock { $0 += part } },
      note: { line in self.notes.withLock { $0 += line } })
  }
}

/// A house that is not run, with one server that a bot of ours is in.
struct Desk: Sendable {
  let house: House
  let storage: Storage
  let time: ManualTime
  let administrator: Administrator

  static func run(_ engine: Engine, _ body: (Desk) async throws -> Void) async throws {
    let plugins = builtInPlugins + [PluginUnit(Greeter.self)]
    try await withInstallation(engine) { installation in
      try await installation.run(schema: .installation(plugins)) { storage in
        var settings = HouseSettings(discordAPI: "http://127.0.0.1:1/api/v10")
        settings.plugins = plugins
        let folder = try TemporaryDirectory()
        settings.sandbox = SandboxSettings(folder: folder.path, runtime: "")
        settings.sandbox.launcher = NoWorkers()
        let house = try House(
          settings, storage: storage, bus: LocalBus(time: installation.time, metrics: MetricRegistry()),
          time: installation.time, metrics: MetricRegistry())
        try await house.directory.note(
          [GuildSighting(guild: Tenant(guild), name: "Tavern", icon: nil, owner: UserID(5), memberCount: 3)],
          by: bot, at: installation.time.now)
        try await body(
          Desk(
            house: house, storage: storage, time: installation.time,
            administrator: try Administrator(house, isRunning: false)))
        await house.close()
      }
    }
  }

  /// Performs a command line and returns what it printed as JSON.
  @discardableResult
  func json(_ line: String, input: String? = nil) async throws -> JSONValue {
    try await json(line, bytes: input.map { Array($0.utf8) })
  }

  /// The same with bytes as its input.
  @discardableResult
  func json(_ line: String, bytes: [UInt8]?) async throws -> JSONValue {
    let printed = Printed()
    let failure = await run(line + " --json", bytes: bytes, printed)
    if let failure { throw failure }
    return try JSONValue(parsing: Array(printed.text.withLock { $0 }.utf8))
  }

  func text(_ line: String, input: String? = nil) async throws -> String {
    let printed = Printed()
    if let failure = await run(line, input: input, printed) { throw failure }
    return printed.text.withLock { $0 }
  }

  /// Why a command is refused.
  func refusal(_ line: String, input: String? = nil) async -> AdminFailure? {
    await run(line, input: input, Printed())
  }

  func run(_ line: String, input: String? = nil, _ printed: Printed) async -> AdminFailure? {
    await run(line, bytes: input.map { Array($0.utf8) }, printed)
  }

  func run(_ line: String, bytes: [UInt8]?, _ printed: Printed = Printed()) async -> AdminFailure? {
    await administrator.run(
      line.split(separator: " ").map(String.init), input: bytes.map { Secret($0) }, to: printed.output)
  }

  var audit: [AuditEntry] {
    get async throws { try await AuditLog(storage.guild(Tenant(guild))).entries() }
  }
}
