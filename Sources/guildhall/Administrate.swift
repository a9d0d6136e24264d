// The operator's commands: on the running process, or on the data when nothing runs.

import Administration
import Assembly
import EventLoop
import Glibc
import Storage
import Telemetry
import Vault

/// Reads the words, asks for what they take besides, has it done, and returns why it was not.
func administrate(_ words: [String], _ settings: Settings) async throws -> AdminFailure? {
  let reading: AdminReading
  do throws(AdminFailure) { reading = try AdminOrder.read(words) } catch { return error }
  guard case .order(var order) = reading else {
    if case .help(let text) = reading { say(text) }
    return nil
  }
  var words = words
  if let danger = order.command.danger, !order.options.isConfirmed, Terminal.isInteractive {
    guard Terminal.confirm(danger) else { return .refused("nothing was done") }
    order.options.isConfirmed = true
    words.insert("--yes", at: 1)
  }
  let input: Secret?
  switch order.command.input {
  case .none: input = nil
  case .token: input = try Terminal.secret("Token: ")
  case .secret: input = try Terminal.secret("Value: ")
  case .document: input = try Terminal.standardInput()
  case .file(let path): input = try Terminal.file(path)
  }
  let output = AdminOutput(
    write: { try Terminal.print($0, on: 1) },
    note: { try Terminal.print($0.hasSuffix("\n") ? $0 : "\($0)\n", on: 2) })

  let loop = try EventLoop(name: "main")
  defer { loop.shutdown() }
  let client = try AdminClient(socket: settings.adminSocket, loop: loop)
  defer { client.close() }
  if case .done(let failure) = try await client.perform(words, input: input, to: output) { return failure }
  return try await administrateFolder(order, input, output, settings, loop)
}

/// Does it here, on the data, in a house that is not run.
private func administrateFolder(
  _ order: AdminOrder, _ input: Secret?, _ output: AdminOutput, _ settings: Settings, _ loop: EventLoop
) async throws -> AdminFailure? {
  guard settings.folder.hasKeys || settings.databaseURL != nil else {
    return .refused("\(settings.folder.path) holds nothing, and no Guildhall runs on it")
  }
  let vault = try openVault(settings)
  let lock = settings.databaseURL == nil ? try DataFolderLock(settings.folder) : nil
  defer { withExtendedLifetime(lock) {} }
  var quiet = settings.storage
  quiet.snapshotsKept = 0
  let storage = try await Storage.open(quiet, vault: vault, schema: schema, loops: [loop])
  let house = try await makeHouse(settings, nil, storage, loop, SystemTime())
  let administrator = try Administrator(house, isRunning: false)
  let failure = await administrator.run(order, input: input, to: output)
  await house.close()
  await storage.close()
  return failure
}
