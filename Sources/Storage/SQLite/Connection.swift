// One connection to one database file.

internal import CSQLite
internal import EventLoop
internal import SQL

/// Owns one `sqlite3` handle, opened without mutexes: everything here runs on the connection's own thread.
final class Connection: @unchecked Sendable {
  // `@unchecked`: confined to the thread of the lane it was opened on; only `limit.cancel()` comes from others.

  /// What a connection is for.
  enum Role: Sendable {
    /// Creates the file if allowed, sets the journal mode.
    case writer
    /// Refuses to change anything.
    case reader
    /// Backups and checks: a writer's rights, a reader's habits.
    case maintenance
  }

  let handle: OpaquePointer
  let limit: ExecutionLimit
  private let sealer: Int64
  private var statements: StatementCache
  /// Whether the statement that is being prepared is the driver's own.
  fileprivate private(set) var isPrivileged = false
  private var isOpen = true

  /// Opens a connection and proves that the file can be read with this key. Blocks.
  ///
  /// - Throws: `SQLError`: `.wrongKey`, `.damaged`, `.diskFull`, `.io`, `.retryable` when it stays locked.
  init(
    _ file: DatabaseFile, key: SQLiteKey?, role: Role, options: SQLiteOptions,
    limit: ExecutionLimit = ExecutionLimit()
  ) throws(SQLError) {
    self.limit = limit
    if options.fileSystem == nil {
      if role == .writer, options.mayCreate { try file.createIfMissing() }
      if key == nil { try file.checkIsPlain() }
    }
    sealer = try key?.makeSealer() ?? 0
    statements = StatementCache(limit: options.statementLimit)
    do {
      handle = try Self.open(file, sealer: sealer, role: role, options: options)
    } catch {
      csqlite_sealer_release(sealer)
      throw error
    }
    // From here on `deinit` closes what was opened.
    try configure(role: role, options: options)
  }

  deinit {
    close()
  }

  /// Releases everything; the last connection of a file moves its WAL into the database. The connection must
  /// not be used any more. Blocks.
  func close() {
    guard isOpen else { return }
    isOpen = false
    statements.removeAll()
    // Every statement is finalised, so this cannot be refused.
    sqlite3_close_v2(handle)
    csqlite_sealer_release(sealer)
  }

  private static func open(_ file: DatabaseFile, sealer: Int64, role: Role, options: SQLiteOptions)
    throws(SQLError) -> OpaquePointer
  {
    let uri = file.uri(try parameters(sealer: sealer, fileSystem: options.fileSystem))
    let mayCreate = role == .writer && options.mayCreate
    let flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
      | (mayCreate ? SQLITE_OPEN_CREATE : 0)
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(uri, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let failure = Failure(code, on: opened, sealer: sealer, mayQuote: false)
      // A failed open still owns memory.
      sqlite3_close_v2(opened)
      throw failure.error
    }
    return opened
  }

  /// The URI parameters that lead SQLite to the sealed file system, or to the plain one without a key.
  static func parameters(sealer: Int64, fileSystem: String?) throws(SQLError) -> [(
    name: String, value: String
  )] {
    guard sealer != 0 else {
      // By name: a plain copy of a sealed database would inherit the sealed file system.
      let system = sqlite3_vfs_find(nil).map { String(cString: $0.pointee.zName) }
      return (fileSystem ?? system).map { [("vfs", $0)] } ?? []
    }
    let name = "guildhall-sealed-\(fileSystem ?? "system")"
    let code = csqlite_register_sealed(name, fileSystem)
    guard code == SQLITE_OK else { throw Failure(code, on: nil, sealer: 0, mayQuote: false).error }
    return [("vfs", name), ("sealer", String(sealer))]
  }

