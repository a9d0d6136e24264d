// AutoMod and moderation in one house, as servers have them.

@testable import AutoModPlugin
import DiscordBot
import DiscordCore
import EventLoop
import ModerationPlugin
import PlatformPlugins
import PluginTestKit
import RolesPlugin
import Simulator
import SimulatorWorld
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct WithModerationTests {
  @Test(arguments: Engine.allCases)
  func `a scam becomes a time-out and a case with its evidence, and repeating it leads up the ladder`(
    _ engine: Engine
  ) async throws {
    try await PluginStage.run(
      [PluginUnit(AutoMod.self), PluginUnit(Moderation.self), PluginUnit(Roles.self)], on: engine
    ) { stage in
      try await stage.configure(AutoMod.self) { settings in
        settings.usesDiscord = false
        settings.words.words = ["rude"]
        settings.words.response = FilterResponse([.delete, .warn], points: 2)
      }
      try await stage.configure(Moderation.self) { settings in
        var step = LadderStep()
        (step.measure, step.threshold, step.action) = (.points, 4, .ban)
        settings.ladder = [step]
      }
      for plugin in ["moderation", "automod"] { try await stage.enable(plugin) }
      let scam = try await stage.say("free nitro at https://dlscord-nitro.com/claim")
      try await stage.isRemoved(scam)
      let (guild, member) = (stage.guild, stage.member)
      try await stage.eventually("she is timed out") {
        await stage.simulator.withWorld { $0.guilds[guild]?.members[member]?.timedOutUntil != nil }
      }
      let cases = CaseStore(stage.store)
      try await stage.eventually("there is a case") { try await cases.find(1) != nil }
      let record = try #require(try await cases.find(1))
      #expect(record.target == member && record.points == 3 && record.message?.message == scam)
      let rude = try await stage.newcomer("rudi")
      for _ in 0..<2 {
        try await stage.isRemoved(try await stage.say("you are rude", as: rude))
      }
      try await stage.eventually("the ladder leads to a ban") { await stage.isBanned(rude) }
    }
  }

  @Test func `a raid is deleted as a whole while most of its time-outs still wait for Discord`() async throws
  {
    try await PluginStage.run(
      [PluginUnit(AutoMod.self), PluginUnit(Moderation.self), PluginUnit(Roles.self)]
    ) { stage in
      try await stage.configure(AutoMod.self) { $0.usesDiscord = false }
      for plugin in ["moderation", "automod"] { try await stage.enable(plugin) }
      let raiders = try await stage.raiders(50)
      // Ten time-outs in ten seconds are what Discord lets through: fifty take most of a minute.
      try await stage.raid(by: raiders, rounds: 4, "everybody come to the better server now")
      let guild = stage.guild
      try await stage.eventually("everything is gone", within: .seconds(15)) {
        try await stage.messages().allSatisfy { PluginStage.text($0).contains("better") == false }
      }
      let held = await stage.simulator.withWorld { world in
        raiders.count { world.guilds[guild]?.members[$0]?.timedOutUntil != nil }
      }
      #expect(held >= 5 && held < 40, "\(held) of 50 are held already: nothing waited")
      let orders = OrderStore(store: stage.store)
      #expect(try await orders.nextDue(of: .sanctions) != nil)
      // Discord knows of a deletion a moment before its order is struck off.
      try await stage.eventually("no deletion is left") { try await orders.nextDue(of: .deletions) == nil }
    }
  }
}
