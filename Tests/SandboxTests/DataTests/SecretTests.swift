// `secrets.*` and where their values go, on both engines.

import DiscordCore
import EventLoop
import JSON
import SQL
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Testing
import Vault

@Suite(.timeLimit(.minutes(3))) struct SecretTests {
  @Test(arguments: Engine.allCases)
  func `a server's value goes before the developer's, and only there`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let secrets = stage.data.secrets
      #expect(try await stage.call("secrets.get", ["key": "API.key-1"]) == ["value": nil])
      try await secrets.setDefault(Secret(utf8: "developer's"), for: "API.key-1", of: "alpha")
      #expect(try await stage.call("secrets.get", ["key": "API.key-1"]) == ["value": "developer's"])
      try await stage.call("secrets.set", ["key": "API.key-1", "value": "sérver's 🎉"])
      #expect(try await stage.call("secrets.get", ["key": "API.key-1"]) == ["value": "sérver's 🎉"])
      #expect(
        try await stage.call("secrets.get", ["key": "API.key-1"], in: there) == ["value": "developer's"])
      #expect(try await stage.call("secrets.get", ["key": "API.key-1"], as: "beta") == ["value": nil])
      stage.time.advance(by: .seconds(5))
      try await secrets.set(Secret(utf8: "b"), for: "B", of: "alpha", in: here)
      let list = try await secrets.list(of: "alpha", in: here)
      #expect(list.map(\.name) == ["API.key-1", "B"])
      #expect(list.map(\.changedAt) == [stage.time.now - .seconds(5), stage.time.now])
      try await stage.call("secrets.del", ["key": "API.key-1"])
      try await stage.call("secrets.del", ["key": "API.key-1"])
      #expect(try await stage.call("secrets.get", ["key": "API.key-1"]) == ["value": "developer's"])
      #expect(try await secrets.defaults(of: "alpha").map(\.name) == ["API.key-1"])
      try await secrets.setDefault(nil, for: "API.key-1", of: "alpha")
      #expect(try await secrets.defaults(of: "alpha").isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `values are sealed, each for its own place`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      try await stage.call("secrets.set", ["key": "A", "value": "the plain text"])
      try await stage.call("secrets.set", ["key": "B", "value": "another one"])
      try await stage.call("secrets.set", ["key": "A", "value": "beta's"], as: "beta")
      let store = stage.storage.guild(Tenant(101))
      let sealed: [UInt8] = try #require(
        try await store.rows(
          "SELECT value FROM sandbox_secret WHERE guild_id > 0 AND plugin = 'alpha' AND name = 'A'"
        ).first
      ).get(0)
      #expect(!String(decoding: sealed, as: UTF8.self).contains("plain"))
      try await store.execute(
        "UPDATE sandbox_secret SET value = \(sealed) WHERE guild_id > 0 AND plugin = 'alpha' AND name = 'B'")
      try await store.execute(
        "UPDATE sandbox_secret SET value = \(sealed) WHERE guild_id > 0 AND plugin = 'beta'")
      await #expect(throws: VaultError.self) { try await stage.call("secrets.get", ["key": "B"]) }
      await #expect(throws: VaultError.self) { try await stage.call("secrets.get", ["key": "A"], as: "beta") }
      #expect(try await stage.call("secrets.get", ["key": "A"]) == ["value": "the plain text"])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a bound name goes to its host and nowhere else, not to the plugin either`(_ engine: Engine)
    async throws
  {
    try await withStage(engine) { stage async throws in
      let secrets = stage.data.secrets
      func value(_ host: String, _ name: String = "TOKEN") async throws -> String {
        try await secrets.value(of: name, plugin: "alpha", guild: here, boundTo: host).exposedText
      }
      func code(_ host: String, _ name: String = "TOKEN") async -> RPCError.Code? {
        await #expect(throws: RPCError.self) { try await value(host, name) }?.code
      }
      try await secrets.setDefault(Secret(utf8: "developer's"), for: "TOKEN", of: "alpha")
      #expect(await code("api.example.com") == .capabilityDenied)
      try await secrets.bindDefault("TOKEN", of: "alpha", to: "Example.COM.")
      #expect(try await secrets.defaults(of: "alpha").first?.boundTo == "example.com")
      #expect(try await value("API.example.com") == "developer's")
      #expect(try await value("example.com.") == "developer's")
      for host in [
        "notexample.com", "example.com.evil.org", "com", "", "example.com:443", "evil.org/example.com",
      ] {
        #expect(await code(host) == .capabilityDenied, "\(host)")
      }
      try await secrets.set(Secret(utf8: "server's"), for: "TOKEN", of: "alpha", in: here)
      #expect(try await value("example.com") == "server's")
      #expect(try await stage.call("secrets.get", ["key": "TOKEN"]) == ["value": nil])
      #expect(await code("example.com", "OTHER") == .capabilityDenied)
      try await secrets.bindDefault("OTHER", of: "alpha", to: "example.com")
      #expect(await code("example.com", "OTHER") == .validation)
      try await secrets.bindDefault("TOKEN", of: "alpha", to: nil)
      #expect(try await stage.call("secrets.get", ["key": "TOKEN"]) == ["value": "server's"])
      for host in ["https://a.b", "a b", "", "a:80", "..", String(repeating: "a", count: 254)] {
        await #expect(throws: RPCError.self) { try await secrets.bindDefault("TOKEN", of: "alpha", to: host) }
      }
    }
  }

  @Test func `names, values and their number are checked here, and no error has a value`() async throws {
    try await withStage(.embedded) { stage async throws in
      for key in ["", "a b", "a/b", "ä", "a\u{0}", String(repeating: "k", count: 65)] {
        for method in ["secrets.get", "secrets.set", "secrets.del"] {
          #expect(try await stage.refusal(method, ["key": .string(key), "value": "v"]) == .validation)
        }
      }
      let long = "hidden" + String(repeating: "ü", count: 4_091)
      for value: JSONValue in ["", .string(long), 5, nil] {
        let error = await #expect(throws: RPCError.self) {
          try await stage.call("secrets.set", ["key": "A", "value": value])
        }
        #expect(error.map { "\($0)".contains("hidden") } == false)
      }
      try await stage.call("secrets.set", ["key": "A", "value": .string(String(long.dropLast()))])
      for index in 1..<100 {
        try await stage.call("secrets.set", ["key": .string("k\(index)"), "value": "v"])
      }
      #expect(try await stage.refusal("secrets.set", ["key": "more", "value": "v"]) == .quotaExceeded)
      #expect(try await stage.refusal("secrets.set", ["key": "k1", "value": "new"]) == nil)
    }
  }
}
