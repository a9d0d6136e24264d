// The fuzzer's door with a handful of inputs: seeds that reach every branch, and their mutations.

import Compression
import Testing
import WebSocket

@Suite struct FuzzDoor {
  /// Valid conversations, for both roles, plain and compressed.
  private func seeds() throws -> [[UInt8]] {
    let compressor = try Compressor(.zlib)
    try compressor.write(Array("one two three".utf8), flush: .sync)
    let zlib = compressor.takeOutput()
    let frames: [RawFrame] = [
      .text("κόσμε"), .ping("now"), .text("a", isFinal: false), .ping("between"), .more([98]), .binary(zlib),
      .binary([UInt8](repeating: 1, count: 300)), RawFrame(opcode: 10), .close(4001, Array("bye".utf8)),
    ]
    return WebSocketRole.allCases.flatMap { role in
      [0, 2, 4, 0xF8].map { choice in
        [choice | (role == .client ? 1 : 0)] + frames.flatMap { $0.bytes(to: role) }
      }
    }
  }

  @Test func `no mutation of a conversation traps`() throws {
    var generator = SplitMix(state: 7)
    for seed in try seeds() {
      fuzzWebSocketFrames(seed)
      for _ in 0..<400 {
        var input = seed
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
          let index = Int.random(in: 0..<input.count, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: input[index] = UInt8.random(in: 0...255, using: &generator)
          case 1: input.remove(at: index)
          default: input.insert(UInt8.random(in: 0...255, using: &generator), at: index)
          }
        }
        fuzzWebSocketFrames(input)
      }
    }
    fuzzWebSocketFrames([])
  }
}

/// The same numbers every time.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
