// Sessions, on both engines: only our cookies, only while they live, and ended everywhere at once.

import PlatformAccess
import DiscordCore
import EventLoop
import PlatformAccounts
import SQL
import Storage
import StorageTestKit
import Telemetry
import Testing
import Vault

private let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

@Suite(.timeLimit(.minutes(2))) struct SessionTests {
  @Test(arguments: Engine.allCases)
  func `a session is found by its cookie, of which nothing is stored`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let (secret, session) = try await bench.first.sessions.begin(
        user: ada, address: "203.0.113.9", agent: firefox, at: bench.now)
      let cookie = secret.text
      for process in [bench.first, bench.second] {
        let found = try #require(try await process.sessions.session(for: cookie, at: bench.now))
        #expect(found.entry == session.entry)
        #expect(found.csrfToken == session.csrfToken)
      }
      let entry = session.entry
      #expect((entry.user, entry.address, entry.agent) == (ada, "203.0.113.9", "Firefox · Linux"))
      #expect((entry.createdAt, entry.lastSeenAt) == (bench.now, bench.now))
      let stored = try await bench.contents(
        of: "account_session", ["id", "secret_hash", "address", "agent"])
      let parts = cookie.split(separator: ".").map(String.init)
      #expect(parts.count == 3 && parts[0] == session.id)
      #expect(stored.has(session.id))
      for word in [parts[1], parts[2], session.csrfToken] { #expect(!stored.has(word)) }
    }
  }

  // Not on a server, whose login may not do that to a table.
  @Test
  func `a cookie that was changed anywhere is refused without a look at the store`() async throws {
    try await withBench(.embedded) { bench async throws in
      let cookie = try await bench.first.sessions.begin(
        user: ada, address: nil, agent: nil, at: bench.now
      ).token.text
      // Without its table the store throws; who is refused did not ask it.
      try await bench.store.execute("DROP TABLE account_session")
      for index in cookie.indices {
        var changed = cookie
        let other: Character = cookie[index] == "A" ? "B" : "A"
        changed.replaceSubrange(index...index, with: [other])
        #expect(try await bench.second.sessions.session(for: changed, at: bench.now) == nil)
      }
      for garbage in ["", ".", "..", String(repeating: ".", count: cookie.count), cookie + "A", "é" + cookie]
      {
        #expect(try await bench.second.sessions.session(for: garbage, at: bench.now) == nil)
      }
      await #expect(throws: SQLError.self) {
        try await bench.second.sessions.session(for: cookie, at: bench.now)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a cookie of another installation is refused`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let cookie = try await bench.first.sessions.begin(
        user: ada, address: nil, agent: nil, at: bench.now
      ).token.text
      try await withBench(.embedded) { other async throws in
        #expect(try await other.first.sessions.session(for: cookie, at: other.now) == nil)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `the secret of one session does not open another, even with our signature`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let (secret, session) = try await bench.first.sessions.begin(
        user: ada, address: nil, agent: nil, at: bench.now)
      try await bench.store.execute(
        "UPDATE account_session SET secret_hash = \(SHA256.hash([1])) WHERE id = \(session.id)")
      #expect(try await bench.second.sessions.session(for: secret.text, at: bench.now) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a stolen cookie is worth nothing after a rotation, in any process`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let (old, session) = try await bench.first.sessions.begin(
        user: ada, address: "::1", agent: firefox, at: bench.now)
      let stolen = old.text
      #expect(try await bench.second.sessions.session(for: stolen, at: bench.now) != nil)
      bench.time.advance(by: day)
      let (new, rotated) = try #require(try await bench.first.sessions.rotate(session, at: bench.now))
      #expect(try await bench.first.sessions.session(for: stolen, at: bench.now) == nil)
      #expect(
        try await becomesNil { try await bench.second.sessions.session(for: stolen, at: bench.now) })
      let found = try #require(try await bench.second.sessions.session(for: new.text, at: bench.now))
      #expect(found.entry == rotated.entry)
      #expect((found.user, found.entry.address, found.entry.agent) == (ada, "::1", "Firefox · Linux"))
      #expect(found.entry.createdAt == session.entry.createdAt)
      #expect(found.csrfToken != session.csrfToken)
      #expect(!found.accepts(csrf: session.csrfToken) && found.accepts(csrf: rotated.csrfToken))
      // The thief cannot rotate what is gone.
      #expect(try await bench.second.sessions.rotate(session, at: bench.now) == nil)
      #expect(try await bench.count("account_session") == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a session ends after a week without use, and after thirty days with it`(_ engine: Engine) async throws
  {
    try await withBench(engine) { bench async throws in
      let sessions = bench.first.sessions
      let idle = try await sessions.begin(user: ada, address: nil, agent: nil, at: bench.now).token.text
      let used = try await sessions.begin(user: ada, address: nil, agent: nil, at: bench.now).token.text
      bench.time.advance(by: Sessions.idleLimit - .milliseconds(1))
      #expect(try await sessions.session(for: used, at: bench.now) != nil)
      bench.time.advance(by: .milliseconds(1))
      #expect(try await sessions.session(for: idle, at: bench.now) == nil)
      #expect(try await sessions.sweep(at: bench.now) == 1)
      for _ in 0..<3 {
        bench.time.advance(by: .seconds(6 * 86_400))
        #expect(try await sessions.session(for: used, at: bench.now) != nil)
        #expect(try await bench.second.sessions.session(for: used, at: bench.now) != nil)
      }
      // 25 days by now.
      bench.time.advance(by: .seconds(5 * 86_400))
      #expect(try await sessions.session(for: used, at: bench.now) == nil)
      #expect(try await sessions.sweep(at: bench.now) == 1)
      #expect(try await sessions.list(ada) == [])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a change of rights gives a session a new cookie, the same to all requests under way`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let sessions = bench.first.sessions
      let (first, begun) = try await sessions.begin(user: ada, address: "::1", agent: firefox, at: bench.now)
      let hall = RightsPlace.guild(GuildID(7))
      let (token, session) = try #require(
        try await sessions.note(.manager, in: hall, of: begun, at: bench.now))
      #expect(token.text != first.text && session.csrfToken == begun.csrfToken)
      #expect(try await sessions.list(ada).map(\.id) == [session.id])
      // Nothing changes for what is as it was, or where there never was anything.
      #expect(try await sessions.note(.manager, in: hall, of: session, at: bench.now) == nil)
      #expect(try await sessions.note(nil, in: .desk, of: session, at: bench.now) == nil)
      // Another request with the old cookie, in another process, is brought along.
      let late = try #require(
        try await bench.second.sessions.session(for: first.text, at: bench.now))
      let again = try #require(
        try await bench.second.sessions.note(.manager, in: hall, of: late, at: bench.now))
      #expect(again.token.text == token.text && again.session.id == session.id)
      bench.time.advance(by: Sessions.handover)
      #expect(try await bench.second.sessions.session(for: first.text, at: bench.now) == nil)
      let found = try #require(try await bench.second.sessions.session(for: token.text, at: bench.now))
      #expect(found.entry.createdAt == begun.entry.createdAt && found.csrfToken == begun.csrfToken)
      #expect(try await sessions.sweep(at: bench.now) == 1)
      // A right lost is a change as well.
      let lost = try #require(try await sessions.note(nil, in: hall, of: found, at: bench.now))
      #expect(lost.session.id != found.id)
    }
  }

  @Test(arguments: Engine.allCases)
  func `of two requests that see a change at once, both get the same cookie`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let (_, begun) = try await bench.first.sessions.begin(
        user: ada, address: nil, agent: nil, at: bench.now)
      async let one = bench.first.sessions.note(.viewer, in: .desk, of: begun, at: bench.now)
      async let two = bench.second.sessions.note(.viewer, in: .desk, of: begun, at: bench.now)
      let tokens = try await [one, two].map { $0?.token.text }
      #expect(tokens[0] != nil && tokens[0] == tokens[1])
    }
  }

  @Test(arguments: Engine.allCases)
  func `who ends a session ends what it replaced`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let sessions = bench.first.sessions
      let (first, begun) = try await sessions.begin(user: ada, address: nil, agent: nil, at: bench.now)
      let (token, session) = try #require(
        try await sessions.note(.owner, in: .desk, of: begun, at: bench.now))
      #expect(try await sessions.revoke(session.id, of: ada))
      #expect(try await sessions.session(for: first.text, at: bench.now) == nil)
      #expect(try await sessions.session(for: token.text, at: bench.now) == nil)
    }
  }

  @Test func `places beyond the limit are forgotten, the earliest first`() {
    var rights = SeenRights()
    for id in 1...UInt64(SeenRights.limit + 1) { rights[.guild(GuildID(id))] = .viewer }
    #expect(rights[.guild(GuildID(1))] == nil && rights[.guild(GuildID(2))] == .viewer)
    #expect(SeenRights(text: rights.text) == rights)
    #expect(SeenRights(text: "x 1=emperor 2=owner")[.guild(GuildID(2))] == .owner)
  }

  @Test(arguments: Engine.allCases)
  func `a rotation does not make a session live longer`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let sessions = bench.first.sessions
      var (token, session) = try await sessions.begin(user: ada, address: nil, agent: nil, at: bench.now)
      for _ in 0..<5 {
        bench.time.advance(by: .seconds(5 * 86_400))
        (token, session) = try #require(try await sessions.rotate(session, at: bench.now))
      }
      bench.time.advance(by: .seconds(5 * 86_400))
      #expect(try await sessions.session(for: token.text, at: bench.now) == nil)
      #expect(try await sessions.rotate(session, at: bench.now) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `use is written down every five minutes at most`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let sessions = bench.first.sessions
      let (token, session) = try await sessions.begin(user: ada, address: nil, agent: nil, at: bench.now)
      func written() async throws -> Timestamp? { try await sessions.list(ada).first?.lastSeenAt }
      bench.time.advance(by: .seconds(299))
      #expect(
        try await sessions.session(for: token.text, at: bench.now)?.entry.lastSeenAt
          == session.entry.createdAt)
      #expect(try await written() == session.entry.createdAt)
      // The second process remembers it as it was before.
      #expect(try await bench.second.sessions.session(for: token.text, at: bench.now) != nil)
      bench.time.advance(by: .seconds(1))
      let noted = bench.now
      #expect(try await sessions.session(for: token.text, at: bench.now)?.entry.lastSeenAt == noted)
      #expect(try await written() == noted)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.second.sessions.session(for: token.text, at: bench.now) != nil)
      #expect(try await written() == noted)
      bench.time.advance(by: .seconds(119))
      for process in [bench.first, bench.second] {
        #expect(try await process.sessions.session(for: token.text, at: bench.now)?.entry.lastSeenAt == noted)
      }
      #expect(try await written() == noted)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a request is answered from memory for a minute`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let token = try await bench.first.sessions.begin(
        user: ada, address: nil, agent: nil, at: bench.now
      ).token.text
      #expect(try await bench.first.sessions.session(for: token, at: bench.now) != nil)
      // Behind everybody's back, as when a notice is lost.
      try await bench.store.execute("DELETE FROM account_session")
      bench.time.advance(by: .seconds(59))
      #expect(try await bench.first.sessions.session(for: token, at: bench.now) != nil)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.first.sessions.session(for: token, at: bench.now) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a session that is revoked ends in every process, and only for its owner`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let (first, second) = (bench.first.sessions, bench.second.sessions)
      let (token, session) = try await first.begin(user: ada, address: nil, agent: nil, at: bench.now)
      #expect(try await second.session(for: token.text, at: bench.now) != nil)
      #expect(try await first.revoke(session.id, of: bob) == false)
      #expect(try await first.session(for: token.text, at: bench.now) != nil)
      #expect(try await first.revoke(session.id, of: ada))
      #expect(try await first.session(for: token.text, at: bench.now) == nil)
      #expect(try await becomesNil { try await second.session(for: token.text, at: bench.now) })
      #expect(try await first.revoke(session.id, of: ada) == false)
    }
  }

  @Test(arguments: Engine.allCases)
  func `all sessions but this one are ended`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let (first, second) = (bench.first.sessions, bench.second.sessions)
      var begun: [(token: Secret, session: Session)] = []
      for _ in 0..<3 {
        bench.time.advance(by: .seconds(1))
        begun.append(try await first.begin(user: ada, address: nil, agent: nil, at: bench.now))
      }
      let others = try await first.begin(user: bob, address: nil, agent: nil, at: bench.now)
      for token in begun.map(\.token) + [others.token] {
        #expect(try await second.session(for: token.text, at: bench.now) != nil)
      }
      #expect(try await first.list(ada).map(\.id) == begun.reversed().map(\.session.id))
      #expect(try await first.revokeAll(of: ada, except: begun[1].session.id) == 2)
      #expect(try await first.list(ada).map(\.id) == [begun[1].session.id])
      for dead in [begun[0], begun[2]] {
        #expect(try await first.session(for: dead.token.text, at: bench.now) == nil)
        #expect(try await becomesNil { try await second.session(for: dead.token.text, at: bench.now) })
      }
      #expect(try await second.session(for: begun[1].token.text, at: bench.now) != nil)
      #expect(try await second.session(for: others.token.text, at: bench.now) != nil)
      #expect(try await first.revokeAll(of: ada) == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `the fifty-first session ends the oldest`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let (first, second) = (bench.first.sessions, bench.second.sessions)
      var tokens: [String] = []
      for _ in 0..<Sessions.limit {
        bench.time.advance(by: .milliseconds(1))
        tokens.append(try await first.begin(user: ada, address: nil, agent: nil, at: bench.now).token.text)
      }
      #expect(try await second.session(for: tokens[0], at: bench.now) != nil)
      bench.time.advance(by: .milliseconds(1))
      let last = try await first.begin(user: ada, address: nil, agent: nil, at: bench.now).token.text
      #expect(try await first.list(ada).count == Sessions.limit)
      #expect(try await first.session(for: tokens[0], at: bench.now) == nil)
      #expect(try await becomesNil { try await second.session(for: tokens[0], at: bench.now) })
      for token in [tokens[1], last] { #expect(try await first.session(for: token, at: bench.now) != nil) }
    }
  }

  @Test
  func `no text of a session has its form token`() async throws {
    try await withBench(.embedded) { bench async throws in
      let session = try await bench.first.sessions.begin(
        user: ada, address: nil, agent: nil, at: bench.now
      ).session
      var dumped = ""
      dump(session, to: &dumped)
      for text in ["\(session)", String(reflecting: session), dumped] {
        #expect(!text.contains(session.csrfToken))
      }
    }
  }
}
