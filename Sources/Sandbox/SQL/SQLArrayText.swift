// PostgreSQL's arrays as text: `{1,NULL,"a \"b\""}`.

/// An array's text, taken apart.
indirect enum SQLArrayText: Hashable, Sendable {
  case null
  case value(String)
  case list([SQLArrayText])

  /// nil for text that is no array. Bounds in front (`[2:3]={1,2}`) are left out.
  init?(_ text: String) {
    var bytes = Array(text.utf8)[...]
    if bytes.first == UInt8(ascii: "[") {
      guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      bytes = bytes[(equals + 1)...]
    }
    guard let list = Self.list(&bytes, depth: 0), bytes.isEmpty else { return nil }
    self = list
  }

  /// An element in quotes.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  private static func list(_ bytes: inout ArraySlice<UInt8>, depth: Int) -> SQLArrayText? {
    guard depth < 8, bytes.popFirst() == UInt8(ascii: "{") else { return nil }
    if bytes.first == UInt8(ascii: "}") {
      bytes.removeFirst()
      return .list([])
    }
    var elements: [SQLArrayText] = []
    while true {
      guard let element = element(&bytes, depth: depth) else { return nil }
      elements.append(element)
      switch bytes.popFirst() {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: "}"): return .list(elements)
      default: return nil
      }
    }
  }

  private static func element(_ bytes: inout ArraySlice<UInt8>, depth: Int) -> SQLArrayText? {
    if bytes.first == UInt8(ascii: "{") { return list(&bytes, depth: depth + 1) }
    guard bytes.first == UInt8(ascii: "\"") else {
      let plain = bytes.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
      bytes = bytes[plain.endIndex...]
      return plain.elementsEqual("NULL".utf8) ? .null : .value(String(decoding: plain, as: UTF8.self))
    }
    bytes.removeFirst()
    var value: [UInt8] = []
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "\"") { return .value(String(decoding: value, as: UTF8.self)) }
      if byte != UInt8(ascii: "\\") {
        value.append(byte)
      } else if let escaped = bytes.popFirst() {
        value.append(escaped)
      }
    }
    return nil
  }
}
