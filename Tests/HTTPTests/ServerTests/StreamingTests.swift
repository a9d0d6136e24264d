// Streams, events, departures, upgrades and the end of the server.

import CSystem
import EventLoop
import Glibc
import HTTPServer
import HTTPTypes
import Synchronization
import TestKit
import Testing

extension ServerTests {
  @Suite(.serialized, .timeLimit(.minutes(1))) struct StreamingTests {
    @Test func `a large streamed answer arrives whole, and a slow reader holds the writer back`() async throws
    {
      let written = Flag()
      let chunk = [UInt8](repeating: 65, count: 16 * 1024)
      try await withServer { router in
        router.get("/stream", name: "stream") { _ in
          .stream(contentType: "text/plain") { writer in
            for _ in 0..<2_000 {
              try await writer.write(chunk)
              written.raise()
            }
          }
        }
      } _: { port, _ in
        let client = try RawClient(port: port)
        try client.send("GET /stream HTTP/1.0\r\nHost: x\r\n\r\n")
        #expect(try await eventually { written.count > 10 })
        // 32 MB would not fit into any socket buffer: the writer must be waiting.
        try await Task.sleep(for: .milliseconds(300))
        let held = written.count
        #expect(held < 1_900)
        let text = try await blocking { client.read() }
        #expect(text.utf8.count > 2_000 * chunk.count)
        #expect(written.count == 2_000)
      }
    }

    @Test func `a stream that fails is visibly cut`() async throws {
      try await withServer { router in
        router.get("/broken", name: "broken") { _ in
          .stream(contentType: "text/plain") { writer in
            try await writer.write("half")
            throw HTTPServerError(.file, "disk gone")
          }
        }
      } _: { port, _ in
        let text = try await raw(port, "GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(!text.contains("0\r\n\r\n"))
      }
    }

    @Test func `a handler is cancelled when its client leaves`() async throws {
      let started = Flag()
      let cancelled = Flag()
      try await withServer { router in
        router.get("/hold", name: "hold") { _ in
          started.raise()
          do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
          return HTTPResponse()
        }
      } _: { port, _ in
        var client: RawClient? = try RawClient(port: port)
        try client?.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await eventually { started.isRaised })
        client = nil
        #expect(try await eventually { cancelled.isRaised })
      }
    }

    @Test func `events are sent, a heartbeat follows, and leaving is noticed`() async throws {
      let left = Flag()
      try await withServer { router in
        router.get("/events", name: "events") { _ in
          .events(heartbeat: .milliseconds(50)) { feed in
            try await feed.send(ServerSentEvent("one", event: "tick", id: "1"))
            do { try await Task.sleep(for: .seconds(60)) } catch { left.raise() }
          }
        }
      } _: { port, _ in
        let text = try await raw(port, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n") { $0.contains("\r\n:\n\n") }
        #expect(text.contains("Content-Type: text/event-stream"))
        #expect(text.contains("id: 1\nevent: tick\ndata: one\n\n"))
        #expect(try await eventually { left.isRaised })
      }
    }

    @Test func `a slow client is disconnected from a broadcast`() async throws {
      let refused = Flag()
      try await withServer { router in
        router.get("/events", name: "events") { _ in
          .events(queueBytes: 10_000) { feed in
            let text = String(repeating: "x", count: 5_000)
            while feed.offer(ServerSentEvent(text)) { try await Task.sleep(for: .microseconds(100)) }
            refused.raise()
          }
        }
      } _: { port, _ in
        let client = try RawClient(port: port)
        try client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await eventually(within: .seconds(30)) { refused.isRaised })
        _ = try await blocking { client.read() }
      }
    }

    @Test func `an upgrade hands over the socket and what came early`() async throws {
      let ended = Flag()
      try await withServer { router in
        router.get("/echo", name: "echo") { request in
          guard request["Upgrade"] == "echo" else { throw HTTPProblem(.upgradeRequired, "Upgrade required") }
          return .upgrade(protocol: "echo") { stream in
            try await echo(stream)
            ended.raise()
          }
        }
      } _: { port, _ in
        let text = try await blocking {
          let client = try RawClient(port: port)
          try client.send(
            "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly")
          let first = client.read { $0.hasSuffix("early") }
          try client.send(" late")
          let second = client.read { $0.hasSuffix("late") }
          shutdown(client.descriptor, CInt(SHUT_WR))
          return first + second + client.read()
        }
        #expect(text.status == 101)
        #expect(text.hasSuffix("early late"))
        #expect(try await eventually { ended.isRaised })
        let answer1 = try await raw(port, "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer1.status == 426)
      }
    }

    @Test func `a shutdown drains: idle, waiting, streaming, upgraded and stubborn connections`() async throws
    {
      let before = openDescriptors()
      try await drain()
      let leaked = try await noLeak(since: before)
      #expect(leaked == [:])
    }

    private func drain() async throws {
      let started = Flag()
      let finished = Flag()
      let stubborn = Latch()
      let loop = try EventLoop(name: "test-drain")
      defer { loop.shutdown() }
      var router = Router()
      router.get("/", name: "home") { _ in HTTPResponse(text: "hello") }
      router.get("/slow", name: "slow") { _ in
        started.raise()
        try await Task.sleep(for: .milliseconds(300))
        finished.raise()
        return HTTPResponse(text: "slow")
      }
      router.get("/stubborn", name: "stubborn") { _ in
        started.raise()
        await stubborn.wait()
        return HTTPResponse()
      }
      router.get("/events", name: "events") { _ in
        .events { _ in
          started.raise()
          try await Task.sleep(for: .seconds(60))
        }
      }
      router.get("/echo", name: "echo") { _ in
        .upgrade(protocol: "echo") { stream in
          started.raise()
          try await echo(stream)
        }
      }
      let server = try HTTPServer(.tcp(host: "127.0.0.1", port: 0), router: router, loop: loop)
      guard case .tcp(_, let port) = try server.start() else { return }
      let clients = try ["/", "/slow", "/stubborn", "/events", "/echo"].map { path in
        let client = try RawClient(port: port)
        try client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        return client
      }
      _ = clients[0].read { $0.hasSuffix("hello") }
      #expect(try await eventually { started.count == 4 })
      let clock = ContinuousClock()
      let start = clock.now
      await server.shutdown(grace: .seconds(1))
      #expect(clock.now - start < .milliseconds(2_900))
      #expect(finished.isRaised)
      let answer = try await blocking { clients[1].read() }
      #expect(answer.hasSuffix("slow"))
      #expect(throws: TestKitError.self) { try RawClient(port: port) }
      await server.shutdown(grace: .zero)
      stubborn.open()
    }

    @Test func `a server runs until its task is cancelled`() async throws {
      let loop = try EventLoop(name: "test-run")
      defer { loop.shutdown() }
      let folder = try TemporaryDirectory()
      let path = folder.file("admin.sock")
      var router = Router()
      router.get("/", name: "home") { request in
        HTTPResponse(text: "from \(request.client.address?.description ?? "nowhere")")
      }
      let server = try HTTPServer(.unix(path: path), router: router, loop: loop)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run(grace: .seconds(1)) }
        #expect(try await eventually { access(path, F_OK) == 0 })
        var status = stat()
        stat(path, &status)
        #expect(status.st_mode & 0o777 == 0o600)
        let answer = try await run("curl", ["-s", "--unix-socket", path, "http://localhost/"])
        #expect(answer.output == "from nowhere")
        group.cancelAll()
        try await group.waitForAll()
      }
      #expect(access(path, F_OK) != 0)
    }

