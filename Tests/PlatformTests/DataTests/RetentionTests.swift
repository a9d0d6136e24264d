// The sweeper, on both engines: to the millisecond, in batches, past what fails.

import EventLoop
import PlatformAudit
import PlatformConfiguration
import PlatformData
import PlatformPlugins
import PlatformSchedule
import SQL
import Storage
import StorageTestKit
import Testing

import DiscordCore

private let day = Duration.seconds(86_400)

@Suite(.timeLimit(.minutes(3))) struct RetentionTests {
  /// Writes an entry of the log of that age in a guild.
  private static func log(
    _ storage: Storage, _ number: Int, _ guild: Tenant, age: Duration, _ time: ManualTime
  )
    async throws
  {
    try await storage.guild(guild).execute(
      """
      INSERT INTO thing_log (guild_id, number, actor, address, at)
      VALUES (\(guild.id), \(number), \("1"), \(""), \((time.now - age).milliseconds))
      """)
  }

  private static func numbers(_ storage: Storage, _ guild: Tenant) async throws -> [Int] {
    try await storage.guild(guild).rows("SELECT number FROM thing_log WHERE guild_id > 0 ORDER BY number").map
    { try $0.get(0) }
  }

  private func withEmpty(
    _ engine: Engine, _ body: @Sendable (Storage, ManualTime) async throws -> Void
  ) async throws {
    try await withInstallation(engine) { installation in
      try await installation.run(schema: everyKind) { try await body($0, installation.time) }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a row goes one millisecond after its time, in every guild`(_ engine: Engine) async throws {
    try await withEmpty(engine) { storage, time in
      for guild in [here, there] {
        try await Self.log(storage, 1, guild, age: day * 30, time)
        try await Self.log(storage, 2, guild, age: day * 30 + .milliseconds(1), time)
        try await Self.log(storage, 3, guild, age: .zero, time)
      }
      let sweeper = RetentionSweeper(storage, time: time)
      let report = try await sweeper.sweep()
      #expect(report == SweepReport(deleted: ["thing_log": 2], guilds: 2))
      #expect(try await Self.numbers(storage, here) == [1, 3])
      #expect(try await sweeper.sweep().deleted.isEmpty)
      time.advance(by: .milliseconds(1))
      #expect(try await sweeper.sweep().deleted == ["thing_log": 2])
      #expect(try await Self.numbers(storage, there) == [3])
    }
  }

  @Test(arguments: Engine.allCases)
  func `an owner may shorten what is theirs to set, not below the least, and not lengthen it`(
    _ engine: Engine
  )
    async throws
  {
    try await withEmpty(engine) { storage, time in
      let wishes: [(Duration, [Int])] = [
        (day * 100, [1, 6, 8, 29]), (day * 8, [1, 6, 8]), (day, [1, 6]), (.zero, [1, 6]),
      ]
      for (wish, left) in wishes {
        for guild in [here, there] {
          try await storage.guild(guild).execute("DELETE FROM thing_log WHERE guild_id > 0")
          for age in [1, 6, 8, 29, 31] { try await Self.log(storage, age, guild, age: day * age, time) }
        }
        let sweeper = RetentionSweeper(
          storage, wishes: { $0 == here ? ["thing_log": wish] : [:] }, time: time)
        _ = try await sweeper.sweep()
        #expect(try await Self.numbers(storage, here) == left)
        #expect(try await Self.numbers(storage, there) == [1, 6, 8, 29])
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `what is kept with the guild grows old only where its owner says so`(_ engine: Engine) async throws {
    try await withData(engine) { storage, time in
      time.advance(by: day * 40)
      let before = try await Everything(storage)
      let report = try await RetentionSweeper(
        storage,
        wishes: { $0 == here ? ["thing_case": day * 39, "desk_ticket": day] : ["thing_case": day * 50] },
        batch: 7, time: time
      ).sweep()
      #expect(report.deleted["thing_case"] == 40)
      #expect(report.deleted["desk_ticket"] == 40)
      let after = try await Everything(storage)
      #expect(after.guilds[here]?["thing_case"] == [])
      #expect(after.guilds[there]?["thing_case"] == before.guilds[there]?["thing_case"])
      #expect(after.guilds[there]?["thing_note"] == before.guilds[there]?["thing_note"])
      #expect(after.platform["desk_invoice"] == before.platform["desk_invoice"])
    }
  }

  @Test(arguments: Engine.allCases)
  func `an owner's wish touches the platform's rows of that guild alone`(_ engine: Engine) async throws {
    try await withData(engine) { storage, time in
      time.advance(by: day * 3)
      let before = try await Everything(storage)
      let wishes: [String: Duration] = ["desk_ticket": day * 2]
      _ = try await RetentionSweeper(storage, wishes: { $0 == here ? wishes : [:] }, time: time).sweep()
      var wanted = before
      wanted.change { table, guild, row in table.name == "desk_ticket" && guild == here ? nil : row }
      wanted.change { table, _, row in table.name == "desk_code" && row[2] == .boolean(true) ? nil : row }
      #expect(try await Everything(storage) == wanted)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a guild that fails is reported, and the others are swept`(_ engine: Engine) async throws {
    try await withData(engine) { storage, time in
      try await storage.guild(here).execute("UPDATE thing_case SET is_armed = \(true) WHERE guild_id > 0")
      time.advance(by: day * 40)
      let report = try await RetentionSweeper(storage, wishes: { _ in ["thing_case": day * 30] }, time: time)
        .sweep()
      #expect(Array(report.failures.keys) == [here])
      #expect(report.guilds == 1)
      #expect(report.deleted["thing_case"] == 40)
    }
  }

  @Test func `it sweeps ten minutes after the start and then every day, until it is cancelled`() async throws
  {
    try await withEmpty(.embedded) { storage, time in
      try await Self.log(storage, 1, here, age: day * 30, time)
      try await Self.log(storage, 2, here, age: day * 29, time)
      try await Self.log(storage, 3, here, age: .zero, time)
      let sweeper = RetentionSweeper(storage, time: time)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await sweeper.run() }
        for (pause, left) in [(Duration.seconds(600), [2, 3]), (day, [3])] {
          while time.sleeperCount == 0 { await Task.yield() }
          time.advance(by: pause - .milliseconds(1))
          #expect(time.sleeperCount == 1)
          time.advance(by: .milliseconds(1))
          while time.sleeperCount == 0 { await Task.yield() }
          #expect(try await Self.numbers(storage, here) == left)
        }
        group.cancelAll()
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `audit entries go after thirteen months, and keys of effects when nothing can be replayed`(
    _ engine: Engine
  ) async throws {
    let schema = Schema(guild: [AuditSchema.owner, EffectSchema.owner])
    try await withInstallation(engine) { installation in
      try await installation.run(schema: schema) { storage in
        let now = installation.time.now
        let audit = AuditLog(storage.guild(here))
        let effects = EffectLedger(storage.guild(here))
        for (name, extra) in [("old", Duration.milliseconds(1)), ("young", .zero)] {
          try await audit.append(
            AuditEntry(at: now - day * 396 - extra, actor: .system, action: name))
          _ = try await effects.once(name, at: now - day * 7 - extra) { _ in true }
        }
        let report = try await RetentionSweeper(storage, time: installation.time).sweep()
        #expect(report.deleted == ["audit_entry": 1, "effect_done": 1])
        #expect(try await audit.entries().map(\.action) == ["young"])
        #expect(try await effects.isDone("young"))
        #expect(try await !effects.isDone("old"))
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a timer that was given up goes in the end, one that is overdue never`(_ engine: Engine) async throws {
    struct Failure: Error {}
    try await withInstallation(engine) { installation in
      try await installation.run(schema: Schema(platform: [ScheduleSchema.owner])) { storage in
        let time = installation.time
        let schedule = Schedule(store: storage.platform)
        var limits = ScheduleLimits()
        limits.attempts = 1
        let runner = ScheduleRunner(
          schedule, handlers: ["thing.fail": { _ in throw Failure() }], limits: limits, time: time)
        try await schedule.set(TimerName("thing.fail", guild: here, key: "1"), at: time.now)
        try await runner.fireDue()
        try await schedule.set(TimerName("thing.fail", guild: here, key: "2"), at: time.now)
        time.advance(by: day * 90 + .milliseconds(1))
        let report = try await RetentionSweeper(storage, time: time).sweep()
        #expect(report.deleted == ["schedule_timer": 1])
        #expect(try await schedule.pending(here).map(\.name.key) == ["2"])
      }
    }
  }
}
