// The pages of a database as a stream of plain bytes: for snapshots, which compress before they seal.

internal import CSQLite
internal import SQL

/// A database's content, page by page, in and out of its sealed file.
///
/// Plain pages exist in memory only, a few at a time; on disk there is never anything but sealed ones.
package enum SQLitePages {
  /// Pages handed over at once.
  private static let batch = 64

  /// Streams a consistent, compact image of a database that may be in use. Needs room for a temporary copy, which
  /// is sealed under a key of its own and removed.
  ///
  /// - Parameters:
  ///   - path: the file of the database.
  ///   - key: the key of its pages; nil when they are not sealed.
  ///   - scratch: where the temporary copy goes, on the same disk.
  ///   - threads: whose maintenance thread does the work.
  ///   - sink: gets the pages in order, a multiple of 4,096 bytes at a time, on the maintenance thread.
  /// - Throws: what `sink` throws; `SQLError` as `SQLiteDatabase.backup` does.
  package static func export(
    _ path: String, key: SQLiteKey?, scratch: String, on threads: SQLiteThreads,
    to sink: @Sendable ([UInt8]) throws -> Void
  ) async throws {
    let temporaryKey = try SQLiteKey.random()
    try await threads.blocking {
      var options = SQLiteOptions()
      options.mayCreate = false
      let source = try Connection(DatabaseFile(path: path), key: key, role: .maintenance, options: options)
      defer { source.close() }
      let copy = DatabaseFile(path: scratch)
      // Its removal must not hide why the export failed; the key is gone with this call in any case.
      defer { try? copy.remove() }
      try source.copy(to: copy, key: temporaryKey)
      let image = try Connection(copy, key: temporaryKey, role: .maintenance, options: options)
      defer { image.close() }
      let count = try image.control("PRAGMA page_count").first?.get(0, as: Int.self) ?? 0
      for start in stride(from: 0, to: count, by: batch) {
        try sink(try image.pages(start..<min(count, start + batch)))
      }
    }
  }

  /// Makes a database file from an image that `export` streamed. The file must not exist; on failure it is removed.
  ///
  /// - Parameters:
  ///   - path: where the file is made.
  ///   - key: seals its pages; nil leaves them plain.
  ///   - threads: whose maintenance thread does the work.
  ///   - source: the next part of the image, a multiple of 4,096 bytes, or nil at its end; called on the
  ///     maintenance thread.
  /// - Throws: what `source` throws; `SQLError`: `.io`, `.diskFull`, `.damaged` when it is not whole pages.
  package static func importImage(
    to path: String, key: SQLiteKey?, on threads: SQLiteThreads, from source: @Sendable () throws -> [UInt8]?
  ) async throws {
    try await threads.blocking {
      let file = DatabaseFile(path: path)
      guard !file.exists else {
        throw SQLError(.io, message: "there is a file at the place of the new database")
      }
      try file.createIfMissing()
      do {
        try fill(file, key: key, from: source)
      } catch {
        // What is there is of no use; why it failed matters more than whether it could be removed.
        try? file.remove()
        throw error
      }
    }
  }

  private static func fill(_ file: DatabaseFile, key: SQLiteKey?, from source: () throws -> [UInt8]?) throws {
    let target = try RawFile(file, key: key)
    var index: Int64 = 0
    while let part = try source() {
      guard part.count.isMultiple(of: Int(CSQLITE_PAGE_BYTES)) else {
        throw SQLError(.damaged, message: "the image of a database does not consist of whole pages")
      }
      for offset in stride(from: 0, to: part.count, by: Int(CSQLITE_PAGE_BYTES)) {
        try target.write(part[offset..<(offset + Int(CSQLITE_PAGE_BYTES))], at: index)
        index += 1
      }
    }
    try target.sync()
  }
}

extension Connection {
  fileprivate func pages(_ range: Range<Int>) throws(SQLError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count * Int(CSQLITE_PAGE_BYTES))
    for (place, index) in range.enumerated() {
      let code = bytes.withUnsafeMutableBytes { buffer in
        csqlite_read_page(
          handle, Int64(index), buffer.baseAddress.map { $0 + place * Int(CSQLITE_PAGE_BYTES) })
      }
      try check(code)
    }
    return bytes
  }
}

/// A file opened through the sealing, without SQLite looking into it.
private final class RawFile {
  private let handle: OpaquePointer
  private let sealer: Int64

  init(_ file: DatabaseFile, key: SQLiteKey?) throws(SQLError) {
    let sealer = try key?.makeSealer() ?? 0
    self.sealer = sealer
    let uri = file.uri(try Connection.parameters(sealer: sealer, fileSystem: nil))
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(uri, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      csqlite_sealer_release(sealer)
      throw SQLError(.io, message: "the new database cannot be opened", engineCode: String(code))
    }
    handle = opened
  }

  func write(_ page: ArraySlice<UInt8>, at index: Int64) throws(SQLError) {
    try check(page.withUnsafeBytes { csqlite_write_page(handle, index, $0.baseAddress) })
  }

  func sync() throws(SQLError) {
    try check(csqlite_sync_file(handle))
  }

  private func check(_ code: CInt) throws(SQLError) {
    guard code == SQLITE_OK else {
      let isFull = code & 0xFF == SQLITE_FULL
      throw SQLError(
        isFull ? .diskFull : .io, message: "writing the new database failed", engineCode: String(code))
    }
  }

  deinit {
    sqlite3_close_v2(handle)
    csqlite_sealer_release(sealer)
  }
}
