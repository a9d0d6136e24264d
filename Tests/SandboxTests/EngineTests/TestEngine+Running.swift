// Plugins on the engine of these tests.

import SandboxContract
import SandboxTestKit
import TestKit

@testable import SandboxEngine

extension TestEngine {
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
