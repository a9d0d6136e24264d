// Reading the parameters of a call: what is wrong is said in a sentence that names the parameter.

import JSON

extension GuestCall {
  /// A text that must be there.
  ///
  /// - Throws: `RPCError.invalid`.
  package func text(_ name: String, _ lengths: ClosedRange<Int> = 1...10_000) throws(RPCError) -> String {
    guard let text = try optionalText(name, lengths) else { throw .invalid("\(name) is required") }
    return text
  }

  /// A text that may be missing or null; lengths in Unicode scalars.
  ///
  /// - Throws: `RPCError.invalid`.
  package func optionalText(
    _ name: String, _ lengths: ClosedRange<Int> = 0...10_000
  ) throws(RPCError) -> String? {
    guard let value = params[name], !value.isNull else { return nil }
    guard let text = value.string else { throw .invalid("\(name) must be a string") }
    guard lengths.contains(text.unicodeScalars.count) else {
      throw .invalid("\(name) must have \(lengths.lowerBound) to \(lengths.upperBound) characters")
    }
    return text
  }

  /// An integer that may be missing or null.
  ///
  /// - Throws: `RPCError.invalid`.
  package func optionalInteger(
    _ name: String, _ bounds: ClosedRange<Int64>
  ) throws(RPCError) -> Int64? {
    guard let value = params[name], !value.isNull else { return nil }
    guard let number = value.int64 ?? value.double.flatMap({ Int64(exactly: $0) }), bounds.contains(number)
    else { throw .invalid("\(name) must be an integer from \(bounds.lowerBound) to \(bounds.upperBound)") }
    return number
  }

  /// An integer that must be there.
  ///
  /// - Throws: `RPCError.invalid`.
  package func integer(_ name: String, _ bounds: ClosedRange<Int64>) throws(RPCError) -> Int64 {
    guard let number = try optionalInteger(name, bounds) else { throw .invalid("\(name) is required") }
    return number
  }

  /// A truth value; false where it is missing.
  ///
  /// - Throws: `RPCError.invalid`.
  package func flag(_ name: String) throws(RPCError) -> Bool {
    guard let value = params[name], !value.isNull else { return false }
    guard let flag = value.bool else { throw .invalid("\(name) must be true or false") }
    return flag
  }

  /// A snowflake that must be there: decimal digits in a string.
  ///
  /// - Throws: `RPCError.invalid`.
  package func snowflake(_ name: String) throws(RPCError) -> UInt64 {
    guard let value = params[name], !value.isNull else { throw .invalid("\(name) is required") }
    guard let id = value.snowflake, id > 0 else { throw .invalid("\(name) must be a Discord id") }
    return id
  }
}
