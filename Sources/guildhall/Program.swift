// The command line: words to commands, errors to sentences.

import Administration
import Glibc
import HTTPServer
import Storage
import Telemetry
import Vault

/// The version this source is of.
let version = "0.1.0"

/// Something the person at the command line can put right.
struct UsageError: Error, CustomStringConvertible {
  let description: String
}

/// Runs a command and ends the process: 0, 1 when it failed, 2 when it was not understood.
func runGuildhall(_ arguments: [String]) async {
  do {
    let settings = try Settings(ProcessSettings.environment)
    LogSystem.process.levels = settings.logLevels
    if let word = arguments.first, AdminOrder.knows(word) {
      let failure = try await administrate(arguments, settings)
      if let failure { complain(failure.description) }
      exit(failure?.exitCode ?? 0)
    }
    try await run(arguments, settings)
    exit(0)
  } catch let error as UsageError {
    complain("\(error)")
    exit(2)
  } catch {
    complain("\(error)")
    exit(1)
  }
}

private func run(_ arguments: [String], _ settings: Settings) async throws {
  let rest = Array(arguments.dropFirst())
  switch arguments.first {
  case "serve", "up": try await serve(settings)
  case "sim": try await simulate(rest, settings)
  case "backup": try await backUp(rest, settings)
  case "restore": try await restore(rest, settings)
  case "snapshots": try await listSnapshots(settings)
  case "migrate-storage": try await migrateStorage(rest, settings)
  case "rotate-master-key": try await rotateMasterKey(settings)
  case "doctor": try await examine(settings)
  case "version", "--version": say("guildhall \(version)")
  case nil, "help", "--help", "-h": say(usage)
  case let word?: throw UsageError(description: "there is no command '\(word)'; guildhall help lists them")
  }
}

private let usage = """
  usage: guildhall COMMAND

    serve                               start, and serve until stopped
    sim [--json]                        run a Discord on this machine, with a playground, and no bot
    backup FILE                         write everything into one sealed file, also while it runs
    restore FILE                        put a backup in the place of what is there
    restore --snapshot SUBJECT TIME     put one database back to an earlier start (see snapshots)
    snapshots                           list what was kept at earlier starts
    migrate-storage --to URL|embedded   copy everything to a PostgreSQL server, or back into files
    rotate-master-key                   replace the vault's master key, also while it runs
    doctor                              look for what is wrong
    version, help

  On the running process, or on the data folder when nothing runs; `--help` after a command tells more of it:

  \(AdminOrder.overview)

  Settings come from the environment: GUILDHALL_DATA, GUILDHALL_LISTEN, GUILDHALL_MASTER_KEY_FILE,
  GUILDHALL_DATABASE_URL, GUILDHALL_TRUSTED_PROXIES, GUILDHALL_LOG, GUILDHALL_DISCORD_TOKEN, GUILDHALL_DISCORD_API,
  GUILDHALL_SIMULATOR_LISTEN, GUILDHALL_REDIS_URL, GUILDHALL_ROLES, GUILDHALL_ADMIN_SOCKET.
  README.md explains them.
  """

/// Prints a line for the person at the terminal.
func say(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(1, bytes, bytes.count)
}

/// Prints why a command did not do what it was asked to.
func complain(_ line: String) {
  let bytes = Array("guildhall: \(line)\n".utf8)
  _ = write(2, bytes, bytes.count)
}
