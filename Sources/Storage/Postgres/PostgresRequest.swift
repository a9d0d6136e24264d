// One batch on its way: the statements between two Syncs, and who waits for them.

package import SQL

/// What one statement answered.
package struct PostgresResult: Sendable, Equatable {
  /// The rows, empty for a statement without any.
  package let rows: [SQLRow]
  /// How many rows it inserted, updated, deleted or merged; 0 for a SELECT, whatever it calls.
  package let changed: Int
  /// Whether the server answered COMMIT with ROLLBACK, as it does in a failed transaction.
  let isRollback: Bool
}

/// Statements that succeed or fail together, in one round trip.
///
/// Handed over to the loop of its slot with `submit` and back to its caller by the continuation; between the two
/// only the loop's thread touches it, which makes `@unchecked Sendable` true.
final class PostgresRequest: @unchecked Sendable {
  typealias Outcome = Result<[PostgresResult], SQLError>

  let statements: [SQL]
  /// Set for the batch alone, by `set_config('app.tenant', …, true)` in front of it.
  let tenant: Int64?
  let access: PostgresAccess
  /// The session this must run on; nil for any. A transaction whose connection was lost must not go on,
  /// statement by statement and uncommitted, on the one that replaced it.
  let requiredSession: UInt64?
  /// Whether the task's cancellation is ignored, as for a ROLLBACK.
  let isShielded: Bool
  /// A statement of somebody else's that runs after `statements`.
  let foreign: PostgresText?
  /// What follows it.
  let closing: [SQL]

  var foreignResult: PostgresTextResult?
  /// The server's message for the first error, as it stands; only where there is a foreign statement.
  var words: String?
  var continuation: CheckedContinuation<Outcome, Never>?
  /// The session it ran on.
  var session: UInt64 = 0
  var results: [PostgresResult] = []
  /// The first error, which undid the batch.
  var failure: SQLError?
  /// Whether the server skipped a statement of it because of an error in front of it.
  var wasAborted = false
  /// Whether it is on the wire.
  var isSent = false
  /// Whether it has been sent twice already.
  var wasRepeated = false
  /// Whether its task was cancelled.
  var isCancelled = false

  init(
    _ statements: [SQL], tenant: Int64? = nil, access: PostgresAccess = .readWrite,
    requiredSession: UInt64? = nil,
    isShielded: Bool = false, foreign: PostgresText? = nil, closing: [SQL] = []
  ) {
    self.foreign = foreign
    self.closing = closing
    self.statements = statements
    self.tenant = tenant
    self.access = access
    self.requiredSession = requiredSession
    self.isShielded = isShielded
  }

  /// Resumes the caller, once; later calls do nothing.
  func finish(_ outcome: Outcome) {
    let waiting = continuation
    continuation = nil
    waiting?.resume(returning: outcome)
  }

  /// What the caller gets once the server has answered everything.
  var outcome: Outcome {
    guard var failure else { return .success(results) }
    // A statement that we cancelled reports query_canceled, which otherwise means its time limit.
    if isCancelled, failure.code == .timeout { failure = .taskCancelled }
    return .failure(failure)
  }

  /// Back to the state before it was sent.
  func rewind() {
    results = []
    foreignResult = nil
    words = nil
    failure = nil
    wasAborted = false
    isSent = false
  }
}
