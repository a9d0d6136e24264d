// What the plugin keeps, on both engines.

import DiscordCore
import EventLoop
import SQL
import Storage
import StorageTestKit
import Testing

@testable import WelcomePlugin

private let now = Timestamp(milliseconds: 1_767_225_600_000)
private let (ada, grace) = (UserID(11), UserID(12))
private let (red, blue) = (RoleID(21), RoleID(22))

private func withStore(
  _ engine: Engine, _ body: @Sendable (WelcomeStore, WelcomeStore) async throws -> Void
) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(guild: [Migrations.owner])) { storage async throws in
      try await body(WelcomeStore(storage.guild(Tenant(1))), WelcomeStore(storage.guild(Tenant(2))))
    }
  }
}

private func greeting(_ cause: String, of user: UserID = ada, at instant: Timestamp = now) -> WaitingGreeting
{
  WaitingGreeting(
    cause: cause, occasion: .join, guest: Guest(user: user, name: "ada", displayName: "Ada \"x\"", number: 3),
    happenedAt: instant, since: instant)
}

private func add(
  _ greetings: [WaitingGreeting], _ state: WelcomeStore.State = .waiting, to store: WelcomeStore
) async throws {
  try await store.store.write { session in
    for greeting in greetings { try await store.add(greeting, state, session) }
  }
}

@Suite(.timeLimit(.minutes(2))) struct WelcomeStoreTests {
  @Test(arguments: Engine.allCases)
  func `greetings wait in their order, once for each cause, in their guild only`(_ engine: Engine)
    async throws
  {
    try await withStore(engine) { store, other in
      try await add(
        [greeting("b", at: now + .seconds(1)), greeting("a"), greeting("a", of: grace)], to: store)
      #expect(
        try await store.waiting(.join, limit: 10) == [greeting("a"), greeting("b", at: now + .seconds(1))])
      #expect(try await store.waiting(.leave, limit: 10).isEmpty)
      #expect(try await other.waiting(.join, limit: 10).isEmpty)
      #expect(try await store.hasRecent(.join, of: ada, since: now - .seconds(1)))
      #expect(try await !store.hasRecent(.join, of: ada, since: now + .seconds(2)))
    }
  }

  @Test(arguments: Engine.allCases)
  func `what was sent is counted, has no names any more, and goes when it is time`(_ engine: Engine)
    async throws
  {
    try await withStore(engine) { store, _ in
      try await add([greeting("a"), greeting("b", of: grace)], to: store)
      try await store.store.write { session in
        try await store.settle(
          ["a", "b"], as: .single, sent: MessageID(5), in: ChannelID(6), deletedAt: now + .seconds(10),
          at: now,
          session)
      }
      #expect(try await store.waiting(.join, limit: 10).isEmpty)
      #expect(try await store.greeted(.join, since: now - .seconds(1)) == 2)
      #expect(try await store.greeted(.join, since: now) == 0)
      let names = try await store.store.rows(
        "SELECT guest FROM welcome_greeting WHERE guild_id > 0 AND guest <> \("")")
      #expect(names.isEmpty)
      #expect(try await store.nextFading() == now + .seconds(10))
      #expect(try await store.faded(at: now, limit: 10).isEmpty)
      let faded = try await store.faded(at: now + .seconds(10), limit: 10)
      #expect(faded == [FadingMessage(cause: "a", channel: ChannelID(6), message: MessageID(5))])
      try await store.forgetMessage("a")
      #expect(try await store.nextFading() == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `what waits for the screening begins when it is passed, and is dropped with who leaves`(
    _ engine: Engine
  ) async throws {
    try await withStore(engine) { store, _ in
      try await add([greeting("a")], .screening, to: store)
      let wish = RoleWish(
        role: red, source: .auto, waitsForScreening: true, delay: .seconds(5), due: now + .seconds(5))
      try await store.store.write { session in
        try await store.wish([wish], for: ada, session)
        try await store.wish([RoleWish(role: blue, source: .sticky, due: now)], for: grace, session)
      }
      #expect(try await store.screened(after: UserID(0), limit: 10) == [ada])
      #expect(try await store.pending(ada) == PendingWork(waitsForScreening: true))
      #expect(try await store.pending(grace) == PendingWork(nextRole: now))
      let later = now + .seconds(100)
      try await store.release(ada, at: later)
      #expect(try await store.pending(ada) == PendingWork(nextRole: later + .seconds(5), hasGreeting: true))
      #expect(try await store.waiting(.join, limit: 10).map(\.since) == [later])
      try await add([greeting("c")], .screening, to: store)
      try await store.store.write { session in
        try await store.dropScreening(ada, at: now, session)
        try await store.forgetWishes(for: ada, session)
      }
      #expect(try await store.pending(ada) == PendingWork(hasGreeting: true))
    }
  }

  @Test(arguments: Engine.allCases)
  func `a wish replaces an earlier one, and one that was renewed is not forgotten`(_ engine: Engine)
    async throws
  {
    try await withStore(engine) { store, _ in
      let first = RoleWish(role: red, source: .auto, due: now)
      let second = RoleWish(role: red, gives: false, source: .rules, due: now + .seconds(1))
      try await store.store.write { session in try await store.wish([first], for: ada, session) }
      #expect(try await store.wishes(for: ada) == [first])
      try await store.store.write { session in try await store.wish([second], for: ada, session) }
      try await store.forget([first], of: ada)
      #expect(try await store.wishes(for: ada) == [second])
      try await store.forget([second], of: ada)
      #expect(try await store.wishes(for: ada).isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `who left with which roles is kept until they are back or their time is over`(_ engine: Engine)
    async throws
  {
    try await withStore(engine) { store, other in
      let left = LeftRoles(user: ada, roles: [red, blue], leftAt: now)
      let earlier = LeftRoles(user: grace, roles: [red], leftAt: now - .seconds(100))
      try await store.store.write { session in
        try await store.remember(left, session)
        try await store.remember(earlier, session)
      }
      #expect(try await store.left(ada) == left)
      #expect(try await other.left(ada) == nil)
      #expect(try await store.lastLeft(limit: 5) == [left, earlier])
      try await store.store.write { session in try await store.forgetLeft(before: now - .seconds(50), session)
      }
      #expect(try await store.left(grace) == nil)
      #expect(try await store.forgetLeft(ada) == 1)
      #expect(try await store.forgetLeft() == 0)
    }
  }
}
