// Who is greeted how in a rush, and which roles somebody gets.

import DiscordCore
import EventLoop
import PlatformPlugins
import Testing

@testable import DiscordBot
@testable import WelcomePlugin

private let now = Timestamp(milliseconds: 1_767_225_600_000)
/// An account of 2016.
private let ada = UserID(175_928_847_299_117_063)
private let (red, blue, staff) = (RoleID(21), RoleID(22), RoleID(23))

private func guest(_ user: UserID = ada, isBot: Bool = false) -> Guest {
  var guest = Guest(user: user, name: "ada", displayName: "Ada", number: 5)
  guest.isBot = isBot
  return guest
}

private func waiting(_ count: Int, since instant: Timestamp = now) -> [WaitingGreeting] {
  (0..<count).map { number in
    WaitingGreeting(
      cause: "event/\(number)", occasion: .join, guest: guest(), happenedAt: instant, since: instant)
  }
}

@Suite struct RushPlanTests {
  @Test func `so many a minute are greeted alone, the rest together a little later`() {
    let rush = RushSettings()
    let calm = RushPlan(waiting(3), sent: 0, rush: rush, at: now)
    #expect(calm.single.count == 3 && calm.next == nil)
    let busy = RushPlan(waiting(15), sent: 4, rush: rush, at: now)
    #expect(busy.single.count == 6 && busy.together.isEmpty)
    #expect(busy.next == now + RushPlan.collection)
    let later = RushPlan(waiting(9), sent: 10, rush: rush, at: now + RushPlan.collection)
    #expect(later.single.isEmpty && later.together.count == 9 && later.next == nil)
  }

  @Test func `the rest is left out where the guild wants that`() {
    var rush = RushSettings()
    (rush.perMinute, rush.beyond) = (2, .skipped)
    let plan = RushPlan(waiting(5), sent: 0, rush: rush, at: now)
    #expect(plan.single.count == 2 && plan.skipped.count == 3 && plan.next == nil)
  }

  @Test func `nobody is greeted long after they came`() {
    let old = waiting(2, since: now - .seconds(901))
    let plan = RushPlan(old + waiting(1), sent: 0, rush: RushSettings(), at: now)
    #expect(plan.late.count == 2 && plan.single.count == 1)
  }

  @Test func `a boost is news for five minutes`() {
    #expect(BoostRule.hasJustBegun(now - .seconds(10), at: now))
    #expect(!BoostRule.hasJustBegun(now - .seconds(301), at: now))
    #expect(!BoostRule.hasJustBegun(nil, at: now))
  }
}

@Suite struct RolePlanTests {
  private let roles: [CachedRole] = [
    Self.role(red), Self.role(blue), Self.role(staff, permissions: .banMembers),
  ]

  private static func role(_ id: RoleID, permissions: Permissions = []) -> CachedRole {
    CachedRole(
      id: id, name: "\(id)", permissions: permissions, position: 1, color: 0, isHoisted: false,
      isManaged: false, isMentionable: false)
  }

  private func joining(
    _ settings: WelcomeSettings, _ guest: Guest = guest(), isPending: Bool = false, left: LeftRoles? = nil
  ) -> [RoleWish] {
    RolePlan.onJoining(guest, isPending: isPending, left: left, settings, roles, at: now)
  }

  @Test func `people and bots get their own roles, after their delay`() {
    var settings = WelcomeSettings()
    settings.autoRoles = [AutoRole(red, delay: .seconds(600)), AutoRole(blue, audience: .bots)]
    #expect(joining(settings).map(\.role) == [red])
    #expect(joining(settings).first?.due == now + .seconds(600))
    #expect(joining(settings, guest(isBot: true)).map(\.role) == [blue])
  }

  @Test func `a young account gets the role when it is old enough`() {
    var settings = WelcomeSettings()
    settings.autoRoles = [AutoRole(red)]
    settings.autoRoles[0].minimumAge = .seconds(86_400)
    #expect(joining(settings).first?.due == now)
    let young = UserID(UInt64(now.milliseconds - 3_600_000 - 1_420_070_400_000) << 22)
    #expect(joining(settings, guest(young)).first?.due == now + .seconds(82_800))
  }

  @Test func `what comes after the screening waits for it only where there is one`() {
    var settings = WelcomeSettings()
    settings.autoRoles = [AutoRole(red, moment: .screening), AutoRole(blue, moment: .rules)]
    #expect(joining(settings, isPending: true).map(\.waitsForScreening) == [true])
    #expect(joining(settings).map(\.waitsForScreening) == [false])
  }

  @Test func `a role is not for those who had another when they left`() {
    var settings = WelcomeSettings()
    settings.autoRoles = [AutoRole(red)]
    settings.autoRoles[0].unless = [blue]
    let left = LeftRoles(user: ada, roles: [blue], leftAt: now - .seconds(60))
    #expect(joining(settings, left: left).isEmpty)
    #expect(joining(settings).count == 1)
  }

  @Test func `sticky roles come back, but not those of moderators, nor after their time`() {
    var settings = WelcomeSettings()
    settings.sticky.isOn = true
    let left = LeftRoles(user: ada, roles: [red, blue, staff, RoleID(99)], leftAt: now - .seconds(60))
    #expect(joining(settings, left: left).map(\.role) == [red, blue])
    settings.sticky.roles = [blue]
    #expect(joining(settings, left: left).map(\.role) == [red])
    settings.sticky.scope = .only
    #expect(joining(settings, left: left).map(\.role) == [blue])
    settings.sticky.roles = [staff]
    #expect(joining(settings, left: left).isEmpty)
    settings.sticky.restoresPowerful = true
    #expect(joining(settings, left: left).map(\.role) == [staff])
    settings.sticky.keptFor = .seconds(30)
    #expect(joining(settings, left: left).isEmpty)
  }

  @Test func `accepting the rules gives, takes, and begins what comes after`() {
    var settings = WelcomeSettings()
    (settings.rules.gives, settings.rules.takes) = (red, blue)
    settings.autoRoles = [AutoRole(staff, moment: .rules, delay: .seconds(60)), AutoRole(RoleID(24))]
    let wishes = RolePlan.onAccepting(ada, settings, at: now)
    #expect(wishes.map(\.role) == [blue, red, staff])
    #expect(wishes.map(\.gives) == [false, true, true])
    #expect(wishes.last?.due == now + .seconds(60))
  }

  @Test func `one change keeps everybody else's roles and leaves out what cannot be`() {
    var settings = WelcomeSettings()
    settings.autoRoles = [AutoRole(RoleID(24))]
    settings.autoRoles[0].unless = [blue]
    let wishes = [
      RoleWish(role: red, source: .auto, due: now),
      RoleWish(role: blue, gives: false, source: .rules, due: now),
      RoleWish(role: staff, source: .auto, due: now), RoleWish(role: RoleID(24), source: .auto, due: now),
    ]
    let patch = RolePatch(wishes, for: [blue, RoleID(50)], settings) { wish in
      wish.role == staff ? Refusal("refusal.roleAboveBot") : nil
    }
    #expect((patch.given, patch.taken) == ([red], [blue]))
    #expect(patch.excluded == [RoleID(24)])
    #expect(Array(patch.refused.keys) == [staff])
    #expect(patch.applied(to: [blue, RoleID(50)]) == [red, RoleID(50)])
    #expect(RolePatch(wishes, for: [red, staff, RoleID(24)], settings) { _ in nil }.isEmpty)
  }
}
