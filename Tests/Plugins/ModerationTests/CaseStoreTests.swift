// The case file, on both engines.

import DiscordCore
import EventLoop
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import SQL
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3))) struct CaseStoreTests {
  @Test(arguments: Engine.allCases)
  func `a case comes back whole, and only in its guild`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, other async throws in
      var evidence = MessageLinkEvidence(channel: ChannelID(7), message: MessageID(8), content: "Grüße 🎉")
      evidence.repliedTo = MessageID(9)
      evidence.attachments = ["a.png"]
      let record = try await cases.record(
        draft(.ban, "k", because: "raid") {
          $0.duration = .seconds(90)
          $0.points = 2.5
          $0.message = evidence
          $0.notice = .closed
          $0.source = .automatic(plugin: "automod", rule: "links/spam")
        })
      let found = try #require(try await cases.find(1))
      #expect(found == record)
      #expect(found.expiresAt == dayOne + .seconds(90) && found.points == 2.5 && found.notice == .closed)
      #expect(found.source == .automatic(plugin: "automod", rule: "links/spam"))
      #expect(found.message == MessagePlace(channel: ChannelID(7), message: MessageID(8)))
      let opened = try await cases.evidence(of: found)
      #expect(opened == CaseEvidence(content: "Grüße 🎉", repliedTo: MessageID(9), attachments: ["a.png"]))
      #expect(found.sealedEvidence.map { !$0.contains(0xC3) || $0.count > 20 } == true)
      #expect(try await other.find(1) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `evidence copied to another case does not open there`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      let evidence = MessageLinkEvidence(channel: ChannelID(7), message: MessageID(8), content: "secret")
      _ = try await cases.record(draft(.warn, "one") { $0.message = evidence })
      _ = try await cases.record(draft(.warn, "two") { $0.message = evidence })
      try await cases.store.execute(
        """
        UPDATE moderation_case SET evidence = (SELECT evidence FROM moderation_case WHERE guild_id > 0 AND number = 1)
        WHERE guild_id > 0 AND number = 2
        """)
      let copied = try #require(try await cases.find(2))
      await #expect(throws: (any Error).self) { try await cases.evidence(of: copied) }
    }
  }

  @Test(arguments: Engine.allCases)
  func `numbers have no gap and no duplicate, however many write at once and twice`(_ engine: Engine)
    async throws
  {
    try await withCases(engine) { cases, _ async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<20 {
          for _ in 0..<2 {
            group.addTask {
              _ = try await cases.record(draft(.warn, of: UserID(UInt64(index) + 1), "k\(index)"))
            }
          }
        }
        try await group.waitForAll()
      }
      var filter = CaseFilter()
      filter.limit = 100
      let page = try await cases.find(filter)
      #expect(page.cases.map(\.number) == (1...20).reversed())
      #expect(Set(page.cases.map(\.effectKey)).count == 20)
      #expect(
        try await AuditLog(cases.store).entries().map(\.action)
          == Array(repeating: "moderation.warn", count: 20))
    }
  }

  @Test(arguments: Engine.allCases)
  func `cases are found by member, moderator, kind, words, time and page`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      for index in 0..<12 {
        _ = try await cases.record(
          draft(
            index % 3 == 0 ? .ban : .warn, of: index % 2 == 0 ? ada : ben, "k\(index)",
            because: index == 5 ? "100% Scam_link!" : "spam", after: .seconds(index)
          ) { if index == 7 { $0.source = .byHand(UserID(77)) } })
      }
      func numbers(_ change: (inout CaseFilter) -> Void) async throws -> [Int64] {
        var filter = CaseFilter()
        change(&filter)
        return try await cases.find(filter).cases.map(\.number)
      }
      #expect(try await numbers { $0.target = ada } == [11, 9, 7, 5, 3, 1])
      #expect(try await numbers { $0.moderator = UserID(77) } == [8])
      #expect(try await numbers { ($0.kind, $0.target) = (.ban, ben) } == [10, 4])
      #expect(try await numbers { $0.text = "SCAM" } == [6])
      #expect(try await numbers { $0.text = "0% scam_l" } == [6])
      #expect(try await numbers { $0.text = "0%spam" } == [])
      #expect(
        try await numbers { ($0.since, $0.until) = (dayOne + .seconds(2), dayOne + .seconds(4)) } == [4, 3])
      #expect(try await numbers { ($0.limit, $0.offset) = (5, 5) } == [7, 6, 5, 4, 3])
      var filter = CaseFilter()
      (filter.limit, filter.kind) = (2, .ban)
      #expect(try await cases.find(filter).total == 4)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a changed reason keeps the old one, once for each change`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      _ = try await cases.record(draft(.warn, "k", because: "first"))
      for _ in 0..<2 {
        let change = try #require(
          try await cases.changeReason(of: 1, to: "second", by: ben, at: dayOne, effectKey: "e1"))
        #expect(change.before == "first" && change.after.reason == "second")
      }
      _ = try await cases.changeReason(of: 1, to: "third", by: staff, at: dayOne, effectKey: "e2")
      #expect(try await cases.find(1)?.reason == "third")
      let revisions = try await cases.revisions(of: 1)
      #expect(revisions.map(\.reason) == ["first", "second"])
      #expect(revisions.map(\.replacedBy) == [ben, staff])
      #expect(try await cases.changeReason(of: 9, to: "x", by: ben, at: dayOne, effectKey: "e3") == nil)
      #expect(
        try await AuditLog(cases.store).entries().map(\.action).count { $0 == "moderation.case.edit" } == 2)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a deleted case keeps its number, says who deleted it, and weighs nothing`(_ engine: Engine)
    async throws
  {
    try await withCases(engine) { cases, _ async throws in
      _ = try await cases.record(draft(.warn, "k1") { $0.points = 1 })
      _ = try await cases.record(draft(.warn, "k2") { $0.points = 1 })
      let void = try await cases.void(2, by: ben, because: "mistake", at: dayOne)
      #expect(void?.void == CaseRecord.Void(at: dayOne, by: ben, reason: "mistake"))
      _ = try await cases.void(2, by: staff, because: "again", at: dayOne + .seconds(1))
      #expect(try await cases.find(2)?.void?.reason == "mistake")
      #expect(try await cases.entries(of: ada).count == 1)
      #expect(try await cases.changeReason(of: 2, to: "x", by: ben, at: dayOne, effectKey: "e") == nil)
      #expect(try await cases.record(draft(.warn, "k3")).number == 3)
      #expect(try await cases.void(9, by: ben, because: "", at: dayOne) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `what lasts ends once, up to the case that ends it`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      for key in ["a", "b"] { _ = try await cases.record(draft(.ban, key) { $0.duration = .seconds(60) }) }
      #expect(try await cases.end([.ban], of: ada, upTo: 1, at: dayOne) == 1)
      #expect(try await cases.lasting(.ban, of: ada)?.number == 2)
      #expect(try await cases.end([.ban], of: ada, at: dayOne + .seconds(1)) == 1)
      #expect(try await cases.lasting(.ban, of: ada) == nil)
      #expect(try await cases.find(1)?.endedAt == dayOne)
    }
  }

  /// Cases of random weights at random times, each written down once or several times and in any order with others: the
  /// steps that were taken are those of a ladder that saw each case once.
  @Test(arguments: Engine.allCases, [1, 2, 3] as [UInt64])
  func `a step is taken once for each crossing, however often cases are repeated`(
    _ engine: Engine, _ seed: UInt64
  )
    async throws
  {
    var points = PointSettings()
    (points.decay, points.days) = (.expiry, 3)
    let settings = points
    let steps = [2.0, 4, 7].map { threshold in
      var step = LadderStep()
      (step.threshold, step.action) = (threshold, .timeout)
      return step
    }
    try await withCases(engine) { cases, _ async throws in
      var random = Seeded(seed)
      var drafts: [CaseDraft] = []
      for index in 0..<30 {
        let fresh = draft(
          .warn, of: Bool.random(using: &random) ? ada : ben, "k\(index)", after: .seconds(43_200 * index)
        ) {
          $0.points = Double(Int.random(in: 0...3, using: &random))
        }
        drafts.append(fresh)
        _ = try await cases.record(fresh, steps: steps, points: settings)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          let old = drafts.randomElement(using: &random) ?? fresh
          _ = try await cases.record(old, steps: steps, points: settings)
        }
      }
      for user in [ada, ben] {
        var taken: [Double] = []
        for draft in drafts where draft.target == user {
          if let step = try await cases.find(effectKey: draft.effectKey)?.step {
            taken.append(step.threshold)
          }
        }
        #expect(taken == Self.crossings(drafts.filter { $0.target == user }, [2, 4, 7]))
      }
      #expect(try await cases.find(CaseFilter()).total == 30)
    }
  }

  /// The highest threshold that each case crosses, told without the ladder: points of the last three days, before and
  /// after.
  private static func crossings(_ drafts: [CaseDraft], _ thresholds: [Double]) -> [Double] {
    drafts.indices.compactMap { index in
      let recent = drafts[..<index].filter { drafts[index].at - $0.at < .seconds(3 * 86_400) }
      let before = recent.reduce(0) { $0 + $1.points }
      return thresholds.last { before < $0 && before + drafts[index].points >= $0 }
    }
  }
}

/// Numbers that are the same in every run: SplitMix64.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
