// The broker of sockets against a server on this machine: what is kept, told, bounded and ended.

import PlatformAccess
import DiscordCore
import EventLoop
import HTTPClient
import HTTPServer
import HTTPTypes
import JSON
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Synchronization
import TestKit
import Testing
import Vault
import WebSocket

@testable import SandboxNetwork

private let guild = GuildID(77)

/// Frames as a plugin would get them.
private final class Frames: GuestFrameReceiver {
  struct Frame: Sendable, Hashable {
    let method: String
    let params: JSONObject
    let guild: GuildID
  }

  private let told = Mutex<[Frame]>([])

  func deliverFrame(
    _ method: String, _ params: JSONObject, name: String, to plugin: String, in guild: GuildID
  ) async {
    told.withLock { $0.append(Frame(method: method, params: params, guild: guild)) }
  }

  var all: [Frame] { told.withLock { $0 } }
  var data: [String] { all.compactMap { $0.method == "event.ws_message" ? $0.params["data"]?.string : nil } }
  func count(_ method: String) -> Int { all.count { $0.method == method } }
}

/// What a test plays on.
private struct Stage: Sendable {
  let broker: SocketBroker
  let methods: WebSocketMethods
  let frames: Frames
  let data: GuestData
  let storage: Storage
  let time: ManualTime
  let address: String
  let log: Mutexed<[String]>

  func call(
    _ method: String, _ params: JSONValue, domains: [String] = ["127.0.0.1"],
    _ capabilities: Set<GuestCapability> = [.webSocket], in place: GuildID = guild,
    cause: GuestCause = .unprompted
  ) async throws -> JSONValue {
    let release = GuestRelease(manifest: GuestManifest(id: "p", name: "p", version: "1"), digest: "d")
    return try await methods.answer(
      GuestCall(
        installation: GuestInstallation(
          guild: place, release: release, grants: GuestGrants(capabilities: capabilities, domains: domains),
          isEnabled: true, installedAt: time.now),
        method: method, params: params.object ?? JSONObject(), cause: cause, bot: nil, storage: storage,
        now: time.now))
  }

  /// A manager adds the host, as plain addresses need.
  func allowPlain(in place: GuildID = guild) async throws {
    _ = try await call(
      "ws.allow_host", ["host": "127.0.0.1"], in: place,
      cause: .dashboard("x", viewer: UserID(1), role: .manager))
  }

  func ensure(
    _ name: String, _ path: String = "/echo", in place: GuildID = guild, subscribe: [JSONValue] = [],
    auth: JSONValue = .null, _ capabilities: Set<GuestCapability> = [.webSocket]
  ) async throws -> JSONValue {
    try await call(
      "ws.ensure",
      [
        "name": .string(name), "url": .string(address + path), "subscribe": .array(subscribe), "auth": auth,
        "binary": false,
      ], capabilities, in: place)
  }

  /// The code with which a call is refused; nil when it is not.
  func code(_ method: String, _ params: JSONValue, in place: GuildID = guild) async throws -> String? {
    do {
      _ = try await call(method, params, in: place)
      return nil
    } catch let error as RPCError {
      return error.code.rawValue
    }
  }

  /// The same of `ensure`.
  func ensuringCode(
    _ name: String, in place: GuildID = guild, auth: JSONValue = .null,
    _ capabilities: Set<GuestCapability> = [.webSocket]
  ) async throws -> String? {
    do {
      _ = try await ensure(name, in: place, auth: auth, capabilities)
      return nil
    } catch let error as RPCError {
      return error.code.rawValue
    }
  }
}

/// A value behind a lock, to be shared.
private final class Mutexed<Value: Sendable>: Sendable {
  private let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
  func change<Result: Sendable>(_ body: (inout sending Value) -> sending Result) -> Result {
    value.withLock(body)
  }
  var now: Value { value.withLock { $0 } }
}

