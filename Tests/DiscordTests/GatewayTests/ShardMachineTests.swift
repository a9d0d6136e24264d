// The shard's machine under virtual time: every opcode, every close code, heartbeats, resumes, intents.

import DiscordCore
import EventLoop
import Synchronization
import Testing

@testable import DiscordGateway

/// A machine with a clock that the test moves and a "random" number that the test chooses.
private struct Bench {
  var machine: ShardMachine
  var now = Duration.seconds(1_000)
  var log: [ShardMachine.Action] = []

  init(
    intents: Intents = [.guilds, .guildMessages], droppable: Intents = [], random: Double = 0.5
  ) {
    machine = ShardMachine(intents: intents, droppable: droppable, random: { random })
  }

  /// Runs a step and returns what it led to, without changes of state.
  mutating func act(_ step: (inout ShardMachine, Duration) -> [ShardMachine.Action]) -> [ShardMachine.Action]
  {
    log = step(&machine, now)
    return log.filter { if case .changed = $0 { false } else { true } }
  }

  mutating func advance(_ duration: Duration) -> [ShardMachine.Action] {
    now += duration
    return act { $0.wake(now: $1) }
  }

  /// Waits for exactly the deadline.
  mutating func advanceToDeadline() throws -> [ShardMachine.Action] {
    now = try #require(machine.deadline)
    return act { $0.wake(now: $1) }
  }

  mutating func goOnline(interval: Duration = .seconds(40)) {
    _ = act { machine, _ in machine.start(nil) }
    identify(interval: interval)
  }

  /// From the connection on.
  mutating func identify(interval: Duration = .seconds(40)) {
    _ = act { $0.connected(now: $1) }
    _ = act { $0.hello(interval: interval, now: $1) }
    _ = act { $0.permitted(now: $1) }
    _ = act { $0.ready(sessionID: "s1", resumeURL: "wss://resume", sequence: 1, now: $1) }
  }

  mutating func resume() {
    _ = act { $0.connected(now: $1) }
    _ = act { $0.hello(interval: .seconds(40), now: $1) }
    _ = act { $0.resumed(now: $1) }
  }
}

@Suite struct ShardMachineTests {
  @Test func `a fresh start connects, waits for hello and a permit, identifies and is online with READY`() {
    var bench = Bench()
    #expect(bench.act { machine, _ in machine.start(nil) } == [.connect(nil)])
    #expect(bench.machine.state == .connecting)
    #expect(bench.act { $0.connected(now: $1) } == [])
    #expect(bench.act { $0.hello(interval: .seconds(40), now: $1) } == [.requestPermit])
    #expect(bench.machine.state == .degraded(.waitingToIdentify))
    #expect(bench.act { $0.permitted(now: $1) } == [.send(.identify([.guilds, .guildMessages]))])
    #expect(bench.machine.state == .identifying)
    #expect(bench.act { $0.ready(sessionID: "s", resumeURL: "r", sequence: 1, now: $1) } == [])
    #expect(bench.machine.state == .online)
  }

  @Test func `the first heartbeat comes after a random part of the interval, the others after all of it`()
    throws
  {
    var bench = Bench(random: 0.25)
    bench.goOnline(interval: .seconds(40))
    #expect(bench.advance(.milliseconds(9_900)) == [])
    #expect(bench.advance(.milliseconds(100)) == [.send(.heartbeat(1))])
    bench.machine.heartbeatAnswered(now: bench.now + .milliseconds(30))
    #expect(bench.machine.latency == .milliseconds(30))
    #expect(bench.machine.arrived(sequence: 2, now: bench.now) == .next)
    #expect(bench.advance(.milliseconds(39_900)) == [])
    #expect(bench.advance(.milliseconds(100)) == [.send(.heartbeat(2))])
  }

