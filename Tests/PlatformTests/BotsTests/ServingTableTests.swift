// Who answers where: whatever happens to the bots, nobody is answered twice.

import DiscordBot
import DiscordCore
import DiscordGateway
import EventLoop
import PlatformBots
import PlatformTenancy
import Storage
import Testing

private let shared = UserID(900)
private let own = UserID(901)
private let guild = Tenant(5 << 22)
private let start = Timestamp(milliseconds: 1_767_225_600_000)
private func second(_ number: Double) -> Timestamp { start + .milliseconds(Int(number * 1_000)) }

/// A table with one guild that has its own bot, and both bots in it.
private func makeTable(_ sharedIs: BotLiveness = .up, _ ownIs: BotLiveness = .down, at now: Timestamp = start)
  -> ServingTable
{
  var table = ServingTable()
  table.setShared(shared)
  table.assign(own, to: guild)
  table.setBots([shared, own], in: guild)
  table.setLiveness(sharedIs, of: shared, at: now)
  table.setLiveness(ownIs, of: own, at: now)
  return table
}

extension ServingTable {
  /// Decides, expects these new servers, and puts them in force.
  fileprivate mutating func expect(
    _ servers: [GuildServer], at now: Timestamp, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let handOvers = decide(at: now)
    for handOver in handOvers { adopt(handOver) }
    #expect(handOvers.map(\.epoch.server) == servers, sourceLocation: sourceLocation)
  }
}

@Suite struct ServingTableTests {
  @Test func `a guild's own bot takes over when it is online and in the guild`() {
    var table = makeTable()
    table.expect([], at: start)
    table.setLiveness(.interrupted(nil), of: own, at: second(1))
    table.expect([], at: second(1))
    table.setLiveness(.up, of: own, at: second(2))
    table.expect([.own(own)], at: second(2))
    // Kicked from the guild, it serves it no longer; invited again, it does.
    table.setPresence(own, in: guild, false)
    table.expect([.shared], at: second(3))
    table.setPresence(own, in: guild, true)
    table.expect([.own(own)], at: second(4))
  }

  @Test func `a short interruption changes nothing, a long one hands over, a crash at once`() {
    var table = makeTable(.up, .up)
    table.expect([.own(own)], at: start)
    table.setLiveness(.interrupted(nil), of: own, at: second(10))
    table.expect([], at: second(10))
    #expect(table.nextLook == second(40))
    // Trouble of another kind does not begin the patience anew.
    table.setLiveness(.interrupted([ShardID(0, of: 1)]), of: own, at: second(30))
    table.expect([], at: second(39))
    table.expect([.shared], at: second(40))
    table.setLiveness(.up, of: own, at: second(50))
    table.expect([.own(own)], at: second(50))
    table.setLiveness(.down, of: own, at: second(60))
    table.expect([.shared], at: second(60))
  }

  @Test func `while neither bot is up nothing changes`() {
    var table = makeTable(.down, .up)
    table.expect([.own(own)], at: start)
    table.setLiveness(.down, of: own, at: second(1))
    table.expect([], at: second(1))
    table.setLiveness(.up, of: shared, at: second(2))
    table.expect([.shared], at: second(2))
  }

  @Test func `only the shards that matter count`() {
    var table = makeTable(.up, .up)
    table.expect([.own(own)], at: start)
    // The guild is on shard 1 of 4.
    table.setLiveness(.up(without: [ShardID(0, of: 4)]), of: own, at: second(1))
    table.expect([], at: second(1))
    table.setLiveness(.up(without: [ShardID(1, of: 4)]), of: own, at: second(2))
    table.expect([.shared], at: second(2))
  }

  @Test func `without a shared bot the guild's own serves it in any case, and gives it back when taken away`()
  {
    var table = ServingTable()
    table.assign(own, to: guild)
    table.expect([.own(own)], at: start)
    table.assign(nil, to: guild)
    table.expect([.shared], at: second(1))
  }

  @Test func `an event belongs to who served the guild when it happened, however late it comes`() {
    var history = ServingHistory()
    history.append(.init(number: 1, server: .own(own), from: second(10)))
    history.append(.init(number: 2, server: .shared, from: second(20)))
    #expect(history.server(at: second(9)) == .shared)
    #expect(history.server(at: second(10)) == .own(own))
    #expect(history.server(at: second(19.999)) == .own(own))
    #expect(history.server(at: second(30)) == .shared)
    // Hand-overs only go forward.
    let before = history
    history.append(.init(number: 2, server: .own(own), from: second(40)))
    history.append(.init(number: 3, server: .own(own), from: second(20)))
    #expect(history == before)
    for number in 3...40 {
      let server: GuildServer = number % 2 == 1 ? .own(own) : .shared
      history.append(.init(number: Int64(number), server: server, from: second(Double(number * 10))))
    }
    #expect(history.epochs.count == ServingHistory.memory)
    #expect(history.server(at: second(10)) == nil)
    #expect(ServingHistory(stored: history.epochs) == history)
  }

  @Test func `a hand-over that is stored late takes effect later, with more room each time`() throws {
    var table = makeTable(.up, .up)
    let handOver = try #require(table.decide(at: start).first)
    #expect(handOver.epoch.from == second(1))
    let rule = ServingTable.Rule()
    #expect(handOver.postponed(at: second(0.4), rule) == nil)
    var settled = handOver
    for (attempt, (now, from)) in [(0.5, 1.5), (1.2, 3.2), (9, 13)].enumerated() {
      settled = try #require(settled.postponed(at: second(now), rule, attempt: attempt + 1))
      #expect(settled.epoch.from == second(from))
      #expect(settled.postponed(at: second(now), rule, attempt: attempt + 2) == nil)
    }
  }

