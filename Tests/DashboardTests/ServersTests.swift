// The server picker and the overview: who sees what, and what one press sets up.

import PlatformAccounts
import EventLoop
import Assembly
import DiscordCore
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct ServersTests {
  @Test func `a person sees the servers where they have a role, and no others`() async throws {
    try await DashboardStage.run { stage in
      for (user, role) in [(stage.owner, "Owner"), (stage.manager, "Manager")] {
        let page = try await stage.browser(as: user).get("/servers")
        #expect(page.status == .ok)
        #expect(page.text.contains("href=\"/g/\(stage.guild)\""))
        #expect(page.text.contains(role))
        #expect(!page.text.contains("Elsewhere"))
      }
      let member = try await stage.browser(as: stage.member).get("/servers")
      #expect(!member.text.contains("/g/\(stage.guild)"))
      #expect(member.text.contains("No servers yet"))
    }
  }

  @Test func `whoever was given access finds the server in the list`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.member)
      _ = try await AccessStore(stage.store).grant(
        AccessGrant(.user(stage.member), .viewer), by: stage.owner, at: stage.time.now)
      let page = try await browser.get("/servers")
      #expect(page.text.contains("href=\"/g/\(stage.guild)\""))
      #expect(page.text.contains("Viewer"))
    }
  }

  @Test func `a server that a person manages without the bot can be added with few permissions`() async throws
  {
    try await DashboardStage.run { stage in
      let owner = stage.owner
      let empty = await stage.simulator.withWorld { world in
        world.makeGuild("Empty <b>hall</b>", owner: owner).id
      }
      let page = try await stage.browser(as: owner).get("/servers")
      #expect(page.text.contains("Empty &lt;b&gt;hall&lt;/b&gt;"))
      #expect(page.text.contains("guild_id=\(empty)"))
      let link = try #require(
        page.text.split(separator: "\"").first { $0.contains("guild_id=\(empty)") })
      let permissions = try #require(
        link.replacing("&amp;", with: "&").split(separator: "&").first { $0.contains("permissions=") })
      let bits = try #require(UInt64(permissions.split(separator: "=").last ?? ""))
      #expect(!Permissions(rawValue: bits).contains(.administrator))
      #expect(Permissions(rawValue: bits).contains(.banMembers))
    }
  }

  @Test
  func `when Discord does not list a person's servers any more, the page says so and shows what is known`()
    async throws
  {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      let house = stage.house
      let accounts = Accounts(
        store: house.storage.platform, sessions: house.sessions, tokens: house.apiTokens)
      var tokens = try #require(try await accounts.tokens(of: stage.owner))
      tokens.refresh = nil
      try await accounts.setTokens(tokens, of: stage.owner)
      await stage.simulator.withWorld { $0.accessTokens.removeAll() }
      let page = try await browser.get("/servers")
      #expect(page.status == .ok)
      #expect(page.text.contains("sign in again"))
      // What they own is known without Discord's list.
      #expect(page.text.contains("href=\"/g/\(stage.guild)\""))
    }
  }

  @Test
  func `a gain of access is felt within seconds, a loss at once, and strangers cost Discord one question`()
    async throws
  {
    try await DashboardStage.run { stage in
      let stranger = try await stage.newcomer("stan", joins: false)
      let browser = try await stage.browser(as: stranger)
      let asked = Recorder<String>()
      let check = await stage.simulator.onExchange
      await stage.simulator.observe { exchange in
        check?(exchange)
        if exchange.target.hasSuffix("/members/\(stranger)") { asked.record(exchange.target) }
      }
      for _ in 0..<5 { #expect(try await browser.get("/g/\(stage.guild)").status == .notFound) }
      #expect(asked.values.count == 1)
      let guild = stage.guild
      try await stage.simulator.withWorld { world throws(RESTFailure) in try world.join(stranger, guild) }
      _ = try await AccessStore(stage.store).grant(
        AccessGrant(.user(stranger), .viewer), by: stage.owner, at: stage.time.now)
      await stage.advance(by: .seconds(11))
      try await stage.eventually("the gain is felt") {
        try await browser.get("/g/\(stage.guild)").status == .ok
      }
      _ = try await AccessStore(stage.store).revoke(.user(stranger))
      #expect(try await browser.get("/g/\(stage.guild)").status == .notFound)
    }
  }
}
