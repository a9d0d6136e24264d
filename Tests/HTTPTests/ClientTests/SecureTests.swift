// TLS and its failures, and HTTP/2 against nghttpd.

import EventLoop
import HTTPClient
import HTTPTypes
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
  @Test func `a trusted certificate for the right host is accepted`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    #expect(try await test.client.send(.init(server.secureURL("/hello"))).text == "hello")
  }

  @Test func `an unknown authority is refused`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    #expect(await failure { try await test.client.send(.init(server.secureURL("/hello"))) }?.code == .tls)
    let upgrade = await failure {
      try await test.client.connectUpgrade(to: server.secureURL("/", on: "upgrades"))
    }
    #expect(upgrade?.code == .tls)
  }

  @Test func `a certificate for another host is refused`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    let error = await failure {
      try await test.client.send(.init(server.secureURL("/hello", host: "127.0.0.1")))
    }
    #expect(error?.code == .tls)
  }

  @Test func `plain text where TLS is expected is a TLS error`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let error = await failure {
      try await test.client.send(.init("https://127.0.0.1:\(server.port("http"))/hello"))
    }
    #expect(error?.code == .tls)
  }

  @Test func `a trust store that is not there is a TLS error`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.certificateAuthorities = "/nonexistent.pem" }
    #expect(await failure { try await test.client.send(.init(server.secureURL("/hello"))) }?.code == .tls)
  }
}

@Suite(.serialized, .timeLimit(.minutes(1)))
struct HTTP2Tests {
  @Test func `64 calls at once share one connection`() async throws {
    let server = try await NghttpdServer()
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    let heads = try await withThrowingTaskGroup(of: HTTPClient.Response.self) { group in
      for _ in 0..<64 { group.addTask { try await test.client.send(.init(server.url("/file.bin"))) } }
      return try await group.reduce(into: [HTTPClient.ResponseHead]()) { heads, response in
        #expect(response.body == server.content)
        heads.append(response.head)
      }
    }
    #expect(heads.allSatisfy { $0.version == .http2 && $0.status == .ok })
    #expect(heads.filter { !$0.reusedConnection }.count == 1)
  }

  @Test func `HTTP/1_1 can be insisted on`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    var request = HTTPClient.Request(server.secureURL("/hello"))
    request.version = .http1
    #expect(try await test.client.send(request).head.version == .http1_1)
  }

  @Test func `bodies stream both ways and wait for each other`() async throws {
    let server = try await NghttpdServer()
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    let body = RequestBody.produced { write in
      for _ in 0..<200 { try await write([UInt8](repeating: 7, count: 50_000)) }
    }
    let count = try await test.client.stream(.init(server.url("/echo"), method: .post, body: body)) {
      response in
      var count = 0
      for try await chunk in response.body {
        count += chunk.count
        await Task.yield()
      }
      return count
    }
    #expect(count == 10_000_000)
  }

  @Test func `cancelling one call leaves the others alone`() async throws {
    let server = try await NghttpdServer()
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    _ = try await test.client.send(.init(server.url("/file.bin")))
    let error = await failure {
      try await test.client.stream(.init(server.url("/big.bin"))) { response in
        var chunks = response.body.makeAsyncIterator()
        _ = try await chunks.next()
        let other = try await test.client.send(.init(server.url("/file.bin")))
        #expect(other.head.reusedConnection && other.body == server.content)
      }
    }
    #expect(error == nil)
    let after = try await test.client.send(.init(server.url("/file.bin")))
    #expect(after.head.reusedConnection, "leaving a stream does not cost the connection")
  }
}

/// nghttpd with a folder of files; answers a body with itself.
final class NghttpdServer: Sendable {
  let folder: TemporaryDirectory
  let content: [UInt8]
  private let process: ChildProcess
  private let port: Int

  init() async throws {
    folder = try TemporaryDirectory()
    content = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try await TestServer.makeCertificate(in: folder)
    try writeFile(content, to: folder.file("file.bin"))
    try writeFile([UInt8](repeating: 1, count: 8 << 20), to: folder.file("big.bin"))
    let port = try freePort()
    self.port = port
    process = try await ChildProcess.start(
      [
        "nghttpd", "--address=127.0.0.1", "--htdocs", folder.path, "--echo-upload",
        "--max-concurrent-streams=128",
        String(port), folder.file("key.pem"), folder.file("cert.pem"),
      ], mergesErrors: true)
    let test = try TestClient { $0.certificateAuthorities = folder.file("cert.pem") }
    try await eventually("nghttpd answers") {
      await failure { try await test.client.send(.init("https://localhost:\(port)/file.bin")) } == nil
    }
  }

  var certificate: String { folder.file("cert.pem") }

  func url(_ path: String) -> String { "https://localhost:\(port)\(path)" }
}
