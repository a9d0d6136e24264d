// Snapshots, backups and their way back, on files.

import CSystem
import EventLoop
import Glibc
import SQL
import Storage
import StorageTestKit
import TestKit
import Testing
import Vault

private let alpha = Tenant(42)
private let beta = Tenant(4_242)

/// Every file below a folder.
private func files(below folder: String) async throws -> [String] {
  let find = try await ChildProcess.start(["find", folder, "-type", "f"])
  return await find.remainingOutput().split(separator: "\n").map(String.init)
}

private func bytes(of path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { throw TestKitError("cannot open \(path)") }
  defer { close(descriptor) }
  var content = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
  _ = pread(descriptor, &content, content.count, 0)
  return content
}

private func replace(_ path: String, with content: [UInt8]) throws {
  let descriptor = open(path, O_WRONLY | O_TRUNC)
  guard descriptor >= 0, write(descriptor, content, content.count) == content.count else {
    throw TestKitError("cannot write \(path)")
  }
  close(descriptor)
}

@Suite(.timeLimit(.minutes(3)))
struct SnapshotTests {
  @Test func `a start snapshots what changed since the last one, and nothing else`() async throws {
    try await withInstallation(.embedded) { installation in
      func kept() async throws -> [String: Int] {
        try await installation.run { storage async throws in
          Dictionary(grouping: try await storage.snapshots(), by: \.subject).mapValues(\.count)
        }
      }
      try await installation.run { storage async throws in
        try await storage.addNote(alpha, 1, "one")
        try await storage.addNote(beta, 1, "one")
      }
      installation.time.advance(by: .seconds(1))
      #expect(try await kept() == ["platform": 1, "guild-42": 1, "guild-4242": 1])
      installation.time.advance(by: .seconds(1))
      #expect(try await kept() == ["platform": 1, "guild-42": 1, "guild-4242": 1], "nothing changed")
      try await installation.run { try await $0.addNote(alpha, 2, "two") }
      installation.time.advance(by: .seconds(1))
      #expect(try await kept() == ["platform": 1, "guild-42": 2, "guild-4242": 1])
    }
  }

  @Test func `the last ten are kept, and each can be restored`() async throws {
    try await withInstallation(.embedded) { installation in
      for round in 0..<14 {
        installation.time.advance(by: .seconds(60))
        try await installation.run { try await $0.addNote(alpha, round, "round \(round)") }
      }
      let snapshots = try await installation.run { try await $0.snapshots() }.filter {
        $0.subject == "guild-42"
      }
      try #require(snapshots.count == 10)
      // The oldest kept one was taken at the start after round 3, the newest after round 12 or 13.
      try await Storage.restore(
        snapshots[0], in: installation.folder, vault: installation.vault, time: installation.time)
      let restored = try await installation.run { try await $0.notes(alpha) }
      #expect(restored.count >= 4 && restored.count <= 5)
      #expect(restored == (0..<restored.count).map { "round \($0)" })
    }
  }

