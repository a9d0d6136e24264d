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
    let ranks: ProcessorRanks
    let validation: PluginValidation
    let installer: RequirementsInstaller
  }

  private let settings: SandboxSettings
  private let folders: GuestFolders
  private let made = OnDemand<Ready>()
  private var running: Task<Void, Never>?
  private var loop: EventLoop?
  private var lock: FolderLock?
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
    try await made.value { try await self.start() }
  }

  private func start() async throws -> Ready {
    if lock == nil { lock = try await FolderLock(settings.folder) }
    let loop = try self.loop ?? EventLoop(name: "sandbox")
    self.loop = loop
    let ready = try await EngineService.find(
      EngineSettings(host: settings.containerHost, folder: "\(settings.folder)/engine"), loop: loop
    ) { try await self.ready($0) }
    // Looks after an engine of our own until the end of the program, whoever asked for it first.
    running = Task {
      async let ranks: Void = ready.ranks.run()
      await ready.service.run()
      await ranks
    }
    return ready
  }

  private func ready(_ service: EngineService) async throws -> Ready {
    let image = try await RuntimeImage.prepare(tar: settings.runtime, on: service.client)
    // The folder names the installation: one process has it.
    let name = String(Hex.encode(SHA256.hash(Array(settings.folder.utf8))).prefix(16))
    let folders = folders
    let installer = RequirementsInstaller(
      client: service.client, image: image, installation: name, source: .index(.host))
    var limits = ContainerLimits()
    // Beside everything else and not in a group of all containers: within that, a plugin that gives way would give way to
    // other plugins alone, and Guildhall would wait for it as before.
    if service.isOwn { (limits.parentGroup, limits.processorShares) = ("/", 512) }
    let ranks = ProcessorRanks()
    let launcher = ContainerLauncher(
      client: service.client, image: image, installation: name, sockets: "\(settings.folder)/sockets",
      limits: limits, ranks: ranks
    ) { release in
      // Packages, too: the folder may be another process's, or was left out of a backup.
      GuestFiles(
        plugin: try await folders.plugin(release),
        requirements: try await folders.requirements(release, by: installer))
    }
    let left = try await launcher.sweep()
    log.info(
      "the container engine is ready",
      [
        "engine": .string(service.client.kind.rawValue), "version": .string(service.client.version),
        "left": .integer(Int64(left)),
      ])
    return Ready(
      service: service, launcher: launcher, ranks: ranks,
      validation: PluginValidation(client: service.client, image: image, installation: name),
      installer: installer)
  }

  /// Ends an engine of our own, also one that is being started.
  func close() async {
    let ready = await made.close()
    running?.cancel()
    await ready?.service.stop()
    await running?.value
    loop?.shutdown()
    lock = nil
  }
}
