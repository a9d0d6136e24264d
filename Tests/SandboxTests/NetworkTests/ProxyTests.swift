// The proxy against a server on this machine, and against addresses that nobody may reach.

import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import SandboxContract
import SandboxData
@testable import SandboxNetwork
import Storage
import StorageTestKit
import TestKit
import Testing
import Vault

private let guild = GuildID(77)

/// Somebody who may add hosts.
private let manager = GuestCause.dashboard("x", viewer: UserID(1), role: .manager)

/// What a test plays on.
private struct Stage: Sendable {
  let proxy: ProxyMethods
  let data: GuestData
  let storage: Storage
  let time: ManualTime
  let origin: String
  /// The same server by a name that leads to it: to an address that is not public.
  let rebound: String

  func call(
    _ params: JSONValue, method: String = "proxy.request", domains: [String] = ["127.0.0.1"],
    _ capabilities: Set<GuestCapability> = [.http], cause: GuestCause = .unprompted,
    in place: GuildID = guild, by origin: GuestOrigin = .installation
  ) async throws -> JSONValue {
    let release = GuestRelease(
      manifest: GuestManifest(id: "p", name: "p", version: "1"), digest: "d", origin: origin)
    return try await proxy.answer(
      GuestCall(
        installation: GuestInstallation(
          guild: place, release: release, grants: GuestGrants(capabilities: capabilities, domains: domains),
          isEnabled: true, installedAt: time.now),
        method: method, params: params.object ?? JSONObject(), cause: cause, bot: nil, storage: storage,
        now: time.now))
  }

  func get(_ path: String, _ more: [JSONObject.Field] = []) async throws -> JSONValue {
    var params = JSONObject(fields: more)
    params["method"] = "GET"
    params["url"] = .string(origin + path)
    return try await call(.object(params))
  }

  func code(_ params: JSONValue, domains: [String] = ["127.0.0.1"]) async throws -> String? {
    do {
      _ = try await call(params, domains: domains)
      return nil
    } catch let error as RPCError {
      return error.code.rawValue
    }
  }
}

