// A bot that is to be killed: writes down which messages it has handled, and says how far its session is stored.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import Glibc
import JSON
import PlatformBots
import Storage
import Telemetry
import TestKit
import Vault

/// Runs a bot until the process is killed.
///
/// - Parameter arguments: base address of the API, token, folder. The folder keeps the bot's state in SQLite, and
///   `handled`: the ids of the messages that were handled, one a line, in the kernel's hands before the event counts as
///   handled. Standard output has a line `saved SESSION SEQUENCE` for each durable save of the session.
/// - Throws: what keeps the bot from starting.
package func runCrashBot(_ arguments: [String]) async throws {
  guard arguments.count == 3 else { throw TestKitError("a crash bot takes an address, a token and a folder") }
  LogSystem.process.levels = LogLevels(standard: .error)
  let (api, token, folder) = (arguments[0], Secret(utf8: arguments[1]), arguments[2])
  let vault = try Vault.open(masterKeyFile: "\(folder)/master.key")
  var settings = StorageSettings(folder: DataFolder("\(folder)/data"))
  // A copy for each start would only take time.
  settings.snapshotsKept = 0
  let storage = try await Storage.open(settings, vault: vault, schema: Schema(platform: [BotSchema.owner]))
  let state = StoredBotState(of: try BotToken.user(of: token), in: storage.platform)
  let handled = try HandledFile("\(folder)/handled")

  var environment = BotEnvironment(loops: [try GatewayLoop(loop: try EventLoop(name: "bot"))])
  environment.rest.base = api
  var configuration = BotConfiguration()
  configuration.intents = [.guilds, .guildMessages]
  configuration.resumesStoredSession = true
  let bot = try Bot(
    token: token, configuration: configuration, routing: NoInteractions(), environment: environment,
    stores: BotStores(sessions: AnnouncingStore(state: state), identifies: state))
  let subscription = bot.events.subscribe(to: .messageCreate) { event in
    guard let message = event.data["id"]?.id(Entity.Message.self) else { return }
    // Half at once, half later and out of order, as handlers do.
    guard Bool.random() else { return handled.add(message) }
    let hold = event.hold()
    Task {
      // Nobody cancels it.
      try? await Task.sleep(for: .milliseconds(Int.random(in: 0..<30)))
      handled.add(message)
      hold.finish()
    }
  }
  // Used until the end, or else they would be let go of, and be over.
  defer { withExtendedLifetime((bot, storage)) { subscription.cancel() } }
  try await bot.start()
  while true { try await Task.sleep(for: .seconds(3_600)) }
}

/// Leaves the commands that there are, and answers none.
private struct NoInteractions: InteractionRouting {
  var definitions: [ApplicationCommandDefinition]? { nil }
  func route(for interaction: Interaction) -> InteractionRoute? { nil }
}

/// Says when a session is stored.
private struct AnnouncingStore: ShardSessionStore {
  let state: StoredBotState

  func loadSession(of shard: ShardID) async throws -> ShardSession? { try await state.loadSession(of: shard) }

  func saveSession(_ session: ShardSession?, of shard: ShardID) async throws {
    try await state.saveSession(session, of: shard)
    guard let session else { return }
    put("saved \(session.id) \(session.sequence)\n", to: 1)
  }
}

/// Ids of messages, one a line. What is added outlives the process, if not the machine.
private struct HandledFile: Sendable {
  private let descriptor: CInt

  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw TestKitError("cannot open \(path)") }
  }

  func add(_ message: MessageID) { put("\(message)\n", to: descriptor) }
}

/// Lines are shorter than what the kernel writes in one piece: those of several threads never mix.
private func put(_ line: String, to descriptor: CInt) {
  let bytes = Array(line.utf8)
  guard write(descriptor, bytes, bytes.count) == bytes.count else {
    // An event that is not written down must not count as handled.
    abort()
  }
}
