// The bounds of what a shard sends, asks and remembers: queue, members, acknowledgements, identifies, overlap.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

@testable import DiscordGateway

@Suite struct SendQueueTests {
  private let payload = Array("{}".utf8)

  @Test func `no 60 seconds see more than 120 payloads, and heartbeats always fit among them`() throws {
    var queue = SendQueue()
    var now = Duration.zero
    var sent: [Duration] = []
    var nextBeat = Duration.seconds(3)
    while now < .seconds(300) {
      if now >= nextBeat {
        let isAllowed = queue.allowsControl(now: now)
        #expect(isAllowed, "a heartbeat is never held back by what others send")
        queue.noteControl(now: now)
        sent.append(now)
        nextBeat += .seconds(41)
      }
      while queue.count < 50 { try queue.append(payload, .other) }
      while queue.next(now: now) != nil { sent.append(now) }
      now += .milliseconds(250)
    }
    for (index, instant) in sent.enumerated() where index >= 120 {
      #expect(instant - sent[index - 120] > .seconds(60))
    }
    #expect(sent.count > 500, "the limit is used")
  }

  @Test func `voice goes first, then members, then the rest, each in order`() throws {
    var queue = SendQueue()
    try queue.replacePresence([4])
    for (byte, priority) in [(0, .other), (1, .members), (2, .voice), (3, .voice)]
      as [(UInt8, SendQueue.Priority)]
    {
      try queue.append([byte], priority)
    }
    var order: [[UInt8]] = []
    while let payload = queue.next(now: .zero) { order.append(payload) }
    #expect(order == [[2], [3], [1], [0], [4]])
  }

  @Test func `of presences in a row the last one goes, five in twenty seconds`() throws {
    var queue = SendQueue()
    var sent: [UInt8] = []
    for byte in UInt8(0)..<10 {
      try queue.replacePresence([byte])
      try queue.replacePresence([byte + 100])
      if let payload = queue.next(now: .seconds(Int(byte))) { sent += payload }
    }
    #expect(sent == [100, 101, 102, 103, 104])
    #expect(queue.deadline(now: .seconds(10)) == .milliseconds(20_501))
    #expect(queue.next(now: .milliseconds(20_501)) == [109])
  }

  @Test func `what is too large or too much is refused`() throws {
    var queue = SendQueue()
    #expect(throws: GatewayError(.payloadTooLarge)) {
      try queue.append(Array(repeating: 0, count: 4097), .other)
    }
    try queue.append(Array(repeating: 0, count: 4096), .other)
    for _ in 1..<SendQueue.bound { try queue.append(payload, .other) }
    #expect(throws: GatewayError(.queueFull)) { try queue.append(payload, .other) }
    try queue.append(payload, .voice)
  }

  @Test func `a new connection has its own limits`() throws {
    var queue = SendQueue()
    for _ in 0..<120 { queue.noteControl(now: .zero) }
    try queue.append(payload, .other)
    #expect(queue.next(now: .seconds(1)) == nil)
    queue.reconnected()
    #expect(queue.next(now: .seconds(1)) != nil)
  }
}

@Suite struct AcknowledgementWindowTests {
  @Test func `the cursor follows the oldest event in hand, whatever the order`() {
    for _ in 0..<200 {
      var window = AcknowledgementWindow(bound: 64, handled: 10)
      var sequence: Int64 = 10
      var inHand: [Int64] = []
      var last: Int64 = 10
      for _ in 0..<500 {
        if !window.isFull, Bool.random() {
          // Now and then a gap.
          sequence += Int.random(in: 0..<20) == 0 ? Int64.random(in: 2..<100_000) : 1
          window.deliver(sequence)
          inHand.append(sequence)
        } else if let done = inHand.randomElement() {
          inHand.removeAll { $0 == done }
          window.acknowledge(done)
          window.acknowledge(done)
        }
        #expect(window.handled >= last, "it never goes back")
        last = window.handled
        #expect(inHand.allSatisfy { $0 > window.handled }, "it never passes what is in hand")
      }
      for done in inHand.shuffled() { window.acknowledge(done) }
      #expect(window.handled == sequence)
      #expect(window.count == 0)
    }
  }

  @Test func `numbers that were not handed out do nothing`() {
    var window = AcknowledgementWindow(bound: 4)
    window.deliver(5)
    for stray: Int64 in [-5, 0, 1, 4, 6, .max] { #expect(window.acknowledge(stray) == false) }
    #expect(window.handled == 0)
    #expect(window.acknowledge(5) == true)
    #expect(window.handled == 5)
  }
}

@Suite struct IdentifyBudgetTests {
  private let start = Timestamp(milliseconds: 1_767_225_600_000)

