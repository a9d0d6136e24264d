// Lists of users as people paste them, files of bans, and jobs that outlive the process.

import DiscordCore
import EventLoop
import JSON
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import Storage
import StorageTestKit
import Testing

@Suite struct UserListTests {
  @Test(arguments: [
    "80351110224678912 80351110224678913", "<@80351110224678912>, <@!80351110224678913>",
    "80351110224678912\n80351110224678913\n80351110224678912",
    "id,name\n80351110224678912,\"ada 1\"\n80351110224678913;ben", "80351110224678912.80351110224678913",
  ])
  func `ids are read however they are pasted, each once and in order`(_ text: String) {
    let list = UserList(text)
    #expect(list.users == [UserID(80_351_110_224_678_912), UserID(80_351_110_224_678_913)])
    #expect(list.rejected == 0)
  }

  @Test func `numbers that are no ids are counted, not banned`() {
    let list = UserList("123456 99999999999999999999999 18446744073709551616 42 80351110224678912")
    #expect(list.users == [UserID(80_351_110_224_678_912)] && list.rejected == 3)
  }

  @Test func `ten thousand users are fifty calls, and one more is refused`() {
    let ids = (0..<10_001).map { 80_351_110_224_678_912 + $0 }
    let full = UserList(ids.dropLast().map(String.init).joined(separator: " "))
    #expect(full.users.count == 10_000 && !full.isCut)
    let batches = full.batches(of: MassPlan.banSize)
    #expect(batches.count == 50 && batches.allSatisfy { $0.count == 200 })
    #expect(Set(batches.joined()) == Set(ids.dropLast().map(String.init)))
    #expect(UserList(ids.map(String.init).joined(separator: " ")).isCut)
  }

  @Test(arguments: [
    ("80351110224678912 raid", "raid"), ("<@80351110224678912>, <@80351110224678913> see 12", "see 12"),
    ("80351110224678912", ""), ("raid 80351110224678912", ""),
  ])
  func `the reason is what follows the last user`(_ text: String, _ reason: String) {
    #expect(UserList.remark(after: text) == reason)
  }

  @Test func `a file of bans is read back, and so are others' forms`() throws {
    let file = BanFile(
      guild: GuildID(3),
      entries: [
        .init(user: UserID(80_351_110_224_678_912), reason: "Grüße 123456789012345678"),
        .init(user: UserID(80_351_110_224_678_913), reason: nil),
      ])
    let users = [UserID(80_351_110_224_678_912), UserID(80_351_110_224_678_913)]
    #expect(BanFile.users(try file.json.encoded()).users == users)
    let others = [
      #"["80351110224678912","80351110224678913"]"#,
      #"[{"user":{"id":"80351110224678912"}},{"user_id":"80351110224678913"}]"#,
      #"{"users":[{"id":"80351110224678912"},80351110224678913]}"#, "80351110224678912\n80351110224678913\n",
    ]
    for text in others { #expect(BanFile.users(Array(text.utf8)).users == users) }
    #expect(BanFile.users(Array(#"{"what":1}"#.utf8)).users.isEmpty)
  }

  @Test func `plans are read back from what was stored`() {
    var plan = MassPlan(
      reason: "raid", count: 9, duration: .seconds(60), deletesMessagesOfSeconds: 7, protected: [ada, ben])
    plan.fail([ada])
    plan.refuse([ben])
    (plan.part, plan.index, plan.done, plan.cursor, plan.isListed) = (2, 3, 4, ben, true)
    let job = Job(
      number: 1, kind: .massban, status: .running, person: staff, channel: ChannelID(1),
      request: plan.request, state: plan.state, createdAt: dayOne)
    #expect(MassPlan(job) == plan)
    plan.fail((0..<100).map { UserID($0) })
    #expect(plan.failed == 101 && plan.failures.count == MassPlan.namedFailures)
  }
}

@Suite(.timeLimit(.minutes(3))) struct JobStoreTests {
  private static func new(_ key: String, parts: [[String]] = [], waits: Bool = false) -> NewJob {
    NewJob(
      kind: .massban, effectKey: key, person: staff, channel: ChannelID(.max), request: ["a": 1],
      needsConfirmation: waits, parts: parts)
  }

  @Test(arguments: Engine.allCases)
  func `a job asked for twice is one job, with its parts, in its guild only`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, other async throws in
      let store = JobStore(store: cases.store)
      let first = try await store.open(Self.new("k", parts: [["1", "2"], ["3"]]), at: dayOne)
      let again = try await store.open(Self.new("k", parts: [["9"]]), at: dayOne + .seconds(1))
      #expect(
        again == first && first.number == 1 && first.status == .running && first.channel == ChannelID(.max))
      #expect(try await store.partCount(of: 1) == 2)
      #expect(try await store.part(1, of: 1) == JobStore.Part(number: 1, content: ["3"], isBegun: false))
      try await store.begin(part: 1, of: 1)
      #expect(try await store.part(1, of: 1)?.isBegun == true)
      #expect(try await store.part(2, of: 1) == nil)
      try await store.append(["4"], asPart: 2, of: 1, at: dayOne)
      try await store.append(["5"], asPart: 2, of: 1, at: dayOne)
      #expect(try await store.part(2, of: 1)?.content == ["4"])
      #expect(try await JobStore(store: other.store).job(1) == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `whoever stores how far it is hears that it was stopped`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      let store = JobStore(store: cases.store)
      var job = try await store.open(Self.new("k", waits: true), at: dayOne)
      #expect(job.status == .waiting)
      #expect(try await store.move(1, from: [.waiting], to: .running, at: dayOne))
      #expect(try await store.move(1, from: [.waiting], to: .running, at: dayOne) == false)
      (job.state, job.progressMessage, job.progressAt) = (["n": 2], MessageID(.max), dayOne)
      #expect(try await store.save(job) == .running)
      #expect(try await store.move(1, from: [.running], to: .stopping, at: dayOne))
      #expect(try await store.save(job) == .stopping)
      #expect(try await store.underWay(.massban).map(\.number) == [1])
      #expect(try await store.underWay(.purge).isEmpty)
      #expect(try await store.move(1, from: [.stopping], to: .cancelled, at: dayOne))
      let ended = try #require(try await store.job(1))
      #expect(
        ended.finishedAt == dayOne && ended.state == job.state && ended.progressMessage == MessageID(.max))
      #expect(try await store.underWay().isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `what ended long ago is forgotten with its parts`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      let store = JobStore(store: cases.store)
      for number in 1...3 {
        _ = try await store.open(Self.new("\(number)", parts: [["1"]]), at: dayOne)
        _ = try await store.move(Int64(number), from: [.running], to: .done, at: dayOne)
      }
      let later = dayOne + JobStore.retention + .seconds(1)
      let new = try await store.open(Self.new("new"), at: later)
      #expect(try await store.partCount(of: 2) == 0)
      #expect(try await store.job(3) == nil)
      // The number may be an old one; what it did then is not done again under its name.
      #expect(new.number == 1 && new.cause != "job/1@\(dayOne.milliseconds)")
    }
  }
}
