// The whole of the room, on both engines: hosts, erasing, and whether the tables are what they are declared to be.

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
import Vault

@Suite(.timeLimit(.minutes(3))) struct GuestDataTests {
  @Test(arguments: Engine.allCases)
  func `hosts are exact, of one kind, of one plugin in one server`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let hosts = stage.data.hosts
      let by = UserID(7)
      #expect(
        try await hosts.add("Play.Example.COM.", .http, of: "alpha", in: here, by: by, at: stage.time.now)
          == "play.example.com")
      try await hosts.add("play.example.com", .http, of: "alpha", in: here, by: nil, at: stage.time.now)
      try await hosts.add("203.0.113.7", .ws, of: "alpha", in: here, by: nil, at: stage.time.now)
      #expect(try await hosts.allows("play.example.com", .http, of: "alpha", in: here))
      for (host, kind, plugin, guild): (String, HostAllowList.Kind, String, GuildID) in [
        ("a.play.example.com", .http, "alpha", here), ("example.com", .http, "alpha", here),
        ("play.example.com", .ws, "alpha", here), ("play.example.com", .http, "beta", here),
        ("play.example.com", .http, "alpha", there), ("%", .http, "alpha", here),
      ] {
        #expect(try await !hosts.allows(host, kind, of: plugin, in: guild))
      }
      #expect(
        try await hosts.list(.http, of: "alpha", in: here).map(\.addedBy) == [by])
      #expect(try await hosts.list(.ws, of: "alpha", in: here).map(\.host) == ["203.0.113.7"])
      _ = try await Erasure(stage.storage, time: stage.time).person(by, in: Tenant(101))
      #expect(try await hosts.list(.http, of: "alpha", in: here).map(\.addedBy) == [nil])
      try await hosts.remove("PLAY.example.com", .http, of: "alpha", in: here)
      #expect(try await hosts.list(.http, of: "alpha", in: here).isEmpty)
      for host in ["https://a.b", "a.b:80", "a/b", "a b", "", "a@b", "ä.de"] {
        await #expect(throws: RPCError.self) {
          try await hosts.add(host, .http, of: "alpha", in: here, by: nil, at: stage.time.now)
        }
      }
      for index in 0..<99 {
        try await hosts.add("h\(index).org", .ws, of: "alpha", in: here, by: nil, at: stage.time.now)
      }
      await #expect(throws: RPCError.self) {
        try await hosts.add("more.org", .ws, of: "alpha", in: here, by: nil, at: stage.time.now)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `erasing a plugin in a server leaves nothing of it there, and everything else`(_ engine: Engine)
    async throws
  {
    try await withStage(engine) { stage async throws in
      for (plugin, guild) in [("alpha", here), ("beta", here), ("alpha", there)] {
        try await stage.call("kv.put", ["key": "k", "value": 1], as: plugin, in: guild)
        try await stage.call("secrets.set", ["key": "k", "value": "v"], as: plugin, in: guild)
        try await stage.call("ephemeral.flag_set", ["key": "k", "ttl_seconds": 60], as: plugin, in: guild)
        try await stage.call("metrics.record", ["metric": "m"], as: plugin, in: guild)
        try await stage.data.hosts.add("a.b", .http, of: plugin, in: guild, by: nil, at: stage.time.now)
        stage.data.note(
          GuestLogLine(
            at: stage.time.now, guild: guild, plugin: plugin, source: .plugin, level: .info, message: "m"))
        stage.data.keep(stage.letter(of: plugin, in: guild))
      }
      await stage.data.flush()
      // What waits to be written goes as well.
      try await stage.call("metrics.record", ["metric": "m"])
      stage.data.logs.note(
        GuestLogLine(
          at: stage.time.now, guild: here, plugin: "alpha", source: .plugin, level: .info, message: "m"))
      stage.data.keep(stage.letter())
      try await stage.data.erase("alpha", in: here)
      await stage.data.flush()
      let tables = SandboxDataSchema.guild.flatMap(\.tables)
      for table in tables where table.columns.contains(where: { $0.name == "plugin" }) {
        let name = table.name
        for (guild, plugins) in [(101, ["beta"]), (202, ["alpha"])] as [(Int64, [String])] {
          let rows = try await stage.storage.guild(Tenant(guild)).rows(
            "SELECT DISTINCT plugin FROM \(unescaped: name) WHERE guild_id > 0")
          #expect(try rows.map { try $0.get(0, as: String.self) } == plugins, "\(name)")
        }
      }
      for table in ["sandbox_metric_step", "sandbox_metric_hour", "sandbox_metric_day"] {
        let rows = try await stage.storage.guild(Tenant(101)).rows(
          "SELECT COUNT(*) FROM \(unescaped: table) WHERE guild_id > 0")
        #expect(try rows.first?.get(0) == 1)
      }
      #expect(try await stage.call("ephemeral.flag_check", ["key": "k"]) == ["active": false])
      #expect(try await stage.call("ephemeral.flag_check", ["key": "k"], as: "beta") == ["active": true])
    }
  }

  @Test(arguments: Engine.allCases)
  func `uninstalling takes the credentials at once, and removing a plugin the developer's`(_ engine: Engine)
    async throws
  {
    try await withStage(engine) { stage async throws in
      try await stage.call("kv.put", ["key": "k", "value": 1])
      try await stage.call("secrets.set", ["key": "k", "value": "v"])
      try await stage.data.secrets.setDefault(Secret(utf8: "d"), for: "k", of: "alpha")
      try await stage.data.uninstalled("alpha", from: here)
      #expect(try await stage.data.secrets.list(of: "alpha", in: here).isEmpty)
      #expect(try await stage.call("kv.get", ["key": "k"]) == ["value": 1])
      #expect(try await stage.call("secrets.get", ["key": "k"]) == ["value": "d"])
      try await stage.data.erase("alpha")
      #expect(try await stage.call("secrets.get", ["key": "k"]) == ["value": nil])
    }
  }

  @Test(arguments: Engine.allCases)
  func `the columns that are there are those that are declared`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let guild = stage.storage.guild(Tenant(101))
      for (table, store) in SandboxDataSchema.guild.flatMap(\.tables).map({ ($0, guild as any Store) })
        + SandboxDataSchema.platform.flatMap(\.tables).map({ ($0, stage.storage.platform as any Store) })
      {
        let condition = table.hasTenant ? "t.guild_id > 0" : "TRUE"
        let rows = try await store.rows(
          "SELECT t.* FROM (SELECT 1 AS one) o LEFT JOIN \(unescaped: table.name) t ON \(unescaped: condition) LIMIT 1"
        )
        #expect(Set(rows.first?.columns ?? []) == Set(table.columns.map(\.name)), "\(table.name)")
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `an export has what plugins keep and no credential`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      try await stage.call("kv.put", ["key": "k", "value": "plainly there"])
      try await stage.call("secrets.set", ["key": "NAME", "value": "never there"])
      var bytes: [UInt8] = []
      _ = try await DataExport(stage.storage, time: stage.time).guild(Tenant(101)) { bytes += $0 }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("plainly there") && text.contains("NAME"))
      #expect(!text.contains("never there"))
      let rows = try JSONValue(parsing: bytes)["tables"]?.array?.first { $0["table"] == "sandbox_secret" }?[
        "rows"]
      #expect(rows?.array?.first?.object?.fields.contains { $0.key == "value" } == false)
    }
  }
}
