// Finding an engine, and the life of one's own.

import EventLoop
import Glibc
import SandboxContract
import SandboxTestKit
import TestKit
import Testing

@testable import SandboxEngine

extension ContainerTests {
  @Suite struct ServiceTests {
    @Test(arguments: ["tcp://127.0.0.1:2375", "unix:///nowhere/engine.sock", "/run/podman.sock"])
    func `a named engine that does not answer is said, and no other is taken`(host: String) async throws {
      let folder = try TemporaryDirectory()
      let loop = try EventLoop(name: "service-tests")
      let error = await #expect(throws: EngineError.self) {
        try await EngineService.find(EngineSettings(host: host, folder: folder.path), loop: loop)
      }
      #expect(error?.code == .unreachable)
    }

    @Test func `an engine that is there already is taken, and left alone`() async throws {
      let engine = try await TestEngine.shared.value
      let folder = try TemporaryDirectory()
      let loop = try EventLoop(name: "service-tests")
      var settings = EngineSettings(folder: folder.path)
      settings.sockets = [folder.file("none.sock"), engine.client.socket]
      let service = try await EngineService.find(settings, loop: loop)
      #expect(!service.isOwn)
      #expect(service.client.socket == engine.client.socket)
      #expect(await service.client.ping())
      await service.stop()
      #expect(await engine.client.ping())
    }

    @Test func `a data folder with a long path gets a short one where Podman wants it`() async throws {
      let base = try TemporaryDirectory()
      let folder = try await ServiceFolder(base.file(String(repeating: "d", count: 60)))
      let other = try await ServiceFolder(base.file("other"))
      // Podman's own limit, which it holds against us only when a container has ended.
      #expect(folder.runRoot.utf8.count <= 50 && folder.runRoot != other.runRoot)
      for one in [folder, other] {
        await one.unmount()
        let runs = one.runRoot.dropLast("/storage".count)
        #expect(try await !LocalFiles.exists(String(runs)))
      }
    }

    @Test func `an engine of our own is started again when it ends, and ends with us`() async throws {
      let loop = try EventLoop(name: "service-tests")
      var settings = EngineSettings(folder: "\(TestEngine.root)/.runtime/own")
      settings.sockets = []
      let service = try await EngineService.find(settings, loop: loop)
      #expect(service.isOwn)
      let first = try #require(await service.processID)
      let run = Task { await service.run() }
      kill(first, SIGKILL)
      let deadline = ContinuousClock.now + .seconds(15)
      var second = await service.processID
      while ContinuousClock.now < deadline {
        second = await service.processID
        if second != first, await service.client.ping() { break }
        // A process of the system is on its way; it can only be asked.
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(second != first)
      #expect(await service.client.ping())
      run.cancel()
      await run.value
      await service.stop()
      #expect(kill(try #require(second), 0) == -1)
      #expect(await service.client.ping() == false)
    }

    @Test func `an engine of our own that could not be made ready has ended, and the next one stays`()
      async throws
    {
      let loop = try EventLoop(name: "service-tests")
      var own = EngineSettings(folder: "\(TestEngine.root)/.runtime/own")
      own.sockets = []
      let settings = own
      let started = Recorder<pid_t>()
      let error = await #expect(throws: EngineError.self) {
        try await EngineService.find(settings, loop: loop) { service -> String in
          if let id = await service.processID { started.record(id) }
          return try await RuntimeImage.prepare(tar: "/nowhere/runtime.tar", on: service.client)
        }
      }
      #expect(error?.code == .missingImage)
      let first = try #require(started.values.first)
      #expect(kill(first, 0) == -1)
      let service = try await EngineService.find(settings, loop: loop) { $0 }
      #expect(await service.client.ping())
      await service.stop()
    }

