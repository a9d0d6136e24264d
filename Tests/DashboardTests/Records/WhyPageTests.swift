// "Why did this fire?" on the dashboard.

import Assembly
import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import PlatformDispatch
import PlatformPlugins
import Testing

@Suite(.timeLimit(.minutes(10))) struct WhyPageTests {
  @Test func `decisions are found by link, member, channel and event`() async throws {
    try await DashboardStage.run { stage in
      let message = MessageID(1_400_000_000_000_000_001)
      func note(_ cause: String, _ subject: WhySubject, _ outcome: WhyRecord.Outcome) {
        stage.house.dispatcher.why.note(
          WhyRecord(
            at: stage.time.now, plugin: "core", cause: cause, subject: subject, outcome: outcome,
            key: "dispatch.breakerOpen"), in: stage.guild)
      }
      note("e-one", WhySubject(message: message, member: stage.member, channel: stage.channel), .acted)
      note("e-two", WhySubject(member: stage.owner), .exempt)
      let browser = try await stage.browser(as: stage.manager)
      let base = "/g/\(stage.guild)/why"
      let all = try await browser.get(base)
      #expect(all.status == .ok && all.text.contains("e-one") && all.text.contains("e-two"))
      #expect(all.text.contains("Acted") && all.text.contains("/members/\(stage.member)"))
      #expect(all.text.contains("https://discord.com/channels/\(stage.guild)/\(stage.channel)/\(message)"))
      #expect(all.text.contains("data-live=\"/g/\(stage.guild)/live\"") && !all.text.contains("⟦"))
      for query in [
        "https%3A%2F%2Fdiscord.com%2Fchannels%2F\(stage.guild)%2F\(stage.channel)%2F\(message)",
        "\(stage.member)", "\(stage.channel)", "e-one", "%40mel", "%23general",
      ] {
        let page = try await browser.get(base + "?q=\(query)")
        #expect(page.text.contains("q=e-one") && !page.text.contains("q=e-two"), "\(query)")
      }
      let exempt = try await browser.get(base + "?outcome=exempt")
      #expect(exempt.text.contains("q=e-two") && !exempt.text.contains("q=e-one"))
      #expect(try await browser.get(base + "?q=nothing").text.contains("Nothing was decided about that"))
    }
  }
}
