// The egress machine's decisions, one by one.

import DiscordLimits
import Testing

/// What the machine says at once to a call.
private func admit(_ machine: inout EgressMachine, _ request: EgressRequest, at now: Duration = .zero)
  -> (ticket: EgressTicket, actions: [EgressAction])
{
  let ticket = machine.submit(request, at: now)
  return (ticket, machine.takeActions())
}

/// Completes a started call.
private func finish(
  _ machine: inout EgressMachine, _ ticket: EgressTicket, _ outcome: EgressOutcome, at now: Duration
) throws -> [EgressAction] {
  let permit = machine.claim(ticket)
  let isClaimed = permit != nil
  if let permit { machine.complete(permit, outcome, at: now) }
  try #require(isClaimed)
  return machine.takeActions()
}

private func ok(_ limit: Int, _ remaining: Int, _ reset: Duration, hash: String = "h") -> EgressOutcome {
  .answered(
    EgressAnswer(
      status: 200, limits: BucketHeaders(hash: hash, limit: limit, remaining: remaining, resetAfter: reset)))
}

private func tooMany(
  _ scope: LimitRefusal.Scope, _ wait: Duration, _ limits: BucketHeaders? = nil
) -> EgressOutcome {
  .answered(
    EgressAnswer(status: 429, limits: limits, limitRefusal: LimitRefusal(scope: scope, retryAfter: wait)))
}

@Suite struct `Route buckets` {
  @Test func `calls of a route nobody knows go one at a time, then as its headers say`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    #expect(first.actions == [.start(first.ticket)])
    let others = (0..<6).map { _ in admit(&machine, request()) }
    #expect(others.allSatisfy { $0.actions.isEmpty })
    // Five a window, one used: four go, two wait for the next window.
    let actions = try finish(&machine, first.ticket, ok(5, 4, .seconds(1)), at: .milliseconds(50))
    #expect(actions == others.prefix(4).map { .start($0.ticket) })
    let next = machine.nextWakeUp(at: .milliseconds(50))
    let wakeUp = try #require(next)
    #expect(wakeUp >= .milliseconds(1_050) && wakeUp < .milliseconds(1_060))
    machine.advance(to: wakeUp)
    #expect(machine.takeActions().count == 1, "four are on their way and may count in the new window")
  }

  @Test func `what is known of a route holds for the same route elsewhere`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    _ = try finish(&machine, first.ticket, ok(3, 2, .seconds(1)), at: .zero)
    let elsewhere = (0..<4).map { _ in
      admit(&machine, request("POST", "/channels/{channel.id}/messages", .channel(2)))
    }
    #expect(elsewhere.map(\.actions.count) == [1, 1, 1, 0])
  }

  @Test func `routes with one hash share a bucket, each resource has its own`() throws {
    var machine = EgressMachine()
    let post = admit(&machine, request())
    _ = try finish(&machine, post.ticket, ok(2, 1, .seconds(5)), at: .zero)
    let patch = admit(&machine, request("PATCH", "/channels/{channel.id}/messages/{message.id}"))
    _ = try finish(&machine, patch.ticket, ok(2, 0, .seconds(5)), at: .milliseconds(1))
    #expect(admit(&machine, request(), at: .milliseconds(2)).actions.isEmpty)
    #expect(
      admit(&machine, request("POST", "/channels/{channel.id}/messages", .channel(9)), at: .milliseconds(3))
        .actions.count == 1)
  }

  @Test func `a route without limits is told by an answer without headers`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request("GET", "/gateway/bot", .none))
    let second = admit(&machine, request("GET", "/gateway/bot", .none))
    let third = admit(&machine, request("GET", "/gateway/bot", .none))
    let actions = try finish(&machine, first.ticket, .answered(EgressAnswer(status: 200)), at: .zero)
    #expect(actions == [.start(second.ticket), .start(third.ticket)])
  }

  @Test func `answers out of order never raise what is left`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    _ = try finish(&machine, first.ticket, ok(4, 3, .seconds(2)), at: .zero)
    let three = (0..<3).map { _ in admit(&machine, request(), at: .milliseconds(1)) }
    _ = try finish(&machine, three[2].ticket, ok(4, 0, .milliseconds(1_990)), at: .milliseconds(9))
    _ = try finish(&machine, three[0].ticket, ok(4, 2, .milliseconds(1_995)), at: .milliseconds(10))
    #expect(admit(&machine, request(), at: .milliseconds(11)).actions.isEmpty)
  }

  @Test func `a call whose answer was lost counts as used`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    _ = try finish(&machine, first.ticket, ok(3, 2, .seconds(1)), at: .zero)
    let second = admit(&machine, request())
    _ = try finish(&machine, second.ticket, .lost, at: .milliseconds(1))
    #expect(admit(&machine, request(), at: .milliseconds(2)).actions.count == 1)
    #expect(admit(&machine, request(), at: .milliseconds(3)).actions.isEmpty)
  }

  @Test func `a permit that is dropped counts as a lost call`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    let second = admit(&machine, request())
    do { _ = machine.claim(first.ticket) }
    machine.advance(to: .milliseconds(1))
    #expect(machine.takeActions() == [.start(second.ticket)])
    #expect(machine.underwayCount == 1)
  }
}

