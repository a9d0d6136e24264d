// The directory of guilds, on both engines: what is noted, listed, reconciled and erased.

import DiscordCore
import EventLoop
import PlatformSchedule
import PlatformTenancy
import Storage
import StorageTestKit
import Telemetry
import TestKit
import Testing

private let shared = UserID(900)
private let own = UserID(901)

private struct Failure: Error {}

private struct Bench: Sendable {
  let directory: GuildDirectory
  let schedule: Schedule
  let time = ManualTime()
  let erased = Recorder<Tenant>()

  func note(_ id: Int64, _ name: String = "Lanternfall", by bot: UserID = shared, members: Int? = 40)
    async throws
  {
    let sighting = GuildSighting(
      guild: Tenant(id), name: name, icon: "abc", owner: UserID(7), memberCount: members)
    try await directory.note([sighting], by: bot, at: time.now)
  }

  func pass(days: Int) async throws {
    time.advance(by: .seconds(days * 86_400))
    try await fire()
  }

  func fire(_ erase: (@Sendable (Tenant) async throws -> Void)? = nil) async throws {
    let erased = erased
    let handler = directory.erasureHandler(time: time) { guild in
      try await erase?(guild)
      erased.record(guild)
    }
    let runner = ScheduleRunner(
      schedule, handlers: [GuildDirectory.erasureTimer: handler], time: time, metrics: MetricRegistry(),
      random: { 0.5 })
    while try await runner.fireDue() > 0 {}
  }
}

