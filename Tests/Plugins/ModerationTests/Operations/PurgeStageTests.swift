// Purges, locks and slow mode against the simulator.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import PlatformSchedule
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct PurgeStageTests {
  @Test func `a channel is emptied up to the command, and what is pinned or newer stays`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      await stage.change(plaza) { $0.messages = MessageLog() }
      let before = await stage.overwrites(of: plaza)
      let ada = stage.members[0]
      _ = await stage.write((0..<230).map { .seconds(600 + $0) }, by: ada, in: plaza)
      _ = await stage.write([.seconds(15 * 86_400), .seconds(16 * 86_400)], by: ada, in: plaza)
      let pinned = await stage.write([.seconds(900)], by: ada, in: plaza, content: "keep", pinned: true)
      let command = await stage.write([.seconds(5)], by: stage.owner.user, in: plaza, content: ".purge all")
      let newer = await stage.write([.seconds(1)], by: ada, in: plaza)
      let answer = try await stage.say(
        "purge all spring cleaning", in: plaza, cause: "c1", source: .message(command[0]))
      try await stage.runTimers("job")
      let left = Set(await stage.messages(in: plaza).map(\.id))
      #expect(left.isSuperset(of: pinned + command + newer))
      #expect(await stage.messages(in: plaza).filter { $0.authorID == ada }.count == 2)
      #expect(await stage.overwrites(of: plaza) == before)
      #expect(answer.text.contains("messages"))
      let job = try #require(try await JobStore(store: stage.storage.guild(Tenant(stage.guild))).job(1))
      let plan = PurgePlan(try #require(PurgeRequest(job.request)), state: job.state)
      #expect(job.status == .done && plan.deleted == 232 && plan.deletedSingly == 2 && plan.pinned == 1)
      #expect(plan.hasLocked)
      #expect(await stage.logTitles().contains("Messages deleted"))
      var filter = AuditFilter()
      filter.action = "moderation.purge"
      #expect(try await AuditLog(stage.storage.guild(Tenant(stage.guild))).entries(filter).count == 1)
      // The same call again changes nothing.
      _ = try await stage.say(
        "purge all spring cleaning", in: plaza, cause: "c1", source: .message(command[0]))
      #expect(await stage.logTitles().filter { $0 == "Messages deleted" }.count == 1)
    }
  }

  @Test func `one person's messages, by number`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      await stage.change(plaza) { $0.messages = MessageLog() }
      let (ada, ben) = (stage.members[0], stage.members[1])
      let hers = await stage.write([.seconds(50), .seconds(40), .seconds(30)], by: ada, in: plaza)
      let his = await stage.write([.seconds(45), .seconds(35)], by: ben, in: plaza)
      let answer = try await stage.say("purge 2 <@\(ada)>", in: plaza, cause: "c1")
      #expect(answer.text.contains("2 messages deleted"))
      let left = await stage.messages(in: plaza).map(\.id)
      #expect(Set(left) == Set([hers[0]] + his))
    }
  }

  @Test func `a purge that is stopped ends at its next step, and tells so`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      let context = try await stage.context("c1")
      let runner = JobRunner(context)
      let request = PurgeRequest(channel: plaza, before: MessageID(earliestAt: stage.now))
      let job = try await runner.open(
        NewJob(
          kind: .purge, effectKey: "k", person: stage.owner.user, channel: plaza, request: request.json))
      #expect(try await runner.stop(job.number))
      #expect(try await runner.advance(job.number) == .done)
      #expect(try await JobStore(store: context.store).job(job.number)?.status == .cancelled)
      #expect(try await !runner.stop(job.number))
    }
  }

  @Test func `without the permission nothing is begun, and the person hears which`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      let (bot, owner, guild) = (stage.bot.id, stage.owner.user, stage.guild)
      try await stage.simulator.withWorld { world in
        for role in world.guilds[guild]?.members[bot]?.roles ?? [] {
          _ = try world.modifyRole(
            role, in: guild, by: owner, body: ["permissions": "0"], reason: nil)
        }
      }
      try await eventually("the bot sees that it lost its permission") {
        !(stage.guildBot.ownPermissions(in: plaza) ?? .all).contains(.manageMessages)
      }
      await #expect(throws: Refusal("refusal.botPermission", ["permission": "MANAGE_MESSAGES"])) {
        try await stage.say("purge 5", in: plaza, cause: "c1")
      }
    }
  }
}