  @Test func `a snapshot that was changed by one byte is refused and nothing is replaced`() async throws {
    try await withInstallation(.embedded) { installation in
      try await installation.run { try await $0.addNote(alpha, 1, "one") }
      let snapshot = try #require(
        try await installation.run { storage async throws in
          try await storage.addNote(alpha, 2, "two")
          return try await storage.snapshots().first { $0.subject == "guild-42" }
        })
      let path = try #require(
        try await files(below: installation.folder.path).first {
          $0.contains("guild-42/") && $0.hasSuffix(".snapshot")
        })
      let original = try bytes(of: path)
      var random = SystemRandomNumberGenerator()
      for _ in 0..<20 {
        var damaged = original
        damaged[Int.random(in: 0..<damaged.count, using: &random)] ^= 0x10
        try replace(path, with: damaged)
        let error = await #expect(throws: StorageError.self) {
          try await Storage.restore(
            snapshot, in: installation.folder, vault: installation.vault, time: installation.time)
        }
        #expect(error?.code == .badBackup)
      }
      for length in [0, 3, original.count / 2, original.count - 1] {
        try replace(path, with: Array(original.prefix(length)))
        await #expect(throws: StorageError.self) {
          try await Storage.restore(
            snapshot, in: installation.folder, vault: installation.vault, time: installation.time)
        }
      }
      #expect(try await installation.run { try await $0.notes(alpha) } == ["one", "two"])
    }
  }

  @Test func `nothing readable lies on the disk, in databases, snapshots and keys`() async throws {
    try await withInstallation(.embedded) { installation in
      let marker = "Zebrastreifen-Marmelade"
      try await installation.run { storage async throws in
        for id in 0..<200 { try await storage.addNote(alpha, id, marker) }
        try await storage.platform.execute("INSERT INTO account (id, name) VALUES (1, \(marker))")
      }
      try await installation.run { storage async throws in
        try await storage.addNote(alpha, 1_000, marker)
        let grep = try await ChildProcess.start([
          "grep", "-rlaE", "\(marker)|CREATE TABLE|SQLite format", installation.folder.path,
        ])
        #expect(await grep.remainingOutput() == "")
        #expect(await grep.wait() == 1, "grep looked and found nothing")
      }
    }
  }

  @Test func `another master key or a missing data key is a clear error, not an empty database`() async throws
  {
    try await withInstallation(.embedded) { installation in
      try await installation.run { try await $0.addNote(alpha, 1, "one") }
      let stranger = try Vault.open(masterKeyFile: installation.root.file("other.key"))
      await #expect(throws: VaultError.self) {
        try await Storage.open(
          StorageSettings(folder: installation.folder), vault: stranger, schema: sampleSchema)
      }
      unlink("\(installation.folder.path)/keyring/guild-42.key")
      try await installation.run { storage async throws in
        let error = await #expect(throws: StorageError.self) { try await storage.notes(alpha) }
        #expect(error?.code == .noKey)
      }
    }
  }

  @Test func `a second server on the same folder is refused`() async throws {
    try await withInstallation(.embedded) { installation in
      try await installation.run { _ in }
      let lock = try DataFolderLock(installation.folder)
      let error = #expect(throws: StorageError.self) { try DataFolderLock(installation.folder) }
      #expect(error?.code == .inUse)
      withExtendedLifetime(lock) {}
    }
  }
}

@Suite(.timeLimit(.minutes(3)))
struct BackupTests {
  @Test func `a backup of a running installation restores to what it was`() async throws {
    try await withInstallation(.embedded) { installation in
      let backup = Backup(folder: installation.folder, vault: installation.vault, time: installation.time)
      let path = installation.root.file("backup")
      try await installation.run { storage async throws in
        for id in 0..<500 { try await storage.addNote(alpha, id, "note \(id)") }
        try await storage.addNote(beta, 1, "of beta")
        try await storage.platform.execute("INSERT INTO account (id, name) VALUES (1, \("Ada"))")
        let report = try await backup.write(to: path)
        #expect(report == BackupReport(databases: 3, erased: 0))
        try await storage.guild(alpha).execute("DELETE FROM note WHERE guild_id >= 0")
        try await storage.platform.execute("DELETE FROM account")
      }
      let report = try await backup.restore(from: path)
      #expect(report.databases == 3)
      try await installation.run { storage async throws in
        #expect(try await storage.notes(alpha) == (0..<500).map { "note \($0)" })
        #expect(try await storage.notes(beta) == ["of beta"])
        #expect(try await storage.platform.rows("SELECT name FROM account").count == 1)
      }
    }
  }

  @Test func `a guild erased after the backup does not come back`() async throws {
    try await withInstallation(.embedded) { installation in
      let backup = Backup(folder: installation.folder, vault: installation.vault, time: installation.time)
      let path = installation.root.file("backup")
      try await installation.run { storage async throws in
        try await storage.addNote(alpha, 1, "of alpha")
        try await storage.addNote(beta, 1, "of beta")
        _ = try await backup.write(to: path)
        try await storage.eraseGuild(alpha)
      }
      let report = try await backup.restore(from: path)
      #expect(report == BackupReport(databases: 2, erased: 1))
      try await installation.run { storage async throws in
        #expect(try await storage.guilds() == [beta])
        #expect(try await storage.notes(beta) == ["of beta"])
      }
    }
  }

