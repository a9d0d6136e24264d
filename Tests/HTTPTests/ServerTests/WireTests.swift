// What goes over the wire: framing, limits, keep-alive, bodies.

import EventLoop
import HTTPServer
import HTTPTypes
import TestKit
import Testing

extension ServerTests {
  @Suite(.serialized, .timeLimit(.minutes(1))) struct WireTests {
    static func routes(_ router: inout Router) {
      router.get("/", name: "home") { request in HTTPResponse(text: "hello") }
      router.get("/wait", name: "wait") { request in
        try await Task.sleep(for: .milliseconds(20))
        return HTTPResponse(text: "waited")
      }
      router.post("/echo", name: "echo") { request in
        HTTPResponse(contentType: "application/octet-stream", bytes: try await request.body.collect())
      }
      router.post("/ignore", name: "ignore") { _ in HTTPResponse(status: .accepted, text: "ignored") }
      router.patch("/ignore", name: "ignore.patch") { _ in HTTPResponse(status: .accepted, text: "ignored") }
      router.get("/fail", name: "fail") { _ in throw HTTPServerError(.file, "secret detail") }
      router.get("/inject", name: "inject") { _ in HTTPResponse(fields: ["X-A": "b\r\nSet-Cookie: evil=1"]) }
      router.get("/who", name: "who") { request in
        HTTPResponse(
          text:
            "\(request.client.scheme) \(request.client.host) \(request.client.address?.description ?? "-")")
      }
    }

    @Test func `a connection is kept for several requests, also pipelined ones`() async throws {
      try await withServer(routes: Self.routes) { port, _ in
        let one = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        let two = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"
        let three = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        let last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let text = try await raw(port, one + two + three + last)
        #expect(text.components(of: "HTTP/1.1 200") == 4)
        #expect(text.contains("waited") && text.contains("abc"))
      }
    }

    @Test(arguments: [
      "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
      "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /../etc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ])
    func `an ambiguous request is refused and nothing behind it is read`(_ head: String) async throws {
      try await withServer(routes: Self.routes) { port, _ in
        let text = try await raw(port, head + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(text.status == 400)
        // The library sends its own refusals twice; the connection ends behind them all the same.
        #expect(!text.contains("HTTP/1.1 200"))
        #expect(!text.contains("hello"))
      }
    }

    @Test func `limits on the head answer with their own codes`() async throws {
      var limits = HTTPLimits()
      (limits.targetBytes, limits.headerBytes, limits.headerCount) = (1_000, 2_000, 20)
      try await withServer(limits: limits, routes: Self.routes) { port, _ in
        let long = String(repeating: "a", count: 1_500)
        try await expect(414, port, "GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n")
        try await expect(431, port, "GET / HTTP/1.1\r\nHost: x\r\nX: \(long)\(long)\r\n\r\n")
        let many = (0..<30).map { "X-\($0): 1\r\n" }.joined()
        try await expect(431, port, "GET / HTTP/1.1\r\nHost: x\r\n\(many)\r\n")
        let huge = String(repeating: "a", count: 100_000)
        let hugeTarget = try await raw(port, "GET /\(huge) HTTP/1.1\r\nHost: x\r\n\r\n").status
        #expect(hugeTarget == 414 || hugeTarget == 431)
        try await expect(431, port, "GET / HTTP/1.1\r\nHost: x\r\nX: \(huge)\r\n\r\n")
      }
    }

    @Test func `a body beyond the limit is refused, announced or not`() async throws {
      var limits = HTTPLimits()
      limits.bodyBytes = 10
      try await withServer(limits: limits, routes: Self.routes) { port, _ in
        let announced = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"
        try await expect(413, port, announced)
        let expecting = "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n"
        try await expect(413, port, expecting)
        let chunked =
          "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n"
        try await expect(413, port, chunked)
        let fits =
          "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 10\r\n\r\n0123456789"
        let answer1 = try await raw(port, fits)
        #expect(answer1.hasSuffix("0123456789"))
      }
    }

    @Test func `leave to send a body is given only when the handler reads it`() async throws {
      try await withServer(routes: Self.routes) { port, _ in
        let head = "Host: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        let text = try await blocking {
          let client = try RawClient(port: port)
          try client.send("POST /echo HTTP/1.1\r\n" + head)
          let first = client.read { $0.hasSuffix("\r\n\r\n") }
          try client.send("abc")
          return first + client.read { $0.hasSuffix("abc") }
        }
        #expect(text.hasPrefix("HTTP/1.1 100"))
        #expect(text.hasSuffix("abc"))
        let refused = try await raw(port, "POST /ignore HTTP/1.1\r\n" + head)
        #expect(refused.status == 202)
      }
    }

    @Test(arguments: ["POST", "PATCH"])
    func `a body that nobody reads is not taken for the next request`(_ method: String) async throws {
      try await withServer(routes: Self.routes) { port, _ in
        let inner = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        let head = "\(method) /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: \(inner.utf8.count)\r\n\r\n"
        let text = try await raw(
          port, head + inner + "GET /who HTTP/1.1\r\nHost: y\r\nConnection: close\r\n\r\n")
        #expect(text.components(of: "HTTP/1.1 202") == 1)
        #expect(!text.contains("hello"))
        #expect(text.contains("http y 127.0.0.1"))
      }
    }

    @Test func `an error keeps its details to itself`() async throws {
      try await withServer(routes: Self.routes) { port, _ in
        let text = try await raw(
          port, "GET /fail HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n")
        #expect(text.status == 500)
        #expect(!text.contains("secret"))
        #expect(text.contains("urn:request:"))
        let injected = try await raw(port, "GET /inject HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(injected.status == 500)
        #expect(!injected.contains("evil"))
      }
    }

    @Test func `HEAD has the length of GET and no body`() async throws {
      try await withServer(routes: Self.routes) { port, _ in
        let text = try await raw(port, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(text.contains("Content-Length: 5"))
        #expect(text.hasSuffix("\r\n\r\n"))
      }
    }

    @Test func `slow heads and slow bodies are cut off`() async throws {
      var limits = HTTPLimits()
      (limits.headerTime, limits.bodySilence, limits.idleTime) = (
        .milliseconds(150), .milliseconds(150), .milliseconds(300)
      )
      try await withServer(limits: limits, routes: Self.routes) { port, _ in
        try await expect(408, port, "GET / HTTP/1.1\r\nHo")
        try await expect(408, port, "GET / HT")
        try await expect(408, port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        // An idle connection is closed without another word.
        let idle = try await raw(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(idle.hasSuffix("hello"))
      }
    }

    @Test func `a handler over its deadline is cancelled and answered for`() async throws {
      var limits = HTTPLimits()
      limits.handlerTime = .milliseconds(150)
      let cancelled = Flag()
      try await withServer(limits: limits) { router in
        router.get("/never", name: "never") { _ in
          do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
          return HTTPResponse(text: "late")
        }
        router.get("/patient", name: "patient", attributes: .with(Deadline.self, .seconds(5))) { _ in
          try await Task.sleep(for: .milliseconds(400))
          return HTTPResponse(text: "in time")
        }
      } _: { port, _ in
        try await expect(504, port, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await eventually { cancelled.isRaised })
        let answer2 = try await raw(port, "GET /patient HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer2.hasSuffix("in time"))
      }
    }

    @Test func `too many requests of one client are refused, and others served`() async throws {
      var limits = HTTPLimits()
      (limits.requestsPerAddress, limits.requests) = (1, 2)
      let release = Gate()
      let started = Flag()
      let proxies = try ProxyTrust(networks: ["127.0.0.1"])
      try await withServer(limits: limits, proxies: proxies) { router in
        router.get("/hold", name: "hold") { _ in
          started.raise()
          await release.wait()
          return HTTPResponse(text: "done")
        }
      } _: { port, _ in
        @Sendable func request(_ client: String) -> String {
          "GET /hold HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: \(client)\r\nConnection: close\r\n\r\n"
        }
        async let first = raw(port, request("1.1.1.1"))
        #expect(try await eventually { started.count == 1 })
        try await expect(429, port, request("1.1.1.1"))
        async let second = raw(port, request("2.2.2.2"))
        #expect(try await eventually { started.count == 2 })
        try await expect(503, port, request("3.3.3.3"))
        release.open()
        let firstAnswer = try await first
        #expect(firstAnswer.status == 200)
        let secondAnswer = try await second
        #expect(secondAnswer.status == 200)
      }
    }

    @Test func `too many connections of one address are closed`() async throws {
      var limits = HTTPLimits()
      limits.connectionsPerAddress = 3
      try await withServer(limits: limits, routes: Self.routes) { port, _ in
        let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        let answers = try await blocking {
          var clients: [RawClient] = []
          var answers: [String] = []
          for _ in 0..<4 {
            let client = try RawClient(port: port)
            clients.append(client)
            try? client.send(request)
            answers.append(client.read { $0.hasSuffix("hello") })
          }
          return answers
        }
        #expect(answers.map(\.status) == [200, 200, 200, 0])
        // The server hears of the three closed connections a moment later.
        var status = 0
        for _ in 0..<200 where status != 200 {
          status = try await raw(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status
        }
        #expect(status == 200)
      }
    }

    @Test func `the client behind a trusted proxy is who the proxy says`() async throws {
      let request = """
        GET /who HTTP/1.1\r\nHost: inner\r\nX-Forwarded-For: 9.9.9.9, 1.2.3.4\r\nX-Forwarded-Proto: https\r
        X-Forwarded-Host: guild.example\r\nConnection: close\r\n\r\n
        """
      try await withServer(proxies: try ProxyTrust(networks: ["127.0.0.0/8"]), routes: Self.routes) {
        port, _ in
        let answer3 = try await raw(port, request)
        #expect(answer3.hasSuffix("https guild.example 1.2.3.4"))
      }
      try await withServer(routes: Self.routes) { port, _ in
        let answer4 = try await raw(port, request)
        #expect(answer4.hasSuffix("http inner 127.0.0.1"))
      }
    }
  }
}

/// Sends a request and checks the status of what comes first.
private func expect(
  _ status: Int, _ port: UInt16, _ text: String, at location: SourceLocation = #_sourceLocation
)
  async throws
{
  let answer = try await raw(port, text)
  #expect(answer.status == status, sourceLocation: location)
}

/// A door that tests open once.
final class Gate: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }
  func open() { continuation.finish() }
  /// Returns when the door is open, or the task is cancelled.
  func wait() async { for await _ in stream {} }
}

extension String {
  /// How often the text occurs.
  func components(of text: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
