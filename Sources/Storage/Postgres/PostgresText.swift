// Statements that others wrote: parameters and results as PostgreSQL's own text, nothing lost on the way.

internal import CPostgres
internal import Glibc
package import SQL

/// A parameter as PostgreSQL reads it from text.
package struct PostgresParameter: Sendable, Hashable {
  /// The type's number in `pg_type`; 0 lets the server infer it, as it does for a quoted constant.
  package let type: UInt32
  /// nil is NULL. Without NUL.
  package let text: String?

  package init(type: UInt32, text: String?) { (self.type, self.text) = (type, text) }
}

/// One statement that is not ours, with `$n` placeholders. It is never prepared under a name, and several statements in
/// one text are refused by the protocol itself.
package struct PostgresText: Sendable, Hashable {
  package let text: String
  package var parameters: [PostgresParameter]

  package init(_ text: String, _ parameters: [PostgresParameter] = []) {
    (self.text, self.parameters) = (text, parameters)
  }
}

/// What such a statement answered, in the server's text format under `DateStyle` ISO.
package struct PostgresTextResult: Sendable, Equatable {
  /// A column: names may occur twice, and are kept in order.
  package struct Column: Sendable, Equatable {
    package let name: String
    /// The number in `pg_type`; a domain's is its base type's.
    package let type: UInt32
  }

  /// In their order; none for a statement without rows.
  package let columns: [Column]
  /// nil is NULL.
  package let rows: [[String?]]
  /// How many rows it inserted, updated, deleted or merged; 0 for a SELECT.
  package let changed: Int
}

/// Why a statement of somebody else's failed.
package struct PostgresTextFailure: Error, Sendable, CustomStringConvertible {
  /// What we decide by, safe to log.
  package let error: SQLError
  /// The server's message as it stands, values included: for the statement's author alone, never for a log. nil when
  /// the server said nothing.
  package let words: String?
  package var description: String { error.description }
}

extension PostgresPool {
  /// Runs a statement that others wrote, in a transaction of its own on a leased connection: one round trip, two when it
  /// fails.
  ///
  /// - Parameters:
  ///   - statement: what to run.
  ///   - access: `.readOnly` makes the server refuse writes.
  ///   - settings: constants of ours, such as `SET LOCAL …`, that hold for the transaction.
  ///   - cleaning: constants of ours that run after the transaction, whatever its end.
  /// - Returns: columns, rows, and the exact number of changed rows. All rows are in memory at once: bound them in the
  ///   statement.
  /// - Throws: `PostgresTextFailure`, `.connectionLost` of which leaves open whether a write happened; `SQLError` when
  ///   no connection became free.
  package func run(
    _ statement: PostgresText, access: PostgresAccess, settings: [SQL] = [], cleaning: [SQL] = []
  ) async throws -> PostgresTextResult {
    if let refusal = statement.refusal { throw PostgresTextFailure(error: refusal, words: nil) }
    return try await withLease { slot in
      let begin: SQL = access == .readOnly ? "BEGIN READ ONLY" : "BEGIN READ WRITE"
      let request = PostgresRequest(
        [begin] + settings, access: .readWrite, foreign: statement, closing: ["COMMIT"] + cleaning)
      do throws(SQLError) {
        _ = try await slot.perform(request)
        guard let result = request.foreignResult else { throw SQLError.lost }
        return result
      } catch {
        await Self.rollBack(slot, request.session, cleaning)
        throw PostgresTextFailure(error: error, words: request.words)
      }
    }
  }
}

extension PostgresText {
  /// Why it cannot be sent; nil when it can.
  fileprivate var refusal: SQLError? {
    let texts = [text] + parameters.compactMap(\.text)
    if texts.contains(where: { $0.utf8.contains(0) }) {
      return SQLError(.invalidStatement, message: "the statement or a parameter contains a NUL")
    }
    let size = texts.reduce(0) { $0 + $1.utf8.count }
    if parameters.count > ParameterEncoder.maximumCount || size > ParameterEncoder.maximumSize {
      return SQLError(.invalidStatement, message: "the statement is too large")
    }
    return StatementKind(text).refusal(isLeased: false)
  }

  /// Puts it into libpq's buffer; false when the connection is broken.
  func send(on connection: OpaquePointer) -> Bool {
    let types = parameters.map(\.type)
    let copies = parameters.map { $0.text.flatMap { strdup($0) } }
    defer { for copy in copies { free(copy) } }
    let values = copies.map { UnsafePointer($0) }
    return PQsendQueryParams(connection, text, CInt(types.count), types, values, nil, nil, 0) == 1
  }
}

extension PostgresTextResult {
  /// Copies everything out of libpq's result.
  init(_ result: OpaquePointer, changed: Int) {
    let width = PQnfields(result)
    columns = (0..<width).map { index in
      Column(
        name: PQfname(result, index).map { String(cString: $0) } ?? "", type: PQftype(result, index))
    }
    rows = (0..<PQntuples(result)).map { row in
      (0..<width).map { column -> String? in
        guard PQgetisnull(result, row, column) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
          start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return String(decoding: bytes, as: UTF8.self)
      }
    }
    self.changed = changed
  }
}
