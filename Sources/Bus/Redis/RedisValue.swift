// What Redis answers, and what it is asked with.

internal import CRedis

/// A reply (RESP2).
package enum RedisValue: Sendable, Equatable {
  case null
  case integer(Int64)
  /// A bulk or simple string.
  case string([UInt8])
  case array([RedisValue])
  /// An error inside an array, as `EXEC` may answer. An error as the whole reply is thrown instead.
  case error(String)

  /// The number of an integer reply, or of a string that is one.
  package var integer: Int64? {
    switch self {
    case .integer(let number): number
    case .string(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
    default: nil
    }
  }

  /// The text of a string reply.
  package var text: String? {
    guard case .string(let bytes) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes of a string reply.
  package var bytes: [UInt8]? {
    guard case .string(let bytes) = self else { return nil }
    return bytes
  }

  /// The elements of an array reply.
  package var array: [RedisValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// Copies a reply out of the library's memory. RESP nests at most seven levels deep in hiredis.
  init(_ reply: UnsafePointer<redisReply>) {
    let content = reply.pointee
    switch content.type {
    case REDIS_REPLY_INTEGER: self = .integer(content.integer)
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS:
      self = .string(Array(UnsafeRawBufferPointer(start: content.str, count: content.len)))
    case REDIS_REPLY_ERROR: self = .error(Self.text(content))
    case REDIS_REPLY_ARRAY:
      self = .array(
        UnsafeBufferPointer(start: content.element, count: content.elements).map { element in
          element.map { RedisValue($0) } ?? .null
        })
    default: self = .null
    }
  }

  private static func text(_ reply: redisReply) -> String {
    String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self)
  }
}

/// One argument of a command.
package struct RedisArgument: Sendable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
  let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }
  package init(_ text: String) { bytes = Array(text.utf8) }
  package init(_ number: some BinaryInteger) { bytes = Array(String(number).utf8) }
  package init(stringLiteral value: String) { self.init(value) }
  package init(integerLiteral value: Int64) { self.init(value) }

  /// A command as RESP writes it: an array of bulk strings.
  static func encode(_ command: [RedisArgument]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(command.reduce(16) { $0 + $1.bytes.count + 16 })
    func append(_ mark: UInt8, _ number: Int) {
      bytes.append(mark)
      if number < 10 {
        bytes.append(UInt8(ascii: "0") + UInt8(number))
      } else {
        bytes.append(contentsOf: String(number).utf8)
      }
      bytes.append(13)
      bytes.append(10)
    }
    append(UInt8(ascii: "*"), command.count)
    for argument in command {
      append(UInt8(ascii: "$"), argument.bytes.count)
      bytes.append(contentsOf: argument.bytes)
      bytes.append(13)
      bytes.append(10)
    }
    return bytes
  }
}
