// What a person is told when a call does not end as they wished.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformCommands
import PlatformPlugins
import Resources
import Telemetry

/// Answers in the guild's language: with the plugin's sentence, or else the core's.
struct CommandAnswer: Sendable {
  private let dispatcher: Dispatcher
  private let core: ContextCore
  private let responder: any Responder

  init(_ dispatcher: Dispatcher, _ core: ContextCore, _ responder: any Responder) {
    (self.dispatcher, self.core, self.responder) = (dispatcher, core, responder)
  }

  private func sentence(_ key: String, _ parameters: [String: String]) -> String {
    dispatcher.sentence(key, parameters, of: core.plugin, language: core.preferences.language)
  }

  /// Why they do not get it.
  func refuse(_ refusal: Refusal) async { await say(sentence(refusal.key, refusal.parameters)) }

  /// What was wrong with what they typed, and how it is typed.
  func explain(_ problem: CommandProblem, _ declaration: CommandDeclaration, prefix: String) async {
    var parameters = problem.parameters
    parameters["option"] = problem.option ?? ""
    let usage = "\(prefix)\(declaration.usage)"
    await say("\(sentence("command.problem.\(problem.kind.rawValue)", parameters))\n`\(usage)`")
  }

  /// That it did not work, and why as far as that may be said.
  func fail(_ error: any Error) async {
    if let error = error as? RESTError {
      await say(sentence("command.failedAtDiscord", ["reason": "\(error)"]))
    } else if error is CallTooSlow {
      await say(sentence("command.tooSlow", [:]))
    } else {
      await say(sentence("command.failed", [:]))
    }
  }

  private func say(_ text: String) async {
    do {
      _ = try await responder.reply(MessageCreate(String(text.prefix(1_900))).ephemeral())
    } catch {
      dispatcher.log.debug("an answer was not taken", ["error": .string("\(error)")])
    }
  }
}

extension Dispatcher {
  /// A sentence of a plugin, or the core's when the plugin has none of that key.
  package func sentence(_ key: String, _ parameters: [String: String], of plugin: String, language: String)
    -> String
  {
    let own = catalog.strings(of: plugin, language: language)
    if own.sentence(key) != nil { return own(dynamic: key, parameters) }
    return catalog.strings(of: CorePlugin.id, language: language)(dynamic: key, parameters)
  }
}
