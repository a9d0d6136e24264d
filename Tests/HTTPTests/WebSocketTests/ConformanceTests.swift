// RFC 6455 at byte level: every rule on frames, for both roles, whole and cut at every byte.

import EventLoop
import Testing
import WebSocket

/// What is sent to a connection, and what must come of it.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  let name: String
  let frames: @Sendable (WebSocketRole) -> [UInt8]
  let messages: [WebSocketMessage]
  /// The payloads of the pongs that come back.
  let pongs: [[UInt8]]
  /// The close code that comes back; 1005 for a close without one.
  let answer: UInt16
  let origin: WebSocketClose.Origin

  var testDescription: String { name }

  /// Frames after which the raw peer closes with 1000 if the connection still listens.
  init(
    _ name: String, _ frames: [RawFrame], messages: [WebSocketMessage] = [], pongs: [String] = [],
    answer: UInt16? = nil
  ) {
    self.name = name
    let closes = frames.contains { $0.opcode == 8 }
    self.frames = { role in
      (frames + (closes || answer != nil ? [] : [.close(1000)])).flatMap { $0.bytes(to: role) }
    }
    self.messages = messages
    self.pongs = pongs.map { Array($0.utf8) }
    self.answer = answer ?? 1000
    origin = answer == nil || answer == 1005 ? .peer : .violation
  }
}

private let long = String(repeating: "*", count: 125)
private let kappa = Array("κόσμε".utf8)

private let goodFrames: [ConformanceCase] = [
  ConformanceCase("an empty text", [.text("")], messages: [.text("")]),
  ConformanceCase("an empty binary", [.binary([])], messages: [.binary([])]),
  ConformanceCase("125 bytes", [.text(long)], messages: [.text(long)]),
  ConformanceCase("126 bytes", [.text(long + "a")], messages: [.text(long + "a")]),
  ConformanceCase(
    "65535 bytes", [.binary([UInt8](repeating: 7, count: 65535))],
    messages: [.binary([UInt8](repeating: 7, count: 65535))]),
  ConformanceCase(
    "65536 bytes", [.binary([UInt8](repeating: 8, count: 65536))],
    messages: [.binary([UInt8](repeating: 8, count: 65536))]),
  ConformanceCase(
    "three fragments", [.text("a", isFinal: false), .more([98], isFinal: false), .more([99])],
    messages: [.text("abc")]),
  ConformanceCase(
    "empty fragments", [.text("", isFinal: false), .more([], isFinal: false), .more([])],
    messages: [.text("")]),
  ConformanceCase(
    "a ping between fragments", [.text("a", isFinal: false), .ping("now"), .more([98])],
    messages: [.text("ab")],
    pongs: ["now"]),
  ConformanceCase("an empty ping", [.ping("")], pongs: [""]),
  ConformanceCase("a ping of 125 bytes", [.ping(long)], pongs: [long]),
  ConformanceCase("ten pings", (0..<10).map { .ping("\($0)") }, pongs: (0..<10).map { "\($0)" }),
  ConformanceCase(
    "a pong nobody asked for", [RawFrame(opcode: 10, payload: [1]), .text("x")], messages: [.text("x")]),
  ConformanceCase(
    "UTF-8 cut inside a character", [.text(Array(kappa[..<3]), isFinal: false), .more(Array(kappa[3...]))],
    messages: [.text("κόσμε")]),
  ConformanceCase(
    "UTF-8 one byte a frame",
    kappa.enumerated().map { index, byte in
      RawFrame(opcode: index == 0 ? 1 : 0, payload: [byte], isFinal: index == kappa.count - 1)
    }, messages: [.text("κόσμε")]),
  ConformanceCase("binary need not be UTF-8", [.binary([0xFF, 0xC0])], messages: [.binary([0xFF, 0xC0])]),
  ConformanceCase("after a close nothing counts", [.close(1000), .text("late")]),
]

private let badFrames: [ConformanceCase] = [
  ConformanceCase(
    "masking the wrong way", [RawFrame(opcode: 1, payload: [97], breaksMasking: true)], answer: 1002),
  ConformanceCase(
    "an empty frame masked the wrong way", [RawFrame(opcode: 9, breaksMasking: true)], answer: 1002),
  ConformanceCase("a continuation of nothing", [.more([97])], answer: 1002),
  ConformanceCase(
    "a continuation after the end", [.text("a"), .more([98])], messages: [.text("a")], answer: 1002),
  ConformanceCase("a text inside a text", [.text("a", isFinal: false), .text("b")], answer: 1002),
  ConformanceCase("a binary inside a text", [.text("a", isFinal: false), .binary([1])], answer: 1002),
  ConformanceCase("a fragmented ping", [RawFrame(opcode: 9, isFinal: false)], answer: 1002),
  ConformanceCase("a fragmented close", [RawFrame(opcode: 8, isFinal: false)], answer: 1002),
  ConformanceCase("a ping of 126 bytes", [.ping(long + "a")], answer: 1002),
  ConformanceCase(
    "a close of 126 bytes", [.close(1000, [UInt8](repeating: 97, count: 124))], answer: 1002),
  ConformanceCase(
    "a ping in the two-byte form", [RawFrame(opcode: 9, payload: [1], lengthForm: .two)], answer: 1002),
  ConformanceCase(
    "5 bytes in the two-byte form", [RawFrame(opcode: 2, payload: [1, 2, 3, 4, 5], lengthForm: .two)],
    answer: 1002),
  ConformanceCase(
    "125 bytes in the eight-byte form",
    [RawFrame(opcode: 2, payload: [UInt8](repeating: 0, count: 125), lengthForm: .eight)], answer: 1002),
  ConformanceCase(
    "65535 bytes in the eight-byte form",
    [RawFrame(opcode: 2, payload: [UInt8](repeating: 0, count: 65535), lengthForm: .eight)], answer: 1002),
  ConformanceCase(
    "a 64-bit length with the high bit",
    [RawFrame(opcode: 2, payload: [1], lengthForm: .eight, announced: 1 << 63 | 1)], answer: 1002),
  ConformanceCase(
    "an enormous length", [RawFrame(opcode: 2, payload: [1], announced: UInt64(Int64.max))], answer: 1009),
  ConformanceCase("one byte over the cap", [.binary([UInt8](repeating: 0, count: 100_001))], answer: 1009),
  ConformanceCase(
    "fragments over the cap",
    [
      .binary([UInt8](repeating: 0, count: 60_000), isFinal: false),
      .more([UInt8](repeating: 0, count: 40_000), isFinal: false), .more([1]),
    ], answer: 1009),
]

