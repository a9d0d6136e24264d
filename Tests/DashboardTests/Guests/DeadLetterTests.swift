// Events that a plugin failed at: who sees them, and what the buttons do.

import Assembly
import DiscordCore
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAudit
import Sandbox
import SandboxContract
import SandboxData
import SandboxTestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct DeadLetterPageTests {
  private func letters(_ stage: DashboardStage) async throws -> [StoredDeadLetter] {
    try await stage.house.sandbox.deadLetters(of: "asked", in: stage.guild)
  }

  @Test func `what was given up is shown, delivered once more with what may be seen now, or thrown away`()
    async throws
  {
    try await AskedPlugin.run { stage, plugin in
      let viewer = try await stage.browser(as: try await stage.granted(.viewer, "vera"))
      let manager = try await stage.browser(as: stage.manager)
      let first = try await stage.keepDeadLetter("<i>first</i>", of: "asked").number
      let second = try await stage.keepDeadLetter("second", of: "asked").number
      let seen = try await viewer.get("\(plugin.here)/log")
      #expect(
        seen.text.contains("Events that were given up") && seen.text.contains("&lt;i")
          && !seen.text.contains("<i>first"))
      #expect(!seen.text.contains("Deliver again"))
      let (one, two) = ("\(plugin.here)/dead-letters/\(first)", "\(plugin.here)/dead-letters/\(second)")
      #expect(try await viewer.post(one, [("act", "redeliver")]).status == .forbidden)
      #expect(try await manager.get("\(plugin.here)/log").text.contains("Deliver again"))
      #expect(try await manager.post(one, [("act", "redeliver")], csrf: "").status == .forbidden)
      #expect(try await manager.post(one, [("act", "burn")]).status == .badRequest)
      #expect(try await letters(stage).count == 2)

      #expect(try await manager.post(one, [("act", "redeliver")]).status == .seeOther)
      try await stage.eventually("the plugin got it", within: .seconds(30)) {
        plugin.launcher.transcript.contains { $0.method == "event.ack" }
      }
      let event = try #require(
        plugin.launcher.transcript.first { $0.speaker == .host && $0.method == "event.message_create" })
      // The server lets this plugin see no contents.
      #expect(event.params["event"]?["message_id"] == "1")
      #expect(event.params["event"]?["content"]?.string?.isEmpty ?? true)
      #expect(try await manager.post(two, [("act", "discard")]).status == .seeOther)
      #expect(try await letters(stage).isEmpty)
      // Somebody was faster.
      let late = try await manager.post(two, [("act", "redeliver")])
      #expect(late.status == .seeOther)
      #expect(try await manager.get("\(plugin.here)/log").text.contains("somebody else was faster"))
      let audit = try await manager.get("/g/\(stage.guild)/audit").text
      #expect(audit.contains("had an event delivered to") && audit.contains("threw away an event"))
      #expect(audit.contains("installed"))
      #expect(try await !manager.get("\(plugin.here)/log").text.contains("Events that were given up"))
    }
  }

  @Test func `nothing is delivered to a plugin that is switched off, and nothing is lost`() async throws {
    try await AskedPlugin.run { stage, plugin in
      let manager = try await stage.browser(as: stage.manager)
      let number = try await stage.keepDeadLetter("x", of: "asked").number
      try await stage.house.sandbox.setEnabled(
        false, plugin: "asked", in: stage.guild, by: GuestActor(.user(stage.owner)))
      #expect(try await !manager.get("\(plugin.here)/log").text.contains("Deliver again"))
      _ = try await manager.post("\(plugin.here)/dead-letters/\(number)", [("act", "redeliver")])
      #expect(try await manager.get("\(plugin.here)/log").text.contains("Switch it on first"))
      #expect(try await letters(stage).map(\.number) == [number])
    }
  }
}
