// What becomes of containers, images and engines when an engine fails in the middle of it.

import EventLoop
import TestKit
import Testing

@testable import SandboxEngine

@Suite(.timeLimit(.minutes(1))) struct FailureTests {
  private static let spec = ContainerSpec(image: "localhost/image:1", command: ["/usr/bin/true"])

  @Test(arguments: [(true, "containers.stop"), (false, "containers.kill")])
  func `a container goes although its process does not end as it is told`(
    isGentle: Bool, call: String
  ) async throws {
    let engine = try await FakeEngine.start()
    engine.change {
      $0.hasImage = true
      $0.failures = [call: .max]
    }
    let channel = try await engine.connect().launch(Self.spec)
    await channel.end(isGentle: isGentle)
    #expect(engine.current.count(call) == 1)
    #expect(engine.current.calls.last == "containers.remove \(channel.label)")
  }

  @Test func `a container that does not go at once is tried again`() async throws {
    let engine = try await FakeEngine.start()
    engine.change {
      $0.hasImage = true
      $0.failures = ["containers.remove": 1]
    }
    let channel = try await engine.connect().launch(Self.spec)
    await channel.end(isGentle: false)
    #expect(engine.current.count("containers.remove") == 2)
  }

  @Test func `nothing is tried again at an engine that we left`() async throws {
    let engine = try await FakeEngine.start()
    engine.change { $0.hasImage = true }
    let client = try await engine.connect()
    let channel = try await client.launch(Self.spec)
    client.close()
    let start = ContinuousClock.now
    await channel.end(isGentle: false)
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(engine.current.count("containers.remove") == 0)
  }

  @Test func `an image that somebody removed is brought again, once for all who need it`() async throws {
    let engine = try await FakeEngine.start()
    let client = try await engine.connect()
    let tar = engine.folder.file("runtime.tar")
    try await LocalFiles.write([1, 2, 3], to: tar)
    let image = try await RuntimeImage.prepare(tar: tar, on: client)
    engine.change { $0.hasImage = false }
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try await client.create(ContainerSpec(image: image, command: ["/usr/bin/true"]), seccomp: "")
        }
      }
      try await group.waitForAll()
    }
    #expect(engine.current.containers.count == 4)
    #expect(engine.current.count("images.create") == 2, "the first time, and once more")
  }

  @Test func `an image whose tar is another by now is not brought under the old name`() async throws {
    let engine = try await FakeEngine.start()
    let client = try await engine.connect()
    let tar = engine.folder.file("runtime.tar")
    try await LocalFiles.write([1, 2, 3], to: tar)
    let image = try await RuntimeImage.prepare(tar: tar, on: client)
    try await LocalFiles.write([4, 5, 6], to: tar)
    engine.change { $0.hasImage = false }
    let error = await #expect(throws: EngineError.self) {
      try await client.create(ContainerSpec(image: image, command: ["/usr/bin/true"]), seccomp: "")
    }
    #expect(error?.code == .missingImage)
    #expect(engine.current.count("images.create") == 1)
  }

  @Test func `an image that is not ours is missing, and asked for once`() async throws {
    let engine = try await FakeEngine.start()
    let client = try await engine.connect()
    let error = await #expect(throws: EngineError.self) { try await client.create(Self.spec, seccomp: "") }
    #expect(error?.code == .notFound)
    #expect(engine.current.count("containers.create") == 1)
  }

  @Test func `an engine that could not be made ready is let go`() async throws {
    let engine = try await FakeEngine.start()
    let loop = try EventLoop(name: "failure-tests")
    let settings = EngineSettings(host: "unix://\(engine.socketPath)", folder: engine.folder.path)
    let found = Recorder<EngineClient>()
    let error = await #expect(throws: EngineError.self) {
      try await EngineService.find(settings, loop: loop) { service -> String in
        found.record(service.client)
        return try await RuntimeImage.prepare(tar: "/nowhere/runtime.tar", on: service.client)
      }
    }
    #expect(error?.code == .missingImage)
    #expect(try #require(found.values.first).isClosed)
    #expect(engine.current.calls == ["version"])
  }

  @Test func `two validators at most are at work`() async throws {
    let engine = try await FakeEngine.start()
    engine.change { $0.hasImage = true }
    let gate = PluginValidation(
      client: try await engine.connect(), image: "localhost/image:1", installation: "tests")
    let folder = engine.folder.path
    let waiting = (0..<4).map { number in
      Task { try await gate.findings(in: folder, id: "plugin\(number)", version: "1.0.0") }
    }
    try await engine.until { $0.count("containers.start") == 2 && gate.turns.waitingCount == 2 }
    for number in 0..<4 {
      // As many as have ended make room for others, and nobody else has begun.
      try await engine.until { $0.count("containers.start") == min(4, number + 2) }
      #expect(engine.current.containers.count == min(4, number + 2))
      engine.end(engine.current.containers[number], saying: #"{"code":0,"found":[{"errors":[]}]}"# + "\n")
      try await engine.until { $0.count("containers.remove") == number + 1 }
    }
    for task in waiting { #expect(try await task.value.isEmpty) }
  }
}
