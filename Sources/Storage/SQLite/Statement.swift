// A prepared statement: parameters in, rows out.

internal import CSQLite
internal import SQL

/// Owns one `sqlite3_stmt`. Confined to its connection's thread.
final class Statement {
  private let handle: OpaquePointer
  /// For each placeholder of the library, the index of our parameter: `$2 … $1` makes it `[1, 0]`.
  private let order: [Int]
  private let parameterCount: Int
  /// When the cache last gave it out, in the cache's own count.
  var lastUse: UInt64 = 0
  private var shape: Shape

  /// What the rows look like; changes when the library prepares again after a change of schema.
  private struct Shape {
    var columns: [String]
    var isBoolean: [Bool]
    var preparations: CInt
  }

  /// - Throws: `.invalidStatement` for text that is empty, holds two statements, or has placeholders that are
  ///   not `$n`.
  init(_ text: String, on connection: Connection) throws(SQLError) {
    handle = try Self.prepare(text, on: connection)
    do {
      order = try Self.placeholders(of: handle)
    } catch {
      sqlite3_finalize(handle)
      throw error
    }
    parameterCount = Set(order).count
    shape = Self.shape(of: handle)
  }

  deinit {
    sqlite3_finalize(handle)
  }

  private static func prepare(_ text: String, on connection: Connection) throws(SQLError) -> OpaquePointer {
    var text = text
    var handle: OpaquePointer?
    var code = SQLITE_OK
    var restIsEmpty = true
    text.withUTF8 { bytes in
      guard let start = bytes.baseAddress else { return }
      start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
        var tail: UnsafePointer<CChar>?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        code = sqlite3_prepare_v3(
          connection.handle, start, CInt(clamping: bytes.count), flags, &handle, &tail)
        guard code == SQLITE_OK, let tail else { return }
        // Behind the statement there may be white space and comments, which make no second one.
        var second: OpaquePointer?
        let rest = CInt(clamping: bytes.count - (tail - start))
        let restCode =
          rest > 0 ? sqlite3_prepare_v3(connection.handle, tail, rest, 0, &second, nil) : SQLITE_OK
        restIsEmpty = restCode == SQLITE_OK && second == nil
        sqlite3_finalize(second)
      }
    }
    guard code == SQLITE_OK else { throw connection.failure(code, mayQuote: true) }
    guard let handle else { throw SQLError(.invalidStatement, message: "the statement is empty") }
    guard restIsEmpty else {
      sqlite3_finalize(handle)
      throw SQLError(.invalidStatement, message: "one statement at a time")
    }
    return handle
  }

  private static func placeholders(of handle: OpaquePointer) throws(SQLError) -> [Int] {
    var order: [Int] = []
    let count = sqlite3_bind_parameter_count(handle)
    for index in 0..<count {
      let name = sqlite3_bind_parameter_name(handle, index + 1).map { String(cString: $0) } ?? "?"
      guard name.first == "$", let number = Int(name.dropFirst()),
        (1...CInt.max).contains(CInt(clamping: number))
      else {
        throw SQLError(.invalidStatement, message: "the placeholder '\(name)' is not of the form $1")
      }
      order.append(number - 1)
    }
    return order
  }

  private static func shape(of handle: OpaquePointer) -> Shape {
    let indices = 0..<sqlite3_column_count(handle)
    return Shape(
      columns: indices.map { sqlite3_column_name(handle, $0).map { String(cString: $0) } ?? "" },
      isBoolean: indices.map { sqlite3_column_decltype(handle, $0).map { isBooleanType($0) } ?? false },
      preparations: sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0))
  }

  private static func isBooleanType(_ name: UnsafePointer<CChar>) -> Bool {
    sqlite3_stricmp(name, "BOOLEAN") == 0 || sqlite3_stricmp(name, "BOOL") == 0
  }

  // MARK: Running

  /// Whether it leaves the database as it is.
  var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

  /// Binds `parameters`, steps to the end and hands each row to `receive`.
  func run(_ parameters: [SQLValue], on connection: Connection, _ receive: (SQLRow) -> Void) throws(SQLError)
  {
    defer {
      sqlite3_reset(handle)
      sqlite3_clear_bindings(handle)
    }
    try bind(parameters, on: connection)
    while true {
      let code = sqlite3_step(handle)
      switch code {
      case SQLITE_ROW:
        refreshShape()
        receive(SQLRow(columns: shape.columns, values: shape.columns.indices.map(value(at:))))
      case SQLITE_DONE:
        return
      default:
        // Constraint messages name columns; anything else at run time could repeat a value.
        throw connection.failure(code, mayQuote: code & 0xFF == SQLITE_CONSTRAINT)
      }
    }
  }

  private func refreshShape() {
    guard sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0) != shape.preparations else { return }
    shape = Self.shape(of: handle)
  }

  private func bind(_ parameters: [SQLValue], on connection: Connection) throws(SQLError) {
    guard parameters.count == parameterCount else {
      throw SQLError(
        .invalidStatement, message: "\(parameters.count) parameters for \(parameterCount) placeholders")
    }
    for (index, parameter) in order.enumerated() {
      guard parameters.indices.contains(parameter) else {
        throw SQLError(.invalidStatement, message: "there is no parameter for $\(parameter + 1)")
      }
      let code = try bind(parameters[parameter], at: CInt(index + 1))
      guard code == SQLITE_OK else { throw connection.failure(code, mayQuote: false) }
    }
  }

  private func bind(_ value: SQLValue, at index: CInt) throws(SQLError) -> CInt {
    switch value {
    case .null: return sqlite3_bind_null(handle, index)
    case .integer(let number): return sqlite3_bind_int64(handle, index, number)
    case .boolean(let flag): return sqlite3_bind_int64(handle, index, flag ? 1 : 0)
    case .double(let number):
      // SQLite would silently store NULL.
      guard !number.isNaN else { throw SQLError(.invalidStatement, message: "NaN cannot be stored") }
      return sqlite3_bind_double(handle, index, number)
    case .text(var text):
      return text.withUTF8 { bytes in
        // Without an address, an empty text would become NULL.
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
          return sqlite3_bind_text64(handle, index, "", 0, csqlite_transient(), UInt8(SQLITE_UTF8))
        }
        return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          sqlite3_bind_text64(
            handle, index, $0, UInt64(bytes.count), csqlite_transient(), UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let bytes):
      guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
      return bytes.withUnsafeBytes {
        sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), csqlite_transient())
      }
    }
  }

  private func value(at column: Int) -> SQLValue {
    let index = CInt(column)
    switch sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER:
      let number = sqlite3_column_int64(handle, index)
      return shape.isBoolean[column] && (number == 0 || number == 1)
        ? .boolean(number == 1) : .integer(number)
    case SQLITE_FLOAT: return .double(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      // The text before its length: asking for it may convert, and change the length.
      let text = sqlite3_column_text(handle, index)
      let count = Int(sqlite3_column_bytes(handle, index))
      return .text(
        String(decoding: UnsafeBufferPointer(start: text, count: text == nil ? 0 : count), as: UTF8.self))
    case SQLITE_BLOB:
      let bytes = sqlite3_column_blob(handle, index)
      let count = Int(sqlite3_column_bytes(handle, index))
      return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count)))
    default: return .null
    }
  }
}
