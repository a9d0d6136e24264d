// The comfortable door: Codable, for configuration, forms and tests, where speed does not matter.

import FoundationEssentials

/// Codable through Foundation's coders, behind the same limits and errors as the rest of this room. Dates are
/// milliseconds since 1970, data is base64.
package enum JSONCoding {
  /// Decodes a value.
  ///
  /// - Throws: what `JSONParser.parse` throws for the text; `.missingField` and `.typeMismatch` with the coding
  ///   path (not in `description`: its keys may come from outside) and the offset of the value it stops at.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], maximumSize: Int = JSONLimits.maximumSize
  ) throws(JSONError) -> Value {
    guard bytes.count <= maximumSize else { throw JSONError(.tooLarge, offset: maximumSize) }
    try validate(bytes)
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .millisecondsSince1970
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw JSONError(error, in: bytes)
    } catch let error as JSONError {
      throw error
    } catch {
      // A type's own error: it refused the value.
      throw JSONError(.typeMismatch)
    }
  }

  /// Encodes a value.
  ///
  /// With `sortedKeys`, for texts that are compared, signed or read by people.
  ///
  /// - Throws: `.notFinite` for NaN and the infinities, `.notRepresentable` if the value refuses, `.tooDeep` and
  ///   `.tooLarge` by the usual limits.
  package static func encode<Value: Encodable>(
    _ value: Value, sortedKeys: Bool = false, maximumSize: Int = JSONLimits.maximumSize
  ) throws(JSONError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .millisecondsSince1970
    encoder.outputFormatting =
      sortedKeys ? [.sortedKeys, .withoutEscapingSlashes] : [.withoutEscapingSlashes]
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try encoder.encode(value))
    } catch let error as EncodingError {
      throw JSONError(error)
    } catch {
      throw JSONError(.notRepresentable)
    }
    guard bytes.count <= maximumSize else { throw JSONError(.tooLarge, offset: maximumSize) }
    try validate(bytes)
    return bytes
  }

  /// Checks that `bytes` are one JSON text within the depth limit, and reads nothing of it.
  ///
  /// - Throws: what `JSONParser.parse` throws for the text.
  package static func validate(_ bytes: [UInt8]) throws(JSONError) {
    let outcome = bytes.withUnsafeBufferPointer { text in
      Result { () throws(JSONError) in try JSONScanner.check(text) }
    }
    _ = try outcome.get()
  }
}

extension JSONError {
  fileprivate init(_ error: DecodingError, in bytes: [UInt8]) {
    let (code, context): (Code, DecodingError.Context) =
      switch error {
      case .keyNotFound(_, let context): (.missingField, context)
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        (.typeMismatch, context)
      @unknown default: (.typeMismatch, .init(codingPath: [], debugDescription: ""))
      }
    var path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
    if case .keyNotFound(let key, _) = error { path += ".\(key.stringValue)" }
    // For a number that does not fit its integer type Foundation names no path: then the place is not known.
    var isPathKnown = true
    if case .dataCorrupted = error { isPathKnown = !path.isEmpty }
    self.init(
      code, offset: isPathKnown ? Self.offset(of: context.codingPath, in: bytes) : nil,
      path: path.isEmpty ? nil : path)
  }

  fileprivate init(_ error: EncodingError) {
    switch error {
    case .invalidValue(let value as Double, _) where !value.isFinite: self.init(.notFinite)
    case .invalidValue(let value as Float, _) where !value.isFinite: self.init(.notFinite)
    default: self.init(.notRepresentable)
    }
  }

  /// Where the value at `path` starts; nil if the text has none, as with a decoder that renames its keys.
  private static func offset(of path: [any CodingKey], in bytes: [UInt8]) -> Int? {
    do {
      try JSONParser(retainedSize: 0).parse(bytes, maximumSize: .max) { root in
        var view: JSONView? = root
        for key in path {
          view =
            if let index = key.intValue, let array = view?.array {
              array.dropFirst(index).first { _ in true }
            } else {
              view?[named: key.stringValue]
            }
        }
        if let view { throw view.mismatch() }
      }
      return nil
    } catch {
      // The error is the answer: the parser has given it the offset that was asked for.
      return (error as? JSONError)?.offset
    }
  }
}
