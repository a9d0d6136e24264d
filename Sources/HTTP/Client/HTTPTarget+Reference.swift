// Where a `Location` leads, seen from the URL that sent it.

extension HTTPTarget {
  /// Resolves a URL reference (RFC 3986 section 5.2) against this URL. Letters beyond ASCII and the few visible
  /// characters that may not stand in a URL are percent-encoded first, as servers often send them raw.
  ///
  /// - Throws: `HTTPError` with `.invalidRequest` when the result is no URL that we call.
  package func resolving(_ reference: String) throws(HTTPError) -> HTTPTarget {
    let reference = Self.encoded(reference)
    if Self.hasScheme(reference) { return try HTTPTarget(parsing: reference) }
    let scheme = isSecure ? "https:" : "http:"
    if reference.hasPrefix("//") { return try HTTPTarget(parsing: scheme + reference) }
    let (path, suffix) = Self.split(reference)
    let (basePath, baseSuffix) = Self.split(pathAndQuery)
    let resolved: String
    if path.isEmpty {
      resolved = basePath + (suffix.hasPrefix("?") ? suffix : baseSuffix)
    } else if path.hasPrefix("/") {
      resolved = Self.removingDotSegments(path) + suffix
    } else {
      let folder = basePath.lastIndex(of: "/").map { basePath[...$0] } ?? "/"
      resolved = Self.removingDotSegments(folder + path) + suffix
    }
    return try HTTPTarget(parsing: "\(scheme)//\(hostAndPort)\(resolved)")
  }

  private static func encoded(_ reference: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in reference.utf8 {
      if byte >= 0x80 || Array(" \"<>^`{|}".utf8).contains(byte) {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hasScheme(_ reference: String) -> Bool {
    guard let end = reference.utf8.firstIndex(where: { Array(":/?#".utf8).contains($0) }) else {
      return false
    }
    return reference.utf8[end] == UInt8(ascii: ":")
  }

  /// The path, and what begins with `?` or `#`.
  private static func split(_ text: String) -> (path: String, suffix: String) {
    guard let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return (text, "") }
    return (String(text[..<end]), String(text[end...]))
  }

  /// RFC 3986 section 5.2.4, for a path that begins with `/`.
  private static func removingDotSegments(_ path: String) -> String {
    var output: [Substring] = []
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for (index, segment) in zip(segments.indices, segments) {
      let isLast = index == segments.endIndex - 1
      switch segment {
      case ".": if isLast { output.append("") }
      case "..":
        _ = output.popLast()
        if isLast { output.append("") }
      default: output.append(segment)
      }
    }
    return "/" + output.joined(separator: "/")
  }
}
