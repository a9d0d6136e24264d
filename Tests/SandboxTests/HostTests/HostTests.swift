// Who has which plugin, for how long, and what is left of it: over real stores, with the real SDK where something must run.

import SandboxWorkers
import Assembly
import Bus
import DiscordCore
import EventLoop
import JSON
import PlatformAudit
import PlatformData
import PlatformTenancy
import SandboxContract
import SandboxData
import SandboxTestKit
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

@testable import Sandbox

private let here = GuildID(1001)
private let there = GuildID(1002)
private let owner = GuestActor(.user(UserID(7)))

private func zip(_ source: String = "", version: String = "1.0.0", cron: String = "[]") throws -> [UInt8] {
  let manifest = """
    {"id": "garden", "name": "Garden", "version": "\(version)", "author": "Ada", "description": "Grows.",
     "icon_url": "https://example.com/garden.png", "tags": ["plants"],
     "capabilities_required": ["storage:kv", "storage:secrets"], "cron": \(cron)}
    """
  let program = "from yourbot_sdk import Plugin\nplugin = Plugin()\n\(source)\nplugin.run()\n"
  return try ZipWriter.zip([ZipEntry("manifest.json", manifest), ZipEntry("__main__.py", program)])
}

private let everything = GuestGrants(capabilities: [.storageKV, .secrets])

/// Plugins are let in, and none runs.
private struct NoWorkers: GuestLauncher {
  func launch(_ release: GuestRelease) async throws -> any GuestChannel { throw CancellationError() }
}

/// A sandbox that nobody runs.
private struct HostStage: Sendable {
  let sandbox: Sandbox
  let storage: Storage
  let time: ManualTime
  let launcher: ObservedLauncher

  /// With a program, processes of it run by the machine's clock; without, a test moves the clock and none runs.
  static func run(
    _ engine: Engine = .embedded, program: String? = nil,
    _ body: @Sendable (HostStage) async throws -> Void
  ) async throws {
    try await withInstallation(engine) { installation in
      try await installation.run(schema: .installation([])) { storage async throws in
        let launcher = try ObservedLauncher(processes: [
          "garden": "from yourbot_sdk import Plugin\nplugin = Plugin()\n\(program ?? "")\nplugin.run()\n"
        ])
        let folder = try TemporaryDirectory()
        var settings = SandboxSettings(folder: folder.path, runtime: "")
        settings.launcher = program == nil ? NoWorkers() : launcher
        let time: any TimeSource = program == nil ? installation.time : SystemTime()
        let sandbox = try Sandbox(
          settings, storage: storage, bus: LocalBus(time: time, metrics: MetricRegistry()), time: time,
          metrics: MetricRegistry(), units: [], wrote: { _ in })
        let stage = HostStage(
          sandbox: sandbox, storage: storage, time: installation.time, launcher: launcher)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(stage)) } catch { outcome = .failure(error) }
        await sandbox.close()
        try outcome.get()
      }
    }
  }

  /// Takes a zip, and lets it into a server.
  @discardableResult
  func install(_ bytes: [UInt8], in guild: GuildID, isOwn: Bool = true) async throws -> GuestRelease {
    let artifact = try await sandbox.stage(bytes, origin: isOwn ? .guild(guild) : .installation, by: owner)
    try await sandbox.install(artifact, in: guild, everything, by: owner)
    return artifact.release
  }

  /// A server's own plugin, with a secret that goes to one host.
  func installWithSecret() async throws -> GuestInstallation {
    try await install(try zip(), in: here)
    let installation = try #require(sandbox.installations.enabled("garden", in: here))
    try await sandbox.setSecret(
      Secret(Array("sesame-open".utf8)), name: "KEY", boundTo: "seeds.example.com", of: installation,
      by: owner)
    return installation
  }

  var operatorActions: [String] {
    get async throws { try await OperatorAudit(storage.platform).entries().map(\.action) }
  }
}

