// What the plugin keeps, on both engines.

import DiscordCore
import DiscordModels
import EventLoop
import PlatformSettings
import SQL
import Storage
import StorageTestKit
import Testing

@testable import RolesPlugin

private let now = Timestamp(milliseconds: 1_700_000_000_000)
private let ada = UserID(11)
private let grace = UserID(12)
private let red = RoleID(21)

private func withStore(
  _ engine: Engine, _ body: @Sendable (RoleStore, RoleStore) async throws -> Void
) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(guild: [Migrations.owner])) { storage async throws in
      try await body(RoleStore(storage.guild(Tenant(1))), RoleStore(storage.guild(Tenant(2))))
    }
  }
}

private func create(_ store: RoleStore) async throws -> StoredMenu {
  try await store.store.writeNumbered { session in
    try await store.create(
      sample(), by: ada, at: now, cause: "\(UInt64.random(in: .min ... .max))", session)
  }
}

private func begin(_ job: BulkJob, _ cause: String, _ store: RoleStore) async throws -> BulkJob? {
  try await store.store.writeNumbered { session in try await store.begin(job, cause: cause, session) }
}

private func sample() -> RoleMenu {
  var menu = RoleMenu()
  (menu.title, menu.text, menu.color) = ("Colours", "Pick \"one\"", SettingsColor(0x1D6A4F))
  (menu.style, menu.mode, menu.limit) = (.select, .limited, 2)
  (menu.required, menu.forbidden) = ([RoleID(1)], [RoleID(2)])
  var option = RoleOption(
    id: 0, roles: [red, RoleID(22)], label: "Red", emoji: .custom(EmojiID(5), name: "red"))
  (option.description, option.duration, option.isRiskAccepted) = ("Warm", .seconds(86_400), true)
  menu.add(option)
  menu.add(RoleOption(id: 0, roles: [RoleID(23)], label: "Blue", emoji: "🔵"))
  return menu
}

