// Acting on members: what happens at Discord, what is written down, what is refused, and that repeating changes nothing.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
@testable import PlatformSchedule
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import Synchronization
import Testing

extension SanctionStage {
  /// Has the owner do something, under that cause.
  @discardableResult
  func act(
    _ kind: CaseKind, on user: UserID, _ cause: String, because reason: String = "spam",
    for duration: Duration? = nil, by person: Person? = nil, change: (inout SanctionOrder) -> Void = { _ in }
  ) async throws -> SanctionOutcome {
    var order = SanctionOrder(kind, of: user, by: .person(person ?? owner), because: reason, for: duration)
    change(&order)
    let context = try await context(cause)
    return try await Sanctioner(context).carryOut(order, as: context.effects.key("\(user)"))
  }
}

extension SanctionOutcome {
  var refusal: String? { if case .refused(let refusal) = self { refusal.key } else { nil } }
  var number: Int64? { if case .done(let number, _) = self { number } else { nil } }
}

@Suite(.timeLimit(.minutes(5)), .serialized) struct SanctionTests {
  @Test func `each action happens at Discord, becomes a case, is told and logged, once`() async throws {
    try await withStage { stage async throws in
      let m = stage.members
      let plan: [(CaseKind, UserID, Duration?, told: Int)] = [
        (.note, m[0], nil, 0), (.warn, m[0], nil, 1), (.timeout, m[1], .seconds(600), 1),
        (.untimeout, m[1], nil, 1), (.kick, m[2], nil, 1), (.ban, m[3], nil, 1), (.unban, m[3], nil, 1),
        (.softban, m[4], nil, 1), (.quarantine, m[5], nil, 1), (.release, m[5], nil, 1),
      ]
      for (index, (kind, user, duration, told)) in plan.enumerated() {
        for _ in 0..<2 {
          let outcome = try await stage.act(kind, on: user, "cause\(index)", for: duration)
          #expect(outcome == .done(caseNumber: Int64(index + 1), escalatedTo: nil), "\(kind)")
        }
        #expect(await stage.told(user).count == told, "\(kind)")
        switch kind {
        case .timeout: #expect(await stage.member(user)?.timedOutUntil != nil)
        case .untimeout: #expect(await stage.member(user)?.timedOutUntil == nil)
        case .kick, .softban: #expect(await stage.member(user) == nil)
        case .ban: #expect(await stage.isBanned(user))
        case .unban: #expect(await !stage.isBanned(user))
        case .quarantine: #expect(await stage.member(user)?.roles == [stage.quarantine])
        case .release: #expect(await stage.member(user)?.roles.contains(stage.prize) == true)
        case .note, .warn, .role: break
        }
      }
      #expect(await !stage.isBanned(m[4]))
      let titles = await stage.logTitles()
      #expect(titles.count == plan.count && titles.first == "Case 1 · Note")
      let cases = try await stage.allCases()
      #expect(cases.map(\.kind) == plan.map(\.0))
      #expect(cases.allSatisfy { $0.isFinished && $0.logMessage != nil })
      #expect(
        try await AuditLog(stage.cases.store).entries().count { $0.action != "settings.change" } >= plan.count
      )
    }
  }

  @Test func `whoever takes no messages is banned all the same, and the case says so`() async throws {
    try await withStage { stage async throws in
      #expect(try await stage.act(.ban, on: stage.hermit, "c").number == 1)
      #expect(try await stage.cases.find(1)?.notice == .closed)
      #expect(await stage.isBanned(stage.hermit))
    }
  }

  @Test func `what may not be done is refused in words, with Discord's answer and not the cache's`()
    async throws
  {
    try await withStage { stage async throws in
      let high = stage.members[0]
      // A member of rank: the bot never saw the role given.
      let guild = stage.guild
      let highRole = await stage.simulator.withWorld { world -> RoleID? in
        guard let guild = world.guilds[guild],
          let role = guild.sortedRoles.last(where: {
            !$0.managed && !$0.permissions.contains(.administrator)
          })
        else { return nil }
        guild.members[high]?.roles.append(role.id)
        return role.id
      }
      _ = try #require(highRole)
      let junior = Person(
        user: stage.members[1], name: "junior", roles: [stage.prize],
        permissions: [.banMembers, .moderateMembers])
      for kind in [CaseKind.warn, .timeout, .kick, .ban, .softban, .quarantine] {
        let outcome = try await stage.act(kind, on: high, "x\(kind)", for: .seconds(600), by: junior)
        #expect(outcome.refusal == "refusal.aboveYou", "\(kind)")
      }
      #expect(try await stage.act(.kick, on: stage.owner.user, "a", by: junior).refusal == "refusal.owner")
      #expect(try await stage.act(.ban, on: junior.user, "b", by: junior).refusal == "refusal.self")
      #expect(try await stage.act(.kick, on: stage.bot.id, "c").refusal == "refusal.bot")
      #expect(try await stage.act(.timeout, on: high, "d").refusal == "refusal.durationNeeded")
      #expect(
        try await stage.act(.timeout, on: high, "e", for: .seconds(29 * 86_400)).refusal
          == "refusal.timeoutTooLong")
      #expect(try await stage.act(.unban, on: high, "f").refusal == "refusal.notBanned")
      #expect(try await stage.act(.release, on: high, "g").refusal == "refusal.notQuarantined")
      #expect(try await stage.act(.untimeout, on: high, "h").refusal == "refusal.notTimedOut")
      try await stage.set {
        $0.protectedRoles = [stage.prize]; $0.requiresReason = true
      }
      #expect(try await stage.act(.kick, on: stage.members[2], "i").refusal == "refusal.protected")
      #expect(
        try await stage.act(.warn, on: stage.members[2], "j", because: " ").refusal == "refusal.reasonNeeded")
      #expect(try await stage.allCases().isEmpty)
      #expect(await stage.logTitles().isEmpty)
    }
  }

  /// A call that fails at Discord in each of these ways, before or after it was carried out, and is then repeated.
  @Test(arguments: [
    "GET /guilds/{guild.id}/members/{user.id}", "PUT /guilds/{guild.id}/bans/{user.id}",
    "DELETE /guilds/{guild.id}/members/{user.id}", "POST /channels/{channel.id}/messages",
    "POST /users/@me/channels",
  ])
  func `an outage anywhere ends in one case, one notice at most and one line`(_ route: String) async throws {
    try await withStage { stage async throws in
      var user = 0
      for kind in [CaseKind.ban, .kick] {
        for fault in [Fault.serverError(status: 503), .lostAnswer(status: 503)] {
          let target = stage.members[user]
          user += 1
          let cause = "\(kind)-\(user)"
          let standing = await stage.simulator.faults.order(FaultOrder(fault, route: route, count: nil))
          // How it fails is not the matter here.
          _ = try? await stage.act(kind, on: target, cause)
          _ = await stage.simulator.faults.cancel(standing.id)
          let outcome = try await stage.act(kind, on: target, cause)
          #expect(outcome.number == Int64(user), "\(kind) \(fault)")
          #expect(try await stage.act(kind, on: target, cause) == outcome)
          #expect(await stage.told(target).count <= 1)
          #expect(await stage.member(target) == nil)
          // What could not be logged then has a timer.
          for record in try await stage.allCases() where record.logMessage == nil {
            let name = TimerName("moderation.log", guild: nil, key: "\(record.number)")
            let firing = TimerFiring(name: name, due: stage.now, payload: [], attempt: 1)
            _ = try await SanctionTimers.log(try await stage.context("t"), firing)
          }
          #expect(await stage.logTitles().count == user, "\(kind) \(fault)")
        }
      }
      #expect(try await stage.allCases().map(\.number) == [1, 2, 3, 4])
    }
  }

  @Test func `a kick that a crash left between Discord and the case gets its case`() async throws {
    try await withStage { stage async throws in
      let target = stage.members[0]
      let context = try await stage.context("crash")
      let key = context.effects.key("\(target)")
      // What the process that died had done: the check, and the call whose answer it never saw.
      _ = try await context.keyed(by: key).effects.once("approved") { _ in }
      _ = try await stage.guildBot.send(.removeGuildMember(target, from: stage.guild))
      #expect(try await stage.act(.kick, on: target, "crash") == .done(caseNumber: 1, escalatedTo: nil))
      #expect(await stage.logTitles() == ["Case 1 · Kick"])
    }
  }

  @Test func `what follows from a case is made good at the next start`() async throws {
    try await withStage { stage async throws in
      let target = stage.members[0]
      let record = try await stage.cases.record(
        CaseDraft(.ban, of: target, by: .person(stage.owner.user), because: "", effectKey: "k", at: stage.now)
          .lasting(.seconds(600)))
      let hour = TimerFiring(
        name: TimerName("moderation.every.tidy", guild: nil, key: ""), due: stage.now, payload: [], attempt: 1
      )
      try await SanctionHandlers.tidy(try await stage.context("hour"), hour)
      #expect(try await stage.cases.find(record.number)?.isFinished == false, "it may be under way")
      for _ in 0..<2 { try await SanctionHandlers.reconcile(try await stage.context("start")) }
      #expect(try await stage.cases.find(record.number)?.isFinished == true)
      #expect(await stage.logTitles().count == 1)
      #expect(try await stage.schedule.pending(Tenant(stage.guild)).map(\.name.kind) == ["moderation.unban"])
    }
  }

  @Test func `a log that cannot be written to stops nothing, and the owners hear of it`() async throws {
    try await withStage { stage async throws in
      try await stage.set { $0.logChannel = ChannelID(1) }
      #expect(try await stage.act(.warn, on: stage.members[0], "c").number == 1)
      #expect(stage.notices.withLock { $0.map(\.key) } == ["notice.logChannel"])
      try await stage.set { settings in
        var route = LogRoute()
        (route.topic, route.channel) = (.warn, nil)
        (settings.logChannel, settings.logRoutes) = (stage.log, [route])
      }
      #expect(try await stage.act(.warn, on: stage.members[0], "d").number == 2)
      #expect(await stage.logTitles().isEmpty)
      #expect(try await stage.act(.kick, on: stage.members[0], "e").number == 3)
      #expect(await stage.logTitles() == ["Case 3 · Kick"])
    }
  }

  @Test func `the third warning times out, once, and says which case it led to`() async throws {
    try await withStage { stage async throws in
      try await stage.set { $0.ladder = [LadderStep()] }
      let target = stage.members[0]
      for index in 1...3 {
        for _ in 0..<3 {
          let outcome = try await stage.act(.warn, on: target, "w\(index)")
          #expect(outcome == .done(caseNumber: Int64(index), escalatedTo: index == 3 ? 4 : nil))
        }
      }
      #expect(await stage.member(target)?.timedOutUntil != nil)
      let cases = try await stage.allCases()
      #expect(cases.map(\.kind) == [.warn, .warn, .warn, .timeout])
      #expect(cases.last?.parent == 3 && cases.last?.points == 0)
      #expect(await stage.logTitles().count == 4)
    }
  }

  @Test func `a message template is filled in one pass`() async throws {
    try await withStage { stage async throws in
      try await stage.set { settings in
        settings.notices.text = "{server}: {action} {duration}. {reason} {appeal}"
        settings.notices.appeal = "Write to us."
      }
      try await stage.act(.warn, on: stage.members[0], "c", because: "said {server}")
      #expect(
        await stage.told(stage.members[0]) == ["Lanternfall: Warning for good. said {server} Write to us."])
    }
  }
}

extension CaseDraft {
  fileprivate func lasting(_ duration: Duration) -> CaseDraft {
    var draft = self
    draft.duration = duration
    return draft
  }
}
