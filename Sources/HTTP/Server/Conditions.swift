// Ranges and conditions: what a client has already, and which part it wants (RFC 9110 sections 13 and 14).

internal import HTTPTypes

/// What a `Range` field asks of a resource of known size.
package enum ByteRange: Sendable, Equatable {
  /// No range, one we do not understand, or several: send everything (RFC 9110 section 14.2 allows it).
  case whole
  /// 206 with these bytes.
  case part(Range<Int64>)
  /// 416.
  case unsatisfiable

  /// Reads a `Range` field.
  package static func parse(_ field: String?, size: Int64) -> ByteRange {
    guard let field, field.utf8.count <= 100, field.lowercased().hasPrefix("bytes=") else { return .whole }
    let spec = field.dropFirst(6)
    guard !spec.contains(","), let dash = spec.firstIndex(of: "-") else { return .whole }
    let first = spec[..<dash].trimmingSpaces
    let last = spec[spec.index(after: dash)...].trimmingSpaces
    if first.isEmpty {
      guard let suffix = number(last) else { return .whole }
      guard suffix > 0, size > 0 else { return .unsatisfiable }
      return .part(max(0, size - suffix)..<size)
    }
    guard let lower = number(first) else { return .whole }
    guard let upper = last.isEmpty ? Int64.max - 1 : number(last), upper >= lower else { return .whole }
    guard lower < size else { return .unsatisfiable }
    return .part(lower..<min(size, upper + 1))
  }

  private static func number(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    return Int64(text)
  }
}

/// What identifies a representation.
package struct Validators: Sendable, Equatable {
  /// A strong entity tag with its quotes; nil without one.
  package let etag: String?
  /// Seconds since 1970; nil when unknown.
  package let lastModified: Int64?

  package init(etag: String?, lastModified: Int64?) {
    self.etag = etag
    self.lastModified = lastModified
  }

  /// Whether the client's copy is still good (304): `If-None-Match`, or `If-Modified-Since` where that is absent.
  package func isNotModified(ifNoneMatch: String?, ifModifiedSince: String?) -> Bool {
    if let ifNoneMatch {
      guard let etag else { return false }
      return Self.tags(ifNoneMatch).contains { $0 == "*" || $0 == etag || $0 == "W/" + etag }
    }
    guard let lastModified, let since = ifModifiedSince.flatMap(HTTPDate.parse) else { return false }
    return lastModified <= since
  }

  /// Whether a range may be served (`If-Range`): the strong tag, or the exact date.
  package func allowsRange(ifRange: String?) -> Bool {
    guard let ifRange else { return true }
    if ifRange.hasPrefix("\"") { return ifRange == etag }
    guard let lastModified, let date = HTTPDate.parse(ifRange) else { return false }
    return lastModified == date
  }

  /// The list of a tag field. Tags may hold commas, so quotes are followed.
  private static func tags(_ field: String) -> [Substring] {
    field[...].parts(outsideQuotesAt: UInt8(ascii: ","), escapes: false).parts.map(\.trimmingSpaces)
  }
}

/// `Accept-Encoding`, as far as choosing among a few codings goes.
package enum ContentNegotiation {
  /// The coding among `available`, in the server's order of preference, that the client likes best; nil for
  /// identity. A coding that is not named is accepted only through `*`.
  package static func choose(_ available: [String], acceptEncoding: String?) -> String? {
    guard let acceptEncoding, acceptEncoding.utf8.count <= 1_000 else { return nil }
    var weights: [String: Int] = [:]
    for item in acceptEncoding.split(separator: ",").prefix(20) {
      let parts = item.split(separator: ";")
      guard let name = parts.first?.trimmingSpaces.lowercased() else { continue }
      weights[name] = parts.dropFirst().lazy.compactMap { weight($0.trimmingSpaces) }.first ?? 1_000
    }
    var best: (coding: String, weight: Int)?
    for coding in available {
      let weight = weights[coding] ?? weights["*"] ?? 0
      if weight > 0, weight > best?.weight ?? 0 { best = (coding, weight) }
    }
    guard let best, best.weight >= weights["identity"] ?? 0 else { return nil }
    return best.coding
  }

  /// A `q` parameter in thousandths.
  private static func weight(_ parameter: Substring) -> Int? {
    guard parameter.lowercased().hasPrefix("q=") else { return nil }
    let digits = parameter.dropFirst(2)
    guard let whole = digits.first, whole == "0" || whole == "1" else { return 0 }
    var value = whole == "1" ? 1_000 : 0
    var scale = 100
    for digit in digits.dropFirst(2).prefix(3) {
      guard let number = digit.wholeNumberValue else { return 0 }
      value += number * scale
      scale /= 10
    }
    return min(value, 1_000)
  }
}
