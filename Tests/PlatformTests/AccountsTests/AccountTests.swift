// Accounts, on both engines: what Discord said, what the person prefers, and tokens that nobody can read.

import DiscordCore
import EventLoop
import PlatformAccess
import PlatformAccounts
import SQL
import Storage
import StorageTestKit
import Testing
import Vault

private func profile(_ user: UserID, _ name: String = "ada", display: String? = "Ada") -> AccountProfile {
  AccountProfile(user: user, username: name, displayName: display, avatar: "a_1234")
}

private func tokens(_ word: String = "first", at now: Timestamp, refresh: Bool = true) -> AccountTokens {
  AccountTokens(
    access: Secret(utf8: "access-\(word)"), refresh: refresh ? Secret(utf8: "refresh-\(word)") : nil,
    expiresAt: now + .seconds(600), scopes: ["identify", "guilds"])
}

@Suite(.timeLimit(.minutes(2))) struct AccountTests {
  @Test(arguments: Engine.allCases)
  func `who signs in again is brought up to date and keeps their preferences`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let accounts = bench.first.accounts
      let start = bench.now
      let account = try await accounts.signedIn(profile(ada), tokens(at: start), at: start)
      #expect(account.profile == profile(ada))
      #expect((account.firstSignInAt, account.lastSignInAt) == (start, start))
      #expect(account.preferences == AccountPreferences())
      #expect(account.name == "Ada")
      let wishes = AccountPreferences(
        language: "de", theme: .dark, timeZone: "Europe/Berlin", isSidebarHidden: true)
      #expect(try await accounts.setPreferences(wishes, of: ada))
      #expect(try await accounts.setPreferences(wishes, of: bob) == false)
      bench.time.advance(by: day)
      let again = try await accounts.signedIn(
        profile(ada, "ada2", display: nil), tokens(at: bench.now), at: bench.now)
      #expect((again.firstSignInAt, again.lastSignInAt) == (start, start + day))
      #expect(again.preferences == wishes)
      #expect(again.name == "ada2")
      #expect(try await accounts.account(ada) == again)
      #expect(try await accounts.account(bob) == nil)
      #expect(try await accounts.count() == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a preference that is too long is none`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.first.accounts.signedIn(profile(ada), tokens(at: bench.now), at: bench.now)
      let long = String(repeating: "x", count: 65)
      try await bench.first.accounts.setPreferences(.init(language: long, timeZone: ""), of: ada)
      #expect(try await bench.first.accounts.account(ada)?.preferences == AccountPreferences())
    }
  }

  @Test(arguments: Engine.allCases)
  func `Discord's tokens are sealed, and open in their own row only`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let accounts = bench.first.accounts
      try await accounts.signedIn(profile(ada), tokens(at: bench.now), at: bench.now)
      let found = try #require(try await accounts.tokens(of: ada))
      #expect((found.access.text, found.refresh?.text) == ("access-first", "refresh-first"))
      #expect((found.expiresAt, found.scopes) == (bench.now + .seconds(600), ["identify", "guilds"]))
      let stored = try await bench.contents(of: "account", ["access_token", "refresh_token"])
      #expect(stored.count == 2)
      #expect(!stored.has("access-first") && !stored.has("refresh-first"))

      try await accounts.setTokens(tokens("second", at: bench.now, refresh: false), of: ada)
      let replaced = try #require(try await accounts.tokens(of: ada))
      #expect(replaced.access.text == "access-second")
      #expect(replaced.refresh == nil)
      #expect(try await accounts.tokens(of: bob) == nil)

      try await accounts.signedIn(profile(bob), tokens("bob", at: bench.now), at: bench.now)
      try await bench.store.execute(
        """
        UPDATE account SET access_token = (SELECT access_token FROM account WHERE user_id = \(7))
        WHERE user_id = \(8)
        """)
      await #expect(throws: VaultError.self) { try await accounts.tokens(of: bob) }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a deleted account takes its sessions and tokens with it, in every process`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let (first, second) = (bench.first, bench.second)
      try await first.accounts.signedIn(profile(ada), tokens(at: bench.now), at: bench.now)
      try await first.accounts.signedIn(profile(bob), tokens(at: bench.now), at: bench.now)
      let cookie = try await first.sessions.begin(user: ada, address: nil, agent: nil, at: bench.now).token
        .text
      let others = try await first.sessions.begin(user: bob, address: nil, agent: nil, at: bench.now).token
        .text
      let key = try await first.tokens.create(
        "ci", of: ada, in: Tenant(1), access: .viewer, expiresAt: nil, at: bench.now
      ).text.text
      for process in [first, second] {
        #expect(try await process.sessions.session(for: cookie, at: bench.now) != nil)
        #expect(try await process.tokens.token(for: key, at: bench.now) != nil)
      }
      #expect(try await first.accounts.delete(ada))
      #expect(try await first.sessions.session(for: cookie, at: bench.now) == nil)
      #expect(try await first.tokens.token(for: key, at: bench.now) == nil)
      #expect(try await becomesNil { try await second.sessions.session(for: cookie, at: bench.now) })
      #expect(try await becomesNil { try await second.tokens.token(for: key, at: bench.now) })
      #expect(try await first.accounts.account(ada) == nil)
      #expect(try await first.accounts.delete(ada) == false)
      #expect(try await bench.count("account_session") == 1)
      #expect(try await bench.count("account_token") == 0)
      #expect(try await second.sessions.session(for: others, at: bench.now)?.user == bob)
    }
  }
}
