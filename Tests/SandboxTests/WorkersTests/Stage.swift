// Workers of the real SDK for a test: as plain processes, or in containers.

import DiscordCore
import EventLoop
import JSON
import PlatformAccess
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing

/// What a test plays on.
struct Stage: Sendable {
  let workers: GuestWorkers
  let launcher: ObservedLauncher
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

  @discardableResult
  func send(
    _ type: String, _ payload: JSONValue = [:], to plugin: String, in guild: GuildID,
    cause: GuestCause? = nil
  ) async -> GuestDeliveryEnd {
    await workers.handle(
      GuestDelivery(
        guild: guild, plugin: plugin, type: type, payload: payload.object ?? JSONObject(),
        cause: cause ?? .event(type)))
  }

  func ask(
    _ name: String, _ params: JSONValue = [:], of plugin: String, in guild: GuildID
  ) async throws -> JSONValue {
    try await workers.request(
      dashboard: name, params: params.object ?? JSONObject(), viewer: UserID(7), viewerName: "ada",
      role: .manager, plugin: plugin, guild: guild)
  }

  /// What the plugin stored under a key, in order.
  func stored(_ key: String) -> [JSONValue] {
    methods.calls.filter { $0.method == "kv.put" && $0.params["key"]?.string == key }
      .compactMap { $0.params["value"] }
  }

  // MARK: What was said

  func host(_ method: String) -> [WireLine] {
    launcher.transcript.filter { $0.speaker == .host && $0.method == method }
  }

  func plugin(_ method: String) -> [WireLine] {
    launcher.transcript.filter { $0.speaker == .plugin && $0.method == method }
  }

  /// The answer to a line, whoever said that.
  func answer(to line: WireLine) -> WireLine? {
    launcher.transcript.first {
      $0.speaker != line.speaker && $0.method == nil && $0.id != nil && $0.id == line.id
    }
  }

  /// Where in the conversation something was said.
  func place(_ fits: (WireLine) -> Bool) throws -> Int {
    let place = launcher.transcript.firstIndex(where: fits)
    return try #require(place)
  }

  // MARK: Setting it

  /// With the clocks of the machine, for what is about many processes at a time.
  static func run(
    _ sources: [String: String], limits: GuestWorkerLimits = GuestWorkerLimits(),
    methods: RecordingMethods = RecordingMethods(), _ body: @escaping @Sendable (Stage) async throws -> Void
  ) async throws {
    try await set(sources, limits, methods, Schema(), time: SystemTime(), others: { _ in [] }, body)
  }

  /// With a clock that the test moves. `others` answer their methods instead of `methods`.
  static func play(
    _ sources: [String: String], limits: GuestWorkerLimits = GuestWorkerLimits(),
    methods: RecordingMethods = RecordingMethods(), schema: Schema = Schema(),
    others: @escaping @Sendable (Storage, ManualTime) -> [any GuestMethods] = { _, _ in [] },
    _ body: @escaping @Sendable (Stage, ManualTime) async throws -> Void
  ) async throws {
    let time = ManualTime()
    try await set(
      sources, limits, methods, schema, time: time, others: { others($0, time) }
    ) { try await body($0, time) }
  }

  private static func set(
    _ sources: [String: String], _ limits: GuestWorkerLimits, _ methods: RecordingMethods, _ schema: Schema,
    time: any TimeSource, others: @escaping @Sendable (Storage) -> [any GuestMethods],
    _ body: @escaping @Sendable (Stage) async throws -> Void
  ) async throws {
    let sources = try GuestSources(sources)
    try await GuestHousing.current.hold(sources) { launcher in
      try await play(on: launcher, limits, methods, schema, time, others, body)
    }
  }

  private static func play(
    on launcher: ObservedLauncher, _ limits: GuestWorkerLimits, _ methods: RecordingMethods, _ schema: Schema,
    _ time: any TimeSource, _ others: @escaping @Sendable (Storage) -> [any GuestMethods],
    _ body: @escaping @Sendable (Stage) async throws -> Void
  ) async throws {
    try await withInstallation(.embedded) { installation in
      try await installation.run(schema: schema) { storage async throws in
        let (directory, journal) = (StubDirectory(storage), RecordingJournal())
        let workers = GuestWorkers(
          launcher: launcher, methods: [methods] + others(storage), directory: directory, journal: journal,
          time: time, limits: limits, metrics: MetricRegistry())
        let stage = Stage(
          workers: workers, launcher: launcher, directory: directory, journal: journal, methods: methods)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await workers.run() }
          defer { group.cancelAll() }
          let outcome: Result<Void, any Error>
          do { outcome = .success(try await body(stage)) } catch { outcome = .failure(error) }
          await keepingTime(time as? ManualTime) { await workers.close() }
          try outcome.get()
        }
      }
    }
  }
}

/// Ends of workers ask the clock again and again, which has to go on for them.
func keepingTime(_ time: ManualTime?, while body: @escaping @Sendable () async -> Void) async {
  await withTaskGroup(of: Void.self) { group in
    group.addTask { await body() }
    group.addTask {
      // Slow enough for processes, which have a clock of their own.
      while (try? await Task.sleep(for: .milliseconds(10))) != nil { time?.advance(by: .milliseconds(20)) }
    }
    await group.next()
    group.cancelAll()
  }
}

extension ManualTime {
  /// Moves on once that many tasks wait for it; one of them looks after the workers.
  func pass(_ duration: Duration, waiting: Int = 1) async throws {
    try await eventually("\(waiting) wait for the clock") { sleeperCount == waiting }
    advance(by: duration)
  }
}

/// Holds whoever comes until it is opened.
final class Gate: Sendable {
  private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      defer { state = (true, []) }
      return state.waiting
    }
    for one in waiting { one.resume() }
  }
}
