// Who may see what: computed by the bot's own view, at the moment of the request.

import HTTPServer
import HTTPTypes
import JSON
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccessTests {
  @Test func `roles follow what the bot sees, not what was so at the sign-in`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      #expect(try await manager.get("/g/\(stage.guild)").status == .ok)
      try await stage.act(
        .patch, "/guilds/\(stage.guild)/members/\(stage.manager)", ["roles": []], as: stage.owner)
      try await stage.eventually("the demotion is felt") {
        try await manager.get("/g/\(stage.guild)").status == .notFound
      }
    }
  }

  @Test func `whoever has no role in a server is told that there is nothing`() async throws {
    try await DashboardStage.run { stage in
      for user in [stage.member, stage.otherOwner, stage.operatorUser] {
        let browser = try await stage.browser(as: user)
        #expect(try await browser.get("/g/\(stage.guild)").status == .notFound)
      }
    }
  }
}
