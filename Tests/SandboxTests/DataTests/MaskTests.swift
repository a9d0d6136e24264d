// Values of secrets in what people read about plugins. What is encoded (base64), reversed or torn apart on purpose is beyond
// what a mask can do, and not tested.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Testing
import Vault

private let secret = "sk-live-4242-abcdefgh"

@Suite(.timeLimit(.minutes(3))) struct MaskTests {
  private func logged(
    _ stage: Stage, _ message: String, tags: [String] = [], extra: [String: String] = [:],
    in guild: GuildID? = here
  ) async throws -> GuestLogLine {
    stage.data.logs.note(
      GuestLogLine(
        at: stage.time.now, guild: guild, plugin: "alpha", source: .plugin, level: .info, message: message,
        tags: tags, extra: extra))
    return try #require(try await stage.data.logs.newest(1, of: "alpha", in: guild).first).line
  }

  @Test(arguments: Engine.allCases)
  func `values are in no part of a line`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      try await stage.call("secrets.set", ["key": "A", "value": .string(secret)])
      try await stage.data.secrets.setDefault(Secret(utf8: "developer-ü-key"), for: "B", of: "alpha")
      let line = try await logged(
        stage, "ü\(secret)🎉 \(secret)\(secret) developer-ü-key end", tags: ["t", "x\(secret)"],
        extra: ["k": "v \(secret)", secret: "developer-ü-key"])
      #expect(line.message == "ü***🎉 *** *** end")
      #expect(line.tags == ["t", "x***"])
      #expect(line.extra == ["k": "v ***", "***": "***"])
      // Nearly is not.
      #expect(try await logged(stage, String(secret.dropLast())).message == String(secret.dropLast()))
    }
  }

  @Test(arguments: Engine.allCases)
  func `values that were stored before the process started are known`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      try await stage.call("secrets.set", ["key": "A", "value": .string(secret)])
      try await stage.data.secrets.setDefault(Secret(utf8: "developer's key"), for: "B", of: "alpha")
      let fresh = Stage(
        storage: stage.storage, data: GuestData(storage: stage.storage, time: stage.time), time: stage.time)
      #expect(try await logged(fresh, "\(secret) developer's key").message == "*** ***")
    }
  }

  @Test func `a value in several lines is found line by line`() async throws {
    try await withStage(.embedded) { stage async throws in
      let key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\r\nkqhkiG9w0BAQEF\nab\n-----END KEY-----"
      try await stage.call("secrets.set", ["key": "A", "value": .string(key)])
      #expect(try await logged(stage, "whole: \(key)").message == "whole: ***")
      #expect(try await logged(stage, "  MIIEvQIBADANBg").message == "  ***")
      #expect(try await logged(stage, "kqhkiG9w0BAQEF,").message == "***,")
    }
  }

  @Test func `values that overlap are both gone, whole`() async throws {
    try await withStage(.embedded) { stage async throws in
      try await stage.call("secrets.set", ["key": "A", "value": "abcdefgh12345678"])
      try await stage.call("secrets.set", ["key": "B", "value": "12345678ZYXW"])
      try await stage.call("secrets.set", ["key": "C", "value": "abcdefgh"])
      #expect(try await logged(stage, "<abcdefgh12345678ZYXW>").message == "<***>")
      #expect(try await logged(stage, "<abcdefgh123>").message == "<***123>")
    }
  }

  @Test func `short values are no secret, and words of another server blot out nothing`() async throws {
    try await withStage(.embedded) { stage async throws in
      try await stage.call("secrets.set", ["key": "A", "value": "seven77"])
      try await stage.call("secrets.set", ["key": "B", "value": "password"], in: there)
      try await stage.call("secrets.set", ["key": "C", "value": .string(secret)], in: there)
      #expect(try await logged(stage, "seven77 password").message == "seven77 password")
      // One process serves both servers: what it lets slip in the wrong one is masked as well.
      #expect(try await logged(stage, "got \(secret)").message == "got ***")
      #expect(try await logged(stage, "password \(secret)", in: nil).message == "*** ***")
    }
  }

  @Test func `no cut leaves half a value`() async throws {
    try await withStage(.embedded) { stage async throws in
      try await stage.call("secrets.set", ["key": "A", "value": .string(secret)])
      let filler = String(repeating: "x", count: 3_990)
      let ours = try await logged(stage, filler + secret + " tail")
      #expect(ours.message == filler + "*** tail")
      // As the SDK sends it: cut at 4,000 characters, in the middle of the value.
      let theirs = try await logged(stage, filler + String(secret.prefix(10)), extra: ["k": cut(500)])
      #expect(theirs.message == filler + "***")
      #expect(theirs.extra["k"] == String(repeating: "y", count: 489) + "***")
      let whole = try await logged(stage, String(repeating: "z", count: 9_000))
      #expect(whole.message == String(repeating: "z", count: 4_000))
    }
  }

  /// So many characters, the last 11 of which begin the value.
  private func cut(_ count: Int) -> String {
    String(repeating: "y", count: count - 11) + String(secret.prefix(11))
  }

  @Test func `what was replaced or deleted stays masked`() async throws {
    try await withStage(.embedded) { stage async throws in
      try await stage.call("secrets.set", ["key": "A", "value": .string(secret)])
      try await stage.call("secrets.set", ["key": "A", "value": "the newer one"])
      try await stage.call("secrets.del", ["key": "A"])
      #expect(try await logged(stage, "\(secret) the newer one").message == "*** ***")
    }
  }

  @Test func `a plugin that calls everything secret does not make masking slow`() async throws {
    try await withStage(.embedded) { stage async throws in
      for index in 0..<100 {
        let value = String(repeating: "a", count: 8 + 40 * index)
        try await stage.data.secrets.set(Secret(utf8: value), for: "k\(index)", of: "alpha", in: here)
      }
      try await stage.call("secrets.set", ["key": "k99", "value": "abcdefgh in two words"])
      #expect(
        stage.data.mask.masked("<aaaaaaaaaabcdefgh in two words>", of: "alpha", in: here) == "<***>")
      let text = String(repeating: "a", count: 4_000)
      let clock = ContinuousClock()
      let took = clock.measure {
        for _ in 0..<10 { #expect(stage.data.mask.masked(text, of: "alpha", in: here) == "***") }
      }
      // A tenth of it on an idle machine; searching each by itself takes seconds.
      #expect(took < .seconds(2))
    }
  }

  @Test func `values beyond the bound are forgotten by plugin, and read anew`() async throws {
    try await withStage(.embedded) { stage async throws in
      let mask = SecretMask(storage: stage.storage, limit: 3)
      for plugin in ["alpha", "beta"] {
        for name in ["A", "B"] {
          let value = JSONValue.string("\(plugin)-value-\(name)")
          try await stage.call("secrets.set", ["key": .string(name), "value": value], as: plugin)
        }
      }
      let text = "alpha-value-A alpha-value-B"
      let first = try await mask.snapshot(of: "alpha", in: here)
      #expect(first.masked(text) == "*** ***")
      _ = try await mask.snapshot(of: "beta", in: here)
      #expect(mask.masked(text, of: "alpha", in: here) == text)
      // Forgetting does not reach what is in use.
      #expect(first.masked(text) == "*** ***")
      #expect(try await mask.snapshot(of: "alpha", in: here).masked(text) == "*** ***")
    }
  }
}
