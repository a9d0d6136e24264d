// How a purge goes about it, as a value: against a channel that behaves as Discord's do.

import DiscordCore
import EventLoop
import JSON
@testable import ModerationPlugin
import PlatformPlugins
import Testing

/// Numbers that look random and are the same each time.
struct Sequence64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A channel that refuses what Discord refuses.
private struct ToyChannel {
  var messages: [PurgeMessage]
  var now: Timestamp
  var reads = 0
  var bulks: [Int] = []
  var singles = 0
  var deleted: Set<MessageID> = []

  mutating func page(before: MessageID) -> [PurgeMessage] {
    reads += 1
    return Array(messages.filter { $0.id < before }.sorted { $0.id > $1.id }.prefix(100))
  }

  mutating func deleteTogether(_ ids: [MessageID]) {
    #expect((2...100).contains(ids.count) && Set(ids).count == ids.count)
    #expect(ids.allSatisfy { now - $0.createdAt < .seconds(14 * 86_400) })
    bulks.append(ids.count)
    remove(ids)
  }

  mutating func delete(_ id: MessageID) {
    singles += 1
    remove([id])
  }

  private mutating func remove(_ ids: [MessageID]) {
    let gone = Set(ids)
    deleted.formUnion(messages.lazy.map(\.id).filter { gone.contains($0) })
    messages.removeAll { gone.contains($0.id) }
  }
}

@Suite struct PurgePlanTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)
  private static let channel = ChannelID(9)

  /// A message so long ago; `serial` tells apart those of one instant.
  private static func message(
    _ ago: Duration, serial: UInt64 = 0, change: (inout PurgeMessage) -> Void = { _ in }
  ) -> PurgeMessage {
    let id = MessageID(MessageID(earliestAt: now - ago).rawValue + serial)
    var message = PurgeMessage(id: id, author: ada)
    change(&message)
    return message
  }

  /// Works a plan off; dies and is read back from what was stored `crash` says so.
  private func run(
    _ request: PurgeRequest, on channel: inout ToyChannel, crash: (Int) -> Bool = { _ in false }
  ) throws -> PurgePlan {
    var plan = PurgePlan(request)
    let matcher = try PurgeMatcher(request.filter)
    for step in 0..<20_000 {
      let stored = plan.json
      switch plan.next(at: channel.now) {
      case .finished: return plan
      case .lock: plan.locked()
      case .read(let before): plan.read(channel.page(before: before), matching: { matcher($0) })
      case .deleteTogether(let messages):
        channel.deleteTogether(messages)
        plan.deleted(messages)
      case .delete(let message):
        channel.delete(message)
        plan.deleted([message])
      }
      // The process died before it could store what it had just done.
      if crash(step) { plan = PurgePlan(request, state: stored) }
    }
    Issue.record("it never ends")
    return plan
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `whatever the channel, exactly what matches and is allowed goes, in as few calls as can be`(
    _ seed: UInt64
  )
    throws
  {
    var random = Sequence64(state: seed)
    var messages: [PurgeMessage] = []
    for serial in 0..<UInt64.random(in: 0...900, using: &random) {
      let ago = Duration.seconds(Int64.random(in: -3_600...(40 * 86_400), using: &random))
      messages.append(
        Self.message(ago, serial: serial) { message in
          message.author = Bool.random(using: &random) ? ada : ben
          message.isFromBot = Int.random(in: 0..<5, using: &random) == 0
          message.isPinned = Int.random(in: 0..<20, using: &random) == 0
          message.isDeletable = Int.random(in: 0..<30, using: &random) > 0
        })
    }
    var request = PurgeRequest(channel: Self.channel, before: MessageID(earliestAt: Self.now))
    request.filter = [.everything, .bots, .humans].randomElement(using: &random) ?? .everything
    if Bool.random(using: &random) { request.author = ada }
    if Bool.random(using: &random) { request.limit = Int.random(in: 1...400, using: &random) }
    if Bool.random(using: &random) { request.after = MessageID(earliestAt: Self.now - .seconds(20 * 86_400)) }
    request.keepsPinned = Bool.random(using: &random)
    let matcher = try PurgeMatcher(request.filter)
    let expected = messages.filter { message in
      message.id < request.before && message.id > request.after ?? MessageID(0) && message.isDeletable
        && (request.author == nil || message.author == request.author) && matcher(message)
        && !(message.isPinned && request.keepsPinned)
    }.sorted { $0.id > $1.id }.prefix(request.limit ?? .max)
    var channel = ToyChannel(messages: messages, now: Self.now)
    let crashes = seed % 3 == 0
    let plan = try run(request, on: &channel) { crashes && $0 % 4 == 1 && $0 < 40 }
    #expect(channel.deleted == Set(expected.map(\.id)))
    #expect(plan.deleted == expected.count)
    guard !crashes else { return }
    let young = expected.count { Self.now - $0.id.createdAt < PurgePlan.bulkAge }
    #expect(channel.bulks.count <= young / 100 + 1)
    #expect(channel.singles <= expected.count - young + 1)
    #expect(channel.reads <= messages.count / 100 + 1)
  }

  @Test func `a step that was done but not stored is done again, and counted once`() throws {
    let messages = (0..<250).map { Self.message(.seconds(60), serial: UInt64($0)) }
    var channel = ToyChannel(messages: messages, now: Self.now)
    let request = PurgeRequest(channel: Self.channel, before: MessageID(earliestAt: Self.now))
    let plan = try run(request, on: &channel) { $0 < 30 && $0 % 2 == 0 }
    #expect(plan.deleted == 250 && channel.messages.isEmpty)
  }

  @Test func `messages turn fourteen days old while the work goes on`() throws {
    let messages = (0..<150).map { Self.message(.seconds(14 * 86_400 - 400), serial: UInt64($0)) }
    var channel = ToyChannel(messages: messages, now: Self.now)
    var plan = PurgePlan(PurgeRequest(channel: Self.channel, before: MessageID(earliestAt: Self.now)))
    plan.read(channel.page(before: plan.cursor), matching: { _ in true })
    #expect(plan.next(at: Self.now) == .deleteTogether(plan.pending))
    channel.now = Self.now + .seconds(200)
    #expect(plan.old(at: channel.now) == 100)
    #expect(plan.next(at: channel.now) == .delete(plan.pending[0]))
  }

  @Test func `when Discord holds them for too old after all, they go one by one`() {
    let messages = (0..<10).map { Self.message(.seconds(60), serial: UInt64($0)) }
    var plan = PurgePlan(PurgeRequest(channel: Self.channel, before: MessageID(earliestAt: Self.now)))
    plan.read(messages, matching: { _ in true })
    plan.togetherRefused()
    #expect(plan.next(at: Self.now) == .delete(plan.pending[0]))
    plan = PurgePlan(plan.request, state: plan.json)
    #expect(plan.next(at: Self.now) == .delete(plan.pending[0]))
  }

  @Test func `a large channel is locked once, a small one never`() throws {
    for (count, locks) in [(199, false), (650, true)] {
      let messages = (0..<count).map { Self.message(.seconds(60), serial: UInt64($0)) }
      var channel = ToyChannel(messages: messages, now: Self.now)
      let request = PurgeRequest(
        channel: Self.channel, before: MessageID(earliestAt: Self.now), locks: true)
      #expect(try run(request, on: &channel).hasLocked == locks)
    }
  }

  @Test func `a search for few among many ends`() throws {
    let messages = (0..<300).map { Self.message(.seconds(60), serial: UInt64($0)) }
    var channel = ToyChannel(messages: messages, now: Self.now)
    let request = PurgeRequest(
      channel: Self.channel, filter: .bots, limit: 5, before: MessageID(earliestAt: Self.now))
    let plan = try run(request, on: &channel)
    #expect(plan.deleted == 0 && plan.seen == 300)
  }

  @Test func `requests and plans are read back as they were`() {
    var request = PurgeRequest(
      channel: Self.channel, filter: .contains("größe"), author: ben, limit: 7, after: MessageID(5),
      before: MessageID(.max), keepsPinned: false, locks: true, reason: "why")
    #expect(PurgeRequest(request.json) == request)
    request = PurgeRequest(channel: Self.channel, before: MessageID(1))
    #expect(PurgeRequest(request.json) == request)
    #expect(PurgeRequest(["channel": "x"]) == nil)
  }

  @Test(arguments: [
    ("all", PurgeAmount.all), ("50", .count(50)), ("7d", .window(.seconds(604_800))),
    ("2mo", .window(.seconds(60 * 86_400))), ("Everything", .all),
  ])
  func `amounts are read as people type them`(_ text: String, _ amount: PurgeAmount) {
    #expect(PurgeAmount(text) == amount)
  }

  @Test(arguments: ["0", "-1", "", "soon", "10001", "0s", "٥"])
  func `what is no amount is refused`(_ text: String) {
    #expect(PurgeAmount(text) == nil)
  }
}