@Suite(.timeLimit(.minutes(2))) struct RoleStoreTests {
  @Test(arguments: Engine.allCases)
  func `a menu is read back as it was written, in its guild only`(_ engine: Engine) async throws {
    try await withStore(engine) { store, other in
      let first = try await create(store)
      let second = try await create(store)
      #expect((first.id, second.id) == (1, 2))
      #expect(try await store.menu(1)?.menu == sample())
      #expect(try await store.menus().map(\.id) == [1, 2])
      #expect(try await other.menu(1) == nil)
      #expect(try await create(other).id == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a menu is found by its message, and its loss is news once`(_ engine: Engine) async throws {
    try await withStore(engine) { store, other in
      let menu = try await create(store)
      let place = MenuPlace(channel: ChannelID(31), message: MessageID(41))
      try await store.place(menu.id, place)
      #expect(try await store.menu(in: place.message)?.place == place)
      #expect(try await other.menu(in: place.message) == nil)
      #expect(try await store.markMissing(place.message))
      #expect(try await !store.markMissing(place.message))
      #expect(try await store.menu(menu.id)?.isMissing == true)
      try await store.place(menu.id, MenuPlace(channel: ChannelID(31), message: MessageID(42)))
      #expect(try await store.menu(menu.id)?.isMissing == false)
      let update = try await store.store.write { session in
        try await store.update(menu.id, session) { $0.title = "Other" }
      }
      #expect(update?.before.menu.title == "Colours")
      #expect(update?.after.menu.title == "Other")
      #expect(try await store.menu(menu.id)?.menu.title == "Other")
      let deletions = try await store.store.write { session in
        [try await store.delete(menu.id, session), try await store.delete(menu.id, session)]
      }
      #expect(deletions == [true, false])
      #expect(try await store.menu(menu.id) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `picks are kept by option and person, and read in the order of ids`(_ engine: Engine) async throws {
    try await withStore(engine) { store, _ in
      for user in [grace, ada, UserID(UInt64(Int64.max) - 1)] {
        try await store.store.write { session in
          try await store.record([1], not: [], in: 7, by: user, at: now, session)
          try await store.record([1, 2], not: [3], in: 7, by: user, at: now, session)
        }
      }
      let end = UserID(UInt64(Int64.max))
      #expect(
        try await store.pickers(of: 1, in: 7, after: UserID(0), through: end).prefix(2) == [ada, grace])
      #expect(try await store.pickers(of: 1, in: 7, after: ada, through: grace) == [grace])
      try await store.forget(7, option: 1, by: ada)
      let picked = try await store.store.read { try await store.picked(7, by: ada, $0) }
      #expect(picked == [2])
      #expect(try await store.store.write { try await store.forget(7, by: grace, $0) } == 2)
      try await store.forgetAll(7)
      #expect(try await store.pickers(of: 2, in: 7, after: UserID(0), through: end).isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a wish that has grown while it was written stays`(_ engine: Engine) async throws {
    try await withStore(engine) { store, _ in
      func wish(_ change: RoleChange) async throws {
        try await store.store.write { session in
          try await store.wish(change, for: ada, because: "menu", at: now, session)
        }
      }
      try await wish(RoleChange(give: [red, RoleID(22)]))
      let written = try #require(try await store.wish(of: ada))
      try await wish(RoleChange(take: [red]))
      #expect(try await !store.settle(written))
      let grown = try #require(try await store.wish(of: ada))
      #expect(grown.change == RoleChange(give: [RoleID(22)], take: [red]))
      #expect(try await store.wishers() == [ada])
      #expect(try await store.settle(grown))
      #expect(try await store.wish(of: ada) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `of two ends of a temporary role the later counts`(_ engine: Engine) async throws {
    try await withStore(engine) { store, _ in
      func keep(_ seconds: Int) async throws {
        try await store.keep(
          TemporaryRole(user: ada, role: red, end: now + .seconds(seconds), reason: "r"), since: now)
      }
      try await keep(100)
      try await keep(50)
      #expect(try await store.temporary(red, of: ada)?.end == now + .seconds(100))
      try await keep(200)
      #expect(try await store.temporaries(of: ada).map(\.end) == [now + .seconds(200)])
      #expect(try await store.temporaries(before: now + .seconds(200), limit: 5).isEmpty)
      #expect(try await store.temporaries(before: now + .seconds(201), limit: 5).count == 1)
      #expect(try await store.release([red, RoleID(22)], of: ada) == 1)
      #expect(try await store.temporary(red, of: ada) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `one bulk job runs at a time, begun once for each cause`(_ engine: Engine) async throws {
    try await withStore(engine) { store, other in
      let wanted = BulkJob(
        .give, red, to: .role, within: RoleID(22), by: ada, at: now, expected: 40, in: ChannelID(3))
      var job = try #require(try await begin(wanted, "a", store))
      #expect(job.number == 1)
      #expect(try await store.job(begunBy: "a") == job)
      #expect(try await begin(wanted, "b", store) == nil)
      #expect(try await begin(wanted, "b", other)?.number == 1)
      (job.seen, job.done, job.lastUser, job.message) = (10, 4, ada, MessageID(9))
      #expect(try await store.advance(job))
      #expect(try await store.job(1) == job)
      #expect(try await store.store.write { try await store.cancel(1, $0) })
      #expect(try await store.store.write { try await !store.cancel(1, $0) })
      // Whoever was in the middle of a slice learns that it was cancelled.
      #expect(try await !store.advance(job))
      #expect(try await store.job(1)?.state == .cancelled)
      #expect(try await begin(wanted, "b", store)?.number == 2)
      #expect(try await store.jobs(limit: 5).map(\.number) == [2, 1])
    }
  }
}

@Suite struct BulkJobTests {
  @Test(arguments: [
    (BulkJob.Who.all, true, true), (.bots, false, true), (.humans, true, false), (.role, true, true),
  ])
  func `a job acts on those it is for who need it`(_ who: BulkJob.Who, _ human: Bool, _ bot: Bool) {
    let give = BulkJob(
      .give, red, to: who, within: RoleID(22), by: ada, at: now, expected: 1, in: ChannelID(3))
    let take = BulkJob(
      .take, red, to: who, within: RoleID(22), by: ada, at: now, expected: 1, in: ChannelID(3))
    let without = [RoleID(22)]
    let with = [RoleID(22), red]
    #expect(give.wants(roles: without, isBot: false) == human)
    #expect(give.wants(roles: without, isBot: true) == bot)
    #expect(!give.wants(roles: with, isBot: false))
    #expect(take.wants(roles: with, isBot: false) == human)
    #expect(!take.wants(roles: without, isBot: true))
    if who == .role { #expect(!give.wants(roles: [], isBot: false)) }
  }
}

@Suite struct LimitTests {
  @Test func `limits add up, and bind only those who are named`() {
    var settings = RolesSettings()
    settings.limits = [
      GivingLimit(staff: RoleID(1), roles: [red]), GivingLimit(staff: RoleID(2), roles: [RoleID(22)]),
    ]
    #expect(settings.forbidden([red, RoleID(22)], to: [RoleID(9)]).isEmpty)
    #expect(settings.forbidden([red, RoleID(22)], to: [RoleID(1)]) == [RoleID(22)])
    #expect(settings.forbidden([red, RoleID(22)], to: [RoleID(1), RoleID(2)]).isEmpty)
  }
}
