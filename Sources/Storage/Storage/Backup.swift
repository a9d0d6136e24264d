// A backup of a whole installation in one file, and its way back.

package import EventLoop
internal import SQL
internal import SQLite
package import Vault

/// What a backup or a restore did.
package struct BackupReport: Sendable, Equatable {
  /// Databases in it, the platform's included.
  package var databases = 0
  /// Guilds that were left out because their key is gone: erased ones.
  package var erased = 0

  package init(databases: Int = 0, erased: Int = 0) {
    (self.databases, self.erased) = (databases, erased)
  }
}

/// Backups of an embedded installation. A server's is taken from a copy of it (`StorageCopy`), or with PostgreSQL's
/// own tools.
///
/// The file holds every database, each sealed under its own key, and none of the keys: keep the keyring and the
/// master key elsewhere. A guild erased after the backup was taken cannot be read from it again.
package struct Backup: Sendable {
  private static let magic = Array("guildhall-backup-1\n".utf8)
  private static let end = "end"

  let folder: DataFolder
  let vault: Vault
  let time: any TimeSource

  package init(folder: DataFolder, vault: Vault, time: any TimeSource = SystemTime()) {
    (self.folder, self.vault, self.time) = (folder, vault, time)
  }

  /// Writes a backup. The installation may be running: each database is copied as of one moment.
  ///
  /// - Throws: `StorageError`, `SQLError`, `VaultError`; there is no file then.
  package func write(to path: String) async throws -> BackupReport {
    try await withThreads { threads in
      let keys = KeyCache(vault: vault, keyring: FileKeyring(folder: folder, threads: threads))
      let subjects = try await threads.blocking { try Snapshots.Subject.all(in: folder) }
      guard !subjects.isEmpty else { throw StorageError(.badFolder, "there is no data in \(folder.path)") }
      let file = try await threads.blocking { try Confined(OutputFile(path, in: folder)) }
      try await threads.blocking { try file.value.write(Self.magic) }
      var report = BackupReport()
      for subject in subjects {
        guard let key = try await keyIfThere(keys, subject.scope) else {
          report.erased += 1
          continue
        }
        let writer = try await threads.blocking {
          try file.value.write(Self.header(subject.name))
          return try Confined(SealedWriter(file.value, key: key, name: subject.name))
        }
        try await SQLitePages.export(
          subject.path, key: key.fileKey(), scratch: "\(folder.path)/backup-copy.partial", on: threads
        ) { try writer.value.write($0) }
        try await threads.blocking { try writer.value.finish() }
        report.databases += 1
      }
      try await threads.blocking {
        try file.value.write(Self.header(Self.end))
        try file.value.finish()
      }
      return report
    }
  }

  /// Restores a backup over the installation, which must not be running. Everything is read, checked and staged
  /// first; only then are the databases put in place. What was there stays beside them as `….replaced-<time>`.
  ///
  /// - Throws: `StorageError`: `.badBackup` with nothing changed, `.inUse`.
  package func restore(from path: String) async throws -> BackupReport {
    try await withThreads { threads in
      try await threads.blocking { try folder.prepare() }
      let lock = try await threads.blocking { try DataFolderLock(folder) }
      defer { withExtendedLifetime(lock) {} }
      let keys = KeyCache(vault: vault, keyring: FileKeyring(folder: folder, threads: threads))
      let file = try await threads.blocking {
        let file = try InputFile(path)
        guard try file.read(Self.magic.count) == Self.magic else {
          throw StorageError(.badBackup, "\(path) is no backup of Guildhall")
        }
        return Confined(file)
      }
      let staging = "\(folder.path)/restore.partial"
      try await threads.blocking {
        try folder.remove(staging)
        try folder.makeFolder(staging)
      }
      let (staged, report) = try await stage(file, in: staging, keys, threads)
      try await threads.blocking {
        for (name, target) in staged { try folder.swapIn("\(staging)/\(name)", for: target, at: time.now) }
        try folder.remove(staging)
      }
      return report
    }
  }

  private func stage(
    _ file: Confined<InputFile>, in staging: String, _ keys: KeyCache, _ threads: SQLiteThreads
  ) async throws -> ([(name: String, target: String)], BackupReport) {
    var staged: [(name: String, target: String)] = []
    var report = BackupReport()
    while true {
      let name = try await threads.blocking { try Self.readHeader(file.value) }
      if name == Self.end { return (staged, report) }
      let scope = KeyScope(name)
      guard let target = scope == .platform ? folder.platform : scope.tenant.map({ folder.guild($0) }) else {
        throw StorageError(.badBackup, "the backup holds something unknown")
      }
      guard let key = try await keyIfThere(keys, scope) else {
        guard scope != .platform else {
          throw StorageError(.noKey, "the keyring that belongs to this backup is missing in \(folder.keys)")
        }
        // Erased since: its data must not come back, and cannot.
        try await threads.blocking { try Self.skip(file.value) }
        report.erased += 1
        continue
      }
      let reader = try await threads.blocking { try Confined(SealedReader(file.value, key: key, name: name)) }
      let fileKey = try key.fileKey()
      try await SQLitePages.importImage(to: "\(staging)/\(name)", key: fileKey, on: threads) {
        try reader.value.next()
      }
      try await RestoredFile(path: "\(staging)/\(name)", key: fileKey).check(on: threads)
      staged.append((name, target))
      report.databases += 1
    }
  }

  private func keyIfThere(_ keys: KeyCache, _ scope: KeyScope) async throws -> DataKey? {
    do {
      return try await keys.key(scope, createIfMissing: false)
    } catch let error as StorageError where error.code == .noKey {
      return nil
    }
  }

  private func withThreads<Value>(_ body: (SQLiteThreads) async throws -> Value) async throws -> Value {
    let threads = try SQLiteThreads(count: 2)
    defer { threads.shutdown() }
    return try await body(threads)
  }

  // MARK: Records: the name of a database with its length, then its stream.

  private static func header(_ name: String) -> [UInt8] { uint32(name.utf8.count) + Array(name.utf8) }

  private static func readHeader(_ file: InputFile) throws -> String {
    guard let length = try file.read(4)?.reduce(0, { $0 << 8 | Int($1) }), length <= 256,
      let name = try file.read(length)
    else { throw StorageError(.badBackup, "the backup ends too early") }
    return String(decoding: name, as: UTF8.self)
  }

  /// Passes over a stream nobody can read.
  private static func skip(_ file: InputFile) throws {
    while true {
      guard let word = try file.read(4)?.reduce(0, { $0 << 8 | Int($1) }) else {
        throw StorageError(.badBackup, "the backup ends too early")
      }
      guard try file.read(word & 0x7fff_ffff) != nil else {
        throw StorageError(.badBackup, "the backup ends too early")
      }
      if word >> 31 == 1 { return }
    }
  }
}

