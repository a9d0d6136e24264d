// Which failures are tried again, when, and never otherwise.

import EventLoop
@testable import HTTPClient
import HTTPTypes
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RetryTests {
  /// What a flaky call came to.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let query: String
    let policy: RetryPolicy?
    let waits: [Duration]
    let text: String
    var testDescription: String { name }
  }

  static let matrix = [
    Case(name: "no-policy", query: "times=1", policy: nil, waits: [], text: "later"),
    Case(
      name: "503", query: "times=1", policy: .init(), waits: [.milliseconds(100)],
      text: "attempt 2 with 4 bytes"),
    Case(
      name: "502-twice", query: "times=2&code=502", policy: .init(),
      waits: [.milliseconds(100), .milliseconds(200)], text: "attempt 3 with 4 bytes"),
    Case(
      name: "504-for-ever", query: "times=9&code=504", policy: .init(),
      waits: [.milliseconds(100), .milliseconds(200)], text: "later"),
    Case(name: "500-is-final", query: "times=1&code=500", policy: .init(), waits: [], text: "later"),
    Case(
      name: "not-asked-for", query: "times=1", policy: .init(failures: [.connect, .badGateway]), waits: [],
      text: "later"),
    Case(
      name: "seconds", query: "times=1&after=7", policy: .init(), waits: [.seconds(7)],
      text: "attempt 2 with 4 bytes"),
    Case(
      name: "date", query: "times=1&after=Thu,%2001%20Jan%202026%2000:00:09%20GMT", policy: .init(),
      waits: [.seconds(9)], text: "attempt 2 with 4 bytes"),
    Case(name: "too-long", query: "times=1&after=31", policy: .init(), waits: [], text: "later"),
    Case(
      name: "one-attempt", query: "times=1", policy: .init(attempts: 1), waits: [], text: "later"),
  ]

  @Test(arguments: matrix)
  func `the server's trouble is waited out as the policy says`(_ entry: Case) async throws {
    let server = try await TestServer.shared
    let time = ManualTime()
    let test = try TestClient {
      $0.time = time
      $0.random = { 0.5 }
    }
    var request = HTTPClient.Request(
      server.url("/flaky/\(entry.name)?\(entry.query)"), method: .post, body: .text("body"))
    request.retry = entry.policy
    request.timeouts.total = .seconds(60)
    let final = request
    async let response = test.client.send(final)
    for wait in entry.waits {
      try await eventually("the client waits") { time.sleeperCount == 1 }
      time.advance(by: wait - .milliseconds(1))
      #expect(time.sleeperCount == 1, "it waits no less than \(wait)")
      time.advance(by: .milliseconds(1))
      #expect(time.sleeperCount == 0, "it waits no more than \(wait)")
    }
    #expect(try await response.text == entry.text)
  }

  @Test func `a lost connection is tried again, with the body from its start`() async throws {
    let server = try await TestServer.shared
    let time = ManualTime()
    let test = try TestClient { $0.time = time }
    let body = RequestBody.produced(length: 3) {
      try await $0([1]); try await $0([2, 3])
    }
    var request = HTTPClient.Request(server.url("/dies-once/stream", on: "raw"), method: .post, body: body)
    request.retry = RetryPolicy()
    let final = request
    async let response = test.client.send(final)
    try await eventually("the client waits") { time.sleeperCount == 1 }
    time.advance(by: .seconds(5))
    #expect(try await response.text == "second")
  }

  @Test func `a one-time body is never sent twice`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let stream = AsyncStream<[UInt8]> { continuation in
      continuation.yield([1])
      continuation.finish()
    }
    var request = HTTPClient.Request(
      server.url("/dies-once/one-time", on: "raw"), method: .post, body: .stream(stream))
    request.retry = RetryPolicy()
    #expect(await failure { try await test.client.send(request) }?.code == .lost)
    #expect(try await server.count("raw/dies-once/one-time", test.client) == 1)
  }

  @Test func `a refused connection is tried again`() async throws {
    let time = ManualTime()
    let test = try TestClient { $0.time = time }
    var request = HTTPClient.Request("http://127.0.0.1:\(try refusingPort())/")
    request.retry = RetryPolicy(attempts: 2)
    let final = request
    async let error = failure { try await test.client.send(final) }
    try await eventually("the client waits") { time.sleeperCount == 1 }
    time.advance(by: .seconds(5))
    #expect(await error?.code == .connect)
  }

  @Test func `cancelling ends the wait`() async throws {
    let time = ManualTime()
    let test = try TestClient { $0.time = time }
    var request = HTTPClient.Request("http://127.0.0.1:\(try refusingPort())/")
    request.retry = RetryPolicy()
    let final = request
    let call = Task { await failure { try await test.client.send(final) } }
    try await eventually("the client waits") { time.sleeperCount == 1 }
    call.cancel()
    #expect(await call.value?.code == .cancelled)
  }

  @Test func `a wait beyond the total is not begun`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.time = ManualTime() }
    var request = HTTPClient.Request(server.url("/flaky/beyond?times=1&after=20"))
    request.retry = RetryPolicy()
    request.timeouts.total = .seconds(10)
    #expect(try await test.client.send(request).status == .serviceUnavailable)
  }

  // MARK: The policy alone

  @Test func `the ceiling doubles up to its bound, and jitter fills all of it`() {
    let policy = RetryPolicy(attempts: 99, firstDelay: .milliseconds(100), longestDelay: .milliseconds(700))
    let ceilings = (1...5).map { policy.delay(after: $0, .failure(.connect), random: 1) }
    #expect(ceilings == [100, 200, 400, 700, 700].map { .milliseconds($0) })
    #expect(policy.delay(after: 3, .failure(.connect), random: 0) == .zero)
    #expect(policy.delay(after: 99, .failure(.connect), random: 0) == nil)
    #expect(policy.delay(after: 90, .failure(.connect), random: 1) == .milliseconds(700))
  }

  @Test(arguments: [
    HTTPError.Code.tls, .firstByteTimeout, .totalTimeout, .stalled, .cancelled, .tooLarge, .refusedAddress,
    .protocolViolation, .tooManyRedirects, .invalidRequest, .overloaded, .bodyFailed, .closed, .library,
  ])
  func `no policy repeats this`(code: HTTPError.Code) {
    #expect(RetryPolicy().delay(after: 1, .failure(code), random: 0) == nil)
  }
}

