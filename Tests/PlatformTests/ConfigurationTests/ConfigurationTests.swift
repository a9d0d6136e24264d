// One way to change a guild's configuration: revisions, audit, conflicts, and other processes that hear of it.

import Bus
import DiscordCore
import EventLoop
import JSON
import PlatformAudit
import PlatformConfiguration
import PlatformSettings
import Storage
import StorageTestKit
import Telemetry
import TestKit
import Testing

private let guild = Tenant(1)
private let other = Tenant(2)
private let ada = ChangeOrigin(.user(UserID(7)), at: Timestamp(milliseconds: 5), address: "203.0.113.7")

private struct GreeterSettings: PluginSettings {
  var message = "Hello"
  var delay = 0
  static let fields = SettingsFields<GreeterSettings>(
    .init("message", \.message, .text(1...20)), .init("delay", \.delay, .integer(0...10)))
}

/// Two processes on one store and one bus.
private struct Processes: Sendable {
  let first: Configuration
  let second: Configuration
  let audit: AuditLog
  /// The servers that the second heard were erased.
  let erased = Recorder<Tenant?>()
}

private func withProcesses(_ engine: Engine, _ body: @Sendable (Processes) async throws -> Void) async throws
{
  try await withInstallation(engine) { installation in
    let schema = Schema(guild: [AuditSchema.owner, ConfigurationSchema.owner])
    try await installation.run(schema: schema) { storage in
      var registry = ConfigurationRegistry()
      registry.register(GreeterSettings.self, as: "greeter")
      registry.register(GreeterSettings.self, as: "basics", isOnByDefault: true)
      let bus = LocalBus(time: SystemTime(), metrics: MetricRegistry())
      let processes = Processes(
        first: Configuration(storage: storage, bus: bus, registry: registry),
        second: Configuration(storage: storage, bus: bus, registry: registry),
        audit: AuditLog(storage.guild(guild)))
      let listeners = [
        Task { try await processes.first.run() },
        Task { try await processes.second.run { processes.erased.record($0) } },
      ]
      try await body(processes)
      for listener in listeners { listener.cancel() }
      await bus.close()
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct ConfigurationTests {
  @Test(arguments: Engine.allCases)
  func `a guild begins with the defaults`(_ engine: Engine) async throws {
    try await withProcesses(engine) { processes async throws in
      let configuration = try await processes.first.current(guild)
      #expect(configuration.enabledPlugins == ["basics"])
      #expect(configuration.settings(GreeterSettings.self, of: "greeter") == GreeterSettings())
      #expect(configuration.revision == 0)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a change is in force here at once and soon in every process, in its guild only`(_ engine: Engine)
    async throws
  {
    try await withProcesses(engine) { processes async throws in
      _ = try await processes.second.current(guild)
      try await processes.first.setEnabled(true, plugin: "greeter", in: guild, by: ada)
      try await processes.first.replace(["message": "Hi"], plugin: "greeter", in: guild, by: ada)
      let here = try await processes.first.current(guild)
      #expect(here.isEnabled("greeter"))
      #expect(here.settings(GreeterSettings.self, of: "greeter").message == "Hi")
      try await eventually("the other process hears of it") {
        try await processes.second.current(guild).revision == here.revision
      }
      #expect(try await processes.second.current(other).isEnabled("greeter") == false)
    }
  }

  @Test(arguments: Engine.allCases)
  func `every change leaves its difference in the audit log, no change leaves none`(_ engine: Engine)
    async throws
  {
    try await withProcesses(engine) { processes async throws in
      try await processes.first.setEnabled(true, plugin: "greeter", in: guild, by: ada)
      try await processes.first.setEnabled(true, plugin: "greeter", in: guild, by: ada)
      try await processes.first.replace(
        ["message": "Hello", "delay": 3], plugin: "greeter", in: guild, by: ada)
      try await processes.first.replace(["delay": 3], plugin: "greeter", in: guild, by: ada)
      let entries = try await processes.audit.entries()
      #expect(entries.map(\.action) == ["settings.change", "plugin.enable"])
      #expect(entries[0].before == ["delay": 0])
      #expect(entries[0].after == ["delay": 3])
      #expect(entries[0].address == "203.0.113.7")
      #expect(entries[0].target == "greeter")
    }
  }

  @Test(arguments: Engine.allCases)
  func `two people do not overwrite each other unknowingly`(_ engine: Engine) async throws {
    try await withProcesses(engine) { processes async throws in
      try await processes.first.replace(["delay": 1], plugin: "greeter", in: guild, by: ada, expecting: 0)
      await #expect(throws: ConfigurationError.conflict(current: 1)) {
        try await processes.second.replace(
          ["delay": 2], plugin: "greeter", in: guild, by: ada, expecting: 0)
      }
      // A change of another plugin is no conflict.
      try await processes.first.replace(["delay": 9], plugin: "basics", in: guild, by: ada)
      try await processes.second.replace(["delay": 2], plugin: "greeter", in: guild, by: ada, expecting: 1)
      let settings = try await processes.second.current(guild).settings(GreeterSettings.self, of: "greeter")
      #expect(settings.delay == 2)
    }
  }

  @Test(arguments: Engine.allCases)
  func `what does not fit changes nothing`(_ engine: Engine) async throws {
    try await withProcesses(engine) { processes async throws in
      for document: JSONValue in [["delay": 11], ["unknown": 1], []] {
        await #expect(throws: ConfigurationError.self) {
          try await processes.first.replace(document, plugin: "greeter", in: guild, by: ada)
        }
      }
      await #expect(throws: ConfigurationError.self) {
        try await processes.first.update(GreeterSettings.self, plugin: "greeter", in: guild, by: ada) {
          $0.message = ""
        }
      }
      await #expect(throws: ConfigurationError.noSuchPlugin("nobody")) {
        try await processes.first.setEnabled(true, plugin: "nobody", in: guild, by: ada)
      }
      #expect(try await processes.first.current(guild).revision == 0)
      #expect(try await processes.audit.entries().isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `changes by code do not lose each other`(_ engine: Engine) async throws {
    try await withProcesses(engine) { processes async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<10 {
          group.addTask {
            let process = number % 2 == 0 ? processes.first : processes.second
            try await process.update(GreeterSettings.self, plugin: "greeter", in: guild, by: ada) {
              $0.delay += 1
            }
          }
        }
        try await group.waitForAll()
      }
      try await eventually("all ten are there") {
        try await processes.first.current(guild).settings(GreeterSettings.self, of: "greeter").delay == 10
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a revision of the history can be put back`(_ engine: Engine) async throws {
    try await withProcesses(engine) { processes async throws in
      for delay in 1...3 {
        try await processes.first.replace(
          ["delay": .integer(Int64(delay))], plugin: "greeter", in: guild, by: ada)
      }
      let history = try await processes.first.history(plugin: "greeter", in: guild)
      #expect(history.map { $0.document["delay"] } == [3, 2, 1])
      #expect(history[0].actor == "user:7")
      try await processes.first.revert(plugin: "greeter", to: history[2].revision, in: guild, by: ada)
      let settings = try await processes.first.current(guild).settings(GreeterSettings.self, of: "greeter")
      #expect(settings.delay == 1)
      await #expect(throws: ConfigurationError.noSuchRevision(99)) {
        try await processes.first.revert(plugin: "greeter", to: 99, in: guild, by: ada)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `other processes hear of a guild that was erased, and of no other`(_ engine: Engine) async throws {
    try await withProcesses(engine) { processes async throws in
      _ = try await processes.second.current(guild)
      try await eventually("the second listens, and hears of the erased one") {
        try await processes.first.update(GreeterSettings.self, plugin: "greeter", in: other, by: ada) {
          $0.delay = ($0.delay + 1) % 10
        }
        await processes.first.forget(guild)
        return !processes.erased.values.isEmpty
      }
      #expect(Set(processes.erased.values) == [guild])
      #expect(processes.second.atHand(guild) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `several plugins change together, or none does`(_ engine: Engine) async throws {
    try await withProcesses(engine) { processes async throws in
      func parts(_ delay: Int64, expected: Int64?) -> [ConfigurationPart] {
        [
          ConfigurationPart(plugin: "greeter", document: ["delay": .integer(delay)], isEnabled: true),
          ConfigurationPart(plugin: "basics", document: nil, isEnabled: false, expected: expected),
        ]
      }
      await #expect(throws: ConfigurationError.conflict(current: 0)) {
        try await processes.first.change(parts(3, expected: 8), in: guild, by: ada)
      }
      await #expect(throws: ConfigurationError.self) {
        try await processes.first.change(parts(11, expected: 0), in: guild, by: ada)
      }
      #expect(try await processes.first.current(guild).revision == 0)
      #expect(try await processes.audit.entries().isEmpty)
      try await processes.first.change(parts(3, expected: 0), in: guild, by: ada)
      let now = try await processes.first.current(guild)
      #expect(now.enabledPlugins == ["greeter"])
      #expect(now.settings(GreeterSettings.self, of: "greeter").delay == 3)
      #expect(now.revision(of: "basics") != now.revision(of: "greeter"))
      let actions = try await processes.audit.entries().map { "\($0.action) \($0.target)" }
      #expect(
        actions.sorted() == ["plugin.disable basics", "plugin.enable greeter", "settings.change greeter"])
      try await processes.first.change(parts(3, expected: nil), in: guild, by: ada)
      #expect(try await processes.first.current(guild).revision == now.revision)
      let older = try await processes.first.history(plugin: "greeter", in: guild, before: 1)
      #expect(older.isEmpty)
    }
  }
}
