// What goes out and what comes back, seen by aiohttp.

import EventLoop
import HTTPClient
import HTTPTypes
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CallTests {
  @Test func `a call returns status, fields and body`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let response = try await test.client.send(.init(server.url("/hello")))
    #expect(response.status == .ok)
    #expect(response.fields["content-type"] == "text/plain; charset=utf-8")
    #expect(response.text == "hello")
    #expect(response.head.version == .http1_1)
  }

  @Test(
    arguments: [
      (HTTPMethod.get, RequestBody.none, "content-length", nil),
      (.head, .none, "content-length", nil),
      (.delete, .none, "content-length", nil),
      (.post, .none, "content-length", "0"),
      (.post, .text("hällo"), "content-length", "6"),
      (.put, .bytes([]), "content-length", "0"),
      (
        .patch,
        .produced {
          try await $0([1]); try await $0([2])
        }, "transfer-encoding", "chunked"
      ),
      (.delete, .text("why"), "content-length", "3"),
      (HTTPMethod("PROPFIND"), .text("x"), "content-length", "1"),
    ] as [(HTTPMethod, RequestBody, String, String?)])
  func `each method frames its body as it should`(
    method: HTTPMethod, body: RequestBody, field: String, value: String?
  ) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let response = try await test.client.send(.init(server.url("/echo"), method: method, body: body))
    guard method != .head else {
      #expect(response.body.isEmpty)
      return
    }
    let lines = response.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "\(method) /echo")
    #expect(lines.first { $0.hasPrefix("\(field): ") } == value.map { "\(field): \($0)" })
    #expect(!lines.contains { $0.hasPrefix("expect:") || $0.hasPrefix("content-type:") })
  }

  @Test func `fields travel both ways, empty ones too`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.userAgent = "Tests" }
    let fields: HTTPFields = ["X-One": "1", "X-Empty": "", "Authorization": "Bot abc"]
    let text = try await test.client.send(.init(server.url("/echo?a=b%20c"), fields: fields)).text
    let lines = text.split(separator: "\n")
    #expect(lines.first == "GET /echo?a=b%20c")
    for line in ["x-one: 1", "x-empty: ", "authorization: Bot abc", "user-agent: Tests"] {
      #expect(lines.contains { $0 == line })
    }
  }

  @Test(
    arguments: [
      ("http://localhost/", .get, ["X-Evil": "a\r\nX-Other: b"]),
      ("http://localhost/", .get, ["X\nEvil": "a"]),
      ("http://localhost/", .get, ["X-Nul": "\0"]),
      ("http://localhost/", .get, ["Content-Length": "3"]),
      ("http://localhost/", .get, ["transfer-encoding": "chunked"]),
      ("http://localhost/", .get, ["Host": "other"]),
      ("http://localhost/", HTTPMethod("GET / HTTP/1.1\r\nX: y"), [:]),
      ("http://localhost/", HTTPMethod("CONNECT"), [:]),
      ("http://user:secret@localhost/", .get, [:]),
      ("http://localhost/a b", .get, [:]),
      ("http://localhost/\r\nX: y", .get, [:]),
      ("ftp://localhost/", .get, [:]),
    ] as [(String, HTTPMethod, HTTPFields)])
  func `what could smuggle is refused before it is sent`(url: String, method: HTTPMethod, fields: HTTPFields)
    async throws
  {
    let test = try TestClient()
    let error = await failure { try await test.client.send(.init(url, method: method, fields: fields)) }
    #expect(error?.code == .invalidRequest)
    #expect(error?.debugDescription.contains("secret") == false)
  }

  @Test func `a second call reuses the connection`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let first = try await test.client.send(.init(server.url("/hello")))
    let second = try await test.client.send(.init(server.url("/hello")))
    #expect(!first.head.reusedConnection)
    #expect(second.head.reusedConnection)
  }

  @Test func `a Unix socket answers`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request("http://docker/echo")
    request.unixSocket = server.unixSocket
    let text = try await test.client.send(request).text
    #expect(text.contains("host: docker\n"))
  }

  @Test func `a form with files is what the other side reads`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let folder = try TemporaryDirectory()
    let content = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try writeFile(content, to: folder.file("big.bin"))
    var form = MultipartForm()
    form.add("payload_json", #"{"content":"hällo"}"#)
    form.add(
      "files[0]", fileName: "a \"quoted\"\r\nname.txt", contentType: "text/plain", bytes: Array("text".utf8))
    form.add("files[1]", fileName: "big.bin", contentType: nil, path: folder.file("big.bin"))
    let text = try await test.client.send(
      .init(server.url("/multipart"), method: .post, body: .multipart(form))
    ).text
    let lines = text.split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
    try #require(lines.count == 3)
    #expect(Array(lines[0].prefix(4)) == ["payload_json", "None", "-", "20"])
    #expect(lines[1][0] == "files[0]")
    #expect(lines[1][1].hasPrefix("a ") && lines[1][1].hasSuffix("name.txt"))
    #expect(lines[1][2...3] == ["text/plain", "4"])
    #expect(Array(lines[2].prefix(4)) == ["files[1]", "big.bin", "-", "300000"])
    #expect(lines[2][4] == (try await sha256(folder.file("big.bin"))))
  }

  @Test func `a form with a missing file fails before it is sent`() async throws {
    let test = try TestClient()
    var form = MultipartForm()
    form.add("file", fileName: "x", contentType: nil, path: "/nonexistent/file")
    let error = await failure {
      try await test.client.send(.init("http://localhost:1/", method: .post, body: .multipart(form)))
    }
    #expect(error?.code == .bodyFailed)
  }

  // MARK: Redirects

  @Test func `redirects are handed out unless asked for`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let response = try await test.client.send(.init(server.url("/redirect/0")))
    #expect(response.status == .found)
  }

  @Test func `redirects are followed up to their bound`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(server.url("/redirect/2"))
    request.redirects = .follow(maximum: 3)
    let response = try await test.client.send(request)
    #expect(response.text.hasPrefix("GET /echo?arrived\n"))
    #expect(response.url == server.url("/echo?arrived"))
    request.redirects = .follow(maximum: 2)
    let error = await failure { try await test.client.send(request) }
    #expect(error?.code == .tooManyRedirects)
  }

  @Test(arguments: [
    (301, "GET", ""), (302, "GET", ""), (303, "GET", ""), (307, "POST", "body"), (308, "POST", "body"),
  ])
  func `a redirect after POST keeps or drops the body`(code: Int, method: String, body: String) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(
      server.url("/redirect-to?code=\(code)&url=/echo"), method: .post, fields: ["Content-Type": "text/x"],
      body: .text("body"))
    request.redirects = .follow(maximum: 1)
    let text = try await test.client.send(request).text
    #expect(text.hasPrefix("\(method) /echo\n"))
    #expect(text.hasSuffix("\n\n\(body)"))
    #expect(text.contains("content-type: text/x") == !body.isEmpty)
  }

  @Test func `a one-time body is not sent after a redirect`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let stream = AsyncStream<[UInt8]> { continuation in
      continuation.yield([1, 2, 3])
      continuation.finish()
    }
    var request = HTTPClient.Request(
      server.url("/redirect-to?code=307&url=/echo"), method: .post, body: .stream(stream))
    request.redirects = .follow(maximum: 1)
    #expect(try await test.client.send(request).status.code == 307)
  }

  @Test func `secrets stay with the origin they were meant for`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    for (destination, travels) in [
      ("/echo", true), (server.url("/echo").replacing("127.0.0.1", with: "localhost"), false),
    ] {
      var request = HTTPClient.Request(
        server.url("/redirect-to?url=\(destination)"),
        fields: ["Authorization": "Bot abc", "X-Api-Key": "abc", "Cookie": "a=b", "Accept": "text/x"])
      request.redirects = .follow(maximum: 1)
      let text = try await test.client.send(request).text
      #expect(text.contains("Bot abc") == travels)
      #expect(text.contains("x-api-key") == travels)
      #expect(text.contains("cookie") == travels)
      #expect(text.contains("accept: text/x"))
    }
  }

  @Test(arguments: [
    "file:///etc/passwd", "gopher://localhost/", "http://a@localhost/", "http://local host/", "//[::1",
  ])
  func `a redirect to what is no web address fails`(location: String) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let escaped = location.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    var request = HTTPClient.Request(server.url("/redirect-to?url=\(escaped)"))
    request.redirects = .follow(maximum: 1)
    let error = await failure { try await test.client.send(request) }
    #expect(error?.code == .protocolViolation)
  }

  @Test func `a redirect from https to http is refused`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    var request = HTTPClient.Request(server.secureURL("/redirect-to?url=\(server.url("/echo"))"))
    request.redirects = .follow(maximum: 1)
    let error = await failure { try await test.client.send(request) }
    #expect(error?.code == .refusedAddress)
  }

  // MARK: Bounds

  @Test func `places and queue are bounded`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient {
      $0.maximumConcurrentCalls = 2
      $0.maximumWaitingCalls = 1
    }
    let observer = try TestClient()
    try await withThrowingTaskGroup(of: HTTPError.Code?.self) { group in
      for name in ["bound-1", "bound-2"] {
        group.addTask {
          await failure { try await test.client.send(.init(server.url("/silent/\(name)"))) }?.code
        }
        try await server.sees("started \(name)", observer.client)
      }
      group.addTask {
        await failure { try await test.client.send(.init(server.url("/silent/bound-3"))) }?.code
      }
      // The third waits; it is the fourth, or the third if it comes later, that is sent away.
      group.addTask {
        await failure { try await test.client.send(.init(server.url("/silent/bound-4"))) }?.code
      }
      let first = try await group.next() ?? nil
      #expect(first == .overloaded)
      group.cancelAll()
      for try await code in group { #expect(code == .cancelled) }
    }
    #expect(try await test.client.send(.init(server.url("/hello"))).text == "hello")
  }

  @Test func `a client that was shut down says so`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let observer = try TestClient()
    async let running = failure { try await test.client.send(.init(server.url("/silent/shutdown"))) }
    try await server.sees("started shutdown", observer.client)
    test.client.shutdown()
    #expect(await running?.code == .closed)
    try await server.sees("left shutdown", observer.client)
    let later = await failure { try await test.client.send(.init(server.url("/hello"))) }
    #expect(later?.code == .closed)
  }
}
