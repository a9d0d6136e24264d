// One real engine for all tests of this process, and plugins for it.

import EventLoop
import Glibc
package import SandboxContract
package import SandboxEngine
package import TestKit

/// The engine, the image, and a folder for plugins. The engine's own files stay in `.runtime`, so that the image is brought
/// to it once and not in every run.
package struct TestEngine: Sendable {
  package let service: EngineService
  package let image: String
  package let folder: TemporaryDirectory
  package static let installation = "tests"

  /// The folder of the package.
  package static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

  package static let shared = Task { try await TestEngine() }

  private init() async throws {
    let loop = try EventLoop(name: "engine-tests")
    let root = Self.root
    var settings = EngineSettings(
      host: getenv("GUILDHALL_CONTAINER_HOST").map { String(cString: $0) }, folder: "\(root)/.runtime/tests")
    // Nobody else's engine unless it is named.
    settings.sockets = []
    service = try await EngineService.find(settings, loop: loop)
    image = try await RuntimeImage.prepare(
      tar: "\(root)/.runtime/guildhall-runtime-0.10.1.tar", on: service.client)
    folder = try TemporaryDirectory()
    chmod(folder.path, 0o755)
    try await launcher(plugin: "/").sweep()
  }

  package var client: EngineClient { service.client }
  package var sockets: String { folder.file("sockets") }

  package static let release = GuestRelease(
    manifest: GuestManifest(id: "tester", name: "Tester", version: "1.0.0"), digest: "d0")

  /// A launcher for one folder.
  package func launcher(
    plugin: String, requirements: String? = nil, limits: ContainerLimits = ContainerLimits(),
    ranks: ProcessorRanks = ProcessorRanks()
  ) -> ContainerLauncher {
    launcher(limits: limits, ranks: ranks) { _ in GuestFiles(plugin: plugin, requirements: requirements) }
  }

  /// A launcher of what lies where `files` says.
  package func launcher(
    limits: ContainerLimits = ContainerLimits(), ranks: ProcessorRanks = ProcessorRanks(),
    files: @escaping @Sendable (GuestRelease) async throws -> GuestFiles
  ) -> ContainerLauncher {
    ContainerLauncher(
      client: client, image: image, installation: Self.installation, sockets: sockets, limits: limits,
      ranks: ranks, files: files)
  }
}
