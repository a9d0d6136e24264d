// Workers in real containers: their pipes, their end, and the limits that hold for them.

import EventLoop
import Glibc
import JSON
import SandboxContract
import SandboxTestKit
import TestKit
import Testing

@testable import SandboxEngine

/// Everything that needs an engine, one after another.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ContainerTests {}

extension ContainerTests {
  @Suite struct WorkerTests {
    @Test func `a worker of the SDK says that it started, and answers`() async throws {
      let engine = try await TestEngine.shared.value
      let channel = try await engine.start(
        """
        from yourbot_sdk import Plugin
        plugin = Plugin()
        plugin.run()
        """)
      let text = try await channel.text(until: "SDK plugin process started")
      #expect(text.contains("SDK plugin process started"))
      await channel.closeInput()
      #expect(try await channel.text(until: "<ended").contains("<ended 0>"))
      #expect(await channel.ranOutOfMemory == false)
      #expect(try await channel.read() == nil)
      await channel.end(isGentle: false)
      await #expect(throws: EngineError.self) { try await engine.client.inspect(channel.label) }
    }

    @Test func `lines go in and come back, and usage can be read`() async throws {
      let engine = try await TestEngine.shared.value
      let channel = try await engine.start(
        """
        import sys
        for line in sys.stdin:
            sys.stdout.write(line)
            sys.stdout.flush()
        """)
      let line = String(repeating: "x", count: 100_000) + "!\n"
      try await channel.write(Array(line.utf8))
      #expect(try await channel.text(until: "!\n") == line)
      let usage = try #require(await channel.usage())
      #expect(usage.memory > 1 << 20 && usage.memory < 100 << 20)
      #expect(usage.processor > .zero)
      await channel.end(isGentle: false)
      #expect(try await channel.drain().code == 137)
      #expect(await channel.ranOutOfMemory == false)
      await #expect(throws: EngineError.self) { try await channel.write([10]) }
    }

    @Test func `nobody is listened to by the socket of a worker but the worker`() async throws {
      let engine = try await TestEngine.shared.value
      let channel = try await engine.start(
        """
        import os, socket
        other = socket.socket(socket.AF_UNIX)
        try:
            other.connect("/rpc")
            other.sendall(b'{"jsonrpc":"2.0","id":1,"method":"kv.get","params":{"key":"k"}}')
            print("heard" if other.recv(1) else "nobody was there", flush=True)
        except OSError as error:
            print(f"nobody was there: {error}", flush=True)
        try:
            os.unlink("/rpc")
        except OSError as error:
            print(f"it stays: {error}", flush=True)
        """)
      let text = try await channel.text(until: "<ended")
      #expect(text.hasPrefix("nobody was there") && text.contains("it stays"))
      #expect(!text.contains("heard"))
      await channel.end(isGentle: false)
    }

    @Test func `workers stay on one processor each, and take turns with them`() async throws {
      let engine = try await TestEngine.shared.value
      let folder = try await engine.plugin("import os\nprint(sorted(os.sched_getaffinity(0)), flush=True)")
      let launcher = engine.launcher(plugin: folder)
      var places: [String] = []
      for _ in 0..<2 {
        let channel = try await launcher.launch(
          launcher.spec(for: TestEngine.release, files: GuestFiles(plugin: folder, requirements: nil)))
        places.append(try await channel.text(until: "]"))
        await channel.end(isGentle: false)
      }
      let count = sysconf(CInt(_SC_NPROCESSORS_ONLN))
      #expect(Set(places).count == min(2, count), "\(places)")
      #expect(count == 1 || places.allSatisfy { !$0.contains(",") }, "\(places)")
    }

    @Test func `a plugin that floods its output blocks until it is read`() async throws {
      let engine = try await TestEngine.shared.value
      let channel = try await engine.start(
        """
        import os, sys, threading, time
        count = 0
        def flood():
            global count
            while count < 32 << 20:
                count += os.write(1, b'x' * 65536)
            os.write(2, b'done')
        threading.Thread(target=flood, daemon=True).start()
        last = -1
        while last != count or count == 0:
            last = count
            time.sleep(0.3)
        os.write(2, b'stuck at %d.' % count)
        time.sleep(60)
        """)
      // Nobody reads until the plugin has noticed that it is stuck: what it says of it comes behind what waits.
      try await Task.sleep(for: .seconds(1.2))
      let piece = try await channel.read()
      guard case .standardOutput(let first) = piece else {
        Issue.record("no output")
        return
      }
      #expect(first.count <= 512 << 10)
      var said: [UInt8] = []
      var count = first.count
      while !(String(decoding: said, as: UTF8.self).contains("done") && count >= 32 << 20),
        let output = try await channel.read()
      {
        if case .standardError(let bytes) = output { said += bytes }
        if case .standardOutput(let bytes) = output { count += bytes.count }
      }
      let words = String(decoding: said, as: UTF8.self)
      let stuck = try #require(Int(words.split { !$0.isNumber }.first ?? ""))
      #expect(stuck < 4 << 20, "so much was written while nobody read")
      #expect(count >= 32 << 20)
      await channel.end(isGentle: false)
    }

