// Bots run as they are wanted, in a simulated Discord: hand-overs, kicks, new tokens, crashes.

import DiscordBot
import DiscordCore
import EventLoop
import PlatformBots
import PlatformTenancy
import PlatformText
import SQL
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import TestKit
import Testing
import Vault

@Suite(.timeLimit(.minutes(3)), .serialized) struct BotSupervisorTests {
  /// Both bots run; the own one is Lanternfall's.
  private func withBoth(
    _ engine: Engine = .embedded, _ body: (BotStage, BotSupervisor, Serving) async throws -> Void
  ) async throws {
    try await withBotStage(engine) { stage in
      try await stage.registry.adoptShared(try await stage.token(of: stage.shared), at: SystemTime().now)
      let checked = try await stage.check().check(
        try await stage.token(of: stage.own), for: .init(guild: stage.lanternfall))
      try await stage.registry.register(
        checked, for: stage.lanternfall, by: stage.person, at: SystemTime().now)
      try await stage.run { supervisor, serving in
        try await eventually("both are online") {
          supervisor.statuses.count == 2 && supervisor.statuses.allSatisfy { $0.state == .online }
        }
        try await eventually("the own bot serves its guild") {
          serving.server(of: stage.lanternfall) == stage.own
        }
        try await body(stage, supervisor, serving)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `each guild is answered by its bot, and the directory knows them all`(_ engine: Engine) async throws {
    try await withBoth(engine) { stage, _, serving in
      #expect(serving.server(of: stage.tavern) == stage.shared)
      var said: [MessageID: UserID] = [:]
      for number in 0..<5 { said[try await stage.say("\(number)", in: stage.lanternfall)] = stage.own }
      try await eventually("all are answered") { stage.answers.values.count == said.count }
      #expect(stage.answers.values.allSatisfy { said[$0.message] == $0.bot })
      try await eventually("the directory is written") {
        let bots = try await stage.directory.get(stage.lanternfall)?.bots
        let tavern = try await stage.directory.get(stage.tavern)?.bots
        return bots?.count == 2 && tavern == [stage.shared]
      }
      let guild = try #require(try await stage.directory.get(stage.lanternfall))
      #expect(guild.name == "Lanternfall")
      #expect(guild.owner == stage.person)
      #expect(guild.memberCount > 30)
      // The names that Discord gave are on record.
      try await eventually("the shared bot has its name") {
        try await stage.registry.registration(of: stage.shared)?.applicationName == "Guildhall"
      }
    }
  }

  @Test func `kicked and invited again, the own bot gives its guild away and takes it back`() async throws {
    try await withBoth { stage, _, serving in
      await stage.kick(stage.own, from: stage.lanternfall)
      try await eventually("the shared bot steps in") {
        serving.server(of: stage.lanternfall) == stage.shared
      }
      try await eventually("the directory heard of it") {
        try await stage.directory.get(stage.lanternfall)?.bots == [stage.shared]
      }
      try await stage.invite(stage.own, to: stage.lanternfall)
      try await eventually("the own bot is back") { serving.server(of: stage.lanternfall) == stage.own }
      // With the last of our bots gone, the guild has left.
      await stage.kick(stage.shared, from: stage.tavern)
      try await eventually("the tavern is left") {
        try await stage.directory.get(stage.tavern)?.life.phase == .left
      }
      try await stage.invite(stage.shared, to: stage.tavern)
      try await eventually("the tavern is back") {
        try await stage.directory.get(stage.tavern)?.life.phase == .joined
      }
    }
  }

  @Test func `while bots come and go, each message is answered once`() async throws {
    try await withBoth { stage, supervisor, serving in
      var said: [MessageID] = []
      for round in 0..<4 {
        for number in 0..<5 { said.append(try await stage.say("\(round).\(number)", in: stage.lanternfall)) }
        let isUp = round % 2 == 1
        try await stage.registry.setWanted(isUp ? .running : .stopped, for: stage.own)
        let next = isUp ? stage.own : stage.shared
        while serving.server(of: stage.lanternfall) != next {
          said.append(try await stage.say("meanwhile", in: stage.lanternfall))
          try await Task.sleep(for: .milliseconds(5))
        }
        for number in 0..<5 { said.append(try await stage.say("\(round)+\(number)", in: stage.lanternfall)) }
        #expect(supervisor.status(of: stage.shared)?.state == .online)
      }
      let last = said[said.count - 1]
      try await eventually("the last is answered") { stage.answers.values.contains { $0.message == last } }
      let answered = stage.answers.values.map(\.message)
      #expect(Set(answered).count == answered.count, "something was answered twice")
      #expect(Set(answered).isSubset(of: said))
      // What was said while a bot that was stopped still had the guild is nobody's; the rest is answered.
      #expect(answered.count > said.count / 2)
    }
  }

  @Test func `a new token takes the place of the old one without a double answer`() async throws {
    try await withBoth { stage, supervisor, serving in
      let before = try await stage.say("before", in: stage.lanternfall)
      try await eventually("answered") { stage.answers.values.map(\.message) == [before] }
      let checked = try await stage.check().check(try await stage.resetToken(of: stage.own))
      try await stage.registry.rotate(checked, of: stage.own, by: stage.person, at: SystemTime().now)
      try await eventually("it went down and came back") {
        try await stage.registry.registration(of: stage.own)?.generation == 2
          && supervisor.status(of: stage.own)?.state == .online
          && serving.server(of: stage.lanternfall) == stage.own
      }
      var after: MessageID?
      try await eventually("it answers again, or the shared one did meanwhile") {
        let message = try await stage.say("after", in: stage.lanternfall)
        after = message
        return await stage.hasAnswer(to: message, by: stage.own)
      }
      #expect(after != nil)
      let answered = stage.answers.values.map(\.message)
      #expect(Set(answered).count == answered.count)
    }
  }

  @Test func `a token that was reset is told, and a new one brings the bot back`() async throws {
    try await withBoth { stage, supervisor, serving in
      let fresh = try await stage.resetToken(of: stage.own)
      try await stage.registry.restart(stage.own)
      try await eventually("it gave up") {
        supervisor.status(of: stage.own)?.state == .crashed(.tokenRejected)
      }
      let status = try #require(supervisor.status(of: stage.own))
      #expect(status.reasons.map(\.key) == ["bot.crash.tokenRejected"])
      #expect(status.nextStart == nil)
      try await eventually("the shared bot steps in") {
        serving.server(of: stage.lanternfall) == stage.shared
      }
      try await stage.registry.rotate(
        try await stage.check().check(fresh), of: stage.own, by: nil, at: SystemTime().now)
      try await eventually("it is back") {
        supervisor.status(of: stage.own)?.state == .online
          && serving.server(of: stage.lanternfall) == stage.own
      }
    }
  }

  @Test func `stopped, removed and left out of nothing`() async throws {
    try await withBoth { stage, supervisor, serving in
      try await stage.registry.setWanted(.stopped, for: stage.own)
      try await eventually("it stops") { supervisor.status(of: stage.own)?.state == .stopped }
      try await stage.registry.setWanted(.running, for: stage.own)
      try await eventually("it runs") { supervisor.status(of: stage.own)?.state == .online }
      try await stage.registry.remove(stage.own, at: SystemTime().now)
      try await eventually("it is gone") {
        let bots = try await stage.directory.get(stage.lanternfall)?.bots
        return supervisor.status(of: stage.own) == nil && bots == [stage.shared]
          && serving.server(of: stage.lanternfall) == stage.shared
      }
      // Registered again, it is run again.
      let checked = try await stage.check().check(try await stage.token(of: stage.own))
      try await stage.registry.register(checked, for: stage.lanternfall, by: nil, at: SystemTime().now)
      try await eventually("it is back") { serving.server(of: stage.lanternfall) == stage.own }
    }
  }

  @Test func `the next process goes on where this one stopped`() async throws {
    try await withBoth { stage, _, serving in
      try await eventually("it is stored") {
        try await !stage.storage.platform.rows("SELECT 1 FROM bot_serving").isEmpty
      }
      // Another process, which only asks.
      let reader = stage.makeServing()
      try await reader.load()
      try await eventually("it is in force") { reader.server(of: stage.lanternfall) == stage.own }
      #expect(reader.serves(stage.own, stage.lanternfall))
      #expect(!reader.serves(stage.shared, stage.lanternfall))
      #expect(reader.serves(stage.shared, stage.tavern))
      #expect(!reader.serves(stage.own, stage.tavern))
      #expect(serving.server(of: stage.tavern) == stage.shared)
    }
  }
}

extension BotStage {
  /// Whether a message was answered by that bot, within a short while.
  fileprivate func hasAnswer(to message: MessageID, by bot: UserID) async -> Bool {
    for _ in 0..<40 {
      if answers.values.contains(Answer(bot: bot, message: message)) { return true }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}
