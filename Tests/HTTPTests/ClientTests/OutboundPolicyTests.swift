// Proof that no form of a private address gets a connection.

import CSystem
import EventLoop
@testable import HTTPClient
import HTTPTypes
import TestKit
import Testing

@Suite struct PublicAddressTests {
  static let refused = [
    // IPv4, IANA's special-purpose registry: first and last address of each range.
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0",
    "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0",
    "172.31.255.255", "192.0.0.0", "192.0.0.8", "192.0.0.170", "192.0.0.255", "192.0.2.0", "192.0.2.255",
    "192.31.196.1", "192.52.193.1", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255",
    "192.175.48.1", "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0",
    "203.0.113.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255",
    // IPv6.
    "::", "::1", "::2", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::1", "2001::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1",
    "2001:1ff:ffff::", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2002::", "2002:7f00:1::",
    "2002:808:808::1", "2620:4f:8000::1", "3ffe::1", "3fff::", "3fff:fff:ffff::1", "4000::1", "5f00::1",
    "8000::1",
    "fc00::", "fd00::1", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff00::", "ff02::1",
    "ffff::",
    "2a00:1450:4001:800:0:5efe:7f00:1", "2a00:1450:4001:800:200:5efe:a00:1",
  ]

  static let allowed = [
    "1.0.0.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
    "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
    "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
    "2001:200::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1", "2003::1", "2606:4700:4700::1111",
    "2620:4f:8001::1", "2a00:1450:4001:800::200e", "3ffd::1", "3fff:1000::1",
  ]

  @Test(arguments: refused)
  func `what a registry names is refused`(address: String) throws {
    #expect(!PublicAddress.classify(try bytes(address)).isAllowed)
  }

  @Test(arguments: allowed)
  func `its neighbours are not`(address: String) throws {
    #expect(PublicAddress.classify(try bytes(address)).isAllowed)
  }

  @Test func `what has neither 4 nor 16 bytes is refused`() {
    for count in [0, 3, 5, 15, 17] {
      #expect(!PublicAddress.classify([UInt8](repeating: 8, count: count)).isAllowed)
    }
  }

  private func bytes(_ address: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, address, &bytes) == 1 { return Array(bytes.prefix(4)) }
    try #require(inet_pton(AF_INET6, address, &bytes) == 1)
    return bytes
  }
}

