// The plugin in the house: commands, events and timers by the dispatcher, at a simulated Discord.

import DiscordCore
import EventLoop
import HTTPTypes
import JSON
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import PluginTestKit
import Storage
import StorageTestKit
import Testing

/// Stands in for whoever gives roles for a while.
private enum Gifts: Plugin {
  static let id = "gifts"
  typealias Settings = ModerationSettings

  private struct Giver: TemporaryRoleGiving {
    func give(_ role: RoleID, to user: UserID, until end: Timestamp, because reason: String) async throws
      -> Refusal?
    { nil }
    func end(_ role: RoleID, of user: UserID, because reason: String) async throws -> Bool { false }
  }

  static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.provides(.temporaryRoles) { _ in Giver() }
  }
}

@Suite(.timeLimit(.minutes(5)), .serialized) struct HouseTests {
  private func withHouse(
    _ engine: Engine = .embedded, _ body: @escaping @Sendable (PluginStage) async throws -> Void
  ) async throws {
    try await PluginStage.run([PluginUnit(Moderation.self), PluginUnit(Gifts.self)], on: engine) { stage in
      try await stage.enable("moderation")
      try await stage.configure(Moderation.self) { $0.logChannel = stage.secondChannel }
      try await body(stage)
    }
  }

  private func cases(_ stage: PluginStage) async throws -> [CaseRecord] {
    try await CaseStore(stage.store).find(CaseFilter()).cases.reversed()
  }

  @Test(arguments: Engine.allCases)
  func `a ban of a day by slash command is lifted when the day is over`(_ engine: Engine) async throws {
    try await withHouse(engine) { stage in
      let user = try await stage.newcomer("ada")
      try await stage.slash(
        "ban", ["members": .string("\(user)"), "duration": "1d", "reason": "scam"], as: stage.moderator)
      try await stage.eventually("she is banned and told of in the mod log") {
        let log = try await stage.newest(in: stage.secondChannel) ?? ""
        return await stage.isBanned(user) && log.contains("Case 1 · Ban") && log.contains("scam")
      }
      // A day is longer than any call may take.
      try await stage.eventually("the moderator has the answer") {
        try await stage.newest(as: stage.moderator)?.contains("case 1.") ?? false
      }
      await stage.advance(by: .seconds(86_400 + 1))
      try await stage.eventually("she may come back") { await !stage.isBanned(user) }
      try await stage.eventually("the end is a case, and all is done") {
        try await cases(stage).count { $0.isFinished } == 2
      }
      let found = try await cases(stage)
      #expect(found.map(\.kind) == [.ban, .unban] && found[0].source == .person(stage.moderator))
      #expect(try await stage.audit("moderation.ban").map(\.target) == ["\(user)"])
      try await stage.eventually("what was decided is filed") {
        try await stage.decisions(about: user).contains { $0.key == "sanctioned" }
      }
    }
  }

  @Test func `warnings by prefix climb the ladder, and what happens by hand is in the file`() async throws {
    try await withHouse { stage in
      try await stage.configure(Moderation.self) { $0.ladder = [LadderStep()] }
      let user = try await stage.newcomer("ben")
      for count in 1...3 {
        try await stage.say(".warn <@\(user)> caps", as: stage.moderator)
        try await stage.eventually("warning \(count) is a case") { try await cases(stage).count >= count }
      }
      try await stage.eventually("he is timed out by the ladder") {
        try await cases(stage).map(\.kind) == [.warn, .warn, .warn, .timeout]
      }
      try await stage.act(.put, "/guilds/\(stage.guild)/bans/\(user)", [:], as: stage.owner)
      try await stage.eventually("the ban by hand is a case") {
        try await cases(stage).last?.source == .byHand(stage.owner)
      }
      try await stage.act(.delete, "/guilds/\(stage.guild)/bans/\(user)", as: stage.owner)
      try await stage.eventually("and its end too") {
        let found = try await cases(stage)
        return found.last?.kind == .unban && found.allSatisfy(\.isFinished)
      }
      #expect(try await cases(stage).map(\.number) == Array(1...6))
    }
  }

  @Test func `who may not do it is told so, and nothing happens`() async throws {
    try await withHouse { stage in
      let user = try await stage.newcomer("eve")
      try await stage.say(".ban <@\(user)>", as: stage.member)
      try await stage.say(".kick <@\(stage.owner)>", as: stage.moderator)
      try await stage.eventually("the owner stays") {
        try await stage.newest()?.contains("owns this server") ?? false
      }
      #expect(await !stage.isBanned(user))
      #expect(try await cases(stage).isEmpty)
    }
  }
}
