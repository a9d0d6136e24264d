// Which handler answers which interaction.

package import DiscordModels
internal import Synchronization

/// How interactions of one name are handled.
package struct InteractionRoute: Sendable {
  /// What happens if the handler is still busy after two seconds.
  package let deferral: AutoDeferral
  /// Runs in a task of its own.
  package let handler: @Sendable (ReceivedInteraction) async throws -> Void

  package init(
    deferral: AutoDeferral, _ handler: @escaping @Sendable (ReceivedInteraction) async throws -> Void
  ) {
    (self.deferral, self.handler) = (deferral, handler)
  }
}

/// Finds handlers. Asked on the loop or on the server's thread: it must not block.
package protocol InteractionRouting: Sendable {
  /// Nil when nobody answers; the person is then told by Discord that the application did not respond.
  func route(for interaction: Interaction) -> InteractionRoute?
  /// The global commands to be registered with Discord when the bot starts; nil leaves those that there are.
  var definitions: [ApplicationCommandDefinition]? { get }
}

/// Handlers by name, filled at any time.
///
///     let commands = InteractionTable()
///     commands.command(.chatInput("ping", "Says pong")) { interaction in
///       try await interaction.reply("Pong!")
///     }
package final class InteractionTable: InteractionRouting {
  private struct Command: Hashable {
    let name: String
    let kind: ApplicationCommandDefinition.Kind
  }

  private struct Content {
    var definitions: [ApplicationCommandDefinition] = []
    var commands: [Command: InteractionRoute] = [:]
    var autocompletions: [String: InteractionRoute] = [:]
    /// By the part of the `custom_id` before the first colon.
    var components: [String: InteractionRoute] = [:]
    var modals: [String: InteractionRoute] = [:]
  }

  private let content = Mutex(Content())

  package init() {}

  package var definitions: [ApplicationCommandDefinition]? { content.withLock { $0.definitions } }

  /// Adds a command and its handler.
  package func command(
    _ definition: ApplicationCommandDefinition, deferral: AutoDeferral = .reply(isEphemeral: false),
    _ handler: @escaping @Sendable (ReceivedInteraction) async throws -> Void
  ) {
    content.withLock { content in
      content.definitions.append(definition)
      content.commands[Command(name: definition.name, kind: definition.kind)] = InteractionRoute(
        deferral: deferral, handler)
    }
  }

  /// Adds the handler of a command's suggestions.
  package func autocompletion(
    of command: String, _ handler: @escaping @Sendable (ReceivedInteraction) async throws -> Void
  ) {
    content.withLock { $0.autocompletions[command] = InteractionRoute(deferral: .never, handler) }
  }

  /// Adds the handler of components whose `custom_id` is `name`, or begins with `name:`.
  package func component(
    _ name: String, deferral: AutoDeferral = .update,
    _ handler: @escaping @Sendable (ReceivedInteraction) async throws -> Void
  ) {
    content.withLock { $0.components[name] = InteractionRoute(deferral: deferral, handler) }
  }

  /// Adds the handler of forms whose `custom_id` is `name`, or begins with `name:`.
  package func modal(
    _ name: String, deferral: AutoDeferral = .reply(isEphemeral: true),
    _ handler: @escaping @Sendable (ReceivedInteraction) async throws -> Void
  ) {
    content.withLock { $0.modals[name] = InteractionRoute(deferral: deferral, handler) }
  }

  package func route(for interaction: Interaction) -> InteractionRoute? {
    content.withLock { content in
      switch interaction.data {
      case .command(let command): content.commands[Command(name: command.name, kind: command.type)]
      case .autocomplete(let command): content.autocompletions[command.name]
      case .component(let component): content.components[Self.stem(of: component.customID)]
      case .modal(let modal): content.modals[Self.stem(of: modal.customID)]
      case .ping, .unknown: nil
      }
    }
  }

  private static func stem(of id: String) -> String {
    id.firstIndex(of: ":").map { String(id[..<$0]) } ?? id
  }
}