    @Test func `a plugin that does not read its input is noticed`() async throws {
      let engine = try await TestEngine.shared.value
      let folder = try await engine.plugin("import time\ntime.sleep(60)")
      let launcher = engine.launcher(plugin: folder)
      let spec = launcher.spec(
        for: TestEngine.release, files: GuestFiles(plugin: folder, requirements: nil))
      let id = try await engine.client.create(spec, seccomp: engine.client.profiles.sealed)
      let stream = try await AttachedStream.open(
        engine.client, container: id, takesInput: true, into: OutputQueue(engine.client.loop))
      try await engine.client.start(id)
      let error = await #expect(throws: EngineError.self) {
        for _ in 1...16 {
          try await stream.write([UInt8](repeating: 120, count: 1 << 20), limit: .milliseconds(500))
        }
      }
      #expect(error?.code == .stalled)
      await #expect(throws: EngineError.self) { try await stream.write([10], limit: .seconds(1)) }
      stream.close()
      try await engine.client.remove(id)
    }

    @Test func `a line of 16 MiB arrives whole`() async throws {
      let engine = try await TestEngine.shared.value
      let channel = try await engine.start("import os\nos.write(2, b'a')\nprint('x' * (16 << 20))")
      let (bytes, code) = try await channel.drain()
      #expect(bytes == (16 << 20) + 2)
      #expect(code == 0)
      await channel.end(isGentle: true)
    }

    @Test func `a plugin that closes its output is alive until it ends`() async throws {
      let engine = try await TestEngine.shared.value
      let channel = try await engine.start(
        "import os, time\nos.close(1)\nos.close(2)\ntime.sleep(0.3)\nos._exit(7)")
      #expect(try await channel.drain().code == 7)
      await channel.end(isGentle: true)
    }

    @Test func `a plugin that ignores SIGTERM is killed`() async throws {
      let engine = try await TestEngine.shared.value
      let channel = try await engine.start(
        "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint('ready')\ntime.sleep(600)")
      #expect(try await channel.text(until: "ready").contains("ready"))
      let start = ContinuousClock.now
      await channel.end(isGentle: true)
      #expect(ContinuousClock.now - start < .seconds(12))
      #expect(try await channel.drain().code == 137)
    }

    @Test func `a plugin that takes too much memory is told apart from one that was killed`() async throws {
      let engine = try await TestEngine.shared.value
      var limits = ContainerLimits()
      (limits.memory, limits.reservedMemory) = (48 << 20, 24 << 20)
      let channel = try await engine.start("b = []\nwhile True: b.append(b'x' * (1 << 20))", limits: limits)
      #expect(try await channel.drain().code == 137)
      #expect(await channel.ranOutOfMemory)
      await channel.end(isGentle: false)
    }

    @Test func `what an earlier process left is swept, and nothing else`() async throws {
      let engine = try await TestEngine.shared.value
      let folder = try await engine.plugin("import time\ntime.sleep(60)")
      let files = GuestFiles(plugin: folder, requirements: nil)
      let earlier = ContainerLauncher(
        client: engine.client, image: engine.image, installation: "earlier",
        sockets: "\(engine.sockets)-earlier"
      ) { _ in files }
      let other = ContainerLauncher(
        client: engine.client, image: engine.image, installation: "other", sockets: "\(engine.sockets)-other"
      ) { _ in files }
      let left = try await earlier.launch(TestEngine.release)
      let living = try await other.launch(TestEngine.release)
      #expect(try await earlier.sweep() == 1)
      #expect(try await earlier.sweep() == 0)
      await #expect(throws: EngineError.self) { try await engine.client.inspect(left.label) }
      #expect(try await engine.client.inspect(living.label).isRunning)
      await living.end(isGentle: false)
      await left.end(isGentle: false)
    }

    @Test func `a release that cannot be brought leaves no container`() async throws {
      let engine = try await TestEngine.shared.value
      let name = "broken-\(UInt64.random(in: .min ... .max))"
      // There when the engine looks for it, and of no use: a file where a folder must be.
      let file = engine.folder.file("file")
      try await LocalFiles.write([1], to: file)
      for path in [file, "/nowhere/at/all", "relative", "/a:b"] {
        let launcher = ContainerLauncher(
          client: engine.client, image: engine.image, installation: name, sockets: engine.sockets
        ) { _ in
          GuestFiles(plugin: path, requirements: nil)
        }
        await #expect(throws: EngineError.self, "\(path)") { try await launcher.launch(TestEngine.release) }
      }
      let missing = ContainerLauncher(
        client: engine.client, image: "localhost/missing:1", installation: name, sockets: engine.sockets
      ) { _ in
        GuestFiles(plugin: engine.folder.path, requirements: nil)
      }
      let error = await #expect(throws: EngineError.self) { try await missing.launch(TestEngine.release) }
      #expect(error?.code == .notFound)
      #expect(try await engine.client.list(label: "guildhall.installation", value: name).isEmpty)
    }
  }
}
