// Lines about plugins, on both engines.

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SQL
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(3))) struct LogTests {
  private func line(
    _ stage: Stage, _ message: String, _ level: GuestLogLine.Level = .info, of plugin: String = "alpha",
    in guild: GuildID? = here
  ) -> GuestLogLine {
    GuestLogLine(
      at: stage.time.now, guild: guild, plugin: plugin, source: .plugin, level: level, message: message)
  }

  @Test(arguments: Engine.allCases)
  func `lines come back whole, newest first, page by page, where they belong`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let logs = stage.data.logs
      let whole = GuestLogLine(
        at: stage.time.now, guild: here, plugin: "alpha", source: .host, level: .error,
        message: "Grüße 🎉\u{0}", tags: ["sdk", "a\u{0}"], extra: ["k": "v", "l": "\u{0}"], method: "kv.get")
      logs.note(whole)
      for index in 0..<5 { logs.note(line(stage, "\(index)", index % 2 == 0 ? .info : .warning)) }
      logs.note(line(stage, "beta's", of: "beta"))
      logs.note(line(stage, "worker's", .error, in: nil))
      logs.note(line(stage, "there", in: there))
      let first = try await logs.newest(3, of: "alpha", in: here)
      #expect(first.map(\.line.message) == ["4", "3", "2"])
      let second = try await logs.newest(10, of: "alpha", in: here, before: first.last?.number)
      #expect(second.map(\.line.message) == ["1", "0", "Grüße 🎉\u{FFFD}"])
      let last = try #require(second.last).line
      #expect(last.tags == ["sdk", "a\u{FFFD}"] && last.extra == ["k": "v", "l": "\u{FFFD}"])
      #expect(last.method == "kv.get" && last.source == .host && last.at == whole.at && last.guild == here)
      let warnings = try await logs.newest(10, of: "alpha", in: here, levels: [.warning, .error])
      #expect(warnings.map(\.line.level) == [.warning, .warning, .error])
      #expect(try await logs.newest(of: "alpha", in: here, levels: []).isEmpty)
      #expect(try await logs.newest(of: "alpha", in: nil).map(\.line.message) == ["worker's"])
      #expect(try await logs.newest(of: "alpha", in: there).map(\.line.message) == ["there"])
      #expect(try await logs.errors(in: here) == ["alpha": 1])
      #expect(try await logs.errors(in: nil) == ["alpha": 1])
      stage.time.advance(by: .seconds(86_401))
      #expect(try await logs.errors(in: here).isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `of a plugin 5,000 lines are kept, for 14 days`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let logs = stage.data.logs
      logs.note(line(stage, "beta's", of: "beta"))
      for batch in 0..<6 {
        for index in 0..<1_000 { logs.note(line(stage, "\(batch * 1_000 + index)")) }
        await logs.flush()
      }
      let store = stage.storage.guild(Tenant(101))
      let count = try await store.rows(
        "SELECT COUNT(*), MIN(number) FROM sandbox_log WHERE guild_id > 0 AND plugin = 'alpha'")
      #expect(try count.first?.get(0) == 5_000 && count.first?.get(1) == 1_001)
      #expect(try await logs.newest(1, of: "alpha", in: here).first?.line.message == "5999")
      #expect(try await logs.newest(1, of: "beta", in: here).count == 1)
      stage.time.advance(by: .seconds(15 * 86_400))
      logs.note(line(stage, "after"))
      await logs.flush()
      let report = try await RetentionSweeper(stage.storage, time: stage.time).sweep()
      #expect(report.deleted == ["sandbox_log": 5_000])
      #expect(try await logs.newest(of: "alpha", in: here).map(\.line.message) == ["after"])
    }
  }

  @Test func `lines too many are counted, and others are not pushed out`() async throws {
    try await withStage(.embedded) { stage async throws in
      let told = Mutex<[GuildID]>([])
      let logs = GuestLogStore(
        storage: stage.storage, time: stage.time, mask: stage.data.mask, placeLimit: 10, limit: 15,
        wrote: { guild in told.withLock { $0.append(guild) } })
      for index in 0..<100 { logs.note(line(stage, "\(index)")) }
      logs.note(line(stage, "beta's", of: "beta"))
      await logs.flush()
      let lines = try await logs.newest(of: "alpha", in: here)
      #expect(lines.count == 11)
      #expect(lines.first?.line.message == "90 lines were not kept: too many at once")
      #expect(lines.first?.line.source == .host)
      #expect(try await logs.newest(of: "beta", in: here).count == 1)
      #expect(told.withLock { $0 } == [here])
    }
  }

  @Test func `lines that a reader who left was to write are not lost`() async throws {
    try await withStage(.embedded) { stage async throws in
      for index in 0..<3 { stage.data.logs.note(line(stage, "\(index)")) }
      let reader = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await stage.data.logs.newest(of: "alpha", in: here)
      }
      reader.cancel()
      await #expect(throws: (any Error).self) { try await reader.value }
      #expect(try await stage.data.logs.newest(of: "alpha", in: here).map(\.line.message) == ["2", "1", "0"])
    }
  }

  @Test func `what is beyond the limits is cut`() async throws {
    try await withStage(.embedded) { stage async throws in
      let extra = Dictionary(
        uniqueKeysWithValues: (10..<40).map { ("k\($0)", String(repeating: "v", count: 900)) })
      stage.data.logs.note(
        GuestLogLine(
          at: stage.time.now, guild: here, plugin: "alpha", source: .plugin, level: .info,
          message: String(repeating: "🎉", count: 5_000), tags: (0..<20).map { "\($0)" }, extra: extra))
      let line = try #require(try await stage.data.logs.newest(of: "alpha", in: here).first).line
      #expect(line.message.unicodeScalars.count == 4_000 && line.tags.count == 10 && line.extra.count == 20)
      #expect(line.extra["k10"]?.count == 500)
    }
  }

  @Test func `lines are written every second, and at the end`() async throws {
    try await withStage(.embedded) { stage async throws in
      let (written, continuation) = AsyncStream.makeStream(
        of: GuildID.self, bufferingPolicy: .bufferingNewest(10))
      let logs = GuestLogStore(
        storage: stage.storage, time: stage.time, mask: stage.data.mask, wrote: { continuation.yield($0) })
      let run = Task { await logs.run() }
      logs.note(line(stage, "one"))
      while stage.time.sleeperCount == 0 { await Task.yield() }
      stage.time.advance(by: .seconds(1))
      var iterator = written.makeAsyncIterator()
      #expect(await iterator.next() == here)
      logs.note(line(stage, "two"))
      run.cancel()
      await run.value
      #expect(await iterator.next() == here)
      let fresh = GuestData(storage: stage.storage, time: stage.time)
      #expect(try await fresh.logs.newest(of: "alpha", in: here).map(\.line.message) == ["two", "one"])
    }
  }
}
