// One real engine for all tests of this process, and plugins for it.

import EventLoop
import Glibc
import SandboxContract
import TestKit

@testable import SandboxEngine

/// The engine, the image, and a folder for plugins. The engine's own files stay in `.runtime`, so that the image is brought
/// to it once and not in every run.
struct TestEngine: Sendable {
  let service: EngineService
  let image: String
  let folder: TemporaryDirectory
  static let installation = "tests"

  /// The folder of the package.
  static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

  static let shared = Task { try await TestEngine() }

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

  var client: EngineClient { service.client }
  var sockets: String { folder.file("sockets") }

  static let release = GuestRelease(
    manifest: GuestManifest(id: "tester", name: "Tester", version: "1.0.0"), digest: "d0")

  /// A launcher for one folder.
  func launcher(
    plugin: String, requirements: String? = nil, limits: ContainerLimits = ContainerLimits(),
    ranks: ProcessorRanks = ProcessorRanks()
  ) -> ContainerLauncher {
    ContainerLauncher(
      client: client, image: image, installation: Self.installation, sockets: sockets, limits: limits,
      ranks: ranks
    ) { _ in
      GuestFiles(plugin: plugin, requirements: requirements)
    }
  }

  /// A plugin's folder with that program, and other files.
  func plugin(_ program: String, _ files: [String: String] = [:]) async throws -> String {
    let path = folder.file("plugin-\(UInt64.random(in: .min ... .max))")
    try await LocalFiles.makeFolder(path, mode: 0o755)
    for (name, text) in files.merging(["__main__.py": program], uniquingKeysWith: { $1 }) {
      try await LocalFiles.write(Array(text.utf8), to: "\(path)/\(name)", mode: 0o644)
    }
    return path
  }

  /// Runs a program as a worker runs, to its end.
  func run(_ program: String, _ files: [String: String] = [:], deadline: Duration = .seconds(30)) async throws
    -> OneShotResult
  {
    let folder = try await plugin(program, files)
    let launcher = launcher(plugin: folder)
    let spec = launcher.spec(
      for: Self.release, files: GuestFiles(plugin: folder, requirements: nil))
    return try await client.run(
      once: OneShot(spec, deadline: deadline), installation: Self.installation)
  }

  /// Starts a program as a worker.
  func start(_ program: String, limits: ContainerLimits = ContainerLimits()) async throws -> ContainerChannel
  {
    let folder = try await plugin(program)
    let launcher = launcher(plugin: folder, limits: limits)
    return try await launcher.launch(
      launcher.spec(for: Self.release, files: GuestFiles(plugin: folder, requirements: nil)))
  }
}

extension OneShotResult {
  var text: String { String(decoding: output, as: UTF8.self) }
  var errorText: String { String(decoding: errors, as: UTF8.self) }
}

extension ContainerChannel {
  /// Output until its text holds a part, or the end.
  func text(until part: String) async throws -> String {
    var text: [UInt8] = []
    while let output = try await read() {
      switch output {
      case .standardOutput(let bytes), .standardError(let bytes): text += bytes
      case .ended(let code):
        return String(decoding: text, as: UTF8.self) + "<ended \(code.map { "\($0)" } ?? "?")>"
      }
      if String(decoding: text, as: UTF8.self).contains(part) { break }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Everything up to the end, counted; and how it ended.
  func drain() async throws -> (bytes: Int, code: Int?) {
    var count = 0
    while let output = try await read() {
      switch output {
      case .standardOutput(let bytes), .standardError(let bytes): count += bytes.count
      case .ended(let code): return (count, code)
      }
    }
    return (count, nil)
  }
}
