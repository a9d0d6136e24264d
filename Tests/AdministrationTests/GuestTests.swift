// Third-party plugins by the operator's commands: taken, shown, let in, changed, taken out.

import Synchronization
import Assembly
import Administration
import DiscordCore
import JSON
import PlatformAudit
import Sandbox
import SandboxContract
import SandboxData
import SandboxTestKit
import Storage
import StorageTestKit
import Testing
import Vault

/// A plugin that asks for something harmless, something risky and something dangerous.
private func garden(_ version: String = "1.0.0") throws -> [UInt8] {
  let manifest = """
    {"id": "garden", "name": "Garden", "version": "\(version)", "author": "Ada", "description": "Grows.",
     "capabilities_required": ["storage:kv", "events:message_content", "discord:ban_members", "proxy:http"],
     "proxy_domains_requested": ["seeds.example.com", "rain.example.com"]}
    """
  let source = "from yourbot_sdk import Plugin\nplugin = Plugin()\nplugin.run()\n"
  return try ZipWriter.zip([ZipEntry("manifest.json", manifest), ZipEntry("__main__.py", source)])
}

@Suite(.timeLimit(.minutes(3))) struct GuestTests {
  @Test(arguments: Engine.allCases)
  func `a zip is shown first, and comes in only when that is confirmed`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      let shown = try await desk.json("plugin install garden.zip 42", bytes: try garden())
      #expect(shown["installed"] == false)
      #expect(
        shown["asks_for"] == ["discord:ban_members", "events:message_content", "proxy:http", "storage:kv"])
      #expect(shown["grants"]?["capabilities"] == ["proxy:http", "storage:kv"])
      #expect(desk.house.sandbox.stored(in: guild).isEmpty)
      #expect(try await desk.audit.isEmpty)

      let done = try await desk.json(
        "plugin install garden.zip 42 --yes --allow discord:ban_members --domains rain.example.com",
        bytes: try garden())
      #expect(done["installed"] == true)
      let grants = try #require(desk.house.sandbox.stored("garden", in: guild)).installation.grants
      #expect(grants.capabilities == [.http, .storageKV, .banMembers])
      #expect(grants.domains == ["rain.example.com"] && grants.privacy == .metadata)
      let entry = try #require(try await desk.audit.first)
      #expect((entry.actor, entry.action, entry.target) == (.operator, "plugin.install", "garden"))
    }
  }

  @Test
  func `the secrets that all servers share are set by the operator, listed without values, and forgotten`()
    async throws
  {
    try await Desk.run(.embedded) { desk async throws in
      let early = await desk.refusal("plugin set-secret garden API_KEY", input: "sesame-open")
      #expect(early?.description.contains("no 'garden' is offered") == true)
      try await desk.json("plugin install garden.zip", bytes: try garden())
      try await desk.json(
        "plugin set-secret garden API_KEY --host seeds.example.com", input: "sesame-open")
      try await desk.json("plugin set-secret garden PLAIN", input: "in-the-clear")
      let printed = Printed()
      #expect(await desk.run("plugin secrets garden", printed) == nil)
      let text = printed.text.withLock { $0 }
      #expect(text.contains("API_KEY") && text.contains("seeds.example.com") && text.contains("PLAIN"))
      #expect(!text.contains("sesame-open") && !text.contains("in-the-clear"))
      let bound = try await desk.house.sandbox.data.secrets.value(
        of: "API_KEY", plugin: "garden", guild: guild, boundTo: "seeds.example.com")
      #expect(bound.exposedText == "sesame-open")

      for (words, part) in [
        ("plugin set-secret garden API_KEY --host https://x/", "bare host name"),
        ("plugin set-secret garden k!", "A-Z a-z 0-9"),
        ("plugin forget-secret garden OTHER", "has no secret OTHER"),
      ] {
        let refusal = await desk.refusal(words, input: "sesame-open")
        #expect(refusal?.description.contains(part) == true, "\(words): \(refusal?.description ?? "done")")
      }
      try await desk.json("plugin forget-secret garden API_KEY")
      #expect(
        try await desk.json("plugin secrets garden").array?.compactMap { $0["name"]?.string } == ["PLAIN"])
    }
  }

  @Test(arguments: Engine.allCases)
  func `how often a plugin may ask the web is the operator's to say, in force at once and on record`(
    _ engine: Engine
  ) async throws {
    try await Desk.run(engine) { desk async throws in
      let early = await desk.refusal("plugin limit garden 200")
      #expect(early?.description.contains("no 'garden' is offered") == true)
      try await desk.json("plugin install garden.zip", bytes: try garden())
      let limits = desk.house.sandbox.data.limits
      let first = try await desk.json("plugin limit garden")
      #expect(first["per_minute"] == 60 && first["is_default"] == true && first["changed"] == false)
      #expect(await limits.perMinute(of: "garden") == 60)

      let raised = try await desk.json("plugin limit garden 200")
      #expect(raised["per_minute"] == 200 && raised["is_default"] == false && raised["changed"] == true)
      #expect(await limits.perMinute(of: "garden") == 200)
      // A server's own zip gains nothing by the name.
      #expect(await limits.perMinute(of: "garden@42") == 60)
      #expect(try await desk.text("plugin limit garden").contains("may make 200 web requests a minute"))
      #expect(try await desk.json("plugin limit garden 200")["changed"] == false)

      #expect(try await desk.json("plugin limit garden default")["per_minute"] == 60)
      #expect(await limits.perMinute(of: "garden") == 60)
      #expect(try await desk.text("plugin limit garden").contains("as every plugin may"))
      let entries = try await OperatorAudit(desk.storage.platform).entries()
        .filter { $0.action == "plugin.limit" }
      #expect(entries.map(\.before) == [200, 60] && entries.map(\.after) == [60, 200])
      #expect(entries.allSatisfy { $0.actor == .operator && $0.target == "garden" })
    }
  }

  @Test func `what a plugin asks for is said in words, with its risk`() async throws {
    try await Desk.run(.embedded) { desk async throws in
      let printed = Printed()
      #expect(await desk.run("plugin install garden.zip 42", bytes: try garden(), printed) == nil)
      let text = printed.text.withLock { $0 }
      for part in [
        "Garden 1.0.0 by Ada", "dangerous", "Ban members", "seeds.example.com", "It sees that people write",
        "Nothing is installed yet",
      ] {
        #expect(text.contains(part), "\(part) is missing in: \(text)")
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `what a plugin may is changed, and only what it asks for can be given`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      try await desk.json("plugin install garden.zip 42 --yes", bytes: try garden())
      try await desk.json("plugin grant 42 garden --allow all --deny discord:ban_members --privacy full")
      var grants = try #require(desk.house.sandbox.stored("garden", in: guild)).installation.grants
      #expect(grants.capabilities == [.http, .storageKV, .messageContent] && grants.privacy == .full)
      try await desk.json("plugin grant 42 garden --deny events:message_content --domains none")
      grants = try #require(desk.house.sandbox.stored("garden", in: guild)).installation.grants
      #expect(grants.privacy == .metadata && grants.domains.isEmpty)

      for (words, part) in [
        ("--allow storage:sql", "does not ask for storage:sql"),
        ("--domains evil.example", "does not ask for the address evil.example"),
        ("--privacy full", "goes with --allow events:message_content"),
      ] {
        let refusal = await desk.refusal("plugin grant 42 garden \(words)")
        #expect(refusal?.description.contains(part) == true, "\(refusal?.description ?? "nothing")")
      }
      #expect(
        try await desk.audit.map(\.action) == ["plugin.grants", "plugin.grants", "plugin.install"])
      // To look is no change.
      #expect(try await desk.json("plugin grant 42 garden")["installed"] == true)
      #expect(try await desk.audit.count == 3)
    }
  }

  @Test func `a plugin is switched, taken out, and its log is still there`() async throws {
    try await Desk.run(.embedded) { desk async throws in
      try await desk.json("plugin install garden.zip 42 --yes", bytes: try garden())
      #expect(try await desk.json("plugin disable 42 garden")["changed"] == true)
      #expect(try await desk.json("plugin disable 42 garden")["changed"] == false)
      let listed = try await desk.json("plugins 42").array?.first { $0["plugin"] == "garden" }
      #expect(listed?["third_party"] == true && listed?["enabled"] == false && listed?["state"] == "off")
      #expect(try await desk.json("plugin uninstall 42 garden")["installed"] == false)
      #expect(try await desk.json("plugins 42").array?.contains { $0["plugin"] == "garden" } == false)
      #expect(try await desk.json("plugin log 42 garden").array != nil)
      #expect(try await desk.json("plugin log garden").array != nil)
      #expect(
        await desk.refusal("plugin uninstall 42 garden")?.description.contains("no third-party plugin")
          == true)
      #expect(await desk.refusal("plugin log 42 weeds")?.description.contains("'weeds'") == true)
    }
  }

  @Test(arguments: Engine.allCases)
  func `an offer to every server is listed, and withdrawn`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      #expect(try await desk.json("plugin install garden.zip", bytes: try garden())["installed"] == false)
      #expect(try await desk.json("plugins")["third_party"]?.array?.first?["plugin"] == "garden")
      #expect(try await desk.house.sandbox.artifacts(for: guild).count == 1)
      #expect(try await desk.json("plugin withdraw garden")["withdrawn"] == 1)
      #expect(try await desk.house.sandbox.artifacts(for: guild).isEmpty)
      #expect(
        await desk.refusal("plugin withdraw garden")?.description.contains("no 'garden' is offered") == true)
    }
  }

  @Test func `a zip that is none is refused, and nothing is kept of it`() async throws {
    try await Desk.run(.embedded) { desk async throws in
      let refusal = await desk.run("plugin install garden.zip", bytes: Array("hello".utf8))
      #expect(refusal?.description.contains("this zip cannot be used") == true)
      #expect(await desk.run("plugin install garden.zip", bytes: nil)?.exitCode == 2)
      #expect(try await desk.house.sandbox.offers().isEmpty)
    }
  }

  @Test func `a server that is not known gets nothing`() async throws {
    try await Desk.run(.embedded) { desk async throws in
      let refusal = await desk.run("plugin install garden.zip 43 --yes", bytes: try garden())
      #expect(refusal?.description.contains("no server 43") == true)
      #expect(try await desk.house.sandbox.artifacts(for: GuildID(43)).isEmpty)
    }
  }
}
