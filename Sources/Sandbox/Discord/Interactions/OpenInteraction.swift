// One interaction in the hands of a plugin: what the plugin's calls do to it (plugin-host contract, section 14).

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import PlatformPlugins
import SandboxContract
import Synchronization

/// Answers one interaction in a plugin's name. Calls are carried out one after another, so that a plugin's threads do not
/// overtake each other and each call sees what the one before it has done.
final class OpenInteraction: Sendable {
  /// What was used.
  enum Kind: Sendable {
    case command, component, modal
  }

  /// Calls that may wait for one that is under way.
  private static let waitingBound = 16

  private struct State {
    /// The plugin has said something.
    var isAnswered = false
    /// The original response is the message the component is in, not one of its own.
    var originalIsComponents = false
    /// The original response is a sentence of the host's, which an answer that comes late takes away.
    var originalIsHosts = false
  }

  let received: ReceivedInteraction
  let kind: Kind
  let plugin: String
  let guild: GuildID
  private let state = Mutex(State())
  private let queue = CallQueue(bound: OpenInteraction.waitingBound)
  /// Ends with the first answer.
  private let answers = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  init(_ received: ReceivedInteraction, _ kind: Kind, plugin: String, guild: GuildID) {
    (self.received, self.kind, self.plugin, self.guild) = (received, kind, plugin, guild)
  }

  /// Whether the plugin has said something.
  var isAnswered: Bool { state.withLock { $0.isAnswered } }

  /// Returns when the plugin has said something, or the task is cancelled. For one task.
  func answered() async { for await _ in answers.stream {} }

  // MARK: The plugin's calls

  /// A message: the answer itself, what takes the place of "thinking …", or a follow-up.
  ///
  /// - Returns: the id of a follow-up; nil for the answer.
  /// - Throws: `RPCError`.
  func reply(_ message: MessageCreate) async throws -> MessageID? {
    try await answer { open in
      if open.state.withLock({ $0.originalIsHosts }) {
        try await open.received.deleteOriginal()
        open.state.withLock { $0.originalIsHosts = false }
      }
      return try await open.received.reply(message)
    }
  }

  /// A change of the message the component is in; again and again.
  ///
  /// - Throws: `RPCError`.
  func update(_ edit: MessageEdit, bot: GuildBot?) async throws {
    guard kind == .component else {
      throw RPCError.invalid("update_message works on buttons and menus only")
    }
    try await answer { open in
      switch (open.received.phase, open.state.withLock { $0.originalIsComponents }) {
      case (.responded, true): try await open.received.editOriginal(edit)
      case (.responded, false): try await open.editMessage(edit, bot)
      default:
        try await open.received.update(edit)
        open.state.withLock { $0.originalIsComponents = true }
      }
    }
  }

  /// "Thinking …"; nothing if the host was faster.
  ///
  /// - Throws: `RPCError`.
  func postpone(isEphemeral: Bool) async throws {
    try await perform { try await $0.received.postpone(.reply(isEphemeral: isEphemeral)) }
  }

  /// A form, as the first answer.
  ///
  /// - Throws: `RPCError`.
  func open(_ modal: Modal) async throws {
    guard kind != .modal else { throw RPCError.invalid("a form cannot be answered with a form") }
    try await answer { open in
      switch open.received.phase {
      case .deferred, .deferredUpdate:
        throw RPCError.invalid(
          "a form can only be the first answer, and this interaction was deferred already; answer sooner, or set defer_on_dispatch to false"
        )
      default: try await open.received.open(modal)
      }
    }
  }

  // MARK: The host's own

  /// Gives the plugin more time, unless it has answered.
  ///
  /// - Throws: `RPCError`.
  func postponeByHost() async throws {
    try await perform { open in
      guard open.received.phase == .received else { return }
      guard open.kind == .component else {
        return try await open.received.postpone(.reply(isEphemeral: false))
      }
      try await open.received.postpone(.update)
      open.state.withLock { $0.originalIsComponents = true }
    }
  }

  /// Tells the person a sentence of the host's if the plugin has told nothing: in place of "thinking …" if that is shown,
  /// else for the person only. With `onlyIfAwaited` nothing is said where the person does not see that something is due.
  ///
  /// - Throws: `RPCError`.
  func conclude(_ sentence: String, onlyIfAwaited: Bool) async throws {
    try await perform { open in
      guard !open.isAnswered else { return }
      switch open.received.phase {
      case .deferred: try await open.received.editOriginal(MessageEdit(content: sentence))
      case .received: try await open.received.reply(MessageCreate(sentence).ephemeral())
      case .deferredUpdate:
        guard !onlyIfAwaited else { return }
        try await open.received.reply(MessageCreate(sentence).ephemeral())
        return
      case .responding, .responded, .handedOver, .lost: return
      }
      open.state.withLock { $0.originalIsHosts = true }
    }
  }

  // MARK: Performing

  private func answer<Result>(_ body: (OpenInteraction) async throws -> Result) async throws -> Result {
    let result = try await perform(body)
    state.withLock { $0.isAnswered = true }
    answers.continuation.finish()
    return result
  }

  private func perform<Result>(_ body: (OpenInteraction) async throws -> Result) async throws -> Result {
    do {
      guard let result = try await queue.inTurn({ try await body(self) }) else {
        throw RPCError(.rateLimited, "too many answers to one interaction at once", retryAfter: 1)
      }
      return result
    } catch let error as InteractionError {
      throw RPCError(error)
    }
  }

  /// Changes the component's message when the original response is another one.
  private func editMessage(_ edit: MessageEdit, _ bot: GuildBot?) async throws {
    guard let message = received.interaction.message, let bot else {
      throw RPCError.invalid("there is no message to be updated")
    }
    guard !message.flags.contains(.ephemeral) else {
      throw RPCError.invalid("a message for one person cannot be updated after another answer")
    }
    do {
      _ = try await bot.send(
        Endpoint<Message>.editMessage(message.id, in: message.channelID, edit), priority: .interaction)
    } catch let error as RESTError {
      throw RPCError(error)
    }
  }
}
