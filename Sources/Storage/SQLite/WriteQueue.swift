// Which jobs wait for the writer. A value: the writer locks it, asks it, and acts.

internal import SQL

/// A job for the writer.
struct WriteJob: Sendable {
  /// What is to be done in the job's turn.
  enum Work: Sendable {
    /// Statements that are known: they run without leaving the writer, and can be run again.
    case statements([SQL])
    /// One statement whose rows are wanted.
    case query(SQL)
    /// A closure: it is told that its turn has come, or why it never will.
    case closure(CheckedContinuation<SQLError?, Never>)
    /// Something outside every transaction.
    case maintenance(@Sendable (Connection) throws(SQLError) -> Void)
  }

  /// What a finished job answers.
  enum Output: Sendable {
    case nothing
    case counts([Int])
    case rows([SQLRow])
  }

  let id: UInt64
  let work: Work
  /// Told once the job is durable, or failed. A closure brings it along when it ends.
  var answer: CheckedContinuation<Result<Output, SQLError>, Never>?

  /// Tells whoever waits that the job will not run.
  func refuse(_ error: SQLError) {
    if case .closure(let turn) = work { turn.resume(returning: error) }
    answer?.resume(returning: .failure(error))
  }
}

struct WriteQueue {
  /// What to do after a job was offered.
  enum Admission {
    /// The writer is idle: start it.
    case start
    /// The writer will come to it.
    case wait
    /// Answer the job with this.
    case refuse(SQLError)
  }

  private let limit: Int
  private var waiting: [WriteJob] = []
  /// Ids that were cancelled before they were offered.
  private var cancelled: Set<UInt64> = []
  private var isRunning = false
  private var isClosed = false

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  var count: Int { waiting.count }

  mutating func offer(_ job: WriteJob) -> Admission {
    if cancelled.remove(job.id) != nil { return .refuse(.cancelledBeforeStart) }
    if isClosed { return .refuse(SQLError(.closed, message: "the database is closed")) }
    if waiting.count >= limit {
      return .refuse(SQLError(.overloaded, message: "\(limit) jobs wait for the writer"))
    }
    waiting.append(job)
    if isRunning { return .wait }
    isRunning = true
    return .start
  }

  /// Everything that waits; empty means that the writer goes idle.
  mutating func take() -> [WriteJob] {
    defer { waiting = [] }
    isRunning = !waiting.isEmpty
    return waiting
  }

  /// Takes a job out that has not begun. A job that was not offered yet is refused when it comes.
  mutating func cancel(_ id: UInt64) -> WriteJob? {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else {
      cancelled.insert(id)
      return nil
    }
    return waiting.remove(at: index)
  }

  /// The caller of a job has its answer: nothing is to be remembered of it.
  mutating func forget(_ id: UInt64) {
    cancelled.remove(id)
  }

  /// Takes no more jobs after those that wait and `last`.
  mutating func close(with last: WriteJob) -> Admission {
    if isClosed { return .refuse(SQLError(.closed, message: "the database is closed")) }
    isClosed = true
    waiting.append(last)
    if isRunning { return .wait }
    isRunning = true
    return .start
  }
}

extension SQLError {
  static let cancelledBeforeStart = SQLError(.cancelled, message: "the task was cancelled before its turn")
}
