// The decisions of workers, without any process.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
@testable import SandboxWorkers
import Testing

private let (one, two) = (GuildID(1), GuildID(2))

@Suite struct LeaseBookTests {
  private func lease(_ id: String, _ guild: GuildID, at now: Duration = .zero) -> Lease {
    Lease(id: id, guild: guild, cause: .event("x"), pinned: nil, openedAt: now, closedAt: nil)
  }

  private func guild(_ book: LeaseBook, _ params: JSONObject, at now: Duration) -> GuildID? {
    try? book.resolve(params, at: now).guild
  }

  @Test func `an event's own id decides, whatever hint comes along`() {
    var book = LeaseBook()
    book.open(lease("a", one))
    book.open(lease("b", two))
    var params = JSONObject()
    params["_event_id"] = "b"
    params["_pool_discord_srv_id"] = "1"
    #expect(guild(book, params, at: .zero) == two)
  }

  @Test(arguments: [JSONValue.string("forged"), 7, ["a"], true])
  func `an id that nobody handed out is nobody's`(id: JSONValue) {
    var book = LeaseBook()
    book.open(lease("a", one))
    var params = JSONObject()
    params["_event_id"] = id
    #expect(throws: LeaseBook.Refusal.unknownEvent) { try book.resolve(params, at: .zero) }
  }

  @Test func `without an id, one server's leases are clear and two servers' are not`() {
    var book = LeaseBook()
    #expect(throws: LeaseBook.Refusal.ambiguous) { try book.resolve(JSONObject(), at: .zero) }
    book.open(lease("a", one))
    book.open(lease("b", one))
    #expect(guild(book, JSONObject(), at: .zero) == one)
    book.open(lease("c", two))
    #expect(throws: LeaseBook.Refusal.ambiguous) { try book.resolve(JSONObject(), at: .zero) }
  }

  @Test
  func `a straggler is its own server's for two seconds, and keeps the next server's calls from being clear`()
  {
    var book = LeaseBook()
    book.open(lease("a", one))
    _ = book.close("a", at: .seconds(10))
    book.open(lease("b", two, at: .seconds(10)))
    var params = JSONObject()
    params["_event_id"] = "a"
    #expect(guild(book, params, at: .seconds(12)) == one)
    #expect(guild(book, JSONObject(), at: .seconds(12)) == nil)
    #expect(guild(book, params, at: .milliseconds(12_001)) == nil)
    #expect(guild(book, JSONObject(), at: .milliseconds(12_001)) == two)
    #expect(!book.isQuiet(for: two, at: .seconds(12)))
    #expect(book.isQuiet(for: two, at: .seconds(13)))
  }

  @Test func `an event that is never done is noticed after a minute`() {
    var book = LeaseBook()
    book.open(lease("a", one))
    #expect(!book.isSilent(at: .seconds(60)))
    #expect(book.isSilent(at: .seconds(61)))
  }
}

@Suite struct GuestBreakerTests {
  @Test func `ten failures within a minute open it for five minutes, and one try decides after that`() {
    var breaker = GuestBreaker.events
    for second in 0..<9 {
      let answer = breaker.failed(at: .seconds(second))
      #expect(!answer)
    }
    do {
      let answer = breaker.failed(at: .seconds(9))
      #expect(answer)
    }
    do {
      let answer = breaker.admits(at: .seconds(308))
      #expect(!answer)
    }
    do {
      let answer = breaker.admits(at: .seconds(309))
      #expect(answer)
    }
    do {
      let answer = breaker.admits(at: .seconds(310))
      #expect(!answer, "one at a time")
    }
    breaker.succeeded()
    do {
      let answer = breaker.admits(at: .seconds(311))
      #expect(answer)
    }
  }

  @Test func `failures that are far apart do not open it`() {
    var breaker = GuestBreaker.events
    for minute in 0..<50 {
      let answer = breaker.failed(at: .seconds(minute * 30))
      #expect(!answer)
    }
  }

  @Test func `a try that fails keeps it open`() {
    var breaker = GuestBreaker.crashes
    for second in 0..<5 { _ = breaker.failed(at: .seconds(second)) }
    do {
      let answer = breaker.admits(at: .seconds(400))
      #expect(answer)
    }
    do {
      let answer = breaker.failed(at: .seconds(400))
      #expect(answer)
    }
    do {
      let answer = breaker.admits(at: .seconds(600))
      #expect(!answer)
    }
  }
}

@Suite struct LineTests {
  @Test func `lines are put together from any pieces`() {
    var reader = LineReader()
    var lines: [[UInt8]] = []
    for byte in Array("{\"a\":1}\n\nhello\n".utf8) { lines += reader.take([byte]) ?? [] }
    #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}", "", "hello"])
    let rest = reader.finish()
    #expect(rest == nil)
  }

  @Test func `a line beyond the limit ends it`() {
    var reader = LineReader(limit: 10)
    let fits = reader.take(Array("0123456789\n".utf8))
    #expect(fits?.count == 1)
    let isTooLong = reader.take(Array("0123456789a".utf8)) == nil
    #expect(isTooLong)
  }

  @Test(arguments: ["hello", "[1]", "{broken", "null", "3"])
  func `what is no object is the plugin's own output`(text: String) {
    guard case .stray(let said) = WorkerMessage(line: Array(text.utf8)) else {
      Issue.record("\(text) was taken for a message")
      return
    }
    #expect(said == text)
  }

  @Test func `both forms of an acknowledgement are read`() {
    for text in [
      #"{"method":"event.ack","params":{"event_ids":["a","b"]}}"#,
      #"{"method":"event.ack","params":{"event_id":"a"}}"#,
    ] {
      guard case .acknowledged(let ids) = WorkerMessage(line: Array(text.utf8)) else {
        Issue.record("not read: \(text)")
        continue
      }
      #expect(ids.first == "a")
    }
  }

  @Test func `an id goes back with its own type`() throws {
    let line = HostLine.result(7, ["ok": true])
    #expect(
      String(decoding: line, as: UTF8.self) == "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"ok\":true}}\n")
  }
}

@Suite struct TurnQueueTests {
  private func job(_ number: Int, _ guild: GuildID, urgent: Bool = false) -> GuestJob {
    GuestJob(
      number: number, kind: .request(method: "m", params: JSONObject(), cause: .unprompted, pinned: nil),
      guild: guild, isUrgent: urgent, waitsSince: .zero
    ) { _ in }
  }

  @Test func `servers take turns, and people who wait come first`() {
    var queue = TurnQueue()
    for number in 1...3 { queue.append(job(number, one)) }
    queue.append(job(4, two))
    queue.append(job(5, two, urgent: true))
    var order: [Int] = []
    while let next = queue.next({ _ in true }) { order.append(next.number) }
    #expect(order == [5, 1, 4, 2, 3])
    #expect(queue.count == 0)
  }

  @Test func `what is put back comes before the rest of its server`() {
    var queue = TurnQueue()
    queue.append(job(1, one))
    queue.append(job(2, one))
    let first = queue.next { _ in true }
    if let first { queue.putBack(first) }
    let again = queue.next { _ in true }
    #expect(again?.number == 1)
    let removed = queue.removeAll { $0.guild == one }
    #expect(removed.map(\.number) == [2])
    #expect(queue.count == 0)
  }
}
