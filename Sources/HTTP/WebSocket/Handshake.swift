// What both ends of the opening handshake share.

internal import CWslay
internal import HTTPTypes

/// The arithmetic and grammar of RFC 6455 section 4.
enum Handshake {
  /// RFC 6455 section 1.3.
  private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  /// Sec-WebSocket-Accept for a key.
  ///
  /// - Throws: `.outOfMemory` when OpenSSL has no SHA-1 to give.
  static func accept(for key: String) throws(WebSocketError) -> String {
    let input = [UInt8]((key + identifier).utf8)
    var digest = [UInt8](repeating: 0, count: 20)
    guard cwslay_sha1(input, input.count, &digest) == 1 else {
      throw WebSocketError(.outOfMemory, "no SHA-1")
    }
    return Base64.encode(digest)
  }

  /// Whether a Sec-WebSocket-Key stands for 16 bytes, written the one way there is.
  static func isKey(_ key: String) -> Bool {
    guard let bytes = Base64.decode(key) else { return false }
    return bytes.count == 16 && Base64.encode(bytes) == key
  }

  /// The elements of a comma-separated field, over all its lines (RFC 9110 section 5.6.1).
  static func list(_ name: String, in fields: HTTPFields) -> [Substring] {
    fields.values(name).flatMap { $0.split(separator: ",") }.map(trim).filter { !$0.isEmpty }
  }

  /// Whether the list has the token, compared without case.
  static func has(_ token: String, in name: String, of fields: HTTPFields) -> Bool {
    list(name, in: fields).contains { $0.equalsIgnoringASCIICase(token) }
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
    while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
    return text
  }
}
