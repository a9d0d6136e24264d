// What the suites of this room share.

import SQL
import SQLite
import TestKit
import Testing

/// A folder, threads and a key for one test.
final class Bench: Sendable {
  let folder: TemporaryDirectory
  let threads: SQLiteThreads
  let key: SQLiteKey

  init() throws {
    folder = try TemporaryDirectory()
    threads = try SQLiteThreads(count: 2)
    key = try SQLiteKey((0..<32).map { UInt8($0) })
  }

  deinit {
    threads.shutdown()
  }

  /// Opens `main.db` in the folder, sealed unless told.
  func open(
    _ name: String = "main.db", isAbsolute: Bool = false, isSealed: Bool = true,
    options: SQLiteOptions = SQLiteOptions()
  ) async throws -> SQLiteDatabase {
    try await SQLiteDatabase.open(
      path: isAbsolute ? name : folder.file(name), key: isSealed ? key : nil, options: options, on: threads)
  }
}

/// Opens a database, lends it, and closes it whatever happens.
@discardableResult
func withDatabase<Value: Sendable>(
  isSealed: Bool = true, options: SQLiteOptions = SQLiteOptions(),
  _ body: (SQLiteDatabase, Bench) async throws -> Value
) async throws -> Value {
  let bench = try Bench()
  let database = try await bench.open(isSealed: isSealed, options: options)
  let result: Result<Value, any Error>
  do {
    result = .success(try await body(database, bench))
  } catch {
    result = .failure(error)
  }
  await database.close()
  return try result.get()
}

/// Expects `body` to throw an `SQLError` with this code, and returns it.
@discardableResult
func expect(
  _ code: SQLError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> SQLError? {
  do {
    try await body()
    Issue.record("expected '\(code)', but nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as SQLError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    return error
  } catch {
    Issue.record("expected '\(code)', not \(error)", sourceLocation: sourceLocation)
  }
  return nil
}