  @Test func `a damaged or cut backup changes nothing`() async throws {
    try await withInstallation(.embedded) { installation in
      let backup = Backup(folder: installation.folder, vault: installation.vault, time: installation.time)
      let path = installation.root.file("backup")
      try await installation.run { storage async throws in
        try await storage.addNote(alpha, 1, "before")
        _ = try await backup.write(to: path)
        try await storage.addNote(alpha, 2, "after")
      }
      let original = try bytes(of: path)
      var random = SystemRandomNumberGenerator()
      var variants = [1, original.count / 3, original.count - 8].map { Array(original.prefix($0)) }
      for _ in 0..<12 {
        var damaged = original
        damaged[Int.random(in: 0..<damaged.count, using: &random)] ^= 0x41
        variants.append(damaged)
      }
      for variant in variants {
        try replace(path, with: variant)
        await #expect(throws: StorageError.self) { try await backup.restore(from: path) }
      }
      #expect(try await installation.run { try await $0.notes(alpha) } == ["before", "after"])
      try replace(path, with: original)
      _ = try await backup.restore(from: path)
      #expect(try await installation.run { try await $0.notes(alpha) } == ["before"])
    }
  }
}

@Suite(.timeLimit(.minutes(3)))
struct StorageCopyTests {
  private func fill(_ storage: Storage) async throws {
    for number in 0..<5 {
      let tenant = Tenant(Int64(number * 1_000 + 7))
      let store = storage.guild(tenant)
      let key = try await store.key()
      let context = SealContext(tenant: "\(tenant)", table: "note", column: "sealed")
      for start in stride(from: 0, to: 700, by: 100) {
        try await store.batch(
          (start..<(start + 100)).map { id -> SQL in
            """
            INSERT INTO note (guild_id, id, body, score, is_open, sealed)
            VALUES (\(tenant.id), \(id - 350), \(id % 7 == 0 ? nil : "Text \(id) ✓"), \(Double(id) / 4),
              \(id % 2 == 0), \(key.seal([UInt8(id % 256)], context: context)))
            """
          })
      }
    }
    try await storage.platform.batch(
      (0..<50).map { "INSERT INTO account (id, name, is_active) VALUES (\($0), \("n\($0)"), \($0 % 3 == 0))" }
    )
  }

  @Test func `everything moves to a server and back, equal in count and checksum, and opens`() async throws {
    let files = try await Installation(.embedded)
    let server = try await Installation(.server, sharing: files)
    let back = try await Installation(.embedded, sharing: files)
    defer { for installation in [files, server, back] { installation.shutdown() } }
    let source = try await files.open()
    try await fill(source)
    let platformKey = try await StorageCopy.platformKey(of: source)
    let middle = try await server.open(platformKey: platformKey)
    let there = try await StorageCopy(from: source, to: middle).run()
    #expect(there.guilds == 5)
    #expect(there.rows == ["account": 50, "note": 3_500])
    let again = await #expect(throws: StorageError.self) {
      try await StorageCopy(from: source, to: middle).run()
    }
    #expect(again?.code == .notEmpty)
    let end = try await back.open(platformKey: platformKey)
    #expect(try await StorageCopy(from: middle, to: end).run() == there)
    let tenant = Tenant(2_007)
    let statement: SQL = "SELECT * FROM note WHERE guild_id >= 0 ORDER BY id"
    let originals = try await source.guild(tenant).rows(statement)
    #expect(try await end.guild(tenant).rows(statement) == originals)
    let key = try await end.guild(tenant).key()
    let context = SealContext(tenant: "\(tenant)", table: "note", column: "sealed")
    #expect(try key.open(originals[3].get("sealed"), context: context) == [3])
    for storage in [source, middle, end] { await storage.close() }
  }
}
