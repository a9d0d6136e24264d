// Reads the fields of a request's body, and collects what is wrong with them as Discord words it.

package import DiscordCore
package import EventLoop
package import JSON

/// A field of a body: not there, null, or a value.
package enum Given<Value> {
  case absent
  case null
  case value(Value)

  /// The value; nil when there is none.
  package var value: Value? { if case .value(let value) = self { value } else { nil } }

  /// Whether the field is there, if only as null.
  package var isGiven: Bool { if case .absent = self { false } else { true } }

  /// Another value in the place of this one.
  func map<Other>(_ body: (Value) -> Other) -> Given<Other> {
    switch self {
    case .absent: .absent
    case .null: .null
    case .value(let value): .value(body(value))
    }
  }
}

/// Reads one object of a body. Ask for every field, then call `finish()`, then act: nothing is changed by a body
/// that is wrong anywhere.
package struct BodyReader {
  private let object: JSONObject
  private let path: [String]
  /// What was wrong so far.
  package private(set) var errors = FieldErrors()

  /// - Throws: 50035 for a body that is no object; a missing one is an empty one.
  package init(_ body: JSONValue?) throws(RESTFailure) {
    path = []
    switch body {
    case .object(let value): object = value
    case nil, .null: object = JSONObject()
    default:
      throw RESTFailure(
        status: 400, code: 50035, message: "Invalid Form Body",
        errors: [
          "_errors": [
            ["code": "DICT_TYPE_CONVERT", "message": "Only dictionaries may be used in a DictType"]
          ]
        ])
    }
  }

  init(_ object: JSONObject, at path: [String]) { (self.object, self.path) = (object, path) }

  /// Whether the field is there.
  package func has(_ name: String) -> Bool { object[name] != nil }

  /// The field as it came.
  package func raw(_ name: String) -> JSONValue? { object[name] }

  /// Adds an error at a field.
  package mutating func fail(_ name: String, _ code: String, _ message: String) {
    errors.add(path + [name], code: code, message)
  }

  /// Says that a field which is not there must be.
  package mutating func require(_ names: String...) {
    for name in names where object[name] == nil || object[name] == .null {
      fail(name, "BASE_TYPE_REQUIRED", "This field is required")
    }
  }

  /// - Throws: 50035 with everything that was wrong.
  package func finish() throws(RESTFailure) { if !errors.isEmpty { throw errors.failure } }

  private mutating func read<Value>(_ name: String, _ convert: (JSONValue, inout Self) -> Value?) -> Given<
    Value
  > {
    guard let raw = object[name] else { return .absent }
    if raw.isNull { return .null }
    return convert(raw, &self).map { .value($0) } ?? .absent
  }

  // MARK: Kinds

  /// A text whose length (in Unicode scalars) is within bounds.
  package mutating func text(_ name: String, _ length: ClosedRange<Int>, trims: Bool = false) -> Given<String>
  {
    read(name) { raw, reader in
      guard var text = raw.string ?? raw.int64.map({ String($0) }) else {
        reader.fail(name, "STRING_TYPE_CONVERT", "Could not interpret \"\(raw.kindName)\" as string.")
        return nil
      }
      if trims { text = text.trimmed }
      let count = text.unicodeScalars.count
      guard !length.contains(count) else { return text }
      if length.lowerBound == 0 {
        reader.fail(
          name, "BASE_TYPE_MAX_LENGTH", "Must be \(length.upperBound) or fewer in length.")
      } else if count == 0 {
        reader.fail(name, "BASE_TYPE_REQUIRED", "This field is required")
      } else {
        reader.fail(
          name, "BASE_TYPE_BAD_LENGTH",
          "Must be between \(length.lowerBound) and \(length.upperBound) in length.")
      }
      return nil
    }
  }

  /// A whole number within bounds.
  package mutating func int(_ name: String, _ bounds: ClosedRange<Int>) -> Given<Int> {
    read(name) { raw, reader in
      let number: Int? =
        switch raw {
        case .integer(let value): Int(value)
        case .double(let value): Int(exactly: value)
        case .string(let text): Int(text)
        default: nil
        }
      guard let number else {
        reader.fail(name, "NUMBER_TYPE_COERCE", "Value \"\(raw.kindName)\" is not int.")
        return nil
      }
      if number < bounds.lowerBound {
        reader.fail(
          name, "NUMBER_TYPE_MIN", "int value should be greater than or equal to \(bounds.lowerBound).")
        return nil
      }
      if number > bounds.upperBound {
        reader.fail(
          name, "NUMBER_TYPE_MAX", "int value should be less than or equal to \(bounds.upperBound).")
        return nil
      }
      return number
    }
  }

  /// One of some numbers.
  package mutating func choice(_ name: String, _ choices: [Int]) -> Given<Int> {
    let given = int(name, Int.min...Int.max)
    guard case .value(let value) = given, !choices.contains(value) else { return given }
    let list = choices.map { String($0) }.joined(separator: ", ")
    fail(name, "BASE_TYPE_CHOICES", "Value must be one of {\(list)}.")
    return .absent
  }

  /// A truth; forms write it as text.
  package mutating func bool(_ name: String) -> Given<Bool> {
    read(name) { raw, reader in
      switch raw {
      case .bool(let value): return value
      case .string("true"), .string("True"), .string("1"): return true
      case .string("false"), .string("False"), .string("0"): return false
      default:
        reader.fail(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return nil
      }
    }
  }

  /// An id.
  package mutating func id<Entity>(_ name: String, _ entity: Entity.Type = Entity.self) -> Given<
    Snowflake<Entity>
  > {
    read(name) { raw, reader in
      if let value = raw.snowflake { return Snowflake<Entity>(value) }
      reader.fail(name, "NUMBER_TYPE_COERCE", "Value \"\(raw.kindName)\" is not snowflake.")
      return nil
    }
  }

  /// Ids, at most so many.
  package mutating func ids<Entity>(_ name: String, upTo limit: Int, _ entity: Entity.Type = Entity.self)
    -> Given<[Snowflake<Entity>]>
  {
    guard case .value(let elements) = array(name, 0...limit) else {
      return object[name]?.isNull == true ? .null : .absent
    }
    var ids: [Snowflake<Entity>] = []
    for (index, element) in elements.enumerated() {
      if let value = element.snowflake {
        ids.append(Snowflake(value))
      } else {
        errors.add(
          path + [name, String(index)], code: "NUMBER_TYPE_COERCE",
          "Value \"\(element.kindName)\" is not snowflake.")
      }
    }
    return .value(ids)
  }

  /// Permissions as digits.
  package mutating func permissions(_ name: String) -> Given<Permissions> {
    read(name) { raw, reader in
      if let value = raw.snowflake { return Permissions(rawValue: value) }
      reader.fail(name, "NUMBER_TYPE_COERCE", "Value \"\(raw.kindName)\" is not int.")
      return nil
    }
  }

  /// An instant.
  package mutating func instant(_ name: String) -> Given<Timestamp> {
    read(name) { raw, reader in
      if let instant = raw.string.flatMap({ Timestamp(iso8601: $0) }) { return instant }
      reader.fail(name, "DATE_TIME_TYPE_PARSE", "Could not parse. Should be ISO8601.")
      return nil
    }
  }

  /// A list whose length is within bounds.
  package mutating func array(_ name: String, _ count: ClosedRange<Int>) -> Given<[JSONValue]> {
    read(name) { raw, reader in
      guard let elements = raw.array else {
        reader.fail(name, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.")
        return nil
      }
      guard count.contains(elements.count) else {
        reader.fail(
          name, elements.count > count.upperBound ? "BASE_TYPE_MAX_LENGTH" : "BASE_TYPE_BAD_LENGTH",
          count.lowerBound == 0
            ? "Must be \(count.upperBound) or fewer in length."
            : "Must be between \(count.lowerBound) and \(count.upperBound) in length.")
        return nil
      }
      return elements
    }
  }

  /// Reads an object inside; nil when it is not there or no object.
  package mutating func object<Result>(_ name: String, _ body: (inout BodyReader) -> Result) -> Given<Result>
  {
    read(name) { raw, reader in
      guard let inner = raw.object else {
        reader.fail(name, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return nil
      }
      return reader.nested(inner, [name], body)
    }
  }

  /// Reads each object of a list inside.
  package mutating func objects<Result>(
    _ name: String, _ count: ClosedRange<Int>, _ body: (inout BodyReader) -> Result
  ) -> Given<[Result]> {
    let list = array(name, count)
    guard case .value(let elements) = list else { return list.map { _ in [] } }
    var results: [Result] = []
    for (index, element) in elements.enumerated() {
      guard let inner = element.object else {
        errors.add(
          path + [name, String(index)], code: "DICT_TYPE_CONVERT",
          "Only dictionaries may be used in a DictType")
        continue
      }
      results.append(nested(inner, [name, String(index)], body))
    }
    return .value(results)
  }

  private mutating func nested<Result>(
    _ inner: JSONObject, _ steps: [String], _ body: (inout BodyReader) -> Result
  ) -> Result {
    var reader = BodyReader(inner, at: path + steps)
    reader.errors = errors
    let result = body(&reader)
    errors = reader.errors
    return result
  }
}

extension JSONValue {
  /// The value, if it is short, for an error about it.
  fileprivate var kindName: String {
    switch self {
    case .null: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .double(let value): String(value)
    case .string(let text): String(text.prefix(100))
    case .array: "[]"
    case .object: "{}"
    }
  }
}

extension String {
  /// Without white space at both ends.
  package var trimmed: String {
    let kept = drop { $0.isWhitespace }
    guard let last = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(kept[...last])
  }
}
