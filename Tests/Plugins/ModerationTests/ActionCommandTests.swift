// Commands as people type them, and what they are answered.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
@testable import ModerationPlugin
import PlatformCommands
import PlatformPlugins
import PlatformSchedule
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import Synchronization
import Testing

/// Keeps what was answered.
private final class Answers: Responder {
  private let kept = Mutex<[MessageCreate]>([])

  private struct Handle: ReplyHandle {
    func edit(_ edit: MessageEdit) async throws {}
    func delete() async throws {}
  }

  func reply(_ message: MessageCreate) async throws -> any ReplyHandle {
    kept.withLock { $0.append(message) }
    return Handle()
  }
  func open(_ modal: Modal) async throws { throw Refusal("no forms here") }
  func update(_ edit: MessageEdit) async throws {}
  var canOpenModals: Bool { false }

  /// All texts of all answers.
  var text: String {
    kept.withLock { messages in
      messages.map { message in
        let embeds = message.embeds.flatMap { embed in
          [embed.title, embed.description, embed.footer?.text]
            + embed.fields.map { "\($0.name): \($0.value)" }
        }
        return ([message.content] + embeds).compactMap { $0 }.joined(separator: "\n")
      }.joined(separator: "\n")
    }
  }
}

extension SanctionStage {
  /// Types a command after the prefix and returns the answer, or the refusal's sentence.
  fileprivate func type(_ line: String, cause: String? = nil) async throws -> String {
    let commands = PluginUnit(Moderation.self).commands
    let found = try #require(CommandIndex(commands.map(\.declaration)).find(line[...]), "\(line)")
    let command = try #require(commands.first { $0.declaration == found.command })
    let (answers, context) = (Answers(), try await context(cause ?? line))
    do {
      try await command.handler(
        CommandInvocationContext(
          core: context.core, declaration: found.command,
          arguments: try found.command.arguments(typed: found.rest), person: owner, channel: log,
          source: .message(MessageID(1)), responder: answers))
      return answers.text
    } catch let refusal as Refusal {
      return "refused: " + context.sentence(refusal)
    }
  }
}

@Suite(.timeLimit(.minutes(3)), .serialized) struct ActionCommandTests {
  @Test func `many members at once have a case each and one answer, refusals among them`() async throws {
    try await withStage { stage async throws in
      let (a, b, bot) = (stage.members[0], stage.members[1], stage.bot.id)
      let line = "ban <@\(a)> <@\(b)> <@\(bot)> <@\(stage.hermit)> 7d --delete 1d spam and more"
      let answer = try await stage.type(line)
      #expect(
        answer == """
          <@\(a)> was banned: case 1.
          <@\(b)> was banned: case 2.
          <@\(stage.hermit)> was banned: case 3.
          They take no direct messages and were not told: <@\(stage.hermit)>
          Nothing was done to 1:
          <@\(bot)>: I cannot do that to myself.
          """)
      #expect(try await stage.type(line) == answer)
      let cases = try await stage.allCases()
      #expect(cases.map(\.target) == [a, b, stage.hermit])
      #expect(cases.allSatisfy { $0.duration == .seconds(7 * 86_400) && $0.reason == "spam and more" })
      #expect(try await stage.schedule.pending(Tenant(stage.guild)).count == 3)
    }
  }

  @Test func `other names mean the same, and one refusal alone is a sentence`() async throws {
    try await withStage { stage async throws in
      let user = stage.members[0]
      #expect(try await stage.type("mute <@\(user)> 10m") == "<@\(user)> was timed out: case 1.")
      #expect(try await stage.type("unmute <@\(user)>") == "<@\(user)> may write again: case 2.")
      #expect(try await stage.type("unmute <@\(user)> now") == "refused: <@\(user)> is not timed out.")
      #expect(try await stage.type("tempban <@\(user)> 1h").hasSuffix("case 3."))
      #expect(try await stage.type("unquarantine <@\(user)>") == "refused: <@\(user)> is not in quarantine.")
      #expect(try await stage.type("temprole <@\(user)> <@&\(stage.prize)> 1h").hasPrefix("refused"))
      #expect(
        try await stage.type("temprole <@\(stage.members[1])> <@&\(stage.prize)> 1h trial").hasSuffix(
          "case 4."))
    }
  }

  @Test func `a case is shown, changed, deleted, listed and searched`() async throws {
    try await withStage { stage async throws in
      let user = stage.members[0]
      _ = try await stage.type("warn <@\(user)> first words")
      _ = try await stage.type("note <@\(stage.members[1])> other words")
      #expect(try await stage.type("case edit 1 second words") == "Case 1 has a new reason.")
      let shown = try await stage.type("case #1")
      #expect(shown.contains("Case 1 · Warning") && shown.contains("Reason: second words"))
      #expect(shown.contains("Earlier reasons: ") && shown.contains("first words"))
      #expect(await stage.logTitles().contains("Case 1 has a new reason"))
      #expect(try await stage.type("case <@\(user)>").contains("second words"))
      #expect(try await stage.type("history <@\(user)>").contains("Page 1 of 1"))
      #expect(try await stage.type("case list note").contains("other words"))
      #expect(try await stage.type("case list SECOND").contains("`1`"))
      #expect(try await stage.type("cases nothing") == "There are no such cases.")
      #expect(
        try await stage.type("points <@\(user)>") == "<@\(user)> has 1 points and 1 warnings.")
      #expect(try await stage.type("case delete 1 mistake").hasPrefix("Case 1 is deleted."))
      #expect(try await stage.type("case 1").contains("Deleted: <@\(stage.owner.user)>"))
      #expect(try await stage.type("points <@\(user)>", cause: "later").contains("has 0 points"))
      #expect(try await stage.type("case edit 1 third").hasPrefix("refused"))
      #expect(try await stage.type("case 99") == "refused: There is no case 99, or it is deleted.")
      #expect(try await stage.type("case nonsense").contains("neither a case's number nor a member"))
    }
  }

  @Test func `the mod log is set where the bot may write, and shown`() async throws {
    try await withStage { stage async throws in
      #expect(try await stage.type("modlog") == "The mod log is in <#\(stage.log)>.")
      let guild = stage.guild
      let (log, other) = (
        stage.log,
        await stage.simulator.withWorld { world in
          world.guilds[guild]?.channels.sorted().first { $0 != world.guilds[guild]?.channels.sorted().first }
        }
      )
      let channel = try #require(other)
      _ = log
      #expect(try await stage.type("modlog <#\(channel)>") == "The mod log is in <#\(channel)> from now on.")
      #expect(try await stage.context("x").settings.logChannel == channel)
      #expect(try await stage.type("modlog <#123456789012345678>").hasPrefix("refused"))
    }
  }
}