private func withStage(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
  try await withInstallation(.embedded) { installation in
    let schema = Schema(platform: SandboxDataSchema.platform, guild: SandboxDataSchema.guild)
    try await installation.run(schema: schema) { storage async throws in
      let loop = try EventLoop(name: "socket-test")
      let log = Mutexed<[String]>([])
      var router = Router()
      router.get("/echo", name: "echo") { request in
        log.change { $0.append("open \(request["Authorization"] ?? "")") }
        return .webSocket(for: request) { connection in
          for await message in connection.messages {
            if case .text(let text) = message {
              log.change { $0.append(text) }
              try await connection.send(text: "echo \(text)")
            }
          }
        }
      }
      router.get("/brief", name: "brief") { request in
        log.change { $0.append("brief") }
        return .webSocket(for: request) { _ in }
      }
      let server = try HTTPServer(.tcp(host: "127.0.0.1", port: 0), router: router, loop: loop)
      guard case .tcp(_, let port) = try server.start() else { return }
      let data = GuestData(storage: storage, time: installation.time)
      let broker = try SocketBroker(
        loop: loop, time: installation.time, exceptions: ["127.0.0.1"], random: { 1 })
      let frames = Frames()
      broker.set(frames)
      let methods = WebSocketMethods(
        broker: broker, secrets: data.secrets, hosts: data.hosts, time: installation.time,
        exceptions: ["127.0.0.1"])
      let outcome: Result<Void, any Error>
      do {
        try await body(
          Stage(
            broker: broker, methods: methods, frames: frames, data: data, storage: storage,
            time: installation.time, address: "ws://127.0.0.1:\(port)", log: log))
        outcome = .success(())
      } catch { outcome = .failure(error) }
      broker.close()
      await server.shutdown(grace: .zero)
      loop.shutdown()
      try outcome.get()
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct SocketTests {
  @Test func `a socket is opened, subscribed, told of in order, and sent through`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      let made = try await stage.ensure("feed", subscribe: ["hello", ["op": "join", "room": 7]])
      #expect(made["name"] == "feed" && made["conn_id"]?.string?.hasPrefix("ws-") == true)
      try await eventually("both frames come back") { stage.frames.data.count == 2 }
      #expect(stage.frames.data == ["echo hello", #"echo {"op":"join","room":7}"#])
      #expect(stage.frames.all.first?.method == "event.ws_open")
      #expect(try await stage.call("ws.send", ["name": "feed", "text": "third"]) == ["ok": true])
      try await eventually("it comes back") { stage.frames.data.last == "echo third" }
      // The same again is the same connection.
      #expect(try await stage.ensure("feed")["conn_id"] == made["conn_id"])
      #expect(try await stage.ensure("feed")["state"] == "open")
      #expect(stage.log.now.count { $0.hasPrefix("open") } == 1)
    }
  }

  @Test func `a plain address needs a host that a manager added, and any needs to be allowed`() async throws {
    try await withStage { stage async throws in
      #expect(try await stage.ensuringCode("feed") == "CAPABILITY_DENIED")
      for url in [
        "wss://example.org/", "wss://sub.127.0.0.1/", "ws://169.254.169.254/", "ws://[::1]/",
        "ws://10.0.0.1/",
      ] {
        let code = try await stage.code("ws.ensure", ["name": "a", "url": .string(url), "binary": false])
        #expect(code == "CAPABILITY_DENIED" || code == "VALIDATION_ERROR", "\(url)")
      }
      for url in [
        "https://127.0.0.1/", "http://127.0.0.1/", "wss://127.0.0.1/#a", "127.0.0.1", "ws:///x", "",
      ] {
        let code = try await stage.code("ws.ensure", ["name": "a", "url": .string(url), "binary": false])
        #expect(code == "VALIDATION_ERROR", "\(url)")
      }
      #expect(stage.log.now.isEmpty)
    }
  }

  @Test(arguments: ["", "a b", "ä", String(repeating: "a", count: 65), "a/b", "a\n"])
  func `a name that is none is refused`(name: String) async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      #expect(try await stage.ensuringCode(name) == "VALIDATION_ERROR")
    }
  }

  @Test func `five in a server, and another server's do not count`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      let other = GuildID(78)
      try await stage.allowPlain(in: other)
      for number in 0..<5 { _ = try await stage.ensure("s\(number)") }
      #expect(try await stage.ensuringCode("s5") == "QUOTA_EXCEEDED")
      #expect(try await stage.ensuringCode("s0", in: other) == nil)
      _ = try await stage.call("ws.close", ["name": "s0"])
      _ = try await stage.call("ws.close", ["name": "s0"])
      #expect(try await stage.ensuringCode("s5") == nil)
      // A name is the server's own.
      #expect(
        try await stage.code("ws.send", ["name": "s5", "text": "x"], in: other)
          == "NOT_FOUND")
    }
  }

  @Test func `sixty frames a minute, and a new connection does not begin anew`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("feed")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      for _ in 0..<60 { _ = try await stage.call("ws.send", ["name": "feed", "text": "x"]) }
      #expect(
        try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "RATE_LIMITED")
      _ = try await stage.call("ws.close", ["name": "feed"])
      _ = try await stage.ensure("feed")
      try await eventually("it is open again") { stage.frames.count("event.ws_open") == 2 }
      #expect(
        try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "RATE_LIMITED")
      stage.time.advance(by: .seconds(60))
      #expect(try await stage.code("ws.send", ["name": "feed", "text": "x"]) == nil)
    }
  }

  @Test func `of what comes too fast the newest stays`() async throws {
    let inbox = FrameInbox()
    for number in 0..<400 { inbox.add(frame(number), size: 10) }
    inbox.finish()
    #expect(await numbers(inbox) == Array(144..<400))
  }

  @Test func `large frames wait up to two mebibytes`() async throws {
    let inbox = FrameInbox()
    for number in 0..<20 { inbox.add(frame(number), size: 256 << 10) }
    inbox.finish()
    #expect(await numbers(inbox) == Array(12..<20))
  }

  private func frame(_ number: Int) -> JSONObject {
    JSONObject(fields: [.init(key: "number", value: .integer(Int64(number)))])
  }

  private func numbers(_ inbox: FrameInbox) async -> [Int64] {
    var numbers: [Int64] = []
    await inbox.forEach { params in numbers += [params["number"]?.int64 ?? -1] }
    return numbers
  }

  @Test func `a connection that never lasts is tried less and less often`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("brief", "/brief")
      var gaps: [Int] = []
      for round in 1...4 {
        try await eventually("attempt \(round)") { stage.log.now.count == round }
        try await eventually("its end is told") { stage.frames.count("event.ws_closed") == round }
        var waited = 0
        while stage.log.now.count == round, waited < 120 {
          stage.time.advance(by: .seconds(1))
          waited += 1
          try await Task.sleep(for: .milliseconds(20))
        }
        gaps.append(waited)
      }
      #expect(gaps == gaps.sorted() && gaps[3] >= 4 * gaps[0], "\(gaps)")
      #expect(stage.frames.all.contains { $0.params["will_reconnect"] == true })
    }
  }

  @Test func `what a plugin loses, or leaves behind, ends`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("feed")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      await stage.methods.withdrew("p", from: guild)
      #expect(
        try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "NOT_FOUND")
      _ = try await stage.ensure("feed")
      _ = try await stage.call(
        "ws.revoke_host", ["host": "127.0.0.1"], cause: .dashboard("x", viewer: UserID(1), role: .manager))
      #expect(
        try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "NOT_FOUND")
    }
  }

  @Test func `a secret goes with the handshake as it is then, and only with the capability`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      try await stage.data.secrets.setDefault(Secret(utf8: "first-value"), for: "KEY", of: "p")
      try await stage.data.secrets.bindDefault("KEY", of: "p", to: "127.0.0.1")
      let auth: JSONValue = ["scheme": "bearer", "secret": "KEY"]
      #expect(try await stage.ensuringCode("a", auth: auth) == "CAPABILITY_DENIED")
      _ = try await stage.ensure("a", "/echo", auth: auth, [.webSocket, .secrets])
      try await eventually("it is open") { stage.log.now.contains("open Bearer first-value") }
      #expect(
        try await stage.ensuringCode(
          "b", auth: ["scheme": "bearer", "secret": "NONE"], [.webSocket, .secrets]) != nil)
    }
  }

  @Test(
    arguments: [
      ["name": "feed"], ["name": "feed", "text": "a", "data_b64": "YQ=="], ["name": "feed", "data_b64": "%"],
      ["name": "feed", "text": 7],
    ] as [JSONValue])
  func `a frame is either text or bytes`(params: JSONValue) async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("feed")
      #expect(try await stage.code("ws.send", params) == "VALIDATION_ERROR")
    }
  }
}
