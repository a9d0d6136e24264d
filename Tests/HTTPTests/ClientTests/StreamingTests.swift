// Bodies that arrive and leave in pieces, with memory that stays where it is.

import CSystem
import EventLoop
import HTTPClient
import HTTPTypes
import Synchronization
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)))
struct StreamingTests {
  @Test(arguments: [false, true])
  func `a long download arrives whole`(announcesLength: Bool) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    var request = HTTPClient.Request(
      server.url("/download?bytes=50000000\(announcesLength ? "&length" : "")"))
    request.responseLimit = 50_000_000
    // The body counts from 0 to 255 again and again, so a lost or doubled piece shows.
    let pattern = [UInt8]((0..<1_048_576).map { UInt8(truncatingIfNeeded: $0) })
    let count = try await test.client.stream(request) { response in
      #expect(response.status == .ok)
      var count = 0
      for try await chunk in response.body {
        let isExpected = pattern.withUnsafeBytes { pattern in
          chunk.withUnsafeBytes { chunk in
            guard let expected = pattern.baseAddress, let actual = chunk.baseAddress else { return false }
            return memcmp(actual, expected + count % 256, chunk.count) == 0
          }
        }
        guard isExpected else { return -1 }
        count += chunk.count
      }
      return count
    }
    #expect(count == 50_000_000)
  }

  @Test func `a reader that does not read stops the sender`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let observer = try TestClient()
    var request = HTTPClient.Request(server.url("/download?bytes=400000000"))
    request.responseLimit = 400_000_000
    let before = csystem_resident_bytes()
    let startedAt = try await server.count("downloaded", observer.client)
    try await test.client.stream(request) { response in
      var chunks = response.body.makeAsyncIterator()
      _ = try await chunks.next()
      // The sender's count stands still once socket buffers and ours are full.
      var last = -1
      try await eventually("the sender stops") {
        let now = try await server.count("downloaded", observer.client)
        defer { last = now }
        try await Task.sleep(for: .milliseconds(100))
        return now == last
      }
      #expect(last - startedAt < 40_000_000)
      #expect(csystem_resident_bytes() - before < 30 << 20)
      var rest = 0
      while rest < 20_000_000, let chunk = try await chunks.next() { rest += chunk.count }
      #expect(rest >= 20_000_000, "it goes on when reading does")
    }
  }

  @Test func `a reader that leaves early ends the transfer`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let observer = try TestClient()
    let first = try await test.client.stream(.init(server.url("/stall/early"))) { response in
      var chunks = response.body.makeAsyncIterator()
      return try await chunks.next()?.count
    }
    #expect(first == 1_000)
    try await server.sees("left early", observer.client)
  }

  @Test(arguments: [nil, 3_000_000])
  func `a long upload leaves whole`(length: Int?) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let body = RequestBody.produced(length: length) { write in
      for index in 0..<300 { try await write([UInt8](repeating: UInt8(index % 256), count: 10_000)) }
    }
    let text = try await test.client.send(.init(server.url("/upload"), method: .post, body: body)).text
    let words = text.split(separator: " ")
    #expect(words[0] == "3000000" && words[2] == (length.map(String.init) ?? "chunked"))
    let folder = try TemporaryDirectory()
    try writeFile(
      (0..<300).flatMap { [UInt8](repeating: UInt8($0 % 256), count: 10_000) }, to: folder.file("body"))
    #expect(String(words[1]) == (try await sha256(folder.file("body"))))
  }

  @Test func `a server that does not read stops the producer`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let produced = Atomic<Int>(0)
    let body = RequestBody.produced { write in
      for _ in 0..<3_000 {
        try await write([UInt8](repeating: 1, count: 100_000))
        produced.add(100_000, ordering: .relaxed)
      }
    }
    let before = csystem_resident_bytes()
    let final = HTTPClient.Request(server.url("/upload?wait=3600"), method: .post, body: body)
    let call = Task { await failure { try await test.client.send(final) } }
    var last = -1
    try await eventually("the producer stops") {
      let now = produced.load(ordering: .relaxed)
      defer { last = now }
      try await Task.sleep(for: .milliseconds(100))
      return now > 0 && now == last
    }
    #expect(last < 30_000_000)
    #expect(csystem_resident_bytes() - before < 30 << 20)
    call.cancel()
    #expect(await call.value?.code == .cancelled)
  }

  @Test(arguments: [(10, 11), (10, 9)])
  func `a body of another length than it was said to be fails`(promised: Int, given: Int) async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let body = RequestBody.produced(length: promised) { write in
      for _ in 0..<given { try await write([1]) }
    }
    let error = await failure {
      try await test.client.send(.init(server.url("/upload"), method: .post, body: body))
    }
    #expect(error?.code == .bodyFailed)
  }

  @Test func `a producer's own error comes back to the caller`() async throws {
    struct Mine: Error {}
    let server = try await TestServer.shared
    let test = try TestClient()
    let body = RequestBody.produced { write in
      try await write([1])
      throw Mine()
    }
    let error = await failure {
      try await test.client.send(.init(server.url("/upload"), method: .post, body: body))
    }
    #expect(error?.code == .bodyFailed)
    #expect(error?.underlying is Mine)
  }

  @Test func `an answer that comes before the body is sent ends the producer`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let body = RequestBody.produced { write in
      while true { try await write([UInt8](repeating: 1, count: 100_000)) }
    }
    // The server refuses without reading; it may also break the connection before we have its answer.
    var request = HTTPClient.Request(server.url("/hello"), method: .post, body: body)
    request.timeouts.total = .seconds(20)
    let final = request
    let error = await failure {
      let response = try await test.client.send(final)
      #expect(response.status == .methodNotAllowed)
    }
    #expect(error == nil || error?.code == .lost)
  }

  @Test func `body and response stream at the same time`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let body = RequestBody.produced { write in
      for index in 0..<100 { try await write([UInt8](repeating: UInt8(index), count: 1_000)) }
    }
    let count = try await test.client.stream(.init(server.url("/echo"), method: .post, body: body)) {
      response in
      try await response.body.collect(upTo: 1 << 20).count
    }
    #expect(count > 100_000)
  }
}