@Suite struct `Refusals by Discord` {
  @Test func `a 429 of the bucket pauses it for as long as it says`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    _ = admit(&machine, request())
    _ = try finish(&machine, first.ticket, tooMany(.user, .seconds(7)), at: .zero)
    let wakeUp = machine.nextWakeUp(at: .zero)
    #expect(wakeUp == .seconds(7))
    machine.advance(to: .milliseconds(6_999))
    #expect(machine.takeActions().isEmpty)
    machine.advance(to: .seconds(7))
    #expect(machine.takeActions().count == 1)
  }

  @Test func `a 429 although the bucket has room left pauses that route only`() throws {
    var machine = EgressMachine()
    let post = admit(&machine, request())
    _ = try finish(&machine, post.ticket, ok(5, 4, .seconds(1)), at: .zero)
    let patch = admit(&machine, request("PATCH", "/channels/{channel.id}/messages/{message.id}"))
    let headers = BucketHeaders(hash: "h", limit: 5, remaining: 3, resetAfter: .seconds(1))
    _ = try finish(&machine, patch.ticket, tooMany(.user, .seconds(300), headers), at: .milliseconds(5))
    #expect(admit(&machine, request(), at: .milliseconds(6)).actions.count == 1)
    let again = request("PATCH", "/channels/{channel.id}/messages/{message.id}", within: .seconds(60))
    let refused = admit(&machine, again, at: .milliseconds(7))
    #expect(refused.actions == [.refuse(refused.ticket, .noRoom(after: .milliseconds(299_998)))])
  }

  @Test func `a global 429 stops all but what the global limit does not count`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request("GET", "/gateway/bot", .none))
    _ = try finish(&machine, first.ticket, tooMany(.global, .seconds(2)), at: .zero)
    #expect(machine.globalLimit < 50)
    #expect(admit(&machine, request()).actions.isEmpty)
    let callback = request(
      "POST", "/interactions/{interaction.id}/{interaction.token}/callback", .interaction(1, token: "t"),
      .interaction, isGloballyLimited: false)
    #expect(admit(&machine, callback).actions.count == 1)
    machine.advance(to: .seconds(2))
    #expect(machine.takeActions().count == 1)
  }

  @Test func `only shared limits leave the address's budget alone`() {
    let cases: [(LimitRefusal.Scope, Bool)] = [
      (.user, true), (.global, true), (.shared, false), (.address, true),
    ]
    for (scope, counts) in cases {
      let answer = EgressAnswer(
        status: 429, limitRefusal: LimitRefusal(scope: scope, retryAfter: .seconds(1)))
      #expect(answer.isInvalidRequest == counts, "\(scope)")
    }
    #expect([401, 403].allSatisfy { EgressAnswer(status: $0).isInvalidRequest })
    #expect(![200, 400, 404, 500].contains { EgressAnswer(status: $0).isInvalidRequest })
  }

  @Test func `a banned address stops everything, containment included`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    _ = try finish(&machine, first.ticket, tooMany(.address, .seconds(60)), at: .zero)
    let ban = request("PUT", "/guilds/{guild.id}/bans/{user.id}", .guild(1), .containment)
    #expect(admit(&machine, ban, at: .seconds(1)).actions.isEmpty)
    let wakeUp = machine.nextWakeUp(at: .seconds(1))
    #expect(wakeUp == .seconds(60))
    machine.advance(to: .seconds(60))
    #expect(machine.takeActions().count == 1)
  }

  @Test func `a rejected token fails what carries it at once, until there is a new one`() throws {
    var machine = EgressMachine()
    let first = admit(&machine, request())
    let waiting = admit(&machine, request())
    let actions = try finish(&machine, first.ticket, .answered(EgressAnswer(status: 401)), at: .zero)
    #expect(actions == [.reportRejectedToken, .refuse(waiting.ticket, .tokenRejected)])
    let later = admit(&machine, request())
    #expect(later.actions == [.refuse(later.ticket, .tokenRejected)])
    var bearer = request("GET", "/users/@me", .none)
    bearer.carriesToken = false
    #expect(admit(&machine, bearer).actions.count == 1)
    machine.tokenReplaced()
    #expect(admit(&machine, request("GET", "/gateway", .none)).actions.count == 1)
  }

  @Test func `a late 401 of the old token says nothing about the new one`() throws {
    var machine = EgressMachine()
    let old = admit(&machine, request())
    machine.tokenReplaced()
    _ = try finish(&machine, old.ticket, .answered(EgressAnswer(status: 401)), at: .zero)
    #expect(admit(&machine, request("GET", "/gateway", .none)).actions.count == 1)
  }

  @Test func `a webhook that does not exist is not called again`() throws {
    var machine = EgressMachine()
    let hook = request("POST", "/webhooks/{webhook.id}/{webhook.token}", .webhook(5, token: "abc"))
    let first = admit(&machine, hook)
    let waiting = admit(&machine, hook)
    let gone = EgressAnswer(status: 404, isUnknownWebhook: true)
    #expect(
      try finish(&machine, first.ticket, .answered(gone), at: .zero) == [
        .refuse(waiting.ticket, .webhookGone)
      ])
    let later = admit(&machine, hook)
    #expect(later.actions == [.refuse(later.ticket, .webhookGone)])
    let other = request("POST", "/webhooks/{webhook.id}/{webhook.token}", .webhook(5, token: "other"))
    #expect(admit(&machine, other).actions.count == 1)
  }

  @Test func `an interaction that is not known yet may be known a moment later`() throws {
    var machine = EgressMachine()
    let edit = request(
      "PATCH", "/webhooks/{application.id}/{interaction.token}/messages/@original", .webhook(5, token: "abc"))
    let first = admit(&machine, edit)
    _ = try finish(
      &machine, first.ticket, .answered(EgressAnswer(status: 404, isUnknownWebhook: true)), at: .zero)
    #expect(admit(&machine, edit).actions.contains { if case .start = $0 { true } else { false } })
  }

  @Test func `a spent budget stops everything but containment`() {
    var machine = EgressMachine()
    _ = admit(&machine, request())
    let waiting = admit(&machine, request())
    machine.setStopped(until: .seconds(100), at: .zero)
    #expect(machine.takeActions() == [.refuse(waiting.ticket, .budgetSpent(after: .seconds(100)))])
    let later = admit(&machine, request(), at: .seconds(40))
    #expect(later.actions == [.refuse(later.ticket, .budgetSpent(after: .seconds(60)))])
    let ban = request("PUT", "/guilds/{guild.id}/bans/{user.id}", .guild(1), .containment)
    #expect(admit(&machine, ban, at: .seconds(50)).actions.count == 1)
    #expect(admit(&machine, request("GET", "/gateway", .none), at: .seconds(100)).actions.count == 1)
  }
}

