// Waiting for one's turn, and for what somebody else makes: without an engine.

import TestKit
import Testing

@testable import SandboxEngine

@Suite(.timeLimit(.minutes(1))) struct FolderLockTests {
  @Test func `a folder is one process's until that lets go of it`() async throws {
    let folder = try TemporaryDirectory().file("sandbox")
    var lock: FolderLock? = try await FolderLock(folder)
    let refusal = await #expect(throws: EngineError.self) { _ = try await FolderLock(folder) }
    #expect(refusal?.code == .startFailed)
    #expect(refusal?.description.contains("GUILDHALL_SANDBOX_DATA") == true)
    // Whoever owns a server may read the description, and nobody but the operator where things lie.
    #expect(refusal?.description.contains(folder) == false)
    #expect(refusal?.debugDescription.contains(folder) == true)
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try await FolderLock(folder)
  }
}

@Suite(.timeLimit(.minutes(1))) struct TurnstileTests {
  /// Who is in, and stays until they are let go.
  private struct Visitors: Sendable {
    let turnstile: Turnstile
    let entered = Recorder<Int>()
    let doors = (0..<4).map { _ in AsyncStream<Void>.makeStream() }

    /// Returns when the visitor is in, or waits.
    func send(_ number: Int) async -> Task<Void, any Error> {
      let before = entered.values.count + turnstile.waitingCount
      let task = Task {
        try await turnstile.pass {
          entered.record(number)
          for await _ in doors[number].stream {}
        }
      }
      while entered.values.count + turnstile.waitingCount == before { await Task.yield() }
      return task
    }

    func letGo(_ number: Int) { doors[number].continuation.finish() }
  }

  @Test func `two get through, and the others in the order in which they came`() async throws {
    let visitors = Visitors(turnstile: Turnstile(limit: 2, maximumWaiting: 4))
    var tasks: [Task<Void, any Error>] = []
    for number in 0..<4 { tasks.append(await visitors.send(number)) }
    #expect(visitors.entered.values == [0, 1])
    #expect(visitors.turnstile.waitingCount == 2)
    for (number, expected) in [(1, [0, 1, 2]), (0, [0, 1, 2, 3])] {
      visitors.letGo(number)
      try await tasks[number].value
      while visitors.entered.values.count < expected.count { await Task.yield() }
      #expect(visitors.entered.values == expected)
    }
    for number in 2..<4 { visitors.letGo(number) }
    for task in tasks { try await task.value }
    let next = try await visitors.turnstile.pass { 7 }
    #expect(next == 7)
  }

  @Test func `who is cancelled while waiting leaves at once, and the next keeps the place`() async throws {
    let visitors = Visitors(turnstile: Turnstile(limit: 1, maximumWaiting: 4))
    let first = await visitors.send(0)
    let second = await visitors.send(1)
    let third = await visitors.send(2)
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(visitors.turnstile.waitingCount == 1)
    visitors.letGo(0)
    visitors.letGo(2)
    try await first.value
    try await third.value
    #expect(visitors.entered.values == [0, 2])
  }

  @Test func `too many are refused, and a failure makes room`() async throws {
    let visitors = Visitors(turnstile: Turnstile(limit: 1, maximumWaiting: 0))
    let first = await visitors.send(0)
    let error = await #expect(throws: EngineError.self) { try await visitors.turnstile.pass {} }
    #expect(error?.code == .busy)
    visitors.letGo(0)
    try await first.value
    await #expect(throws: TestKitError.self) {
      try await visitors.turnstile.pass { throw TestKitError("it failed") }
    }
    let next = try await visitors.turnstile.pass { 7 }
    #expect(next == 7)
  }
}

@Suite(.timeLimit(.minutes(1))) struct OnDemandTests {
  @Test func `what was made is kept, and a failure is not`() async throws {
    let made = OnDemand<Int>()
    await #expect(throws: TestKitError.self) { try await made.value { throw TestKitError("not yet") } }
    let first = try await made.value { 1 }
    let second = try await made.value { 2 }
    #expect(first == 1 && second == 1)
    #expect(await made.close() == 1)
    await #expect(throws: CancellationError.self) { try await made.value { 3 } }
  }

  @Test func `several who ask at once wait for the same`() async throws {
    let made = OnDemand<Int>()
    let (door, opener) = AsyncStream<Void>.makeStream()
    let makers = Recorder<Int>()
    let asking = (0..<4).map { number in
      Task {
        try await made.value {
          makers.record(number)
          for await _ in door {}
          return number
        }
      }
    }
    while makers.values.isEmpty { await Task.yield() }
    opener.finish()
    var values: Set<Int> = []
    for task in asking { values.insert(try await task.value) }
    #expect(values.count == 1 && makers.values.count == 1)
  }

  @Test func `closing cuts short what is being made, and hands out what came of it all the same`()
    async throws
  {
    let made = OnDemand<Int>()
    let begun = Recorder<Int>()
    let asking = Task {
      try await made.value {
        begun.record(0)
        // Ends when it is cancelled, and not before.
        try? await Task.sleep(for: .seconds(3_600))
        return 7
      }
    }
    while begun.values.isEmpty { await Task.yield() }
    #expect(await made.close() == 7)
    #expect(try await asking.value == 7)
  }

  @Test func `closing waits until what is being made has cleared up after itself`() async throws {
    let made = OnDemand<Int>()
    let steps = Recorder<String>()
    let asking = Task {
      try await made.value {
        steps.record("begun")
        do { try await Task.sleep(for: .seconds(3_600)) } catch {
          steps.record("cleared up")
          throw error
        }
        return 7
      }
    }
    while steps.values.isEmpty { await Task.yield() }
    #expect(await made.close() == nil)
    #expect(steps.values == ["begun", "cleared up"])
    await #expect(throws: CancellationError.self) { try await asking.value }
  }
}

@Suite struct FolderSweepTests {
  @Test func `what nobody wants goes, and what changed just now stays`() async throws {
    let directory = try TemporaryDirectory()
    let folder = directory.file("parts")
    for name in ["kept", "old", "old.leaving", "d1.k3.work"] {
      try await LocalFiles.makeFolder("\(folder)/\(name)/inside")
      try await LocalFiles.write([1], to: "\(folder)/\(name)/inside/file")
    }
    #expect(try await FolderSweep.prune(folder, keeping: ["kept"], age: .seconds(3_600)) == 0)
    #expect(try await LocalFiles.entries(of: folder).count == 4)
    #expect(try await FolderSweep.prune(folder, keeping: ["kept"], age: .zero) == 3)
    #expect(try await LocalFiles.entries(of: folder).map(\.name) == ["kept"])
    #expect(try await LocalFiles.exists("\(folder)/kept/inside/file"))
  }

  @Test func `a folder that is not there is empty`() async throws {
    let directory = try TemporaryDirectory()
    #expect(try await FolderSweep.prune(directory.file("nothing"), keeping: [], age: .zero) == 0)
  }

  @Test func `a folder is moved once, and what was there first stays`() async throws {
    let directory = try TemporaryDirectory()
    for name in ["first", "second"] {
      try await LocalFiles.makeFolder(directory.file(name))
      try await LocalFiles.write([1], to: directory.file("\(name)/\(name)"))
    }
    let target = directory.file("target")
    #expect(try await LocalFiles.move(directory.file("first"), to: target))
    #expect(try await LocalFiles.move(directory.file("second"), to: target) == false)
    #expect(try await LocalFiles.entries(of: target).map(\.name) == ["first"])
    await #expect(throws: EngineError.self) {
      try await LocalFiles.move(directory.file("nothing"), to: target)
    }
  }
}
