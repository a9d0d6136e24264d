// Snapshots at start-up: what changed since the last start, compressed and sealed, the last ten of each file.

package import EventLoop
internal import SQL
internal import SQLite
internal import Telemetry
internal import Vault

/// One snapshot that is kept.
package struct Snapshot: Sendable, Equatable {
  /// What it is of: `platform`, or `guild-42`.
  package let subject: String
  /// When it was taken.
  package let taken: Timestamp

  package init(subject: String, taken: Timestamp) {
    (self.subject, self.taken) = (subject, taken)
  }
}

/// Takes, lists and reads snapshots. Only while nobody writes to the files.
struct Snapshots: Sendable {
  let folder: DataFolder
  let keys: KeyCache
  let threads: SQLiteThreads
  let time: any TimeSource
  let kept: Int

  /// The subject of a snapshot, its file and its key.
  struct Subject: Sendable {
    let scope: KeyScope
    let path: String

    var name: String { scope.name }

    static func platform(_ folder: DataFolder) -> Subject { Subject(scope: .platform, path: folder.platform) }

    static func guild(_ tenant: Tenant, _ folder: DataFolder) -> Subject {
      Subject(scope: .guild(tenant), path: folder.guild(tenant))
    }

    static func all(in folder: DataFolder) throws -> [Subject] {
      let guilds = try folder.guildFiles().map { guild($0, folder) }
      return (folder.exists(folder.platform) ? [platform(folder)] : []) + guilds
    }
  }

  /// Snapshots every file that is not as the last snapshot left it.
  func takeOfChanged(_ progress: @Sendable (String) -> Void) async throws {
    let log = Log(room: "storage")
    let changed = try await threads.blocking { try Subject.all(in: folder).filter { try isChanged($0) } }
    guard !changed.isEmpty else { return }
    progress("taking snapshots of \(changed.count) changed files")
    for (index, subject) in changed.enumerated() {
      do {
        try await take(subject)
      } catch let error as StorageError where error.code == .noKey {
        // An erased guild whose file is still there: nothing of it can be kept.
        log.warning("no key for a file", ["file": .string(subject.name)])
      } catch let error as SQLError where [.damaged, .wrongKey].contains(error.code) {
        // It must not keep the program from starting; its guild will be told when it is opened.
        log.error(
          "a file cannot be snapshotted", ["file": .string(subject.name), "reason": .string("\(error)")])
      }
      if (index + 1) % 100 == 0 { progress("\(index + 1) of \(changed.count) snapshots taken") }
    }
  }

  /// Takes a snapshot, whether something changed or not, and lets the oldest go.
  func take(_ subject: Subject) async throws {
    let key = try await keys.key(subject.scope, createIfMissing: false)
    let shelf = "\(folder.snapshots)/\(subject.name)"
    let name = "\(time.now.milliseconds)"
    let target = "\(shelf)/\(name).snapshot"
    let fileKey = try key.fileKey()
    try await threads.blocking { try folder.makeFolder(shelf) }
    let writer = try await threads.blocking {
      try Confined(SealedWriter.Output(target, in: folder, key: key, name: subject.name))
    }
    try await SQLitePages.export(
      subject.path, key: fileKey, scratch: "\(shelf)/copy.partial", on: threads
    ) { pages in try writer.value.writer.write(pages) }
    try await threads.blocking {
      try writer.value.writer.finish()
      try writer.value.file.finish()
      // The state after the snapshot, since taking it may have emptied the log.
      let state = SQLiteDatabase.fileState(path: subject.path)?.text ?? ""
      try folder.write(Array(state.utf8), to: "\(shelf)/state", replacing: true)
      let snapshots = try Self.names(of: subject.name, in: folder)
      for old in snapshots.dropLast(kept) { try folder.remove("\(shelf)/\(old).snapshot") }
    }
  }

  /// What is kept, oldest first.
  static func list(in folder: DataFolder) throws -> [Snapshot] {
    try folder.names(in: folder.snapshots).flatMap { subject in
      try names(of: subject, in: folder).map {
        Snapshot(subject: subject, taken: Timestamp(milliseconds: $0))
      }
    }
  }

