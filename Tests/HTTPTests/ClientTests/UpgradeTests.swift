// Connections handed over for an upgrade, plain and TLS.

import EventLoop
import HTTPClient
import HTTPTypes
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct UpgradeTests {
  static let kinds = [false, true]

  private func connect(_ isSecure: Bool) async throws -> StreamDriver {
    let server = try await TestServer.shared
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    let url = isSecure ? server.secureURL("/", on: "upgrades") : server.url("/", on: "upgrade")
    let stream = try await test.client.connectUpgrade(to: url.replacing("http", with: "ws"))
    return StreamDriver(stream, of: test)
  }

  @Test(arguments: kinds)
  func `what is written is answered`(isSecure: Bool) async throws {
    let driver = try await connect(isSecure)
    #expect(driver.stream.peer.hasPrefix("127.0.0.1:"))
    driver.send(Array("hello\n".utf8))
    try await eventually("the answer") { driver.text == "HELLO\n" }
    driver.send(Array("again\n".utf8))
    try await eventually("the answer") { driver.text == "HELLO\nAGAIN\n" }
    driver.close()
  }

  @Test(arguments: kinds)
  func `much arrives whole`(isSecure: Bool) async throws {
    let driver = try await connect(isSecure)
    driver.send(Array("flood 20000000\n".utf8))
    try await eventually("all of it") { driver.count == 20_000_000 }
    driver.close()
  }

  @Test(arguments: kinds)
  func `a full connection takes the rest later, from another place in memory`(isSecure: Bool) async throws {
    let driver = try await connect(isSecure)
    let block = (0..<250).map { UInt8($0) }
    var content: [UInt8] = []
    for _ in 0..<32_000 { content += block }
    let folder = try TemporaryDirectory()
    try writeFile(content, to: folder.file("content"))
    driver.send(Array("ignore \(content.count)\n".utf8))
    driver.send(content)
    let sum = try await sha256(folder.file("content"))
    try await eventually("the sum") { driver.text.contains("\n") }
    #expect(driver.text == sum + "\n")
    #expect(driver.blockedWrites > 0)
    driver.close()
  }

  @Test(arguments: kinds)
  func `the peer's end is seen`(isSecure: Bool) async throws {
    let driver = try await connect(isSecure)
    driver.send(Array("close\n".utf8))
    try await eventually("the end") { driver.hasEnded }
    driver.close()
  }

  @Test(arguments: kinds)
  func `bytes that nobody reads keep for later, also when other connections come and go`(isSecure: Bool)
    async throws
  {
    let server = try await TestServer.shared
    let test = try TestClient { $0.certificateAuthorities = server.certificate }
    let url = isSecure ? server.secureURL("/", on: "upgrades") : server.url("/", on: "upgrade")
    let driver = StreamDriver(try await test.client.connectUpgrade(to: url))
    driver.pause()
    driver.send(Array("flood 1000\n".utf8))
    // libcurl looks for dead connections when it makes a new one, at most once a second.
    for _ in 0..<3 {
      try await Task.sleep(for: .milliseconds(600))
      let other = StreamDriver(try await test.client.connectUpgrade(to: url))
      other.send(Array("x\n".utf8))
      try await eventually("the answer") { other.text == "X\n" }
      other.close()
    }
    driver.resume()
    try await eventually("all of it") { driver.count == 1_000 }
    driver.close()
  }

  @Test func `a stream outlives its client`() async throws {
    let server = try await TestServer.shared
    let loop = try EventLoop(name: "upgrade-test")
    var client: HTTPClient? = try HTTPClient(loop: loop)
    let driver = StreamDriver(try await #require(client).connectUpgrade(to: server.url("/", on: "upgrade")))
    client = nil
    driver.send(Array("hello\n".utf8))
    try await eventually("the answer") { driver.text == "HELLO\n" }
    driver.close()
    loop.execute { loop.shutdown() }
  }

  @Test func `a stream that is forgotten closes its connection`() async throws {
    let test = try TestClient()
    let listener = try LoopbackListener()
    for _ in 0..<10 {
      _ = try await test.client.connectUpgrade(to: "ws://127.0.0.1:\(listener.port)/")
    }
    #expect(listener.accepted() == 10)
    try await eventually("they are closed") { listener.ended == 10 }
  }

  @Test func `connecting has a limit and can be cancelled`() async throws {
    let server = try await TestServer.shared
    let test = try TestClient()
    let url = server.secureURL("/", on: "mute")
    let (late, time) = await timed {
      await failure { try await test.client.connectUpgrade(to: url, connectTimeout: .milliseconds(150)) }
    }
    #expect(late?.code == .connectTimeout)
    #expect(time < .seconds(15))
    let call = Task { await failure { try await test.client.connectUpgrade(to: url) } }
    call.cancel()
    #expect(await call.value?.code == .cancelled)
    let refused = await failure {
      try await test.client.connectUpgrade(to: "ws://127.0.0.1:\(try refusingPort())/")
    }
    #expect(refused?.code == .connect)
  }
}

/// Reads all that comes and writes all it is given, as a WebSocket would.
final class StreamDriver: Sendable {
  private struct State {
    var received: [UInt8] = []
    var outgoing: ArraySlice<UInt8> = []
    var blockedWrites = 0
    /// Keeps the memory of a blocked write in use, so that its retry must come from elsewhere.
    var blocked: [UInt8] = []
    var hasEnded = false
    var isPaused = false
  }

  let stream: any UpgradedStream
  /// Its loop must run as long as the stream does.
  private let owner: TestClient?
  private let state = Mutex(State())

  init(_ stream: any UpgradedStream, of owner: TestClient? = nil) {
    self.stream = stream
    self.owner = owner
    stream.loop.execute { self.arm() }
  }

  var text: String { state.withLock { String(decoding: $0.received, as: UTF8.self) } }
  var count: Int { state.withLock { $0.received.count } }
  var blockedWrites: Int { state.withLock { $0.blockedWrites } }
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  func send(_ bytes: [UInt8]) {
    stream.loop.execute {
      self.state.withLock { $0.outgoing += bytes }
      self.flush()
    }
  }

  func pause() { state.withLock { $0.isPaused = true } }

  func resume() {
    state.withLock { $0.isPaused = false }
    stream.loop.execute { self.drain() }
  }

  func close() { stream.loop.execute { self.stream.close() } }

  private func arm() {
    let wantsWrite = state.withLock { !$0.outgoing.isEmpty }
    do {
      try stream.setReadiness(wantsWrite: wantsWrite) { [weak self] _ in
        self?.drain()
        self?.flush()
      }
    } catch {
      state.withLock { $0.hasEnded = true }
    }
  }

  private func drain() {
    guard state.withLock({ !$0.isPaused && !$0.hasEnded }) else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      switch buffer.withUnsafeMutableBytes({ bytes in Result { try stream.read(into: bytes) } }) {
      case .success(.bytes(let count)): state.withLock { $0.received += buffer[..<count] }
      case .success(.wouldBlock): return
      case .success(.endOfStream), .failure:
        state.withLock { $0.hasEnded = true }
        return stream.close()
      }
    }
  }

  private func flush() {
    guard state.withLock({ !$0.hasEnded }) else { return }
    while true {
      let part = state.withLock { Array($0.outgoing.prefix(200_000)) }
      guard !part.isEmpty else { return arm() }
      switch part.withUnsafeBytes({ bytes in Result { try stream.write(bytes) } }) {
      case .success(.bytes(let count)): state.withLock { $0.outgoing = $0.outgoing.dropFirst(count) }
      case .success(.wouldBlock):
        state.withLock {
          $0.blockedWrites += 1
          $0.blocked = part
        }
        return arm()
      case .success(.endOfStream), .failure:
        state.withLock { $0.hasEnded = true }
        return stream.close()
      }
    }
  }
}
