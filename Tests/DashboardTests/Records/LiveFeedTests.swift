// The live feed: what is written somewhere reaches whoever looks, in words, until they may look no more.

import Assembly
import Bus
import DiscordCore
import DiscordREST
import EventLoop
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import Simulator
import Storage
import Synchronization
import Testing

@testable import Dashboard

@Suite(.timeLimit(.minutes(10))) struct LiveFeedTests {
  /// What a stream has sent.
  private final class Heard: Sendable {
    private let events = Mutex<[ServerSentEvent]>([])

    private let isOver = Mutex(false)

    var hasEnded: Bool { isOver.withLock { $0 } }
    func end() { isOver.withLock { $0 = true } }
    func add(_ event: ServerSentEvent) { events.withLock { $0.append(event) } }

    func has(_ name: String, _ part: String) -> Bool {
      events.withLock { $0.contains { $0.event == name && $0.data.contains(part) } }
    }

    func count(_ name: String, _ part: String = "") -> Int {
      events.withLock { $0.count { $0.event == name && (part.isEmpty || $0.data.contains(part)) } }
    }
  }

  private func visit(_ stage: DashboardStage, _ browser: Browser) async throws -> GuildVisit {
    let site = SiteSettings(origin: DashboardStage.origin, discordAPI: stage.simulator.apiBase)
    let gate = Gate(try stage.house.dashboardEnvironment(site), try DashboardResources.load())
    let line = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    let request = try HTTPRequest(
      method: .get, target: "/g/\(stage.guild)/live", fields: ["Host": "guildhall.test", "Cookie": line],
      client: ClientView(address: IPAddress("203.0.113.7"), scheme: "http", host: "guildhall.test"))
    let visit = try await gate.guildVisit(request, stage.guild, .viewer)
    await gate.discord.shutdown()
    return visit
  }

  /// A notice may be missed; then it comes with the look that is taken every twenty seconds.
  private static let nextLook = Duration.seconds(40)

  @Test func `decisions and changes reach an open page, each once`() async throws {
    try await DashboardStage.run { stage in
      let visit = try await visit(stage, try await stage.browser(as: stage.manager))
      let heard = Heard()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await LiveFeed.follow(
            stage.guild, LiveDigests(visit.house), visit.house, LiveCheck(visit), LiveWords(visit)
          ) { heard.add($0) }
        }
        try await stage.eventually("the counters came") { heard.count("count.decisions") > 0 }
        stage.house.dispatcher.why.note(
          WhyRecord(
            at: stage.time.now, plugin: "core", cause: "e", subject: WhySubject(member: stage.member),
            outcome: .acted, key: "live-test"), in: stage.guild)
        try await stage.eventually("the decision came", within: Self.nextLook) {
          heard.has("why", "live-test")
        }
        try await stage.enable("automod")
        try await stage.eventually("the change came", within: Self.nextLook) {
          heard.has("audit", "switched AutoMod on")
        }
        #expect(heard.has("audit", "olive") && heard.count("why", "live-test") == 1)
        group.cancelAll()
        while let result = await group.nextResult() { _ = result }
      }
    }
  }

  @Test func `a stream ends when the role is lost`() async throws {
    try await DashboardStage.run { stage in
      _ = try await AccessStore(stage.store).grant(
        AccessGrant(.user(stage.member), .viewer), by: stage.owner, at: stage.time.now)
      let visit = try await visit(stage, try await stage.browser(as: stage.member))
      let heard = Heard()
      _ = try await AccessStore(stage.store).revoke(.user(stage.member))
      #expect(try await !LiveCheck(visit).mayStillRead())
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await LiveFeed.follow(
            stage.guild, LiveDigests(visit.house), visit.house, LiveCheck(visit), LiveWords(visit)
          ) { heard.add($0) }
          heard.end()
        }
        try await stage.eventually("the counters came") { heard.count("count.decisions") > 0 }
        await stage.advance(by: LiveFeed.checkPause)
        stage.house.pulses.beat(stage.tenant.description)
        try await stage.eventually("the stream ended", within: .seconds(30)) { heard.hasEnded }
        group.cancelAll()
      }
    }
  }

  @Test func `an account has so many streams and no more`() {
    let seats = LiveSeats(limit: 2)
    let first = seats.take(UserID(1))
    var second = seats.take(UserID(1))
    #expect(first != nil && second != nil && seats.take(UserID(1)) == nil && seats.take(UserID(2)) != nil)
    second = nil
    #expect(seats.take(UserID(1)) != nil)
    withExtendedLifetime((first, second)) {}
  }
}
