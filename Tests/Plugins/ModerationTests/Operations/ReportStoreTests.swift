// Reports and appeals, on both engines.

import DiscordCore
import EventLoop
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import Storage
import StorageTestKit
import Testing

@Suite struct ReportRulesTests {
  @Test func `one may report five times an hour`() {
    let four = (0..<4).map { dayOne + .seconds($0 * 60) }
    #expect(ReportRules.mayReport(after: four, at: dayOne + .seconds(600)) == nil)
    let five = four + [dayOne + .seconds(300)]
    #expect(ReportRules.mayReport(after: five, at: dayOne + .seconds(600)) == dayOne + .seconds(3600))
    #expect(ReportRules.mayReport(after: five, at: dayOne + .seconds(3600)) == nil)
  }

  @Test func `a message's ids fit into a form's state`() throws {
    let text = [UInt64.max, .max, .max].map { String($0, radix: 36) }.joined(separator: ".")
    #expect("moderation:author:w.\(text)".count <= ComponentSigner.room)
    let state = try #require(MessageState(text))
    #expect(state.text == text && state.author == UserID(.max))
    #expect(MessageState("1.2") == nil && MessageState("1.2.$") == nil)
  }
}

@Suite(.timeLimit(.minutes(3))) struct ReportStoreTests {
  private static func filing(
    _ reporter: UInt64, message: UInt64? = 50, target: UserID = ada, content: String? = "bad words"
  ) -> ReportStore.Filing {
    ReportStore.Filing(
      target: target, channel: message.map { _ in ChannelID(7) }, message: message.map { MessageID($0) },
      content: content, reporter: UserID(reporter), reason: "because \(reporter)")
  }

  @Test(arguments: Engine.allCases)
  func `reports of one message are joined, others are not, and nobody reports twice`(_ engine: Engine)
    async throws
  {
    try await withCases(engine) { cases, other async throws in
      let store = ReportStore(store: cases.store)
      #expect(try await store.file(Self.filing(1), at: dayOne) == .new(1))
      #expect(try await store.file(Self.filing(2), at: dayOne + .seconds(1)) == .joined(1))
      #expect(try await store.file(Self.filing(1), at: dayOne + .seconds(2)) == .again(1))
      #expect(try await store.file(Self.filing(1, message: 51), at: dayOne) == .new(2))
      #expect(try await store.file(Self.filing(1, message: nil), at: dayOne) == .new(3))
      #expect(try await store.file(Self.filing(2, message: nil), at: dayOne) == .joined(3))
      #expect(try await store.reporters(of: 1).map(\.reason) == ["because 1", "because 2"])
      let report = try #require(try await store.report(1))
      #expect(report.target == ada && report.message == MessageID(50) && report.status == .open)
      #expect(try await store.content(of: report) == "bad words")
      #expect(try await ReportStore(store: other.store).report(1) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `whoever reports too much waits`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      let store = ReportStore(store: cases.store)
      for message in 0..<UInt64(ReportRules.hourlyLimit) {
        _ = try await store.file(Self.filing(1, message: message + 1), at: dayOne)
      }
      let refused = try await store.file(Self.filing(1, message: 99), at: dayOne + .seconds(5))
      #expect(refused == .tooMany(until: dayOne + .seconds(3600)))
      #expect(try await store.file(Self.filing(2, message: 99), at: dayOne + .seconds(5)) == .new(6))
    }
  }

  @Test(arguments: Engine.allCases)
  func `a report is decided once, by whoever came first, and taken over from who did not end it`(
    _ engine: Engine
  )
    async throws
  {
    try await withCases(engine) { cases, _ async throws in
      let store = ReportStore(store: cases.store)
      _ = try await store.file(Self.filing(1), at: dayOne)
      #expect(try await store.take(1, by: staff))
      #expect(try await store.claim(1, by: "a", at: dayOne))
      #expect(try await store.claim(1, by: "a", at: dayOne))
      #expect(try await !store.claim(1, by: "b", at: dayOne + .seconds(60)))
      #expect(try await store.claim(1, by: "b", at: dayOne + ReportRules.decisionSpan + .seconds(1)))
      try await store.close(1, claimedBy: "a", by: ben, .banned, caseNumber: 4, at: dayOne)
      #expect(try await store.report(1)?.status == .taken)
      try await store.release(1, by: "b")
      #expect(try await store.claim(1, by: "c", at: dayOne))
      try await store.close(1, claimedBy: "c", by: staff, .warned, caseNumber: 5, at: dayOne)
      let closed = try #require(try await store.report(1))
      #expect(
        closed.status == .closed && closed.outcome == .warned && closed.caseNumber == 5
          && closed.handler == staff)
      #expect(try await store.claim(1, by: "c", at: dayOne))
      #expect(try await !store.claim(1, by: "d", at: dayOne + .seconds(9_999)))
      #expect(try await !store.take(1, by: ben))
      #expect(try await store.file(Self.filing(1), at: dayOne + .seconds(9_999)) == .new(2))
    }
  }
}

