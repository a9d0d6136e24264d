// `ephemeral.*`: in memory, in virtual time.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import StorageTestKit
import Testing

@testable import SandboxData

@Suite(.timeLimit(.minutes(2))) struct EphemeralTests {
  @Test func `hits are counted in the window that trails, exactly`() async throws {
    try await withStage(.embedded) { stage async throws in
      func hit(_ key: String = "k") async throws -> JSONValue? {
        try await stage.call("ephemeral.counter", ["key": .string(key), "window_seconds": 10])["count"]
      }
      #expect(try await hit() == 1)
      stage.time.advance(by: .seconds(6))
      #expect(try await hit() == 2)
      stage.time.advance(by: .milliseconds(3_999))
      #expect(try await hit() == 3)
      // The first is ten seconds old now. A window that began at a whole ten would count one.
      stage.time.advance(by: .milliseconds(1))
      #expect(try await hit() == 3)
      #expect(try await hit("other") == 1)
      stage.time.advance(by: .seconds(60))
      #expect(try await hit() == 1)
    }
  }

  @Test func `cooldowns, flags and firsts are apart, and end`() async throws {
    try await withStage(.embedded) { stage async throws in
      let key: JSONValue = ["key": "k", "ttl_seconds": 60, "window_seconds": 60]
      try await stage.call("ephemeral.cooldown_set", key)
      #expect(try await stage.call("ephemeral.flag_check", key) == ["active": false])
      #expect(try await stage.call("ephemeral.dedup", key) == ["is_new": true])
      #expect(try await stage.call("ephemeral.counter", key) == ["count": 1])
      try await stage.call("ephemeral.flag_set", key)
      stage.time.advance(by: .milliseconds(20_500))
      #expect(
        try await stage.call("ephemeral.cooldown_check", key) == ["active": true, "remaining_seconds": 39.5])
      #expect(try await stage.call("ephemeral.flag_check", key) == ["active": true])
      // Seen again, and not extended.
      #expect(try await stage.call("ephemeral.dedup", key) == ["is_new": false])
      #expect(try await stage.call("ephemeral.dedup", key, as: "beta") == ["is_new": true])
      #expect(try await stage.call("ephemeral.dedup", key, in: there) == ["is_new": true])
      stage.time.advance(by: .milliseconds(39_500))
      #expect(
        try await stage.call("ephemeral.cooldown_check", key) == ["active": false, "remaining_seconds": 0.0])
      #expect(try await stage.call("ephemeral.flag_check", key) == ["active": false])
      #expect(try await stage.call("ephemeral.dedup", key) == ["is_new": true])
      #expect(try await stage.call("ephemeral.flag_check", ["key": "none"]) == ["active": false])
    }
  }

  @Test func `only one of many at once is first`() async throws {
    try await withStage(.embedded) { stage async throws in
      let firsts = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<50 {
          group.addTask {
            try await stage.call("ephemeral.dedup", ["key": "k", "ttl_seconds": 60]) == ["is_new": true]
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(firsts == 1)
    }
  }

  @Test func `keys and times are checked here`() async throws {
    try await withStage(.embedded) { stage async throws in
      let names = ["counter", "cooldown_set", "cooldown_check", "dedup", "flag_set", "flag_check"]
      let long = JSONValue.string(String(repeating: "k", count: 257))
      for name in names {
        for key: JSONValue in ["", long, 5, nil] {
          let params: JSONValue = ["key": key, "ttl_seconds": 5, "window_seconds": 5]
          #expect(try await stage.refusal("ephemeral.\(name)", params) == .validation)
        }
      }
      for name in ["counter", "cooldown_set", "dedup", "flag_set"] {
        for span: JSONValue in [
          0, -1, 86_401, .integer(.max), .double(.infinity), .double(.nan), "5", true, nil,
        ] {
          let params: JSONValue = ["key": "k", "ttl_seconds": span, "window_seconds": span]
          #expect(try await stage.refusal("ephemeral.\(name)", params) == .validation)
        }
      }
    }
  }

  @Test func `a busy counter stays small and right within a 64th of its window`() {
    var window = HitWindow()
    var hits: [Duration] = []
    for step in 0..<3_000 {
      let now = Duration.milliseconds(step * 47)
      hits.append(now)
      let count = window.hit(at: now, window: .seconds(60))
      let exact = hits.count { $0 > now - .seconds(60) }
      #expect(count >= exact && count <= exact + 60_000 / 64 / 47 + 1)
    }
    #expect(window.weight <= 21)
  }

  @Test func `a plugin that floods loses what is its own and ends soonest`() {
    var table = EphemeralTable(tenantLimit: 100, limit: 1_000)
    let (noisy, quiet) = (
      EphemeralTable.Tenant(plugin: "noisy", guild: here), EphemeralTable.Tenant(plugin: "quiet", guild: here)
    )
    table.set("mine", in: .flag, of: quiet, at: .zero, until: .seconds(1))
    table.set("last", in: .flag, of: noisy, at: .zero, until: .seconds(9_999))
    for index in 0..<5_000 {
      table.set("k\(index)", in: .flag, of: noisy, at: .zero, until: .seconds(100 + index % 7))
    }
    #expect(table.weight <= 101)
    #expect(table.remaining("mine", in: .flag, of: quiet, at: .zero) == .seconds(1))
    #expect(table.remaining("last", in: .flag, of: noisy, at: .zero) == .seconds(9_999))
  }

  @Test func `at the bound of all, whoever has most gives way`() {
    var table = EphemeralTable(tenantLimit: 400, limit: 1_000)
    let quiet = EphemeralTable.Tenant(plugin: "quiet", guild: here)
    table.set("mine", in: .flag, of: quiet, at: .zero, until: .seconds(1))
    for plugin in 0..<10 {
      let tenant = EphemeralTable.Tenant(plugin: "p\(plugin)", guild: here)
      for index in 0..<390 {
        table.set("k\(index)", in: .flag, of: tenant, at: .zero, until: .seconds(100))
        #expect(table.weight <= 1_000)
      }
    }
    #expect(table.remaining("mine", in: .flag, of: quiet, at: .zero) == .seconds(1))
    // What has ended goes before what has not.
    let late = EphemeralTable.Tenant(plugin: "late", guild: here)
    for index in 0..<350 {
      table.set("k\(index)", in: .flag, of: late, at: .seconds(200), until: .seconds(300))
    }
    #expect(table.remaining("k0", in: .flag, of: late, at: .seconds(200)) == .seconds(100))
    table.forget(late)
    #expect(table.remaining("k0", in: .flag, of: late, at: .seconds(200)) == nil)
  }
}
