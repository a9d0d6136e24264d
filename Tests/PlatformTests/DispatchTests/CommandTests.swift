// Commands: slash and prefix alike, who may, help, rules, and ids of other servers.

import HTTPTypes
import SimulatorWorld
import Simulator
import DiscordREST
import DiscordBot
import DiscordCore
import DiscordModels
import JSON
import PlatformDispatch
import PlatformPlugins
import PluginTestKit
import Storage
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct CommandTests {
  private func stage(_ body: @escaping @Sendable (PluginStage) async throws -> Void) async throws {
    try await PluginStage.run([PluginUnit(Sample.self)]) { stage in
      try await stage.enable("sample")
      try await body(stage)
    }
  }

  @Test func `one declaration is a slash command, a prefix command and an alias`() async throws {
    try await stage { stage in
      try await stage.slash("echo", ["text": "by slash"], as: stage.moderator)
      try await stage.eventually("slash answers") {
        try await stage.newest(as: stage.moderator) == "by slash"
      }
      try await stage.say(".echo by prefix", as: stage.moderator)
      try await stage.eventually("prefix answers") { try await stage.newest() == "by prefix" }
      try await stage.say("<@\(stage.bot.id)> repeat by mention", as: stage.moderator)
      try await stage.eventually("a mention answers") { try await stage.newest() == "by mention" }
    }
  }

  @Test func `who may not is told why, and it is on record`() async throws {
    try await stage { stage in
      let message = try await stage.say(".echo me", as: stage.member)
      try await stage.eventually("a refusal") {
        try await stage.newest()?.contains("MANAGE_MESSAGES") ?? false
      }
      #expect(try await stage.decisions(about: message).first?.outcome == .notAllowed)
    }
  }

  @Test func `a usage error says what is wrong and how it is typed`() async throws {
    try await stage { stage in
      try await stage.say(".echo", as: stage.moderator)
      try await stage.eventually("usage") { try await stage.newest()?.contains(".echo <text…>") ?? false }
    }
  }

  @Test func `a channel of another server is refused`() async throws {
    try await stage { stage in
      let foreign = try await stage.simulator.withWorld { world in
        let owner = world.makeUser("other").id
        let guild = world.makeGuild("Other", owner: owner)
        return try world.createChannel(in: guild.id, by: owner, body: ["name": "x", "type": 0], reason: nil)
          .id
      }
      try await stage.say(".look <#\(foreign)>")
      try await stage.eventually("refused") {
        try await stage.newest()?.contains("not of this server") ?? false
      }
      try await stage.say(".look <#\(stage.secondChannel)>", as: stage.moderator)
      try await stage.eventually("its own is fine") {
        try await stage.newest() == "<#\(stage.secondChannel)>"
      }
    }
  }

  @Test func `a cool-down holds, and ends`() async throws {
    try await stage { stage in
      let text = ".look <#\(stage.channel)>"
      try await stage.say(text)
      try await stage.eventually("the first") { try await stage.newest() == "<#\(stage.channel)>" }
      try await stage.say(text)
      try await stage.eventually("the second waits") {
        try await stage.newest()?.contains("One moment") ?? false
      }
      await stage.advance(by: .seconds(61))
      try await stage.say(text)
      try await stage.eventually("the third") { try await stage.newest() == "<#\(stage.channel)>" }
    }
  }

  @Test func `commands and plugins are switched several at once, and at Discord too`() async throws {
    try await stage { stage in
      try await stage.say(".disable echo, look", as: stage.owner)
      try await stage.eventually("told") { try await stage.newest()?.contains("`echo` `look`") ?? false }
      try await stage.say(".echo hi", as: stage.moderator)
      try await stage.eventually("off") { try await stage.newest()?.contains("switched off") ?? false }
      let names = try await stage.commandNames()
      #expect(!names.contains("echo") && !names.contains("look") && names.contains("button"))
      try await stage.say(".enable echo look", as: stage.owner)
      try await stage.eventually("registered again") { try await stage.commandNames().contains("echo") }
      try await stage.say(".disable sample", as: stage.owner)
      try await stage.eventually("its commands are gone") { try await !stage.commandNames().contains("echo") }
      #expect(try await stage.audit("plugin.disable").count == 1)
    }
  }

  @Test func `rules let roles in and keep people out`() async throws {
    try await stage { stage in
      let role = try await stage.newRole("friends")
      try await stage.act(
        .put, "/guilds/\(stage.guild)/members/\(stage.member)/roles/\(role)", as: stage.owner)
      try await stage.slash("command allow", ["command": "echo", "role": .id(role)])
      try await stage.eventually("changed") { try await stage.newest()?.contains("is changed") ?? false }
      try await stage.say(".echo let in", as: stage.member)
      try await stage.eventually("let in") { try await stage.newest() == "let in" }
      try await stage.slash("command deny", ["command": "echo", "user": .id(stage.member)])
      try await stage.eventually("changed again") {
        try await stage.newest()?.contains("is changed") ?? false
      }
      try await stage.say(".echo kept out", as: stage.member)
      try await stage.eventually("kept out") { try await stage.newest()?.contains("may not use") ?? false }
    }
  }

  @Test func `help has all commands, one command, and the form "ban help"`() async throws {
    try await stage { stage in
      try await stage.say(".help")
      try await stage.eventually("overview") { try await stage.newest()?.contains("`settings set`") ?? false }
      try await stage.say(".help prefix")
      try await stage.eventually("one") { try await stage.newest()?.contains(".prefix [prefix]") ?? false }
      try await stage.say(".settings set help")
      try await stage.eventually("suffix") { try await stage.newest()?.contains("<plugin> <field>") ?? false }
      try await stage.say(".help time zone nonsense")
      try await stage.eventually("nothing") {
        try await stage.newest()?.contains("Nothing here is called") ?? false
      }
    }
  }

  @Test func `settings and prefix change by command, and mistakes are explained`() async throws {
    try await stage { stage in
      try await stage.say(".settings set sample word salut", as: stage.owner)
      try await stage.eventually("set") { try await stage.newest()?.contains("is changed") ?? false }
      try await stage.say("salut")
      try await stage.eventually("in force") { try await stage.newest() == "salut yourself" }
      try await stage.say(".settings set core zone Atlantis", as: stage.owner)
      try await stage.eventually("explained") { try await stage.newest()?.contains("does not fit") ?? false }
      try await stage.say(".prefix !", as: stage.owner)
      try await stage.eventually("prefix") { try await stage.newest()?.contains("`!`") ?? false }
      try await stage.say("!ping")
      try await stage.eventually("new prefix") { try await stage.newest()?.contains("ms away") ?? false }
      try await stage.say("!settings set sample word x", as: stage.member)
      try await stage.eventually("members may not") {
        try await stage.newest()?.contains("permission") ?? false
      }
    }
  }

  @Test func `access is granted by owners and counts at once`() async throws {
    try await stage { stage in
      try await stage.slash("access grant", ["level": "manager", "user": .id(stage.member)])
      try await stage.eventually("granted") { try await stage.newest()?.contains("manager") ?? false }
      #expect(try await stage.audit("core.access.grant").count == 1)
    }
  }
}

extension PluginStage {
  /// The names of the commands that are registered at Discord.
  fileprivate func commandNames() async throws -> [String] {
    let commands: [ApplicationCommand] = try await bot.rest.send(
      .getGuildCommands(of: application, in: guild))
    return commands.map(\.definition.name)
  }
}
