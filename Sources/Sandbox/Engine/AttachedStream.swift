// A container's input and output over one upgraded connection, with bounds on both ways.

import EventLoop
import HTTPClient
import HTTPTypes

/// A process's input and output on a connection: to the engine, which frames what the process writes, or to the process
/// itself. Reads while its queue has room, writes in order, and says when it is over.
///
/// When nobody takes what waits in the queue the socket is read no more, then nor is the pipe, and the process blocks in its
/// next write.
final class AttachedStream: @unchecked Sendable {
  // `@unchecked`: everything but the constants is touched on the loop's thread only, after `init`.

  private enum Phase {
    case handshake([UInt8])
    case open
    case ended((any Error)?)
  }

  private struct PendingWrite {
    var bytes: ArraySlice<UInt8>
    let continuation: CheckedContinuation<Void, any Error>
    var timer: LoopTimer?
  }

  private let loop: EventLoop
  private let stream: any UpgradedStream
  private var phase = Phase.handshake([])
  private var opening: CheckedContinuation<Void, any Error>?
  private var openingTimer: LoopTimer?

  private let queue: OutputQueue
  /// nil where everything is the process's standard output.
  private var splitter: FrameSplitter?
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  private var head: ArraySlice<UInt8>
  private var writes = FirstInFirstOut<PendingWrite>()
  private var waitingBytes = 0
  private var writeFailure: EngineError?
  private var closesInput = false
  private var interest: Readiness?

  /// Bytes of input that wait for the process.
  private static let writeBound = 32 << 20

  private init(_ stream: any UpgradedStream, request: String, into queue: OutputQueue) {
    (self.stream, loop, self.queue) = (stream, stream.loop, queue)
    head = ArraySlice(request.utf8)
    splitter = FrameSplitter()
  }

  /// Takes a connection to the process itself. On the loop of connection and queue.
  init(connection: any UpgradedStream, into queue: OutputQueue) {
    (stream, loop, self.queue) = (connection, connection.loop, queue)
    head = []
    phase = .open
    queue.join { [weak self] in self?.advance() }
    advance()
  }

  /// Attaches to a container that was made, or runs. The queue is one of the client's loop.
  ///
  /// - Throws: `EngineError`.
  static func open(
    _ client: EngineClient, container id: String, takesInput: Bool, into queue: OutputQueue
  ) async throws -> AttachedStream {
    let stream: any UpgradedStream
    do {
      stream = try await client.http.connectUpgrade(
        to: "http://engine/", connectTimeout: .seconds(5), unixSocket: client.socket)
    } catch { throw EngineError(.unreachable, reason: error.code.description) }
    let query = [
      ("stream", "1"), ("stdin", takesInput ? "1" : "0"), ("stdout", "1"), ("stderr", "1"),
    ]
    let request =
      "POST \(client.resource("/containers/\(id)/attach", query)) HTTP/1.1\r\nHost: engine\r\n"
      + "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
    let attached = AttachedStream(stream, request: request, into: queue)
    try await withCheckedThrowingContinuation { continuation in
      attached.loop.execute { attached.begin(continuation) }
    }
    return attached
  }

  // MARK: For callers

  /// Writes after everything before it; returns when the bytes are with the kernel.
  ///
  /// - Throws: `EngineError` with `.stalled`, `.overloaded`, `.lost`.
  func write(_ bytes: [UInt8], limit: Duration) async throws {
    try await withCheckedThrowingContinuation { continuation in
      self.loop.execute { self.enqueue(bytes, limit, continuation) }
    }
  }

  /// Ends the input once what waits is written.
  func endInput() {
    loop.execute {
      self.closesInput = true
      self.advance()
    }
  }

  /// Gives the connection up; what was read already can still be taken.
  func close() {
    loop.execute { self.end(nil) }
  }
}

// MARK: Opening

extension AttachedStream {
  private func begin(_ continuation: CheckedContinuation<Void, any Error>) {
    opening = continuation
    queue.join { [weak self] in self?.advance() }
    openingTimer = loop.schedule(after: .seconds(30)) {
      self.end(EngineError(.unreachable, reason: "attaching took too long"))
    }
    advance()
  }

  /// Looks for the end of the answer's head in what came so far.
  private func open(with input: [UInt8]) throws {
    guard let end = input.firstRange(of: Array("\r\n\r\n".utf8)) else {
      guard input.count < 16 << 10 else {
        throw EngineError(.protocolViolation, reason: "an answer without an end")
      }
      phase = .handshake(input)
      return
    }
    let words = input.prefix { $0 != UInt8(ascii: "\r") }.split(separator: UInt8(ascii: " "))
    let status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
    // Docker answers 200 to those who do not ask for an upgrade, and old versions to everybody.
    guard status == 101 || status == 200 else {
      throw EngineClient.failure(status, Array(input[end.upperBound...]))
    }
    phase = .open
    if let openingTimer { loop.cancel(openingTimer) }
    opening?.resume()
    opening = nil
    try accept(input[end.upperBound...])
  }

