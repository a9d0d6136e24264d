// The notice board, on both engines.

import EventLoop
import PlatformNotices
import PlatformText
import SQL
import Storage
import StorageTestKit
import Synchronization
import TestKit
import Testing

private struct Failure: Error {}

private struct Board: Sendable {
  let storage: Storage
  let notices: Notices
  let time: ManualTime
  let delivered = Recorder<Notice>()
}

private func withBoard(
  _ engine: Engine, deliver: @escaping @Sendable (Notice, NoticeAudience) async throws -> Void = { _, _ in },
  wants: Bool = false, _ body: @Sendable (Board) async throws -> Void
) async throws {
  try await withInstallation(engine) { installation in
    let schema = Schema(platform: [NoticeSchema.platform], guild: [NoticeSchema.guild])
    try await installation.run(schema: schema) { storage in
      let time = ManualTime()
      let notices = Notices(
        storage: storage, time: time, wantsDelivery: { _, _ in wants }, deliver: deliver)
      try await body(Board(storage: storage, notices: notices, time: time))
    }
  }
}

private let guild = NoticeAudience.guild(Tenant(1))

private func draft(_ key: String, _ severity: NoticeSeverity = .warning, role: String = "Keeper")
  -> NoticeDraft
{
  NoticeDraft(
    severity, from: "welcome", key: key, Sentence("welcome.roleTooHigh", ["role": role]), link: "/roles")
}

