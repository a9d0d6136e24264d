// Floods, copies and raids: who crosses a threshold, once, and with which messages.

import AutoModPlugin
import DiscordCore
import EventLoop
import TestKit
import Testing

/// A server's rules and memory, fed with messages.
private struct Feed {
  let rules: CompiledRules
  var state = AutoModState()
  private var nextID: UInt64 = 0

  init(_ settings: AutoModSettings) throws { rules = try CompiledRules(settings) }

  mutating func send(
    _ text: String, by author: UInt64 = 7, in channel: UInt64 = 100, at seconds: Double, id: UInt64? = nil,
    _ change: (inout MessageFacts) -> Void = { _ in }
  ) -> Verdict {
    nextID += 1
    return rules.decide(
      message(text, id: id ?? nextID, by: author, in: channel, at: seconds, change), in: GuildFacts(),
      state: &state)
  }
}

@Suite struct RateTests {
  private let spam = settings {
    $0.spam.isOn = true
    ($0.spam.messages, $0.spam.window) = (4, .seconds(5))
    $0.spam.response = FilterResponse([.delete, .warn], points: 1)
  }

  @Test("A flood is all messages of the burst, across channels, and is punished once")
  func flood() throws {
    var feed = try Feed(spam)
    for index in 0..<3 { #expect(feed.send("m\(index)", in: 100 + UInt64(index), at: Double(index)).isQuiet) }
    let crossing = feed.send("m3", at: 3)
    #expect(crossing.signs == [.flood])
    #expect(crossing.deletes.map(\.message.rawValue) == [1, 2, 3, 4])
    #expect(crossing.deletes.map(\.channel.rawValue) == [100, 101, 102, 100])
    #expect(crossing.sentences.map(\.points) == [1])
    let more = feed.send("m4", at: 4)
    #expect(more.signs == [.more])
    #expect(more.deletes.map(\.message.rawValue) == [5])
    #expect(more.sentences.isEmpty)
  }

  @Test("Slowly is no flood, others' messages do not count, and after a pause all begins anew")
  func noFlood() throws {
    var feed = try Feed(spam)
    for index in 0..<20 { #expect(feed.send("slow", at: Double(index) * 1.7).isQuiet) }
    for author in 0..<20 { #expect(feed.send("once", by: UInt64(author) + 50, at: 40).isQuiet) }
    for index in 0..<4 { _ = feed.send("fast", at: 50 + Double(index) / 10) }
    #expect(feed.send("later", at: 60).isQuiet)
  }

  @Test("A message that comes twice counts once", arguments: [2, 5])
  func replay(times: Int) throws {
    var feed = try Feed(spam)
    for _ in 0..<times {
      for id in 1...3 { #expect(feed.send("x\(id)", at: Double(id), id: UInt64(id)).isQuiet) }
    }
    #expect(feed.send("x4", at: 4, id: 4).signs == [.flood])
    #expect(feed.send("x4", at: 4, id: 4).isQuiet)
  }

  @Test("However messages come, each threshold's worth of them is punished once", arguments: 0..<30)
  func oncePerCrossing(seed: UInt64) throws {
    var feed = try Feed(spam)
    var numbers = SplitMix(state: seed)
    var time = 0.0
    var uncounted: [(id: UInt64, at: Double)] = []
    for id in 1...120 as ClosedRange<UInt64> {
      time += Double.random(in: 0...2.5, using: &numbers)
      let rounded = (time * 1_000).rounded() / 1_000
      uncounted.append((id, rounded))
      uncounted.removeAll { $0.at <= rounded - 5 }
      let verdict = feed.send("text \(id)", at: rounded, id: id)
      if Bool.random(using: &numbers) { _ = feed.send("text \(id)", at: rounded, id: id) }
      if uncounted.count >= 4 {
        #expect(verdict.sentences.map(\.points) == [1])
        #expect(verdict.deletes.map(\.message.rawValue) == uncounted.map(\.id))
        uncounted = []
      } else {
        #expect(verdict.sentences.isEmpty)
      }
    }
  }

  @Test("Copies are the same text in other clothes; short ones may be repeated")
  func copies() throws {
    var feed = try Feed(
      settings {
        $0.duplicates.isOn = true
        ($0.duplicates.messages, $0.duplicates.window) = (3, .seconds(30))
      })
    #expect(feed.send("Buy my stuff now", at: 0).isQuiet)
    #expect(feed.send("something else entirely", at: 1).isQuiet)
    #expect(feed.send("BUY my stuff, now!!", in: 101, at: 10).isQuiet)
    let third = feed.send("buy  my\u{200B} stuff now 123", at: 20)
    #expect(third.signs == [.copies])
    #expect(third.deletes.map(\.message.rawValue) == [1, 3, 4])
    for second in 0..<9 { #expect(feed.send("lol", at: 40 + Double(second)).isQuiet) }
  }

  @Test("A raid is one text by many: every message and every account, the threshold once, newcomers each")
  func raid() throws {
    var feed = try Feed(
      settings {
        $0.raid.isOn = true
        ($0.raid.members, $0.raid.window) = (5, .seconds(10))
        $0.raid.response = FilterResponse([.delete, .timeout], timeout: .seconds(3_600), points: 3)
      })
    var timedOut: Set<UserID> = []
    var deleted: Set<MessageReference> = []
    var firstContainment: Int?
    // 500 messages of 50 accounts in five seconds.
    for index in 0..<500 {
      let verdict = feed.send(
        "Join our giveaway at example dot org", by: UInt64(1_000 + index % 50), in: UInt64(100 + index % 7),
        at: Double(index) / 100)
      deleted.formUnion(verdict.deletes)
      for sentence in verdict.sentences {
        #expect(sentence.containment == .timeout(.seconds(3_600)))
        #expect(timedOut.insert(sentence.member).inserted, "sentenced twice")
      }
      if !verdict.sentences.isEmpty, firstContainment == nil {
        firstContainment = index
        #expect(verdict.sentences.count == 5)
        #expect(verdict.sentences.first?.member == UserID(1_004))
      }
    }
    #expect(firstContainment == 4)
    #expect(timedOut.count == 50)
    #expect(deleted.count == 500)
    // The text stays forbidden for a while, for whoever comes late.
    #expect(feed.send("join our giveaway at example dot org!", by: 9_999, at: 200).signs == [.raid])
    #expect(feed.send("join our giveaway at example dot org!", by: 9_998, at: 900).isQuiet)
  }

  @Test("Many who say the same short thing are no raid, nor is one who says it often")
  func noRaid() throws {
    var feed = try Feed(settings { $0.raid.isOn = true })
    for author in 0..<60 {
      #expect(feed.send("congrats!", by: UInt64(author), at: Double(author) / 20).isQuiet)
    }
    for index in 0..<60 {
      #expect(feed.send("this is a long sentence of one", by: 5, at: 10 + Double(index) / 20).isQuiet)
    }
  }

  @Test("The same picture by many is a raid too")
  func pictures() throws {
    var feed = try Feed(settings { $0.raid.isOn = true })
    let verdicts = (0..<5).map { author in
      feed.send("", by: UInt64(author), at: Double(author) / 10) {
        $0.files = [.init(name: "x.png", size: 4_321)]
      }
    }
    #expect(verdicts.last?.signs == [.raid])
  }

  @Test("Edits count in no window, and are looked at only where that is wanted")
  func edits() throws {
    var settings = spam
    settings.words.isOn = true
    settings.words.words = ["bad"]
    var feed = try Feed(settings)
    for second in 0..<9 { #expect(feed.send("fine", at: Double(second) / 9) { $0.isEdit = true }.isQuiet) }
    #expect(feed.send("bad", at: 2) { $0.isEdit = true }.signs == [.word])
    settings.checksEdits = false
    feed = try Feed(settings)
    #expect(feed.send("bad", at: 2) { $0.isEdit = true }.isQuiet)
  }

  @Test("The memory is bounded, and goes when nothing happens")
  func bounds() throws {
    var feed = try Feed(
      settings {
        $0.raid.isOn = true
        $0.spam.isOn = true
      })
    for index in 0..<6_000 {
      _ = feed.send(
        "an unusual text \(String(index, radix: 36)) x", by: UInt64(index), at: Double(index) / 1_000)
    }
    #expect(feed.state.memberCount <= AutoModState.maximumMembers)
    #expect(feed.state.textCount <= AutoModState.maximumTexts)
    feed.state.sweep(feed.rules.settings, at: start + .seconds(7_200))
    #expect(feed.state.isEmpty)
  }
}

@Suite struct HeatTests {
  private func feed(_ change: (inout HeatSettings) -> Void = { _ in }) throws -> Feed {
    try Feed(
      settings {
        $0.heat.isOn = true
        ($0.heat.limit, $0.heat.decayPerSecond, $0.heat.coolDown) = (50, 1, .seconds(20))
        ($0.heat.message, $0.heat.repetition) = (10, 0)
        $0.heat.response = FilterResponse([.delete, .timeout], timeout: .seconds(60))
        change(&$0.heat)
      })
  }

  @Test("Heat adds up, cools with time, and at the limit takes the messages since it was cold")
  func limit() throws {
    var feed = try feed()
    #expect(feed.send("a", at: 0).heat == 10)
    #expect(feed.send("b", at: 5).heat == 15)
    #expect(feed.send("c", at: 100).heat == 10)
    for index in 0..<3 { #expect(feed.send("d", at: 101 + Double(index)).isQuiet) }
    let hot = feed.send("e", at: 103)
    #expect(hot.isQuiet)
    let reached = feed.send("f", at: 103)
    #expect(reached.signs == [.heat])
    #expect(reached.deletes.map(\.message.rawValue) == [3, 4, 5, 6, 7, 8])
    #expect(reached.sentences.map(\.containment) == [.timeout(.seconds(60))])
  }

  @Test("During the cool-down nothing follows, afterwards it does")
  func coolDown() throws {
    var feed = try feed()
    for _ in 0..<4 { #expect(feed.send("x", at: 0).isQuiet) }
    #expect(!feed.send("x", at: 0).isQuiet)
    for second in 1..<20 { #expect(feed.send("x", at: Double(second)).isQuiet) }
    #expect(feed.send("x", at: 20).signs == [.heat])
  }

  @Test("A message that comes twice warms once")
  func replay() throws {
    var feed = try feed()
    for _ in 0..<9 { #expect(feed.send("x", at: 0, id: 1).isQuiet) }
    #expect(feed.send("y", at: 0, id: 2).heat == 20)
  }

  @Test("Every signal has its weight, and so has a match")
  func weights() throws {
    var settings = settings {
      $0.heat.isOn = true
      $0.heat.limit = 10_000
      ($0.heat.message, $0.heat.mention, $0.heat.link, $0.heat.attachment) = (1, 10, 100, 1_000)
      ($0.heat.emoji, $0.heat.line, $0.heat.capitals, $0.heat.repetition) = (2, 3, 20, 50)
      $0.words.isOn = true
      $0.words.words = ["bad"]
      $0.words.response = FilterResponse([], heat: 500)
    }
    settings.heat.decayPerSecond = 0.01
    func heat(_ text: String, files: Int = 0) throws -> Double {
      let facts = message(text) { $0.files = (0..<files).map { .init(name: "\($0).png") } }
      return try verdict(facts, settings).heat
    }
    #expect(try heat("x") == 1)
    #expect(try heat("<@1> <@2>") == 21)
    #expect(try heat("https://a.com") == 101)
    #expect(try heat("", files: 2) == 2_001)
    #expect(try heat("😀😀") == 5)
    #expect(try heat("a\nb\nc\nd\ne") == 7)
    #expect(try heat("SHOUTING VERY LOUD") == 21)
    #expect(try heat("bad") == 501)
    var feed = try Feed(settings)
    _ = feed.send("again", at: 0)
    #expect(feed.send("AGAIN", at: 0).heat == 52)
  }
}