  @Test func `a bot's state says whether it receives`() {
    let shard = ShardID(1, of: 4)
    #expect(BotLiveness(.online) == .up)
    #expect(BotLiveness(.starting) == .interrupted(nil))
    #expect(BotLiveness(.stopped) == .down)
    #expect(BotLiveness(.crashed(.shards(.noGateway)), comesBack: true) == .interrupted(nil))
    #expect(BotLiveness(.degraded([.missingIntents(.guildMembers)])) == .up)
    #expect(BotLiveness(.degraded([.shardCrashed(shard, .noGateway)])) == .up(without: [shard]))
    #expect(
      BotLiveness(.degraded([.shard(shard, .reconnecting(attempt: 1, code: nil))])) == .interrupted([shard]))
  }

  /// Two bots receive the same messages, late, in bursts, or not at all; they fall over and come back, get kicked and
  /// invited. Each message is answered by exactly one of those that receive it, if the one that serves is among them.
  @Test(arguments: 0..<300)
  func `each message is answered by exactly one bot`(_ seed: Int) {
    var world = TwoBots(seed: seed)
    for _ in 0..<400 { world.step() }
    world.drain()
    for (message, sent) in world.messages {
      let answers = world.answers[message] ?? []
      #expect(answers.count <= 1, "\(message) was answered by \(answers)")
      // From before what is remembered, it is nobody's by now.
      guard let server = world.table.history(of: guild).server(at: sent) else { continue }
      let bot = server == .shared ? shared : own
      if world.received[message, default: []].contains(bot) {
        #expect(answers == [bot], "\(message) is \(bot)'s")
      }
    }
    #expect(world.handOvers > 2)
  }
}

/// Two bots in one guild and what reaches them.
private struct TwoBots {
  private struct Bot {
    var isUp = true
    var isIn = true
    var willResume = false
    /// What waits for it: on its way, or kept by Discord for a session that may be resumed.
    var mail: [(message: Int, arrives: Timestamp)] = []
  }

  private var random: UInt64
  private var now = start
  private var bots: [UserID: Bot] = [shared: Bot(), own: Bot()]
  private(set) var table: ServingTable
  /// Hand-overs that are decided and being stored.
  private var storing: [ServingTable.HandOver] = []
  private(set) var messages: [Int: Timestamp] = [:]
  private(set) var received: [Int: Set<UserID>] = [:]
  private(set) var answers: [Int: [UserID]] = [:]
  private(set) var handOvers = 0

  init(seed: Int) {
    random = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    table = makeTable(.up, .up)
  }

  private mutating func draw(_ bound: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((random >> 33) % UInt64(bound))
  }

  mutating func step() {
    now = now + .milliseconds(draw(4_000))
    switch draw(10) {
    case 0...4: send()
    case 5, 6: fallOrRise(draw(2) == 0 ? shared : own)
    case 7: kickOrInvite(own)
    default: break
    }
    deliver()
    decide()
  }

  /// Everybody comes back, and everything arrives.
  mutating func drain() {
    for bot in [shared, own] where bots[bot]?.isUp == false { fallOrRise(bot) }
    now = now + .seconds(60)
    deliver()
  }

  private mutating func send() {
    let message = messages.count
    // Discord's clock is not ours.
    messages[message] = now + .milliseconds(draw(600) - 300)
    for (id, bot) in bots where bot.isIn && (bot.isUp || bot.willResume) {
      let arrives = now + .milliseconds(draw(300))
      bots[id]?.mail.append((message, arrives))
    }
  }

  private mutating func deliver() {
    for (id, bot) in bots where bot.isUp {
      let arrived = bot.mail.filter { $0.arrives <= now }
      bots[id]?.mail.removeAll { $0.arrives <= now }
      for (message, _) in arrived {
        received[message, default: []].insert(id)
        guard let sent = messages[message] else { continue }
        let server = table.history(of: guild).server(at: sent)
        if server == (id == shared ? .shared : .own(own)) { answers[message, default: []].append(id) }
      }
    }
  }

  private mutating func fallOrRise(_ id: UserID) {
    guard var bot = bots[id] else { return }
    bot.isUp.toggle()
    if !bot.isUp {
      bot.willResume = draw(3) > 0
      if !bot.willResume { bot.mail = [] }
    }
    bots[id] = bot
    table.setLiveness(bot.isUp ? .up : bot.willResume ? .interrupted(nil) : .down, of: id, at: now)
  }

  private mutating func kickOrInvite(_ id: UserID) {
    bots[id]?.isIn.toggle()
    table.setPresence(id, in: guild, bots[id]?.isIn ?? false)
  }

  /// Storing takes a while; it takes effect after that.
  private mutating func decide() {
    for handOver in storing {
      handOvers += 1
      table.adopt(handOver.postponed(at: now, ServingTable.Rule()) ?? handOver)
    }
    storing = []
    for handOver in table.decide(at: now) {
      if draw(2) == 0 {
        handOvers += 1
        table.adopt(handOver)
      } else {
        storing.append(handOver)
      }
    }
  }
}