extension Storage {
  /// The snapshots that are kept, oldest first of each subject; none on a server.
  package func snapshots() async throws -> [Snapshot] {
    guard case .embedded(_, _, let files) = backend else { return [] }
    return try await threads.blocking { try Snapshots.list(in: files.folder) }
  }

  /// The same for an installation that is not open.
  package static func snapshots(in folder: DataFolder) async throws -> [Snapshot] {
    let threads = try SQLiteThreads(count: 2)
    defer { threads.shutdown() }
    return try await threads.blocking { try Snapshots.list(in: folder) }
  }

  /// Puts a snapshot in the place of its file, in an installation that is not running.
  ///
  /// - Throws: `StorageError`: `.badBackup`, `.inUse`.
  package static func restore(
    _ snapshot: Snapshot, in folder: DataFolder, vault: Vault, time: any TimeSource = SystemTime()
  ) async throws {
    let threads = try SQLiteThreads(count: 2)
    defer { threads.shutdown() }
    let lock = try await threads.blocking { try DataFolderLock(folder) }
    defer { withExtendedLifetime(lock) {} }
    let keys = KeyCache(vault: vault, keyring: FileKeyring(folder: folder, threads: threads))
    try await Snapshots(folder: folder, keys: keys, threads: threads, time: time, kept: 10).restore(snapshot)
  }
}
