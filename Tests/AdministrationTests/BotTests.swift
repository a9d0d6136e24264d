// Bots by command: tokens checked with Discord, given, replaced, forgotten; on record in the servers they are for.

import Administration
import Assembly
import Bus
import DiscordCore
import DiscordTestKit
import EventLoop
import JSON
import PlatformAudit
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import Testing
import Vault

@Suite(.timeLimit(.minutes(2))) struct BotTests {
  private struct Cast: Sendable {
    let second: UserID
    let secondToken: String
    let demoToken: String
    let guild: GuildID
  }

  @Test(arguments: Engine.allCases)
  func `a server gets a bot of its own, which gets a new token and goes`(_ engine: Engine) async throws {
    try await withSimulator { simulator in
      let found = await simulator.withWorld { world -> Cast? in
        guard let second = world.applications.values.first(where: { $0.name == "Second Bot" }),
          let demo = world.demoApplication,
          let guild = world.guilds.values.first(where: { $0.name == "Lanternfall" })
        else { return nil }
        return Cast(
          second: second.botID, secondToken: second.botToken, demoToken: demo.botToken, guild: guild.id)
      }
      let cast = try #require(found)
      try await withInstallation(engine) { installation in
        try await installation.run(schema: .installation()) { storage in
          let house = try House(
            HouseSettings(discordAPI: simulator.apiBase), storage: storage,
            bus: LocalBus(time: SystemTime(), metrics: MetricRegistry()), metrics: MetricRegistry())
          try await house.directory.note(
            [
              GuildSighting(
                guild: Tenant(cast.guild), name: "Lanternfall", icon: nil, owner: UserID(5), memberCount: 3)
            ], by: UserID(6), at: house.time.now)
          try await play(cast, simulator, try Administrator(house, isRunning: false), storage)
          await house.close()
        }
      }
    }
  }

  private func play(
    _ cast: Cast, _ simulator: Simulator, _ administrator: Administrator, _ storage: Storage
  ) async throws {
    let printed = Mutex("")
    let output = AdminOutput(write: { text in printed.withLock { $0 += text } }, note: { _ in })
    func run(_ words: String..., token: String? = nil) async -> AdminFailure? {
      printed.withLock { $0 = "" }
      return await administrator.run(words, input: token.map { Secret(utf8: $0) }, to: output)
    }
    func json() throws -> JSONValue { try JSONValue(parsing: Array(printed.withLock { $0 }.utf8)) }
    let (guild, bot) = (cast.guild.description, cast.second.description)

    // As people paste it: with a line end.
    #expect(await run("bot", "set-token", guild, "--json", token: cast.secondToken + "\n") == nil)
    #expect(try json()["bot"]?.string == bot)
    #expect(!printed.withLock { $0.contains(cast.secondToken) })
    #expect(await run("bot", "list", "--json") == nil)
    let listed = try #require(try json().array?.first)
    #expect(listed["guilds"]?.array?.map(\.string) == [guild])
    #expect(listed["application_name"] == "Second Bot")
    #expect(listed["state"] == "not running here")

    let other = await run("bot", "rotate", bot, token: cast.demoToken)
    #expect(other?.exitCode == 1)
    #expect(other?.description.contains("another application") == true)
    let fresh = await simulator.withWorld { world in
      let token = world.makeBotToken(cast.second.converted())
      world.applications[cast.second.converted()]?.botToken = token
      return token
    }
    #expect(await run("bot", "rotate", bot, token: cast.secondToken)?.exitCode == 1)
    #expect(await run("bot", "rotate", bot, token: fresh) == nil)
    #expect(await run("bot", "restart", bot) == nil)
    #expect(await run("bot", "remove", bot)?.exitCode == 2)
    #expect(await run("bot", "remove", bot, "--yes") == nil)
    #expect(await run("bot", "remove", bot, "--yes")?.description.contains("no such bot") == true)

    let audit = try await AuditLog(storage.guild(Tenant(cast.guild))).entries()
    #expect(audit.map(\.action) == ["bot.remove", "bot.restart", "bot.rotate", "bot.register"])
    #expect(audit.allSatisfy { $0.actor == .operator && $0.target == bot })
  }
}
