// The one writer of a database: group commit.

internal import EventLoop
internal import SQL
internal import Synchronization

/// Takes everything that waits into one transaction, a savepoint per job, commits once, and only then answers.
///
/// All methods but `submit`, `perform` and `close` run on the lane's thread.
final class Writer: @unchecked Sendable {
  // `@unchecked`: `queue` and the counters are synchronised; the rest belongs to the lane's thread.

  /// The jobs of one transaction.
  private struct Batch {
    var jobs: [WriteJob]
    /// What the finished ones will answer once the commit is durable; the running job's index is its count.
    var outcomes: [Result<WriteJob.Output, SQLError>] = []
    var running: WriteJob { jobs[outcomes.count] }
    var isDone: Bool { outcomes.count == jobs.count }
  }

  /// A closure whose turn it is.
  private struct Turn {
    let id: UInt64
    let session: Session
    let timer: LoopTimer
  }

  let lane: Lane
  private let connection: Connection
  private let timeLimit: Duration
  private let queue: Mutex<WriteQueue>
  private let lastID = Atomic<UInt64>(0)
  private let commits = Atomic<UInt64>(0)

  // The lane's thread only.
  private var backlog: [WriteJob] = []
  private var batch = Batch(jobs: [])
  private var turn: Turn?

  init(_ connection: Connection, on lane: Lane, options: SQLiteOptions) {
    self.connection = connection
    self.lane = lane
    timeLimit = options.timeLimit
    queue = Mutex(WriteQueue(limit: options.queueLimit))
  }

  /// Transactions that reached the disk since the database was opened.
  var commitCount: UInt64 { commits.load(ordering: .relaxed) }

  var waitingJobs: Int { queue.withLock { $0.count } }

  // MARK: From any thread

