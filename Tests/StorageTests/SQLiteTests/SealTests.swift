// Encryption at rest: wrong keys, damage and moved pages are found, and no plain text is on disk.

import CSQLite
import CSystem
import Glibc
import SQL
import SQLite
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SealTests {
  static let marker = "marker-of-plain-text-4711"
  static let page = 4_096

  /// Makes a closed, sealed database of some dozens of pages.
  private func fill(_ bench: Bench, _ name: String = "main.db", isSealed: Bool = true) async throws {
    let database = try await bench.open(name, isSealed: isSealed)
    try await database.execute("CREATE TABLE secret (id BIGINT PRIMARY KEY, body TEXT)")
    for id in 0..<200 {
      let body = "\(Self.marker) \(id) " + String(repeating: "filler ", count: 80)
      try await database.execute("INSERT INTO secret VALUES (\(id), \(body))")
    }
    await database.close()
  }

  private func readAll(_ bench: Bench, _ name: String = "main.db", key: SQLiteKey?) async throws -> Int {
    let database = try await SQLiteDatabase.open(path: bench.folder.file(name), key: key, on: bench.threads)
    do {
      let rows = try await database.rows("SELECT body FROM secret")
      await database.close()
      return rows.count
    } catch {
      await database.close()
      throw error
    }
  }

  @Test func `no plain text of ours is in any file, the log and the journal included`() async throws {
    let bench = try Bench()
    for journal in [SQLiteOptions.Journal.wal, .rollback] {
      var options = SQLiteOptions()
      options.journal = journal
      options.checkpointPages = 0
      options.cacheKibibytes = 32
      let database = try await bench.open("\(journal).db", options: options)
      try await database.execute("CREATE TABLE secret (id BIGINT PRIMARY KEY, body TEXT)")
      try await database.execute("CREATE INDEX by_body ON secret (body)")
      let path = bench.folder.file("\(journal).db")
      // Larger than the cache, so that even an open transaction has pages on disk.
      let files = try await database.write { session in
        for id in 0..<400 {
          let body = "\(Self.marker) \(id) " + String(repeating: Self.marker, count: 20)
          try await session.execute("INSERT INTO secret VALUES (\(id), \(body))")
        }
        try await session.execute("UPDATE secret SET body = body || 'x'")
        return try ["", "-wal", "-journal"].map { try contents(path + $0, orEmpty: true) }
      }
      #expect(files[journal == .wal ? 1 : 2].count > 2 * Self.page)
      let later = try ["", "-wal", "-journal"].map { try contents(path + $0, orEmpty: true) }
      for file in files + later {
        #expect(!contains(file, Self.marker))
        #expect(!contains(file, "CREATE TABLE"))
        #expect(!contains(file, "SQLite format 3"))
      }
      await database.close()
      #expect(!contains(try contents(path), Self.marker))
    }
    // The search finds what is there.
    try await fill(bench, "plain.db", isSealed: false)
    #expect(contains(try contents(bench.folder.file("plain.db")), Self.marker))
  }

  @Test func `another key, no key, or a key for a plain file is refused, and the log survives it`()
    async throws
  {
    let bench = try Bench()
    try await fill(bench)
    try await fill(bench, "plain.db", isSealed: false)
    // A log beside the file, as after a crash.
    let live = try await bench.open()
    try await live.execute("INSERT INTO secret VALUES (1000, 'in the log')")
    for suffix in ["", "-wal"] {
      try store(contents(bench.folder.file("main.db" + suffix)), at: bench.folder.file("crashed.db" + suffix))
    }
    await live.close()

    let other = try SQLiteKey.random()
    for name in ["main.db", "crashed.db"] {
      await expect(.wrongKey) { _ = try await readAll(bench, name, key: other) }
      await expect(.wrongKey) { _ = try await readAll(bench, name, key: nil) }
    }
    let error = await expect(.wrongKey) { _ = try await readAll(bench, "plain.db", key: bench.key) }
    #expect(error?.message.contains("plain") == true)
    let count = try await readAll(bench, "crashed.db", key: bench.key)
    #expect(count == 201)
    let plain = try await readAll(bench, "plain.db", key: nil)
    #expect(plain == 200)
  }

  @Test func `a flipped bit anywhere in a page is found, and the page is named`() async throws {
    let bench = try Bench()
    try await fill(bench)
    let path = bench.folder.file("main.db")
    let whole = try contents(path)
    let pages = whole.count / Self.page
    #expect(pages > 20)
    var random = SeededRandom(state: 1)
    for number in [1, 2, 3, pages / 2, pages - 1] {
      for offset in [0, 100, 4_063, 4_064, 4_080, 4_095, Int.random(in: 0..<Self.page, using: &random)] {
        var damaged = whole
        damaged[(number - 1) * Self.page + offset] ^= 0x10
        try store(damaged, at: path)
        let error = await expect(.damaged) { _ = try await check(bench) }
        #expect(error?.message.contains("page \(number) of the database") == true, "\(number) \(offset)")
      }
    }
    try store(whole, at: path)
    let problems = try await check(bench)
    #expect(problems == [])
  }

  private func check(_ bench: Bench) async throws -> [String] {
    let database = try await bench.open()
    do {
      let problems = try await database.integrityCheck()
      await database.close()
      return problems
    } catch {
      await database.close()
      throw error
    }
  }

  @Test func `a page moved within the file or from another database does not authenticate`() async throws {
    let bench = try Bench()
    try await fill(bench)
    let path = bench.folder.file("main.db")
    let whole = try contents(path)
    var swapped = whole
    swapped.replaceSubrange(4 * Self.page..<5 * Self.page, with: whole[5 * Self.page..<6 * Self.page])
    try store(swapped, at: path)
    await expect(.damaged) { _ = try await check(bench) }

    let stranger = try await SQLiteDatabase.open(
      path: bench.folder.file("other.db"), key: SQLiteKey.random(), on: bench.threads)
    try await stranger.execute("CREATE TABLE secret (id BIGINT PRIMARY KEY, body TEXT)")
    for id in 0..<50 {
      try await stranger.execute("INSERT INTO secret VALUES (\(id), \(String(repeating: "y", count: 600)))")
    }
    await stranger.close()
    let foreign = try contents(bench.folder.file("other.db"))
    var mixed = whole
    mixed.replaceSubrange(4 * Self.page..<5 * Self.page, with: foreign[4 * Self.page..<5 * Self.page])
    try store(mixed, at: path)
    await expect(.damaged) { _ = try await check(bench) }
  }

  @Test(arguments: [true, false])
  func `a truncated file is damaged`(isSealed: Bool) async throws {
    let bench = try Bench()
    try await fill(bench, isSealed: isSealed)
    let path = bench.folder.file("main.db")
    let whole = try contents(path)
    for count in [Self.page * 5, Self.page * 5 + 700] {
      try store(Array(whole[..<count]), at: path)
      await expect(.damaged) { _ = try await readAll(bench, key: isSealed ? bench.key : nil) }
    }
  }

  @Test func `damage in the log is found, not skipped`() async throws {
    let bench = try Bench()
    var options = SQLiteOptions()
    options.checkpointPages = 0
    options.cacheKibibytes = 16
    let database = try await bench.open(options: options)
    try await database.execute("CREATE TABLE secret (id BIGINT PRIMARY KEY, body TEXT)")
    for id in 0..<100 {
      try await database.execute("INSERT INTO secret VALUES (\(id), \(String(repeating: "z", count: 3_000)))")
    }
    let log = bench.folder.file("main.db-wal")
    var bytes = try contents(log)
    for frame in stride(from: 32, to: bytes.count - 4_120, by: 4_120) { bytes[frame + 24 + 50] ^= 1 }
    try overwrite(bytes, at: log)
    let error = await expect(.damaged) { _ = try await database.rows("SELECT body FROM secret") }
    #expect(error?.message.contains("write-ahead log") == true)
    await database.close()
  }

  @Test func `a key never shows`() throws {
    let key = try SQLiteKey([UInt8](repeating: 7, count: 32))
    #expect("\(key)" == "SQLiteKey(secret)")
    #expect(String(reflecting: key) == "SQLiteKey(secret)")
    #expect(Mirror(reflecting: key).children.isEmpty)
    #expect(throws: SQLError.self) { try SQLiteKey([1, 2, 3]) }
  }

  @Test func `a new file is its owner's alone`() async throws {
    let bench = try Bench()
    let database = try await bench.open()
    try await database.execute("CREATE TABLE t (id BIGINT)")
    for name in ["main.db", "main.db-wal", "main.db-shm"] {
      var status = stat()
      #expect(stat(bench.folder.file(name), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600, "\(name)")
    }
    await database.close()
  }
}

