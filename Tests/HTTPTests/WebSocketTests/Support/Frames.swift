// Frames as bytes, valid or not, and back.

import WebSocket

/// A frame to be sent by a raw peer (RFC 6455 section 5.2), free to break any rule.
struct RawFrame {
  /// How the length is written.
  enum LengthForm { case minimal, two, eight }

  var opcode: UInt8
  var payload: [UInt8] = []
  var isFinal = true
  var reserved: UInt8 = 0
  var lengthForm = LengthForm.minimal
  /// Announces another length than the payload's.
  var announced: UInt64?
  /// Masks although the role should not, or the reverse.
  var breaksMasking = false

  /// The bytes as they go to a connection of that role.
  func bytes(to role: WebSocketRole) -> [UInt8] {
    let isMasked = (role == .server) != breaksMasking
    let length = announced ?? UInt64(payload.count)
    var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
    let mask: UInt8 = isMasked ? 0x80 : 0
    switch lengthForm {
    case .minimal where length <= 125: bytes.append(mask | UInt8(length))
    case .minimal where length <= 0xFFFF, .two: bytes += [mask | 126] + bigEndian(length, 2)
    default: bytes += [mask | 127] + bigEndian(length, 8)
    }
    guard isMasked else { return bytes + payload }
    let key: [UInt8] = [0x12, 0xF0, 0x55, 0x99]
    return bytes + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
  }

  static func text(_ text: String, isFinal: Bool = true) -> RawFrame {
    RawFrame(opcode: 1, payload: Array(text.utf8), isFinal: isFinal)
  }
  static func text(_ bytes: [UInt8], isFinal: Bool = true) -> RawFrame {
    RawFrame(opcode: 1, payload: bytes, isFinal: isFinal)
  }
  static func binary(_ bytes: [UInt8], isFinal: Bool = true) -> RawFrame {
    RawFrame(opcode: 2, payload: bytes, isFinal: isFinal)
  }
  static func more(_ bytes: [UInt8], isFinal: Bool = true) -> RawFrame {
    RawFrame(opcode: 0, payload: bytes, isFinal: isFinal)
  }
  static func ping(_ text: String) -> RawFrame { RawFrame(opcode: 9, payload: Array(text.utf8)) }
  static func close(_ code: UInt16, _ reason: [UInt8] = []) -> RawFrame {
    RawFrame(opcode: 8, payload: bigEndian(UInt64(code), 2) + reason)
  }
}

func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
}

/// A frame that a connection sent.
struct SentFrame: Equatable {
  let opcode: UInt8
  let isMasked: Bool
  let payload: [UInt8]

  /// The code of a close frame.
  var closeCode: UInt16? {
    opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
  }

  /// The complete frames at the front of `bytes`.
  static func parse(_ bytes: [UInt8]) -> [SentFrame] {
    var frames: [SentFrame] = []
    var rest = bytes[...]
    while rest.count >= 2 {
      let first = rest[rest.startIndex]
      let second = rest[rest.startIndex + 1]
      var body = rest.dropFirst(2)
      var length = Int(second & 0x7F)
      let extra = length == 126 ? 2 : length == 127 ? 8 : 0
      guard body.count >= extra else { return frames }
      if extra > 0 { length = body.prefix(extra).reduce(0) { $0 << 8 | Int($1) } }
      body = body.dropFirst(extra)
      let isMasked = second & 0x80 != 0
      guard body.count >= length + (isMasked ? 4 : 0) else { return frames }
      let key = isMasked ? Array(body.prefix(4)) : [0, 0, 0, 0]
      if isMasked { body = body.dropFirst(4) }
      let payload = body.prefix(length).enumerated().map { $1 ^ key[$0 & 3] }
      frames.append(SentFrame(opcode: first & 0x0F, isMasked: isMasked, payload: payload))
      rest = body.dropFirst(length)
    }
    return frames
  }
}