  private func budget(
    total: Int = 1000, remaining: Int = 1000, concurrency: Int = 1, record: IdentifyRecord? = nil
  )
    -> IdentifyBudget
  {
    IdentifyBudget(
      SessionStartLimit(
        total: total, remaining: remaining, resetAfter: .seconds(86_400), maxConcurrency: concurrency),
      record: record, now: start)
  }

  @Test func `each bucket gets one identify in five seconds, in the order of asking`() {
    var budget = budget(concurrency: 2)
    let instants = (0..<6).map { budget.request(ShardID($0, of: 6), now: start, uptime: .seconds(100)) }
    let pace = IdentifyBudget.spacing
    #expect(pace >= .seconds(5))
    #expect(
      instants == [0, 0, 1, 1, 2, 2].map { .at(.seconds(100) + pace * $0) })
  }

  @Test func `a crash loop ends at a fifth of the day's identifies beyond one start, over restarts`() {
    var record: IdentifyRecord?
    var granted = 0
    // A process that identifies once and dies, a thousand times in an hour.
    for restart in 0..<1000 {
      let now = start + .seconds(restart * 3)
      var budget = budget(remaining: 1000, record: record)
      if case .at = budget.request(ShardID(0, of: 1), now: now, uptime: .zero) { granted += 1 }
      record = budget.record
    }
    #expect(granted == 201)
  }

  @Test func `Discord's own count is believed when ours is lost`() {
    var budget = budget(remaining: 800)
    #expect(budget.request(ShardID(0, of: 1), now: start, uptime: .zero) == .at(.zero))
    let spent = budget.request(ShardID(0, of: 1), now: start, uptime: .zero)
    #expect(spent == .spent(until: start + .seconds(86_400)))
  }

  @Test func `a person can allow more, and the next day all is well again`() {
    var budget = budget(remaining: 700)
    #expect(
      budget.request(ShardID(0, of: 1), now: start, uptime: .zero) == .spent(until: start + .seconds(86_400)))
    budget.allow(100)
    #expect(budget.request(ShardID(0, of: 1), now: start, uptime: .zero) == .at(.zero))
    let tomorrow = start + .seconds(86_401)
    for _ in 0..<201 {
      if case .spent = budget.request(ShardID(0, of: 1), now: tomorrow, uptime: .seconds(90_000)) {
        Issue.record("the new day has its own budget")
      }
    }
  }

  @Test func `a large bot may start once and have accidents`() {
    var budget = budget(total: 2000, remaining: 2000, concurrency: 16)
    var granted = 0
    for index in 0..<2000 {
      if case .at = budget.request(ShardID(index % 500, of: 500), now: start, uptime: .zero) { granted += 1 }
    }
    #expect(granted == 500 + 400)
  }
}

@Suite struct MemberRequestsTests {
  private let guild = GuildID(1)

