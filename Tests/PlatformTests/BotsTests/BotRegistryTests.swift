// Registered bots, on both engines: their tokens are sealed, their guilds are theirs alone.

import Bus
import DiscordCore
import DiscordGateway
import EventLoop
import PlatformSchedule
import PlatformTenancy
import SQL
import Storage
import StorageTestKit
import Telemetry
import Testing
import Vault

@testable import PlatformBots

private let ada = UserID(7)
private let bob = UserID(8)
private let now = Timestamp(milliseconds: 5)
private let later = Timestamp(milliseconds: 9)
private let first = Tenant(1)
private let second = Tenant(2)

private func checked(_ bot: UInt64, _ secret: String = "abcdefghijklmnopqrstuvwxyz0123456789")
  -> CheckedBotToken
{
  let id = Base64URL.encode(Array(String(bot).utf8))
  return CheckedBotToken(
    report: BotReport(
      bot: UserID(bot), botName: "Greeter", application: ApplicationID(bot), applicationName: "Greeter",
      owner: .unknown, grantedIntents: [], missingIntents: [], membership: nil, findings: []),
    token: Secret(utf8: "\(id).Gabcde.\(secret)"))
}

private struct Bench: Sendable {
  let registry: BotRegistry
  let directory: GuildDirectory
  let store: PlatformStore
}

