// The machine against a Discord of limits, in virtual time: no 429 but those nobody could foresee, and nobody starves.

import DiscordCore
import DiscordLimits
import Testing

/// The routes of the model, with limits like Discord's.
private let routes: [String: LimitModel.RouteLimits] = [
  "POST /channels/{channel.id}/messages": .init(hash: "msg", limit: 5, window: .seconds(5)),
  "DELETE /channels/{channel.id}/messages/{message.id}": .init(hash: "del", limit: 5, window: .seconds(1)),
  "PUT /channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me": .init(
    hash: "react", limit: 1, window: .milliseconds(250)),
  "PUT /guilds/{guild.id}/bans/{user.id}": .init(hash: "ban", limit: 10, window: .seconds(2)),
  "PATCH /guilds/{guild.id}/members/{user.id}": .init(hash: "member", limit: 10, window: .seconds(10)),
  "GET /guilds/{guild.id}/members": .init(hash: "list", limit: 10, window: .seconds(10)),
]

/// Offers at a steady rate: a mix of classes over so many guilds with five channels each.
private func offers(
  _ perSecond: Int, for seconds: Int, guilds: Int, seed: UInt64, patience: Duration
) -> [(at: Duration, request: EgressRequest)] {
  var numbers = SeededNumbers(seed: seed)
  return (0..<(perSecond * seconds)).map { index in
    let at = Duration.microseconds(Int64(index) * 1_000_000 / Int64(perSecond))
    let guild = UInt64.random(in: 1...UInt64(guilds), using: &numbers)
    let channel = MajorParameter.channel(guild * 10 + UInt64.random(in: 0..<5, using: &numbers))
    var call =
      switch Int.random(in: 0..<100, using: &numbers) {
      case ..<3: request("PUT", "/guilds/{guild.id}/bans/{user.id}", .guild(guild), .containment)
      case ..<20:
        request(
          "POST", "/interactions/{interaction.id}/{interaction.token}/callback",
          .interaction(UInt64(index), token: "t"), .interaction, isGloballyLimited: false)
      case ..<25: request("POST", "/channels/{channel.id}/messages", channel, .interaction)
      case ..<50: request("DELETE", "/channels/{channel.id}/messages/{message.id}", channel, .moderation)
      case ..<55: request("PATCH", "/guilds/{guild.id}/members/{user.id}", .guild(guild), .moderation)
      case ..<80: request("POST", "/channels/{channel.id}/messages", channel, .reply)
      case ..<90:
        request("PUT", "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me", channel, .reply)
      default: request("GET", "/guilds/{guild.id}/members", .guild(guild), .background)
      }
    call.guild = .init(guild)
    call.deadline = patience
    return (at, call)
  }
}

@Suite struct `Egress against limits` {
  @Test(arguments: 0..<24)
  func `whatever is offered in whatever order, Discord refuses nothing`(_ seed: UInt64) {
    var numbers = SeededNumbers(seed: seed &* 977)
    var configuration = EgressMachine.Configuration()
    configuration.globalLimit = Int.random(in: 5...120, using: &numbers)
    let model = LimitModel(routes, global: configuration.globalLimit)
    var simulation = EgressSimulation(EgressMachine(configuration), model, seed: seed)
    simulation.transit = .milliseconds(Int64.random(in: 1...110, using: &numbers))
    let guilds = Int.random(in: 1...6, using: &numbers)
    let report = simulation.run(
      offers(
        Int.random(in: 10...150, using: &numbers), for: 8, guilds: guilds, seed: seed,
        patience: .seconds(86_400)))
    #expect(simulation.model.refusals.isEmpty, "\(simulation.model.refusals)")
    #expect(report.finished == report.offered)
    #expect(simulation.machine.underwayCount == 0)
    #expect(simulation.machine.waitingCounts.allSatisfy { $0 == 0 })
  }

  /// The egress number of issue 3: 300 calls a second for five minutes.
  @Test func `300 calls a second for five minutes meet no 429 but those of limits nobody told`() throws {
    var configuration = EgressMachine.Configuration()
    configuration.globalLimit = 500
    var limits = routes
    // Twenty lists in thirty seconds, beside a bucket that allows thirty.
    limits["GET /guilds/{guild.id}/members"]?.untold = (20, .seconds(30))
    let model = LimitModel(limits, global: 500)
    var simulation = EgressSimulation(EgressMachine(configuration), model, seed: 1)
    let report = simulation.run(
      offers(300, for: 300, guilds: 40, seed: 2, patience: .seconds(120)), until: .seconds(420))
    print(table("300 calls/s, five minutes, room for them", report, simulation.model))
    #expect(report.offered == 90_000)
    #expect(simulation.model.refusals[.bucket] == nil)
    #expect(simulation.model.refusals[.global] == nil)
    let hits = simulation.model.untoldHits
    #expect(hits.count == 40, "the untold limit must have been met everywhere, or it proves nothing")
    #expect(hits.values.allSatisfy { $0 <= 2 }, "\(hits)")
    for priority in EgressPriority.allCases { #expect(report.waits[priority]?.isEmpty == false) }
    #expect(try #require(report.percentile(0.99, .containment)) < .seconds(2))
  }

  @Test func `six times what the global limit takes starves nobody and meets no 429`() throws {
    let model = LimitModel(routes, global: 50)
    var simulation = EgressSimulation(EgressMachine(), model, seed: 3)
    let report = simulation.run(
      offers(300, for: 120, guilds: 40, seed: 4, patience: .seconds(30)), until: .seconds(150))
    print(table("300 calls/s, two minutes, a global limit of 50/s", report, simulation.model))
    #expect(simulation.model.refusals.isEmpty, "\(simulation.model.refusals)")
    for priority in EgressPriority.allCases {
      #expect((report.waits[priority]?.count ?? 0) > 100, "\(priority)")
    }
    #expect(try #require(report.percentile(0.99, .containment)) < .seconds(1))
    // The limit is used, too: at least four fifths of what two minutes allow.
    #expect(simulation.model.admitted > 120 * 40)
  }
}

/// The waits of each class, for people.
private func table(_ title: String, _ report: EgressSimulation.Report, _ model: LimitModel) -> String {
  var lines = ["egress: \(title); 429s \(model.refusals), refused \(report.refused)"]
  for priority in EgressPriority.allCases {
    let milliseconds = { (share: Double) in
      report.percentile(share, priority).map { String(Int($0.seconds * 1_000)) } ?? "-"
    }
    lines.append(
      "  \(priority.name): \(report.waits[priority]?.count ?? 0) sent, waits p50 \(milliseconds(0.5)) ms, "
        + "p99 \(milliseconds(0.99)) ms")
  }
  return lines.joined(separator: "\n")
}
