// The program itself as a contender: as an operator runs it, with AutoMod on.

import Assembly
import AutoModPlugin
import Bus
import DiscordCore
import EventLoop
import ModerationPlugin
import PlatformAudit
import PlatformConfiguration
import PlatformTenancy
import Storage
import Telemetry
import TestKit
import Vault

extension BotProcess {
  /// `guildhall serve` on a data folder in which the town's guilds forbid some words, and nothing else.
  static let guildhall = program(plugins: [AutoMod.id]) { $0 = onlyBannedWords(forbiddenWords) }

  /// The same with AutoMod as it comes, and the words besides, and moderation for what it asks for.
  static let guardedGuildhall = program(plugins: [Moderation.id, AutoMod.id]) {
    $0.usesDiscord = false
    $0.words.words = forbiddenWords
  }

  private static func program(
    plugins: [String], _ settings: @escaping @Sendable (inout AutoModSettings) -> Void
  ) -> BotProcess {
    BotProcess(name: "Guildhall") { town, folder, core in
      let data = DataFolder("\(folder)/data")
      try await setUp(town.guilds, data, plugins: plugins, settings)
      let bot = try await ChildProcess.start(
        onCore(core) + [besideThisTest("guildhall"), "serve"],
        environment: [
          "GUILDHALL_DATA": data.path, "GUILDHALL_DISCORD_API": town.api,
          "GUILDHALL_DISCORD_TOKEN": town.token,
          "GUILDHALL_LISTEN": "127.0.0.1:0", "GUILDHALL_LOG": "error",
        ])
      _ = try await bot.line(timeout: .seconds(60)) { $0.contains("is ready at") }
      return bot
    }
  }
}

/// Makes the installation and sets the guilds, through a house that is not run.
private func setUp(
  _ guilds: [String], _ folder: DataFolder, plugins: [String],
  _ settings: @escaping @Sendable (inout AutoModSettings) -> Void
) async throws {
  try folder.prepareRoot()
  let vault = try Vault.open(masterKeyFile: folder.masterKey)
  let storage = try await Storage.open(
    StorageSettings(folder: folder), vault: vault, schema: Schema.installation())
  let bus = LocalBus(time: SystemTime(), metrics: MetricRegistry())
  let house = try House(
    HouseSettings(discordAPI: "http://127.0.0.1:1/api/v10"), storage: storage, bus: bus,
    metrics: MetricRegistry())
  for guild in guilds {
    guard let id = GuildID(guild) else { throw TestKitError("\(guild) is no guild") }
    let origin = ChangeOrigin(.system, at: SystemTime().now)
    try await house.configurations.update(
      AutoModSettings.self, plugin: AutoMod.id, in: Tenant(id), by: origin, settings)
    for plugin in plugins {
      try await house.configurations.setEnabled(true, plugin: plugin, in: Tenant(id), by: origin)
    }
  }
  await house.close()
  await storage.close()
}

/// What Red's filter does, and no more: a message with one of the words is deleted.
private func onlyBannedWords(_ words: [String]) -> AutoModSettings {
  var settings = AutoModSettings()
  settings.usesDiscord = false
  settings.spam.isOn = false
  settings.duplicates.isOn = false
  settings.raid.isOn = false
  settings.mentions.isOn = false
  settings.scams.isOn = false
  settings.links.isOn = false
  settings.invites.isOn = false
  settings.capitals.isOn = false
  settings.emoji.isOn = false
  settings.walls.isOn = false
  settings.attachments.isOn = false
  settings.hiddenText.isOn = false
  settings.heat.isOn = false
  settings.words.words = words
  settings.words.seesThroughDisguise = false
  settings.words.response = FilterResponse([.delete])
  return settings
}