@Suite(.timeLimit(.minutes(2))) struct NoticesTests {
  @Test(arguments: Engine.allCases)
  func `a report is kept for its audience, with what its sentence needs`(_ engine: Engine) async throws {
    try await withBoard(engine) { board async throws in
      board.notices.report(draft("role", role: "⟨\"Höchste\"⟩"), to: guild)
      board.notices.report(draft("disk", .problem), to: .operators)
      #expect(await board.notices.write())
      let notice = try #require(try await board.notices.list(guild).first)
      #expect(notice.sentence == Sentence("welcome.roleTooHigh", ["role": "⟨\"Höchste\"⟩"]))
      #expect((notice.number, notice.count, notice.severity) == (1, 1, .warning))
      #expect((notice.source, notice.link, notice.status) == ("welcome", "/roles", .unread))
      #expect(try await board.notices.list(.operators).map(\.key) == ["disk"])
      #expect(try await board.notices.list(.guild(Tenant(2))) == [])
    }
  }

  @Test(arguments: Engine.allCases)
  func `the same again within a day counts up, also in another process`(_ engine: Engine) async throws {
    try await withBoard(engine) { board async throws in
      let other = Notices(storage: board.storage, time: board.time)
      for _ in 0..<1_000 { board.notices.report(draft("role"), to: guild) }
      for _ in 0..<10 { other.report(draft("role"), to: guild) }
      async let first = board.notices.write(all: true)
      async let second = other.write(all: true)
      _ = await (first, second)
      #expect(try await board.notices.list(guild).map(\.count) == [1_010])
      board.time.advance(by: .seconds(3_600))
      other.report(draft("role", role: "Warden"), to: guild)
      await other.write(all: true)
      let notice = try #require(try await board.notices.list(guild).first)
      #expect(notice.count == 1_011)
      #expect(notice.lastAt == board.time.now)
      #expect(notice.sentence.values["role"] == "Warden")
      // A day of quiet makes it a new one.
      board.time.advance(by: .seconds(86_400))
      board.notices.report(draft("role"), to: guild)
      await board.notices.write(all: true)
      #expect(try await board.notices.list(guild).map(\.count) == [1, 1_011])
    }
  }

  @Test(arguments: Engine.allCases)
  func `notices are read, dismissed and paged`(_ engine: Engine) async throws {
    try await withBoard(engine) { board async throws in
      for number in 1...5 {
        board.notices.report(draft("\(number)", number == 2 ? .problem : .info), to: guild)
      }
      await board.notices.write()
      #expect(try await board.notices.unreadCount(guild) == 5)
      #expect(try await board.notices.mark(4, of: guild, as: .dismissed))
      #expect(try await board.notices.mark(9, of: guild, as: .read) == false)
      var filter = NoticeFilter()
      filter.limit = 2
      let page = try await board.notices.list(guild, filter)
      #expect(page.map(\.number) == [5, 3])
      filter.before = page.last?.number
      #expect(try await board.notices.list(guild, filter).map(\.number) == [2, 1])
      var all = NoticeFilter()
      all.includesDismissed = true
      #expect(try await board.notices.list(guild, all).count == 5)
      var problems = NoticeFilter()
      problems.atLeast = .problem
      #expect(try await board.notices.list(guild, problems).map(\.number) == [2])
      #expect(try await board.notices.markAllRead(guild, upTo: 3) == 3)
      #expect(try await board.notices.unreadCount(guild) == 1)
      // Worse than before, a notice that was read is worth another look.
      board.notices.report(draft("1", .problem), to: guild)
      await board.notices.write(all: true)
      #expect(try await board.notices.unreadCount(guild) == 2)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a guild keeps the newest five hundred, for ninety days`(_ engine: Engine) async throws {
    try await withBoard(engine) { board async throws in
      for number in 1...520 { board.notices.report(draft("\(number)"), to: guild) }
      await board.notices.write()
      let count = try await board.storage.guild(Tenant(1)).rows(
        "SELECT COUNT(*), MIN(number) FROM notice_guild WHERE guild_id > 0")
      #expect(try count.first?.get(0) == 500)
      #expect(try count.first?.get(1) == 21)
      #expect(try await board.notices.sweep(guild) == 0)
      board.time.advance(by: .seconds(91 * 86_400))
      #expect(try await board.notices.sweep(guild) == 500)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a notice is delivered once, and a failure loses nothing`(_ engine: Engine) async throws {
    let attempts = Recorder<Int64>()
    let fails = Mutex(2)
    let deliver: Notices.Deliver = { notice, _ in
      attempts.record(notice.number)
      let isFailing = fails.withLock { left in
        left -= 1
        return left >= 0
      }
      if isFailing { throw Failure() }
    }
    try await withBoard(engine, deliver: deliver, wants: true) { board async throws in
      board.notices.report(draft("role"), to: guild)
      board.notices.report(draft("role"), to: guild)
      await board.notices.write(all: true)
      await board.notices.deliverDue()
      #expect(try await board.notices.list(guild).map(\.delivery) == [.pending])
      await board.notices.deliverDue()
      #expect(attempts.values.count == 1)
      for _ in 0..<3 {
        board.time.advance(by: .seconds(60))
        await board.notices.deliverDue()
      }
      #expect(attempts.values == [1, 1, 1])
      #expect(try await board.notices.list(guild).map(\.delivery) == [.delivered])
      // One that cannot be delivered at all is given up, and stays in the list.
      fails.withLock { $0 = 100 }
      board.notices.report(draft("dm"), to: guild)
      await board.notices.write()
      for _ in 0..<8 {
        board.time.advance(by: .seconds(600))
        await board.notices.deliverDue()
      }
      #expect(attempts.values.filter { $0 == 2 }.count == Notices.deliveryAttempts)
      #expect(try await board.notices.list(guild).map(\.delivery) == [.failed, .delivered])
    }
  }

  @Test(arguments: Engine.allCases)
  func `running, it writes what is reported, and at the end what is still counted`(_ engine: Engine)
    async throws
  {
    try await withBoard(engine) { board async throws in
      let run = Task { await board.notices.run() }
      board.notices.report(draft("role"), to: guild)
      try await eventually("the first is written at once") {
        try await board.notices.list(guild).map(\.count) == [1]
      }
      for _ in 0..<5 { board.notices.report(draft("role"), to: guild) }
      run.cancel()
      await run.value
      #expect(try await board.notices.list(guild).map(\.count) == [6])
    }
  }
}
