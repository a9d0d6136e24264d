// The seeded community.

import DiscordCore
import EventLoop
import JSON
import SimulatorWorld
import Testing

@Suite struct `The seeded community` {
  private func world(_ seed: UInt64) -> World { .seeded(seed: seed, clock: WorldClock(ManualTime())) }

  private func text(of world: World) throws -> String {
    let guilds = world.guilds.values.sorted { $0.id < $1.id }
    var parts = guilds.map { world.guildCreate($0, for: $0.ownerID, intents: .all, largeThreshold: 1_000) }
    parts += world.channels.values.sorted { $0.id < $1.id }.map {
      .array($0.messages.all.map { world.json($0) })
    }
    return String(decoding: try JSONValue.array(parts).encoded(), as: UTF8.self)
  }

  @Test func `is the same from the same seed`() throws {
    let first = try text(of: world(5))
    #expect(try text(of: world(5)) == first)
    #expect(try text(of: world(6)) != first)
  }

  @Test func `has what a community has`() throws {
    let world = world(1)
    let guild = try #require(world.guilds.values.first { $0.name == "Lanternfall" })
    let demo = try #require(world.demoApplication)
    #expect(guild.members.count >= 40)
    #expect(guild.roles.count >= 12)
    let channels = guild.channels.compactMap { world.channels[$0] }
    let kinds = Set(channels.map(\.kind))
    #expect(kinds == [.category, .text, .voice, .forum, .announcement, .stage])
    let messages = guild.channels.union(guild.threads).compactMap { world.channels[$0] }.flatMap(
      \.messages.all)
    #expect(messages.count { $0.type == 0 || $0.type == 19 } >= 60)
    #expect(messages.contains { $0.poll?.isFinalized == false })
    #expect(messages.contains { !$0.reactions.isEmpty })
    #expect(messages.contains { $0.type == 19 })
    #expect(channels.contains { !$0.pins.isEmpty })
    #expect(guild.threads.count >= 3)
    #expect(!guild.scheduledEvents.isEmpty)
    #expect(guild.members[demo.botID] != nil)
    #expect(messages.allSatisfy { $0.id.createdAt <= world.now })
    #expect(world.guilds.count == 3)
    #expect(world.guilds.values.contains { $0.members[demo.botID] == nil })
    #expect(world.applications.count >= 2)
    #expect(world.users.values.allSatisfy { $0.avatar != nil && $0.accentColor != nil })
  }

  @Test func `bots stand where they should`() throws {
    let world = world(1)
    let guild = try #require(world.guilds.values.first { $0.name == "Lanternfall" })
    let demo = try #require(world.demoApplication)
    #expect(world.permissions(of: demo.botID, in: guild).contains(.administrator))
    let top = try #require(guild.sortedRoles.last)
    #expect(top.botID == demo.botID)
    #expect(Set(guild.roles.values.map(\.position)).count == guild.roles.count)
    let second = try #require(world.applications.values.first { $0.name == "Second Bot" })
    #expect(!world.permissions(of: second.botID, in: guild).contains(.manageMessages))
  }
}