@Suite(.timeLimit(.minutes(3))) struct HostTests {
  @Test(arguments: Engine.allCases)
  func `an offer that is withdrawn stays where it is, and nobody else can choose it`(_ engine: Engine)
    async throws
  {
    try await HostStage.run(engine) { stage in
      let sandbox = stage.sandbox
      try await stage.install(try zip(), in: here, isOwn: false)
      try await sandbox.setOfferedSecret(
        Secret(Array("sesame-open".utf8)), name: "KEY", boundTo: nil, of: "garden", by: owner)
      #expect(try await sandbox.artifacts(for: there).count == 1)
      #expect(try await sandbox.withdraw("garden", by: owner) == 1)
      #expect(try await sandbox.artifacts(for: there).isEmpty)
      #expect(try await sandbox.offers().isEmpty)
      #expect(try await sandbox.withdraw("garden", by: owner) == 0)
      try await sandbox.load()
      #expect(sandbox.installations.enabled("garden", in: here) != nil)
      #expect(try await sandbox.isOperators("garden"))
      #expect(try await sandbox.offeredSecrets(of: "garden").count == 1)
      #expect(
        try await stage.operatorActions == ["plugin.withdraw", "plugin.secret.set", "plugin.offer"])
      // With the last server's month, zip and secrets go.
      try await sandbox.uninstall("garden", from: here, by: owner)
      stage.time.advance(by: .seconds(31 * 86_400))
      try await sandbox.sweep()
      #expect(try await !sandbox.isOperators("garden"))
      #expect(try await sandbox.offeredSecrets(of: "garden").isEmpty)
    }
  }

  @Test func `a version that is offered again can be chosen again`() async throws {
    try await HostStage.run { stage in
      let sandbox = stage.sandbox
      try await stage.install(try zip(), in: here, isOwn: false)
      #expect(try await sandbox.withdraw("garden", by: owner) == 1)
      _ = try await sandbox.stage(try zip(), origin: .installation, by: owner)
      #expect(try await sandbox.artifacts(for: there).count == 1)
    }
  }

  @Test func `what is read of a zip is the same release as what is stored of it`() async throws {
    try await HostStage.run { stage in
      let release = try await stage.install(try zip(), in: here)
      try await stage.sandbox.load()
      let stored = try #require(stage.sandbox.installations.enabled("garden", in: here)).release
      #expect(stored == release && stored.manifest == release.manifest)
      #expect(stored.manifest.icon == "https://example.com/garden.png" && stored.manifest.tags == ["plants"])
    }
  }

  @Test func `credentials go with the plugin, and everything else a month later`() async throws {
    try await HostStage.run { stage in
      let sandbox = stage.sandbox
      let installation = try await stage.installWithSecret()
      _ = try await sandbox.data.hosts.add(
        "seeds.example.com", .http, of: "garden", in: here, by: nil, at: stage.time.now)
      try await sandbox.uninstall("garden", from: here, by: owner)
      #expect(try await sandbox.data.secrets.list(of: "garden", in: here).isEmpty)
      #expect(try await sandbox.data.secrets.defaults(of: installation.release.developer).isEmpty)
      #expect(try await !sandbox.data.hosts.list(.http, of: "garden", in: here).isEmpty)
      stage.time.advance(by: .seconds(31 * 86_400))
      try await sandbox.sweep()
      #expect(try await sandbox.data.hosts.list(.http, of: "garden", in: here).isEmpty)
      #expect(sandbox.stored(in: here).isEmpty)
    }
  }

  @Test func `a server's own plugin reaches nothing that was allowed to an offered one of its name`()
    async throws
  {
    try await HostStage.run { stage in
      let hosts = stage.sandbox.data.hosts
      try await stage.install(try zip(), in: here, isOwn: false)
      try await hosts.add("seeds.example.com", .http, of: "garden", in: here, by: nil, at: stage.time.now)
      // Another version of the same is the same.
      try await stage.install(try zip(version: "1.1.0"), in: here, isOwn: false)
      #expect(try await hosts.list(.http, of: "garden", in: here).count == 1)
      try await stage.install(try zip(version: "2.0.0"), in: here)
      #expect(try await hosts.list(.http, of: "garden", in: here).isEmpty)
    }
  }

  @Test func `of zips that nobody installed, the newest stay`() async throws {
    try await HostStage.run { stage in
      let kept = try await stage.install(try zip(), in: here)
      for number in 1...25 {
        stage.time.advance(by: .seconds(1))
        _ = try await stage.sandbox.stage(try zip(version: "2.0.\(number)"), origin: .guild(here), by: owner)
      }
      let left = try await stage.sandbox.artifacts(for: here)
      #expect(left.count == 21 && left.contains { $0.release == kept })
      #expect(left.first?.release.version == "2.0.25")
    }
  }

  @Test(arguments: Engine.allCases)
  func `a minute of a task is one process's, once`(_ engine: Engine) async throws {
    try await HostStage.run(engine) { stage async throws in
      let store = stage.sandbox.store
      let taken = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask {
            (try? await store.takeMinute(10, of: "water", plugin: "garden", in: here)) ?? false
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(taken == 1)
      #expect(try await store.takeMinute(10, of: "water", plugin: "garden", in: there))
      // Nothing is made good, and no clock that went back runs it again.
      #expect(try await !store.takeMinute(9, of: "water", plugin: "garden", in: here))
      #expect(try await store.takeMinute(11, of: "water", plugin: "garden", in: here))
    }
  }

  @Test func `a task runs in the minute that it names, whoever looks at the clock`() async throws {
    let source = """
      @plugin.cron("*/5 * * * *")
      def water(ctx):
          ctx.kv.set("watered", True)
      """
    try await HostStage.run(program: source) { stage in
      let sandbox = stage.sandbox
      // Its delay is none: 31 servers share a minute's load.
      let guild = GuildID(1023)
      try await stage.install(
        try zip(source, cron: #"[{"spec": "*/5 * * * *", "name": "water"}]"#), in: guild)
      await withTaskGroup(of: Void.self) { group in
        for minute: Int64 in [4, 5, 5, 5] { group.addTask { await CronRunner(sandbox).fire(minute) } }
      }
      try await eventually("it ran", within: .seconds(20)) {
        stage.launcher.transcript.contains { $0.speaker == .plugin && $0.method == "event.ack" }
      }
      #expect(stage.launcher.transcript.count { $0.speaker == .host && $0.method == "event.cron" } == 1)
      #expect(stage.launcher.transcript.contains { $0.method == "kv.put" })
    }
  }

  @Test func `a server that is being erased has nothing any more, and nothing comes back`() async throws {
    try await HostStage.run { stage in
      let sandbox = stage.sandbox
      let installation = try await stage.installWithSecret()
      let journal = InstalledJournal(journal: sandbox.data, installations: sandbox.installations)
      func line(_ guild: GuildID?) -> GuestLogLine {
        GuestLogLine(
          at: stage.time.now, guild: guild, plugin: "garden", source: .plugin, level: .info, message: "leaf")
      }
      journal.note(line(here))
      try await sandbox.erase(here)
      // The rows are there still, and a change elsewhere has them read anew.
      try await sandbox.load()
      try await sandbox.installations.changed(here)
      #expect(sandbox.installations.enabled.isEmpty && sandbox.stored(in: here).isEmpty)
      journal.note(line(here))
      journal.note(line(nil))
      let erased = try await Erasure(stage.storage, time: stage.time).guild(Tenant(here))
      #expect(!erased.tables.isEmpty)
      try await sandbox.erased(here)
      await sandbox.data.flush()
      #expect(try await !stage.storage.hasGuild(Tenant(here)))
      #expect(try await sandbox.data.secrets.defaults(of: installation.release.developer).isEmpty)
      // It may come back as a new one.
      try await stage.install(try zip(), in: here)
      #expect(sandbox.installations.enabled("garden", in: here) != nil)
    }
  }
}
