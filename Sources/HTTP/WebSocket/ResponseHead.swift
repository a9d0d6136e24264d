// The head of an HTTP/1.1 response, read from a connection that is about to become a WebSocket.

package import HTTPTypes

/// Status line and fields (RFC 9112 sections 4 and 5).
package struct ResponseHead: Equatable {
  package let status: HTTPStatus
  package let fields: HTTPFields
  /// How many bytes the head takes, the empty line included; what follows belongs to the new protocol.
  package let length: Int

  /// Longest head that is read.
  package static let bound = 16 << 10

  /// Reads the head at the front of `bytes`; nil when it is not complete yet.
  ///
  /// - Throws: `.badHandshake` when this is no HTTP/1.x answer or the head is longer than `bound`.
  package static func parse(_ bytes: [UInt8]) throws(WebSocketError) -> ResponseHead? {
    guard let end = endOfHead(bytes) else {
      guard bytes.count < bound else { throw WebSocketError(.badHandshake, "the answer's head is too long") }
      return nil
    }
    guard end <= bound else { throw WebSocketError(.badHandshake, "the answer's head is too long") }
    var lines = bytes[..<(end - 4)].split(separator: 10, omittingEmptySubsequences: false).map { line in
      line.last == 13 ? line.dropLast() : line
    }
    let status = try parseStatus(String(decoding: lines.removeFirst(), as: UTF8.self))
    var fields = HTTPFields()
    for line in lines {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        throw WebSocketError(.badHandshake, "a field without a colon")
      }
      let name = String(decoding: line[..<colon], as: UTF8.self)
      guard HTTPFields.isToken(name) else { throw WebSocketError(.badHandshake, "a field without a name") }
      var value = line[(colon + 1)...]
      while let first = value.first, first == 32 || first == 9 { value = value.dropFirst() }
      while let last = value.last, last == 32 || last == 9 { value = value.dropLast() }
      fields.append(name, String(decoding: value, as: UTF8.self))
    }
    return ResponseHead(status: status, fields: fields, length: end)
  }

  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    for index in 3..<bytes.count where bytes[index] == 10 {
      if bytes[index - 1] == 13, bytes[index - 2] == 10, bytes[index - 3] == 13 { return index + 1 }
    }
    return nil
  }

  private static func parseStatus(_ line: String) throws(WebSocketError) -> HTTPStatus {
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
      let code = UInt16(parts[1]), (100..<600).contains(code)
    else { throw WebSocketError(.badHandshake, "no HTTP status line") }
    return HTTPStatus(Int(code))
  }
}
