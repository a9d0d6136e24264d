// Bulk jobs.

import DiscordCore
import EventLoop
import SQL
import Storage

extension RoleStore {
  private static let jobColumns = """
    number, verb, who, within_role, role_id, started_by, started_at, state, last_user, seen, done, failed, expected,
    channel_id, message_id, told_at
    """

  /// Begins a job, inside a transaction of `Effects.once`.
  ///
  /// - Returns: the job under its number; nil when another one is running.
  func begin(_ job: BulkJob, cause: String, _ session: any SQLSession) async throws -> BulkJob? {
    let running = BulkJob.State.running.rawValue
    let others = try await session.rows(
      "SELECT 1 FROM roles_job WHERE guild_id = \(tenant) AND state = \(running) LIMIT 1")
    guard others.isEmpty else { return nil }
    return try await session.rows(
      """
      INSERT INTO roles_job (guild_id, number, verb, who, within_role, role_id, started_by, started_at, state,
        last_user, seen, done, failed, expected, channel_id, told_at, cause)
      SELECT \(tenant), COALESCE(MAX(number), 0) + 1, \(job.verb.rawValue), \(job.who.rawValue),
        \(job.within.map { Int64(bitPattern: $0.rawValue) }), \(Int64(bitPattern: job.role.rawValue)),
        \(Int64(bitPattern: job.startedBy.rawValue)), \(job.startedAt.milliseconds), \(running), \(0), \(0),
        \(0), \(0), \(job.expected), \(Int64(bitPattern: job.channel.rawValue)), \(0), \(cause)
      FROM roles_job
      RETURNING \(unescaped: Self.jobColumns)
      """
    ).first.map(Self.job)
  }

  /// The job that was begun under that cause.
  func job(begunBy cause: String) async throws -> BulkJob? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.jobColumns) FROM roles_job
      WHERE guild_id = \(tenant) AND cause = \(cause)
      """
    ).first
      .map(Self.job)
  }

  func job(_ number: Int64) async throws -> BulkJob? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.jobColumns) FROM roles_job
      WHERE guild_id = \(tenant) AND number = \(number)
      """
    ).first
      .map(Self.job)
  }

  /// The last jobs, newest first.
  func jobs(limit: Int) async throws -> [BulkJob] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.jobColumns) FROM roles_job
      WHERE guild_id = \(tenant) ORDER BY number DESC LIMIT \(limit)
      """
    ).map(Self.job)
  }

  /// Writes down how far a running job has come. Returns false when it is running no more: somebody cancelled it.
  func advance(_ job: BulkJob) async throws -> Bool {
    let running = BulkJob.State.running.rawValue
    return try await store.execute(
      """
      UPDATE roles_job SET state = \(job.state.rawValue), last_user = \(Int64(bitPattern: job.lastUser.rawValue)),
        seen = \(job.seen), done = \(job.done), failed = \(job.failed),
        message_id = \(job.message.map { Int64(bitPattern: $0.rawValue) }), told_at = \(job.toldAt.milliseconds)
      WHERE guild_id = \(tenant) AND number = \(job.number) AND state = \(running)
      """) > 0
  }

  /// Cancels a running job. Returns whether it was running.
  func cancel(_ number: Int64, _ session: any SQLSession) async throws -> Bool {
    let (running, cancelled) = (BulkJob.State.running.rawValue, BulkJob.State.cancelled.rawValue)
    return try await session.execute(
      """
      UPDATE roles_job SET state = \(cancelled)
      WHERE guild_id = \(tenant) AND number = \(number) AND state = \(running)
      """) > 0
  }

  private static func job(_ row: SQLRow) throws -> BulkJob {
    func id<Entity>(_ column: String, _: Entity.Type = Entity.self) throws -> Snowflake<Entity> {
      Snowflake(UInt64(bitPattern: try row.get(column)))
    }
    let within: Int64? = try row.get("within_role")
    let message: Int64? = try row.get("message_id")
    guard let verb = BulkJob.Verb(rawValue: try row.get("verb")),
      let who = BulkJob.Who(rawValue: try row.get("who")),
      let state = BulkJob.State(rawValue: try row.get("state"))
    else { throw SQLError(.typeMismatch, message: "a bulk job of another version") }
    var job = BulkJob(
      verb, try id("role_id"), to: who, within: within.map { RoleID(UInt64(bitPattern: $0)) },
      by: try id("started_by"), at: Timestamp(milliseconds: try row.get("started_at")),
      expected: try row.get("expected"), in: try id("channel_id"))
    job.number = try row.get("number")
    job.state = state
    job.lastUser = try id("last_user")
    (job.seen, job.done, job.failed) = (try row.get("seen"), try row.get("done"), try row.get("failed"))
    job.message = message.map { MessageID(UInt64(bitPattern: $0)) }
    job.toldAt = Timestamp(milliseconds: try row.get("told_at"))
    return job
  }
}
