// From the parameters of a call to what PostgreSQL binds (plugin-host contract, section 10.3).

import JSON
import Postgres
import SandboxContract

/// The types of parameters follow what the usual Python drivers send: numbers have the smallest type that holds them,
/// texts take the type of the place where they stand.
enum SQLParameters {
  /// Numbers in `pg_type`.
  private enum OID {
    static let inferred: UInt32 = 0
    static let (bool, int8, int4, text): (UInt32, UInt32, UInt32, UInt32) = (16, 20, 23, 25)
    static let (float8, numeric, jsonb): (UInt32, UInt32, UInt32) = (701, 1700, 3802)
    static let (bools, int4s, texts, int8s): (UInt32, UInt32, UInt32, UInt32) = (1000, 1007, 1009, 1016)
    static let (float8s, numerics): (UInt32, UInt32) = (1022, 1231)
  }

  static let maximumCount = 5_000
  /// Bytes of all parameters of a call together.
  static let maximumSize = 4 << 20

  /// - Throws: `RPCError.invalid` for too many, too much, or a text with a NUL, which PostgreSQL does not store.
  static func encode(_ values: [JSONValue]) throws(RPCError) -> [PostgresParameter] {
    guard values.count <= maximumCount else {
      throw .invalid("a statement takes at most \(maximumCount) parameters")
    }
    var (parameters, size) = ([PostgresParameter](), 0)
    for value in values {
      let parameter = try encode(value)
      size += parameter.text?.utf8.count ?? 0
      guard size <= maximumSize else { throw .invalid("the parameters are larger than 4 MiB") }
      if parameter.text?.utf8.contains(0) == true {
        throw .invalid("a parameter contains a NUL character, which PostgreSQL does not store")
      }
      parameters.append(parameter)
    }
    return parameters
  }

  /// The same with a type for every value: where the server cannot infer one from the place, as in
  /// `jsonb_build_object('a', %s)`.
  static func typed(_ parameters: [PostgresParameter], _ values: [JSONValue]) -> [PostgresParameter] {
    zip(parameters, values).map { parameter, value in
      guard parameter.type == OID.inferred else { return parameter }
      let type: UInt32 =
        switch value {
        case .object: OID.jsonb
        case .array(let elements): isPlain(elements) ? OID.texts : OID.jsonb
        default: OID.text
        }
      return PostgresParameter(type: type, text: parameter.text)
    }
  }

  private static func encode(_ value: JSONValue) throws(RPCError) -> PostgresParameter {
    switch value {
    case .null: PostgresParameter(type: OID.inferred, text: nil)
    case .bool(let flag): PostgresParameter(type: OID.bool, text: flag ? "t" : "f")
    case .integer(let number): PostgresParameter(type: type(of: number), text: "\(number)")
    case .unsigned(let number): PostgresParameter(type: OID.numeric, text: "\(number)")
    case .double(let number): PostgresParameter(type: OID.float8, text: "\(number)")
    case .string(let text): PostgresParameter(type: OID.inferred, text: text)
    case .array(let elements) where isPlain(elements):
      PostgresParameter(type: type(of: elements), text: array(elements))
    case .array, .object: PostgresParameter(type: OID.inferred, text: try json(value))
    }
  }

  private static func type(of number: Int64) -> UInt32 { Int32(exactly: number) == nil ? OID.int8 : OID.int4 }

  private static func json(_ value: JSONValue) throws(RPCError) -> String {
    do {
      return String(decoding: try value.encoded(), as: UTF8.self)
    } catch {
      throw .invalid("a parameter cannot be written as JSON")
    }
  }

  // MARK: Lists

  /// Whether a list is an array of PostgreSQL: nothing but null and values of one kind, or lists of such.
  private static func isPlain(_ elements: [JSONValue]) -> Bool {
    let leaves = leaves(of: elements, depth: 0)
    guard let leaves else { return false }
    let kinds = Set(leaves.compactMap(kind))
    return kinds.count <= 1 && !leaves.contains { $0.object != nil }
  }

  /// nil where lists and values stand side by side, which no array does.
  private static func leaves(of elements: [JSONValue], depth: Int) -> [JSONValue]? {
    let lists = elements.compactMap(\.array)
    guard !lists.isEmpty else { return elements }
    // PostgreSQL's arrays have six dimensions, each of one length.
    guard lists.count == elements.count, depth < 5, Set(lists.map(\.count)).count == 1 else { return nil }
    var all: [JSONValue] = []
    for list in lists {
      guard let inner = leaves(of: list, depth: depth + 1) else { return nil }
      all += inner
    }
    return all
  }

  private static func kind(_ value: JSONValue) -> Int? {
    switch value {
    case .bool: 0
    case .integer, .unsigned, .double: 1
    case .string: 2
    case .null, .array, .object: nil
    }
  }

  private static func type(of elements: [JSONValue]) -> UInt32 {
    let leaves = leaves(of: elements, depth: 0) ?? []
    var types: Set<UInt32> = []
    for leaf in leaves {
      switch leaf {
      case .bool: types.insert(OID.bools)
      case .integer(let number): types.insert(type(of: number) == OID.int4 ? OID.int4s : OID.int8s)
      case .unsigned: types.insert(OID.numerics)
      case .double: types.insert(OID.float8s)
      default: break
      }
    }
    // The widest that is there.
    return [OID.float8s, OID.numerics, OID.int8s, OID.int4s, OID.bools].first { types.contains($0) }
      ?? OID.inferred
  }

  private static func array(_ elements: [JSONValue]) -> String {
    let texts = elements.map { element -> String in
      switch element {
      case .null: "NULL"
      case .bool(let flag): flag ? "t" : "f"
      case .integer(let number): "\(number)"
      case .unsigned(let number): "\(number)"
      case .double(let number): "\(number)"
      case .string(let text): SQLArrayText.quoted(text)
      case .array(let inner): array(inner)
      case .object: "NULL"
      }
    }
    return "{\(texts.joined(separator: ","))}"
  }
}
