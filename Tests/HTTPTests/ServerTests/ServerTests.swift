// Furniture of these tests: a server for the length of a test, a raw client, and foreign programs.

import CSystem
import EventLoop
import Glibc
import HTTPServer
import HTTPTypes
import Synchronization
import TestKit
import Testing

/// Everything that talks to a server runs one test at a time: two cores, and limits in milliseconds.
@Suite(.serialized, .timeLimit(.minutes(1)))
enum ServerTests {}

/// Runs `body` against a server on a port of the kernel's choice, and shuts it down.
func withServer(
  limits: HTTPLimits = HTTPLimits(), proxies: ProxyTrust = .none, grace: Duration = .seconds(2),
  routes: (inout Router) -> Void, _ body: (UInt16, HTTPServer) async throws -> Void
) async throws {
  let loop = try EventLoop(name: "test-http")
  defer { loop.shutdown() }
  var router = Router()
  routes(&router)
  let server = try HTTPServer(
    .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, limits: limits, proxies: proxies)
  guard case .tcp(_, let port) = try server.start() else { throw TestKitError("not a TCP address") }
  do {
    try await body(port, server)
  } catch {
    await server.shutdown(grace: .zero)
    throw error
  }
  await server.shutdown(grace: grace)
}

/// Runs something that blocks on a thread of its own.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    let job = Unmanaged.passRetained(ThreadJob { continuation.resume(with: Result(catching: body)) })
    var thread = pthread_t()
    pthread_create(&thread, nil, runThreadJob, job.toOpaque())
    pthread_detach(thread)
  }
}

private final class ThreadJob {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

private func runThreadJob(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<ThreadJob>.fromOpaque(context).takeRetainedValue().body() }
  return nil
}

/// A blocking socket, for bytes exactly as a test wants them.
final class RawClient: Sendable {
  let descriptor: CInt

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw TestKitError("connect failed (errno \(csystem_errno()))") }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw TestKitError("send failed (errno \(csystem_errno()))") }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads until `isEnough`, the end of the stream, or ten seconds of silence.
  func read(until isEnough: ((String) -> Bool)? = nil) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { break }
      bytes += buffer[..<count]
      if let isEnough, isEnough(String(decoding: bytes, as: UTF8.self)) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Closes with a reset instead of an orderly end.
  func reset() {
    var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  deinit { close(descriptor) }
}

/// Sends bytes and reads until the server closes (or `isEnough`).
func raw(_ port: UInt16, _ text: String, until isEnough: (@Sendable (String) -> Bool)? = nil)
  async throws -> String
{
  try await blocking {
    let client = try RawClient(port: port)
    try client.send(text)
    return client.read(until: isEnough)
  }
}

/// Runs a program and returns what it printed.
func run(_ program: String, _ arguments: [String], timeout: Int = 40) async throws -> (
  status: CInt, output: String
) {
  try await blocking {
    var pipes: [CInt] = [0, 0]
    guard pipe(&pipes) == 0 else { throw TestKitError("pipe failed") }
    defer { close(pipes[0]) }
    _ = fcntl(pipes[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(pipes[1], F_SETFD, FD_CLOEXEC)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 2)
    let words = ["timeout", "\(timeout)", program] + arguments
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var process = pid_t()
    let code = posix_spawnp(&process, "timeout", &actions, nil, &argv, environ)
    close(pipes[1])
    guard code == 0 else { throw TestKitError("\(program) did not start") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(pipes[0], &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    var status: CInt = 0
    waitpid(process, &status, 0)
    return (status >> 8 & 255, String(decoding: bytes, as: UTF8.self))
  }
}

/// Waits, with a deadline, for something that another thread or process brings about.
func eventually(within limit: Duration = .seconds(8), _ condition: () -> Bool) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while !condition() {
    guard ContinuousClock.now < deadline else { return false }
    try await Task.sleep(for: .milliseconds(5))
  }
  return true
}

/// How many descriptors this process has open, by what they are.
func openDescriptors() -> [String: Int] {
  var counts: [String: Int] = [:]
  for descriptor in 0..<4_096 {
    var name = [UInt8](repeating: 0, count: 256)
    let count = name.withUnsafeMutableBytes { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { readlink("/proc/self/fd/\(descriptor)", $0, text.count) } ?? 0
      }
    }
    guard count > 0 else { continue }
    let text = String(decoding: name[..<count], as: UTF8.self)
    // Dispatch makes its timers when it first needs them.
    if text.contains("timerfd") { continue }
    counts[text.hasPrefix("anon") ? text : String(text.prefix { $0 != ":" }), default: 0] += 1
  }
  return counts
}

/// Waits until no more descriptors are open than before.
func noLeak(since before: [String: Int]) async throws -> [String: Int] {
  var more: [String: Int] = [:]
  _ = try await eventually {
    more = openDescriptors().filter { $0.value > before[$0.key, default: 0] }
    return more.isEmpty
  }
  return more
}

/// A flag that tests and handlers share.
final class Flag: Sendable {
  private let value = Atomic<Int>(0)
  func raise() { value.wrappingAdd(1, ordering: .sequentiallyConsistent) }
  var count: Int { value.load(ordering: .sequentiallyConsistent) }
  var isRaised: Bool { count > 0 }
}

extension String {
  /// The status code of a raw answer.
  var status: Int { Int(split(separator: " ").dropFirst().first ?? "") ?? 0 }
}