// MARK: Files

func contents(_ path: String, orEmpty mayBeMissing: Bool = false) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else {
    if mayBeMissing { return [] }
    throw TestKitError("cannot open \(path)")
  }
  defer { close(descriptor) }
  var all: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return all }
    all += buffer[..<count]
  }
}

/// Replaces a file by another with this content.
func store(_ bytes: [UInt8], at path: String) throws {
  unlink(path)
  try overwrite(bytes, at: path)
}

/// Changes the content of the file that is there.
func overwrite(_ bytes: [UInt8], at path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
  guard descriptor >= 0 else { throw TestKitError("cannot open \(path)") }
  defer { close(descriptor) }
  guard write(descriptor, bytes, bytes.count) == bytes.count else {
    throw TestKitError("cannot write \(path)")
  }
}

func contains(_ bytes: [UInt8], _ text: String) -> Bool {
  let wanted = Array(text.utf8)
  return bytes.withUnsafeBytes { all in
    guard let start = all.baseAddress else { return false }
    var from = 0
    while from + wanted.count <= all.count {
      let room = all.count - wanted.count - from + 1
      guard let hit = memchr(start + from, CInt(wanted[0]), room) else { return false }
      if memcmp(hit, wanted, wanted.count) == 0 { return true }
      from = UnsafeRawPointer(hit) - start + 1
    }
    return false
  }
}