@Suite struct RetryAfterTests {
  /// 2026-01-01T00:00:00Z.
  static let now = Timestamp(milliseconds: 1_767_225_600_000)

  @Test(
    arguments: [
      ("0", .zero), ("120", .seconds(120)), (" 7\t", .seconds(7)), ("999999999999", .seconds(86_400)),
      ("Thu, 01 Jan 2026 00:01:00 GMT", .seconds(60)), ("Thursday, 01-Jan-26 00:01:00 GMT", .seconds(60)),
      ("Thu Jan  1 00:01:00 2026", .seconds(60)), ("Wed, 31 Dec 2025 23:59:59 GMT", .zero),
      ("Sunday, 06-Nov-94 08:49:37 GMT", .zero), ("Fri, 02 Jan 2099 00:00:00 GMT", .seconds(86_400)),
      ("", nil), ("-1", nil), ("1.5", nil), ("7 s", nil), ("soon", nil), ("+7", nil), ("7,8", nil),
      ("Thu, 32 Jan 2026 00:01:00 GMT", nil), ("Thu, 01 Jan 2026 24:01:00 GMT", nil),
      ("Thu, 01 Jan 2026 00:01:00 CET", nil), ("Thu, 01 Foo 2026 00:01:00 GMT", nil),
      ("Thu, 01 Jan 0001 00:01:00 GMT", nil), ("1\u{660}", nil),
    ] as [(String, Duration?)])
  func `values are read as RFC 9110 has them`(value: String, wait: Duration?) {
    #expect(RetryAfter.parse(value, now: Self.now) == wait)
  }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
    ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600), ("Fri, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
  ])
  func `dates are the right second`(text: String, seconds: Int64) {
    #expect(HTTPDate.parse(text, now: Self.now)?.milliseconds == seconds * 1_000)
  }
}
