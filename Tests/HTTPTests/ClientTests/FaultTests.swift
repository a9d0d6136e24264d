// Timeouts, cancellation, and servers that break off, lie or dawdle.

import EventLoop
@testable import HTTPClient
import HTTPTypes
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TimeoutTests {
  @Test func `a handshake that never ends is a connect timeout`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(server.secureURL("/", on: "mute"))
    request.timeouts.connect = .milliseconds(150)
    let (error, time) = await timed { await failure { try await test.client.send(request) } }
    #expect(error?.code == .connectTimeout)
    #expect((.milliseconds(145) ... .seconds(15)).contains(time))
  }

  @Test func `a silent server is a first-byte timeout`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(server.url("/silent/first-byte"))
    request.timeouts.firstByte = .milliseconds(150)
    let (error, time) = await timed { await failure { try await test.client.send(request) } }
    #expect(error?.code == .firstByteTimeout)
    #expect((.milliseconds(149) ... .seconds(15)).contains(time))
    try await server.sees("left first-byte", test.client)
  }

  @Test func `the first byte is not waited for while the body is still being sent`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let body = RequestBody.produced { write in
      for _ in 0..<6 {
        try await write([UInt8](repeating: 1, count: 100))
        // The producer is slower than the limit on purpose.
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    var request = HTTPClient.Request(server.url("/upload"), method: .post, body: body)
    request.timeouts.firstByte = .milliseconds(800)
    #expect(try await test.client.send(request).text.hasPrefix("600 "))
  }

  @Test(arguments: ["/stall/total", "/silent/total"])
  func `the total ends a call in any stage`(path: String) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(server.url(path))
    request.timeouts.total = .milliseconds(150)
    let (error, time) = await timed { await failure { try await test.client.send(request) } }
    #expect(error?.code == .totalTimeout)
    #expect((.milliseconds(149) ... .seconds(15)).contains(time))
  }

  @Test func `the total counts the wait for a place`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.maximumConcurrentCalls = 1 }
    let observer = try TestClient()
    async let first = failure { try await test.client.send(.init(server.url("/silent/place"))) }
    try await server.sees("started place", observer.client)
    var request = HTTPClient.Request(server.url("/hello"))
    request.timeouts.total = .milliseconds(100)
    let error = await failure { try await test.client.send(request) }
    #expect(error?.code == .totalTimeout)
    test.client.shutdown()
    _ = await first
  }

  @Test func `a trickle is a stall`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(server.url("/trickle", on: "raw"))
    request.timeouts.lowSpeed = .init(bytesPerSecond: 1_000, duration: .seconds(1))
    let error = await failure { try await test.client.send(request) }
    #expect(error?.code == .stalled)
  }

  @Test func `a head that drips in is ended by the total`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(server.url("/slow-loris", on: "raw"))
    request.timeouts.total = .milliseconds(300)
    let error = await failure { try await test.client.send(request) }
    #expect(error?.code == .totalTimeout)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
  @Test func `cancelling returns at once and the server sees the caller leave`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let observer = try TestClient()
    for stage in ["silent", "stall"] {
      let name = "cancel-\(stage)"
      let call = Task { await failure { try await test.client.send(.init(server.url("/\(stage)/\(name)"))) } }
      try await server.sees("started \(name)", observer.client)
      let (error, time) = await timed {
        call.cancel()
        return await call.value
      }
      #expect(error?.code == .cancelled)
      #expect(time < .seconds(10))
      try await server.sees("left \(name)", observer.client)
    }
  }

  @Test func `a task that is cancelled already sends nothing`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let call = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await failure { try await test.client.send(.init(server.url("/never", on: "raw"))) }
    }
    #expect(await call.value?.code == .cancelled)
    #expect(try await server.count("raw/never", test.client) == 0)
  }

  @Test func `a reader that is cancelled lets go of the connection`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let observer = try TestClient()
    let reader = Task {
      await failure {
        try await test.client.stream(.init(server.url("/stall/reader"))) { response in
          try await response.body.collect(upTo: 1 << 20).count
        }
      }
    }
    try await server.sees("started reader", observer.client)
    reader.cancel()
    #expect(await reader.value?.code == .cancelled)
    try await server.sees("left reader", observer.client)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
  @Test(arguments: [
    ("/reset", HTTPError.Code.lost), ("/short", .lost), ("/empty", .lost), ("/garbage", .protocolViolation),
    ("/odd-header", .protocolViolation), ("/endless-header", .tooLarge),
  ])
  func `each way of breaking off has its code`(path: String, code: HTTPError.Code) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let error = await failure { try await test.client.send(.init(server.url(path, on: "raw"))) }
    #expect(error?.code == code, "\(String(reflecting: error))")
    #expect(error?.host == "127.0.0.1:\(server.port("raw"))")
    // The client is none the worse for it.
    #expect(try await test.client.send(.init(server.url("/ok", on: "raw"))).text == "ok")
  }

  @Test func `a body cut short fails its reader after what came`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let received = Recorder<Int>()
    let error = await failure {
      try await test.client.stream(.init(server.url("/reset", on: "raw"))) { response in
        for try await chunk in response.body { received.record(chunk.count) }
      }
    }
    #expect(error?.code == .lost)
    #expect(received.values.reduce(0, +) == 10)
  }

  @Test func `nobody listening is a connect error, an unknown name a resolve error`() async throws {
    let test = try TestClient()
    let port = try refusingPort()
    #expect(
      await failure { try await test.client.send(.init("http://127.0.0.1:\(port)/")) }?.code == .connect)
    let unknown = await failure { try await test.client.send(.init("http://no-such-host.invalid/")) }
    #expect(unknown?.code == .resolve)
  }

  @Test func `the description holds no secret`() async throws {
    let test = try TestClient()
    let port = try refusingPort()
    let error = await failure {
      try await test.client.send(
        .init("http://127.0.0.1:\(port)/webhooks/1/token?key=token", fields: ["Authorization": "token"]))
    }
    #expect(error?.description == "connection failed (127.0.0.1:\(port))")
    #expect(error?.debugDescription.contains("token") == false)
  }

  @Test func `early hints, folded fields and trailers do not confuse the head`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let early = try await test.client.send(.init(server.url("/early", on: "raw")))
    #expect(early.status == .ok && early.fields["X-Late"] == "1" && early.fields["X-Early"] == nil)
    let folded = try await test.client.send(.init(server.url("/folded", on: "raw")))
    #expect(folded.fields["X-Folded"] == "one two" && folded.fields["X-Empty"] == "")
    let trailers = try await test.client.send(.init(server.url("/trailers", on: "raw")))
    #expect(trailers.text == "body" && trailers.fields["X-Trailer"] == nil)
  }

  @Test func `header sections have a limit`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.maximumHeaderBytes = 10_000 }
    #expect(try await test.client.send(.init(server.url("/fields?size=100&count=50"))).text == "ok")
    let error = await failure { try await test.client.send(.init(server.url("/fields?size=100&count=100"))) }
    #expect(error?.code == .tooLarge)
  }

  @Test(arguments: ["gzip", "deflate"])
  func `compressed bodies are inflated up to the limit`(kind: String) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(server.url("/compressed/\(kind)?mib=4"))
    request.responseLimit = 4 << 20
    #expect(try await test.client.send(request).body.count == 4 << 20)
    request.responseLimit = (4 << 20) - 1
    #expect(await failure { try await test.client.send(request) }?.code == .tooLarge)
    let bomb = await failure {
      try await test.client.stream(request) { response in
        for try await _ in response.body {}
      }
    }
    #expect(bomb?.code == .tooLarge)
    request.decompresses = false
    #expect(try await test.client.send(request).body.count < 100_000)
  }

  @Test func `damaged compressed data is a protocol error`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let error = await failure { try await test.client.send(.init(server.url("/damaged"))) }
    #expect(error?.code == .protocolViolation)
  }

  // MARK: Connections that end between or during calls

  @Test func `a connection the server closed between calls is replaced without notice`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    for number in 1...3 {
      let response = try await test.client.send(
        .init(server.url("/once", on: "raw"), method: .post, body: .text("x")))
      #expect(response.text == "once")
      // A call that meets the closing half-way is lost, and must be: only a finished one is known.
      let observer = try TestClient()
      try await eventually("the server has closed") {
        try await server.count("closed/once", observer.client) == number
      }
    }
  }

  @Test func `a call that may have been carried out is repeated only if that is harmless`() async throws {
    let server = try await TestServer.shared
    // The server reads the second request on a connection and closes without a word.
    for (method, body, isRepeated) in [
      (HTTPMethod.get, RequestBody.none, true), (.post, .text("pay"), false), (.post, .none, false),
      (.put, .text("set"), true),
    ] as [(HTTPMethod, RequestBody, Bool)] {
      let test = try TestClient()
      let path =
        "/dies-on-second/\(method)-\(body.isReplayable)-\(isRepeated)-\(UInt32.random(in: 0..<1_000_000))"
      let request = HTTPClient.Request(server.url(path, on: "raw"), method: method, body: body)
      _ = try await test.client.send(request)
      let error = await failure { try await test.client.send(request) }
      #expect(error?.code == (isRepeated ? nil : .lost), "\(method)")
      #expect(try await server.count("raw" + path, test.client) == (isRepeated ? 3 : 2), "\(method)")
    }
  }
}

/// How long the body took, on the wall.
func timed<Value>(_ body: () async throws -> Value) async rethrows -> (Value, Duration) {
  let start = ContinuousClock.now
  let value = try await body()
  return (value, start.duration(to: .now))
}
