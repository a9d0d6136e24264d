// Temporary roles and bulk jobs in a guild.

import DiscordGateway
import DiscordREST
import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import JSON
import PlatformPlugins
import PlatformSchedule
import TestKit
import Testing

@testable import RolesPlugin

@Suite(.timeLimit(.minutes(2)), .serialized) struct TemporaryStageTests {
  @Test func `an option with a duration gives a role that goes by itself`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red]) { $0.options[0].duration = .seconds(3600) }
      let user = stage.members[0]
      #expect(try await stage.press(1, of: menu, by: user).contains("ends <t:"))
      try await stage.advance(by: .seconds(3599))
      #expect(await stage.roles(of: user).contains(red))
      try await stage.advance(by: .seconds(1))
      #expect(await !stage.roles(of: user).contains(red))
      #expect(try await stage.rows.temporaries(of: user).isEmpty)
    }
  }

  @Test func `given again it ends later, taken away it ends at once`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let user = stage.members[0]
      let giver = TemporaryRoleGiver(context: try await stage.context())
      let end = stage.clock.now + .seconds(100)
      #expect(try await giver.give(red, to: user, until: end, because: "test") == nil)
      let again = TemporaryRoleGiver(context: try await stage.context())
      #expect(try await again.give(red, to: user, until: end + .seconds(100), because: "test") == nil)
      try await stage.advance(by: .seconds(150))
      #expect(await stage.roles(of: user).contains(red))
      // A moderator takes it: its end must not take it from whoever gets it back for good.
      try await stage.set(red, of: user, to: false)
      let member: GuildMember = try #require(try await stage.context().bot.freshMember(user))
      let update: JSONValue = [
        "guild_id": .id(stage.guild), "user": ["id": .id(user), "username": "x"],
        "roles": .array(member.roles.map { .id($0) }),
      ]
      let event = GuildEvent(
        name: .guildMemberUpdate, guild: stage.guild, bot: stage.bot.id, key: "e",
        receivedAt: stage.clock.now,
        priorRoles: member.roles + [red],
        json: try update.encoded())
      try await Temporaries.changed(try await stage.context(), event)
      #expect(try await stage.rows.temporaries(of: user).isEmpty)
      try await stage.set(red, of: user, to: true)
      try await stage.advance(by: .seconds(100))
      #expect(await stage.roles(of: user).contains(red))
    }
  }

  @Test(arguments: [true, false])
  func `who comes back gets again what has not ended, where that is set`(_ restores: Bool) async throws {
    try await RoleStage.run { stage in
      try await stage.context().change(by: stage.owner) { $0.restoresOnReturn = restores }
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let user = stage.members[0]
      let giver = TemporaryRoleGiver(context: try await stage.context())
      _ = try await giver.give(red, to: user, until: stage.clock.now + .seconds(1000), because: "test")
      _ = try await giver.give(blue, to: user, until: stage.clock.now + .seconds(10), because: "test")
      // Gone and back without the roles; the short one ends meanwhile.
      for role in [red, blue] { try await stage.set(role, of: user, to: false) }
      try await stage.advance(by: .seconds(20))
      let event: GuildMemberEvent = try stage.decode([
        "guild_id": .id(stage.guild), "user": ["id": .id(user), "username": "x"], "roles": [],
      ])
      try await Temporaries.joined(try await stage.context(), event)
      try await stage.fireTimers()
      #expect(await stage.roles(of: user).contains(red) == restores)
      #expect(await !stage.roles(of: user).contains(blue))
    }
  }

  @Test func `a role the bot cannot give is refused in words`() async throws {
    try await RoleStage.run { stage in
      let giver = TemporaryRoleGiver(context: try await stage.context())
      let refusal = try await giver.give(
        RoleID(12345), to: stage.members[0], until: stage.clock.now + .seconds(10), because: "test")
      #expect(refusal?.key == "refusal.noRole")
      // Nor does a role that somebody has for good get an end.
      let red = try await stage.role("Red")
      try await stage.set(red, of: stage.members[0], to: true)
      let again = try await giver.give(
        red, to: stage.members[0], until: stage.clock.now + .seconds(10), because: "test")
      #expect(again?.key == "temporary.hasForGood")
      try await stage.advance(by: .seconds(20))
      #expect(await stage.roles(of: stage.members[0]).contains(red))
    }
  }

  // MARK: Bulk jobs

  @Test func `a bulk job reaches all it is for, goes on after a crash, and says how far it is`() async throws
  {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let before = await stage.roles(of: stage.members[0])
      let context = try await stage.context()
      let wanted = BulkJob(
        .give, red, to: .humans, by: stage.owner, at: stage.clock.now, expected: 50, in: stage.channel)
      var job = try #require(try await stage.begin(wanted))
      job.message = try await context.effects.send(
        BulkRun.message(job, context), to: stage.channel, as: "progress")?.id
      #expect(try await stage.rows.advance(job))
      try await context.timers.set(BulkRun.timer, key: "1", at: stage.clock.now)
      for _ in 0..<20 {
        // Whatever was in memory is gone between any two slices.
        stage.forgetMemory()
        try await stage.advance(by: .seconds(1))
      }
      let finished = try #require(try await stage.rows.job(1))
      #expect(finished.state == .finished)
      #expect(finished.done == stage.members.count + 1)
      for user in stage.members { #expect(await stage.roles(of: user).contains(red)) }
      #expect(await stage.roles(of: stage.members[0]) == before.union([red]))
      #expect(await !stage.roles(of: stage.bot.id).contains(red))
      let message = try #require(finished.message)
      let shown = try await stage.bot.rest.send(.getMessage(message, in: stage.channel))
      #expect(shown.embeds.first?.description?.contains("Finished") == true)
      #expect(shown.components.isEmpty)
    }
  }

  @Test func `a cancelled job stops where it is`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let wanted = BulkJob(
        .give, red, to: .all, by: stage.owner, at: stage.clock.now, expected: 50, in: stage.channel)
      _ = try await stage.begin(wanted)
      try await BulkRun.cancel(1, by: stage.owner, try await stage.context())
      try await stage.context().timers.set(BulkRun.timer, key: "1", at: stage.clock.now)
      try await stage.advance(by: .seconds(1))
      #expect(await !stage.roles(of: stage.members[0]).contains(red))
      await #expect(throws: Refusal.self) {
        try await BulkRun.cancel(1, by: stage.owner, try await stage.context())
      }
    }
  }
}
