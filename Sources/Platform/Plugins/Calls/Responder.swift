// Answering whoever called: the same for a slash command, a command in a message, a menu, a component and a form.

import DiscordBot
package import DiscordCore
package import DiscordModels
import PlatformText
package import Resources

/// The way back to a person.
package protocol Responder: Sendable {
  /// Answers; further calls add messages. What is for the person only is seen by all where Discord has no such thing, in
  /// answers to messages.
  func reply(_ message: MessageCreate) async throws -> any ReplyHandle
  /// Opens a form. Only as the first answer, and not to a command in a message.
  func open(_ modal: Modal) async throws
  /// Changes the message whose component was used.
  func update(_ edit: MessageEdit) async throws
  /// Whether `open` can work.
  var canOpenModals: Bool { get }
}

/// An answer that was given.
package protocol ReplyHandle: Sendable {
  /// Changes it: progress, a result.
  func edit(_ edit: MessageEdit) async throws
  func delete() async throws
}

/// What every call is made of, without the plugin's type.
package protocol PersonInvocation: Sendable {
  /// The guild at that moment.
  var core: ContextCore { get }
  /// Who calls.
  var person: Person { get }
  /// Where.
  var channel: ChannelID { get }
  /// The way back.
  var responder: any Responder { get }
}

/// What all calls of people have in common.
package protocol PersonCall: Sendable {
  associatedtype P: Plugin
  associatedtype Invocation: PersonInvocation
  /// What the call is made of.
  var invocation: Invocation { get }
}

extension PersonCall {
  /// The guild at that moment, as the plugin sees it.
  package var context: PluginContext<P> { PluginContext(invocation.core) }
  /// Who calls.
  package var person: Person { invocation.person }
  /// Where.
  package var channel: ChannelID { invocation.channel }
  /// The way back.
  package var responder: any Responder { invocation.responder }
  /// The guild's settings of the plugin.
  package var settings: P.Settings { context.settings }
  /// The plugin's sentences.
  package var strings: StringCatalog { context.strings }

  /// Answers with a message. Nobody is notified unless the message says so.
  @discardableResult
  package func reply(_ message: MessageCreate) async throws -> any ReplyHandle {
    try await responder.reply(message)
  }

  /// Answers with the sentence of a key.
  @discardableResult
  package func reply(
    _ key: String, _ parameters: [String: String] = [:], isEphemeral: Bool = true
  ) async throws -> any ReplyHandle {
    try await responder.reply(
      MessageCreate(strings(dynamic: key, parameters)).ephemeral(isEphemeral))
  }

  /// Opens a form, as the first answer.
  package func open(_ modal: Modal) async throws { try await responder.open(modal) }
}
