// Who waits, who goes, who is sent away.

import DiscordLimits
import Testing

/// A machine whose global limit is used up, so that everything waits.
private func busyMachine(_ change: (inout EgressMachine.Configuration) -> Void = { _ in }) -> EgressMachine {
  var configuration = EgressMachine.Configuration()
  configuration.globalLimit = 1
  change(&configuration)
  var machine = EgressMachine(configuration)
  _ = machine.submit(request("GET", "/gateway", .none), at: .zero)
  _ = machine.takeActions()
  return machine
}

@Suite struct `Bounded queues` {
  @Test func `a full queue refuses its oldest background call first`() {
    var machine = busyMachine { $0.queueBound = 3 }
    let background = (0..<2).map { machine.submit(request(priority(4), .channel(UInt64($0))), at: .zero) }
    _ = machine.submit(request(priority(3), .channel(7)), at: .zero)
    _ = machine.submit(request(priority(3), .channel(8)), at: .zero)
    #expect(machine.takeActions() == [.refuse(background[0], .displaced)])
    _ = machine.submit(request(priority(4), .channel(9)), at: .zero)
    #expect(machine.takeActions() == [.refuse(background[1], .displaced)])
    _ = machine.submit(request(priority(2), .channel(9)), at: .zero)
    #expect(machine.waitingCounts == [0, 0, 1, 2, 0])
  }

  @Test func `a full queue of more urgent calls refuses the newcomer`() {
    var machine = busyMachine { $0.queueBound = 2 }
    for channel in 0..<2 { _ = machine.submit(request(priority(1), .channel(UInt64(channel))), at: .zero) }
    let late = machine.submit(request(priority(3), .channel(5)), at: .zero)
    #expect(machine.takeActions() == [.refuse(late, .queueFull)])
    let equal = machine.submit(request(priority(1), .channel(6)), at: .zero)
    #expect(machine.takeActions() == [.refuse(equal, .queueFull)])
  }

  @Test func `one guild's calls cannot fill the bot's queue`() {
    var machine = busyMachine { $0.guildQueueBound = 2 }
    let first = machine.submit(request(priority(4), .channel(1), guild: 1), at: .zero)
    _ = machine.submit(request(priority(3), .channel(2), guild: 1), at: .zero)
    let third = machine.submit(request(priority(3), .channel(3), guild: 1), at: .zero)
    #expect(machine.takeActions() == [.refuse(first, .displaced)])
    let fourth = machine.submit(request(priority(3), .channel(4), guild: 1), at: .zero)
    #expect(machine.takeActions() == [.refuse(fourth, .queueFull)])
    _ = machine.submit(request(priority(3), .channel(5), guild: 2), at: .zero)
    #expect(machine.takeActions().isEmpty)
    machine.cancel(third, at: .zero)
    _ = machine.submit(request(priority(3), .channel(6), guild: 1), at: .zero)
    #expect(machine.takeActions().isEmpty)
  }

  @Test func `a deadline takes a call out of its queue`() {
    var machine = busyMachine()
    let call = machine.submit(request(priority(3), .channel(1), within: .milliseconds(300)), at: .zero)
    let wakeUp = machine.nextWakeUp(at: .zero)
    #expect(wakeUp == .milliseconds(300))
    machine.advance(to: .milliseconds(299))
    #expect(machine.takeActions().isEmpty)
    machine.advance(to: .milliseconds(300))
    #expect(machine.takeActions() == [.refuse(call, .waitedTooLong)])
    #expect(machine.waitingCounts.allSatisfy { $0 == 0 })
  }

  @Test func `a cancelled call leaves, and the next takes its place`() {
    var machine = EgressMachine()
    let first = machine.submit(request(), at: .zero)
    let second = machine.submit(request(), at: .zero)
    let third = machine.submit(request(), at: .zero)
    _ = machine.takeActions()
    machine.cancel(second, at: .zero)
    machine.cancel(first, at: .zero)
    #expect(machine.takeActions() == [.start(third)])
  }

