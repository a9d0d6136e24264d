// An engine that is none: it does what no real one does when asked to.

import EventLoop
import Glibc
import Synchronization
import TestKit

@testable import SandboxEngine

/// Speaks as much of Docker's API as a container needs, on a socket of its own. Containers do nothing until a test ends them.
final class FakeEngine: @unchecked Sendable {
  // `@unchecked`: `buffers` and `streams` are touched on the loop only, and when nobody has the engine any more.

  /// What a test decides, and what it looks at afterwards.
  struct State: Sendable {
    /// Kind of every call and whose it was, in order: `containers.kill 00…01`.
    var calls: [String] = []
    /// By kind of call: how often it fails from now on.
    var failures: [String: Int] = [:]
    var hasImage = false
    /// Ids, in order.
    var containers: [String] = []

    func count(_ kind: String) -> Int { calls.count { $0 == kind || $0.hasPrefix("\(kind) ") } }

    fileprivate mutating func answer(_ kind: String, _ id: String?) -> (status: Int, body: String) {
      calls.append(id.map { "\(kind) \($0)" } ?? kind)
      if let left = failures[kind], left > 0 {
        failures[kind] = left - 1
        return (500, #"{"message":"not now"}"#)
      }
      switch kind {
      case "version": return (200, #"{"ApiVersion":"1.41","Version":"0","Components":[]}"#)
      case "images.json": return hasImage ? (200, "{}") : (404, #"{"message":"no such image"}"#)
      case "images.create":
        hasImage = true
        return (200, "{}")
      case "containers.create":
        guard hasImage else { return (404, #"{"message":"no such image"}"#) }
        let number = "\(containers.count)"
        containers.append(String(repeating: "0", count: 64 - number.count) + number)
        return (201, #"{"Id":"\#(containers[containers.count - 1])"}"#)
      case "containers.attach": return (101, "")
      case "containers.json": return (200, #"{"State":{"Running":false,"ExitCode":0}}"#)
      default: return (200, "{}")
      }
    }
  }

  let folder: TemporaryDirectory
  private let loop: EventLoop
  private let listener: CInt
  private let state = Mutex(State())
  private var buffers: [CInt: [UInt8]] = [:]
  /// By container.
  private var streams: [String: CInt] = [:]

  private init() throws {
    folder = try TemporaryDirectory()
    loop = try EventLoop(name: "fake-engine")
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = folder.file("engine.sock")
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let flags = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    listener = socket(AF_UNIX, flags, 0)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0, listen(listener, 16) == 0 else { throw TestKitError("a socket cannot be listened on") }
  }

  static func start() async throws -> FakeEngine {
    let engine = try FakeEngine()
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      engine.loop.execute {
        do {
          try engine.loop.watch(engine.listener, for: .readable) { [weak engine] _ in engine?.accept() }
          continuation.resume()
        } catch { continuation.resume(throwing: error) }
      }
    }
    return engine
  }

  deinit {
    let (loop, descriptors) = (loop, [listener] + buffers.keys)
    loop.execute {
      for descriptor in descriptors {
        loop.unwatch(descriptor)
        close(descriptor)
      }
    }
  }

  var socketPath: String { folder.file("engine.sock") }

  /// A client, on the engine's own loop.
  func connect() async throws -> EngineClient {
    try await EngineClient.connect(socket: socketPath, folder: folder.path, loop: loop)
  }

  // MARK: For tests

  var current: State { state.withLock { $0 } }

  func change(_ body: @Sendable (inout State) -> Void) { state.withLock { body(&$0) } }

  /// Returns as soon as something holds.
  func until(_ condition: (State) -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while !condition(current) {
      guard ContinuousClock.now < deadline else { throw TestKitError("it did not come to that: \(current)") }
      // What a client does next can only be looked for.
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// A container says this and ends.
  func end(_ id: String, saying text: String) {
    loop.execute {
      guard let stream = self.streams.removeValue(forKey: id) else { return }
      let bytes = Array(text.utf8)
      let length = (0..<4).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }
      self.write([1, 0, 0, 0] + length + bytes, to: stream)
      self.drop(stream)
    }
  }
}

// MARK: Connections

extension FakeEngine {
  private func accept() {
    while case let connection = Glibc.accept(listener, nil, nil), connection >= 0 {
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      buffers[connection] = []
      // Without it nobody is answered, and the test says so.
      try? loop.watch(connection, for: .readable) { [weak self] _ in self?.receive(connection) }
    }
  }

  private func receive(_ connection: CInt) {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(connection, &chunk, chunk.count)
    guard count > 0 else { return drop(connection) }
    buffers[connection, default: []] += chunk[..<count]
    while let request = takeRequest(of: connection) { answer(request, connection) }
  }

  /// The first line of the next request that is there whole.
  private func takeRequest(of connection: CInt) -> String? {
    guard let bytes = buffers[connection], let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
      return nil
    }
    let lines = bytes[..<end.lowerBound].split(separator: UInt8(ascii: "\n")).map {
      String(decoding: $0, as: UTF8.self).lowercased()
    }
    let field = "content-length:"
    let length = lines.first { $0.hasPrefix(field) }.flatMap { line in
      Int(String(line.dropFirst(field.count).filter { $0.isNumber }))
    }
    let next = end.upperBound + (length ?? 0)
    guard bytes.count >= next else { return nil }
    buffers[connection] = Array(bytes[next...])
    return lines.first
  }

  private func answer(_ request: String, _ connection: CInt) {
    let words = request.split(separator: " ").map(String.init)
    guard words.count > 1 else { return drop(connection) }
    var parts = words[1].prefix { $0 != "?" }.split(separator: "/").map(String.init)
    if parts.count > 1, parts[0].hasPrefix("v1.") { parts.removeFirst() }
    let action = words[0] == "delete" ? "remove" : parts.last ?? ""
    let kind = parts.count > 1 ? "\(parts[0]).\(action)" : action
    let id = parts.count > 1 && parts[1] != action ? parts[1] : nil
    let (status, body) = state.withLock { $0.answer(kind, id) }
    guard status == 101 else {
      let head =
        "HTTP/1.1 \(status) Answer\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
      return write(Array("\(head)\r\n\(body)".utf8), to: connection)
    }
    if let id { streams[id] = connection }
    write(
      Array("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n".utf8), to: connection)
  }

  private func write(_ bytes: [UInt8], to connection: CInt) {
    // Some hundred bytes: the kernel has room for them.
    _ = send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
  }

  private func drop(_ connection: CInt) {
    guard buffers.removeValue(forKey: connection) != nil else { return }
    loop.unwatch(connection)
    close(connection)
  }
}
