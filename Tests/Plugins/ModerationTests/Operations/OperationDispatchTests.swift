// Purges, locks, reports and mass bans through the dispatcher: as people use them, timers and all.

import DiscordCore
import EventLoop
import JSON
@testable import ModerationPlugin
import PlatformPlugins
import PlatformSettings
import PluginTestKit
import Simulator
import SimulatorWorld
import Testing

/// Gives no roles: moderation needs somebody who could.
private enum RoleGiver: Plugin {
  struct Settings: PluginSettings {
    static let fields = SettingsFields<Settings>()
  }

  struct Giver: TemporaryRoleGiving {
    func give(_ role: RoleID, to user: UserID, until end: Timestamp, because reason: String) async throws
      -> Refusal?
    { nil }
    func end(_ role: RoleID, of user: UserID, because reason: String) async throws -> Bool { false }
  }

  static let id = "rolegiver"
  static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.strings = "ModerationPlugin"
    plugin.provides(.temporaryRoles) { _ in Giver() }
  }
}

@Suite(.serialized, .timeLimit(.minutes(3))) struct OperationDispatchTests {
  private func play(_ body: @escaping @Sendable (PluginStage) async throws -> Void) async throws {
    try await PluginStage.run([PluginUnit(Moderation.self), PluginUnit(RoleGiver.self)]) { stage in
      try await stage.enable("moderation")
      try await body(stage)
    }
  }

  private func texts(_ stage: PluginStage, in place: ChannelID? = nil) async throws -> [String] {
    try await stage.messages(in: place).map(PluginStage.text)
  }

  @Test func `a purge by slash and one by prefix delete what they should, and nothing newer`() async throws {
    try await play { stage in
      for number in 0..<4 { try await stage.say("old \(number)") }
      try await stage.slash("purge last", ["amount": "3"], as: stage.moderator)
      try await stage.eventually("three are gone") {
        try await self.texts(stage).filter { $0.hasPrefix("old") } == ["old 0"]
      }
      try await stage.eventually("the first one is over") {
        try await JobStore(store: stage.store).job(1)?.status == .done
      }
      try await stage.say(".purge 1 <@\(stage.member)>", as: stage.moderator)
      try await stage.say("newer")
      try await stage.eventually("the last one is gone") {
        try await !self.texts(stage).contains { $0.hasPrefix("old") }
      }
      #expect(try await self.texts(stage).contains("newer"))
      try await stage.eventually("both are in the audit log") {
        try await stage.audit("moderation.purge").count == 2
      }
    }
  }

  @Test func `whoever may not manage messages purges nothing`() async throws {
    try await play { stage in
      try await stage.say("stays")
      try await stage.say(".purge 5")
      try await stage.eventually("the member is told") { try await self.texts(stage).count >= 3 }
      #expect(try await self.texts(stage).contains("stays"))
    }
  }

  @Test func `a lock ends by its timer`() async throws {
    try await play { stage in
      let channel = stage.secondChannel
      try await stage.slash(
        "lockdown", ["duration": "5m", "reason": "calm"], as: stage.moderator, in: channel)
      try await stage.eventually("it is locked") {
        await stage.simulator.withWorld { !($0.channels[channel]?.overwrites.isEmpty ?? true) }
      }
      await stage.advance(by: .seconds(301))
      try await stage.eventually("it is unlocked") {
        await stage.simulator.withWorld { $0.channels[channel]?.overwrites.isEmpty ?? false }
      }
    }
  }

  @Test func `a report reaches the staff, and the one who made it hears that it was dismissed`() async throws
  {
    try await play { stage in
      let queue = stage.secondChannel
      try await stage.configure(Moderation.self) { $0.reportChannel = queue }
      try await stage.slash(
        "report", ["user": .string("\(stage.moderator)"), "reason": "rude in voice chat"], as: stage.member)
      try await stage.eventually("the report is there") {
        try await stage.newest(in: queue)?.contains("rude in voice chat") ?? false
      }
      let message = try #require(try await stage.messages(in: queue).first)
      let id = try #require(message["id"]?.snowflake)
      let buttons = PluginStage.customIDs(message)
      try await stage.press(
        try #require(buttons.last), on: MessageID(id), as: stage.moderator, in: queue)
      let member = stage.member
      try await stage.eventually("the reporter is told") {
        await stage.simulator.withWorld { world in
          world.channels.values.contains { channel in
            channel.kind == .dm && channel.recipients.contains(member)
              && channel.messages.all.contains { $0.content.contains("no need to act") }
          }
        }
      }
      try await stage.eventually("the queue shows it") {
        try await stage.newest(in: queue)?.contains("Dismissed") ?? false
      }
    }
  }

  @Test func `a mass ban waits for its confirmation, and then bans`() async throws {
    try await play { stage in
      var raiders: [UserID] = []
      for number in 0..<12 { raiders.append(try await stage.newcomer("raider\(number)", joins: false)) }
      try await stage.slash(
        "massban", ["users": .string(raiders.map(\.description).joined(separator: " ")), "reason": "raid"],
        as: stage.moderator)
      try await stage.eventually("it asks") {
        try await stage.newest(as: stage.moderator)?.hasPrefix("Ban 12 users?") ?? false
      }
      #expect(await !stage.isBanned(raiders[0]))
      let message = try #require(try await stage.messages(as: stage.moderator).first)
      let id = try #require(message["id"]?.snowflake)
      try await stage.press(
        try #require(PluginStage.customIDs(message).first), on: MessageID(id), as: stage.moderator)
      let last = raiders[11]
      try await stage.eventually("all are banned") { await stage.isBanned(last) }
      try await stage.eventually("it is in the audit log") {
        try await stage.audit("moderation.massban").count == 1
      }
    }
  }
}
