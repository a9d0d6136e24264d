// Workers of the real SDK, without containers, for a test.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import Storage
import StorageTestKit
import Telemetry
import TestKit
import Testing

/// What a test plays on.
struct Stage: Sendable {
  let workers: GuestWorkers
  let launcher: ProcessLauncher
  let directory: StubDirectory
  let journal: RecordingJournal
  let methods: RecordingMethods

  func install(
    _ plugin: String, in guild: GuildID, _ granted: Set<GuestCapability> = [.storageKV],
    asks: [GuestCapability] = [.storageKV, .banMembers]
  ) {
    var manifest = GuestManifest(id: plugin, name: plugin, version: "1.0.0")
    manifest.capabilities = asks
    directory.set(
      GuestInstallation(
        guild: guild, release: GuestRelease(manifest: manifest, digest: plugin),
        grants: GuestGrants(capabilities: granted), isEnabled: true,
        installedAt: Timestamp(milliseconds: 0)),
      of: plugin, in: guild)
  }

  func send(
    _ type: String, _ payload: JSONObject = JSONObject(), to plugin: String, in guild: GuildID,
    cause: GuestCause? = nil
  ) async -> GuestDeliveryEnd {
    await workers.handle(
      GuestDelivery(guild: guild, plugin: plugin, type: type, payload: payload, cause: cause ?? .event(type)))
  }

  static func run(
    _ sources: [String: String], limits: GuestWorkerLimits = GuestWorkerLimits(),
    methods: RecordingMethods = RecordingMethods(), _ body: @escaping @Sendable (Stage) async throws -> Void
  ) async throws {
    try await withInstallation(.embedded) { installation in
      try await installation.run(schema: Schema()) { storage async throws in
        let launcher = try ProcessLauncher(sources)
        let (directory, journal) = (StubDirectory(storage), RecordingJournal())
        let workers = GuestWorkers(
          launcher: launcher, methods: [methods], directory: directory, journal: journal, time: SystemTime(),
          limits: limits, metrics: MetricRegistry())
        let stage = Stage(
          workers: workers, launcher: launcher, directory: directory, journal: journal, methods: methods)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await workers.run() }
          defer { group.cancelAll() }
          let outcome: Result<Void, any Error>
          do { outcome = .success(try await body(stage)) } catch { outcome = .failure(error) }
          await workers.close()
          try outcome.get()
        }
      }
    }
  }
}
