// The operator's commands on a house, on both engines: what they do, what they leave on record, what they refuse.

import Administration
import Assembly
import Bus
import DiscordCore
import EventLoop
import JSON
import ModerationPlugin
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformSettings
import PlatformTenancy
import PlatformText
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import Testing
import Vault

@Suite(.timeLimit(.minutes(3))) struct AdministratorTests {
  @Test(arguments: Engine.allCases)
  func `servers are listed for people and for programs`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      let list = try await desk.json("guilds")
      #expect(list.array?.count == 1)
      #expect(list.array?.first?["name"] == "Tavern")
      #expect(list.array?.first?["guild"] == "42")
      let lines = try await desk.text("guilds").split(separator: "\n")
      #expect(lines.first == "GUILD  PHASE   MEMBERS  BOTS  NAME")
      #expect(lines.last == "42     joined  3        1000  Tavern")
    }
  }

  @Test(arguments: Engine.allCases)
  func `a plugin is switched on as the operator, on record`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      #expect(try await desk.json("plugin enable 42 greeter")["changed"] == true)
      #expect(try await desk.house.configurations.current(Tenant(guild)).isEnabled("greeter"))
      let entry = try #require(try await desk.audit.first)
      #expect(entry.actor == .operator)
      #expect((entry.action, entry.target) == ("plugin.enable", "greeter"))
      // Once more changes nothing, and is no entry.
      #expect(try await desk.json("plugin enable 42 greeter")["changed"] == false)
      #expect(try await desk.audit.count == 1)
      #expect(await desk.refusal("plugin disable 42 core")?.description == "core is always on")
      #expect(await desk.refusal("plugin enable 42 nothing")?.description.contains("nothing") == true)
      #expect(try await desk.audit.count == 1)
    }
  }

  @Test func `each command is told with its room and file`() async throws {
    try await Desk.run(.embedded) { desk async throws in
      let commands = try #require(try await desk.json("plugins")["commands"]?.array)
      let ping = try #require(commands.first { $0["command"] == "ping" })
      #expect(ping["room"] == "PlatformDispatch")
      #expect(ping["file"] == "Answers.swift")
      #expect(ping["plugin"] == "core")
    }
  }

  @Test(arguments: Engine.allCases)
  func `a setting passes the same validator as everywhere`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      try await desk.json("settings set 42 greeter message Good evening")
      #expect(try await desk.json("settings get 42 greeter")["message"] == "Good evening")
      #expect(try await desk.json("settings get 42")["greeter"]?["message"] == "Good evening")
      let entry = try #require(try await desk.audit.first)
      #expect((entry.actor, entry.action) == (.operator, "settings.change"))
      #expect(entry.before["message"] == "Hello")
      #expect(entry.after["message"] == "Good evening")
      let refusal = await desk.refusal("settings set 42 greeter delay 11")
      #expect(refusal?.exitCode == 1)
      #expect(refusal?.description.hasPrefix("delay: ") == true, "\(refusal?.description ?? "")")
      #expect(refusal?.description.contains("⟦") == false)
      // A rule of the record itself has the plugin's own sentence.
      let zone = await desk.refusal("settings set 42 core zone Nowhere")
      #expect(zone?.description.contains("time zone") == true)
      #expect(try await desk.audit.count == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `exported settings come back by import, all or nothing`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      try await desk.json("settings set 42 greeter delay 3")
      try await desk.json("plugin enable 42 greeter")
      let document = try await desk.text("settings export 42")
      try await desk.json("settings set 42 greeter delay 9")
      try await desk.json("settings set 42 core prefix !")
      try await desk.json("plugin disable 42 greeter")
      let report = try await desk.json("settings import 42", input: document)
      let changed = report.array?.filter { $0["changed"] == true } ?? []
      #expect(changed.map { $0["plugin"]?.string } == ["core", "greeter"])
      #expect(try await desk.json("settings get 42 greeter")["delay"] == 3)
      #expect(try await desk.json("settings get 42 core")["prefix"] == ".")
      #expect(try await desk.house.configurations.current(Tenant(guild)).isEnabled("greeter"))
      #expect(try await desk.audit.allSatisfy { $0.actor == .operator })

      let count = try await desk.audit.count
      let broken = document.replacing("\"delay\":3}", with: "\"delay\":99}").replacing(
        "\"prefix\":\".\"", with: "\"prefix\":\"?\"")
      #expect(await desk.refusal("settings import 42", input: broken)?.description.contains("delay") == true)
      #expect(await desk.refusal("settings import 42", input: "{")?.description.contains("JSON") == true)
      #expect(await desk.refusal("settings import 42")?.exitCode == 2)
      #expect(try await desk.json("settings get 42 core")["prefix"] == ".")
      #expect(try await desk.audit.count == count)

      // One plugin alone, from a document of all.
      try await desk.json("settings set 42 greeter delay 1")
      try await desk.json("settings set 42 core prefix !")
      try await desk.json("settings import 42 greeter", input: document)
      #expect(try await desk.json("settings get 42 greeter")["delay"] == 3)
      #expect(try await desk.json("settings get 42 core")["prefix"] == "!")
    }
  }

  @Test(arguments: Engine.allCases)
  func `access is given, listed and taken away, on record`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      try await desk.json("access grant 42 7 manager")
      try await desk.json("access grant 42 role:9 viewer")
      try await desk.json("access grant 42 7 owner")
      let list = try await desk.json("access list 42").array ?? []
      #expect(list.map { $0["subject"]?.string } == ["user:7", "role:9"])
      #expect(list.map { $0["role"]?.string } == ["owner", "viewer"])
      #expect(await desk.refusal("access revoke 42 7 viewer")?.description.contains("owner") == true)
      try await desk.json("access revoke 42 7")
      #expect(await desk.refusal("access revoke 42 7")?.exitCode == 1)
      let audit = try await desk.audit
      #expect(
        audit.map(\.action) == [
          "core.access.revoke", "core.access.grant", "core.access.grant", "core.access.grant",
        ])
      #expect(audit.allSatisfy { $0.actor == .operator })
      #expect(audit[0].before == "owner")
      #expect(audit[1].before == "manager" && audit[1].after == "owner")
      #expect(try await AccessStore(desk.storage.guild(Tenant(guild))).grants().count == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `the audit is read page by page and by action`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      for delay in 1...5 { try await desk.json("settings set 42 greeter delay \(delay)") }
      try await desk.json("plugin enable 42 greeter")
      let page = try await desk.json("audit 42 --limit 2").array ?? []
      #expect(page.map { $0["number"]?.int64 } == [6, 5])
      let next = try await desk.json("audit 42 --limit 2 --before 5").array ?? []
      #expect(next.map { $0["number"]?.int64 } == [4, 3])
      #expect(try await desk.json("audit 42 --action plugin.").array?.count == 1)
      #expect(try await desk.text("audit 42 --limit 1").contains("operator  plugin.enable  greeter"))
    }
  }

  @Test(arguments: Engine.allCases)
  func `cases are listed, all or a member's`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      let cases = CaseStore(desk.storage.guild(Tenant(guild)))
      for (number, target) in [7, 8, 7].enumerated() {
        var draft = CaseDraft(
          .ban, of: UserID(UInt64(target)), by: .person(UserID(5)), because: "spam \(number)",
          effectKey: "k\(number)", at: desk.time.now)
        draft.duration = .seconds(86_400)
        _ = try await cases.record(draft)
      }
      let all = try await desk.json("cases 42")
      #expect(all["total"] == 3)
      #expect(all["cases"]?.array?.map { $0["number"]?.int64 } == [3, 2, 1])
      #expect(all["cases"]?.array?.first?["by"] == "user:5")
      let own = try await desk.json("cases 42 7 --limit 1 --offset 1")
      #expect(own["total"] == 2)
      #expect(own["cases"]?.array?.map { $0["number"]?.int64 } == [1])
      let text = try await desk.text("cases 42 --limit 1")
      #expect(text.contains("spam 2"))
      #expect(text.contains("1 of 3"))
    }
  }

  @Test(arguments: Engine.allCases)
  func `why finds decisions by id, by link and by event`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      desk.house.dispatcher.note(
        WhyRecord(
          at: desk.time.now, plugin: "greeter", cause: "g1.s.5",
          subject: WhySubject(message: MessageID(77), member: UserID(8)), outcome: .noMatch, key: "nothing"),
        in: guild)
      for subject in ["77", "8", "https://discord.com/channels/42/3/77", "g1.s.5"] {
        let found = try await desk.json("why 42 \(subject)").array ?? []
        #expect(found.first?["outcome"] == "noMatch", "\(subject)")
      }
      #expect(try await desk.json("why 42 78").array?.isEmpty == true)
    }
  }

  @Test(arguments: Engine.allCases)
  func `notices of the operator and of a server are listed`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      let sentence = Sentence("notice.dispatch.timerGivenUp", ["timer": "x", "reason": "y"])
      desk.house.notices.report(NoticeDraft(.problem, from: "core", key: "x", sentence), to: .operators)
      desk.house.notices.report(
        NoticeDraft(.warning, from: "core", key: "y", sentence), to: .guild(Tenant(guild)))
      await desk.house.notices.write(all: true)
      #expect(try await desk.json("notices").array?.first?["severity"] == "problem")
      #expect(try await desk.json("notices 42").array?.first?["severity"] == "warning")
      #expect(try await desk.text("notices").contains("⟦") == false)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a person is exported and erased, one server at a time`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      try await desk.json("access grant 42 7 manager")
      let printed = Printed()
      #expect(await desk.run("data export person 7 42", printed) == nil)
      let export = try JSONValue(parsing: Array(printed.text.withLock { $0 }.utf8))
      #expect(export["user"] == "7")
      #expect(export["tables"]?.array?.contains { $0["table"] == "access_grant" } == true)
      #expect(printed.notes.withLock { $0.contains("rows of") })

      let refusal = await desk.refusal("data erase person 7 42")
      #expect(refusal?.exitCode == 2)
      #expect(refusal?.description.contains("--yes") == true)
      #expect(try await desk.json("access list 42").array?.count == 1)

      let report = try await desk.json("data erase person 7 42 --yes")
      #expect(report["tables"]?["access_grant"]?["deleted"] == 1)
      #expect(try await desk.json("access list 42").array?.isEmpty == true)
      let audit = try await desk.audit
      #expect(audit.map(\.action).prefix(2) == ["data.erase", "data.export"])
      #expect(audit.prefix(2).allSatisfy { $0.actor == .operator && $0.target == "7" })
    }
  }

  @Test(arguments: Engine.allCases)
  func `a server is erased with everything that is known of it`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      try await desk.json("settings set 42 greeter delay 5")
      _ = try await desk.house.directory.noteLeft([Tenant(guild)], by: bot, at: desk.time.now)
      #expect(await desk.refusal("data erase guild 42")?.exitCode == 2)
      let report = try await desk.json("data erase guild 42 --yes")
      #expect(report["store_destroyed"] == true)
      #expect(try await desk.storage.hasGuild(Tenant(guild)) == false)
      let record = try #require(try await desk.json("guilds").array?.first)
      #expect(record["phase"] == "erased")
      #expect(record["name"] == "")
      // What was in memory is gone, too.
      #expect(try await desk.house.configurations.current(Tenant(guild)).revision(of: "greeter") == 0)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a server that nobody knows is refused, and no store is made for it`(_ engine: Engine) async throws {
    try await Desk.run(engine) { desk async throws in
      for line in [
        "plugins 43", "plugin enable 43 greeter", "settings get 43", "settings set 43 greeter delay 1",
        "settings export 43", "access list 43", "access grant 43 7 viewer", "access revoke 43 7", "audit 43",
        "why 43 5", "notices 43", "cases 43", "data export guild 43", "data export person 7 43",
        "data erase guild 43 --yes", "data erase person 7 43 --yes",
      ] {
        let refusal = await desk.refusal(line)
        #expect(refusal?.exitCode == 1, "\(line)")
        #expect(refusal?.description.contains("43") == true, "\(line): \(refusal?.description ?? "done")")
      }
      #expect(try await desk.storage.hasGuild(Tenant(43)) == false)
    }
  }

  @Test func `a token that is none is refused in words, and never repeated`() async throws {
    try await Desk.run(.embedded) { desk async throws in
      let secret = "hQ8vZr1kXw2mPq9sTn4bYc7dLf0gJa3e"
      let refusal = await desk.refusal("bot set-token 42", input: secret)
      #expect(refusal?.description.contains("client secret") == true)
      #expect(refusal?.description.contains(secret) == false)
      #expect(await desk.refusal("bot set-token 42")?.exitCode == 2)
      #expect(await desk.refusal("bot restart 99")?.description.contains("no such bot") == true)
      #expect(try await desk.json("bot list").array?.isEmpty == true)
    }
  }
}