private func withStage(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
  try await withInstallation(.embedded) { installation in
    let schema = Schema(platform: SandboxDataSchema.platform, guild: SandboxDataSchema.guild)
    try await installation.run(schema: schema) { storage async throws in
      let loop = try EventLoop(name: "proxy-test")
      let time = installation.time
      var router = Router()
      router.get("/json", name: "json") { request in
        HTTPResponse(
          text:
            #"{"authorization":"\#(request["Authorization"] ?? "")","cookie":"\#(request["Cookie"] ?? "")"}"#)
      }
      router.get("/large", name: "large") { _ in HTTPResponse(text: String(repeating: "x", count: 3 << 20)) }
      router.get("/slow", name: "slow") { _ in
        try await time.sleep(for: .seconds(1))
        return HTTPResponse(text: "late")
      }
      router.get("/away", name: "away") { _ in HTTPResponse.redirect(to: "http://169.254.169.254/latest") }
      router.get("/round", name: "round") { _ in HTTPResponse.redirect(to: "/round") }
      let server = try HTTPServer(.tcp(host: "127.0.0.1", port: 0), router: router, loop: loop)
      guard case .tcp(_, let port) = try server.start() else { return }
      let data = GuestData(storage: storage, time: installation.time)
      let proxy = try ProxyMethods(
        loop: loop, secrets: data.secrets, hosts: data.hosts, limits: data.limits, time: installation.time,
        exceptions: ["127.0.0.1"], pins: ["rebound.example.org:\(port):127.0.0.1"],
        lookup: .made(installation.time))
      let outcome: Result<Void, any Error>
      do {
        let origin = "http://127.0.0.1:\(port)"
        try await body(
          Stage(
            proxy: proxy, data: data, storage: storage, time: installation.time, origin: origin,
            rebound: "http://rebound.example.org:\(port)"))
        outcome = .success(())
      } catch { outcome = .failure(error) }
      proxy.close()
      await server.shutdown(grace: .zero)
      loop.shutdown()
      try outcome.get()
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
  @Test func `an allowed host answers, and what is not the plugin's to set is left out`() async throws {
    try await withStage { stage async throws in
      let answer = try await stage.get(
        "/json", [.init(key: "headers", value: ["Authorization": "Bearer mine", "cookie": "a=b"])])
      #expect(answer["ok"]?.bool == true)
      #expect(answer["status"]?.int64 == 200)
      #expect(answer["body_bytes"]?.string == #"{"authorization":"","cookie":""}"#)
      #expect(answer["truncated"]?.bool == false)
    }
  }

  @Test func `a long answer is cut and says so`() async throws {
    try await withStage { stage async throws in
      let answer = try await stage.get("/large")
      #expect(answer["truncated"]?.bool == true)
      #expect(answer["body_bytes"]?.string?.utf8.count == 1 << 20)
    }
  }

  @Test(
    arguments: [
      "http://169.254.169.254/latest", "http://10.0.0.1/", "http://localhost/", "http://[::1]/",
      "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://2130706433/", "http://0x7f.1/",
      "http://017700000001/",
      "http://metadata.google.internal/", "http://192.168.1.1/", "http://100.64.0.1/", "http://[fe80::1]/",
      "http://evil.example@10.0.0.1/", "http://10.0.0.1:80#@allowed.example/", "file:///etc/passwd",
      "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http://", "//127.0.0.1/", "http://127.0.0.1\\@evil/",
      "http://user:pass@192.168.0.1/", "https://224.0.0.1/", "http://255.255.255.255/",
    ])
  func `what is not public, or no address, is never reached`(url: String) async throws {
    try await withStage { stage async throws in
      // Even where the owner granted the very name.
      let hosts = [
        "169.254.169.254", "10.0.0.1", "localhost", "0.0.0.0", "metadata.google.internal", "192.168.1.1",
        "100.64.0.1", "192.168.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[fe80::1]",
        "[::ffff:127.0.0.1]",
      ]
      #expect(try await stage.code(["method": "GET", "url": .string(url)], domains: hosts) != nil)
    }
  }

  @Test func `a name that leads to a private address is refused at the connection`() async throws {
    try await withStage { stage async throws in
      let error = await #expect(throws: RPCError.self) {
        try await stage.call(
          ["method": "GET", "url": .string(stage.rebound + "/json")], domains: ["rebound.example.org"])
      }
      #expect(error?.code == .upstream)
      #expect(error?.message.contains("address not allowed") == true, "\(error?.message ?? "")")
    }
  }

  @Test func `a host that nobody allowed is refused, and so is one that a redirect leads to`() async throws {
    try await withStage { stage async throws in
      #expect(try await stage.code(["method": "GET", "url": "https://example.org/"]) == "CAPABILITY_DENIED")
      #expect(
        try await stage.code(["method": "GET", "url": .string(stage.origin + "/away")]) == "CAPABILITY_DENIED"
      )
      let round = try await stage.get("/round")
      #expect([302, 303].contains(round["status"]?.int64 ?? 0))
    }
  }

  @Test(
    arguments: [
      ["X-A": "a\r\nX-B: b"], ["X-A\r\nX-B": "b"], ["X A": "b"], ["": "b"], ["X-A": "a\u{0}"], ["X:A": "b"],
      ["X-A": 7], ["X-A": "\u{7f}"],
    ] as [JSONValue])
  func `a header that could end the head is refused`(headers: JSONValue) async throws {
    try await withStage { stage async throws in
      let code = try await stage.code([
        "method": "GET", "url": .string(stage.origin + "/json"), "headers": headers,
      ])
      #expect(code == "VALIDATION_ERROR")
    }
  }

  @Test func `a secret goes only to its own host, and only with the capability`() async throws {
    try await withStage { stage async throws in
      try await stage.data.secrets.setDefault(Secret(utf8: "very-secret-value"), for: "KEY", of: "p")
      try await stage.data.secrets.bindDefault("KEY", of: "p", to: "api.example.org")
      let params: JSONValue = ["method": "GET", "url": .string(stage.origin + "/json"), "secret_auth": "KEY"]
      #expect(try await stage.code(params) == "CAPABILITY_DENIED")
      await #expect(throws: RPCError.self) { try await stage.call(params, [.http, .secrets]) }
    }
  }

  @Test func `twice a minute's worth may go at once, and then one a second`() async throws {
    try await withStage { stage async throws in
      let params: JSONValue = ["method": "GET", "url": "https://example.org/"]
      for _ in 0..<120 { #expect(try await stage.code(params) == "CAPABILITY_DENIED") }
      #expect(try await stage.code(params) == "QUOTA_EXCEEDED")
      stage.time.advance(by: .seconds(1))
      #expect(try await stage.code(params) == "CAPABILITY_DENIED")
      #expect(try await stage.code(params) == "QUOTA_EXCEEDED")
    }
  }

  @Test func `the bucket follows the limit that the operator sets, within seconds`() async throws {
    try await withStage { stage async throws in
      let params: JSONValue = ["method": "GET", "url": "https://example.org/"]
      func taken(_ most: Int) async throws -> Int {
        for count in 0..<most {
          guard try await stage.code(params) == "CAPABILITY_DENIED" else { return count }
        }
        return most
      }
      try await stage.data.limits.set(2, of: "p")
      #expect(try await taken(10) == 4)
      // Elsewhere, as by another process; here it is noticed after five seconds.
      let elsewhere = RequestLimits(storage: stage.storage, time: stage.time)
      try await elsewhere.set(600, of: "p")
      #expect(try await taken(10) == 0)
      stage.time.advance(by: .seconds(5))
      #expect(try await taken(100) == 50)
      try await elsewhere.set(nil, of: "p")
      stage.time.advance(by: .seconds(600))
      #expect(try await taken(200) == 120)
      // The limit is of the operator's plugin, not of whatever bears its id.
      try await stage.data.limits.set(1_000, of: "p")
      let error = await #expect(throws: RPCError.self) {
        for _ in 0..<121 {
          do {
            _ = try await stage.call(params, in: GuildID(78), by: .guild(GuildID(78)))
          } catch let error as RPCError where error.code == .capabilityDenied {
            continue
          }
        }
      }
      #expect(error?.code == .quotaExceeded && error?.message.contains("60 requests") == true)
    }
  }

  @Test(arguments: [(60, 4), (1_000, 16)])
  func `as many requests go at a time as the limit can use`(limit: Int, count: Int) async throws {
    try await withStage { stage async throws in
      try await stage.data.limits.set(limit, of: "p")
      try await withThrowingTaskGroup(of: Int64?.self) { group in
        let others = stage.time.sleeperCount
        for _ in 0..<count { group.addTask { try await stage.get("/slow")["status"]?.int64 } }
        try await eventually("all are under way") { stage.time.sleeperCount == others + count }
        let code = try await stage.code(["method": "GET", "url": .string(stage.origin + "/json")])
        #expect(code == "RATE_LIMITED")
        stage.time.advance(by: .seconds(1))
        for try await status in group { #expect(status == 200) }
      }
    }
  }

  @Test func `zips of servers do not use up what an offered plugin of the same id shares`() async throws {
    try await withStage { stage async throws in
      try await withThrowingTaskGroup(of: Int64?.self) { group in
        let others = stage.time.sleeperCount
        for index in 0..<16 {
          let place = GuildID(UInt64(100 + index / 4))
          let params: JSONValue = ["method": "GET", "url": .string(stage.origin + "/slow")]
          group.addTask {
            try await stage.call(params, in: place, by: .guild(place))["status"]?.int64
          }
        }
        try await eventually("all are under way") { stage.time.sleeperCount == others + 16 }
        #expect(try await stage.get("/json")["status"] == 200)
        stage.time.advance(by: .seconds(1))
        for try await status in group { #expect(status == 200) }
      }
    }
  }

  @Test(arguments: [
    ("inside.example.org", "private"), ("https://metadata.example.org/x", "link-local"),
    ("mixed.example.org:8443", "loopback"), ("mapped.example.org", "IPv4-mapped"),
  ])
  func `a name that leads inside is refused in words when it is to be added`(host: String, range: String)
    async throws
  {
    try await withStage { stage async throws in
      let error = await #expect(throws: RPCError.self) {
        try await stage.call(["host": .string(host)], method: "http.allow_host", cause: manager)
      }
      #expect(error?.code == .validation)
      #expect(error?.message.contains("not public (\(range))") == true, "\(error?.message ?? "")")
      #expect(try await stage.data.hosts.list(.http, of: "p", in: guild).isEmpty)
      // What is there already can be taken away, wherever it leads by now.
      let gone = try await stage.call(["host": .string(host)], method: "http.revoke_host", cause: manager)
      #expect(gone["ok"] == true)
    }
  }

  @Test func `a name that leads nowhere is taken, and so is one that takes too long to find`() async throws {
    try await withStage { stage async throws in
      let added = try await stage.call(
        ["host": "nowhere.example.org"], method: "http.allow_host", cause: manager)
      #expect(added["host"] == "nowhere.example.org")
      let others = stage.time.sleeperCount
      let asking = Task {
        try await stage.call(["host": "slow.example.org"], method: "http.allow_host", cause: manager)
      }
      // The resolver, and the limit of its time.
      try await eventually("it is waited for") { stage.time.sleeperCount == others + 2 }
      stage.time.advance(by: .seconds(5))
      #expect(try await asking.value["host"] == "slow.example.org")
      stage.time.advance(by: .seconds(3_600))
    }
  }

  @Test func `the system's resolver tells all addresses`() async throws {
    #expect(await HostLookup.system.refusal(of: "localhost", SystemTime()) == "loopback")
    #expect(await HostLookup.system.refusal(of: "93.184.216.34", SystemTime()) == nil)
  }

  @Test(arguments: [
    GuestCause.unprompted, .event("message_create"), .cron("x"), .lifecycle("install"), .socket("s"),
  ])
  func `only who manages the server adds a host`(cause: GuestCause) async throws {
    try await withStage { stage async throws in
      await #expect(throws: RPCError.self) {
        try await stage.call(["host": "example.org"], method: "http.allow_host", cause: cause)
      }
      await #expect(throws: RPCError.self) {
        try await stage.call(
          ["host": "example.org"], method: "http.allow_host",
          cause: .dashboard("x", viewer: UserID(1), role: .viewer))
      }
      let added = try await stage.call(
        ["host": "https://example.org:8443/x"], method: "http.allow_host", cause: manager)
      #expect(added["host"]?.string == "example.org")
      await #expect(throws: RPCError.self) {
        try await stage.call(["host": "10.0.0.1"], method: "http.allow_host", cause: manager)
      }
    }
  }
}
