// A connection over a socket pair: closing, limits, back-pressure, pings.

import EventLoop
import Synchronization
import Testing

@testable import WebSocket

@Suite(.serialized, .timeLimit(.minutes(1))) struct Connection {
  @Test(arguments: WebSocketRole.allCases)
  func `a close is spoken with code and reason and waits for the answer`(role: WebSocketRole) async throws {
    try await withLoop { loop in
      let (connection, peer) = try socketPair(role: role, loop: loop)
      peer.start()
      async let close = connection.close(code: WebSocketCloseCode(4001), reason: "enough")
      let sent = await peer.bytes { !SentFrame.parse($0).isEmpty }
      #expect(SentFrame.parse(sent).map(\.closeCode) == [4001])
      #expect(SentFrame.parse(sent).first?.payload.dropFirst(2).elementsEqual("enough".utf8) == true)
      peer.send(RawFrame.close(4001, Array("yes".utf8)).bytes(to: role))
      if role == .client { peer.drop() }
      #expect(await close == WebSocketClose(code: WebSocketCloseCode(4001), reason: "yes", origin: .local))
      if role == .server { _ = await peer.bytes() }  // The server ends the stream itself.
    }
  }

  @Test func `a close nobody answers ends after its time`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.closeTimeout = .milliseconds(30)
      let (connection, peer) = try socketPair(role: .client, loop: loop, options: options)
      peer.start()
      #expect(await connection.close() == WebSocketClose(code: .abnormal, origin: .lost))
    }
  }

  @Test func `an abrupt end is 1006 and sending fails from then on`() async throws {
    try await withLoop { loop in
      let (connection, peer) = try socketPair(role: .client, loop: loop)
      let recorder = MessageRecorder()
      loop.execute { connection.start(recorder) }
      peer.send(RawFrame.text("half", isFinal: false).bytes(to: .client))
      peer.drop()
      #expect(await recorder.closed() == WebSocketClose(code: .abnormal, origin: .lost))
      await #expect(throws: WebSocketError(.closed)) { try await connection.send(text: "x") }
      #expect(await connection.closed().code == .abnormal)
    }
  }

  @Test func `an abort ends without a close frame`() async throws {
    try await withLoop { loop in
      let (connection, peer) = try socketPair(role: .server, loop: loop)
      peer.start()
      let recorder = MessageRecorder()
      loop.execute {
        connection.start(recorder)
        connection.abort()
        connection.abort()
      }
      #expect(await recorder.closed() == WebSocketClose(code: .abnormal, origin: .lost))
      await #expect(throws: WebSocketError(.closed)) { try await connection.send(text: "x") }
      peer.drop()
    }
  }

  @Test func `codes that may not be sent leave as none, and a long reason is cut at a character`()
    async throws
  {
    try await withLoop { loop in
      for (code, expected) in [(UInt16(1005), 1005), (1006, 1005), (999, 1005), (1012, 1012)]
        as [(UInt16, UInt16)]
      {
        let (connection, peer) = try socketPair(role: .server, loop: loop)
        peer.start()
        loop.execute {
          connection.startClosing(code: WebSocketCloseCode(code), reason: String(repeating: "é", count: 100))
        }
        let frames = SentFrame.parse(await peer.bytes { !SentFrame.parse($0).isEmpty })
        #expect((frames.first?.closeCode ?? 1005) == expected)
        #expect(frames.first?.payload.count == (expected == 1012 ? 124 : 0))
        peer.drop()
        _ = await connection.closed()
      }
    }
  }

  @Test func `messages of one turn leave in one write, in order, and each mask is fresh`() async throws {
    try await withLoop { loop in
      let (connection, peer) = try socketPair(role: .client, loop: loop)
      peer.start()
      loop.execute {
        for index in 0..<100 { try? connection.enqueue(text: "\(index)") }
      }
      let bytes = await peer.bytes { SentFrame.parse($0).count == 100 }
      #expect(
        SentFrame.parse(bytes).map { String(decoding: $0.payload, as: UTF8.self) }
          == (0..<100).map(String.init))
      let masks = Set((0..<10).map { Array(bytes[($0 * 7 + 2)..<($0 * 7 + 6)]) })
      #expect(masks.count == 10)
      peer.drop()
    }
  }

  @Test func `what came behind the handshake is the first message`() async throws {
    try await withLoop { loop in
      let first = RawFrame.text("hello").bytes(to: .client)
      let (connection, peer) = try socketPair(role: .client, loop: loop, firstBytes: first + first.prefix(3))
      peer.send(Array(first.dropFirst(3)) + RawFrame.close(1000).bytes(to: .client))
      var texts: [WebSocketMessage] = []
      for await message in connection.messages { texts.append(message) }
      #expect(texts == [.text("hello"), .text("hello")])
    }
  }

  @Test func `a slow reader holds the sender back instead of growing memory`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.writeBound = 100_000
      let (connection, peer) = try socketPair(role: .server, loop: loop, options: options)
      let sent = SentCount()
      let message = [UInt8](repeating: 1, count: 10_000)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for _ in 0..<1000 {
            try await connection.send(binary: message)
            sent.value.wrappingAdd(1, ordering: .relaxed)
          }
        }
        // The peer does not read: the queue fills, and never beyond its bound.
        await until { await onLoop(loop) { connection.pendingBytes } > 80_000 }
        let stuck = sent.value.load(ordering: .relaxed)
        #expect(stuck < 100)
        #expect(await onLoop(loop) { connection.pendingBytes } <= 100_000 + 10)
        let refusal = await onLoop(loop) { () -> WebSocketError? in
          do throws(WebSocketError) {
            for _ in 0..<20 { try connection.enqueue(binary: message) }
            return nil
          } catch {
            return error
          }
        }
        #expect(refusal == WebSocketError(.overloaded))
        peer.start()
        try await group.waitForAll()
      }
      #expect(sent.value.load(ordering: .relaxed) == 1000)
      peer.drop()
    }
  }

  @Test func `a cancelled send throws and sends nothing`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.writeBound = 1
      let (connection, peer) = try socketPair(role: .server, loop: loop, options: options)
      try await connection.send(binary: [UInt8](repeating: 1, count: 4 << 20))
      let pending = await onLoop(loop) { connection.pendingBytes }
      let task = Task { try await connection.send(text: "never") }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(await onLoop(loop) { connection.pendingBytes } == pending)
      peer.drop()
    }
  }

  @Test func `a slow iteration of messages stops reading, and loses nothing`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.messageBound = 4
      let (connection, peer) = try socketPair(role: .client, loop: loop, options: options)
      let frames = (0..<2000).map { RawFrame.binary(bigEndian($0, 2) + [UInt8](repeating: 0, count: 998)) }
      peer.start()
      peer.send(frames.flatMap { $0.bytes(to: .client) } + RawFrame.close(1000).bytes(to: .client))
      var count = 0
      for await message in connection.messages {
        guard case .binary(let bytes) = message else { continue }
        #expect(Array(bytes.prefix(2)) == bigEndian(UInt64(count), 2))
        count += 1
        if count == 1 {
          // Everything is on its way, but only the bound and one read's worth was taken from the socket.
          await until { await onLoop(loop) { connection.isPaused } }
        }
      }
      #expect(count == 2000)
    }
  }

  @Test func `cancelling an iteration ends it, and another goes on`() async throws {
    try await withLoop { loop in
      let (connection, peer) = try socketPair(role: .server, loop: loop)
      let task = Task {
        for await _ in connection.messages {}
        return true
      }
      task.cancel()
      #expect(await task.value)
      peer.send(RawFrame.text("later").bytes(to: .server))
      var iterator = connection.messages.makeAsyncIterator()
      #expect(await iterator.next() == .text("later"))
      peer.drop()
      #expect(await iterator.next() == nil)
    }
  }

  @Test func `a flood of pings to an end that cannot write stops being read`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.writeBound = 50_000
      let (connection, peer) = try socketPair(role: .server, loop: loop, options: options)
      loop.execute { connection.start(MessageRecorder()) }
      let ping = RawFrame.ping(String(repeating: "x", count: 125)).bytes(to: .server)
      peer.send((0..<20_000).flatMap { _ in ping })
      await until { await onLoop(loop) { connection.pendingBytes } > 50_000 }
      // One read of 32 KiB may answer beyond the bound, no more.
      #expect(await onLoop(loop) { connection.pendingBytes } < 50_000 + 40_000)
      peer.drop()
    }
  }

  @Test func `silence after a ping declares the connection dead`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      (options.pingInterval, options.pingTimeout) = (.milliseconds(10), .milliseconds(40))
      let (connection, peer) = try socketPair(role: .client, loop: loop, options: options)
      peer.start()
      let recorder = MessageRecorder()
      loop.execute { connection.start(recorder) }
      let bytes = await peer.bytes { SentFrame.parse($0).contains { $0.opcode == 9 } }
      #expect(SentFrame.parse(bytes).last?.opcode == 9)
      #expect(await recorder.closed() == WebSocketClose(code: .abnormal, origin: .pingTimeout))
    }
  }

  @Test func `answered pings keep a connection alive`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      (options.pingInterval, options.pingTimeout) = (.milliseconds(5), .milliseconds(300))
      let (connection, peer) = try socketPair(role: .client, loop: loop, options: options)
      peer.start()
      let recorder = MessageRecorder()
      loop.execute { connection.start(recorder) }
      for count in 1...3 {
        _ = await peer.bytes { SentFrame.parse($0).count { $0.opcode == 9 } >= count }
        peer.send(RawFrame(opcode: 10).bytes(to: .client))
      }
      peer.send(RawFrame.close(1000).bytes(to: .client))
      peer.drop()
      #expect(await recorder.closed().origin == .peer)
    }
  }

  @Test func `a handler may pause from within a message and gets the rest later`() async throws {
    try await withLoop { loop in
      let (connection, peer) = try socketPair(role: .client, loop: loop)
      let recorder = MessageRecorder { connection, _ in connection.pauseReading() }
      peer.send(
        (0..<5).flatMap { RawFrame.text("\($0)").bytes(to: .client) }
          + RawFrame.close(1000).bytes(to: .client))
      loop.execute { connection.start(recorder) }
      for count in 1...5 {
        await until { recorder.messages.count >= count }
        #expect(recorder.messages.count == count)
        loop.execute { connection.resumeReading() }
      }
      #expect(await recorder.closed().code == .normal)
    }
  }

  @Test func `a connection nobody starts closes its stream when it is dropped`() async throws {
    try await withLoop { loop in
      var pair: (connection: WebSocketConnection, peer: RawPeer)? = try socketPair(role: .client, loop: loop)
      let peer = try #require(pair?.peer)
      peer.start()
      pair = nil
      #expect(await peer.bytes().isEmpty)
    }
  }

  @Test func `a message over the cap is not sent`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.maximumMessageSize = 10
      let (connection, peer) = try socketPair(role: .client, loop: loop, options: options)
      await #expect(throws: WebSocketError(.messageTooLarge)) {
        try await connection.send(text: "12345678901")
      }
      try await connection.send(text: "1234567890")
      peer.drop()
    }
  }
}

/// How many messages a sender got rid of.
private final class SentCount: Sendable {
  let value = Atomic(0)
}

/// Polls until the condition holds; the suite's time limit is the deadline, and cancels this.
func until(_ isMet: @Sendable () async -> Bool) async {
  while !(await isMet()), (try? await Task.sleep(for: .milliseconds(1))) != nil {}
}

/// Runs on the loop and returns what came of it.
func onLoop<Result: Sendable>(_ loop: EventLoop, _ body: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    loop.execute { continuation.resume(returning: body()) }
  }
}