  @Test func `all members of a guild are asked for once in thirty seconds, of another at once`() throws {
    var requests = MemberRequests()
    try requests.begin(.init(guild: guild, .all), nonce: "a", patience: .seconds(60), now: .zero)
    try requests.begin(.init(guild: guild, .all), nonce: "b", patience: .seconds(60), now: .zero)
    try requests.begin(.init(guild: GuildID(2), .all), nonce: "c", patience: .seconds(60), now: .zero)
    try requests.begin(
      .init(guild: guild, .users([UserID(1)])), nonce: "d", patience: .seconds(1), now: .zero)
    #expect(throws: GatewayError(.rateLimited, retryAfter: .seconds(60))) {
      try requests.begin(.init(guild: guild, .all), nonce: "e", patience: .seconds(5), now: .zero)
    }
    #expect(requests.wake(now: .zero) == [.send(nonce: "a"), .send(nonce: "c"), .send(nonce: "d")])
    #expect(
      requests.wake(now: .seconds(30))
        == [.fail(nonce: "d", GatewayError(.timeout)), .send(nonce: "b")].sorted())
  }

  @Test func `chunks are matched by nonce, counted once, and complete in any order`() throws {
    var requests = MemberRequests()
    try requests.begin(.init(guild: guild, .all), nonce: "a", patience: .seconds(30), now: .zero)
    _ = requests.wake(now: .zero)
    for (index, count) in [(2, 3), (0, 3)] {
      let outcome = requests.chunk(
        nonce: "a", index: index, count: count, members: 10, notFound: [], now: .seconds(20))
      #expect(outcome.isWanted && outcome.summary == nil)
    }
    for stray in [("b", 0, 3), ("a", 0, 3), ("a", 3, 3), ("a", 1, 4), ("a", -1, 3)] {
      let outcome = requests.chunk(
        nonce: stray.0, index: stray.1, count: stray.2, members: 10, notFound: [], now: .seconds(20))
      #expect(!outcome.isWanted)
    }
    #expect(requests.wake(now: .seconds(49)) == [], "each chunk buys more time")
    let last = requests.chunk(
      nonce: "a", index: 1, count: 3, members: 5, notFound: [UserID(9)], now: .seconds(49))
    #expect(last.summary == MemberRequestSummary(memberCount: 25, chunkCount: 3, notFound: [UserID(9)]))
    #expect(requests.deadline == nil)
  }

  @Test func `a rate limit delays a request, or fails it when that is too long`() throws {
    var requests = MemberRequests()
    for nonce in ["a", "b"] {
      let request = MemberRequest(guild: GuildID(nonce == "a" ? 1 : 2), .all)
      try requests.begin(request, nonce: nonce, patience: .seconds(30), now: .zero)
    }
    _ = requests.wake(now: .zero)
    #expect(requests.rateLimited(nonce: "a", retryAfter: .seconds(12), now: .seconds(1)) == nil)
    #expect(
      requests.rateLimited(nonce: "b", retryAfter: .seconds(31), now: .seconds(1))
        == .fail(nonce: "b", GatewayError(.rateLimited, retryAfter: .seconds(31))))
    #expect(requests.wake(now: .seconds(12)) == [])
    #expect(requests.wake(now: .seconds(13)) == [.send(nonce: "a")])
  }

  @Test func `a lost session fails what was sent and keeps what was not`() throws {
    var requests = MemberRequests()
    try requests.begin(.init(guild: guild, .all), nonce: "a", patience: .seconds(60), now: .zero)
    try requests.begin(.init(guild: guild, .all), nonce: "b", patience: .seconds(60), now: .zero)
    _ = requests.wake(now: .zero)
    #expect(requests.sessionEnded() == [.fail(nonce: "a", GatewayError(.sessionLost))])
    #expect(requests.wake(now: .seconds(31)) == [.send(nonce: "b")])
  }

  @Test func `at most 64 are under way`() throws {
    var requests = MemberRequests()
    let request = MemberRequest(guild: guild, .users([UserID(1)]))
    for index in 0..<64 { try requests.begin(request, nonce: "\(index)", patience: .seconds(1), now: .zero) }
    #expect(throws: GatewayError(.queueFull)) {
      try requests.begin(request, nonce: "x", patience: .seconds(1), now: .zero)
    }
  }

  @Test func `what Discord refuses is refused before`() {
    let all: Intents = [.guildMembers, .guildPresences]
    let bad: [(MemberRequest, Intents, GatewayError.Code)] = [
      (.init(guild: guild, .all), [.guilds], .missingIntent),
      (.init(guild: guild, .users([UserID(1)]), includesPresences: true), [.guildMembers], .missingIntent),
      (.init(guild: guild, .users([])), all, .invalidPayload),
      (.init(guild: guild, .users((0..<101).map { UserID($0) })), all, .invalidPayload),
      (.init(guild: guild, .prefix("", limit: 5)), all, .invalidPayload),
      (.init(guild: guild, .prefix("a", limit: 101)), all, .invalidPayload),
      (.init(guild: guild, .prefix("a", limit: 0)), all, .invalidPayload),
    ]
    for (request, intents, code) in bad {
      let error = #expect(throws: GatewayError.self) { try request.validate(intents: intents) }
      #expect(error?.code == code)
    }
  }
}

extension [MemberRequests.Due] {
  /// In the order of nonces, as `wake` reports.
  fileprivate func sorted() -> Self {
    sorted { "\($0)" < "\($1)" }.sorted { $0.nonce < $1.nonce }
  }
}

extension MemberRequests.Due {
  fileprivate var nonce: String {
    switch self {
    case .send(let nonce), .fail(let nonce, _): nonce
    }
  }
}

@Suite struct OverlapRuleTests {
  @Test func `every event is delivered exactly once, whichever side is ahead, through the whole handover`() {
    for _ in 0..<100 {
      // Event n happens at n seconds; what repeats does so after more than the lag.
      let stream = (0..<400).map { UInt64($0 % 100) }
      var rule = OverlapRule(lag: .seconds(40))
      var delivered = Array(repeating: 0, count: stream.count)
      // Which events each side has still to bring; the new one came later than the old.
      var next = (old: 0, new: Int.random(in: 0..<50))
      for now in 0..<440 {
        switch now {
        case 90: rule.stage = .oldDelivers
        case 150: rule.stage = .bothDeliver
        case 300: rule.stage = .newDelivers
        default: break
        }
        for isNew in [true, false].shuffled() where isNew || now < 300 {
          // Each side is up to 20 s behind, now more, now less.
          while (isNew ? next.new : next.old) < min(stream.count, now - Int.random(in: 0..<20)) {
            let event = isNew ? next.new : next.old
            if rule.admits(stream[event], isNew: isNew, now: .seconds(now)) { delivered[event] += 1 }
            if isNew { next.new += 1 } else { next.old += 1 }
          }
        }
      }
      #expect(delivered.indices.filter { delivered[$0] != 1 } == [])
    }
  }
}
