// Whole-connection compression, as Discord's gateway does it, between two ends of ours.

import Compression
import EventLoop
import Testing
import WebSocket

@Suite(.serialized, .timeLimit(.minutes(1))) struct TransportCompression {
  @Test(arguments: [CompressionFormat.zlib, .zstd])
  func `chained messages arrive inflated`(format: CompressionFormat) async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.outgoingCompression = format
      let (server, peer) = try socketPair(role: .server, loop: loop, options: options)
      let texts = (0..<50).map {
        "{\"op\":0,\"s\":\($0),\"d\":\"\(String(repeating: "guild", count: $0 * 20))\"}"
      }
      peer.start()
      for text in texts { try await server.send(text: text) }
      let packed = SentFrame.parse(await peer.bytes { SentFrame.parse($0).count == 50 })
      #expect(packed.allSatisfy { $0.opcode == 2 })
      #expect(packed.reduce(0) { $0 + $1.payload.count } < 5000)

      for readLimit in [Int.max, 1] {
        options = WebSocketOptions()
        options.incomingCompression = format
        let (client, sender) = try socketPair(
          role: .client, loop: loop, options: options, readLimit: readLimit)
        sender.send(packed.flatMap { RawFrame.binary($0.payload).bytes(to: .client) })
        sender.send(RawFrame.close(1000).bytes(to: .client))
        var received: [String] = []
        for await case .binary(let bytes) in client.messages {
          received.append(String(decoding: bytes, as: UTF8.self))
        }
        #expect(received == texts)
        sender.drop()
      }
      peer.drop()
    }
  }

  @Test func `a zlib message may come in several WebSocket messages`() async throws {
    try await withLoop { loop in
      var options = WebSocketOptions()
      options.incomingCompression = .zlib
      let (client, sender) = try socketPair(role: .client, loop: loop, options: options)
      let compressor = try Compressor(.zlib)
      try compressor.write(Array("one message".utf8), flush: .sync)
      for byte in compressor.takeOutput() { sender.send(RawFrame.binary([byte]).bytes(to: .client)) }
      var iterator = client.messages.makeAsyncIterator()
      #expect(await iterator.next() == .binary(Array("one message".utf8)))
      sender.drop()
    }
  }

  @Test(arguments: [CompressionFormat.zlib, .zstd])
  func `bombs and damage end the connection with their codes`(format: CompressionFormat) async throws {
    try await withLoop { loop in
      let compressor = try Compressor(format)
      try compressor.write([UInt8](repeating: 0, count: 2 << 20), flush: .sync)
      let bomb = compressor.takeOutput()
      for (payload, code) in [
        (bomb, WebSocketCloseCode.messageTooBig), ([1, 2, 3, 4, 5, 6], .invalidPayload),
      ] {
        var options = WebSocketOptions()
        options.incomingCompression = format
        options.maximumMessageSize = 1 << 20
        let (client, sender) = try socketPair(role: .client, loop: loop, options: options)
        let recorder = MessageRecorder()
        sender.start()
        loop.execute { client.start(recorder) }
        sender.send(RawFrame.binary(payload).bytes(to: .client))
        let sent = SentFrame.parse(await sender.bytes { !SentFrame.parse($0).isEmpty })
        #expect(sent.last?.closeCode == code.rawValue)
        sender.drop()
        #expect(await recorder.closed() == WebSocketClose(code: code, origin: .violation))
        #expect(recorder.messages.isEmpty)
      }
    }
  }
}
