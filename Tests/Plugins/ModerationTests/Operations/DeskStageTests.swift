// Reports, appeals and mass actions against the simulator.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import Synchronization
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct DeskStageTests {
  private func person(_ user: UserID) -> Person {
    Person(user: user, name: "somebody", roles: [], permissions: [.viewChannel, .sendMessages])
  }

  /// The ids of the buttons of the newest message there that has some.
  private func buttons(_ stage: SanctionStage, in channel: ChannelID) async throws -> [String] {
    let messages = await stage.messages(in: channel)
    let rows = try #require(messages.last { !$0.components.isEmpty }).components
    return rows.flatMap { $0["components"]?.array ?? [] }.compactMap { $0["custom_id"]?.string }
  }

  @Test func `a report is joined, decided by a form, and those who made it are told`() async throws {
    try await withStage { stage in
      let queue = try await stage.plaza()
      try await stage.set { $0.reportChannel = queue }
      let (bad, one, two) = (stage.members[0], stage.members[1], stage.members[2])
      let written = await stage.write([.seconds(9)], by: bad, in: stage.log, content: "very rude words")
      let target = try await stage.guildBot.send(.getMessage(written[0], in: stage.log))
      for (index, reporter) in [one, two].enumerated() {
        let form = try await stage.choose(
          "report-message", on: target, as: person(reporter), cause: "m\(index)")
        let id = try #require(form.forms.withLock { $0.first?.customID })
        let answer = try await stage.send(
          id, ["reason": "insults"], as: person(reporter), in: stage.log, cause: "f\(index)")
        #expect(answer.text.hasPrefix("Thank you"))
      }
      #expect(await stage.messages(in: queue).filter { !$0.components.isEmpty }.count == 1)
      let shown = try await buttons(stage, in: queue)
      #expect(shown.count == 5)
      await #expect(throws: Refusal.self) {
        try await stage.press(shown[0], as: person(one), in: queue, cause: "p0")
      }
      _ = try await stage.press(shown[0], in: queue, cause: "p1")
      let form = try await stage.press(shown[1], in: queue, cause: "p2")
      let id = try #require(form.forms.withLock { $0.first?.customID })
      let done = try await stage.send(id, ["reason": "no insults"], in: queue, cause: "f9")
      #expect(done.edits.withLock { $0.first?.components?.isEmpty } == true)
      // The form sent again changes nothing.
      _ = try await stage.send(id, ["reason": "no insults"], in: queue, cause: "f9")
      let cases = try await stage.allCases()
      #expect(cases.count == 1 && cases[0].kind == .warn && cases[0].target == bad)
      #expect(try await stage.cases.evidence(of: cases[0])?.content == "very rude words")
      for reporter in [one, two] {
        #expect(await stage.told(reporter).filter { $0.contains("has acted") }.count == 1)
      }
      await #expect(throws: Refusal("report.closed")) {
        try await stage.send(id, ["reason": "again"], in: queue, cause: "f10")
      }
    }
  }

  @Test func `delete and warn does both, with the message as evidence`() async throws {
    try await withStage { stage in
      let written = await stage.write([.seconds(9)], by: stage.members[0], in: stage.log, content: "buy gold")
      let target = try await stage.guildBot.send(.getMessage(written[0], in: stage.log))
      let form = try await stage.choose("delete-warn", on: target, as: stage.owner, cause: "m")
      let id = try #require(form.forms.withLock { $0.first?.customID })
      let answer = try await stage.send(id, ["reason": "no advertising"], in: stage.log, cause: "f")
      #expect(answer.text.contains("case 1"))
      #expect(await !stage.messages(in: stage.log).contains { $0.id == written[0] })
      let record = try #require(try await stage.allCases().first)
      #expect(try await stage.cases.evidence(of: record)?.content == "buy gold")
    }
  }

  @Test func `a banned person appeals on the web, and comes back when the appeal is approved`() async throws {
    try await withStage { stage in
      let queue = try await stage.plaza()
      let ada = stage.members[0]
      try await stage.set { settings in
        settings.appeals.isOn = true
        settings.appeals.channel = queue
      }
      let banned = try await Sanctioner(try await stage.context("ban")).apply(
        Sanction(.ban, of: ada, by: .person(stage.owner), because: "mistake"), as: "ban")
      #expect(banned == .done(caseNumber: 1, escalatedTo: nil))
      let desk = AppealDesk(try await stage.context("web1"))
      await #expect(throws: Refusal("appeal.noCase")) {
        try await desk.submit(against: 1, by: stage.members[1], "It was not me at all.", from: .web)
      }
      let appeal = try await desk.submit(against: 1, by: ada, "It was not me at all.", from: .web)
      _ = try await desk.submit(against: 1, by: ada, "It was not me at all.", from: .web)
      #expect(await stage.messages(in: queue).filter { !$0.components.isEmpty }.count == 1)
      // The staff is reminded while it waits.
      stage.advance(by: .seconds(2 * 86_400))
      try await stage.runTimers("appeal")
      #expect(await stage.messages(in: queue).contains { $0.content.contains("has been waiting") })
      let shown = try await buttons(stage, in: queue)
      let asked = try await stage.press(shown[2], in: queue, cause: "p1")
      let question = try #require(asked.forms.withLock { $0.first?.customID })
      _ = try await stage.send(question, ["note": "Who was it?"], in: queue, cause: "f1")
      try await AppealDesk(try await stage.context("web2")).answer(
        appeal.number, "My little brother.", by: ada)
      let form = try await stage.press(shown[0], in: queue, cause: "p2")
      let id = try #require(form.forms.withLock { $0.first?.customID })
      for _ in 0..<2 {
        do {
          _ = try await stage.send(id, ["note": "Welcome back."], in: queue, cause: "f2")
        } catch let refusal as Refusal {
          #expect(refusal.key == "appeal.decided")
        }
      }
      #expect(await !stage.isBanned(ada))
      let cases = try await stage.allCases()
      #expect(cases.map(\.kind) == [.ban, .unban] && cases[0].void != nil)
      let decided = try #require(try await desk.appeal(appeal.number))
      #expect(decided.status == .approved && decided.decidedBy == stage.owner.user)
      #expect(
        try await desk.entries(of: appeal.number).map(\.kind) == [.submitted, .asked, .answered, .approved])
      _ = try await AppealDesk(try await stage.context("p3")).reopen(
        appeal.number, by: stage.owner, because: "one more thing")
      #expect(try await desk.appeals(.open).map(\.number) == [appeal.number])
    }
  }
}

