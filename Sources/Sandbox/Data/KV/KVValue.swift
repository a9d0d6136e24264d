// What may be a value, and what adding to one makes of it.

import JSON
import SandboxContract

/// The bounds of `kv.*`.
enum KVLimits {
  /// Characters of a key, as Unicode scalars.
  static let keyLength = 256
  /// Bytes of a value as compact JSON.
  static let valueSize = 65_536
  /// Arrays and objects inside one another in a value.
  static let depth = 128
  /// Keys of a plugin in a server that are not expired.
  static let keys = 10_000
  static let page = 100
  static let getMany = 50
  static let putMany = 25
  /// Names in a path of `kv.increment`.
  static let path = 32
}

/// Values of `kv.*`.
enum KVValue {
  /// The text that is stored.
  ///
  /// - Throws: `RPCError.invalid` for what is too deep or too long.
  static func text(_ value: JSONValue) throws(RPCError) -> String {
    guard isShallow(value, KVLimits.depth) else {
      throw .invalid("value must not be nested deeper than \(KVLimits.depth) levels")
    }
    let bytes: [UInt8]
    do {
      bytes = try value.encoded()
    } catch {
      throw .invalid("value must be JSON")
    }
    guard bytes.count <= KVLimits.valueSize else {
      throw .invalid("value must be at most \(KVLimits.valueSize) bytes of JSON, this one has \(bytes.count)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isShallow(_ value: JSONValue, _ levels: Int) -> Bool {
    switch value {
    case .array(let elements): levels > 0 && elements.allSatisfy { isShallow($0, levels - 1) }
    case .object(let object): levels > 0 && object.fields.allSatisfy { isShallow($0.value, levels - 1) }
    default: true
    }
  }

  /// As `kv.get` answers it: the SDK takes an object with `value_json` for a wrapping, so a value that has such a field is
  /// wrapped once more.
  static func answer(_ value: JSONValue) -> JSONValue {
    guard let object = value.object, object.fields.contains(where: { $0.key == "value_json" }) else {
      return value
    }
    return ["value_json": value]
  }

  /// What a value becomes when a number in it is added to, and the new number. What is no number counts as 0, and what is no
  /// object on the path as an empty one.
  ///
  /// - Throws: `RPCError.invalid` when the sum is no 64-bit integer, or no finite number.
  static func adding(
    _ amount: Int64, to value: JSONValue?, at path: ArraySlice<String>
  ) throws(RPCError) -> (value: JSONValue, number: JSONValue) {
    guard let name = path.first else {
      let sum = try sum(value, amount)
      return (sum, sum)
    }
    var object = value?.object ?? JSONObject()
    // By bytes: names that Swift takes for equal may be two for the plugin.
    let index = object.fields.firstIndex { $0.key.utf8.elementsEqual(name.utf8) }
    let inner = try adding(amount, to: index.map { object.fields[$0].value }, at: path.dropFirst())
    if let index {
      object.fields[index].value = inner.value
    } else {
      object.fields.append(JSONObject.Field(key: name, value: inner.value))
    }
    return (.object(object), inner.number)
  }

  private static func sum(_ value: JSONValue?, _ amount: Int64) throws(RPCError) -> JSONValue {
    switch value {
    case .integer(let number):
      let (sum, overflow) = number.addingReportingOverflow(amount)
      guard !overflow else { throw .invalid("the sum must be a 64-bit integer") }
      return .integer(sum)
    case .unsigned(let number):
      let magnitude = amount.magnitude
      let (sum, overflow) =
        amount < 0
        ? number.subtractingReportingOverflow(magnitude) : number.addingReportingOverflow(magnitude)
      guard !overflow else { throw .invalid("the sum must be a 64-bit integer") }
      return Int64(exactly: sum).map { .integer($0) } ?? .unsigned(sum)
    case .double(let number):
      let sum = number + Double(amount)
      guard sum.isFinite else { throw .invalid("the sum must be a finite number") }
      return .double(sum)
    default: return .integer(amount)
    }
  }
}
