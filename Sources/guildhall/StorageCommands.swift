// Commands on the data: backups, snapshots, moving, keys, and the doctor.

import CSystem
import EventLoop
import HTTPServer
import Storage
import Telemetry
import Vault

func backUp(_ arguments: [String], _ settings: Settings) async throws {
  guard arguments.count == 1 else {
    throw UsageError(description: "backup takes the name of the file to write")
  }
  try refuseServer(settings, "use pg_dump, or migrate-storage --to embedded first")
  let vault = try openVault(settings)
  let report = try await Backup(folder: settings.folder, vault: vault).write(to: arguments[0])
  say("\(report.databases) databases are in \(arguments[0])")
  say("It holds no keys: keep \(settings.masterKeyFile) and \(settings.folder.path)/keyring somewhere else.")
}

func restore(_ arguments: [String], _ settings: Settings) async throws {
  try refuseServer(settings, "restore into files, then migrate-storage --to the server")
  let vault = try openVault(settings)
  switch arguments.first {
  case "--snapshot":
    guard arguments.count == 3, let time = Int64(arguments[2]) else {
      throw UsageError(
        description: "restore --snapshot takes a subject and a time, as `snapshots` lists them")
    }
    let snapshot = Snapshot(subject: arguments[1], taken: Timestamp(milliseconds: time))
    try await Storage.restore(snapshot, in: settings.folder, vault: vault)
    say("\(arguments[1]) is as it was then; what it was now lies beside it as ….replaced-…")
  case let file? where arguments.count == 1:
    let report = try await Backup(folder: settings.folder, vault: vault).restore(from: file)
    say("\(report.databases) databases restored; what was there lies beside them as ….replaced-…")
    if report.erased > 0 { say("\(report.erased) guilds were erased since, and stay so") }
  default: throw UsageError(description: "restore takes the name of a backup, or --snapshot SUBJECT TIME")
  }
}

func listSnapshots(_ settings: Settings) async throws {
  try refuseServer(settings, "snapshots are of files")
  let snapshots = try await Storage.snapshots(in: settings.folder)
  if snapshots.isEmpty { say("none yet: they are taken at each start, of what changed since the last one") }
  for snapshot in snapshots {
    say("\(snapshot.subject)\t\(snapshot.taken.milliseconds)\t\(snapshot.taken)")
  }
}

func migrateStorage(_ arguments: [String], _ settings: Settings) async throws {
  guard arguments.count == 2, arguments[0] == "--to" else {
    throw UsageError(description: "migrate-storage takes --to postgres://… or --to embedded")
  }
  let isToFiles = arguments[1] == "embedded"
  guard isToFiles != (settings.databaseURL == nil) else {
    throw UsageError(
      description: isToFiles
        ? "set GUILDHALL_DATABASE_URL to the server to copy from"
        : "unset GUILDHALL_DATABASE_URL: it names where the data is now, --to where it goes")
  }
  let loop = try EventLoop(name: "main")
  let vault = try openVault(settings)
  let lock = try DataFolderLock(settings.folder)
  defer { withExtendedLifetime(lock) {} }
  var target = StorageSettings(folder: settings.folder, databaseURL: isToFiles ? nil : arguments[1])
  target.snapshotsKept = 0
  let from = try await Storage.open(settings.storage, vault: vault, schema: schema, loops: [loop])
  let to = try await Storage.open(
    target, vault: vault, schema: schema, loops: [loop], platformKey: StorageCopy.platformKey(of: from))
  let report = try await StorageCopy(from: from, to: to).run { say($0) }
  await to.close()
  await from.close()
  loop.shutdown()
  let rows = report.rows.values.reduce(0, +)
  say(
    "\(rows) rows of \(report.guilds) guilds copied and compared. Nothing was removed from where they were.")
  say(
    isToFiles
      ? "Unset GUILDHALL_DATABASE_URL to use the files." : "Set GUILDHALL_DATABASE_URL to use the server.")
}

func rotateMasterKey(_ settings: Settings) async throws {
  let loop = try EventLoop(name: "main")
  let vault = try openVault(settings)
  var quiet = settings.storage
  quiet.snapshotsKept = 0
  let storage = try await Storage.open(quiet, vault: vault, schema: schema, loops: [loop])
  let report = try await storage.rotateMasterKey()
  await storage.close()
  loop.shutdown()
  say(
    "\(report.rewrapped) keys are under the new master key; keep a copy of \(settings.masterKeyFile) elsewhere"
  )
}

/// Looks for what would keep the program from starting, and says what to do.
func examine(_ settings: Settings) async throws {
  var isWell = true
  func check(_ what: String, _ body: () async throws -> Void) async {
    do {
      try await body()
      say("ok    \(what)")
    } catch {
      isWell = false
      say("bad   \(what): \(error)")
    }
  }
  if settings.folder.hasKeys {
    await check("master key \(settings.masterKeyFile)") { _ = try openVault(settings) }
    await check("data in \(settings.databaseURL == nil ? settings.folder.path : "PostgreSQL")") {
      let loop = try EventLoop(name: "main")
      defer { loop.shutdown() }
      var quiet = settings.storage
      quiet.snapshotsKept = 0
      let storage = try await Storage.open(
        quiet, vault: try openVault(settings), schema: schema, loops: [loop])
      await storage.close()
    }
  } else {
    say("ok    nothing is stored yet; the first start makes \(settings.folder.path)")
  }
  await check("address \(settings.host):\(settings.port)") {
    let loop = try EventLoop(name: "main")
    defer { loop.shutdown() }
    let server = try HTTPServer(.tcp(host: settings.host, port: settings.port), router: Router(), loop: loop)
    try server.start()
    await server.shutdown(grace: .zero)
  }
  if !isWell { throw UsageError(description: "put right what is marked bad") }
}

private func refuseServer(_ settings: Settings, _ instead: String) throws {
  guard settings.databaseURL == nil else {
    throw UsageError(description: "the data is on a PostgreSQL server: \(instead)")
  }
}
