// Names and values of queries and urlencoded forms.

internal import HTTPTypes

/// The pairs of a query or of a form, in the order they were sent; a name may appear more than once.
package struct FormFields: Sendable, Equatable {
  /// One pair, decoded.
  package struct Pair: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  /// All fields in the order they came, decoded.
  package private(set) var pairs: [Pair] = []

  package init() {}

  /// The first value of that name.
  package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// All values of that name.
  package func values(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

  mutating func append(_ name: String, _ value: String) {
    pairs.append(Pair(name: name, value: value))
  }

  /// How many pairs a query or form may have, unless its reader says otherwise.
  package static let maximumCount = 1_000

  /// Reads `application/x-www-form-urlencoded` bytes (URL Standard section 5.1, but strict: a broken escape, bad
  /// UTF-8 or a NUL is refused rather than mended). `limit` is how many pairs there may be.
  ///
  /// - Throws: `HTTPProblem` 400.
  package static func parse(
    _ bytes: [UInt8], limit: Int = maximumCount
  ) throws(HTTPProblem) -> FormFields {
    var fields = FormFields()
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
      defer { start = end + 1 }
      let pair = bytes[start..<end]
      if pair.isEmpty { continue }
      guard fields.pairs.count < limit else { throw .badRequest("There are too many fields.") }
      let equals = pair.firstIndex(of: UInt8(ascii: "="))
      let name = try decode(pair[..<(equals ?? pair.endIndex)])
      let value = try equals.map { index throws(HTTPProblem) in try decode(pair[(index + 1)...]) } ?? ""
      fields.append(name, value)
    }
    return fields
  }

  private static func decode(_ raw: ArraySlice<UInt8>) throws(HTTPProblem) -> String {
    guard let bytes = PercentEncoding.decode(raw, plusIsSpace: true), !bytes.contains(0),
      let text = String(validating: bytes, as: UTF8.self)
    else {
      throw .badRequest("A field is not properly encoded.")
    }
    return text
  }
}
