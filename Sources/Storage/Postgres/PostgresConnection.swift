// One live connection: writes requests into the pipeline, reads answers out of it.

internal import CPostgres
internal import SQL

/// A connection in pipeline mode. Confined to the loop of its slot, which watches the socket and calls.
final class PostgresConnection {
  /// Reads that share one Sync with the first of them.
  private struct Group {
    let tenant: Int64?
    let isShared: Bool
    var count: Int
  }

  let handle: ConnectionHandle
  /// The socket, kept because libpq forgets it when the connection breaks, and the loop must still unwatch it.
  let socket: CInt
  /// Different for each connection of the process.
  let session: UInt64
  private var ledger = PipelineLedger()
  private var cache: StatementCache
  private var encoder = ParameterEncoder()
  private var group: Group?
  private var emptyAnswers = 0

  /// How many reads share a Sync, which costs the server a transaction and a system call. More gain little and
  /// delay the first one's answer.
  private static let groupSize = 16

  init(_ handle: ConnectionHandle, session: UInt64, preparedStatements: Int) {
    self.handle = handle
    self.session = session
    socket = PQsocket(handle.connection)
    cache = StatementCache(capacity: preparedStatements)
  }

  /// Requests on the wire.
  var requestCount: Int { ledger.requestCount }
  /// Whether the server owes an answer.
  var isWaiting: Bool { !ledger.isEmpty }
  /// Whether a transaction was left open, which is knowable only when nothing is on the wire.
  var hasOpenTransaction: Bool {
    let status = PQtransactionStatus(handle.connection)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  func takeRequests() -> [PostgresRequest] {
    group = nil
    return ledger.takeRequests()
  }

  // MARK: Writing

  /// Puts a request into libpq's buffer. Returns false when the connection is broken.
  func write(_ request: PostgresRequest) -> Bool {
    if let open = group, !open.isShared || request.access == .readWrite || open.tenant != request.tenant {
      guard endGroup() else { return false }
    }
    ledger.wrote(request)
    request.isSent = true
    request.session = session
    if group == nil {
      group = Group(tenant: request.tenant, isShared: request.access == .readOnly, count: 0)
      if let tenant = request.tenant {
        let setting: SQL = "SELECT set_config('app.tenant', \(String(tenant)), true)"
        guard write(setting, of: request, keeps: false) else { return false }
      }
    }
    for statement in request.statements {
      guard write(statement, of: request, keeps: true) else { return false }
    }
    if let foreign = request.foreign {
      ledger.wrote(.foreign(request))
      guard foreign.send(on: handle.connection) else { return false }
      for statement in request.closing {
        guard write(statement, of: request, keeps: true) else { return false }
      }
    }
    group?.count += 1
    guard let open = group, !open.isShared || open.count >= Self.groupSize else { return true }
    return endGroup()
  }

  private func write(_ statement: SQL, of request: PostgresRequest, keeps: Bool) -> Bool {
    encoder.encode(statement.parameters)
    let choice = cache.choose(for: statement)
    switch choice {
    case .ready(let prepared):
      ledger.wrote(.run(prepared, request, keeps: keeps))
      return run(prepared)
    case .prepare(let prepared):
      ledger.wrote(.prepare(prepared, request))
      ledger.wrote(.run(prepared, request, keeps: keeps))
      return prepare(prepared) && run(prepared)
    case .unnamed:
      ledger.wrote(.run(nil, request, keeps: keeps))
      return runUnnamed(statement)
    }
  }

  private func prepare(_ statement: PreparedStatement) -> Bool {
    PQsendPrepare(
      handle.connection, statement.name, statement.text, CInt(statement.types.count), statement.types) == 1
  }

  private func run(_ statement: PreparedStatement) -> Bool {
    encoder.withArguments { count, values, lengths, formats in
      PQsendQueryPrepared(handle.connection, statement.name, count, values, lengths, formats, 1) == 1
    }
  }

  private func runUnnamed(_ statement: SQL) -> Bool {
    let types = statement.parameters.map { ParameterEncoder.type(of: $0) }
    return encoder.withArguments { count, values, lengths, formats in
      PQsendQueryParams(handle.connection, statement.text, count, types, values, lengths, formats, 1) == 1
    }
  }

  private func endGroup() -> Bool {
    guard let open = group else { return true }
    group = nil
    ledger.wrote(.sync(requests: open.count))
    return PQpipelineSync(handle.connection) == 1
  }

  /// Ends a turn: closes the open group and lets the server forget evicted statements.
  ///
  /// - Parameter isLeased: inside a transaction the server is not told yet: if the transaction has failed, it
  ///   would refuse.
  /// - Returns: false when the connection is broken.
  func endTurn(isLeased: Bool) -> Bool {
    guard endGroup() else { return false }
    guard !isLeased, !cache.evicted.isEmpty else { return true }
    for name in cache.takeEvicted() {
      ledger.wrote(.housekeeping)
      ledger.wrote(.sync(requests: 0))
      // A name of ours: a letter and digits.
      let text = "DEALLOCATE \(name)"
      guard PQsendQueryParams(handle.connection, text, 0, nil, nil, nil, nil, 1) == 1,
        PQpipelineSync(handle.connection) == 1
      else { return false }
    }
    return true
  }

  /// What is left in libpq's buffer after a flush.
  enum Flush {
    case done
    /// The socket takes no more for now.
    case pending
    case broken
  }

  /// Hands everything written to the kernel, as far as it takes it.
  func flush() -> Flush {
    switch PQflush(handle.connection) {
    case 0: .done
    case 1: .pending
    default: .broken
    }
  }

  // MARK: Reading

  /// Reads what has arrived; `finish` gets each request that is complete. Returns false when the connection is
  /// broken.
  func receive(_ finish: (PostgresRequest) -> Void) -> Bool {
    let isReadable = PQconsumeInput(handle.connection) == 1
    // What arrived before the end is read either way: an acknowledged write is told to its caller.
    while isWaiting, PQisBusy(handle.connection) == 0 {
      guard let result = PQgetResult(handle.connection) else {
        // One follows each statement's result. More in a row mean that libpq expects nothing while we do.
        emptyAnswers += 1
        guard emptyAnswers < 4 else { return false }
        continue
      }
      emptyAnswers = 0
      defer { PQclear(result) }
      guard take(result, finish) else { return false }
    }
    return isReadable && PQstatus(handle.connection) == CONNECTION_OK
  }

  private func take(_ result: OpaquePointer, _ finish: (PostgresRequest) -> Void) -> Bool {
    guard let answer = answer(of: result) else { return false }
    if case .failure = answer, let request = ledger.oldestRequest, request.foreign != nil {
      request.words = request.words ?? SQLState.words(of: result)
    }
    switch ledger.receive(answer) {
    case .none: break
    case .read(let statement, let request): read(result, of: statement, for: request)
    case .readForeign(let request):
      request.foreignResult = PostgresTextResult(result, changed: PostgresResult.tag(result).changed)
    case .forget(let statement): cache.forget(statement)
    case .finish(let requests): for request in requests { finish(request) }
    case .outOfStep: return false
    }
    return true
  }

  /// The kind of an answer; nil for one that ends the connection.
  private func answer(of result: OpaquePointer) -> PipelineLedger.Answer? {
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .success
    case PGRES_PIPELINE_SYNC: .sync
    case PGRES_PIPELINE_ABORTED: .aborted
    case PGRES_FATAL_ERROR where PQstatus(handle.connection) == CONNECTION_OK:
      .failure(SQLError(result: result))
    default: nil
    }
  }

