// The Redis driver against a real server.

import EventLoop
import Redis
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RedisAddressTests {
  @Test(arguments: [
    ("redis://localhost", "redis://localhost:6379/0"),
    ("redis://10.0.0.1:7000/3", "redis://10.0.0.1:7000/3"),
    ("redis://[::1]:7000", "redis://::1:7000/0"),
    ("redis://:p%40ss@host/1", "redis://host:6379/1"),
    ("redis://user:secret@host", "redis://host:6379/0"),
    ("unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=2"),
  ])
  func `an address is understood and shown without its password`(_ url: String, _ shown: String) throws {
    let address = try RedisAddress(url)
    #expect(address.description == shown)
  }

  @Test(arguments: [
    "", "localhost:6379", "http://localhost", "rediss://host", "redis://", "redis://host:0", "redis://host:x",
    "redis://host/x", "unix://relative", "unix:///s?db=x",
  ])
  func `a bad address says what is wrong`(_ url: String) {
    let error = #expect(throws: RedisError.self) { try RedisAddress(url) }
    #expect(error?.code == .invalidAddress)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct RedisClientTests {
  /// Runs `body` with a server and a loop of its own.
  private func withServer(
    password: String? = nil, _ body: (RedisServer, EventLoop) async throws -> Void
  ) async throws {
    let server = try await RedisServer.start(password: password)
    let loop = try EventLoop(name: "redis")
    defer { loop.shutdown() }
    try await body(server, loop)
    await server.kill()
  }

  @Test func `replies of every kind come back as they are`() async throws {
    try await withServer { server, loop in
      let client = RedisClient(try RedisAddress(server.url), on: loop)
      let bytes = (0...255).map { UInt8($0) }
      #expect(try await client.send(["SET", "k", RedisArgument(bytes)]) == .string(Array("OK".utf8)))
      #expect(try await client.send(["GET", "k"]) == .string(bytes))
      #expect(try await client.send(["GET", "nothing"]) == .null)
      #expect(try await client.send(["INCRBY", "n", "-7"]) == .integer(-7))
      #expect(
        try await client.send(["EVAL", "return {1, {'a', false}, redis.error_reply('BAD x')}", 0])
          == .array([.integer(1), .array([.string([97]), .null]), .error("BAD x")]))
      let error = await #expect(throws: RedisError.self) { try await client.send(["NONSENSE"]) }
      #expect(error?.isServerError("ERR") == true)
      #expect(try await client.send(["PING"]).text == "PONG", "an error hurts no neighbour")
      client.close()
    }
  }

  @Test func `a thousand commands at once get each its own answer`() async throws {
    try await withServer { server, loop in
      let client = RedisClient(try RedisAddress(server.url), on: loop)
      try await withThrowingTaskGroup { group in
        for number in 0..<1_000 {
          group.addTask {
            let reply = try await client.send(["ECHO", RedisArgument(number)])
            #expect(reply.integer == Int64(number))
          }
        }
        try await group.waitForAll()
      }
      client.close()
    }
  }

  @Test func `the password is used, and a wrong one is a clear error`() async throws {
    try await withServer(password: "open sesame") { server, loop in
      let path = server.socket
      let client = RedisClient(try RedisAddress("unix://\(path)"), on: loop)
      let error = await #expect(throws: RedisError.self) { try await client.send(["PING"]) }
      #expect(error?.isServerError("NOAUTH") == true)
      client.close()
    }
  }

  @Test func `a server that is not there is reported, and found once it is`() async throws {
    let server = try await RedisServer.start()
    await server.kill()
    let loop = try EventLoop(name: "redis")
    defer { loop.shutdown() }
    let client = RedisClient(try RedisAddress(server.url), on: loop)
    let error = await #expect(throws: RedisError.self) { try await client.send(["PING"]) }
    #expect(error?.code == .unreachable)
    try await server.start()
    try await eventually("reconnected") { (try? await client.send(["PING"]).text) == "PONG" }
    client.close()
    await server.kill()
  }

  @Test func `commands under way when the server dies fail, and the client comes back`() async throws {
    let server = try await RedisServer.start()
    let loop = try EventLoop(name: "redis")
    defer { loop.shutdown() }
    let client = RedisClient(try RedisAddress(server.url), on: loop)
    #expect(try await client.send(["PING"]).text == "PONG")
    let blocked = Task { try await client.send(["BLPOP", "never", 0]) }
    try await eventually("blocked") {
      let probe = RedisClient(try RedisAddress(server.url), on: loop)
      defer { probe.close() }
      return try await probe.send(["CLIENT", "LIST"]).text?.contains("cmd=blpop") ?? false
    }
    await server.kill()
    let error = await #expect(throws: RedisError.self) { try await blocked.value }
    #expect(error?.code == .connectionLost)
    try await server.start()
    try await eventually("reconnected") { (try? await client.send(["PING"]).text) == "PONG" }
    client.close()
    await server.kill()
  }

  @Test func `an answer that does not come in time ends the connection`() async throws {
    try await withServer { server, loop in
      var limits = RedisConnection.Limits()
      limits.replyTimeout = .milliseconds(400)
      let client = RedisClient(try RedisAddress(server.url), on: loop, limits: limits)
      let error = await #expect(throws: RedisError.self) { try await client.send(["BLPOP", "never", 0]) }
      #expect(error?.code == .connectionLost)
      #expect(try await client.send(["PING"]).text == "PONG")
      client.close()
    }
  }

  @Test func `a script is loaded once and again after the server forgot it`() async throws {
    try await withServer { server, loop in
      let client = RedisClient(try RedisAddress(server.url), on: loop)
      let script = RedisScript("return {KEYS[1], ARGV[1]}")
      for _ in 0..<2 {
        let reply = try await script.run(on: client, keys: ["a"], arguments: ["b"])
        #expect(reply == .array([.string([97]), .string([98])]))
        _ = try await client.send(["SCRIPT", "FLUSH"])
      }
      client.close()
    }
  }

  @Test func `a closed client says so`() async throws {
    try await withServer { server, loop in
      let client = RedisClient(try RedisAddress(server.url), on: loop)
      client.close()
      let error = await #expect(throws: RedisError.self) { try await client.send(["PING"]) }
      #expect(error?.code == .closed)
    }
  }
}
