// The bounds of a pool and of every session in it.

/// What a pool may use and how long anything in it may take.
///
/// Two presets: `short` for what a person or an event waits for, `long` for reports, exports and migrations.
/// They belong to separate pools, since a slow statement holds up those behind it on its connection.
package struct PostgresOptions: Sendable {
  /// Connections for single statements and batches that may write; statements are pipelined over them.
  package var writerCount = 1
  /// Connections for statements declared read-only. The server refuses writes on them.
  package var readerCount = 1
  /// Connections for interactive transactions, each leased to one transaction at a time.
  package var leaseCount = 4
  /// Requests on the wire at once on one pipelined connection.
  package var pipelineDepth = 128
  /// Requests that may wait behind the pipeline of one connection before `.overloaded` is thrown.
  package var maximumWaiting = 4_096
  /// Transactions that may wait for a lease before `.overloaded` is thrown.
  package var maximumLeaseWaiting = 256
  /// How long a transaction waits for a lease before `.overloaded` is thrown.
  package var leaseTimeout: Duration = .seconds(5)
  /// Prepared statements kept per connection; the least recently used one is deallocated.
  package var preparedStatementCount = 256
  /// From the first packet to a session that is ready.
  package var connectTimeout: Duration = .seconds(5)
  /// `statement_timeout` of every session.
  package var statementTimeout: Duration = .seconds(10)
  /// How long a server that owes an answer may stay silent beyond `statementTimeout` before the connection is
  /// given up.
  package var silenceTimeout: Duration = .seconds(5)
  /// `idle_in_transaction_session_timeout`: a transaction whose owner forgot it.
  package var idleInTransactionTimeout: Duration = .seconds(30)
  /// `application_name`, as `pg_stat_activity` shows it, unless the URL names one.
  package var applicationName = "guildhall"

  package init() {}

  /// For what someone waits for: 10 seconds a statement.
  package static let short = PostgresOptions()

  /// For reports, exports and migrations: 10 minutes a statement, few connections.
  package static let long: PostgresOptions = {
    var options = PostgresOptions()
    options.leaseCount = 2
    options.maximumWaiting = 64
    options.statementTimeout = .seconds(600)
    options.idleInTransactionTimeout = .seconds(300)
    options.leaseTimeout = .seconds(60)
    options.applicationName = "guildhall-long"
    return options
  }()
}

/// Whether a statement may change anything.
package enum PostgresAccess: Sendable {
  /// It only reads. It runs on a connection where the server refuses writes, may share a round trip with other
  /// reads, and is sent once more when the connection is lost before its answer.
  case readOnly
  /// It may write. It is never sent twice.
  case readWrite
}
