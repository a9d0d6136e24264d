// The HTTP client's rows: against URLSession on the same nginx, HTTP/2 against HTTP/1.1, and what idle TLS costs.

import BenchmarkHarness
import CSystem
import EventLoop
import Foundation
import FoundationNetworking
import HTTPClient
import HTTPTypes
import TestKit

let httpClientBenchmarks: [Benchmark] = [
  Benchmark("http-client") {
    let nginx = try await ClientBenchmarkServer()
    let loop = try EventLoop(name: "bench-client")
    defer { loop.execute { loop.shutdown() } }
    var configuration = HTTPClient.Configuration()
    configuration.certificateAuthorities = nginx.certificate
    let client = try HTTPClient(loop: loop, configuration: configuration)
    defer { client.shutdown() }

    let (ours, session) = try await paired {
      try await callsPerSecond(total: 40_000) { try await client.expectKibibyte(nginx.url, .http1) }
    } _: {
      let session = URLSession(configuration: .eightyConnections)
      defer { session.invalidateAndCancel() }
      guard let url = URL(string: nginx.url) else { throw TestKitError("no URL") }
      return try await callsPerSecond(total: 6_000) {
        let (data, _) = try await session.data(from: url)
        guard data.count == 1_024 else { throw TestKitError("a wrong response") }
      }
    }
    let (http2, http1) = try await paired {
      try await callsPerSecond(total: 40_000) { try await client.expectKibibyte(nginx.secureURL, .http2) }
    } _: {
      try await callsPerSecond(total: 40_000) { try await client.expectKibibyte(nginx.secureURL, .http1) }
    }
    return [
      BenchmarkRow(
        name: "HTTP client, 64 concurrent calls", unit: "calls/s", ours: ours, peer: "URLSession",
        peerValue: session, goal: .atLeast(8)),
      BenchmarkRow(
        name: "HTTP client, 64 concurrent calls, HTTP/2 on one TLS connection", unit: "calls/s", ours: http2,
        peer: "ours, HTTP/1.1 on 64 TLS connections", peerValue: http1, goal: .atLeast(1)),
    ]
  },
  Benchmark("idle-tls") {
    let nginx = try await ClientBenchmarkServer()
    let loop = try EventLoop(name: "bench-idle")
    defer { loop.execute { loop.shutdown() } }
    var configuration = HTTPClient.Configuration()
    configuration.certificateAuthorities = nginx.certificate
    let client = try HTTPClient(loop: loop, configuration: configuration)
    // One connection first, so that libraries and trust store are not counted as sockets.
    var streams = [try await client.connectUpgrade(to: nginx.secureURL)]
    let before = csystem_resident_bytes()
    for _ in 0..<500 { streams.append(try await client.connectUpgrade(to: nginx.secureURL)) }
    let mebibytes = Double(csystem_resident_bytes() - before) / 1_048_576
    let all = streams
    loop.execute { for stream in all { stream.close() } }
    return [
      BenchmarkRow(
        name: "500 idle TLS sockets", unit: "MiB", ours: mebibytes, peer: "the bound", peerValue: 50,
        goal: .atMost(1))
    ]
  },
]

/// 64 tasks that share `total` calls.
private func callsPerSecond(total: Int, _ call: @escaping @Sendable () async throws -> Void) async throws
  -> Double
{
  let time = try await seconds {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<64 {
        group.addTask { for _ in 0..<total / 64 { try await call() } }
      }
      try await group.waitForAll()
    }
  }
  return Double(total / 64 * 64) / time
}

extension HTTPClient {
  fileprivate func expectKibibyte(_ url: String, _ version: VersionPreference) async throws {
    var request = Request(url)
    request.version = version
    let response = try await send(request)
    guard response.body.count == 1_024 else { throw TestKitError("a wrong response") }
  }
}

extension URLSessionConfiguration {
  /// Room for 64 calls at once, which the default of six connections to a host has not.
  fileprivate static var eightyConnections: URLSessionConfiguration {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpMaximumConnectionsPerHost = 80
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.urlCache = nil
    return configuration
  }
}

/// nginx on loopback with one file of 1 KiB, plain and over TLS with HTTP/2.
private final class ClientBenchmarkServer: Sendable {
  let url: String
  let secureURL: String
  let certificate: String
  private let folder: TemporaryDirectory
  private let process: ChildProcess

  init() async throws {
    folder = try TemporaryDirectory()
    certificate = folder.file("cert.pem")
    let openssl = try await ChildProcess.start(
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", folder.file("key.pem"), "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost",
      ], mergesErrors: true)
    guard await openssl.wait() == 0 else { throw TestKitError("openssl made no certificate") }
    let (plain, secure) = (try Self.freePort(), try Self.freePort())
    url = "http://127.0.0.1:\(plain)/file"
    secureURL = "https://localhost:\(secure)/file"
    try Self.write([UInt8](repeating: 120, count: 1_024), to: folder.file("file"))
    let settings = """
      daemon off; worker_processes 1; pid \(folder.path)/pid; error_log stderr crit; user root;
      events { worker_connections 2048; }
      http {
        access_log off; keepalive_requests 1000000000; client_header_timeout 3600; tcp_nodelay on;
        client_body_temp_path \(folder.path); proxy_temp_path \(folder.path); fastcgi_temp_path \(folder.path);
        uwsgi_temp_path \(folder.path); scgi_temp_path \(folder.path);
        server {
          listen 127.0.0.1:\(plain); listen 127.0.0.1:\(secure) ssl http2; root \(folder.path);
          ssl_certificate \(certificate); ssl_certificate_key \(folder.path)/key.pem;
        }
      }
      """
    try Self.write(Array(settings.utf8), to: folder.file("nginx.conf"))
    process = try await ChildProcess.start(["nginx", "-p", folder.path, "-c", folder.file("nginx.conf")])
    let loop = try EventLoop(name: "bench-wait")
    defer { loop.execute { loop.shutdown() } }
    let client = try HTTPClient(loop: loop)
    try await eventually("nginx answers") {
      do { return try await client.send(.init(url)).status == .ok } catch { return false }
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "we") else { throw TestKitError("cannot write \(path)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw TestKitError("cannot write \(path)")
    }
  }

  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else { throw TestKitError("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
