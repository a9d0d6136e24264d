// Every SQL statement about work that takes longer than one call.

import DiscordCore
import EventLoop
import JSON
import SQL
import Storage

/// The work of a guild. Every call may throw what `Store` throws.
struct JobStore: Sendable {
  /// How long work that ended is remembered.
  static let retention = Duration.seconds(30 * 86_400)

  let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  private static let columns = """
    job, kind, status, person, channel_id, request, state, progress_message, progress_at, created_at, finished_at
    """

  /// Writes down what is asked for, or finds it when it was asked for already. Forgets what ended long ago.
  func open(_ new: NewJob, at now: Timestamp) async throws -> Job {
    let tenant = store.tenant.id
    let status = new.needsConfirmation ? JobStatus.waiting : .running
    let request = try Self.text(new.request)
    let parts = try new.parts.map { try Self.text(.array($0.map { .string($0) })) }
    let number = try await store.writeNumbered { session in
      if let known = try await session.rows(
        "SELECT job FROM moderation_job WHERE guild_id = \(tenant) AND effect_key = \(new.effectKey)"
      ).first {
        return try known.get(0, as: Int64.self)
      }
      let end = (now - Self.retention).milliseconds
      try await session.execute(
        """
        DELETE FROM moderation_job
        WHERE guild_id = \(tenant) AND finished_at < \(end)
        """)
      try await session.execute(
        """
        DELETE FROM moderation_job_part
        WHERE guild_id = \(tenant)
          AND job NOT IN (SELECT job FROM moderation_job WHERE guild_id = \(tenant))
        """)
      let number = try await session.rows(
        """
        SELECT COALESCE(MAX(job), 0) + 1 FROM moderation_job
        WHERE guild_id = \(tenant)
        """)[0]
        .get(0, as: Int64.self)
      try await session.execute(
        """
        INSERT INTO moderation_job (guild_id, job, kind, effect_key, status, person, channel_id, request, state,
          created_at)
        VALUES (\(tenant), \(number), \(new.kind.rawValue), \(new.effectKey), \(status.rawValue),
          \(new.person.column), \(new.channel.column), \(request), \("null"), \(now.milliseconds))
        """)
      for (index, part) in parts.enumerated() {
        try await session.execute(
          """
          INSERT INTO moderation_job_part (guild_id, job, part, content, is_begun, created_at)
          VALUES (\(tenant), \(number), \(index), \(part), \(false), \(now.milliseconds))
          """)
      }
      return number
    }
    guard let job = try await job(number) else {
      throw SQLError(.noSuchColumn, message: "a job is gone that was just written")
    }
    return job
  }

  func job(_ number: Int64) async throws -> Job? {
    try await store.rows(
      "SELECT \(unescaped: Self.columns) FROM moderation_job WHERE guild_id = \(tenant) AND job = \(number)"
    ).first.map(Self.job)
  }

  /// What is under way, oldest first.
  func underWay(_ kind: JobKind? = nil) async throws -> [Job] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_job
      WHERE guild_id = \(tenant) AND status IN ('waiting', 'running', 'stopping')
        AND (\(kind == nil) OR kind = \(kind?.rawValue ?? ""))
      ORDER BY job
      """
    ).map(Self.job)
  }

  /// Stores how far it is, and returns how it stands by now: somebody may have stopped it.
  func save(_ job: Job) async throws -> JobStatus {
    let rows = try await store.writeRows(
      """
      UPDATE moderation_job SET state = \(try Self.text(job.state)),
        progress_message = \(job.progressMessage?.column), progress_at = \(job.progressAt?.milliseconds)
      WHERE guild_id = \(tenant) AND job = \(job.number) RETURNING status
      """)
    return try rows.first.map(Self.status) ?? .cancelled
  }

  /// Changes its status from one of these. Returns whether it stood at one of them.
  func move(_ number: Int64, from old: [JobStatus], to new: JobStatus, at now: Timestamp) async throws -> Bool
  {
    try await store.write { session in
      let rows = try await session.rows(
        """
        SELECT status FROM moderation_job
        WHERE guild_id = \(tenant) AND job = \(number)
        """)
      guard let status = try rows.first.map(Self.status), old.contains(status) else { return false }
      try await session.execute(
        """
        UPDATE moderation_job SET status = \(new.rawValue),
          finished_at = \(new.isOver ? now.milliseconds : nil)
        WHERE guild_id = \(tenant) AND job = \(number) AND status = \(status.rawValue)
        """)
      return true
    }
  }

  // MARK: Parts

  /// A part of what the work is about.
  struct Part: Hashable, Sendable {
    var number: Int64
    var content: [String]
    /// Whether it was begun: by a process that died since, when we find it so.
    var isBegun: Bool
  }

  func part(_ number: Int64, of job: Int64) async throws -> Part? {
    let rows = try await store.rows(
      """
      SELECT part, content, is_begun FROM moderation_job_part
      WHERE guild_id = \(tenant) AND job = \(job) AND part = \(number)
      """)
    return try rows.first.map { row in
      Part(
        number: try row.get(0), content: try Self.json(try row.get(1)).array?.compactMap(\.string) ?? [],
        isBegun: try row.get(2))
    }
  }

  func begin(part: Int64, of job: Int64) async throws {
    try await store.execute(
      """
      UPDATE moderation_job_part SET is_begun = \(true)
      WHERE guild_id = \(tenant) AND job = \(job) AND part = \(part)
      """)
  }

  /// Adds parts behind those there are: work that learns what it is about while it goes on.
  func append(_ content: [String], asPart part: Int64, of job: Int64, at now: Timestamp) async throws {
    try await store.execute(
      """
      INSERT INTO moderation_job_part (guild_id, job, part, content, is_begun, created_at)
      VALUES (\(tenant), \(job), \(part), \(try Self.text(.array(content.map { .string($0) }))), \(false),
        \(now.milliseconds))
      ON CONFLICT (guild_id, job, part) DO NOTHING
      """)
  }

  func partCount(of job: Int64) async throws -> Int64 {
    try await store.rows(
      """
      SELECT COUNT(*) FROM moderation_job_part
      WHERE guild_id = \(tenant) AND job = \(job)
      """)[0].get(0)
  }

  // MARK: Reading

  private static func status(_ row: SQLRow) throws -> JobStatus {
    JobStatus(rawValue: try row.get("status")) ?? .failed
  }

  private static func job(_ row: SQLRow) throws -> Job {
    Job(
      number: try row.get("job"), kind: JobKind(rawValue: try row.get("kind")) ?? .purge,
      status: try status(row), person: UserID(column: try row.get("person")),
      channel: ChannelID(column: try row.get("channel_id")), request: try json(try row.get("request")),
      state: try json(try row.get("state")),
      progressMessage: try row.get("progress_message", as: Int64?.self).map { MessageID(column: $0) },
      progressAt: try row.get("progress_at", as: Int64?.self).map { Timestamp(milliseconds: $0) },
      createdAt: Timestamp(milliseconds: try row.get("created_at")),
      finishedAt: try row.get("finished_at", as: Int64?.self).map { Timestamp(milliseconds: $0) })
  }

  private static func text(_ value: JSONValue) throws -> String {
    String(decoding: try value.encoded(), as: UTF8.self)
  }

  private static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
}