@Suite struct `Limits no header tells of` {
  @Test(arguments: [
    (HiddenLimit.channelRename, 2, Duration.seconds(600)), (.crosspost, 10, .seconds(3_600)),
    (.roleCreate, 250, .seconds(172_800)),
  ])
  func `they hold for each resource, and say how long`(_ limit: HiddenLimit, _ count: Int, _ window: Duration)
    throws
  {
    var machine = EgressMachine()
    var now: Duration = .zero
    for _ in 0..<count {
      let call = admit(
        &machine, request("PATCH", "/x/{id}", .channel(1), hidden: limit, within: .seconds(1 << 20)), at: now)
      #expect(call.actions.count == 1)
      _ = try finish(&machine, call.ticket, .answered(EgressAnswer(status: 200)), at: now)
      now += .milliseconds(100)
    }
    let refused = admit(
      &machine, request("PATCH", "/x/{id}", .channel(1), hidden: limit, within: .seconds(60)), at: now)
    guard case .refuse(_, .noRoom(let after)) = try #require(refused.actions.first) else {
      Issue.record("the call was not refused")
      return
    }
    #expect(after <= window && after > window - .seconds(60))
    let elsewhere = request("PATCH", "/x/{id}", .channel(2), hidden: limit, within: .seconds(1 << 20))
    #expect(admit(&machine, elsewhere, at: now).actions.count == 1)
    #expect(
      admit(&machine, request("PATCH", "/x/{id}", .channel(1), within: .seconds(1 << 20)), at: now).actions
        .count == 1)
  }

  @Test func `emoji go one at a time for each guild, whatever the headers say`() throws {
    var machine = EgressMachine()
    let route: StaticString = "/guilds/{guild.id}/emojis"
    let make = { (guild: UInt64) in request("POST", route, .guild(guild), hidden: .emoji) }
    let first = admit(&machine, make(1))
    let other = admit(
      &machine, request("DELETE", "/guilds/{guild.id}/emojis/{emoji.id}", .guild(1), hidden: .emoji))
    #expect(other.actions.isEmpty)
    #expect(admit(&machine, make(2)).actions.count == 1)
    let next = try finish(&machine, first.ticket, ok(50, 49, .seconds(1)), at: .zero)
    #expect(next == [.start(other.ticket)])
    let wait = admit(&machine, make(1))
    #expect(wait.actions.isEmpty)
    let lie = BucketHeaders(hash: "h", limit: 50, remaining: 48, resetAfter: .seconds(1))
    _ = try finish(&machine, other.ticket, tooMany(.user, .seconds(30), lie), at: .seconds(1))
    machine.advance(to: .seconds(30))
    #expect(machine.takeActions().isEmpty)
    machine.advance(to: .seconds(31))
    #expect(machine.takeActions() == [.start(wait.ticket)])
  }
}
