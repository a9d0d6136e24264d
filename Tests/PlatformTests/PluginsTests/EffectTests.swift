// Effects that happen once, and states that nobody can forge, on both engines.

import EventLoop
import PlatformPlugins
import SQL
import Storage
import StorageTestKit
import TestKit
import Testing

private let guild = Tenant(1)
private let now = Timestamp(milliseconds: 1_000_000_000_000)

private struct Failure: Error {}

private func withStorage(_ engine: Engine, _ body: @Sendable (Storage) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(guild: [EffectSchema.owner]), body)
  }
}

@Suite(.timeLimit(.minutes(2))) struct EffectTests {
  @Test(arguments: Engine.allCases)
  func `an effect happens once, however often and at once it is asked for`(_ engine: Engine) async throws {
    try await withStorage(engine) { storage async throws in
      let ledger = EffectLedger(storage.guild(guild))
      let done = Recorder<Int>()
      try await withThrowingTaskGroup(of: Int?.self) { group in
        for number in 0..<8 {
          group.addTask { try await ledger.once("event/1/warn", at: now) { _ in number } }
        }
        for try await value in group { if let value { done.record(value) } }
      }
      #expect(done.values.count == 1)
      #expect(try await ledger.isDone("event/1/warn"))
      let other = EffectLedger(storage.guild(Tenant(2)))
      #expect(try await !other.isDone("event/1/warn"))
    }
  }

  @Test(arguments: Engine.allCases)
  func `an effect that failed is not done`(_ engine: Engine) async throws {
    try await withStorage(engine) { storage async throws in
      let ledger = EffectLedger(storage.guild(guild))
      await #expect(throws: Failure.self) {
        try await ledger.once("event/2/warn", at: now) { _ in throw Failure() }
      }
      #expect(try await !ledger.isDone("event/2/warn"))
      #expect(try await ledger.once("event/2/warn", at: now) { _ in true } == true)
    }
  }

  @Test func `a state is read back in its guild and refused in every other`() async throws {
    try await withStorage(.embedded) { storage async throws in
      let here = ComponentSigner(try await storage.guild(guild).key())
      let there = ComponentSigner(try await storage.guild(Tenant(2)).key())
      let state = ComponentState(plugin: "tickets", route: "close", state: "42:now.")
      let customID = try #require(here.customID(state))
      #expect(customID.unicodeScalars.count <= 100)
      #expect(here.read(customID) == state)
      #expect(there.read(customID) == nil)
      #expect(here.read(customID.replacing("42", with: "43")) == nil)
      for forged in ["", ".", "tickets:close:42", "tickets:close:42.", "tickets:close:42.AAAAAAAAAAAAAAAA"] {
        #expect(here.read(forged) == nil)
      }
    }
  }

  @Test func `a state that does not fit is refused before Discord refuses it`() async throws {
    try await withStorage(.embedded) { storage async throws in
      let signer = ComponentSigner(try await storage.guild(guild).key())
      let room = ComponentSigner.room - "a:b:".count
      let fitting = ComponentState(plugin: "a", route: "b", state: String(repeating: "ö", count: room))
      #expect(signer.customID(fitting)?.unicodeScalars.count == 100)
      let longer = ComponentState(plugin: "a", route: "b", state: String(repeating: "ö", count: room + 1))
      #expect(signer.customID(longer) == nil)
    }
  }
}