  /// Waits in the queue, runs `work` and returns once it is durable.
  func submit(_ work: WriteJob.Work) async throws(SQLError) -> WriteJob.Output {
    let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
    defer { forget(id) }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        offer(WriteJob(id: id, work: work, answer: answer))
      }
    } onCancel: {
      cancel(id)
    }
    return try result.get()
  }

  /// Waits in the queue, runs `body` on the lane and returns once its transaction is durable.
  func perform<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws
    -> Value
  {
    let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
    defer { forget(id) }
    return try await lane.perform(body, as: id, by: self)
  }

  /// Runs what waits, then closes the connection. Later jobs are refused with `.closed`.
  func close() async {
    let connection = connection
    _ = await withCheckedContinuation { answer in
      let last = WriteJob(id: 0, work: .maintenance { _ in connection.close() }, answer: answer)
      act(on: queue.withLock { $0.close(with: last) }, for: last)
    }
  }

  fileprivate func offer(_ job: WriteJob) {
    act(on: queue.withLock { $0.offer(job) }, for: job)
  }

  /// Not inlined: in an optimised async function the compiler takes the address of the thread's own number, with which
  /// a `Mutex` is locked, before the function comes back to its executor, which may be on another thread.
  @inline(never)
  private func forget(_ id: UInt64) { queue.withLock { $0.forget(id) } }

  fileprivate func cancel(_ id: UInt64) {
    queue.withLock { $0.cancel(id) }?.refuse(.cancelledBeforeStart)
  }

  private func act(on admission: WriteQueue.Admission, for job: WriteJob) {
    switch admission {
    case .start: lane.loop.execute { self.runNext() }
    case .wait: break
    case .refuse(let error): job.refuse(error)
    }
  }

  // MARK: The lane's thread: transactions

  /// Runs one transaction or one piece of maintenance, and comes back for more on the loop's next turn, so that
  /// the other databases of this thread get theirs.
  private func runNext() {
    if backlog.isEmpty { backlog = queue.withLock { $0.take() } }
    guard let first = backlog.first else { return }
    if case .maintenance(let work) = first.work {
      backlog.removeFirst()
      maintain(first, work)
      return lane.loop.execute { self.runNext() }
    }
    let count = backlog.firstIndex { if case .maintenance = $0.work { true } else { false } } ?? backlog.count
    batch = Batch(jobs: Array(backlog.prefix(count)))
    backlog.removeFirst(count)
    do {
      if connection.isInTransaction { try connection.control("ROLLBACK") }
      try connection.control("BEGIN IMMEDIATE")
    } catch {
      for job in batch.jobs { job.refuse(error) }
      return lane.loop.execute { self.runNext() }
    }
    proceed()
  }

  private func maintain(_ job: WriteJob, _ work: (Connection) throws(SQLError) -> Void) {
    do {
      try work(connection)
      job.answer?.resume(returning: .success(.nothing))
    } catch {
      job.answer?.resume(returning: .failure(error))
    }
  }

  /// Runs jobs up to the end of the transaction, or up to a closure, which will continue here.
  private func proceed() {
    while !batch.isDone {
      guard let outcome = start(batch.running) else { return }
      guard settle(outcome) else { break }
    }
    if batch.isDone { commit() }
    lane.loop.execute { self.runNext() }
  }

  private func commit() {
    do {
      try connection.control("COMMIT")
      commits.wrappingAdd(1, ordering: .relaxed)
      for (job, outcome) in zip(batch.jobs, batch.outcomes) { job.answer?.resume(returning: outcome) }
    } catch {
      // Nothing was kept. Should the transaction linger, the next begin rolls it back.
      for (job, outcome) in zip(batch.jobs, batch.outcomes) {
        job.answer?.resume(returning: outcome.flatMap { _ in .failure(error) })
      }
    }
    batch = Batch(jobs: [])
  }

  // MARK: The lane's thread: jobs

  /// Begins a job; returns its outcome, or nil when it is a closure that will bring it.
  private func start(_ job: WriteJob) -> Result<WriteJob.Output, SQLError>? {
    do {
      try connection.control("SAVEPOINT job")
      connection.limit.begin(limit: timeLimit)
      switch job.work {
      case .statements(let statements):
        var counts: [Int] = []
        counts.reserveCapacity(statements.count)
        for statement in statements { counts.append(try connection.execute(statement)) }
        return .success(.counts(counts))
      case .query(let statement):
        return .success(.rows(try connection.rows(statement)))
      case .closure(let yourTurn):
        let timer = lane.loop.schedule(after: timeLimit) { self.expire(job.id) }
        turn = Turn(id: job.id, session: Session(connection, on: lane), timer: timer)
        yourTurn.resume(returning: nil)
        return nil
      case .maintenance:
        return .failure(SQLError(.other, message: "maintenance inside a transaction"))
      }
    } catch {
      return .failure(error)
    }
  }

  /// Keeps or undoes what the running job did. False when SQLite has ended the whole transaction.
  private func settle(_ outcome: Result<WriteJob.Output, SQLError>) -> Bool {
    connection.limit.end()
    var outcome = outcome
    if case .success = outcome, connection.hasBrokenForeignKeys {
      // The commit would fail, and with it the neighbours.
      outcome = .failure(SQLError(.constraintViolation, message: "FOREIGN KEY constraint failed"))
    }
    do {
      if connection.isInTransaction {
        if case .failure = outcome { try connection.control("ROLLBACK TO job") }
        try connection.control("RELEASE job")
      }
    } catch {
      outcome = .failure(error)
      // Without its savepoint the job could not be told from its neighbours: the next begin rolls all back.
      abandon(because: error)
      return false
    }
    guard connection.isInTransaction else {
      abandon(because: outcome.error ?? SQLError(.other, message: "the transaction ended early"))
      return false
    }
    batch.outcomes.append(outcome)
    return true
  }

  /// The transaction is lost through the running job. Its error is the job's own; statements of the others run
  /// again, unless the disk is at fault; closures cannot, and are told to try again.
  private func abandon(because error: SQLError) {
    let diskIsAtFault = [SQLError.Code.diskFull, .io, .damaged, .other].contains(error.code)
    let index = batch.outcomes.count
    var again: [WriteJob] = []
    for (job, outcome) in zip(batch.jobs[..<index], batch.outcomes) {
      if case .failure = outcome {
        job.answer?.resume(returning: outcome)
      } else if diskIsAtFault {
        job.answer?.resume(returning: .failure(error))
      } else if case .closure = job.work {
        let message = "another job's failure undid the transaction"
        job.answer?.resume(returning: .failure(SQLError(.retryable, message: message)))
      } else {
        again.append(job)
      }
    }
    batch.jobs[index].answer?.resume(returning: .failure(error))
    backlog.insert(contentsOf: again + batch.jobs[(index + 1)...], at: 0)
    batch = Batch(jobs: [])
  }

  // MARK: The lane's thread: closures

  /// The session of the closure whose turn it is.
  fileprivate func session(of id: UInt64) -> Session? {
    turn?.id == id ? turn?.session : nil
  }

  /// A closure has returned or thrown.
  fileprivate func end(
    _ id: UInt64, _ session: Session, didSucceed: Bool,
    _ answer: CheckedContinuation<Result<WriteJob.Output, SQLError>, Never>
  ) {
    guard let turn, turn.id == id else {
      // It ran into its limit and was undone while it waited for something else.
      answer.resume(returning: .failure(session.failure ?? .closureTimeout))
      return
    }
    lane.loop.cancel(turn.timer)
    self.turn = nil
    session.end()
    // The job carries its answer from here on, like any other.
    batch.jobs[batch.outcomes.count].answer = answer
    let outcome: Result<WriteJob.Output, SQLError> =
      didSucceed ? .success(.nothing) : .failure(SQLError(.other, message: "the closure threw"))
    finish(outcome)
  }

  private func expire(_ id: UInt64) {
    guard let turn, turn.id == id else { return }
    self.turn = nil
    turn.session.end(.closureTimeout)
    finish(.failure(.closureTimeout))
  }

  private func finish(_ outcome: Result<WriteJob.Output, SQLError>) {
    if settle(outcome) {
      proceed()
    } else {
      lane.loop.execute { self.runNext() }
    }
  }
}

extension Lane {
  /// Waits for the turn of job `id`, runs `body` in it, and returns once the writer has answered.
  ///
  /// Isolated to the lane from the first line, so that the thread is entered once, not for each statement.
  fileprivate func perform<Value: Sendable>(
    _ body: @Sendable (any SQLSession) async throws -> Value, as id: UInt64, by writer: Writer
  ) async throws -> Value {
    let refusal = await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        writer.offer(WriteJob(id: id, work: .closure(turn)))
      }
    } onCancel: {
      writer.cancel(id)
    }
    if let refusal { throw refusal }
    // Missing only when the limit was so short that it is over already.
    guard let session = writer.session(of: id) else { throw SQLError.closureTimeout }
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(session))
    } catch {
      result = .failure(error)
    }
    let didSucceed = if case .success = result { true } else { false }
    let answer = await withCheckedContinuation { answer in
      writer.end(id, session, didSucceed: didSucceed, answer)
    }
    // The body's own error says more than that it failed.
    let value = try result.get()
    _ = try answer.get()
    return value
  }
}

extension SQLError {
  static let closureTimeout = SQLError(.timeout, message: "the closure ran into its time limit")
}

extension Result {
  fileprivate var error: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