@Suite struct AppealRulesTests {
  private static func record(
    _ kind: CaseKind, number: Int64 = 1, duration: Duration? = nil, ended: Timestamp? = nil
  ) -> CaseRecord {
    CaseRecord(
      number: number, effectKey: "k", kind: kind, target: ada, source: .person(staff), reason: "", at: dayOne,
      duration: duration, points: 0, parent: nil, role: nil, message: nil, sealedEvidence: nil, notice: .off,
      step: nil, isFinished: true, endedAt: ended, logMessage: nil, void: nil)
  }

  @Test func `only whom a case is about may appeal, and only against what takes something`() {
    #expect(AppealRules.refusal(nil, person: ada)?.key == "appeal.noCase")
    #expect(AppealRules.refusal(Self.record(.ban), person: ben)?.key == "appeal.noCase")
    #expect(AppealRules.refusal(Self.record(.note), person: ada)?.key == "appeal.notAppealable")
    #expect(AppealRules.refusal(Self.record(.ban), person: ada) == nil)
  }

  @Test func `an approval lifts what lasts, and nothing that came later`() {
    let ban = Self.record(.ban)
    #expect(AppealRules.remedy(for: ban, newest: ban, at: dayOne) == .unban)
    #expect(AppealRules.remedy(for: ban, newest: Self.record(.ban, number: 9), at: dayOne) == nil)
    #expect(AppealRules.remedy(for: Self.record(.ban, ended: dayOne), newest: nil, at: dayOne) == nil)
    let timeout = Self.record(.timeout, duration: .seconds(60))
    #expect(AppealRules.remedy(for: timeout, newest: timeout, at: dayOne) == .untimeout)
    #expect(AppealRules.remedy(for: timeout, newest: timeout, at: dayOne + .seconds(60)) == nil)
    #expect(AppealRules.remedy(for: Self.record(.quarantine), newest: nil, at: dayOne) == .release)
    #expect(AppealRules.remedy(for: Self.record(.warn), newest: nil, at: dayOne) == nil)
  }
}

@Suite(.timeLimit(.minutes(3))) struct AppealStoreTests {
  private func submit(
    _ store: AppealStore, _ key: String, case number: Int64 = 4, at now: Timestamp = dayOne
  ) async throws -> AppealStore.Filed {
    try await store.submit(
      number, of: ada, "please", origin: .web, effectKey: key, due: now + .seconds(100),
      pause: .seconds(1_000),
      at: now)
  }

  private func move(
    _ store: AppealStore, _ key: String, from: Set<AppealStatus>, to status: AppealStatus,
    _ kind: AppealEntry.Kind,
    at now: Timestamp = dayOne
  ) async throws -> Bool {
    try await store.move(
      1, from: from, to: status, kind, by: staff, "text of \(key)", effectKey: key, due: nil, at: now)
  }

  @Test(arguments: Engine.allCases)
  func `an appeal goes from hand to hand, each step once`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, other async throws in
      let store = AppealStore(store: cases.store)
      guard case .filed(let appeal) = try await submit(store, "s") else {
        Issue.record("it was not filed")
        return
      }
      #expect(appeal.number == 1 && appeal.person == ada && appeal.status == .open && appeal.origin == .web)
      #expect(try await submit(store, "s") == .filed(appeal))
      #expect(try await submit(store, "other") == .pending(1))
      #expect(try await move(store, "q", from: [.open], to: .asked, .asked))
      #expect(try await move(store, "q", from: [.open], to: .asked, .asked))
      #expect(try await !move(store, "q2", from: [.open], to: .asked, .asked))
      #expect(try await move(store, "a", from: [.asked], to: .open, .answered))
      #expect(try await store.claim(1, by: "d", at: dayOne))
      #expect(try await !store.claim(1, by: "e", at: dayOne))
      #expect(try await move(store, "d", from: [.open, .asked], to: .denied, .denied))
      #expect(try await !store.claim(1, by: "e", at: dayOne + .seconds(9_999)))
      let denied = try #require(try await store.appeal(1))
      #expect(
        denied.status == .denied && denied.decidedBy == staff && denied.decidedAt == dayOne
          && denied.dueAt == nil)
      let early = try await submit(store, "too early", at: dayOne + .seconds(999))
      #expect(early == .paused(until: dayOne + .seconds(1_000)))
      #expect(try await move(store, "r", from: [.denied], to: .open, .reopened))
      #expect(try await store.appeal(1)?.decidedBy == nil)
      let kinds = try await store.entries(of: 1).map(\.kind)
      #expect(kinds == [.submitted, .asked, .answered, .denied, .reopened])
      #expect(try await AppealStore(store: other.store).appeal(1) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `appeals are found by person and by how they stand`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      let store = AppealStore(store: cases.store)
      for number in 1...4 as ClosedRange<Int64> { _ = try await submit(store, "\(number)", case: number) }
      _ = try await move(store, "d", from: [.open], to: .approved, .approved)
      #expect(try await store.appeals(of: ada).map(\.number) == [4, 3, 2, 1])
      #expect(try await store.appeals(of: ben).isEmpty)
      #expect(try await store.appeals(.open, before: nil, limit: 2).map(\.number) == [4, 3])
      #expect(try await store.appeals(.open, before: 3, limit: 9).map(\.number) == [2])
      #expect(try await store.appeals(nil, before: nil, limit: 9).count == 4)
    }
  }
}
