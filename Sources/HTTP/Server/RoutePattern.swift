// What a route's path looks like, and how its placeholders become values.

internal import HTTPTypes

/// How one placeholder of a pattern becomes a value.
package struct PathParameter<Value: Sendable>: Sendable {
  /// The type's name in route lists and API descriptions, such as `integer`.
  package let kind: String
  let parse: @Sendable (String) -> Value?

  /// `parse`: nil for text that is no such value; the request is answered with 404.
  package init(kind: String, parse: @escaping @Sendable (String) -> Value?) {
    self.kind = kind
    self.parse = parse
  }
}

extension PathParameter where Value == String {
  /// Any segment.
  package static var text: Self { Self(kind: "string") { $0 } }
}

extension PathParameter where Value == Int64 {
  /// A decimal number without leading zeros or sign.
  package static var int64: Self { Self(kind: "integer", parse: canonicalNumber) }
}

extension PathParameter where Value == UInt64 {
  /// A decimal number without leading zeros or sign.
  package static var uint64: Self { Self(kind: "integer", parse: canonicalNumber) }
}

/// One number has one address: `007` and `+7` are not found rather than another name for 7.
private func canonicalNumber<Number: FixedWidthInteger & Sendable>(_ text: String) -> Number? {
  guard let first = text.utf8.first, first &- 0x30 < 10, first != 0x30 || text.utf8.count == 1 else {
    return nil
  }
  return Number(text)
}

/// A pattern such as `/g/{guild}/plugins/{name}`; `{rest...}` as the last segment takes what is left.
package struct RoutePattern: Sendable, Hashable, CustomStringConvertible {
  /// One segment.
  package enum Segment: Sendable, Hashable {
    case literal(String)
    /// Any one segment, by the placeholder's name.
    case placeholder(String)
    /// One or more segments, joined with slashes.
    case rest(String)
  }

  /// The parts between slashes, in order.
  package let segments: [Segment]

  /// - Throws: `.badRoute` when it does not begin with a slash, has an empty segment, a placeholder without a name
  ///   or twice the same name, or a rest that is not last.
  package init(_ text: String) throws(HTTPServerError) {
    guard text.hasPrefix("/") else { throw HTTPServerError(.badRoute, "\(text): a path begins with a slash") }
    var segments: [Segment] = []
    for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      if part.isEmpty, text == "/" { break }
      segments.append(try Self.segment(String(part), of: text))
    }
    let names = segments.compactMap(\.name)
    guard Set(names).count == names.count else {
      throw HTTPServerError(.badRoute, "\(text): two placeholders have the same name")
    }
    for case .rest in segments.dropLast() {
      throw HTTPServerError(.badRoute, "\(text): a rest must be the last segment")
    }
    self.segments = segments
  }

  private static func segment(_ part: String, of text: String) throws(HTTPServerError) -> Segment {
    guard part.hasPrefix("{") else {
      guard !part.isEmpty, part != ".", part != "..", !part.contains(where: { "{}%\\".contains($0) }) else {
        throw HTTPServerError(.badRoute, "\(text): “\(part)” is no segment")
      }
      return .literal(part)
    }
    let isRest = part.hasSuffix("...}")
    let name = String(part.dropFirst().dropLast(isRest ? 4 : 1))
    guard part.hasSuffix("}"), HTTPFields.isToken(name) else {
      throw HTTPServerError(.badRoute, "\(text): “\(part)” is no placeholder")
    }
    return isRest ? .rest(name) : .placeholder(name)
  }

  /// Names of the placeholders, in order.
  package var parameterNames: [String] { segments.compactMap(\.name) }

  package var description: String { "/" + segments.map(\.description).joined(separator: "/") }
}

extension RoutePattern.Segment: CustomStringConvertible {
  var name: String? {
    switch self {
    case .literal: nil
    case .placeholder(let name), .rest(let name): name
    }
  }

  package var description: String {
    switch self {
    case .literal(let text): text
    case .placeholder(let name): "{\(name)}"
    case .rest(let name): "{\(name)...}"
    }
  }
}