  /// Puts a snapshot in the place of its file, which stays beside it under a name of its own.
  func restore(_ snapshot: Snapshot) async throws {
    let all = try await threads.blocking { try Subject.all(in: folder) }
    let tenant = KeyScope(snapshot.subject).tenant
    guard
      let subject = all.first(where: { $0.name == snapshot.subject })
        ?? tenant.map({ Subject.guild($0, folder) })
        ?? (snapshot.subject == "platform" ? Subject.platform(folder) : nil)
    else { throw StorageError(.badBackup, "there is nothing called '\(snapshot.subject)'") }
    let key = try await keys.key(subject.scope, createIfMissing: false)
    let fileKey = try key.fileKey()
    let path = "\(folder.snapshots)/\(subject.name)/\(snapshot.taken.milliseconds).snapshot"
    let reader = try await threads.blocking {
      guard folder.exists(path) else { throw StorageError(.badBackup, "there is no such snapshot") }
      return try Confined(SealedReader(InputFile(path), key: key, name: subject.name))
    }
    let staged = "\(subject.path).restored"
    try await threads.blocking { for suffix in databaseSuffixes { try folder.remove(staged + suffix) } }
    try await SQLitePages.importImage(to: staged, key: fileKey, on: threads) { try reader.value.next() }
    try await RestoredFile(path: staged, key: fileKey).check(on: threads)
    try await threads.blocking { try folder.swapIn(staged, for: subject.path, at: time.now) }
  }

  private static func names(of subject: String, in folder: DataFolder) throws -> [Int64] {
    try folder.names(in: "\(folder.snapshots)/\(subject)").filter { $0.hasSuffix(".snapshot") }
      .compactMap { Int64($0.dropLast(".snapshot".count)) }.sorted()
  }

  private func isChanged(_ subject: Subject) throws -> Bool {
    let known = try folder.read("\(folder.snapshots)/\(subject.name)/state").map {
      String(decoding: $0, as: UTF8.self)
    }
    return known == nil || known != SQLiteDatabase.fileState(path: subject.path)?.text
  }
}

/// The files SQLite keeps for one database.
let databaseSuffixes = ["", "-wal", "-shm", "-journal"]

/// A database that was put together from a stream and is not in its place yet.
struct RestoredFile: Sendable {
  let path: String
  let key: SQLiteKey

  /// Opens it and has SQLite look at every page.
  ///
  /// - Throws: `StorageError` with `.badBackup` when something is wrong.
  func check(on threads: SQLiteThreads) async throws {
    var options = SQLiteOptions()
    options.mayCreate = false
    let database = try await SQLiteDatabase.open(path: path, key: key, options: options, on: threads)
    let problems: [String]
    do {
      problems = try await database.integrityCheck()
    } catch {
      await database.close()
      throw error
    }
    await database.close()
    guard problems.isEmpty else {
      throw StorageError(
        .badBackup, "the restored database is damaged: \(problems.prefix(3).joined(separator: "; "))")
    }
  }
}

extension DataFolder {
  /// Puts a checked database in its place; the old one is kept as `….replaced-<time>`.
  func swapIn(_ staged: String, for path: String, at now: Timestamp) throws(StorageError) {
    for suffix in databaseSuffixes where exists(path + suffix) {
      try move(path + suffix, to: "\(path).replaced-\(now.milliseconds)\(suffix)")
    }
    for suffix in databaseSuffixes where exists(staged + suffix) {
      try move(staged + suffix, to: path + suffix)
    }
  }
}

/// Something that is used on the maintenance thread only, one call after the other.
struct Confined<Value>: @unchecked Sendable {
  // `@unchecked`: made and used inside `SQLiteThreads.blocking`, whose calls run one at a time on one thread.
  let value: Value

  init(_ value: Value) { self.value = value }
}

extension SealedWriter {
  /// A stream with the file it goes to.
  struct Output {
    let file: OutputFile
    let writer: SealedWriter

    init(_ path: String, in folder: DataFolder, key: DataKey, name: String) throws {
      file = try OutputFile(path, in: folder)
      writer = try SealedWriter(file, key: key, name: name)
    }
  }
}
