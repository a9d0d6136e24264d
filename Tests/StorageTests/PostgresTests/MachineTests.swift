// The pure parts: the ledger's order, the statement cache, leases, pauses, and what first words say.

import SQL
import Testing

@testable import Postgres

@Suite struct `The statement cache` {
  private func prepare(_ cache: inout StatementCache, _ statement: SQL) -> PreparedStatement? {
    guard case .prepare(let prepared) = cache.choose(for: statement) else { return nil }
    prepared.isConfirmed = true
    return prepared
  }

  @Test func `a statement is prepared once and found again`() throws {
    var cache = StatementCache(capacity: 4)
    let first = try #require(prepare(&cache, "SELECT \(1)"))
    guard case .ready(let again) = cache.choose(for: "SELECT \(2)") else {
      Issue.record("not found again")
      return
    }
    #expect(again === first)
  }

  @Test func `parameters of another kind are another statement, NULL is not`() {
    var cache = StatementCache(capacity: 4)
    #expect(prepare(&cache, "SELECT \(1)") != nil)
    #expect(prepare(&cache, "SELECT \(SQLValue.null)") == nil)
    #expect(prepare(&cache, "SELECT \("one")") != nil)
  }

  @Test func `until the server confirms it, others run it without a name`() {
    var cache = StatementCache(capacity: 4)
    _ = cache.choose(for: "SELECT 1")
    guard case .unnamed = cache.choose(for: "SELECT 1") else {
      Issue.record("offered before it was confirmed")
      return
    }
  }

  @Test func `the least recently used one goes`() throws {
    var cache = StatementCache(capacity: 2)
    let first = try #require(prepare(&cache, "SELECT 1"))
    let second = try #require(prepare(&cache, "SELECT 2"))
    _ = cache.choose(for: "SELECT 1")
    _ = prepare(&cache, "SELECT 3")
    #expect(cache.takeEvicted() == [second.name])
    guard case .ready(let kept) = cache.choose(for: "SELECT 1") else {
      Issue.record("the wrong one went")
      return
    }
    #expect(kept === first)
    #expect(cache.takeEvicted() == [])
  }

  @Test func `DDL is not kept`() {
    var cache = StatementCache(capacity: 2)
    guard case .unnamed = cache.choose(for: "CREATE TABLE x (y BIGINT)") else {
      Issue.record("kept")
      return
    }
  }
}

@Suite struct `The ledger` {
  private func request() -> PostgresRequest { PostgresRequest(["SELECT 1"]) }

  private func finished(_ action: PipelineLedger.Action) -> [PostgresRequest]? {
    if case .finish(let requests) = action { requests } else { nil }
  }

  @Test func `an error stays within its own Sync`() throws {
    var ledger = PipelineLedger()
    let (first, second) = (request(), request())
    for request in [first, second] {
      ledger.wrote(request)
      ledger.wrote(.run(nil, request, keeps: true))
      ledger.wrote(.sync(requests: 1))
    }
    _ = ledger.receive(.failure(SQLError(.other, message: "one")))
    #expect(finished(ledger.receive(.sync))?.first === first)
    guard case .read(_, let reader) = ledger.receive(.success) else {
      Issue.record("no result to read")
      return
    }
    #expect(reader === second)
    #expect(finished(ledger.receive(.sync))?.first === second)
    #expect(first.failure?.message == "one")
    #expect(second.failure == nil)
    #expect(ledger.isEmpty)
  }

  @Test func `a commit that fails fails the batch`() {
    var ledger = PipelineLedger()
    let request = request()
    ledger.wrote(request)
    ledger.wrote(.run(nil, request, keeps: true))
    ledger.wrote(.sync(requests: 1))
    _ = ledger.receive(.success)
    _ = ledger.receive(.failure(SQLError(.constraintViolation, message: "deferred")))
    _ = ledger.receive(.sync)
    #expect(request.failure?.code == .constraintViolation)
  }

  @Test func `a statement that was skipped before it was prepared is forgotten`() {
    var ledger = PipelineLedger()
    let request = request()
    let statement = PreparedStatement(name: "g1", text: "SELECT 1", types: [], kind: .query)
    ledger.wrote(request)
    ledger.wrote(.prepare(statement, request))
    guard case .forget(let forgotten) = ledger.receive(.aborted) else {
      Issue.record("still offered")
      return
    }
    #expect(forgotten === statement)
    #expect(request.wasAborted)
  }

  @Test func `an answer to nothing is noticed`() {
    var ledger = PipelineLedger()
    guard case .outOfStep = ledger.receive(.success) else {
      Issue.record("taken for an answer")
      return
    }
    let request = request()
    ledger.wrote(.run(nil, request, keeps: true))
    guard case .outOfStep = ledger.receive(.sync) else {
      Issue.record("taken for an answer")
      return
    }
  }
}

