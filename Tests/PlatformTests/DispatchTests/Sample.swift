// A small plugin with one of everything, for the dispatcher's tests.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import JSON
import PlatformCommands
import PlatformPlugins
import PlatformSchedule
import PlatformSettings
import SQL
import Storage

struct SampleSettings: PluginSettings {
  var word = "hello"
  var isLoud = false

  static let fields = SettingsFields<SampleSettings>(
    .init("word", \.word, .text(1...100)), .init("isLoud", \.isLoud, .toggle))
}

/// Answers a word with a message, once; fails, stalls and refuses when asked to.
enum Sample: Plugin {
  static let id = "sample"
  typealias Settings = SampleSettings

  static let text = CommandParameter<String>.rest("text", 1...200)
  static let echo = CommandDeclaration(
    "echo", aliases: ["repeat"], permission: .manageMessages, options: [text.description])
  static let place = CommandParameter<ChannelID>.channel("place")
  static let look = CommandDeclaration("look", coolDown: .seconds(60), options: [place.description])
  static let button = CommandDeclaration("button", isEphemeral: false)

  static let tables = SchemaOwner(
    "sample",
    migrations: [
      Migration(
        1,
        [
          "CREATE TABLE sample_seen (guild_id BIGINT NOT NULL, message_id BIGINT NOT NULL, PRIMARY KEY (guild_id, message_id))"
        ])
    ],
    tables: [
      Table(
        "sample_seen", columns: [.init("guild_id", .integer), .init("message_id", .integer)],
        key: ["guild_id", "message_id"], data: TableData("Messages that were seen", kept: .withGuild))
    ])

  static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.deadline = .seconds(5)
    plugin.needs([.guildMessages, .messageContent], otherwise: .refuse)
    plugin.permission(.sendMessages, for: "permission.send")
    plugin.tables(tables)
    plugin.on(.messageCreate, as: Message.self, heard)
    plugin.command(echo) { call in try await call.reply(MessageCreate(call[text])) }
    plugin.command(look) { call in try await call.reply(MessageCreate("<#\(call[place])>")) }
    plugin.command(button) { call in
      let id = try await call.context.componentID("pressed", "42")
      try await call.reply(MessageCreate("press").components(.row(.button("Press", id: id))))
    }
    plugin.component("pressed", deferral: .reply(isEphemeral: false)) { call in
      try await call.reply(MessageCreate("pressed \(call.state)"))
    }
    plugin.timer("later") { context, firing in
      try await context.effects.send(
        MessageCreate("later \(firing.value.string ?? "")"), to: ChannelID(firing.name.key) ?? ChannelID(0),
        as: "later")
      return .done
    }
  }

  @Sendable static func heard(_ context: PluginContext<Sample>, _ message: Message) async throws {
    guard !message.author.isBot else { return }
    switch message.content {
    case context.settings.word:
      let number = Int64(bitPattern: message.id.rawValue)
      let tenant = context.store.tenant.id
      _ = try await context.effects.once("seen") { session in
        try await session.execute(
          "INSERT INTO sample_seen (guild_id, message_id) VALUES (\(tenant), \(number))")
      }
      context.why(.acted, "greeted")
      try await context.effects.send(
        MessageCreate("\(context.settings.word) yourself"), to: message.channelID, as: "answer")
    case "fail": throw SampleFailure()
    case "stall": try await Task.sleep(for: .seconds(3600))
    case "remind":
      try await context.timers.set(
        "later", key: "\(message.channelID)", at: context.now + .seconds(3600), "on")
    default: break
    }
  }
}

struct SampleFailure: Error {}
