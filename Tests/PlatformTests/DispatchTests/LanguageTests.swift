// The guild's language: what the bot answers in, and what Discord is told of commands.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import PlatformDispatch
import PlatformPlugins
import PluginTestKit
import Storage
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct LanguageTests {
  private func stage(_ body: @escaping @Sendable (PluginStage) async throws -> Void) async throws {
    try await PluginStage.run([PluginUnit(Sample.self)], languages: GuildLanguage.tags) { stage in
      try await stage.enable("sample")
      try await body(stage)
    }
  }

  @Test func `the bot answers in the language that the guild chose, and only in those it speaks`()
    async throws
  {
    try await stage { stage in
      try await stage.say(".settings set core language fr", as: stage.owner)
      try await stage.eventually("French is refused") {
        try await stage.newest()?.contains("This takes one of: en, de, es.") ?? false
      }
      try await stage.say(".settings set core language de", as: stage.owner)
      try await stage.eventually("said in German at once or with the next") {
        try await stage.newest()?.contains("language") ?? false
      }
      try await stage.say(".echo", as: stage.moderator)
      try await stage.eventually("a usage error in German") {
        try await stage.newest()?.contains("`text` fehlt.") ?? false
      }
    }
  }

  @Test func `commands are described in the guild's language, and in the others by locale`() async throws {
    try await stage { stage in
      let registrar = CommandRegistrar(stage.dispatcher)
      try await registrar.synchronise(stage.guild, isForced: true)
      let help = try await stage.command("help")
      #expect(help.description.hasPrefix("What the bot can do"))
      #expect(Set(help.descriptionLocalizations.keys) == ["de", "es-ES", "es-419"])
      #expect(help.options.first?.descriptionLocalizations["de"]?.hasPrefix("Ein Befehl") == true)

      // What Discord has is what was planned: nothing is sent twice.
      let again = try await registrar.synchronise(stage.guild, isForced: true)
      #expect(again?.changed == [] && again?.added == [])

      try await stage.say(".settings set core language es", as: stage.owner)
      try await stage.eventually("described in Spanish") {
        try await registrar.synchronise(stage.guild)
        return try await stage.command("help").description.hasPrefix("Qué puede hacer")
      }
      let spanish = try await stage.command("help")
      #expect(Set(spanish.descriptionLocalizations.keys) == ["de", "en-US", "en-GB"])
    }
  }

  @Test
  func `people read the bot in the language of their Discord, and English where it does not speak theirs`() {
    #expect(GuildLanguage(reading: "es-419") == .spanish)
    #expect(GuildLanguage(reading: "de") == .german)
    #expect(GuildLanguage(reading: "fr") == .english)
    #expect(GuildLanguage(reading: nil) == .english)
  }
}

extension PluginStage {
  /// A command as Discord has it, with its localisations.
  fileprivate func command(_ name: String) async throws -> ApplicationCommandDefinition {
    let commands: [ApplicationCommand] = try await bot.rest.send(
      .getGuildCommands(of: application, in: guild, withLocalizations: true))
    return try #require(commands.map(\.definition).first { $0.name == name })
  }
}
