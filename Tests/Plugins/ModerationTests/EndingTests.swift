// What ends by itself, what people do by hand, and quarantine.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
@testable import ModerationPlugin
import PlatformPlugins
@testable import PlatformSchedule
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct EndingTests {
  @Test func `a ban of a day ends with a case, however often its timer fires`() async throws {
    try await withStage { stage async throws in
      let user = stage.members[0]
      try await stage.act(.ban, on: user, "c", for: .seconds(86_400))
      let record = try #require(try await stage.cases.find(1))
      stage.advance(by: .seconds(86_400))
      #expect(try await stage.fire("unban", user, SanctionTimers.unban) == .done)
      #expect(await !stage.isBanned(user))
      let firing = TimerFiring(
        name: TimerName("moderation.unban", guild: nil, key: "\(user)"), due: stage.now,
        payload: try (["case": 1] as JSONValue).encoded(), attempt: 2)
      #expect(try await SanctionTimers.unban(try await stage.context("again"), firing) == .done)
      let cases = try await stage.allCases()
      #expect(cases.map(\.kind) == [.ban, .unban] && cases[0].endedAt != nil)
      #expect(cases[1].source == .automatic(plugin: "moderation", rule: "expiry"))
      #expect(record.expiresAt == record.at + .seconds(86_400))
    }
  }

  @Test func `banned anew for good, the earlier end is taken back`() async throws {
    try await withStage { stage async throws in
      let user = stage.members[0]
      try await stage.act(.ban, on: user, "c", for: .seconds(600))
      try await stage.act(.ban, on: user, "d", for: .seconds(900))
      #expect(try await stage.schedule.pending(Tenant(stage.guild)).count == 1)
      let firing = TimerFiring(
        name: TimerName("moderation.unban", guild: nil, key: "\(user)"), due: stage.now,
        payload: try (["case": 1] as JSONValue).encoded(), attempt: 1)
      _ = try await SanctionTimers.unban(try await stage.context("old"), firing)
      #expect(await stage.isBanned(user))
      try await stage.act(.ban, on: user, "e")
      #expect(try await stage.schedule.pending(Tenant(stage.guild)).isEmpty)
      #expect(await stage.isBanned(user))
    }
  }

  @Test func `a ban lifted by hand is over: nothing is done when its time comes`() async throws {
    try await withStage { stage async throws in
      let user = stage.members[0]
      try await stage.act(.ban, on: user, "c", for: .seconds(600))
      let event = try Self.decode(
        GuildBanEvent.self, ["guild_id": .id(stage.guild), "user": Self.user(user)])
      // Discord still has it: the event is older than the ban.
      try await SanctionHandlers.unbanned(try await stage.context("early"), event)
      #expect(try await stage.cases.lasting(.ban, of: user) != nil)
      _ = try await stage.guildBot.send(.removeBan(of: user, in: stage.guild))
      for _ in 0..<2 { try await SanctionHandlers.unbanned(try await stage.context("late"), event) }
      #expect(try await stage.cases.lasting(.ban, of: user) == nil)
      #expect(try await stage.schedule.pending(Tenant(stage.guild)).isEmpty)
      #expect(try await stage.allCases().count == 1)
    }
  }

  @Test func `what a person does in Discord becomes a case, once, and what the bot does does not`()
    async throws
  {
    try await withStage { stage async throws in
      let (user, moderator) = (stage.members[0], stage.owner.user)
      func entry(_ id: Int64, _ action: Int64, by actor: UserID, _ changes: [JSONValue] = []) throws
        -> GuildAuditLogEntryCreateEvent
      {
        try Self.decode(
          GuildAuditLogEntryCreateEvent.self,
          [
            "guild_id": .id(stage.guild), "id": .string("\(id)"), "action_type": .integer(action),
            "user_id": .id(actor), "target_id": .string("\(user)"), "reason": "by hand",
            "changes": .array(changes),
          ])
      }
      func hear(_ event: GuildAuditLogEntryCreateEvent, _ cause: String) async throws {
        try await SanctionHandlers.audited(try await stage.context(cause), event)
      }
      let end = (stage.now + .seconds(600)).iso8601
      let change: JSONValue = ["key": "communication_disabled_until", "new_value": .string(end)]
      for cause in ["a", "b"] { try await hear(try entry(900, 22, by: moderator), cause) }
      try await hear(try entry(901, 24, by: moderator, [change]), "c")
      try await hear(try entry(902, 22, by: stage.bot.id), "d")
      try await hear(try entry(903, 24, by: moderator, [["key": "nick", "new_value": "x"]]), "e")
      try await hear(try entry(904, 10, by: moderator), "f")
      let cases = try await stage.allCases()
      #expect(cases.map(\.kind) == [.ban, .timeout])
      #expect(cases.allSatisfy { $0.source == .byHand(moderator) && $0.reason == "by hand" })
      #expect(cases.last?.duration.map { $0 <= .seconds(600) && $0 > .seconds(540) } == true)
      #expect(await stage.logTitles().count == 2)
    }
  }

  @Test func `quarantine takes every role and gives back exactly those, after a crash in the middle too`()
    async throws
  {
    try await withStage { stage async throws in
      let user = stage.members[0]
      let before = try #require(await stage.member(user)).roles
      #expect(before.count == 2)
      let context = try await stage.context("q")
      let key = context.effects.key("\(user)")
      // A process that died had noted the roles and taken them, and knew nothing of it.
      _ = try await context.keyed(by: key).effects.once("approved") { _ in }
      _ = try await QuarantineStore(store: context.store).begin(
        user, roles: before, effectKey: key, at: stage.now)
      _ = try await stage.guildBot.send(
        .modifyGuildMember(user, in: stage.guild, MemberEdit { $0.roles = [stage.quarantine] }))
      #expect(try await stage.act(.quarantine, on: user, "q", for: .seconds(600)).number == 1)
      #expect(await stage.member(user)?.roles == [stage.quarantine])
      #expect(try await stage.act(.quarantine, on: user, "again").refusal == "refusal.quarantined")
      stage.advance(by: .seconds(600))
      for _ in 0..<2 { _ = try await stage.fire("release", user, SanctionTimers.release) }
      #expect(await Set(stage.member(user)?.roles ?? []) == Set(before))
      #expect(try await QuarantineStore(store: context.store).entry(user) == nil)
      #expect(try await stage.allCases().map(\.kind) == [.quarantine, .release])
    }
  }

  @Test func `whoever leaves in quarantine comes back into it, and a role that is gone is not missed`()
    async throws
  {
    try await withStage { stage async throws in
      let (user, guild, prize) = (stage.members[0], stage.guild, stage.prize)
      try await stage.act(.quarantine, on: user, "q")
      await stage.simulator.withWorld { world in
        try? world.leave(guild, user)
        try? world.join(user, guild)
        world.guilds[guild]?.roles[prize] = nil
      }
      try await eventuallyGone(stage, prize)
      let event = try Self.decode(
        GuildMemberEvent.self,
        [
          "guild_id": .id(guild), "user": Self.user(user), "roles": [], "joined_at": "2026-01-01T00:00:00Z",
          "flags": 0, "deaf": false, "mute": false,
        ])
      try await SanctionHandlers.joined(try await stage.context("join"), event)
      #expect(await stage.member(user)?.roles == [stage.quarantine])
      #expect(try await stage.act(.release, on: user, "r").number == 2)
      let roles = try #require(await stage.member(user)).roles
      #expect(roles.count == 1 && !roles.contains(stage.quarantine))
    }
  }

  @Test func `a role for a while is given by whoever gives such roles, and is a case`() async throws {
    try await withStage { stage async throws in
      let user = stage.members[0]
      for _ in 0..<2 {
        try await stage.act(.role, on: user, "c", for: .seconds(600)) { $0.role = stage.prize }
      }
      #expect(stage.roleGifts.withLock { $0 } == ["\(stage.prize) \(user)"])
      let record = try #require(try await stage.cases.find(1))
      #expect(record.kind == .role && record.role == stage.prize && record.duration == .seconds(600))
    }
  }

  /// The bot's cache has to hear of a role that went past its events.
  private func eventuallyGone(_ stage: SanctionStage, _ role: RoleID) async throws {
    let guild = stage.guild
    await stage.simulator.withWorld { world in
      world.publish(
        "GUILD_ROLE_DELETE", ["guild_id": .id(guild), "role_id": .id(role)], to: .guild(guild, .guilds))
    }
    try await eventually("the role is gone") { stage.guildBot.role(role) == nil }
  }

  private static func user(_ id: UserID) -> JSONValue {
    ["id": .id(id), "username": "someone", "discriminator": "0", "avatar": .null, "global_name": .null]
  }

  private static func decode<Model: WireDecodable & Sendable>(_ model: Model.Type, _ json: JSONValue) throws
    -> Model
  {
    try JSONParser().parse(try json.encoded()) { try Model(from: $0) }
  }
}