  private func configure(role: Role, options: SQLiteOptions) throws(SQLError) {
    sqlite3_busy_timeout(handle, CInt(clamping: options.busyTimeout.wholeMilliseconds))
    try check(csqlite_set_flag(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1))
    try check(csqlite_set_flag(handle, SQLITE_DBCONFIG_DQS_DML, 0))
    try check(csqlite_set_flag(handle, SQLITE_DBCONFIG_DQS_DDL, 0))
    try check(csqlite_set_flag(handle, SQLITE_DBCONFIG_DEFENSIVE, 1))
    try check(csqlite_set_flag(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0))
    if sealer != 0 { try check(csqlite_reserve_bytes(handle, CInt(CSQLITE_RESERVED_BYTES))) }
    // With a rollback journal, a commit is the journal's deletion: only EXTRA syncs the folder after it.
    let full = options.journal == .rollback ? "EXTRA" : "FULL"
    let synchronous = options.durability == .full ? full : "NORMAL"
    try script(
      """
      PRAGMA page_size=\(CSQLITE_PAGE_BYTES); PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;
      PRAGMA cache_size=-\(max(1, options.cacheKibibytes)); PRAGMA synchronous=\(synchronous);
      """)
    switch role {
    case .writer:
      let mode = options.journal == .wal ? "wal" : "delete"
      let answer = try control("PRAGMA journal_mode=\(mode)").first?.values.first
      guard answer == .text(mode) else {
        throw SQLError(.io, message: "the file system does not support the journal mode '\(mode)'")
      }
      try script(
        """
        PRAGMA wal_autocheckpoint=\(max(0, options.checkpointPages));
        PRAGMA journal_size_limit=4194304; SELECT 1 FROM sqlite_schema;
        """)
    case .reader: try script("PRAGMA query_only=ON; SELECT 1 FROM sqlite_schema;")
    case .maintenance: try script("SELECT 1 FROM sqlite_schema;")
    }
    sqlite3_set_authorizer(handle, authorize, Unmanaged.passUnretained(self).toOpaque())
    limit.watch(handle)
  }

  // MARK: Errors

  /// The error of a call that failed just now.
  func failure(_ code: CInt, mayQuote: Bool) -> SQLError {
    let failure = Failure(code, on: handle, sealer: sealer, mayQuote: mayQuote)
    if code & 0xFF == SQLITE_INTERRUPT, let reason = limit.reason { return reason }
    return failure.error
  }

  func check(_ code: CInt) throws(SQLError) {
    guard code == SQLITE_OK else { throw failure(code, mayQuote: false) }
  }

  // MARK: Statements

  /// Runs one statement of a caller's and returns its rows.
  func rows(_ statement: SQL) throws(SQLError) -> [SQLRow] {
    var rows: [SQLRow] = []
    try prepared(statement.text).run(statement.parameters, on: self) { rows.append($0) }
    return rows
  }

  /// Runs one statement of a caller's and returns how many rows it changed itself, without what triggers and
  /// cascades did.
  func execute(_ statement: SQL) throws(SQLError) -> Int {
    let before = sqlite3_total_changes64(handle)
    try prepared(statement.text).run(statement.parameters, on: self) { _ in }
    // The library keeps the last count when a statement changes nothing.
    return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
  }

  /// Runs a statement of the driver's own, which may be one that callers must not use.
  @discardableResult
  func control(_ text: String, _ parameters: [SQLValue] = []) throws(SQLError) -> [SQLRow] {
    isPrivileged = true
    defer { isPrivileged = false }
    return try rows(SQL(unescaped: text, parameters: parameters))
  }

  private func prepared(_ text: String) throws(SQLError) -> Statement {
    if let known = statements.find(text) { return known }
    let statement = try Statement(text, on: self)
    statements.insert(statement, for: text)
    return statement
  }

  /// Several statements of the driver's own, without parameters or results.
  private func script(_ text: String) throws(SQLError) {
    try check(sqlite3_exec(handle, text, nil, nil, nil))
  }

  /// Prepared statements kept right now.
  var statementCount: Int { statements.count }

  // MARK: Transactions

  /// Whether a transaction is open. SQLite ends one by itself after some errors.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Whether deferred foreign keys are broken right now; the commit would fail.
  var hasBrokenForeignKeys: Bool {
    var current: CInt = 0
    var highest: CInt = 0
    let code = sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
    return code == SQLITE_OK && current > 0
  }
}

/// Keeps callers' statements inside their transaction and file: no transaction control, no attached files, no
/// pragmas.
private func authorize(
  _ context: UnsafeMutableRawPointer?, _ action: CInt, _ first: UnsafePointer<CChar>?,
  _ second: UnsafePointer<CChar>?, _ database: UnsafePointer<CChar>?, _ trigger: UnsafePointer<CChar>?
) -> CInt {
  guard let context else { return SQLITE_DENY }
  switch action {
  case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH, SQLITE_PRAGMA:
    let connection = Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
    return connection.isPrivileged ? SQLITE_OK : SQLITE_DENY
  default:
    return SQLITE_OK
  }
}