@Suite(.serialized, .timeLimit(.minutes(3))) struct LockStageTests {
  @Test func `a channel is locked and given back, but for what people changed meanwhile`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      let (guild, prize) = (stage.guild, stage.prize)
      await stage.change(plaza) { channel in
        channel.overwrites = [
          PermissionOverwrite(.role(guild.everyoneRole), allow: .addReactions),
          PermissionOverwrite(.role(prize), allow: [.sendMessages, .attachFiles]),
        ]
      }
      let before = await stage.overwrites(of: plaza)
      try await stage.say("lock 1h calm down", in: plaza, cause: "c1")
      let locked = await stage.overwrites(of: plaza)
      #expect(locked.contains(PermissionOverwrite(.role(prize), allow: .attachFiles)))
      #expect(locked.first { $0.target == .role(guild.everyoneRole) }?.deny.contains(.sendMessages) == true)
      await #expect(throws: Refusal.self) { try await stage.say("lock", in: plaza, cause: "c2") }
      // A moderator forbids files meanwhile.
      await stage.change(plaza) { channel in
        for index in channel.overwrites.indices where channel.overwrites[index].target == .role(prize) {
          channel.overwrites[index].allow.subtract(.attachFiles)
          channel.overwrites[index].deny.insert(.attachFiles)
        }
      }
      stage.advance(by: .seconds(3_600))
      try await stage.runTimers("unlock")
      let human = PermissionOverwrite(.role(prize), allow: .sendMessages, deny: .attachFiles)
      #expect(
        await stage.overwrites(of: plaza)
          == before.filter { $0.target != .role(prize) }.union([human]))
      let written = await stage.messages(in: plaza).map(\.content)
      #expect(written.contains { $0.hasPrefix("This channel is locked.") && $0.contains("calm down") })
      #expect(written.contains { $0.hasPrefix("This channel is unlocked.") })
      #expect(await stage.logTitles().filter { $0 == "Channel locked" }.count == 1)
    }
  }

  @Test func `the server is locked but for the exempt channels, and given back`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      try await stage.set { $0.lockdown.exemptChannels = [plaza] }
      let channels = stage.guildBot.allChannels.map(\.id)
      var before: [ChannelID: Set<PermissionOverwrite>] = [:]
      for channel in channels { before[channel] = await stage.overwrites(of: channel) }
      try await stage.say("lockdown --server raid", in: plaza, cause: "c1")
      try await stage.runTimers("job")
      let locks = try await LockStore(store: stage.storage.guild(Tenant(stage.guild))).locks()
      #expect(locks.count > 2 && !locks.contains { $0.channel == plaza })
      for lock in locks { #expect(await stage.overwrites(of: lock.channel) != before[lock.channel]) }
      try await stage.say("unlockdown --server", in: plaza, cause: "c2")
      try await stage.runTimers("job")
      for channel in channels { #expect(await stage.overwrites(of: channel) == before[channel]) }
      #expect(try await LockStore(store: stage.storage.guild(Tenant(stage.guild))).locks().isEmpty)
    }
  }

  @Test func `slow mode ends by itself, unless somebody set it otherwise`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      await stage.change(plaza) { $0.slowmode = 5 }
      for changes in [false, true] {
        try await stage.say("slowmode 1m --duration 10m", in: plaza, cause: "c\(changes)")
        #expect(await stage.simulator.withWorld { $0.channels[plaza]?.slowmode } == 60)
        if changes { await stage.change(plaza) { $0.slowmode = 30 } }
        stage.advance(by: .seconds(600))
        try await stage.runTimers("slowmode")
        #expect(await stage.simulator.withWorld { $0.channels[plaza]?.slowmode } == (changes ? 30 : 5))
      }
    }
  }
}
