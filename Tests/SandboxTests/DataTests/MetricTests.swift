// `metrics.*`, on both engines.

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SQL
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3))) struct MetricTests {
  @Test(arguments: Engine.allCases)
  func `what was recorded is told by buckets, aggregates and tags`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      func record(_ value: JSONValue, _ tags: JSONValue = nil) async throws {
        try await stage.call("metrics.record", ["metric": "m", "value": value, "tags": tags])
      }
      try await record(2, ["channel": "a", "x": "1"])
      try await record(4.5, ["x": "1", "channel": "a"])
      stage.time.advance(by: .seconds(301))
      try await record(-1, ["channel": "b"])
      try await record(10)
      func query(_ period: String, _ aggregate: String, by tag: JSONValue = nil) async throws -> JSONValue {
        try await stage.call(
          "metrics.query",
          ["metric": "m", "period": .string(period), "aggregate": .string(aggregate), "group_by": tag])
      }
      let zeros = [JSONValue](repeating: .double(0), count: 10)
      var labels = (0..<12).map { step -> JSONValue in
        let minutes = (step * 5 + 10) % 60
        return .string("2025-12-31 23:\(minutes < 10 ? "0" : "")\(minutes)")
      }
      labels[10...] = ["2026-01-01 00:00", "2026-01-01 00:05"]
      for (aggregate, first, second, total) in [
        ("sum", 6.5, 9.0, 15.5), ("count", 2, 2, 4), ("avg", 3.25, 4.5, 3.875), ("min", 2, -1, -1),
        ("max", 4.5, 10, 10),
      ] {
        let data = JSONValue.array(zeros + [.double(first), .double(second)])
        #expect(
          try await query("1h", aggregate) == [
            "labels": .array(labels), "series": [["name": "m", "data": data]], "total": .double(total),
          ])
      }
      let grouped = try await query("7d", "sum", by: "channel")
      #expect(grouped["labels"]?.array?.first == "2025-12-26" && grouped["labels"]?.array?.count == 7)
      let series = try #require(grouped["series"]?.array)
      #expect(series.compactMap { $0["name"]?.string } == ["a", "b", "none"])
      #expect(series.compactMap { $0["data"]?.array?.last?.double } == [6.5, -1, 10])
      #expect(grouped["total"] == 15.5)
      #expect(try await query("24h", "sum")["labels"]?.array?.last == "2026-01-01 00:00")
      #expect(try await stage.call("metrics.total", ["metric": "m", "period": "24h"]) == ["total": 15.5])
      #expect(
        try await stage.call("metrics.total", ["metric": "m", "period": "24h"], in: there) == ["total": 0.0])
      #expect(
        try await stage.call("metrics.total", ["metric": "m", "period": "24h"], as: "beta") == ["total": 0.0])
      let none = try await stage.call("metrics.query", ["metric": "none"])
      #expect(none["series"]?.array?.count == 1 && none["total"] == 0.0)
    }
  }

  @Test(arguments: Engine.allCases)
  func `hours and days outlast five minutes, and go after 90 days`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let sweeper = RetentionSweeper(stage.storage, time: stage.time)
      try await stage.call("metrics.record", ["metric": "m", "value": 3])
      await stage.data.flush()
      func total(_ period: String) async throws -> JSONValue? {
        try await stage.call("metrics.total", ["metric": "m", "period": .string(period)])["total"]
      }
      stage.time.advance(by: .seconds(3_600))
      #expect(try await total("1h") == 0.0)
      #expect(try await total("24h") == 3.0)
      stage.time.advance(by: .seconds(89 * 86_400 - 3_600))
      #expect(try await sweeper.sweep().deleted == ["sandbox_metric_step": 1, "sandbox_metric_hour": 1])
      #expect(try await total("30d") == 0.0)
      #expect(try await total("90d") == 3.0)
      stage.time.advance(by: .seconds(2 * 86_400))
      #expect(try await sweeper.sweep().deleted == ["sandbox_metric_day": 1])
      stage.time.advance(by: .seconds(5 * 86_400))
      #expect(try await sweeper.sweep().deleted == ["sandbox_metric_series": 1])
    }
  }

  @Test(arguments: Engine.allCases)
  func `the 1,001st series is refused, and says so`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      func record(_ index: Int, as plugin: String = "alpha") async throws {
        try await stage.call(
          "metrics.record", ["metric": "m", "tags": ["user": .string("\(index)")]], as: plugin)
      }
      for index in 0..<1_000 { try await record(index) }
      let error = await #expect(throws: RPCError.self) { try await record(1_000) }
      #expect(error?.code == .quotaExceeded && error?.message.contains("1000 distinct series") == true)
      try await record(5)
      try await record(1_000, as: "beta")
      await stage.data.flush()
      // Another process finds them in the store.
      let other = Stage(
        storage: stage.storage, data: GuestData(storage: stage.storage, time: stage.time), time: stage.time)
      #expect(
        try await other.refusal("metrics.record", ["metric": "n"]) == .quotaExceeded)
      #expect(try await other.call("metrics.total", ["metric": "m", "period": "1h"]) == ["total": 1_001.0])
      // Series that rested for long are gone, and make room without a restart.
      try await stage.storage.guild(Tenant(101)).execute(
        "DELETE FROM sandbox_metric_series WHERE guild_id > 0 AND number <= 10")
      stage.time.advance(by: .seconds(61))
      #expect(try await stage.refusal("metrics.record", ["metric": "n"]) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a stop writes what waits, and writers at once lose nothing`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let run = Task { await stage.data.run() }
      let other = GuestData(storage: stage.storage, time: stage.time)
      let second = Stage(storage: stage.storage, data: other, time: stage.time)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<200 {
          group.addTask {
            let on = index % 2 == 0 ? stage : second
            try await on.call("metrics.record", ["metric": "m", "tags": ["t": .string("\(index % 3)")]])
            if index % 10 == 0 { await on.data.flush() }
          }
        }
        try await group.waitForAll()
      }
      run.cancel()
      await run.value
      await other.flush()
      let fresh = Stage(
        storage: stage.storage, data: GuestData(storage: stage.storage, time: stage.time), time: stage.time)
      #expect(try await fresh.call("metrics.total", ["metric": "m", "period": "1h"]) == ["total": 200.0])
    }
  }

  @Test func `names, values, tags and words are checked here`() async throws {
    try await withStage(.embedded) { stage async throws in
      let dotted = await #expect(throws: RPCError.self) {
        try await stage.call("metrics.record", ["metric": "a.b"])
      }
      #expect(dotted?.code == .validation && dotted?.message.contains("dots") == true)
      for name in ["", "1a", "a-b", "ä", "a\n", "a b", String(repeating: "a", count: 65)] {
        #expect(try await stage.refusal("metrics.record", ["metric": .string(name)]) == .validation)
        #expect(try await stage.refusal("metrics.total", ["metric": .string(name)]) == .validation)
      }
      let eleven = JSONObject(fields: (0..<11).map { .init(key: "t\($0)", value: "v") })
      let long = JSONValue.string(String(repeating: "v", count: 1_000))
      for tags: JSONValue in [.object(eleven), ["a": 1], ["": "x"], [1], "x", ["a": long]] {
        #expect(try await stage.refusal("metrics.record", ["metric": "m", "tags": tags]) == .validation)
      }
      for value: JSONValue in [nil, "1", true, .double(.nan), .double(.infinity), 1e101, [1]] {
        #expect(try await stage.refusal("metrics.record", ["metric": "m", "value": value]) == .validation)
      }
      for _ in 0..<2 { try await stage.call("metrics.record", ["metric": "m", "value": 1e100]) }
      #expect(try await stage.call("metrics.total", ["metric": "m"]) == ["total": 2e100])
      #expect(try await stage.refusal("metrics.query", ["metric": "m", "period": "2h"]) == .validation)
      #expect(try await stage.refusal("metrics.query", ["metric": "m", "aggregate": "p99"]) == .validation)
    }
  }
}
