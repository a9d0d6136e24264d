// Answering a command that was written in a message.

import DiscordLimits
import DiscordCore
import DiscordModels
import DiscordREST
import PlatformPlugins
import Synchronization

/// Answers in the channel, as replies to the message. Answers are effects of the message: written once.
final class MessageResponder: Responder {
  private let core: ContextCore
  private let channel: ChannelID
  private let message: MessageID
  private let count = Atomic(0)

  init(_ core: ContextCore, channel: ChannelID, message: MessageID) {
    (self.core, self.channel, self.message) = (core, channel, message)
  }

  var canOpenModals: Bool { false }

  func reply(_ answer: MessageCreate) async throws -> any ReplyHandle {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    let sent = try await core.effects.send(
      answer.ephemeral(false).reply(to: message), to: channel, as: "reply\(number)", priority: .reply)
    return MessageReply(bot: core.bot, channel: channel, message: sent?.id)
  }

  func open(_ modal: Modal) async throws { throw Refusal("command.refused.slashOnly") }

  func update(_ edit: MessageEdit) async throws {}
}

/// An answer that is a message of its own. One that was sent before the process died is not known any more.
private struct MessageReply: ReplyHandle {
  let bot: GuildBot
  let channel: ChannelID
  let message: MessageID?

  func edit(_ edit: MessageEdit) async throws {
    guard let message else { return }
    _ = try await bot.send(.editMessage(message, in: channel, edit), priority: .reply)
  }

  func delete() async throws {
    guard let message else { return }
    _ = try await bot.send(.deleteMessage(message, in: channel), priority: .reply)
  }
}
