// The shared bot: Discord's with a token, the simulator's without one.

import DiscordBot
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import PlatformBots
import Storage
import Telemetry
import Vault

/// The bots of this process.
struct Bots: Sendable {
  let fleet: BotFleet
  private let loop: EventLoop

  /// Starts the shared bot.
  ///
  /// - Throws: `BotCrash` for a token that cannot be one. What Discord says of it is the bot's state.
  static func start(token: Secret, api: String, storage: Storage) async throws -> Bots {
    let loop = try EventLoop(name: "discord")
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = api
    let fleet = BotFleet(environment: environment)
    let state = StoredBotState(of: try BotToken.user(of: token), in: storage.platform)
    let bot = try fleet.add(token: token, routing: commands(), stores: state.stores)
    do throws(BotCrash) {
      try await bot.start()
    } catch {
      // A bot that cannot start does not keep the dashboard from telling why.
      Log(room: "guildhall").error("the shared bot did not start", ["reason": .string("\(error)")])
    }
    return Bots(fleet: fleet, loop: loop)
  }

  /// Stops all bots; their sessions are gone on with at the next start.
  func stop() async {
    await fleet.stop(keepsSessions: true)
    loop.shutdown()
  }

  /// What the bot answers before any plugin is there.
  private static func commands() -> InteractionTable {
    let commands = InteractionTable()
    commands.command(.chatInput("ping", "Asks whether the bot is there, and how far away Discord is")) {
      interaction in
      let latency = await interaction.bot.latency()
      let answer = interaction.age
      try await interaction.reply(
        "Pong! Gateway \(latency.map(milliseconds) ?? "not measured yet"), answered after \(milliseconds(answer))."
      )
    }
    return commands
  }

  private static func milliseconds(_ duration: Duration) -> String {
    let tenths = (duration / .microseconds(100)).rounded()
    return "\(tenths / 10) ms"
  }
}