  private func read(_ result: OpaquePointer, of statement: PreparedStatement?, for request: PostgresRequest) {
    let width = Int(PQnfields(result))
    let columns: ResultColumns
    if let known = statement?.columns, known.names.count == width {
      columns = known
    } else {
      columns = ResultColumns(result)
      statement?.columns = columns
    }
    do throws(SQLError) {
      request.results.append(try PostgresResult(result, columns: columns))
    } catch {
      if request.failure == nil { request.failure = error }
    }
  }
}

extension ResultColumns {
  init(_ result: OpaquePointer) {
    let indices = 0..<PQnfields(result)
    names = indices.map { index in PQfname(result, index).map { String(cString: $0) } ?? "" }
    types = indices.map { PQftype(result, $0) }
  }
}

extension PostgresResult {
  /// Copies everything out of libpq's result.
  init(_ result: OpaquePointer, columns: ResultColumns) throws(SQLError) {
    let count = PQntuples(result)
    var rows: [SQLRow] = []
    if count > 0 {
      rows.reserveCapacity(Int(count))
      for row in 0..<count {
        rows.append(SQLRow(columns: columns.names, values: try Self.values(result, row, columns.types)))
      }
    }
    self.rows = rows
    (changed, isRollback) = Self.tag(result)
  }

  private static func values(_ result: OpaquePointer, _ row: CInt, _ types: [UInt32]) throws(SQLError)
    -> [SQLValue]
  {
    var values: [SQLValue] = []
    values.reserveCapacity(types.count)
    for (index, type) in types.enumerated() {
      let column = CInt(index)
      if PQgetisnull(result, row, column) == 1 {
        values.append(.null)
      } else {
        let bytes = UnsafeRawBufferPointer(
          start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        values.append(try PostgresValue.decode(oid: type, buffer: bytes))
      }
    }
    return values
  }

  /// Reads the command tag, such as `INSERT 0 5`, `UPDATE 3` or `ROLLBACK`.
  static func tag(_ result: OpaquePointer) -> (changed: Int, isRollback: Bool) {
    guard let status = PQcmdStatus(result) else { return (0, false) }
    switch UInt8(bitPattern: status[0]) {
    case UInt8(ascii: "S"): return (0, false)
    case UInt8(ascii: "I"), UInt8(ascii: "U"), UInt8(ascii: "D"): break
    case UInt8(ascii: "M") where UInt8(bitPattern: status[1]) == UInt8(ascii: "E"): break
    case UInt8(ascii: "R"): return (0, String(cString: status) == "ROLLBACK")
    default: return (0, false)
    }
    return (PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0, false)
  }
}
