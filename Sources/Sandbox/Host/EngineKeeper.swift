// The container engine, found or started when the first plugin needs it.

import EventLoop
import SandboxContract
import SandboxEngine
import Telemetry
import Vault

/// Everything that needs containers: workers, the SDK's validator, the installation of packages.
actor EngineKeeper: GuestLauncher {
  /// What there is once an engine answers.
  struct Ready: Sendable {
    let service: EngineService
    let launcher: ContainerLauncher
    let validation: PluginValidation
    let installer: RequirementsInstaller
  }

  private let settings: SandboxSettings
  private let folders: GuestFolders
  private var ready: Ready?
  private var starting: Task<Ready, any Error>?
  private var running: Task<Void, Never>?
  private var loop: EventLoop?
  private var isClosed = false
  private let log = Log(room: "sandbox")

  init(_ settings: SandboxSettings, _ folders: GuestFolders) {
    (self.settings, self.folders) = (settings, folders)
  }

  func launch(_ release: GuestRelease) async throws -> any GuestChannel {
    if let other = settings.launcher {
      _ = try await folders.plugin(release)
      return try await other.launch(release)
    }
    return try await engine().launcher.launch(release)
  }

  /// The engine; the first who asks waits for it.
  ///
  /// - Throws: `EngineError`, in words for an operator.
  func engine() async throws -> Ready {
    guard !isClosed else { throw CancellationError() }
    if let ready { return ready }
    if let starting { return try await starting.value }
    // Several may ask at once, and the first may be cancelled.
    let task = Task { try await self.start() }
    starting = task
    defer { starting = nil }
    let made = try await task.value
    ready = made
    return made
  }

  private func start() async throws -> Ready {
    let loop = try self.loop ?? EventLoop(name: "sandbox")
    self.loop = loop
    let service = try await EngineService.find(
      EngineSettings(host: settings.containerHost, folder: "\(settings.folder)/engine"), loop: loop)
    // Looks after an engine of our own until the end of the program, whoever asked for it first.
    running = Task { await service.run() }
    let image = try await RuntimeImage.prepare(tar: settings.runtime, on: service.client)
    // The folder names the installation: one process has it.
    let name = String(Hex.encode(SHA256.hash(Array(settings.folder.utf8))).prefix(16))
    let folders = folders
    let launcher = ContainerLauncher(
      client: service.client, image: image, installation: name, sockets: "\(settings.folder)/sockets"
    ) { release in
      GuestFiles(plugin: try await folders.plugin(release), requirements: await folders.requirements(release))
    }
    let left = try await launcher.sweep()
    log.info(
      "the container engine is ready",
      [
        "engine": .string(service.client.kind.rawValue), "version": .string(service.client.version),
        "left": .integer(Int64(left)),
      ])
    return Ready(
      service: service, launcher: launcher,
      validation: PluginValidation(client: service.client, image: image, installation: name),
      installer: RequirementsInstaller(
        client: service.client, image: image, installation: name, source: .index(.host)))
  }

  /// Ends an engine of our own.
  func close() async {
    isClosed = true
    running?.cancel()
    if let ready { await ready.service.stop() }
    await running?.value
    loop?.shutdown()
  }
}
