// What happens by itself when time passes.

import DiscordCore
import EventLoop
import JSON
import SimulatorWorld
import Testing

@Suite struct `Time does its work` {
  @Test func `a timeout ends and says so`() throws {
    let town = try Town()
    let listener = Listener(town.owner)
    town.world.subscribe(listener)
    let until = town.world.now + .seconds(60)
    _ = try town.world.modifyMember(
      town.target, in: town.guild.id, by: town.actor,
      body: ["communication_disabled_until": .string(until.wire)], reason: nil)
    listener.forget()
    town.world.advance(by: .seconds(59))
    #expect(listener.names.isEmpty)
    town.world.advance(by: .seconds(2))
    #expect(listener.names == ["GUILD_MEMBER_UPDATE"])
    #expect(listener.last("GUILD_MEMBER_UPDATE")?["communication_disabled_until"] == .null)
  }

  @Test func `a poll closes, counts and posts its result`() throws {
    let town = try Town()
    town.guild.roles[town.guild.everyoneRole]?.permissions.insert(.addReactions)
    let message = try town.world.createMessage(
      in: town.text.id, by: town.actor,
      body: [
        "poll": [
          "question": ["text": "q"], "duration": 1,
          "answers": [["poll_media": ["text": "a"]], ["poll_media": ["text": "b"]]],
        ]
      ])
    try town.world.vote(in: message.id, of: town.text.id, for: [2], by: town.target)
    try town.world.vote(in: message.id, of: town.text.id, for: [2], by: town.owner)
    let twice = town.refusal { () throws(RESTFailure) in
      try town.world.vote(in: message.id, of: town.text.id, for: [1, 2], by: town.target)
    }
    #expect(twice?.code == 50035)
    town.world.advance(by: .seconds(3_601))
    let poll = try #require(town.text.messages[message.id]?.poll)
    #expect(poll.isFinalized)
    #expect(poll.votes[2]?.count == 2)
    #expect(town.text.messages.last?.type == 46)
    let late = town.refusal { () throws(RESTFailure) in
      try town.world.vote(in: message.id, of: town.text.id, for: [1], by: town.target)
    }
    #expect(late?.code == 520_001)
  }

  @Test func `a quiet thread is archived and wakes up again`() throws {
    let town = try Town()
    let (thread, _) = try town.world.startThread(
      in: town.text.id, by: town.actor, body: ["name": "x", "type": 11, "auto_archive_duration": 60],
      reason: nil)
    town.world.advance(by: .seconds(3_000))
    _ = try town.world.createMessage(in: thread.id, by: town.actor, body: ["content": "still here"])
    town.world.advance(by: .seconds(3_000))
    #expect(thread.thread?.archived == false)
    town.world.advance(by: .seconds(700))
    #expect(thread.thread?.archived == true)
    _ = try town.world.createMessage(in: thread.id, by: town.actor, body: ["content": "up"])
    #expect(thread.thread?.archived == false)
    #expect(thread.thread?.messageCount == 2)
  }

  @Test func `things fall due in order, each at its own instant`() throws {
    let town = try Town()
    var seen: [Int64] = []
    let start = town.world.now.milliseconds
    for seconds in [30, 10, 20] {
      town.world.agenda.set(.named("\(seconds)"), at: town.world.now + .seconds(seconds)) { world in
        seen.append((world.now.milliseconds - start) / 1_000)
      }
    }
    town.world.agenda.cancel(.named("20"))
    town.world.advance(by: .seconds(60))
    #expect(seen == [10, 30])
    #expect(town.world.now.milliseconds - start == 60_000)
  }

  @Test func `the agenda agrees with a sorted list, whatever is replaced and cancelled`() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<20 {
      let town = try Town()
      var expected: [Int: Int] = [:]
      var fired: [Int] = []
      for _ in 0..<500 {
        let key = Int(random.next() % 60)
        if random.next() % 4 == 0 {
          town.world.agenda.cancel(.named("\(key)"))
          expected[key] = nil
        } else {
          let seconds = Int(random.next() % 100_000)
          expected[key] = seconds
          town.world.agenda.set(.named("\(key)"), at: town.world.now + .seconds(seconds)) { _ in
            fired.append(key)
          }
        }
      }
      #expect(town.world.agenda.next == expected.values.min().map { town.world.now + .seconds($0) })
      town.world.advance(by: .seconds(100_000))
      #expect(fired.map { expected[$0] } == expected.values.sorted())
      #expect(town.world.agenda.count == 0)
    }
  }

  @Test func `an invite ends`() throws {
    let town = try Town()
    let invite = try town.world.createInvite(
      to: town.text.id, by: town.actor, body: ["max_age": 60], reason: nil)
    town.world.advance(by: .seconds(61))
    #expect(town.refusal { () throws(RESTFailure) in _ = try town.world.invite(invite.code) }?.code == 10006)
  }

  @Test func `ids grow, however many are born in one millisecond`() throws {
    let town = try Town()
    var last = UserID(0)
    for _ in 0..<10_000 {
      let id: UserID = town.world.newID()
      #expect(id > last)
      last = id
    }
  }

  static let instants: [(text: String, milliseconds: Int64?)] = [
    ("2026-01-01T00:00:00Z", 1_767_225_600_000), ("2026-01-01T01:00:00+01:00", 1_767_225_600_000),
    ("2026-01-01T00:00:00.250000+00:00", 1_767_225_600_250), ("1969-12-31T23:59:59Z", -1_000),
    ("2024-02-29T12:00:00", 1_709_208_000_000), ("2026-13-01T00:00:00Z", nil), ("soon", nil),
  ]

  @Test(arguments: instants.indices)
  func `instants are read`(index: Int) throws {
    let (text, milliseconds) = Self.instants[index]
    #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    if let milliseconds, milliseconds >= 0 {
      let instant = Timestamp(milliseconds: milliseconds)
      #expect(Timestamp(iso8601: instant.wire) == instant)
    }
  }
}