  @Test func `an unanswered heartbeat makes a zombie, which is closed so that the session lives and resumed`()
    throws
  {
    var bench = Bench()
    bench.goOnline()
    #expect(try bench.advanceToDeadline() == [.send(.heartbeat(1))])
    #expect(try bench.advanceToDeadline() == [.disconnect(4000)])
    #expect(bench.machine.state == .degraded(.reconnecting(attempt: 1, code: nil)))
    #expect(try bench.advanceToDeadline() == [.connect("wss://resume")])
    _ = bench.act { $0.connected(now: $1) }
    #expect(
      bench.act { $0.hello(interval: .seconds(40), now: $1) } == [.send(.resume(id: "s1", sequence: 1))])
    #expect(bench.act { $0.resumed(now: $1) } == [])
    #expect(bench.machine.state == .online)
  }

  @Test func `while the receiver reads nothing, silence makes no zombie`() throws {
    var bench = Bench()
    bench.goOnline()
    #expect(try bench.advanceToDeadline() == [.send(.heartbeat(1))])
    #expect(bench.act { $0.receiver(isBehind: true, now: $1) } == [])
    #expect(bench.machine.state == .degraded(.receiverBehind))
    #expect(try bench.advanceToDeadline() == [.send(.heartbeat(1))])
    #expect(try bench.advanceToDeadline() == [.send(.heartbeat(1))])
    #expect(bench.act { $0.receiver(isBehind: false, now: $1) } == [])
    #expect(bench.machine.state == .online)
    #expect(bench.advance(.seconds(39)) == [], "a whole interval to answer, from the moment it reads again")
    #expect(bench.advance(.seconds(1)) == [.disconnect(4000)])
  }

  @Test func `while the receiver reads nothing, no answer is late and no deadline is past`() throws {
    var bench = Bench()
    bench.goOnline()
    _ = bench.act { $0.closed(code: nil, now: $1) }
    _ = try bench.advanceToDeadline()
    _ = bench.act { $0.connected(now: $1) }
    _ = bench.act { $0.hello(interval: .seconds(40), now: $1) }
    #expect(bench.machine.phase == .resuming)
    _ = bench.act { $0.receiver(isBehind: true, now: $1) }
    for _ in 0..<5 {
      #expect(try bench.advanceToDeadline() == [.send(.heartbeat(1))])
      #expect(try #require(bench.machine.deadline) > bench.now, "a deadline in the past comes again at once")
    }
    _ = bench.act { $0.receiver(isBehind: false, now: $1) }
    #expect(bench.machine.phase == .resuming)
  }

  @Test func `opcode 1 is answered with a heartbeat at once`() {
    var bench = Bench()
    bench.goOnline()
    #expect(bench.act { $0.heartbeatRequested(now: $1) } == [.send(.heartbeat(1))])
  }

  @Test func `opcode 7 reconnects at once and resumes, but not in a loop`() {
    var bench = Bench()
    bench.goOnline()
    #expect(
      bench.act { $0.reconnectRequested(now: $1) } == [.disconnect(4000), .connect("wss://resume")])
    bench.resume()
    #expect(bench.act { $0.reconnectRequested(now: $1) } == [.disconnect(4000)])
    #expect(bench.machine.state == .degraded(.reconnecting(attempt: 2, code: nil)))
  }

  @Test(arguments: [0.0, 0.5, 0.999])
  func `opcode 9 waits one to five seconds, then resumes or identifies`(random: Double) throws {
    for isResumable in [true, false] {
      var bench = Bench(random: random)
      bench.goOnline()
      let start = bench.now
      let actions = bench.act { $0.sessionInvalidated(isResumable: isResumable, now: $1) }
      #expect(actions == (isResumable ? [] : [.sessionEnded]) + [.disconnect(4000)])
      let reconnect = try bench.advanceToDeadline()
      #expect(reconnect == [.connect(isResumable ? "wss://resume" : nil)])
      #expect((Duration.seconds(1)...Duration.seconds(5)).contains(bench.now - start))
      _ = bench.act { $0.connected(now: $1) }
      let next = bench.act { $0.hello(interval: .seconds(40), now: $1) }
      #expect(next == [isResumable ? .send(.resume(id: "s1", sequence: 1)) : .requestPermit])
    }
  }

  /// What should come of a close while online.
  enum Outcome {
    case resume, identify, crash(ShardCrash)
  }

  @Test(
    arguments: [
      (nil, .resume), (1000, .resume), (1001, .resume), (1006, .resume), (1012, .resume), (4000, .resume),
      (4001, .resume), (4002, .resume), (4003, .identify), (4004, .crash(.authenticationFailed)),
      (4005, .resume), (4006, .resume), (4007, .identify), (4008, .resume), (4009, .identify),
      (4010, .crash(.invalidShard)), (4011, .crash(.shardingRequired)), (4012, .crash(.invalidVersion)),
      (4013, .crash(.invalidIntents([]))), (4014, .crash(.disallowedIntents([]))), (4999, .resume),
    ] as [(UInt16?, Outcome)])
  func `every close code leads where Discord says`(code: UInt16?, outcome: Outcome) throws {
    var bench = Bench()
    bench.goOnline()
    let actions = bench.act { $0.closed(code: code, now: $1) }
    switch outcome {
    case .resume:
      #expect(actions == [])
      #expect(bench.machine.state == .degraded(.reconnecting(attempt: 1, code: code)))
      #expect(try bench.advanceToDeadline() == [.connect("wss://resume")])
    case .identify:
      #expect(actions == [.sessionEnded])
      #expect(try bench.advanceToDeadline() == [.connect(nil)])
    case .crash(let reason):
      #expect(actions == [.sessionEnded])
      #expect(bench.machine.state == .crashed(reason))
      #expect(bench.machine.deadline == nil, "nothing happens by itself any more")
      #expect(bench.act { machine, _ in machine.start(nil) } == [.connect(nil)], "but a person may try again")
    }
  }

  @Test func `after 4008 it stays away for ten seconds at least`() throws {
    var bench = Bench()
    bench.goOnline()
    let start = bench.now
    _ = bench.act { $0.closed(code: 4008, now: $1) }
    _ = try bench.advanceToDeadline()
    #expect(bench.now - start >= .seconds(10))
  }

  @Test func `attempts that fail are spaced ever wider, up to a bound, and a good while online forgives`()
    throws
  {
    var bench = Bench(random: 0)
    bench.goOnline()
    _ = bench.act { $0.closed(code: nil, now: $1) }
    var waits: [Duration] = []
    for _ in 0..<10 {
      let before = bench.now
      _ = try bench.advanceToDeadline()
      waits.append(bench.now - before)
      _ = bench.act { $0.connectionFailed(now: $1) }
    }
    #expect(waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    _ = try bench.advanceToDeadline()
    bench.resume()
    _ = bench.advance(.seconds(31))
    _ = bench.act { $0.closed(code: nil, now: $1) }
    #expect(bench.machine.state == .degraded(.reconnecting(attempt: 1, code: nil)))
  }

  @Test func `a stored session is resumed by its address, and by the general one when that does not answer`()
    throws
  {
    var bench = Bench()
    let stored = ShardSession(
      id: "old", resumeURL: "wss://there", sequence: 7, intents: [.guilds, .guildMessages])
    #expect(bench.act { machine, _ in machine.start(stored) } == [.connect("wss://there")])
    for _ in 0..<2 {
      _ = bench.act { $0.connectionFailed(now: $1) }
      #expect(try bench.advanceToDeadline() == [.connect("wss://there")])
    }
    _ = bench.act { $0.connectionFailed(now: $1) }
    #expect(try bench.advanceToDeadline() == [.connect(nil)])
    _ = bench.act { $0.connected(now: $1) }
    #expect(
      bench.act { $0.hello(interval: .seconds(40), now: $1) } == [.send(.resume(id: "old", sequence: 7))])
  }

  @Test func `a stored session of other intents is not resumed`() {
    var bench = Bench()
    let stored = ShardSession(id: "old", resumeURL: "wss://there", sequence: 7, intents: [.guilds])
    #expect(bench.act { machine, _ in machine.start(stored) } == [.connect(nil)])
  }

  @Test func `a session whose resumes bring nothing is given up after five`() throws {
    var bench = Bench()
    bench.goOnline()
    _ = bench.act { $0.closed(code: nil, now: $1) }
    for attempt in 1...5 {
      #expect(try bench.advanceToDeadline() == [.connect("wss://resume")])
      _ = bench.act { $0.connected(now: $1) }
      _ = bench.act { $0.hello(interval: .seconds(40), now: $1) }
      #expect(bench.act { $0.closed(code: nil, now: $1) } == (attempt == 5 ? [.sessionEnded] : []))
    }
    #expect(try bench.advanceToDeadline() == [.connect(nil)])
  }

  @Test func `sequence numbers tell duplicates and gaps`() {
    var bench = Bench()
    #expect(bench.machine.arrived(sequence: 5, now: bench.now) == nil, "no session, no event")
    bench.goOnline()
    #expect(bench.machine.arrived(sequence: 2, now: bench.now) == .next)
    #expect(bench.machine.arrived(sequence: 2, now: bench.now) == .duplicate)
    #expect(bench.machine.arrived(sequence: 6, now: bench.now) == .afterGap(3))
    #expect(bench.machine.arrived(sequence: 7, now: bench.now) == .next)
  }

  @Test func `silence after connecting, identifying or resuming ends the attempt`() throws {
    var bench = Bench(random: 0.99)
    _ = bench.act { machine, _ in machine.start(nil) }
    _ = bench.act { $0.connected(now: $1) }
    #expect(bench.advance(.seconds(60)) == [.disconnect(4000)])
    _ = try bench.advanceToDeadline()
    _ = bench.act { $0.connected(now: $1) }
    _ = bench.act { $0.hello(interval: .seconds(3600), now: $1) }
    #expect(bench.advance(.seconds(600)) == [], "waiting for a permit takes as long as it takes")
    _ = bench.act { $0.permitted(now: $1) }
    #expect(bench.advance(.seconds(60)) == [.disconnect(4000)])
  }

  @Test func `refused intents are left out one by one, only those that may go, and the state says which`()
    throws
  {
    let wanted: Intents = [.guilds, .guildMembers, .guildPresences, .messageContent]
    var bench = Bench(intents: wanted, droppable: [.guildPresences, .guildMembers])
    _ = bench.act { machine, _ in machine.start(nil) }
    var tried: [Intents] = []
    while bench.machine.phase != .crashed, tried.count < 9 {
      _ = bench.act { $0.connected(now: $1) }
      _ = bench.act { $0.hello(interval: .seconds(40), now: $1) }
      tried.append(bench.machine.negotiation.current)
      _ = bench.act { $0.permitted(now: $1) }
      _ = bench.act { $0.closed(code: 4014, now: $1) }
      if bench.machine.phase != .crashed { _ = try bench.advanceToDeadline() }
    }
    #expect(
      tried == [
        wanted, wanted.subtracting(.guildPresences), wanted.subtracting(.guildMembers),
        [.guilds, .messageContent],
      ])
    #expect(bench.machine.state == .crashed(.disallowedIntents(.messageContent)))
  }

  @Test func `online without an intent is degraded, and a stored session without it is gone on with`() throws
  {
    let wanted: Intents = [.guilds, .guildPresences]
    var bench = Bench(intents: wanted, droppable: .guildPresences)
    _ = bench.act { machine, _ in machine.start(nil) }
    _ = bench.act { $0.connected(now: $1) }
    _ = bench.act { $0.hello(interval: .seconds(40), now: $1) }
    _ = bench.act { $0.permitted(now: $1) }
    #expect(bench.act { $0.closed(code: 4014, now: $1) } == [])
    _ = try bench.advanceToDeadline()
    bench.identify()
    #expect(bench.machine.state == .degraded(.missingIntents(.guildPresences)))

    var next = Bench(intents: wanted, droppable: .guildPresences)
    let stored = ShardSession(id: "s1", resumeURL: "wss://resume", sequence: 1, intents: .guilds)
    #expect(next.act { machine, _ in machine.start(stored) } == [.connect("wss://resume")])
    next.resume()
    #expect(next.machine.state == .degraded(.missingIntents(.guildPresences)))
  }

  @Test func `4013 names the bits that are not documented`() {
    let odd = Intents(rawValue: 1 << 30)
    var bench = Bench(intents: [.guilds, odd])
    bench.goOnline()
    _ = bench.act { $0.closed(code: 4013, now: $1) }
    #expect(bench.machine.state == .crashed(.invalidIntents(odd)))
    #expect(odd.description == "1<<30")
  }

  @Test func `stopping keeps the session at Discord unless it is not wanted`() {
    var bench = Bench()
    bench.goOnline()
    #expect(bench.act { machine, _ in machine.stop(keepsSession: true) } == [.disconnect(4000)])
    #expect(bench.machine.state == .stopped)
    #expect(bench.act { machine, _ in machine.start(nil) } == [.connect("wss://resume")])
    bench.resume()
    #expect(
      bench.act { machine, _ in machine.stop(keepsSession: false) } == [.disconnect(1000), .sessionEnded])
    #expect(bench.act { machine, _ in machine.start(nil) } == [.connect(nil)])
  }

  @Test func `a budget that is spent stops the shard, with the reason`() {
    var bench = Bench()
    _ = bench.act { machine, _ in machine.start(nil) }
    _ = bench.act { $0.connected(now: $1) }
    _ = bench.act { $0.hello(interval: .seconds(40), now: $1) }
    #expect(bench.act { machine, _ in machine.refusedPermit() } == [.disconnect(1000)])
    #expect(bench.machine.state == .crashed(.identifyBudgetSpent))
  }

  @Test func `whatever happens in whatever order, the machine stays in order`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var bench = Bench(random: Double.random(in: 0..<1, using: &generator))
      var isConnected = false
      for _ in 0..<200 {
        let actions = bench.act { machine, now in
          switch Int.random(in: 0..<16, using: &generator) {
          case 0: machine.start(nil)
          case 1: machine.connected(now: now)
          case 2: machine.connectionFailed(now: now)
          case 3: machine.hello(interval: .seconds(40), now: now)
          case 4: machine.permitted(now: now)
          case 5: machine.ready(sessionID: "s", resumeURL: "r", sequence: 1, now: now)
          case 6: machine.resumed(now: now)
          case 7: machine.heartbeatRequested(now: now)
          case 8: machine.reconnectRequested(now: now)
          case 9: machine.sessionInvalidated(isResumable: .random(using: &generator), now: now)
          case 10:
            machine.closed(
              code: [nil, 4000, 4007, 4008, 4009].randomElement(using: &generator) ?? nil, now: now)
          case 11: machine.unreadable(now: now)
          case 12: machine.receiver(isBehind: .random(using: &generator), now: now)
          case 13: machine.stop(keepsSession: .random(using: &generator))
          default: machine.wake(now: now)
          }
        }
        bench.now += .seconds(Double.random(in: 0..<30, using: &generator))
        for action in actions {
          switch action {
          case .connect: isConnected = true
          case .disconnect: isConnected = false
          case .send: #expect(isConnected, "nothing is sent without a connection")
          default: break
          }
        }
        switch bench.machine.phase {
        case .stopped, .crashed: #expect(bench.machine.deadline == nil)
        case .waiting: #expect(bench.machine.deadline != nil)
        default: break
        }
      }
    }
  }
}