private func withBench(_ engine: Engine, _ body: @Sendable (Bench) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: BotStage.schema) { storage in
      let directory = GuildDirectory(
        store: storage.platform, schedule: Schedule(store: storage.platform))
      let bus = LocalBus(time: SystemTime(), metrics: MetricRegistry())
      try await body(
        Bench(
          registry: BotRegistry(store: storage.platform, bus: bus, directory: directory),
          directory: directory, store: storage.platform))
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct BotRegistryTests {
  @Test(arguments: Engine.allCases)
  func `a bot is registered with its token sealed, of which four characters show`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let token = checked(50)
      let bot = try await bench.registry.register(token, for: first, by: ada, at: now)
      #expect((bot.bot, bot.kind, bot.tokenHint) == (UserID(50), .own, "6789"))
      #expect((bot.createdBy, bot.createdAt, bot.generation) == (ada, now, 1))
      #expect(bot.guilds == [first])
      #expect(try await bench.registry.registration(of: UserID(50)) == bot)
      let stored = try #require(try await bench.registry.token(of: UserID(50)))
      #expect(ConstantTime.equal(stored, token.token))
      // Nothing of it can be read, and it opens in its own row only.
      let row = try #require(try await bench.store.rows("SELECT token FROM bot_registration").first)
      let sealed: [UInt8] = try row.get(0)
      let plain = token.token.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
      #expect(!sealed.contains(plain[0..<8]))
      try await bench.registry.register(checked(51), for: second, by: bob, at: now)
      try await bench.store.execute("UPDATE bot_registration SET token = \(sealed) WHERE bot_id = \(51)")
      await #expect(throws: VaultError.self) { try await bench.registry.token(of: UserID(51)) }
      #expect("\(bot)".contains("Gabcde") == false)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a bot serves guilds of others only when that is asked for`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.registry.register(checked(50), for: first, by: ada, at: now)
      await #expect(throws: BotRefusal.registeredElsewhere) {
        try await bench.registry.register(
          checked(50, "zyxwvutsrqponmlkjihgfedcba9876543210"), for: second, by: bob, at: later)
      }
      // Nothing changed: neither guild nor token.
      #expect(try await bench.registry.registration(of: UserID(50))?.generation == 1)
      let bot = try await bench.registry.register(
        checked(50), for: second, by: bob, at: later, alsoServing: true)
      #expect(bot.guilds == [first, second])
      #expect((bot.createdBy, bot.generation, bot.rotatedAt) == (ada, 1, nil))
      // Entered again for its own guild, it is the same one.
      try await bench.registry.unassign(second)
      #expect(
        try await bench.registry.register(checked(50), for: first, by: ada, at: later).guilds == [first])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a guild has one own bot, and may change it or give it up`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.registry.register(checked(50), for: first, by: ada, at: now)
      try await bench.registry.register(checked(51), for: first, by: ada, at: later)
      #expect(try await bench.registry.ownBot(of: first) == UserID(51))
      #expect(try await bench.registry.registrations().map(\.guilds) == [[], [first]])
      try await bench.registry.assign(first, to: UserID(50), by: ada, at: later)
      #expect(try await bench.registry.ownBot(of: first) == UserID(50))
      #expect(try await bench.registry.unassign(first) == UserID(50))
      #expect(try await bench.registry.unassign(first) == nil)
      #expect(try await bench.registry.ownBot(of: first) == nil)
      await #expect(throws: BotRefusal.unknownBot) {
        try await bench.registry.assign(first, to: UserID(99), by: ada, at: later)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a new token must be of the same application`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.registry.register(checked(50), for: first, by: ada, at: now)
      await #expect(throws: BotRefusal.otherApplication) {
        try await bench.registry.rotate(checked(51), of: UserID(50), by: ada, at: later)
      }
      await #expect(throws: BotRefusal.unknownBot) {
        try await bench.registry.rotate(checked(51), of: UserID(51), by: ada, at: later)
      }
      try await bench.registry.rotate(
        checked(50, "abcdefghijklmnopqrstuvwxyz012345ZZZZ"), of: UserID(50), by: bob, at: later)
      let bot = try #require(try await bench.registry.registration(of: UserID(50)))
      #expect((bot.tokenHint, bot.generation, bot.rotatedAt, bot.rotatedBy) == ("ZZZZ", 2, later, bob))
      // The same once more is no change.
      try await bench.registry.rotate(
        checked(50, "abcdefghijklmnopqrstuvwxyz012345ZZZZ"), of: UserID(50), by: ada, at: later)
      #expect(try await bench.registry.registration(of: UserID(50)) == bot)
    }
  }

  @Test(arguments: Engine.allCases)
  func `there is one shared bot, and no guild's own`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      #expect(try await bench.registry.adoptShared(checked(60).token, at: now) == UserID(60))
      try await bench.registry.adoptShared(checked(60).token, at: later)
      var bot = try #require(try await bench.registry.registration(of: UserID(60)))
      #expect((bot.kind, bot.generation, bot.createdBy) == (.shared, 1, nil))
      await #expect(throws: BotRefusal.isShared) {
        try await bench.registry.register(checked(60), for: first, by: ada, at: later)
      }
      await #expect(throws: BotRefusal.isShared) {
        try await bench.registry.assign(first, to: UserID(60), by: ada, at: later)
      }
      try await bench.registry.adoptShared(checked(60, "0000000000000000000000000000000000").token, at: later)
      bot = try #require(try await bench.registry.registration(of: UserID(60)))
      #expect(bot.generation == 2)
      try await bench.registry.adoptShared(checked(61).token, at: later)
      #expect(try await bench.registry.registrations().map(\.bot) == [UserID(61)])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a removed bot leaves nothing behind, and its guilds are left`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.registry.register(checked(50), for: first, by: ada, at: now)
      let sighting = GuildSighting(guild: first, name: "G", icon: nil, owner: ada, memberCount: 1)
      try await bench.directory.note([sighting], by: UserID(50), at: now)
      let state = StoredBotState(of: UserID(50), in: bench.store)
      try await state.saveIdentifies(.init(windowEnds: later, used: 3))
      #expect(try await bench.registry.remove(UserID(50), at: later))
      #expect(try await bench.registry.remove(UserID(50), at: later) == false)
      #expect(try await bench.registry.registrations() == [])
      #expect(try await bench.registry.token(of: UserID(50)) == nil)
      #expect(try await state.loadIdentifies() == nil)
      #expect(try await bench.registry.ownBot(of: first) == nil)
      #expect(try await bench.directory.get(first)?.life.phase == .left)
    }
  }

  @Test(arguments: Engine.allCases)
  func `wishes are kept`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.registry.register(checked(50), for: first, by: ada, at: now)
      try await bench.registry.setWanted(.stopped, for: UserID(50))
      #expect(try await bench.registry.registration(of: UserID(50))?.wanted == .stopped)
      try await bench.registry.restart(UserID(50))
      let bot = try #require(try await bench.registry.registration(of: UserID(50)))
      #expect((bot.wanted, bot.restarts) == (.running, 1))
      await #expect(throws: BotRefusal.unknownBot) { try await bench.registry.restart(UserID(99)) }
      try await bench.registry.erase(first)
      #expect(try await bench.registry.ownBot(of: first) == nil)
    }
  }
}