  private func accept(_ bytes: ArraySlice<UInt8>) throws {
    try queue.add { pieces in
      try splitter?.split(bytes, into: &pieces) ?? FrameSplitter.append(bytes, isError: false, to: &pieces)
    }
  }
}

// MARK: The turn

extension AttachedStream {
  /// Does what can be done without waiting, and says what to wait for.
  private func advance(readsAll: Bool = false) {
    if case .ended = phase { return }
    do {
      try flush()
      try fill(readsAll)
    } catch {
      return end(error is EngineError ? error : EngineError(.lost))
    }
    watch()
  }

  private func watch() {
    if case .ended = phase { return }
    var wanted: Readiness = queue.hasRoom ? .readable : []
    if hasOutput { wanted.insert(.writable) }
    guard wanted != interest else { return }
    interest = wanted
    do {
      try stream.setReadiness(wantsRead: wanted.contains(.readable), wantsWrite: wanted.contains(.writable)) {
        // A peer that hung up is reported until it was noticed: the rest, which the kernel bounds, is read at once.
        self.advance(readsAll: !$0.isSubset(of: [.readable, .writable]))
      }
    } catch { end(EngineError(.lost)) }
  }

  private var hasOutput: Bool { !head.isEmpty || (!writes.isEmpty && isOpen) }

  private var isOpen: Bool { if case .open = phase { true } else { false } }

  private func fill(_ readsAll: Bool) throws {
    // A bound on one turn: a flood that is being dropped must not keep the loop from everybody else. What is left is
    // reported again.
    var turns = 0
    while turns < 16, readsAll || queue.hasRoom {
      turns += 1
      switch try buffer.withUnsafeMutableBytes({ try stream.read(into: $0) }) {
      case .bytes(let count):
        if case .handshake(let before) = phase {
          try open(with: before + buffer[..<count])
        } else {
          try accept(buffer[..<count])
        }
      case .wouldBlock: return
      case .endOfStream:
        if case .handshake = phase { throw EngineError(.unreachable, reason: "it hung up") }
        return end(nil)
      }
    }
  }

  private func flush() throws {
    while !head.isEmpty {
      guard let count = try send(head) else { return }
      head = head.dropFirst(count)
    }
    guard isOpen else { return }
    while var first = writes.first {
      guard let count = try send(first.bytes) else { return }
      first.bytes = first.bytes.dropFirst(count)
      waitingBytes -= count
      guard first.bytes.isEmpty else {
        writes[0] = first
        continue
      }
      _ = writes.popFirst()
      if let timer = first.timer { loop.cancel(timer) }
      first.continuation.resume()
    }
    if closesInput, writeFailure == nil {
      writeFailure = EngineError(.lost, reason: "the input was closed")
      stream.endWriting()
    }
  }

  /// nil when the kernel takes nothing now.
  private func send(_ bytes: ArraySlice<UInt8>) throws -> Int? {
    guard !bytes.isEmpty else { return 0 }
    switch try bytes.withUnsafeBytes({ try stream.write($0) }) {
    case .bytes(let count): return count
    case .wouldBlock: return nil
    case .endOfStream: throw EngineError(.lost)
    }
  }

  private func end(_ error: (any Error)?) {
    if case .ended = phase { return }
    phase = .ended(error)
    stream.close()
    if let openingTimer { loop.cancel(openingTimer) }
    opening?.resume(throwing: error ?? EngineError(.lost))
    opening = nil
    failWrites(EngineError(.lost))
    // A process that is killed leaves what it had not read: that is its end, and no fault of the connection.
    queue.leave(splitter == nil ? nil : error)
  }
}

// MARK: Writing

extension AttachedStream {
  private func enqueue(
    _ bytes: [UInt8], _ limit: Duration, _ continuation: CheckedContinuation<Void, any Error>
  ) {
    if let writeFailure { return continuation.resume(throwing: writeFailure) }
    guard isOpen else { return continuation.resume(throwing: EngineError(.lost)) }
    guard waitingBytes + bytes.count <= Self.writeBound else {
      return continuation.resume(throwing: EngineError(.overloaded))
    }
    waitingBytes += bytes.count
    let timer = loop.schedule(after: limit) {
      // Half a line may be on its way, so nothing after it can be understood.
      self.failWrites(EngineError(.stalled))
      self.watch()
    }
    writes.append(
      PendingWrite(bytes: bytes[...], continuation: continuation, timer: timer))
    advance()
  }

  private func failWrites(_ error: EngineError) {
    if writeFailure == nil { writeFailure = error }
    waitingBytes = 0
    while let write = writes.popFirst() {
      if let timer = write.timer { loop.cancel(timer) }
      write.continuation.resume(throwing: error)
    }
  }
}
