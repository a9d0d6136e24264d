// The validator of the SDK and the installation of requirements, in containers.

import SandboxContract
import SandboxTestKit
import TestKit
import Testing

@testable import SandboxEngine

extension ContainerTests {
  @Suite struct GateTests {
    @Test func `the SDK's validator says what is wrong, with its codes`() async throws {
      let engine = try await TestEngine.shared.value
      let gate = PluginValidation(
        client: engine.client, image: engine.image, installation: TestEngine.installation)
      let program = """
        import socket
        from yourbot_sdk import Plugin
        plugin = Plugin()
        plugin.run()
        """
      let folder = try await engine.plugin(
        program, ["manifest.json": #"{"id": "tester", "name": "Tester", "version": "1.0.0"}"#])
      let found = try await gate.findings(in: folder, id: "tester", version: "1.0.0")
      let finding = try #require(found.first { $0.code == "forbidden_import_socket" }, "\(found)")
      #expect(finding.isError)
      #expect(finding.path == "__main__.py" && finding.line == 1)
      let other = try await gate.findings(in: folder, id: "another", version: "2.0.0")
      #expect(other.contains { $0.code.contains("mismatch") }, "\(other.map(\.code))")
    }

    @Test func `a folder that is no plugin fails the gate itself`() async throws {
      let engine = try await TestEngine.shared.value
      let gate = PluginValidation(
        client: engine.client, image: engine.image, installation: TestEngine.installation)
      let folder = engine.folder.file("empty")
      try await LocalFiles.makeFolder(folder, mode: 0o755)
      await #expect(throws: EngineError.self) {
        try await gate.findings(in: folder, id: "tester", version: "1.0.0")
      }
    }

    @Test func `requirements are installed from wheels, with their hashes, and a worker imports them`()
      async throws
    {
      let engine = try await TestEngine.shared.value
      let wheels = try await Wheels(in: engine.folder)
      let installer = RequirementsInstaller(
        client: engine.client, image: engine.image, installation: TestEngine.installation,
        source: .folder(wheels.folder))
      let target = engine.folder.file("installed")
      let list = try RequirementsList(["# ours", "greeter>=1.0", "yourbot-sdk==0.10.1", ""])
      let installed = try await installer.install(list, into: target)
      #expect(installed == [InstalledRequirement(name: "greeter", version: "1.2.0", hash: wheels.hash)])
      let plugin = try await engine.plugin("import greeter\nprint(greeter.hello())")
      let launcher = engine.launcher(plugin: plugin, requirements: target)
      let spec = launcher.spec(
        for: TestEngine.release, files: GuestFiles(plugin: plugin, requirements: target))
      let result = try await engine.client.run(once: OneShot(spec), installation: TestEngine.installation)
      #expect(result.text == "hello\n", "\(result.errorText)")
      #expect(try await engine.isTidy("installed"))
    }

    @Test func `two that install the same at once both succeed`() async throws {
      let engine = try await TestEngine.shared.value
      let wheels = try await Wheels(in: engine.folder)
      let target = engine.folder.file("shared")
      let list = try RequirementsList(["greeter"])
      // As two processes would: they know nothing of each other.
      let installing = (0..<2).map { _ in
        let installer = RequirementsInstaller(
          client: engine.client, image: engine.image, installation: TestEngine.installation,
          source: .folder(wheels.folder))
        return Task { try await installer.install(list, into: target) }
      }
      for task in installing { #expect(try await task.value.map(\.name) == ["greeter"]) }
      #expect(try await LocalFiles.exists("\(target)/greeter.py"))
      #expect(try await engine.isTidy("shared"))
    }

    @Test func `packages that went missing are brought again for all who need them`() async throws {
      let engine = try await TestEngine.shared.value
      let wheels = try await Wheels(in: engine.folder)
      let installer = RequirementsInstaller(
        client: engine.client, image: engine.image, installation: TestEngine.installation,
        source: .folder(wheels.folder))
      let target = engine.folder.file("brought")
      let list = try RequirementsList(["greeter"])
      for _ in 0..<2 {
        let preparing = (0..<3).map { _ in Task { try await installer.prepare(list, in: target) } }
        for task in preparing { #expect(try await task.value == target) }
        #expect(try await LocalFiles.exists("\(target)/greeter.py"))
        try await LocalFiles.remove(target)
      }
      let none = try await installer.prepare(RequirementsList(["yourbot-sdk"]), in: target)
      #expect(none == nil)
      #expect(try await engine.isTidy("brought"))
    }

    @Test func `what cannot be had, is too large or has another hash is refused, and nothing stays`()
      async throws
    {
      let engine = try await TestEngine.shared.value
      let wheels = try await Wheels(in: engine.folder)
      let target = engine.folder.file("refused")
      for (limit, line) in [
        (100 << 20, "missing-package"), (256, "greeter"),
        (100 << 20, "greeter==1.2.0 --hash=sha256:\(wheels.otherHash)"),
      ] {
        let installer = RequirementsInstaller(
          client: engine.client, image: engine.image, installation: TestEngine.installation,
          source: .folder(wheels.folder), sizeLimit: limit)
        let error = await #expect(throws: EngineError.self, "\(line)") {
          try await installer.install(RequirementsList([line]), into: target)
        }
        #expect(error?.code == .badRequirements)
        #expect(try await LocalFiles.exists(target) == false)
        #expect(try await engine.isTidy("refused"))
      }
    }
  }
}

extension TestEngine {
  /// Whether nothing lies beside a folder that installing made.
  fileprivate func isTidy(_ name: String) async throws -> Bool {
    try await LocalFiles.entries(of: folder.path).allSatisfy { !$0.name.hasPrefix("\(name).") }
  }
}

/// A folder with one wheel in it.
private struct Wheels {
  let folder: String
  let hash: String
  var otherHash: String { String(hash.reversed()) }

  init(in directory: TemporaryDirectory) async throws {
    let engine = try await TestEngine.shared.value
    folder = directory.file("wheels-\(UInt64.random(in: .min ... .max))")
    try await LocalFiles.makeFolder(folder, mode: 0o777)
    try await LocalFiles.open(folder)
    // Made by the image's own Python, as a wheel is made: a zip with a module, its metadata and a record.
    let program = """
      import hashlib, zipfile
      path = '/output/greeter-1.2.0-py3-none-any.whl'
      info = 'greeter-1.2.0.dist-info/'
      with zipfile.ZipFile(path, 'w') as wheel:
          for name, text in {
              'greeter.py': 'def hello(): return "hello"\\n' + '#' * 4096,
              info + 'METADATA': 'Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.2.0\\n',
              info + 'WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
              info + 'RECORD': '',
          }.items(): wheel.writestr(name, text)
      print(hashlib.sha256(open(path, 'rb').read()).hexdigest())
      """
    var spec = ContainerSpec(image: engine.image, command: ["/usr/bin/python3", "-c", program])
    spec.mounts = [ContainerMount(source: folder, target: "/output", isWritable: true)]
    let result = try await engine.client.run(once: OneShot(spec), installation: TestEngine.installation)
    hash = String(result.text.split(separator: "\n").first ?? "")
  }
}
