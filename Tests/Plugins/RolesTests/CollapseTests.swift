// Clicks that come faster than roles may be written: the last state is right, and the writes are few.

import DiscordCore
import EventLoop
import Testing

@testable import RolesPlugin

private let user = UserID(5)

/// Random numbers that are the same in every run.
private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

/// A menu of toggles, a person who clicks, and a Discord that takes its time: what the handlers do, on a clock of
/// milliseconds.
private struct Play {
  let menu: RoleMenu
  let latency: Int64
  var gate = WriteGate()
  var wish: (change: RoleChange, version: Int)?
  var timer: Int64?
  /// The call under way: when it is done, and of which version of the wish.
  var call: (done: Int64, change: RoleChange, version: Int)?
  var roles: Set<RoleID> = []
  var writes: [Int64] = []

  mutating func click(_ option: Int, at now: Int64, seeing payload: Set<RoleID>) {
    var seen = gate.recent(user, at: Timestamp(milliseconds: now)).applied(to: payload)
    if let wish { seen = wish.change.applied(to: seen) }
    let decision = MenuRules.decide(.press([option]), in: menu, MenuSituation(roles: seen))
    guard !decision.change.isEmpty else { return }
    wish = ((wish?.change ?? RoleChange()).then(decision.change), (wish?.version ?? 0) + 1)
    flush(at: now)
  }

  mutating func flush(at now: Int64) {
    switch gate.ask(user, at: Timestamp(milliseconds: now)) {
    case .wait(let until): timer = until.milliseconds
    case .write:
      guard let wish else { return gate.finished(user) }
      writes.append(now)
      call = (now + latency, wish.change, wish.version)
    }
  }

  mutating func tick(at now: Int64) {
    if let call, now >= call.done {
      roles = call.change.applied(to: roles)
      gate.wrote(user, call.change, at: Timestamp(milliseconds: now))
      gate.finished(user)
      self.call = nil
      if wish?.version == call.version { wish = nil } else { timer = max(now, call.done - latency + 1_000) }
    }
    if let due = timer, now >= due {
      timer = nil
      flush(at: now)
    }
  }
}

@Suite struct CollapseTests {
  @Test(arguments: 1...60)
  func `however fast one clicks, the state is the last one and writes are a second apart`(_ seed: Int) {
    var dice = Dice(state: UInt64(seed) &* 7_919)
    var menu = RoleMenu()
    for role in 1...3 { menu.add(RoleOption(id: 0, roles: [RoleID(UInt64(role))], label: "x")) }
    var play = Play(menu: menu, latency: .random(in: 20...900, using: &dice))
    // What an event shows was true a moment before it is handled.
    let delay = Int64.random(in: 0...400, using: &dice)
    var history: [Set<RoleID>] = []
    var expected: Set<RoleID> = []
    var clicks = 0
    for now in Int64(0)..<20_000 {
      play.tick(at: now)
      history.append(play.roles)
      // Ten clicks a second for ten seconds, then silence.
      if now < 10_000, dice.next() % 100 == 0 {
        let option = Int.random(in: 1...3, using: &dice)
        expected.formSymmetricDifference([RoleID(UInt64(option))])
        play.click(option, at: now, seeing: history[Int(max(0, now - delay))])
        clicks += 1
      }
    }
    #expect(clicks > 50)
    #expect(play.roles == expected)
    #expect(play.wish == nil)
    #expect(zip(play.writes, play.writes.dropFirst()).allSatisfy { $1 - $0 >= 1_000 })
    #expect(play.writes.count <= 13)
  }

  @Test func `a write that never comes back does not keep others waiting for ever`() {
    var gate = WriteGate()
    let start = Timestamp(milliseconds: 1_000_000)
    #expect(gate.ask(user, at: start) == .write)
    #expect(gate.ask(UserID(6), at: start) == .write)
    #expect(gate.ask(user, at: start + .seconds(5)) == .wait(until: start + .milliseconds(5_250)))
    #expect(gate.ask(user, at: start + WriteGate.patience) == .write)
  }

  @Test func `what failed is not remembered as written`() {
    var gate = WriteGate()
    let start = Timestamp(milliseconds: 1_000_000)
    _ = gate.ask(user, at: start)
    gate.finished(user)
    #expect(gate.recent(user, at: start).isEmpty)
    #expect(gate.ask(user, at: start + .milliseconds(999)) == .wait(until: start + .seconds(1)))
    #expect(gate.ask(user, at: start + .seconds(1)) == .write)
    gate.wrote(user, RoleChange(give: [RoleID(1)]), at: start + .seconds(2))
    gate.finished(user)
    #expect(gate.recent(user, at: start + .milliseconds(4_999)).given == [RoleID(1)])
    #expect(gate.recent(user, at: start + .seconds(5)).isEmpty)
  }
}