@Suite struct PurgeFilterTests {
  private func matches(_ filter: PurgeFilter, _ content: String) throws -> Bool {
    try PurgeMatcher(filter)(PurgeMessage(id: MessageID(1), author: ada, content: content))
  }

  @Test(arguments: [
    ("see https://example.org", true, false), ("HTTP://Example.org", true, false),
    ("https:// nothing", false, false),
    ("join discord.gg/abc", true, true), ("https://discord.com/invite/abc", true, true),
    ("discord.gg/", false, false),
    ("no link.here", false, false),
  ])
  func `links and invites`(_ content: String, _ isLink: Bool, _ isInvite: Bool) throws {
    #expect(try matches(.links, content) == isLink)
    #expect(try matches(.invites, content) == isInvite)
  }

  @Test func `texts are found wherever they stand, in capitals or not`() throws {
    #expect(try matches(.contains("Free Nitro"), "get FREE NITRO here"))
    #expect(try matches(.contains("straße"), "Die STRASSE") == false)
    #expect(try matches(.contains("é"), "CAFÉ"))
    #expect(try matches(.contains("nitro"), "nit ro") == false)
  }

  @Test(arguments: [
    ("free.*nitro", "get FREE gift nitro now", true), ("free.*nitro", "nitro free", false),
    ("^!play", "!play song", true), ("^!play", "say !play", false), (#"\bscam\b"#, "SCAM!", true),
    (#"\bscam\b"#, "scampi", false),
  ])
  func `patterns`(_ pattern: String, _ content: String, _ isMatch: Bool) throws {
    #expect(try matches(.matches(pattern), content) == isMatch)
  }

  @Test(arguments: ["", ".*", "a?", "^", "(|x)"])
  func `patterns that match every message are refused`(_ pattern: String) {
    #expect(throws: Refusal("purge.refusal.everything")) { try PurgePattern(pattern) }
  }

  @Test(arguments: ["(", "[a", #"(a)\1"#, String(repeating: "abc", count: 2_000)])
  func `what is no pattern is refused, with what is wrong`(_ pattern: String) throws {
    let refusal = try #require(throws: Refusal.self) { try PurgePattern(pattern) }
    #expect(refusal.key == "purge.refusal.pattern" && refusal.parameters["problem"]?.isEmpty == false)
  }
}