@Suite struct `Queues` {
  @Test func `leases go out in order and never twice`() {
    var leases = LeaseQueue<String>(count: 1, maximumWaiting: 2)
    #expect(leases.take { _ in true } == 0)
    #expect(leases.take { _ in true } == nil)
    guard case .queued = leases.acquire(id: 1, "a"), case .queued = leases.acquire(id: 2, "b"),
      case .refused = leases.acquire(id: 3, "c")
    else {
      Issue.record("wrong decisions")
      return
    }
    #expect(leases.abandon(id: 1) == "a")
    #expect(leases.abandon(id: 1) == nil)
    #expect(leases.release(0) == "b")
    #expect(leases.release(0) == nil)
    #expect(leases.take { _ in false } == 0)
  }

  @Test func `pauses double, are jittered, and end with a success`() {
    var reconnection = Reconnection()
    let now = ContinuousClock.now
    #expect(reconnection.pause(from: now) == nil)
    var pauses: [Duration] = []
    for _ in 0..<9 {
      reconnection.failed(at: now, jitter: 1)
      pauses.append(reconnection.pause(from: now) ?? .zero)
    }
    #expect(pauses.prefix(3) == [.milliseconds(50), .milliseconds(100), .milliseconds(200)])
    #expect(pauses.last == .seconds(5))
    reconnection.failed(at: now, jitter: 0)
    #expect(reconnection.pause(from: now) == .milliseconds(2_500))
    reconnection.succeeded()
    #expect(reconnection.pause(from: now) == nil)
  }
}

@Suite struct `First words` {
  @Test(
    arguments: [
      ("SELECT 1", .query), ("  insert into x", .query), ("-- why\nWITH a AS (SELECT 1) SELECT 2", .query),
      ("/* a /* b */ c */ update x", .query), ("(SELECT 1)", .query), ("COMMIT", .transactionControl),
      ("rollback", .transactionControl), ("ROLLBACK TO a", .savepoint), ("SAVEPOINT a", .savepoint),
      ("begin", .transactionControl), ("SET x = 1", .sessionChange), ("COPY x FROM STDIN", .copy),
      ("CREATE TABLE x ()", .other), ("", .other), ("/*", .other), (";COMMIT", .transactionControl),
      ("SETTLE", .other), ("é", .other),
    ] as [(String, StatementKind)])
  func `the first word decides`(text: String, kind: StatementKind) {
    #expect(StatementKind(text) == kind)
  }
}

@Suite struct `Errors` {
  @Test(
    arguments: [
      ("23505", .uniqueViolation), ("23503", .constraintViolation), ("23514", .constraintViolation),
      ("40001", .retryable), ("40P01", .retryable), ("53100", .diskFull), ("53300", .overloaded),
      ("57014", .timeout), ("42501", .notPermitted), ("28P01", .notPermitted), ("08006", .connectionLost),
      ("57P01", .connectionLost), ("57P03", .connectionLost), ("42601", .invalidStatement),
      ("42P01", .invalidStatement), ("XX001", .damaged), ("58030", .io), ("P0001", .other), ("", .other),
      ("2", .other),
    ] as [(String, SQLError.Code)])
  func `a SQLSTATE says what to do`(state: String, code: SQLError.Code) {
    #expect(SQLState.code(for: state) == code)
  }

  @Test func `messages lose the values they quote and keep the names`() {
    #expect(
      SQLState.redacted("invalid input syntax for type bigint: \"secret\"", state: "22P02")
        == "invalid input syntax for type bigint: \"…\"")
    for value in ["a\"secret", "\u{301}secret", "secret\u{600}"] {
      #expect(SQLState.redacted("type \"\(value)\" is wrong", state: "22P02") == "type \"…\" is wrong")
    }
    #expect(SQLState.redacted("unclosed \"secret", state: "22P02") == "unclosed \"…\"")
    #expect(
      SQLState.redacted("duplicate key value violates unique constraint \"item_pkey\"", state: "23505")
        == "duplicate key value violates unique constraint \"item_pkey\"")
  }

  @Test(
    arguments: [
      "postgresql://app:hunter2@db.example:5432/guild?sslmode=verify-full",
      "postgresql://app:hun@hunter2@db/guild",
      "host=db password=hunter2 dbname=guild",
    ])
  func `an address never shows its password`(url: String) throws {
    let address = try PostgresAddress(url: url)
    #expect(!"\(address)".contains("hunter2"))
    let error = SQLError.connectFailure(
      words: "could not translate host name \"hunter2@db\" to address: Name or service not known\n",
      address: address)
    #expect(!"\(error)".contains("hunter2"))
  }

  @Test func `an address that cannot be read is an error that repeats nothing`() {
    let error = #expect(throws: SQLError.self) {
      try PostgresAddress(url: "postgresql://u:hunter2@h:p:p/?x=hunter2")
    }
    #expect(error.map { !"\($0)".contains("hunter2") } == true)
  }
}
