// Field values taken apart by bytes. A Swift `Character` may join a separator with a combining or prepended mark
// beside it, and a client that sends such a mark would decide where the value of the next proxy begins.

extension Substring {
  /// Without spaces and tabs at both ends.
  var trimmingSpaces: Substring {
    var bytes = utf8
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
    return Substring(bytes)
  }

  /// What stands between the separators, which are ASCII; empty parts included.
  func parts(at separator: UInt8) -> [Substring] {
    utf8.split(separator: separator, omittingEmptySubsequences: false).map(Substring.init)
  }

  /// What stands between the separators that are outside of double quotes.
  ///
  /// - Parameters:
  ///   - separator: an ASCII byte.
  ///   - escapes: whether a backslash inside quotes takes the meaning from the byte behind it.
  /// - Returns: the parts, empty ones included, and whether the last quote was closed.
  func parts(outsideQuotesAt separator: UInt8, escapes: Bool) -> (parts: [Substring], isClosed: Bool) {
    var parts: [Substring] = []
    var start = startIndex
    var isQuoted = false
    var isEscaped = false
    for index in utf8.indices {
      let byte = utf8[index]
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\"), isQuoted, escapes {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if byte == separator, !isQuoted {
        parts.append(self[start..<index])
        start = utf8.index(after: index)
      }
    }
    parts.append(self[start...])
    return (parts, !isQuoted)
  }

  /// `name=value` taken apart at the first `=`, both trimmed; nil without one.
  var nameAndValue: (name: Substring, value: Substring)? {
    guard let equals = utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    return (self[..<equals].trimmingSpaces, self[utf8.index(after: equals)...].trimmingSpaces)
  }

  /// Whether it begins and ends in a double quote, and not the same one.
  var isInQuotes: Bool {
    utf8.count >= 2 && utf8.first == UInt8(ascii: "\"") && utf8.last == UInt8(ascii: "\"")
  }
}
