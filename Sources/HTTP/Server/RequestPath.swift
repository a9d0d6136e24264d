// The request target: which path was meant, decoded once and strictly.

internal import HTTPTypes

/// The path of a request, in decoded segments. Nothing in a segment can be mistaken for structure: no slash,
/// no backslash, no dot segment, no control character, valid UTF-8.
package struct RequestPath: Sendable, Equatable {
  /// `/` has none; `/a/b/` has two.
  package let segments: [String]
  /// Whether something other than the root ends in a slash.
  package let hasTrailingSlash: Bool
  /// The query as it was sent, without its question mark; nil without one.
  package let rawQuery: String?

  /// Reads a target in origin form (`/path?query`), absolute form (`http://host/path`, whose host is dropped in
  /// favour of `Host`), or `*`.
  ///
  /// - Throws: `HTTPProblem` 400.
  package static func parse(_ target: [UInt8]) throws(HTTPProblem) -> RequestPath {
    if target == [UInt8(ascii: "*")] {
      return RequestPath(segments: [], hasTrailingSlash: false, rawQuery: nil)
    }
    guard target.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "#") }) else {
      throw .badRequest("The address has a character that does not belong there.")
    }
    let originForm = try droppingAuthority(target[...])
    let mark = originForm.firstIndex(of: UInt8(ascii: "?"))
    let path = originForm[..<(mark ?? originForm.endIndex)]
    var query: String?
    if let mark {
      guard let text = String(validating: originForm[(mark + 1)...], as: UTF8.self) else {
        throw .badRequest("The query is not UTF-8.")
      }
      query = text
    }
    let (segments, trailing) = try decodeSegments(path)
    return RequestPath(segments: segments, hasTrailingSlash: trailing, rawQuery: query)
  }

  private static func droppingAuthority(_ target: ArraySlice<UInt8>) throws(HTTPProblem) -> ArraySlice<UInt8>
  {
    if target.first == UInt8(ascii: "/") { return target }
    for scheme in ["http://", "https://"] where target.count > scheme.utf8.count {
      let end = target.startIndex + scheme.utf8.count
      let prefix = String(decoding: target[..<end], as: UTF8.self)
      guard prefix.equalsIgnoringASCIICase(scheme) else { continue }
      let rest = target[end...]
      guard let slash = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
        return [UInt8(ascii: "/")]
      }
      return rest[slash] == UInt8(ascii: "/") ? rest[slash...] : [UInt8(ascii: "/")] + rest[slash...]
    }
    throw .badRequest("The address has no form this server knows.")
  }

  private static func decodeSegments(_ path: ArraySlice<UInt8>) throws(HTTPProblem) -> ([String], Bool) {
    var segments: [String] = []
    var start = path.startIndex + 1
    guard start < path.endIndex else { return ([], false) }
    while start < path.endIndex {
      let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
      segments.append(try decodeSegment(path[start..<end]))
      start = end + 1
    }
    return (segments, path.last == UInt8(ascii: "/"))
  }

  private static func decodeSegment(_ raw: ArraySlice<UInt8>) throws(HTTPProblem) -> String {
    var bytes = raw
    if raw.contains(UInt8(ascii: "%")) {
      guard let decoded = PercentEncoding.decode(raw, plusIsSpace: false) else {
        throw .badRequest("The path has a broken percent escape.")
      }
      bytes = decoded[...]
    }
    for byte in bytes
    where byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") {
      throw .badRequest("The path has an encoded slash, a backslash or a control character.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badRequest("The path is not UTF-8.")
    }
    guard !text.isEmpty else { throw .badRequest("The path has an empty segment.") }
    guard text != ".", text != ".." else { throw .badRequest("The path has a dot segment.") }
    return text
  }
}
