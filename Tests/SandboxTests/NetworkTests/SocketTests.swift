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
  var closed: [JSONObject] { all.filter { $0.method == "event.ws_closed" }.map(\.params) }
  func count(_ method: String) -> Int { all.count { $0.method == method } }
}

/// Somebody who may add hosts.
private let manager = GuestCause.dashboard("x", viewer: UserID(1), role: .manager)

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
  /// What servers have of the plugin at this moment, as the broker is told.
  let installed: Mutexed<[GuildID: GuestInstallation]>
  /// Lets `/late` answer.
  let gate: AsyncStream<Void>.Continuation

  /// What a server has of the plugin from now on.
  @discardableResult
  func install(
    _ capabilities: Set<GuestCapability> = [.webSocket], domains: [String] = ["127.0.0.1"],
    by origin: GuestOrigin = .installation, in place: GuildID = guild
  ) -> GuestInstallation {
    let release = GuestRelease(
      manifest: GuestManifest(id: "p", name: "p", version: "1"), digest: "d", origin: origin)
    let installation = GuestInstallation(
      guild: place, release: release, grants: GuestGrants(capabilities: capabilities, domains: domains),
      isEnabled: true, installedAt: time.now)
    installed.change { $0[place] = installation }
    return installation
  }

  func key(_ name: String, in place: GuildID = guild) -> SocketKey {
    SocketKey(plugin: "p", developer: "p", guild: place, name: name)
  }

  /// A call in the name of what the server has, or of what it had.
  func call(
    _ method: String, _ params: JSONValue, in place: GuildID = guild, cause: GuestCause = .unprompted,
    as other: GuestInstallation? = nil
  ) async throws -> JSONValue {
    let installation = other ?? installed.now[place] ?? install(in: place)
    return try await methods.answer(
      GuestCall(
        installation: installation, method: method, params: params.object ?? JSONObject(), cause: cause,
        bot: nil, storage: storage, now: time.now))
  }

  /// A manager adds the host, as plain addresses need.
  func allowPlain(in place: GuildID = guild) async throws {
    _ = try await call("ws.allow_host", ["host": "127.0.0.1"], in: place, cause: manager)
  }

  /// The host is taken back as by another process, of which nobody tells the broker.
  func takeBackElsewhere() async throws {
    try await data.hosts.remove("127.0.0.1", .ws, of: "p", in: guild)
  }

  func ensure(
    _ name: String, _ path: String = "/echo", in place: GuildID = guild, subscribe: [JSONValue] = [],
    auth: JSONValue = .null, _ capabilities: Set<GuestCapability>? = nil
  ) async throws -> JSONValue {
    if let capabilities { install(capabilities, in: place) }
    return try await call(
      "ws.ensure",
      [
        "name": .string(name), "url": .string(address + path), "subscribe": .array(subscribe), "auth": auth,
        "binary": false,
      ], in: place)
  }

  /// The code with which a call is refused; nil when it is not.
  func code(
    _ method: String, _ params: JSONValue, in place: GuildID = guild, as other: GuestInstallation? = nil
  ) async throws -> String? {
    do {
      _ = try await call(method, params, in: place, as: other)
      return nil
    } catch let error as RPCError {
      return error.code.rawValue
    }
  }

  /// The same of `ensure`.
  func ensuringCode(
    _ name: String, in place: GuildID = guild, auth: JSONValue = .null,
    _ capabilities: Set<GuestCapability>? = nil
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
      let (late, gate) = AsyncStream<Void>.makeStream()
      router.get("/late", name: "late") { request in
        .webSocket(for: request) { connection in
          for await message in connection.messages {
            guard case .text(let text) = message else { continue }
            log.change { $0.append(text) }
            for await _ in late {}
            try await connection.send(text: "late \(text)")
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
      let installed = Mutexed<[GuildID: GuestInstallation]>([:])
      let broker = try SocketBroker(
        loop: loop, time: installation.time, hosts: data.hosts, exceptions: ["127.0.0.1"],
        pins: ["rebound.example.org:\(port):127.0.0.1"], random: { 1 },
        installation: { _, place in installed.now[place] })
      let frames = Frames()
      broker.set(frames)
      let methods = WebSocketMethods(
        broker: broker, secrets: data.secrets, hosts: data.hosts, time: installation.time,
        exceptions: ["127.0.0.1"], lookup: .made(installation.time))
      let outcome: Result<Void, any Error>
      do {
        try await body(
          Stage(
            broker: broker, methods: methods, frames: frames, data: data, storage: storage,
            time: installation.time, address: "ws://127.0.0.1:\(port)", log: log, installed: installed,
            gate: gate))
        outcome = .success(())
      } catch { outcome = .failure(error) }
      gate.finish()
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
          let sleepers = stage.time.sleeperCount
          stage.time.advance(by: .seconds(1))
          waited += 1
          // Whoever woke is asleep again once the attempt is over, however long the machine takes for it.
          try await eventually("it waits again") { stage.time.sleeperCount >= sleepers }
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
        "ws.revoke_host", ["host": "127.0.0.1"], cause: manager)
      #expect(
        try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "NOT_FOUND")
    }
  }

  // MARK: Consent

  @Test func `a host that was taken back elsewhere gets nothing more, and the plugin is told`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      stage.install(domains: [])
      let made = try await stage.ensure("feed")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      try await stage.takeBackElsewhere()
      #expect(try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "CAPABILITY_DENIED")
      try await eventually("the end is told") { stage.frames.closed.count == 1 }
      let closed = try #require(stage.frames.closed.first)
      #expect(closed["will_reconnect"] == false && closed["conn_id"] == made["conn_id"])
      #expect(closed["reason"] == "this server does not allow the host 127.0.0.1")
      #expect(try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "NOT_FOUND")
      #expect(try await stage.ensuringCode("feed") == "CAPABILITY_DENIED")
      #expect(!stage.log.now.contains("x"))
    }
  }

  @Test func `no connection is made anew to a host that was taken back meanwhile`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("brief", "/brief")
      try await eventually("its end is told") { stage.frames.closed.count == 1 }
      #expect(stage.frames.closed.last?["will_reconnect"] == true)
      try await stage.takeBackElsewhere()
      try await eventually("it is given up") {
        stage.time.advance(by: .seconds(1))
        return stage.frames.closed.last?["will_reconnect"] == false
      }
      #expect(stage.broker.socket(stage.key("brief")) == nil)
      #expect(stage.log.now == ["brief"])
    }
  }

  @Test func `a domain that is granted no longer is not called again`() async throws {
    try await withStage { stage async throws in
      stage.install()
      // Nobody is there: it is tried again and again.
      let wish: JSONValue = ["name": "tls", "url": "wss://127.0.0.1:1/", "binary": false]
      _ = try await stage.call("ws.ensure", wish)
      try await eventually("it failed") { stage.frames.closed.count == 1 }
      #expect(stage.frames.closed.last?["will_reconnect"] == true)
      stage.install(domains: [])
      try await eventually("it is given up") {
        stage.time.advance(by: .seconds(1))
        return stage.frames.closed.last?["will_reconnect"] == false
      }
      #expect(stage.frames.closed.last?["reason"] == "this server does not allow the host 127.0.0.1")
      #expect(try await stage.code("ws.ensure", wish) == "CAPABILITY_DENIED")
    }
  }

  @Test func `what only listens ends within half a minute`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("feed")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      async let _ = stage.broker.run()
      try await stage.takeBackElsewhere()
      var seconds = 0
      try await eventually("it ends") {
        guard stage.frames.closed.isEmpty else { return true }
        stage.time.advance(by: .seconds(1))
        seconds += 1
        return false
      }
      #expect(seconds >= 30)
      #expect(stage.frames.closed.first?["will_reconnect"] == false)
      #expect(stage.broker.socket(stage.key("feed")) == nil)
    }
  }

  @Test(arguments: [[], [.webSocket]] as [Set<GuestCapability>])
  func `a socket does not outlive the capabilities that it stands on`(left: Set<GuestCapability>)
    async throws
  {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      try await stage.data.secrets.setDefault(Secret(utf8: "the-value"), for: "KEY", of: "p")
      try await stage.data.secrets.bindDefault("KEY", of: "p", to: "127.0.0.1")
      let auth: JSONValue = ["scheme": "bearer", "secret": "KEY"]
      _ = try await stage.ensure("feed", auth: auth, [.webSocket, .secrets])
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      stage.install(left)
      #expect(try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "CAPABILITY_DENIED")
      try await eventually("the end is told") { stage.frames.closed.count == 1 }
      #expect(stage.frames.closed.first?["will_reconnect"] == false)
      #expect(stage.log.now == ["open Bearer the-value"])
    }
  }

  @Test func `a secret that is forgotten ends what was to go with it`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      try await stage.data.secrets.setDefault(Secret(utf8: "the-value"), for: "KEY", of: "p")
      try await stage.data.secrets.bindDefault("KEY", of: "p", to: "127.0.0.1")
      let auth: JSONValue = ["scheme": "bearer", "secret": "KEY"]
      _ = try await stage.ensure("brief", "/brief", auth: auth, [.webSocket, .secrets])
      try await eventually("its end is told") { stage.frames.closed.count == 1 }
      try await stage.data.secrets.bindDefault("KEY", of: "p", to: "elsewhere.example.org")
      try await eventually("it is given up") {
        stage.time.advance(by: .seconds(1))
        return stage.frames.closed.last?["will_reconnect"] == false
      }
      #expect(stage.frames.closed.last?["reason"]?.string?.contains("not bound to this host") == true)
      #expect(stage.log.now == ["brief"])
    }
  }

  // MARK: Whose it is

  @Test func `another plugin of the same id has no part in a connection`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      try await stage.data.secrets.setDefault(Secret(utf8: "operators-own"), for: "KEY", of: "p")
      try await stage.data.secrets.bindDefault("KEY", of: "p", to: "127.0.0.1")
      let auth: JSONValue = ["scheme": "bearer", "secret": "KEY"]
      let offered = stage.install([.webSocket, .secrets])
      let old = try await stage.ensure("feed", auth: auth)
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      let kept = try #require(stage.broker.socket(stage.key("feed")))
      // A zip of the server's own takes the plugin's place, and nobody tells the broker.
      stage.install([.webSocket, .secrets], by: .guild(guild))
      #expect(try await stage.code("ws.send", ["name": "feed", "text": "x"]) == "NOT_FOUND")
      let new = try await stage.ensure("feed")
      #expect(new["conn_id"] != old["conn_id"])
      try await eventually("it is open, without the secret") {
        stage.log.now == ["open Bearer operators-own", "open "]
      }
      #expect(try await stage.ensuringCode("mine", auth: auth) == "CAPABILITY_DENIED")
      // The old one is gone, and the other plugin did not hear of it.
      await kept.left()
      #expect(stage.broker.socket(stage.key("feed")) == nil)
      #expect(stage.frames.closed.isEmpty)
      // Nor does a process that still ends get in again.
      let wish: JSONValue = ["name": "feed", "url": .string(stage.address + "/echo"), "binary": false]
      #expect(try await stage.code("ws.ensure", wish, as: offered) == "NOT_FOUND")
      #expect(try await stage.code("ws.send", ["name": "feed", "text": "x"], as: offered) == "NOT_FOUND")
    }
  }

  @Test func `frames that come for a plugin do not go to another of the same id`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("feed", "/late")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      let kept = try #require(stage.broker.socket(stage.key("feed")))
      _ = try await stage.call("ws.send", ["name": "feed", "text": "asked"])
      try await eventually("it is there") { stage.log.now == ["asked"] }
      stage.install(by: .guild(guild))
      stage.gate.finish()
      await kept.left()
      #expect(stage.frames.data.isEmpty && stage.frames.closed.isEmpty)
      #expect(stage.broker.socket(stage.key("feed")) == nil)
    }
  }

  @Test func `another secret is another connection`() async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      try await stage.data.secrets.setDefault(Secret(utf8: "the-value"), for: "KEY", of: "p")
      try await stage.data.secrets.bindDefault("KEY", of: "p", to: "127.0.0.1")
      let old = try await stage.ensure("feed")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      let auth: JSONValue = ["scheme": "token", "secret": "KEY"]
      let new = try await stage.ensure("feed", auth: auth, [.webSocket, .secrets])
      #expect(new["conn_id"] != old["conn_id"])
      try await eventually("the other is open") { stage.log.now == ["open ", "open Token the-value"] }
      try await eventually("the end of the first is told") { stage.frames.closed.count == 1 }
      let closed = try #require(stage.frames.closed.first)
      #expect(closed["conn_id"] == old["conn_id"] && closed["will_reconnect"] == false)
      #expect(try await stage.ensure("feed", auth: auth)["conn_id"] == new["conn_id"])
    }
  }

  // MARK: Ends

  @Test(arguments: ["ws.close", "ws.revoke_host", "withdrew"])
  func `an end for good is told as one`(how: String) async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      let made = try await stage.ensure("feed")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 1 }
      switch how {
      case "ws.close": _ = try await stage.call(how, ["name": "feed"])
      case "ws.revoke_host": _ = try await stage.call(how, ["host": "127.0.0.1"], cause: manager)
      default:
        await stage.methods.withdrew("p", from: guild)
        // What calls this may switch the plugin off next: it heard before.
        #expect(stage.frames.closed.count == 1)
      }
      try await eventually("the end is told") { stage.frames.closed.count == 1 }
      let closed = try #require(stage.frames.closed.first)
      #expect(closed["will_reconnect"] == false && closed["name"] == "feed")
      #expect(closed["conn_id"] == made["conn_id"])
      #expect(closed["reason"]?.string?.isEmpty == false)
    }
  }

  @Test func `an end while it waits for the next attempt is told as well, and nothing is once it is off`()
    async throws
  {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      _ = try await stage.ensure("brief", "/brief")
      try await eventually("its end is told") { stage.frames.closed.count == 1 }
      _ = try await stage.call("ws.close", ["name": "brief"])
      try await eventually("that it is for good, too") { stage.frames.closed.count == 2 }
      #expect(stage.frames.closed.map { $0["will_reconnect"] } == [true, false])

      _ = try await stage.ensure("feed")
      try await eventually("it is open") { stage.frames.count("event.ws_open") == 2 }
      stage.installed.change { $0[guild] = nil }
      await stage.methods.withdrew("p", from: guild)
      #expect(stage.frames.closed.count == 2)
      #expect(stage.broker.socket(stage.key("feed")) == nil)
    }
  }

  @Test(arguments: ["withdrew", "ws.revoke_host"])
  func `what is asked for while all of them are ended is not made`(how: String) async throws {
    try await withStage { stage async throws in
      try await stage.allowPlain()
      let (gate, open) = AsyncStream<Void>.makeStream()
      let isAsking = Mutexed(false)
      // The last that is looked up before a socket is made: it takes its time.
      let wish = SocketWish(
        url: stage.address + "/echo",
        target: try HTTPTarget(parsing: stage.address + "/echo", schemes: .webSocket), auth: nil,
        fields: {
          isAsking.change { $0 = true }
          for await _ in gate {}
          return []
        }, subscribe: [])
      let asking = Task { try await stage.broker.ensure(stage.key("feed"), wish) }
      try await eventually("it asks") { isAsking.now }
      if how == "withdrew" {
        await stage.methods.withdrew("p", from: guild)
      } else {
        _ = try await stage.call(how, ["host": "127.0.0.1"], cause: manager)
      }
      open.finish()
      let error = await #expect(throws: RPCError.self) { try await asking.value }
      #expect(error?.code == .upstream)
      #expect(stage.broker.socket(stage.key("feed")) == nil)
      #expect(stage.log.now.isEmpty)
      // What comes afterwards is looked at anew.
      try await stage.allowPlain()
      #expect(try await stage.ensuringCode("feed") == nil)
    }
  }

  // MARK: Addresses

  @Test func `a name that leads to a private address by now is refused at the connection`() async throws {
    try await withStage { stage async throws in
      let host = "rebound.example.org"
      let added = try await stage.call("ws.allow_host", ["host": .string(host)], cause: manager)
      #expect(added["host"] == .string(host))
      let address = stage.address.replacing("127.0.0.1", with: host)
      for scheme in ["ws", "wss"] {
        _ = try await stage.call(
          "ws.ensure",
          [
            "name": .string(scheme), "url": .string(address.replacing("ws:", with: "\(scheme):") + "/echo"),
            "binary": false,
          ])
      }
      try await eventually("both failures are told") { stage.frames.closed.count == 2 }
      for closed in stage.frames.closed {
        #expect(closed["reason"] == "the connection could not be made: address not allowed")
        #expect(closed["will_reconnect"] == true)
      }
      #expect(stage.log.now.isEmpty && stage.frames.count("event.ws_open") == 0)
    }
  }

  @Test(arguments: ["inside.example.org", "wss://mixed.example.org/feed", "10.0.0.1"])
  func `a host that leads inside is not added`(host: String) async throws {
    try await withStage { stage async throws in
      let error = await #expect(throws: RPCError.self) {
        try await stage.call("ws.allow_host", ["host": .string(host)], cause: manager)
      }
      #expect(error?.code == .validation && error?.message.contains("public") == true)
      #expect(try await stage.data.hosts.list(.ws, of: "p", in: guild).isEmpty)
    }
  }

  // MARK: Frames

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
