// From SQLite's result codes to the errors both engines share.

internal import CSQLite
internal import Glibc
internal import SQL

/// Turns a failed call into an `SQLError`. Call right after it, before anything else uses the connection.
struct Failure {
  /// The extended result code.
  let code: CInt
  /// What the sealed file system refused meanwhile.
  let fault: csqlite_fault?
  /// The library's words, if they name no values.
  let words: String?
  /// The `errno` of the file system's last failure.
  let systemError: CInt

  /// `mayQuote` says that the library's message can only name columns and tables, or bits of our own statement
  /// text. Messages of functions at run time can repeat values.
  init(_ code: CInt, on handle: OpaquePointer?, sealer: Int64, mayQuote: Bool) {
    self.code = code
    var fault = csqlite_fault()
    let refused = sealer != 0 && csqlite_sealer_take_fault(sealer, &fault) != CInt(CSQLITE_FAULT_NONE)
    self.fault = refused ? fault : nil
    words = mayQuote && handle != nil ? sqlite3_errmsg(handle).map { String(cString: $0) } : nil
    systemError = handle == nil ? 0 : sqlite3_system_errno(handle)
  }

  var error: SQLError {
    if let error = sealedFileError { return error }
    let message = words ?? sqlite3_errstr(code).map { String(cString: $0) } ?? "unknown error"
    return SQLError(errorCode, message: message, engineCode: String(code))
  }

  /// What a refused page means, if that is why the call failed.
  private var sealedFileError: SQLError? {
    guard let fault, [SQLITE_IOERR, SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_CANTOPEN].contains(code & 0xFF)
    else {
      return nil
    }
    switch Int(fault.reason) {
    case CSQLITE_FAULT_KEY:
      return SQLError(
        .wrongKey, message: "the file is sealed under another key, or is no database",
        engineCode: String(code))
    case CSQLITE_FAULT_PLAIN:
      return SQLError(
        .wrongKey, message: "the file is a plain SQLite database, not a sealed one", engineCode: String(code))
    default:
      return SQLError(
        .damaged, message: "\(place(of: fault)) does not authenticate", engineCode: String(code))
    }
  }

  private func place(of fault: csqlite_fault) -> String {
    switch Int(fault.file) {
    case CSQLITE_DATABASE: "page \(fault.position) of the database"
    case CSQLITE_WAL: "frame \(fault.position) of the write-ahead log"
    default: "the journal at byte \(fault.position)"
    }
  }

  private var errorCode: SQLError.Code {
    switch code {
    case SQLITE_CONSTRAINT_UNIQUE_CODE, SQLITE_CONSTRAINT_PRIMARYKEY_CODE, SQLITE_CONSTRAINT_ROWID_CODE:
      return .uniqueViolation
    default: break
    }
    switch code & 0xFF {
    case SQLITE_CONSTRAINT, SQLITE_MISMATCH: return .constraintViolation
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL, SQLITE_SCHEMA: return .retryable
    case SQLITE_FULL: return .diskFull
    case SQLITE_IOERR, SQLITE_CANTOPEN: return [ENOSPC, EDQUOT].contains(systemError) ? .diskFull : .io
    case SQLITE_CORRUPT: return .damaged
    case SQLITE_NOTADB: return .wrongKey
    case SQLITE_READONLY, SQLITE_AUTH, SQLITE_PERM: return .notPermitted
    case SQLITE_ERROR, SQLITE_RANGE, SQLITE_TOOBIG: return .invalidStatement
    case SQLITE_INTERRUPT: return .cancelled
    default: return .other
    }
  }
}

// Extended codes are expressions in the header, which Swift does not import.
private let SQLITE_CONSTRAINT_PRIMARYKEY_CODE = SQLITE_CONSTRAINT | 6 << 8
private let SQLITE_CONSTRAINT_UNIQUE_CODE = SQLITE_CONSTRAINT | 8 << 8
private let SQLITE_CONSTRAINT_ROWID_CODE = SQLITE_CONSTRAINT | 10 << 8
