// A token is looked at before it is taken: by its form, and by asking Discord.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordREST
import EventLoop
import HTTPClient
import PlatformBots
import PlatformTenancy
import PlatformText
import Simulator
import SimulatorWorld
import Storage
import Telemetry
import Testing
import Vault

@Suite(.timeLimit(.minutes(2)), .serialized) struct BotCheckTests {
  @Test(arguments: [
    ("", BotRefusal.empty), ("  \n", .empty), ("\"\"", .empty), ("80351110224678912", .applicationID),
    ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", .publicKey),
    ("hQ8vZr1kXw2mPq9sTn4bYc7dLf0gJa3e", .clientSecret), ("mfa.abcdefghijklmnopqrstuvwxyz", .userToken),
    ("not a token", .malformed), ("a.b.c", .malformed), ("ODAzNTEx.Gabcde", .malformed),
    (String(repeating: "x", count: 5_000), .malformed),
  ])
  func `what is no token is told apart without asking Discord`(_ pasted: String, _ refusal: BotRefusal)
    async throws
  {
    // Nobody listens there.
    let loop = try EventLoop(name: "nobody")
    defer { loop.shutdown() }
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = "http://127.0.0.1:1"
    let check = BotCheck(environment: environment)
    await #expect(throws: refusal) { try await check.check(Secret(utf8: pasted)) }
    environment.loops[0].client.shutdown()
  }

  @Test func `a good token tells its bot, its owner, its guild and what is missing`() async throws {
    try await withBotStage { stage in
      await stage.simulator.withWorld { world in
        world.applications[stage.own.converted()]?.approvedIntents = [.messageContent]
        world.applications[stage.own.converted()]?.isBotPublic = false
      }
      let token = try await stage.token(of: stage.own)
      let text = token.withBytes { bytes in
        String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
      }
      let purpose = BotCheck.Purpose(
        intents: [.guildMembers, .messageContent, .guildMessages],
        permissions: [.sendMessages, .banMembers], guild: stage.lanternfall)
      // As people paste it.
      let report = try await stage.check().check(Secret(utf8: " \"Bot \(text)\"\n"), for: purpose).report
      #expect(report.bot == stage.own)
      #expect(report.botName == "Second Bot")
      #expect(report.application == stage.own.converted())
      #expect(report.owner.includes(stage.person))
      #expect(!report.owner.includes(stage.own))
      #expect(report.grantedIntents == .messageContent)
      #expect(report.missingIntents == .guildMembers)
      guard case .member(let permissions) = report.membership else {
        Issue.record("it is in the guild")
        return
      }
      #expect(permissions.contains(.sendMessages) && !permissions.contains(.banMembers))
      #expect(
        report.findings.map(\.sentence.key) == ["bot.finding.intent.members", "bot.permissions.missing"])
      #expect(report.findings[0].link == "https://discord.com/developers/applications/\(stage.own)/bot")
      #expect(report.findings[1].sentence.values["permissions"] == "ban members")
      #expect(!report.isBlocked)
    }
  }

  @Test func `a bot that is not in the guild comes with the link that invites it`() async throws {
    try await withBotStage { stage in
      let purpose = BotCheck.Purpose(permissions: [.sendMessages], guild: stage.tavern)
      let report = try await stage.check().check(try await stage.token(of: stage.own), for: purpose).report
      #expect(report.membership == .absent)
      #expect(report.isBlocked)
      let finding = try #require(report.findings.first)
      #expect(finding.sentence.key == "bot.finding.absent")
      #expect(
        finding.link
          == BotInvite(needed: [.sendMessages]).address(
            of: stage.own.converted(), guild: stage.tavern.guild))
      // Everybody could add it, which its owner may not know.
      #expect(report.findings.last?.sentence.key == "bot.finding.public")
    }
  }

  @Test func `an endpoint of its own would swallow its commands`() async throws {
    try await withBotStage { stage in
      await stage.simulator.withWorld {
        $0.applications[stage.own.converted()]?.interactionsEndpointURL = "https://example.com/"
      }
      let report = try await stage.check().check(try await stage.token(of: stage.own)).report
      #expect(report.findings.first?.sentence.key == "bot.finding.endpoint")
      #expect(report.isBlocked)
    }
  }

  @Test func `a wrong token is refused, a person's is called by its name`() async throws {
    try await withBotStage { stage in
      let environment = stage.environment
      let observer = try Bot(token: try await stage.token(of: stage.shared), environment: environment)
      let check = stage.check(observer: observer)
      let old = try await stage.token(of: stage.own)
      _ = try await stage.resetToken(of: stage.own)
      await #expect(throws: BotRefusal.rejected) { try await check.check(old) }
      let personal = await stage.simulator.withWorld { $0.makeBotToken(stage.person.converted()) }
      await #expect(throws: BotRefusal.userToken) { try await check.check(Secret(utf8: personal)) }
      // Without somebody who can look, it is a token that Discord does not accept.
      await #expect(throws: BotRefusal.rejected) {
        try await stage.check().check(Secret(utf8: personal))
      }
    }
  }

  @Test func `after too many wrong tokens none is tried any more`() async throws {
    try await withBotStage { stage in
      let check = stage.check()
      let wrong = await stage.simulator.withWorld { world in
        (0..<BotCheck.refusalsAllowed).map { _ in world.makeBotToken(stage.own.converted()) }
      }
      for token in wrong {
        await #expect(throws: BotRefusal.rejected) { try await check.check(Secret(utf8: token)) }
      }
      let good = try await stage.token(of: stage.own)
      await #expect(throws: BotRefusal.tooManyAttempts) { try await check.check(good) }
    }
  }

  @Test func `a Discord that cannot be reached is no fault of the token`() async throws {
    try await withBotStage { stage in
      var environment = stage.environment
      environment.rest.base = "http://127.0.0.1:1/api/v10"
      environment.rest.deadline = { _ in .milliseconds(200) }
      let check = BotCheck(environment: environment)
      let token = try await stage.token(of: stage.own)
      await #expect(throws: BotRefusal.unreachable) { try await check.check(token) }
    }
  }
}
