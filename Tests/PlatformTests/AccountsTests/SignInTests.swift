// Sign-ins under way, on both engines: once, soon, and for the browser that began it.

import DiscordREST
import EventLoop
import PlatformAccounts
import SQL
import Storage
import StorageTestKit
import Testing
import Vault

@Suite(.timeLimit(.minutes(2))) struct SignInTests {
  @Test(arguments: Engine.allCases)
  func `a sign-in is finished once, with its verifier and where it was going`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let store = SignInStore(store: bench.store)
      let login = OAuth2Login()
      try await store.begin(login, browser: "browser-value", returnTo: "/g/1?tab=2", at: bench.now)
      let stored = try await bench.contents(of: "account_sign_in", ["state", "browser", "verifier"])
      #expect(stored.count == 3)
      for word in [login.state, login.verifier.text, "browser-value"] { #expect(!stored.has(word)) }
      let finished = try #require(
        try await store.finish(state: login.state, browser: "browser-value", at: bench.now))
      #expect(finished.login.state == login.state)
      #expect(ConstantTime.equal(finished.login.verifier, login.verifier))
      #expect(finished.returnTo == "/g/1?tab=2")
      #expect(try await store.finish(state: login.state, browser: "browser-value", at: bench.now) == nil)
      #expect(try await store.count() == 0)
    }
  }

  @Test(arguments: Engine.allCases)
  func `of many that finish at once, one does`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let store = SignInStore(store: bench.store)
      let login = OAuth2Login()
      try await store.begin(login, browser: "b", returnTo: "/", at: bench.now)
      let count = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask { try await store.finish(state: login.state, browser: "b", at: bench.now) != nil }
        }
        var count = 0
        for try await isFinished in group where isFinished { count += 1 }
        return count
      }
      #expect(count == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `another browser, another state and a late one are refused`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let store = SignInStore(store: bench.store)
      let login = OAuth2Login()
      try await store.begin(login, browser: "mine", returnTo: "/", at: bench.now)
      #expect(try await store.finish(state: login.state, browser: "theirs", at: bench.now) == nil)
      #expect(try await store.finish(state: login.state, browser: "", at: bench.now) == nil)
      #expect(try await store.finish(state: login.state + "x", browser: "mine", at: bench.now) == nil)
      // What others tried did not spoil it; ten minutes do.
      bench.time.advance(by: .seconds(599))
      let other = OAuth2Login()
      try await store.begin(other, browser: "mine", returnTo: "/", at: bench.now)
      #expect(try await store.count() == 2)
      bench.time.advance(by: .seconds(1))
      #expect(try await store.finish(state: login.state, browser: "mine", at: bench.now) == nil)
      #expect(try await store.finish(state: other.state, browser: "mine", at: bench.now) != nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `the oldest are dropped when too many are under way, and those past their time`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let store = SignInStore(store: bench.store, limit: 3)
      var logins: [OAuth2Login] = []
      for _ in 0..<5 {
        bench.time.advance(by: .seconds(1))
        logins.append(OAuth2Login())
        try await store.begin(logins[logins.count - 1], browser: "b", returnTo: "/", at: bench.now)
        #expect(try await store.count() == min(3, logins.count))
      }
      #expect(try await store.finish(state: logins[1].state, browser: "b", at: bench.now) == nil)
      #expect(try await store.finish(state: logins[2].state, browser: "b", at: bench.now) != nil)
      bench.time.advance(by: .seconds(599))
      #expect(try await store.purge(at: bench.now) == 1)
      bench.time.advance(by: .seconds(10))
      try await store.begin(OAuth2Login(), browser: "b", returnTo: "/", at: bench.now)
      #expect(try await store.count() == 1)
    }
  }

  @Test(arguments: [
    "https://evil.example/", "//evil.example", "/\\evil.example", "", "g/1", "/a\nb", "/ a", "\t/a",
    "/" + String(repeating: "x", count: 2_000),
  ])
  func `a way back that leads elsewhere leads home`(_ path: String) async throws {
    try await withBench(.embedded) { bench async throws in
      let store = SignInStore(store: bench.store)
      let login = OAuth2Login()
      try await store.begin(login, browser: "b", returnTo: path, at: bench.now)
      #expect(try await store.finish(state: login.state, browser: "b", at: bench.now)?.returnTo == "/")
    }
  }
}