    @Test func `an engine of our own whose start is cancelled does not stay`() async throws {
      let loop = try EventLoop(name: "service-tests")
      var own = EngineSettings(folder: "\(TestEngine.root)/.runtime/own")
      own.sockets = []
      let settings = own
      let started = Recorder<pid_t>()
      let made = OnDemand<EngineService>()
      let asking = Task {
        try await made.value {
          try await EngineService.find(settings, loop: loop) { service -> EngineService in
            if let id = await service.processID { started.record(id) }
            // Ends when it is cancelled, and not before.
            try await Task.sleep(for: .seconds(3_600))
            return service
          }
        }
      }
      // A process of the system is on its way; it can only be asked.
      while started.values.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
      #expect(await made.close() == nil)
      await #expect(throws: CancellationError.self) { try await asking.value }
      #expect(kill(try #require(started.values.first), 0) == -1)
    }

    /// Set GUILDHALL_NETWORK to let it reach the package index.
    @Test(.enabled(if: getenv("GUILDHALL_NETWORK") != nil))
    func `requirements come from the index`() async throws {
      let engine = try await TestEngine.shared.value
      let installer = RequirementsInstaller(
        client: engine.client, image: engine.image, installation: TestEngine.installation,
        source: .index(.host))
      let target = engine.folder.file("from-index")
      let installed = try await installer.install(RequirementsList(["idna==3.10"]), into: target)
      #expect(installed.map(\.name) == ["idna"])
      #expect(installed.first?.hash.utf8.count == 64)
    }

    @Test func `versions compare by number`() throws {
      let old = try #require(APIVersion(parsing: "1.9"))
      let new = try #require(APIVersion(parsing: "1.41"))
      #expect(old < new)
      #expect(APIVersion(parsing: "x") == nil)
    }

    @Test func `an image that is not there is said`() async throws {
      let engine = try await TestEngine.shared.value
      let error = await #expect(throws: EngineError.self) {
        try await RuntimeImage.prepare(tar: "/nowhere/runtime.tar", on: engine.client)
      }
      #expect(error?.code == .missingImage)
      #expect(try await engine.client.hasImage("localhost/missing:1") == false)
      #expect(try await engine.client.hasImage(engine.image))
    }

    /// Set GUILDHALL_MEASURE to see the figures.
    @Test(.enabled(if: getenv("GUILDHALL_MEASURE") != nil)) func `figures`() async throws {
      let engine = try await TestEngine.shared.value
      let folder = try await engine.plugin("from yourbot_sdk import Plugin\nplugin = Plugin()\nplugin.run()")
      let launcher = engine.launcher(plugin: folder)
      var starts: [Duration] = []
      var idle: [GuestUsage?] = []
      for _ in 0..<8 {
        let begin = ContinuousClock.now
        let channel = try await launcher.launch(TestEngine.release)
        while let output = try await channel.read() {
          if case .standardOutput(let bytes) = output,
            String(decoding: bytes, as: UTF8.self).contains("process started")
          {
            break
          }
        }
        starts.append(ContinuousClock.now - begin)
        idle.append(await channel.usage())
        await channel.end(isGentle: false)
      }
      print("create to banner", starts.sorted())
      print("idle", idle.compactMap { $0?.memory })
      let echo = try await engine.start(
        "import sys\nfor line in sys.stdin: sys.stdout.write(line); sys.stdout.flush()")
      try await echo.write([10])
      _ = try await echo.read()
      var trips: [Duration] = []
      for _ in 0..<300 {
        let begin = ContinuousClock.now
        try await echo.write(Array("{\"id\":1}\n".utf8))
        _ = try await echo.read()
        trips.append(ContinuousClock.now - begin)
      }
      trips.sort()
      print("round trip", trips[150], "99 %", trips[297])
      var begin = ContinuousClock.now
      _ = await echo.usage()
      print("usage takes", ContinuousClock.now - begin)
      begin = .now
      await echo.end(isGentle: false)
      print("end takes", ContinuousClock.now - begin)
    }
  }
}
