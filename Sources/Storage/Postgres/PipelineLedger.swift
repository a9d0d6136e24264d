// What was written to a pipelined connection and not answered yet, in order: a pure machine.

internal import EventLoop
internal import SQL

/// Matches answers with what they answer.
///
/// The server answers strictly in order. After an error it skips everything up to the next Sync, and says so for
/// each; the Sync itself is always answered.
struct PipelineLedger {
  /// One thing the server owes an answer for.
  enum Step {
    /// A named statement's preparation.
    case prepare(PreparedStatement, PostgresRequest)
    /// A statement of a batch, whose result belongs to the caller when `keeps` is true.
    case run(PreparedStatement?, PostgresRequest, keeps: Bool)
    /// A statement of somebody else's.
    case foreign(PostgresRequest)
    /// A statement of ours without a caller.
    case housekeeping
    /// The end of a transaction: that many requests are complete.
    case sync(requests: Int)
  }

  /// What came from the server.
  enum Answer {
    case success
    case failure(SQLError)
    /// Skipped because of an error in front of it.
    case aborted
    case sync
  }

  /// What the shell has to do about an answer.
  enum Action {
    case none
    /// Copy the result for the request.
    case read(PreparedStatement?, PostgresRequest)
    /// Copy the result of its foreign statement.
    case readForeign(PostgresRequest)
    /// The cache must no longer offer this statement.
    case forget(PreparedStatement)
    /// These requests have all their answers.
    case finish([PostgresRequest])
    /// The answer fits nothing that was sent: the connection cannot be trusted any more.
    case outOfStep
  }

  private var steps = FirstInFirstOut<Step>()
  private var requests = FirstInFirstOut<PostgresRequest>()

  /// Requests on the wire.
  var requestCount: Int { requests.count }
  /// The request whose answers come next.
  var oldestRequest: PostgresRequest? { requests.first }
  /// Whether the server owes nothing.
  var isEmpty: Bool { steps.isEmpty }

  mutating func wrote(_ step: Step) {
    steps.append(step)
  }

  /// Notes a request all of whose steps follow.
  mutating func wrote(_ request: PostgresRequest) {
    requests.append(request)
  }

  /// Everything on the wire, when the connection is gone.
  mutating func takeRequests() -> [PostgresRequest] {
    _ = steps.takeAll()
    return requests.takeAll()
  }

  mutating func receive(_ answer: Answer) -> Action {
    guard let step = steps.first else { return .outOfStep }
    if case .sync(let count) = step { return receive(answer, forSyncOf: count) }
    if case .sync = answer { return .outOfStep }
    _ = steps.popFirst()
    switch (step, answer) {
    case (.prepare(let statement, _), .success):
      statement.isConfirmed = true
      return .none
    case (.prepare(let statement, let request), _):
      note(answer, for: request)
      return .forget(statement)
    case (.run(let statement, let request, let keeps), .success):
      return keeps ? .read(statement, request) : .none
    case (.run(let statement, let request, _), _):
      guard let statement, let error = Self.staleness(of: statement, after: answer) else {
        note(answer, for: request)
        return .none
      }
      note(.failure(error), for: request)
      return .forget(statement)
    case (.foreign(let request), .success):
      return .readForeign(request)
    case (.foreign(let request), _):
      note(answer, for: request)
      return .none
    case (.housekeeping, _), (.sync, _):
      return .none
    }
  }

  private mutating func receive(_ answer: Answer, forSyncOf count: Int) -> Action {
    switch answer {
    case .sync:
      _ = steps.popFirst()
      return .finish((0..<count).compactMap { _ in requests.popFirst() })
    case .failure(let error):
      // The commit itself failed, such as for a deferred constraint: nothing of the group was kept.
      for request in requests.prefix(count) where request.failure == nil { request.failure = error }
      return .none
    case .success, .aborted:
      return .outOfStep
    }
  }

  private func note(_ answer: Answer, for request: PostgresRequest) {
    switch answer {
    case .failure(let error) where request.failure == nil: request.failure = error
    case .aborted: request.wasAborted = true
    default: break
    }
  }

  /// The error a caller gets for a prepared statement that is no longer good; nil when the answer says nothing
  /// of the kind. Prepared anew, it runs.
  private static func staleness(of statement: PreparedStatement, after answer: Answer) -> SQLError? {
    guard statement.isConfirmed, case .failure(let error) = answer, let state = error.engineCode,
      SQLState.invalidatesPreparedStatement(state)
    else { return nil }
    return SQLError(.retryable, message: error.message, engineCode: state)
  }
}