  @Test func `memory of what was long ago is given back`() {
    var machine = EgressMachine()
    var now: Duration = .zero
    for channel in 0..<20_000 {
      let ticket = machine.submit(
        request("GET", "/channels/{channel.id}", .channel(UInt64(channel))), at: now)
      _ = machine.takeActions()
      let headers = BucketHeaders(hash: "h", limit: 5, remaining: 4, resetAfter: .seconds(1))
      if let permit = machine.claim(ticket) {
        machine.complete(permit, .answered(EgressAnswer(status: 200, limits: headers)), at: now)
      }
      now += .milliseconds(25)
    }
    #expect(machine.underwayCount == 0)
    #expect(machine.bucketCount < 1_100)
  }
}

@Suite struct `Order of calls` {
  @Test func `the most urgent class goes first`() {
    var machine = busyMachine()
    let tickets = [4, 3, 2, 1, 0].map {
      machine.submit(request(priority($0), .channel(UInt64($0))), at: .zero)
    }
    var order: [EgressTicket] = []
    for step in 1...5 {
      machine.advance(to: .seconds(2 * step))
      order += machine.takeActions().compactMap { if case .start(let ticket) = $0 { ticket } else { nil } }
    }
    #expect(order == tickets.reversed())
  }

  @Test func `every class gets at least its share while all are backlogged`() {
    var shares = ClassShares()
    var served = [Int](repeating: 0, count: 5)
    var gap = [Int](repeating: 0, count: 5)
    var longest = gap
    for _ in 0..<10_000 {
      guard let next = shares.next({ _ in true }) else { break }
      shares.note(departure: next) { _ in true }
      served[next] += 1
      for index in gap.indices { gap[index] = index == next ? 0 : gap[index] + 1 }
      longest = zip(longest, gap).map { max($0, $1) }
    }
    for (index, share) in ClassShares.shares.enumerated().dropFirst() {
      // A departure of the class itself earns nothing, hence a little less than the share.
      #expect(served[index] * 100 >= 10_000 * share * 85 / 100, "class \(index)")
      #expect(longest[index] <= 100 / share + 5, "class \(index)")
    }
    #expect(served[0] >= 7_400)
  }

  @Test func `guilds take turns, however much one of them wants`() {
    var machine = busyMachine()
    for _ in 0..<500 { _ = machine.submit(request(priority(3), .channel(1), guild: 1), at: .zero) }
    for channel in 0..<100 {
      _ = machine.submit(request(priority(3), .channel(UInt64(10 + channel)), guild: 1), at: .zero)
    }
    let small = (0..<10).map {
      machine.submit(request(priority(3), .channel(UInt64(900 + $0)), guild: 2), at: .zero)
    }
    var started: [EgressTicket] = []
    for step in 1...24 {
      machine.advance(to: .seconds(2 * step))
      started += machine.takeActions().compactMap { if case .start(let ticket) = $0 { ticket } else { nil } }
    }
    #expect(small.allSatisfy { started.prefix(21).contains($0) })
  }

  @Test func `a blocked channel does not hold up its guild`() {
    var machine = EgressMachine()
    _ = machine.submit(request("POST", "/channels/{channel.id}/messages", .channel(1), guild: 1), at: .zero)
    _ = machine.submit(request("POST", "/channels/{channel.id}/messages", .channel(1), guild: 1), at: .zero)
    _ = machine.takeActions()
    let other = machine.submit(
      request("POST", "/channels/{channel.id}/messages", .channel(2), guild: 1), at: .zero)
    #expect(machine.takeActions() == [.start(other)])
  }
}

private func priority(_ rank: Int) -> EgressPriority { EgressPriority(rawValue: rank) ?? .background }

private func request(
  _ priority: EgressPriority, _ major: MajorParameter, guild: UInt64? = nil,
  within: Duration = .seconds(3_600)
) -> EgressRequest {
  request("POST", "/channels/{channel.id}/messages", major, priority, guild: guild, within: within)
}