    @Test func `a dead Unix socket is replaced, a living one and a file are not`() async throws {
      let loop = try EventLoop(name: "test-unix")
      defer { loop.shutdown() }
      let folder = try TemporaryDirectory()
      let path = folder.file("s")
      let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      close(descriptor)
      let first = try HTTPServer(.unix(path: path), router: Router(), loop: loop)
      try first.start()
      let second = try HTTPServer(.unix(path: path), router: Router(), loop: loop)
      #expect(throws: HTTPServerError.self) { try second.start() }
      await first.shutdown(grace: .zero)
      close(open(path, O_CREAT | O_WRONLY, 0o600))
      let third = try HTTPServer(.unix(path: path), router: Router(), loop: loop)
      #expect(throws: HTTPServerError.self) { try third.start() }
      #expect(access(path, F_OK) == 0)
    }

    @Test func `abrupt clients leak nothing`() async throws {
      let body = String(repeating: "x", count: 1_000)
      try await withServer { router in
        router.get("/wait", name: "wait") { _ in
          try await Task.sleep(for: .milliseconds(5))
          return HTTPResponse(text: "x")
        }
        router.post("/sink", name: "sink") { request in
          _ = try await request.body.collect()
          return HTTPResponse()
        }
        router.get("/events", name: "events") { _ in .events { _ in try await Task.sleep(for: .seconds(60)) }
        }
      } _: { port, _ in
        _ = try await raw(port, "GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let before = openDescriptors()
        let requests = [
          "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n", "GET /wa", "GET /events HTTP/1.1\r\nHost: x\r\n\r\n",
          "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n" + body,
        ]
        try await blocking {
          for index in 0..<400 {
            let client = try RawClient(port: port)
            try client.send(requests[index % requests.count])
            if index % 3 == 0 { usleep(500) }
            client.reset()
          }
        }
        let leaked = try await noLeak(since: before)
        #expect(leaked == [:])
      }
    }

    @Test func `a thousand connections at once are served`() async throws {
      var limits = HTTPLimits()
      limits.connectionsPerAddress = 2_000
      let arrived = Flag()
      let gate = Gate()
      limits.requestsPerAddress = 2_000
      try await withServer(limits: limits) { router in
        router.get("/", name: "home") { _ in
          arrived.raise()
          try await Task.sleep(for: .milliseconds(50))
          return HTTPResponse(text: "hello")
        }
      } _: { port, _ in
        gate.open()
        let good = try await blocking {
          let clients = try (0..<1_000).map { _ in try RawClient(port: port) }
          for client in clients { try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
          return clients.filter { $0.read { $0.hasSuffix("hello") }.status == 200 }.count
        }
        #expect(good == 1_000)
      }
    }
  }
}

/// Sends back what comes, until the peer ends its side.
private func echo(_ stream: any UpgradedStream) async throws {
  let (readiness, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  try stream.setReadiness(wantsWrite: false) { _ in continuation.yield() }
  for await _ in readiness {
    var buffer = [UInt8](repeating: 0, count: 1_024)
    reading: while true {
      switch try buffer.withUnsafeMutableBytes({ try stream.read(into: $0) }) {
      case .bytes(let count):
        _ = try buffer[..<count].withUnsafeBytes { try stream.write($0) }
      case .wouldBlock: break reading
      case .endOfStream: return
      }
    }
  }
}

/// A wait that cancellation does not end.
private final class Latch: Sendable {
  private let waiter = Mutex<CheckedContinuation<Void, Never>?>(nil)

  func wait() async {
    await withCheckedContinuation { continuation in waiter.withLock { $0 = continuation } }
  }

  func open() {
    waiter.withLock { waiter in
      waiter?.resume()
      waiter = nil
    }
  }
}
