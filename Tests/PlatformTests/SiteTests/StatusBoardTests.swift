// The state of the parts, on both engines: reported, counted, and the same in every process.

import EventLoop
import SQL
import Storage
import StorageTestKit
import Testing

@testable import PlatformSite

private struct Bench: Sendable {
  let storage: Storage
  let time: ManualTime
  /// Two processes on one store.
  let first: StatusBoard
  let second: StatusBoard

  var now: Timestamp { time.now }

  /// Reports every 30 seconds for that long.
  func report(
    _ component: StatusComponent, _ state: ComponentState, for duration: Duration, by board: StatusBoard
  ) async {
    for _ in 0..<(duration.wholeMilliseconds / 30_000) {
      await board.report(component, state, at: now)
      time.advance(by: .seconds(30))
    }
  }

  func status(_ component: StatusComponent, by board: StatusBoard) async -> ComponentStatus? {
    await board.components(at: now).first { $0.component == component }
  }

  func days(_ component: StatusComponent) async throws -> [[ComponentState: Duration]] {
    try await first.history(component, at: now).map(\.durations)
  }
}

private func withBoards(
  _ engine: Engine, hour: Int64 = 12, _ body: @Sendable (Bench) async throws -> Void
) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(platform: [SiteSchema.platform])) { storage in
      let start = Timestamp(milliseconds: 1_767_225_600_000 + hour * 3_600_000)
      let time = ManualTime(start: start)
      try await body(
        Bench(
          storage: storage, time: time, first: StatusBoard(store: storage.platform),
          second: StatusBoard(store: storage.platform)))
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct StatusBoardTests {
  @Test(arguments: Engine.allCases)
  func `a part is what was reported, and unknown after three minutes without a report`(_ engine: Engine)
    async throws
  {
    try await withBoards(engine) { bench async throws in
      let start = bench.now
      for status in await bench.first.components(at: start) {
        #expect((status.state, status.since, status.reportedAt) == (.unknown, nil, nil))
      }
      await bench.first.report(.web, .operational, at: start)
      // The other process sees it too.
      for board in [bench.first, bench.second] {
        let status = await bench.status(.web, by: board)
        #expect(status == .init(component: .web, state: .operational, since: start, reportedAt: start))
        #expect(await bench.status(.bot, by: board)?.state == .unknown)
      }
      bench.time.advance(by: .milliseconds(179_999))
      #expect(await bench.status(.web, by: bench.second)?.state == .operational)
      bench.time.advance(by: .milliseconds(1))
      for board in [bench.first, bench.second] {
        let status = await bench.status(.web, by: board)
        #expect((status?.state, status?.since) == (.unknown, start + .seconds(180)))
      }
      await bench.first.report(.web, .down, at: bench.now)
      #expect(await bench.status(.web, by: bench.second)?.state == .down)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a day's row says how long a part was in each state`(_ engine: Engine) async throws {
    try await withBoards(engine) { bench async throws in
      await bench.report(.storage, .operational, for: .seconds(3_600), by: bench.first)
      await bench.report(.storage, .degraded, for: .seconds(600), by: bench.first)
      await bench.report(.storage, .down, for: .seconds(300), by: bench.first)
      await bench.first.report(.storage, .operational, at: bench.now)
      await bench.first.flush(at: bench.now)
      let days = try await bench.first.history(.storage, at: bench.now)
      #expect(days.count == 1)
      #expect(days.first?.day == CivilDate(year: 2026, month: 1, day: 1))
      #expect(
        days.first?.durations == [
          .operational: .seconds(3_600), .degraded: .seconds(600), .down: .seconds(300),
        ])
      #expect(days.first?.uptime == 4_200.0 / 4_500.0)
      #expect(await bench.status(.storage, by: bench.second)?.since == bench.now)
      #expect(try await bench.days(.web) == [])
    }
  }

  @Test(arguments: Engine.allCases)
  func `time is cut at midnight, UTC`(_ engine: Engine) async throws {
    try await withBoards(engine, hour: 23) { bench async throws in
      await bench.report(.bus, .operational, for: .seconds(2 * 3_600), by: bench.first)
      await bench.first.flush(at: bench.now)
      #expect(
        try await bench.days(.bus) == [[.operational: .seconds(3_600)], [.operational: .seconds(3_600)]])
      #expect(try await bench.first.history(.bus, days: 1, at: bench.now).map(\.day.day) == [2])
    }
  }

  @Test(arguments: Engine.allCases)
  func `what two processes report is counted once`(_ engine: Engine) async throws {
    try await withBoards(engine) { bench async throws in
      for _ in 0..<120 {
        await bench.first.report(.discord, .operational, at: bench.now)
        bench.time.advance(by: .seconds(17))
        await bench.second.report(.discord, .operational, at: bench.now)
        bench.time.advance(by: .seconds(13))
      }
      for board in [bench.first, bench.second] {
        await board.report(.discord, .operational, at: bench.now)
        await board.flush(at: bench.now)
      }
      #expect(try await bench.days(.discord) == [[.operational: .seconds(3_600)]])
    }
  }

  @Test(arguments: Engine.allCases)
  func `time in which no process ran is unknown, and not up`(_ engine: Engine) async throws {
    try await withBoards(engine) { bench async throws in
      await bench.report(.web, .operational, for: .seconds(900), by: bench.first)
      await bench.first.flush(at: bench.now)
      // The last report is believed for three minutes, half a minute of which is over.
      bench.time.advance(by: .seconds(900))
      // Another process begins.
      await bench.report(.web, .operational, for: .seconds(900), by: bench.second)
      await bench.second.flush(at: bench.now)
      let day = try #require(try await bench.second.history(.web, at: bench.now).first)
      #expect(day.durations == [.operational: .seconds(1_950), .unknown: .seconds(750)])
      #expect(day.uptime == 1_950.0 / 2_700)
      let status = await bench.status(.web, by: bench.second)
      #expect(status?.since == bench.now - .seconds(900))
    }
  }

  @Test(arguments: Engine.allCases)
  func `a process that begins goes on with the state that another left`(_ engine: Engine) async throws {
    try await withBoards(engine) { bench async throws in
      let start = bench.now
      await bench.report(.web, .operational, for: .seconds(300), by: bench.first)
      await bench.report(.web, .operational, for: .seconds(300), by: bench.second)
      for board in [bench.first, bench.second] {
        #expect(await bench.status(.web, by: board)?.since == start)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a part is written once a minute at most`(_ engine: Engine) async throws {
    try await withBoards(engine) { bench async throws in
      func written() async throws -> Int64? {
        try await bench.storage.platform.rows("SELECT reported_at FROM site_component").first?.get(0)
      }
      let start = bench.now
      for _ in 0..<6 {
        await bench.first.report(.web, .operational, at: bench.now)
        #expect(try await written() == start.milliseconds)
        bench.time.advance(by: .milliseconds(9_999))
      }
      bench.time.advance(by: .milliseconds(6))
      await bench.first.report(.web, .operational, at: bench.now)
      #expect(try await written() == (start + .seconds(60)).milliseconds)
    }
  }

  // Not on a server, whose login may not do that to a table.
  @Test
  func `what cannot be written is shown here, waits, and is written later`() async throws {
    try await withBoards(.embedded) { bench async throws in
      let store = bench.storage.platform
      await bench.first.report(.storage, .operational, at: bench.now)
      try await store.execute("ALTER TABLE site_component RENAME TO site_hidden")
      await bench.report(.storage, .down, for: .seconds(600), by: bench.first)
      #expect(await bench.status(.storage, by: bench.first)?.state == .down)
      try await store.execute("ALTER TABLE site_hidden RENAME TO site_component")
      await bench.first.report(.storage, .operational, at: bench.now)
      await bench.first.flush(at: bench.now)
      #expect(try await bench.days(.storage) == [[.down: .seconds(600)]])
      #expect(await bench.status(.storage, by: bench.second)?.state == .operational)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a gap of a year makes no more days than are kept`(_ engine: Engine) async throws {
    try await withBoards(engine) { bench async throws in
      await bench.first.report(.bot, .operational, at: bench.now)
      bench.time.advance(by: .seconds(365 * 86_400))
      await bench.first.report(.bot, .operational, at: bench.now)
      await bench.first.flush(at: bench.now)
      let count = try await bench.storage.platform.rows("SELECT COUNT(*) FROM site_uptime").first?.get(
        0, as: Int.self)
      #expect(count == 92)
      let days = try await bench.first.history(.bot, at: bench.now)
      #expect(days.count == 90)
      #expect(UptimeDay.uptime(days) == 0)
    }
  }
}
