// Personal tokens, on both engines: shown once, hashed, and ended everywhere at once.

import DiscordCore
import EventLoop
import PlatformAccess
import PlatformAccounts
import SQL
import Storage
import StorageTestKit
import Testing
import Vault

private let guild = Tenant(41)

@Suite(.timeLimit(.minutes(2))) struct APITokenTests {
  @Test(arguments: Engine.allCases)
  func `a token is found by its text, of which nothing is stored`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let (secret, token) = try await bench.first.tokens.create(
        "  deploy ", of: ada, in: guild, access: .manager, expiresAt: bench.now + day, at: bench.now)
      let text = secret.text
      #expect(text.hasPrefix("gh_") && text.count == 54)
      #expect((token.user, token.guild, token.name, token.access) == (ada, guild, "deploy", .manager))
      #expect((token.createdAt, token.expiresAt, token.lastUsedAt) == (bench.now, bench.now + day, nil))
      #expect(try await bench.first.tokens.list(ada) == [token])
      for process in [bench.first, bench.second] {
        let found = try #require(try await process.tokens.token(for: text, at: bench.now))
        #expect((found.id, found.access, found.lastUsedAt) == (token.id, .manager, bench.now))
      }
      let stored = try await bench.contents(of: "account_token", ["id", "secret_hash", "name", "access"])
      #expect(stored.has("deploy"))
      #expect(!stored.has(text) && !stored.has(String(text.dropFirst(3).prefix(43))))
    }
  }

  // Not on a server, whose login may not do that to a table.
  @Test
  func `a token that was changed anywhere is refused without a look at the store`() async throws {
    try await withBench(.embedded) { bench async throws in
      let text = try await bench.first.tokens.create(
        "t", of: ada, in: guild, access: .viewer, expiresAt: nil, at: bench.now
      ).text.text
      try await bench.store.execute("DROP TABLE account_token")
      for index in text.indices {
        var changed = text
        let other: Character = text[index] == "A" ? "B" : "A"
        changed.replaceSubrange(index...index, with: [other])
        #expect(try await bench.second.tokens.token(for: changed, at: bench.now) == nil)
      }
      for garbage in ["", "gh_", text + "A", String(text.dropLast()), "é" + text.dropFirst(2)] {
        #expect(try await bench.second.tokens.token(for: garbage, at: bench.now) == nil)
      }
      await #expect(throws: SQLError.self) { try await bench.second.tokens.token(for: text, at: bench.now) }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a token ends when it says so`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let tokens = bench.first.tokens
      let text = try await tokens.create(
        "t", of: ada, in: guild, access: .viewer, expiresAt: bench.now + .seconds(30), at: bench.now
      ).text.text
      #expect(try await tokens.token(for: text, at: bench.now) != nil)
      bench.time.advance(by: .seconds(30))
      #expect(try await tokens.token(for: text, at: bench.now) == nil)
      #expect(try await bench.second.tokens.token(for: text, at: bench.now) == nil)
      await #expect(throws: APITokenRefusal.expired) {
        try await tokens.create("t", of: ada, in: guild, access: .viewer, expiresAt: bench.now, at: bench.now)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a token that is revoked ends in every process, by its owner or the guild's`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let (first, second) = (bench.first.tokens, bench.second.tokens)
      var made: [(text: Secret, token: APIToken)] = []
      for name in ["a", "b", "c", "d"] {
        bench.time.advance(by: .seconds(1))
        made.append(
          try await first.create(
            name, of: name == "d" ? bob : ada, in: name == "c" ? Tenant(42) : guild, access: .viewer,
            expiresAt: nil, at: bench.now))
        #expect(try await second.token(for: made[made.count - 1].text.text, at: bench.now) != nil)
      }
      #expect(try await first.list(ada).map(\.name) == ["c", "b", "a"])
      #expect(try await first.list(guild).map(\.name) == ["d", "b", "a"])
      #expect(try await first.revoke(made[0].token.id, of: bob) == false)
      #expect(try await first.revoke(made[0].token.id, in: Tenant(42)) == false)
      #expect(try await first.token(for: made[0].text.text, at: bench.now) != nil)
      #expect(try await first.revoke(made[0].token.id, of: ada))
      #expect(try await first.revoke(made[1].token.id, in: guild))
      for (text, _) in made[0...1] {
        #expect(try await first.token(for: text.text, at: bench.now) == nil)
        #expect(try await becomesNil { try await second.token(for: text.text, at: bench.now) })
      }
      #expect(try await first.revokeAll(in: guild) == 1)
      #expect(try await becomesNil { try await second.token(for: made[3].text.text, at: bench.now) })
      #expect(try await second.token(for: made[2].text.text, at: bench.now) != nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `nobody has more than fifty, and names are short lines`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let tokens = bench.first.tokens
      @Sendable func make(_ name: String, _ user: UserID = ada) async throws {
        _ = try await tokens.create(name, of: user, in: guild, access: .viewer, expiresAt: nil, at: bench.now)
      }
      for number in 0..<APITokens.limit { try await make("t\(number)") }
      await #expect(throws: APITokenRefusal.tooMany) { try await make("one more") }
      try await make("theirs", bob)
      for name in ["", "  ", "a\nb", String(repeating: "x", count: 65)] {
        await #expect(throws: APITokenRefusal.badName) { try await make(name, bob) }
      }
      #expect(try await tokens.list(ada).count == APITokens.limit)
    }
  }

  @Test(arguments: Engine.allCases)
  func `use is written down every five minutes at most`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let tokens = bench.first.tokens
      let text = try await tokens.create(
        "t", of: ada, in: guild, access: .viewer, expiresAt: nil, at: bench.now
      ).text.text
      func written() async throws -> Timestamp? { try await tokens.list(ada).first?.lastUsedAt }
      let start = bench.now
      #expect(try await tokens.token(for: text, at: bench.now) != nil)
      #expect(try await written() == start)
      bench.time.advance(by: .seconds(299))
      for process in [bench.first, bench.second] {
        #expect(try await process.tokens.token(for: text, at: bench.now)?.lastUsedAt == start)
      }
      #expect(try await written() == start)
      bench.time.advance(by: .seconds(1))
      #expect(try await tokens.token(for: text, at: bench.now) != nil)
      #expect(try await written() == start + .seconds(300))
    }
  }

  @Test(arguments: Engine.allCases)
  func `a role that this version does not know opens nothing`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let text = try await bench.first.tokens.create(
        "t", of: ada, in: guild, access: .viewer, expiresAt: nil, at: bench.now
      ).text.text
      try await bench.store.execute("UPDATE account_token SET access = \("emperor")")
      #expect(try await bench.first.tokens.token(for: text, at: bench.now) == nil)
    }
  }
}
