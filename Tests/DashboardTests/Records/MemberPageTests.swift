// Members on the dashboard: finding them, their record, and acts that the commands' rules decide about.

import DiscordCore
import HTTPServer
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import Testing

@Suite(.timeLimit(.minutes(10))) struct MemberPageTests {
  private static let once = "once-once-once-1234"

  @Test func `members are found by name and id, and hostile names stay text`() async throws {
    try await DashboardStage.run { stage in
      let evil = try await stage.newcomer("<img src=x onerror=alert(1)>")
      let browser = try await stage.browser(as: stage.manager)
      let base = "/g/\(stage.guild)/members"
      try await stage.eventually("the newcomer is seen") {
        try await browser.get(base + "?q=\(evil)").text.contains("/members/\(evil)")
      }
      let all = try await browser.get(base)
      #expect(
        all.text.contains("mara") && all.text.contains("&lt;img src=x") && !all.text.contains("<img src=x"))
      let found = try await browser.get(base + "?q=ARA")
      #expect(found.text.contains("mara") && !found.text.contains("/members/\(stage.member)"))
      let unseen = try await browser.get(base + "?q=123456789012345678")
      #expect(unseen.text.contains("/members/123456789012345678"))
      #expect(!all.text.contains("⟦"))
    }
  }

  @Test func `the owner warns, notes and kicks, and the page shows the record`() async throws {
    try await DashboardStage.run { stage in
      try await stage.enable("moderation")
      let browser = try await stage.browser(as: stage.owner)
      let page = "/g/\(stage.guild)/members/\(stage.member)"
      let before = try await browser.get(page)
      #expect(before.status == .ok && before.text.contains("Nothing is on record."))
      let warned = try await browser.postJSON(
        page + "/act", [("act", "warn"), ("once", Self.once), ("reason", "too <loud>")])
      #expect(try warned.json()["message"]?.string == "Warned. Case 1.")
      // The same form again is the same act.
      let again = try await browser.postJSON(
        page + "/act", [("act", "warn"), ("once", Self.once), ("reason", "too <loud>")])
      #expect(try again.json()["message"]?.string == "Warned. Case 1.")
      let after = try await browser.get(page)
      #expect(after.text.contains("too &lt;loud&gt;") && after.text.contains("/moderation/case?number=1"))
      #expect(!after.text.contains("⟦"))
      let kicked = try await browser.postJSON(page + "/act", [("act", "kick"), ("once", Self.once + "b")])
      #expect(try kicked.json()["message"]?.string == "Kicked. Case 2.")
      let (guild, member) = (stage.guild, stage.member)
      #expect(await stage.simulator.withWorld { $0.guilds[guild]?.members[member] == nil })
      let list = try await browser.get("/g/\(stage.guild)/audit")
      #expect(list.text.contains("kicked"))
    }
  }

  @Test func `a manager without the permission in Discord is refused as by command`() async throws {
    try await DashboardStage.run { stage in
      try await stage.enable("moderation")
      let browser = try await stage.browser(as: stage.manager)
      let page = "/g/\(stage.guild)/members/\(stage.member)"
      _ = try await browser.get(page)
      for act in ["warn", "kick", "ban"] {
        let answer = try await browser.postJSON(page + "/act", [("act", act), ("once", Self.once + act)])
        #expect(answer.status == HTTPStatus(422))
        #expect(
          answer.text.contains(
            act == "warn" ? "MODERATE_MEMBERS" : act == "kick" ? "KICK_MEMBERS" : "BAN_MEMBERS")
            || answer.text.lowercased().contains("permission"), "\(answer.text)")
      }
      let (guild, member) = (stage.guild, stage.member)
      #expect(await stage.simulator.withWorld { $0.guilds[guild]?.members[member] != nil })
    }
  }

  @Test func `nobody acts where moderation is off, and times must be times`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      let page = "/g/\(stage.guild)/members/\(stage.member)"
      #expect(try await browser.get(page).text.contains("Moderation is switched off"))
      let off = try await browser.postJSON(page + "/act", [("act", "warn"), ("once", Self.once)])
      #expect(off.status == HTTPStatus(422))
      try await stage.enable("moderation")
      let never = try await browser.postJSON(
        page + "/act", [("act", "timeout"), ("once", Self.once), ("duration", "soon")])
      #expect(never.status == HTTPStatus(422) && never.text.contains("soon"))
      #expect(
        try await browser.postJSON(page + "/act", [("act", "explode"), ("once", Self.once)]).status.code
          == 400)
    }
  }
}