@Suite(.serialized, .timeLimit(.minutes(3))) struct MassStageTests {
  /// Accounts that are no members.
  private func strangers(_ count: Int, _ stage: SanctionStage) async -> [UserID] {
    await stage.simulator.withWorld { world in (0..<count).map { world.makeUser("raider\($0)").id } }
  }

  @Test func `hundreds are banned two hundred at a time, and a step that is repeated bans nobody twice`()
    async throws
  {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      let raiders = await strangers(250, stage)
      let unknown = UserID(80_351_110_224_678_912)
      let list = (raiders + [unknown, stage.owner.user, stage.bot.id]).map(\.description).joined(
        separator: " ")
      let question = try await stage.say("massban \(list) raid", in: plaza, cause: "c1")
      #expect(question.text == "Ban 253 users?" && question.buttons.count == 2)
      let jobs = JobStore(store: stage.storage.guild(Tenant(stage.guild)))
      #expect(try await jobs.job(1)?.status == .waiting)
      await #expect(throws: Refusal("job.notYours")) {
        try await stage.press(
          question.buttons[0],
          as: Person(user: stage.members[0], name: "", roles: [], permissions: .all), in: plaza, cause: "p0")
      }
      // The first step is done, and the process dies before it stores that.
      _ = try await JobRunner(try await stage.context("x")).confirm(1)
      var job = try #require(try await jobs.job(1))
      _ = try await MassBanWork.step(try await stage.context("x").keyed(by: job.cause), &job)
      _ = try await stage.press(question.buttons[0], in: plaza, cause: "p1")
      try await stage.runTimers("job")
      let plan = MassPlan(try #require(try await jobs.job(1)))
      #expect(plan.done == 250 && plan.refused == 2 && plan.failed == 1)
      #expect(Set(plan.failures) == [unknown, stage.owner.user, stage.bot.id])
      let guild = stage.guild
      let banned = await stage.simulator.withWorld { Set($0.guilds[guild]?.bans.keys.map { $0 } ?? []) }
      #expect(banned.isSuperset(of: raiders))
      var filter = CaseFilter()
      filter.kind = .ban
      let page = try await stage.cases.find(filter)
      #expect(page.total == 250 && page.cases[0].reason == "raid")
      #expect(await stage.logTitles().filter { $0 == "Mass ban" }.count == 1)
    }
  }

  @Test func `whoever stands above the one who asks is passed over`() async throws {
    try await withStage { stage in
      let moderator = Person(user: stage.members[0], name: "", roles: [stage.prize], permissions: .banMembers)
      let context = try await stage.context("c")
      let top = try #require(stage.guildBot.roles.max { $0.rank < $1.rank })
      let sorted = MassGuard(context, person: moderator.user, roles: []).sort(
        [stage.members[1], stage.members[2], UserID(5), moderator.user],
        roles: [stage.members[1]: [stage.prize], stage.members[2]: [top.id], moderator.user: []])
      #expect(sorted.allowed == [UserID(5)])
      #expect(sorted.refused == [stage.members[1], stage.members[2], moderator.user])
    }
  }

  @Test func `all bans are lifted but the protected ones`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      let raiders = await strangers(7, stage)
      let context = try await stage.context("seed")
      _ = try await context.bot.send(.bulkBan(raiders, in: stage.guild))
      try await stage.say("bans protect \(raiders[3])", in: plaza, cause: "c0")
      let question = try await stage.say("unbanall amnesty", in: plaza, cause: "c1")
      _ = try await stage.press(question.buttons[0], in: plaza, cause: "p1")
      try await stage.runTimers("job")
      let guild = stage.guild
      let left = await stage.simulator.withWorld { Set($0.guilds[guild]?.bans.keys.map { $0 } ?? []) }
      #expect(left.intersection(raiders) == [raiders[3]])
      var filter = CaseFilter()
      filter.kind = .unban
      #expect(try await stage.cases.find(filter).total >= 6)
    }
  }

  @Test func `a ban list goes out as a file and comes in again`() async throws {
    try await withStage { stage in
      let plaza = try await stage.plaza()
      let raiders = await strangers(3, stage)
      let context = try await stage.context("seed")
      _ = try await context.bot.send(.bulkBan(raiders, in: stage.guild))
      let answer = try await stage.say("bans export", in: plaza, cause: "c1")
      let file = try #require(answer.replies.withLock { $0.first?.files.first })
      guard case .bytes(let bytes) = file.content else {
        Issue.record("it is no file")
        return
      }
      #expect(Set(BanFile.users(bytes).users).isSuperset(of: raiders))
      for user in raiders { _ = try await context.bot.send(.removeBan(of: user, in: stage.guild)) }
      let sent = try await context.bot.send(
        .createMessage(MessageCreate("the list").file(file), in: plaza))
      let question = try await stage.say(
        "bans import", in: plaza, cause: "c2", source: .message(sent.id))
      _ = try await stage.press(question.buttons[0], in: plaza, cause: "p1")
      try await stage.runTimers("job")
      for user in raiders { #expect(await stage.isBanned(user)) }
    }
  }
}