private let reservedFrames: [ConformanceCase] =
  [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { opcode in
    ConformanceCase(
      "reserved opcode \(opcode)", [.text("a"), RawFrame(opcode: opcode)], messages: [.text("a")],
      answer: 1002)
  }
  + (1...7).flatMap { bits in
    [1, 2, 9, 10].map { opcode in
      ConformanceCase(
        "reserved bits \(bits) on opcode \(opcode)",
        [RawFrame(opcode: opcode, payload: [1], reserved: UInt8(bits))],
        answer: 1002)
    }
  }

private let closes: [ConformanceCase] =
  [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4004, 4999].map {
    code in
    ConformanceCase("close \(code)", peerCloses: code)
  }
  + [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map { code in
    ConformanceCase("close code \(code) that must not be sent", [.close(code)], answer: 1002)
  }
  + [
    ConformanceCase("a close without payload", [RawFrame(opcode: 8)], answer: 1005),
    ConformanceCase("a close of one byte", [RawFrame(opcode: 8, payload: [3])], answer: 1002),
    ConformanceCase("a close reason of 123 bytes", [.close(1000, [UInt8](repeating: 97, count: 123))]),
    ConformanceCase("a close reason in Greek", [.close(1000, kappa)]),
    ConformanceCase("a close reason that is no UTF-8", [.close(1000, [0xFF])], answer: 1007),
    ConformanceCase("a close reason cut inside a character", [.close(1000, [0xCE])], answer: 1007),
  ]

private let texts: [ConformanceCase] =
  [
    ("a stray continuation byte", [0x80]), ("an overlong slash", [0xC0, 0xAF]),
    ("an overlong NUL", [0xE0, 0x80, 0x80]),
    ("a surrogate", [0xED, 0xA0, 0x80]), ("past U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("a byte FE", [0xFE]),
    ("five-byte form", [0xF8, 0x88, 0x80, 0x80, 0x80]), ("a missing continuation", [0xC3, 0x28]),
    ("an end inside a character", [0x61, 0xE2, 0x82]),
  ].map { ConformanceCase("text with \($0.0)", [.text($0.1)], answer: 1007) } + [
    ConformanceCase(
      "a wrong byte in the first fragment is found before the last", [.text([0x61, 0xFF], isFinal: false)],
      answer: 1007),
    ConformanceCase(
      "a character cut by the end of the message", [.text([0xCE], isFinal: false), .more([])], answer: 1007),
  ]

extension ConformanceCase {
  /// A close that must be echoed.
  fileprivate init(_ name: String, peerCloses code: UInt16) {
    self.init(name, frames: [.close(code)], answer: code)
  }

  private init(_ name: String, frames: [RawFrame], answer: UInt16) {
    self.name = name
    self.frames = { role in frames.flatMap { $0.bytes(to: role) } }
    messages = []
    pongs = []
    self.answer = answer
    origin = .peer
  }
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct FrameConformance {
  @Test(arguments: goodFrames + badFrames + reservedFrames + closes + texts, WebSocketRole.allCases)
  func `frames come to the right end`(example: ConformanceCase, role: WebSocketRole) async throws {
    try await withLoop { loop in
      for readLimit in [Int.max, 4097, 1] where readLimit > 1 || example.frames(role).count < 300 {
        try await check(example, role, loop, readLimit)
      }
    }
  }

  private func check(_ example: ConformanceCase, _ role: WebSocketRole, _ loop: EventLoop, _ readLimit: Int)
    async throws
  {
    var options = WebSocketOptions()
    options.maximumMessageSize = 100_000
    let (connection, peer) = try socketPair(role: role, loop: loop, options: options, readLimit: readLimit)
    let recorder = MessageRecorder()
    peer.start()
    loop.execute { connection.start(recorder) }
    peer.send(example.frames(role))
    let sent = await peer.bytes { SentFrame.parse($0).contains { $0.opcode == 8 } }
    peer.drop()
    let close = await recorder.closed()

    let frames = SentFrame.parse(sent)
    #expect(recorder.messages == example.messages)
    #expect(frames.filter { $0.opcode == 10 }.map(\.payload) == example.pongs)
    #expect(frames.last?.opcode == 8)
    #expect((frames.last?.closeCode ?? 1005) == example.answer)
    #expect(frames.allSatisfy { $0.isMasked == (role == .client) })
    #expect(close.code.rawValue == example.answer)
    #expect(close.origin == example.origin)
  }
}
