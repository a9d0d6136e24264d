// What we ask of the file system ourselves, beside SQLite. All calls block: database threads only.

internal import CSQLite
internal import Glibc
internal import SQL

/// The path of a database file.
struct DatabaseFile: Sendable {
  let path: String

  /// Creates the file, readable by its owner alone, and makes its name durable. Does nothing if it is there.
  func createIfMissing() throws(SQLError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      guard errno == EEXIST else { throw Self.failure("create") }
      return
    }
    close(descriptor)
    try syncFolder()
  }

  /// Whether there is something at the path.
  var exists: Bool { access(path, F_OK) == 0 }

  /// Removes the file; a missing one is fine.
  func remove() throws(SQLError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure("remove") }
  }

  /// Moves the file, durably, over whatever is at `target`.
  func move(to target: DatabaseFile) throws(SQLError) {
    try sync(path, O_RDONLY)
    guard rename(path, target.path) == 0 else { throw Self.failure("rename") }
    try target.syncFolder()
  }

  private func syncFolder() throws(SQLError) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    try sync(folder, O_RDONLY | O_DIRECTORY)
  }

  private func sync(_ path: String, _ flags: CInt) throws(SQLError) {
    let descriptor = open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure("open") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Self.failure("fsync") }
  }

  /// Refuses a file that is there but is no plain database. SQLite must not even open a sealed one without
  /// its key: it would take the WAL for torn and remove it.
  func checkIsPlain() throws(SQLError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw Self.failure("open") }
      return
    }
    defer { close(descriptor) }
    var start = [UInt8](repeating: 0, count: 16)
    let count = read(descriptor, &start, start.count)
    guard count >= 0 else { throw Self.failure("read") }
    // An empty or torn start is for recovery to judge; a sealed page is never all zeros.
    guard count == start.count, !start.allSatisfy({ $0 == 0 }) else { return }
    guard start == Array("SQLite format 3\0".utf8) else {
      throw SQLError(.wrongKey, message: "the file is sealed, or is no database; it was opened without a key")
    }
  }

  /// The path as an SQLite URI with parameters.
  func uri(_ parameters: [(name: String, value: String)]) -> String {
    var uri = path.hasPrefix("/") ? "file://" : "file:"
    for byte in path.utf8 {
      switch UInt8(byte) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16)
        uri += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    let query = parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    return query.isEmpty ? uri : "\(uri)?\(query)"
  }

  static func failure(_ call: String) -> SQLError {
    let code = errno
    return SQLError(
      [ENOSPC, EDQUOT].contains(code) ? .diskFull : .io, message: "\(call) failed (errno \(code))")
  }
}