private func withBench(_ engine: Engine, _ body: @Sendable (Bench) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    let schema = Schema(platform: [ScheduleSchema.owner, TenancySchema.owner])
    try await installation.run(schema: schema) { storage in
      let schedule = Schedule(store: storage.platform)
      try await body(
        Bench(
          directory: GuildDirectory(store: storage.platform, schedule: schedule), schedule: schedule))
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct GuildDirectoryTests {
  @Test(arguments: Engine.allCases)
  func `a guild is known as it was last seen, and listed without a bot`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.note(1)
      bench.time.advance(by: .seconds(60))
      try await bench.note(1, "Lanternfall 2", members: nil)
      let guild = try #require(try await bench.directory.get(Tenant(1)))
      #expect(guild.name == "Lanternfall 2")
      #expect(guild.icon == "abc")
      #expect(guild.owner == UserID(7))
      #expect(guild.memberCount == 40)
      #expect(guild.seenAt == bench.time.now)
      #expect(guild.life.phase == .joined)
      #expect(guild.bots == [shared])
      try await bench.directory.noteSetUp(Tenant(1), at: bench.time.now)
      #expect(try await bench.directory.get(Tenant(1))?.life.phase == .setUp)
      #expect(try await bench.directory.get(Tenant(2)) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `lists are filtered and come in pages`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      for id in 1...7 { try await bench.note(Int64(id), id == 3 ? "100% Ärger" : "Guild \(id)") }
      try await bench.note(5, "Guild 5", by: own)
      try await bench.directory.noteLeft([Tenant(6)], by: shared, at: bench.time.now)
      var filter = GuildFilter()
      filter.limit = 4
      let first = try await bench.directory.list(filter)
      #expect(first.map(\.guild.id) == [1, 2, 3, 4])
      filter.after = first.last?.guild
      #expect(try await bench.directory.list(filter).map(\.guild.id) == [5, 6, 7])
      var left = GuildFilter()
      left.phases = [.left]
      #expect(try await bench.directory.list(left).map(\.guild.id) == [6])
      var byBot = GuildFilter()
      byBot.bot = own
      #expect(try await bench.directory.list(byBot).map(\.bots) == [[shared, own]])
      for (text, ids) in [("0% Ä", [3]), ("guild", [1, 2, 4, 5, 6, 7]), ("_", []), ("%", [3])] {
        var byName = GuildFilter()
        byName.name = text
        #expect(try await bench.directory.list(byName).map(\.guild.id) == ids.map(Int64.init), "\(text)")
      }
      #expect(try await bench.directory.counts() == [.joined: 6, .left: 1])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a guild is left when the last of our bots is gone, and erased thirty days later`(_ engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      try await bench.note(1)
      try await bench.note(1, by: own)
      #expect(try await bench.directory.noteLeft([Tenant(1)], by: shared, at: bench.time.now) == [Tenant(1)])
      #expect(try await bench.directory.get(Tenant(1))?.life.phase == .joined)
      try await bench.directory.noteLeft([Tenant(1)], by: own, at: bench.time.now)
      #expect(try await bench.directory.get(Tenant(1))?.life.phase == .left)
      // Said twice, it is one departure.
      bench.time.advance(by: .seconds(86_400))
      #expect(try await bench.directory.noteLeft([Tenant(1)], by: own, at: bench.time.now) == [])
      try await bench.pass(days: 28)
      #expect(bench.erased.values == [])
      try await bench.pass(days: 1)
      #expect(bench.erased.values == [Tenant(1)])
      let guild = try #require(try await bench.directory.get(Tenant(1)))
      #expect(guild.life.phase == .erased)
      #expect(guild.life.erasure?.cause == .left)
      #expect((guild.name, guild.memberCount) == ("", 0))
      #expect(guild.icon == nil && guild.owner == nil)
      // It comes back as a new one.
      try await bench.note(1)
      #expect(try await bench.directory.get(Tenant(1))?.life == GuildLife(joinedAt: bench.time.now))
    }
  }

  @Test(arguments: Engine.allCases)
  func `coming back calls the erasure off`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.note(1)
      try await bench.directory.noteSetUp(Tenant(1), at: bench.time.now)
      try await bench.directory.noteLeft([Tenant(1)], by: shared, at: bench.time.now)
      bench.time.advance(by: .seconds(20 * 86_400))
      try await bench.note(1)
      try await bench.pass(days: 100)
      #expect(bench.erased.values == [])
      #expect(try await bench.directory.get(Tenant(1))?.life.phase == .setUp)
    }
  }

  @Test(arguments: Engine.allCases)
  func `after a lapse it is ninety days, with the cause on record`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.note(1)
      try await bench.directory.noteLapsed(Tenant(1), at: bench.time.now)
      try await bench.directory.noteLeft([Tenant(1)], by: shared, at: bench.time.now)
      try await bench.pass(days: 31)
      #expect(bench.erased.values == [])
      try await bench.pass(days: 59)
      #expect(bench.erased.values == [Tenant(1)])
      #expect(try await bench.directory.get(Tenant(1))?.life.erasure?.cause == .lapsed)
    }
  }

  @Test(arguments: Engine.allCases)
  func `an erasure that fails is gone on with, also by the next process`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.note(1)
      try await bench.directory.noteLeft([Tenant(1)], by: shared, at: bench.time.now)
      bench.time.advance(by: .seconds(30 * 86_400))
      try await bench.fire { _ in throw Failure() }
      #expect(try await bench.directory.get(Tenant(1))?.life.phase == .erasing)
      // The timer is lost with everything else of the guild.
      try await bench.schedule.cancel(
        TimerName(GuildDirectory.erasureTimer, guild: nil, key: "1"))
      #expect(try await bench.directory.resumeErasures(at: bench.time.now) == 1)
      // Meanwhile the guild comes back.
      let back = bench.time.now
      try await bench.note(1)
      try await bench.fire()
      #expect(bench.erased.values == [Tenant(1)])
      #expect(try await bench.directory.get(Tenant(1))?.life == GuildLife(joinedAt: back))
    }
  }

  @Test(arguments: Engine.allCases)
  func `what was left unseen comes out when a shard tells its guilds`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      for id in 1...4 { try await bench.note(Int64(id) << 22) }
      let stays = Tenant(2 << 22)
      // A shard speaks of its own guilds: here the even ones.
      let gone = try await bench.directory.reconcile(
        shared, isIn: [stays], covers: { $0.guild.shard(of: 2) == 0 }, at: bench.time.now)
      #expect(gone == [Tenant(4 << 22)])
      #expect(try await bench.directory.guilds(of: shared).map(\.id) == [1 << 22, 2 << 22, 3 << 22])
      try await bench.directory.forget(shared, at: bench.time.now)
      #expect(try await bench.directory.counts() == [.left: 4])
    }
  }

  @Test(arguments: Engine.allCases)
  func `two processes that note at once lose nothing`(_ engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let bots = (1...4).map { UserID(UInt64($0)) }
      let sightings = (1...50).map { id in
        GuildSighting(guild: Tenant(id), name: "\(id)", icon: nil, owner: UserID(7), memberCount: 1)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for bot in bots {
          group.addTask {
            try await bench.directory.note(sightings.shuffled(), by: bot, at: bench.time.now)
          }
        }
        try await group.waitForAll()
      }
      for id in 1...50 { #expect(try await bench.directory.bots(in: Tenant(Int64(id))) == bots) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for bot in bots { group.addTask { try await bench.directory.forget(bot, at: bench.time.now) } }
        try await group.waitForAll()
      }
      #expect(try await bench.directory.counts() == [.left: 50])
    }
  }
}
