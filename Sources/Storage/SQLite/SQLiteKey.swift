// The key of one database: 32 bytes that are wiped when nobody holds them any more.

internal import CSQLite
package import SQL

/// The 256-bit key of one database file.
///
/// Use a key for one file only, and derive it from a stored id, never from the file's name. The bytes live in
/// memory of their own and are wiped with the last reference; every textual form is constant.
package final class SQLiteKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// How long a key is.
  package static let byteCount = 32

  // Written in the initialisers only, hence safe to read from any thread.
  private nonisolated(unsafe) let bytes: UnsafeMutablePointer<UInt8>

  private init() {
    bytes = .allocate(capacity: Self.byteCount)
    bytes.initialize(repeating: 0, count: Self.byteCount)
  }

  /// Copies a key. The caller's copy stays the caller's to wipe.
  ///
  /// - Throws: `SQLError` with `.wrongKey` unless there are exactly 32 bytes.
  package convenience init(_ key: [UInt8]) throws(SQLError) {
    guard key.count == Self.byteCount else {
      throw SQLError(.wrongKey, message: "a database key has \(Self.byteCount) bytes, not \(key.count)")
    }
    self.init()
    bytes.update(from: key, count: key.count)
  }

  /// A fresh random key.
  ///
  /// - Throws: `SQLError` with `.other` when the system has no randomness.
  package static func random() throws(SQLError) -> SQLiteKey {
    let key = SQLiteKey()
    guard csqlite_random(key.bytes, CInt(byteCount)) == 0 else {
      throw SQLError(.other, message: "no randomness for a database key")
    }
    return key
  }

  deinit {
    csqlite_wipe(bytes, Int64(Self.byteCount))
    bytes.deallocate()
  }

  package var description: String { "SQLiteKey(secret)" }
  package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

  /// Makes the cipher state of one connection; release it with `csqlite_sealer_release`.
  func makeSealer() throws(SQLError) -> Int64 {
    let sealer = csqlite_sealer_create(bytes)
    guard sealer != 0 else { throw SQLError(.other, message: "no memory or randomness for a cipher") }
    return sealer
  }
}
