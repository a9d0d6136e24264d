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
import Testing
import Vault

private let guild = GuildID(77)

/// What a test plays on.
private struct Stage: Sendable {
  let proxy: ProxyMethods
  let data: GuestData
  let storage: Storage
  let time: ManualTime
  let origin: String

  func call(
    _ params: JSONValue, method: String = "proxy.request", domains: [String] = ["127.0.0.1"],
    _ capabilities: Set<GuestCapability> = [.http], cause: GuestCause = .unprompted
  ) async throws -> JSONValue {
    let release = GuestRelease(manifest: GuestManifest(id: "p", name: "p", version: "1"), digest: "d")
    return try await proxy.answer(
      GuestCall(
        installation: GuestInstallation(
          guild: guild, release: release, grants: GuestGrants(capabilities: capabilities, domains: domains),
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
      var router = Router()
      router.get("/json", name: "json") { request in
        HTTPResponse(
          text:
            #"{"authorization":"\#(request["Authorization"] ?? "")","cookie":"\#(request["Cookie"] ?? "")"}"#)
      }
      router.get("/large", name: "large") { _ in HTTPResponse(text: String(repeating: "x", count: 3 << 20)) }
      router.get("/away", name: "away") { _ in HTTPResponse.redirect(to: "http://169.254.169.254/latest") }
      router.get("/round", name: "round") { _ in HTTPResponse.redirect(to: "/round") }
      let server = try HTTPServer(.tcp(host: "127.0.0.1", port: 0), router: router, loop: loop)
      guard case .tcp(_, let port) = try server.start() else { return }
      let data = GuestData(storage: storage, time: installation.time)
      let proxy = try ProxyMethods(
        loop: loop, secrets: data.secrets, hosts: data.hosts, time: installation.time,
        exceptions: ["127.0.0.1"])
      let outcome: Result<Void, any Error>
      do {
        let origin = "http://127.0.0.1:\(port)"
        try await body(
          Stage(proxy: proxy, data: data, storage: storage, time: installation.time, origin: origin))
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
      let manager = GuestCause.dashboard("x", viewer: UserID(1), role: .manager)
      let added = try await stage.call(
        ["host": "https://example.org:8443/x"], method: "http.allow_host", cause: manager)
      #expect(added["host"]?.string == "example.org")
      await #expect(throws: RPCError.self) {
        try await stage.call(["host": "10.0.0.1"], method: "http.allow_host", cause: manager)
      }
    }
  }
}