@Suite(.serialized, .timeLimit(.minutes(1)))
struct OutboundPolicyTests {
  /// Hosts that reach 127.0.0.1 or ::1 in some program or other, or hide where they lead.
  static let nastyHosts = [
    // Plain and in other spellings of IPv4.
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "0", "00", "0x0", "0.0",
    "2130706433", "02130706433", "017700000001", "0x7f000001", "0x7F.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1",
    "0177.1", "127.0.0.01", "127.000.000.001", "127.0.0.1.", "127.0.0.1..", "4294967297", "127.0.0.1.1",
    "127.0.0.257", "0x", "1e0", "127.0.0.0x1", "256.256.256.256", "10.0.0.1", "172.16.0.1", "192.168.0.1",
    "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
    // IPv6 in all its dresses.
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[100::1]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]", "[::1%lo]",
    "[fc00::1]",
    "[fec0::1]", "[ff02::1]", "[v1.1]", "[127.0.0.1]", "[::1", "::1", "[::1]x", "[]",
    // Names.
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "foo.localhost", "ip6-localhost",
    "metadata",
    "metadata.google.internal", "printer.local", "router.home.arpa", "x.onion", "x.test", "x.invalid",
    // Letters that become digits and dots, escapes, and what parsers quarrel about.
    "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "127\u{2024}0\u{2024}0\u{2024}1", "ⓛocalhost", "loc\u{AD}alhost",
    "local%68ost", "%31%32%37.0.0.1",
    "127.0.0.1%00.example.com", "127.0.0.1\u{0}.example.com", "example.com@127.0.0.1",
    "example.com:80@127.0.0.1",
    "127.0.0.1\\@example.com", "example.com\\@127.0.0.1", "127.0.0.1#@example.com", "127.0.0.1?@example.com",
    "a..b", ".localhost", "local host", "localhost\t", "localhost\r\n", "", "-", "*",
  ]

  /// A client that may reach public addresses only.
  private func guarded(
    exceptions: Set<String> = [], ports: Set<UInt16>? = nil, pins: [String] = []
  ) throws -> TestClient {
    try TestClient {
      $0.outbound = .publicOnly(ports: ports, exceptions: exceptions)
      $0.pinnedAddresses = pins
    }
  }

  @Test func `no nasty host is connected to`() async throws {
    let listener = try LoopbackListener()
    let test = try guarded()
    for host in Self.nastyHosts {
      let error = await failure { try await test.client.send(.init("http://\(host):\(listener.port)/")) }
      #expect(
        [.refusedAddress, .invalidRequest].contains(error?.code), "\(host): \(String(describing: error))")
      let upgrade = await failure {
        try await test.client.connectUpgrade(to: "ws://\(host):\(listener.port)/")
      }
      #expect(
        [.refusedAddress, .invalidRequest].contains(upgrade?.code), "\(host): \(String(describing: upgrade))")
    }
    #expect(listener.accepted() == 0)
  }

  @Test func `the socket guard alone holds, whatever libcurl makes of the URL`() async throws {
    let listener = try LoopbackListener()
    let test = try guarded()
    // Only what needs no DNS; 02130706433 is octal to libcurl, and a public address.
    for host in Self.nastyHosts
    where host.first.map({ $0.isNumber || $0 == "[" || $0.lowercased() == "l" }) == true
      && host != "02130706433"
    {
      var plan = TransferPlan.unchecked("http://\(host):\(listener.port)/")
      plan.connectTimeout = .milliseconds(300)
      let transfer = Transfer(plan, download: nil)
      let result = await withCheckedContinuation { test.client.submit(transfer, $0) }
      guard case .failure(let error) = result else {
        Issue.record("\(host) was reached")
        continue
      }
      #expect(
        [.refusedAddress, .invalidRequest, .resolve, .connectTimeout].contains(error.code),
        "\(host): \(String(reflecting: error))")
    }
    #expect(listener.accepted() == 0)
  }

  @Test func `the same hosts do reach the listener without a policy`() async throws {
    let listener = try LoopbackListener()
    let test = try TestClient()
    for host in [
      "127.0.0.1", "127.1", "0", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "localhost",
    ] {
      var plan = TransferPlan.unchecked("http://\(host):\(listener.port)/")
      plan.requiresPublicAddress = false
      plan.remaining = .milliseconds(300)
      let transfer = Transfer(plan, download: nil)
      _ = await withCheckedContinuation { test.client.submit(transfer, $0) }
      #expect(listener.accepted() > 0, "\(host)")
    }
  }

  @Test(arguments: ["127.0.0.1", "169.254.169.254", "10.1.2.3", "::1", "fd00::1", "::ffff:127.0.0.1"])
  func `a public name that resolves to a private address is refused`(address: String) async throws {
    let listener = try LoopbackListener()
    let test = try guarded(pins: ["rebound.example.com:\(listener.port):\(address)"])
    for scheme in ["http", "https"] {
      let error = await failure {
        try await test.client.send(.init("\(scheme)://rebound.example.com:\(listener.port)/"))
      }
      #expect(error?.code == .refusedAddress)
    }
    let upgrade = await failure {
      try await test.client.connectUpgrade(to: "wss://rebound.example.com:\(listener.port)/")
    }
    #expect(upgrade?.code == .refusedAddress)
    #expect(listener.accepted() == 0)
  }

  @Test func `of several addresses only the public ones are tried`() async throws {
    let listener = try LoopbackListener()
    // 203.0.113.1 would be refused, too; 127.0.0.1 is what an attacker adds to a harmless answer.
    let test = try guarded(pins: ["mixed.example.com:\(listener.port):127.0.0.1,203.0.113.1,[::1]"])
    let error = await failure {
      try await test.client.send(.init("http://mixed.example.com:\(listener.port)/"))
    }
    #expect(error?.code == .refusedAddress)
    #expect(listener.accepted() == 0)
  }

  @Test func `a redirect to a private address is refused`() async throws {
    let server = try await TestServer.shared
    let listener = try LoopbackListener()
    let test = try guarded(
      exceptions: ["127.0.0.1:\(server.port("http"))"],
      pins: ["rebound.example.com:\(listener.port):127.0.0.1"])
    let destinations = [
      "http://127.0.0.1:\(listener.port)/", "http://[::1]:\(listener.port)/", "//localhost:\(listener.port)/",
      "http://rebound.example.com:\(listener.port)/", "http://169.254.169.254/latest/meta-data",
    ]
    for destination in destinations {
      var request = HTTPClient.Request(server.url("/redirect-to?url=\(destination)"))
      request.redirects = .follow(maximum: 3)
      let error = await failure { try await test.client.send(request) }
      #expect(error?.code == .refusedAddress, "\(destination)")
    }
    #expect(listener.accepted() == 0)
  }

  @Test func `an exception names one host, with or without its port`() async throws {
    let server = try await TestServer.shared
    let port = server.port("http")
    for exception in ["127.0.0.1", "127.0.0.1:\(port)"] {
      let test = try guarded(exceptions: [exception])
      #expect(try await test.client.send(.init(server.url("/hello"))).text == "hello")
      // A connection is open now; another spelling of the host must not ride on it.
      for host in ["localhost", "127.0.0.2", "[::1]"] {
        let error = await failure { try await test.client.send(.init("http://\(host):\(port)/hello")) }
        #expect(error?.code == .refusedAddress)
      }
    }
    let other = try guarded(exceptions: ["127.0.0.1:1"])
    #expect(
      await failure { try await other.client.send(.init(server.url("/hello"))) }?.code == .refusedAddress)
  }

  @Test func `ports can be limited`() async throws {
    let test = try guarded(ports: [80, 443])
    let error = await failure { try await test.client.send(.init("http://example.com:22/")) }
    #expect(error?.code == .refusedAddress)
  }

  @Test func `a guarded client uses neither Unix sockets nor proxies`() async throws {
    let server = try await TestServer.shared
    let test = try guarded()
    var request = HTTPClient.Request("http://example.com/")
    request.unixSocket = server.unixSocket
    let final = request
    #expect(await failure { try await test.client.send(final) }?.code == .refusedAddress)
    let upgrade = await failure {
      try await test.client.connectUpgrade(to: "ws://example.com/", unixSocket: server.unixSocket)
    }
    #expect(upgrade?.code == .refusedAddress)
    let proxied = await failure {
      try TestClient {
        $0.outbound = .publicOnly()
        $0.proxy = "http://127.0.0.1:1"
      }
    }
    #expect(proxied?.code == .invalidRequest)
  }
}

extension TransferPlan {
  /// A plan whose URL nobody has looked at.
  static func unchecked(_ url: String) -> TransferPlan {
    TransferPlan(
      url: url, host: "unchecked", isSecure: false, method: .get, fieldLines: [], content: .none,
      mayRepeat: false,
      requiresPublicAddress: true, connectTimeout: .seconds(1), firstByteTimeout: nil, remaining: .seconds(5),
      lowSpeed: nil, responseLimit: 1_000, headerLimit: 1_000, version: .http1, unixSocket: nil,
      decompresses: false)
  }
}
