// Events that were given up, on both engines.

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3))) struct DeadLetterTests {
  @Test(arguments: Engine.allCases)
  func `letters come back whole, the newest first, and each is taken once`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let letters = stage.data.deadLetters
      let payload: JSONValue = ["content": "Grüße 🎉", "nested": ["a": [1, nil]]]
      letters.keep(stage.letter())
      letters.keep(stage.letter(payload))
      letters.keep(stage.letter(of: "beta"))
      letters.keep(stage.letter(in: there))
      let all = try await letters.all(of: "alpha", in: here)
      #expect(all.map(\.number) == [2, 1])
      let newest = try #require(all.first)
      #expect(.object(newest.payload) == payload && newest.type == "message_create" && newest.attempts == 5)
      #expect(newest.at == stage.time.now)
      let taken = try await withThrowingTaskGroup(of: StoredDeadLetter?.self) { group in
        for _ in 0..<8 { group.addTask { try await letters.take(2, of: "alpha", in: here) } }
        return try await group.reduce(into: [StoredDeadLetter]()) { if let one = $1 { $0.append(one) } }
      }
      #expect(taken == [newest])
      #expect(try await letters.all(of: "alpha", in: here).map(\.number) == [1])
      #expect(try await letters.take(1, of: "alpha", in: there)?.number == 1)
      #expect(try await letters.all(of: "beta", in: here).count == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `of a plugin 100 are kept, for 14 days, and a person's go with the person`(_ engine: Engine)
    async throws
  {
    try await withStage(engine) { stage async throws in
      let letters = stage.data.deadLetters
      for number in 1...3 {
        for _ in 0..<40 { letters.keep(stage.letter(["n": .integer(Int64(number))])) }
        await letters.flush()
      }
      let all = try await letters.all(of: "alpha", in: here)
      #expect(all.count == 100 && all.first?.number == 120 && all.last?.number == 21)
      let user = UserID(77)
      letters.keep(stage.letter(["author_id": "77"]))
      letters.keep(stage.letter(["user_id": 77]))
      letters.keep(stage.letter(["user_id": "78"]))
      #expect(try await letters.all(of: "alpha", in: here).first?.number == 123)
      _ = try await Erasure(stage.storage, time: stage.time).person(user, in: Tenant(101))
      #expect(try await letters.all(of: "alpha", in: here).prefix(2).map(\.number) == [123, 120])
      stage.time.advance(by: .seconds(15 * 86_400))
      letters.keep(stage.letter())
      await letters.flush()
      _ = try await RetentionSweeper(stage.storage, time: stage.time).sweep()
      #expect(try await letters.all(of: "alpha", in: here).map(\.number) == [124])
    }
  }
}
