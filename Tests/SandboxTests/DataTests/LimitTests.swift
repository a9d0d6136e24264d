// How many web requests plugins may make, on both engines.

import EventLoop
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3))) struct LimitTests {
  @Test(arguments: Engine.allCases)
  func `a limit holds at once where it is set, and within five seconds elsewhere`(_ engine: Engine)
    async throws
  {
    try await withStage(engine) { stage async throws in
      let limits = stage.data.limits
      let elsewhere = RequestLimits(storage: stage.storage, time: stage.time)
      #expect(await limits.perMinute(of: "alpha") == 60)
      #expect(await elsewhere.perMinute(of: "alpha") == 60)
      try await limits.set(1_000, of: "alpha")
      #expect(await limits.perMinute(of: "alpha") == 1_000)
      #expect(try await limits.stored(of: "alpha") == 1_000)
      #expect(await limits.perMinute(of: "beta") == 60)
      #expect(await limits.perMinute(of: "alpha@101") == 60)
      #expect(await elsewhere.perMinute(of: "alpha") == 60)
      stage.time.advance(by: .seconds(5))
      #expect(await elsewhere.perMinute(of: "alpha") == 1_000)

      try await limits.set(5, of: "alpha")
      stage.time.advance(by: .seconds(5))
      #expect(await elsewhere.perMinute(of: "alpha") == 5)
      try await limits.set(nil, of: "alpha")
      try await limits.set(nil, of: "alpha")
      #expect(try await limits.stored(of: "alpha") == nil)
      #expect(await limits.perMinute(of: "alpha") == 60)
    }
  }

  @Test(arguments: [0, -1, 1_001, .max])
  func `a number out of bounds changes nothing`(number: Int) async throws {
    try await withStage(.embedded) { stage async throws in
      try await stage.data.limits.set(90, of: "alpha")
      let error = await #expect(throws: RPCError.self) {
        try await stage.data.limits.set(number, of: "alpha")
      }
      #expect(error?.code == .validation)
      #expect(await stage.data.limits.perMinute(of: "alpha") == 90)
    }
  }

  @Test func `a plugin that is removed leaves no limit behind`() async throws {
    try await withStage(.embedded) { stage async throws in
      for plugin in ["alpha", "beta"] { try await stage.data.limits.set(90, of: plugin) }
      try await stage.data.erase("alpha")
      #expect(await stage.data.limits.perMinute(of: "alpha") == 60)
      #expect(await stage.data.limits.perMinute(of: "beta") == 90)
    }
  }
}
