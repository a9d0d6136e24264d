// Pages of plugins: drawn under the plugin's deadline, so that one that hangs holds up nobody.

package import DiscordCore
import PlatformConfiguration
package import PlatformPlugins
package import PlatformSettings
import Synchronization
import Telemetry

/// Why a page of a plugin was not drawn, or its form not worked on.
package enum PageFailure: Error, Hashable, Sendable {
  /// It took longer than the plugin's calls may, and was left behind.
  case tooSlow
  /// It failed; why is in the log.
  case failed
}

extension Dispatcher {
  /// The content of a page.
  ///
  /// - Throws: `PageFailure`; `Refusal` when the page has a reason not to be shown; `CancellationError`.
  package func render(_ page: PluginPage, _ core: ContextCore, _ request: PageRequest) async throws
    -> PageContent
  {
    try await answer(of: page.plugin, page.id) { try await page.render(core, request) }
  }

  /// Does what a form of a page asks for.
  ///
  /// - Throws: as `render`.
  package func perform(_ action: PluginAction, _ core: ContextCore, _ request: PageRequest) async throws
    -> ActionOutcome
  {
    try await answer(of: action.plugin, action.id) { try await action.perform(core, request) }
  }

  private func answer<Answer: Sendable>(
    of plugin: String, _ place: String, _ body: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    let deadline = catalog[plugin]?.deadline ?? .seconds(10)
    let box = AnswerBox<Answer>()
    do {
      try await calls.run(within: deadline) { box.put(try await body()) }
      guard let answer = box.take() else { throw PageFailure.failed }
      return answer
    } catch let refusal as Refusal {
      throw refusal
    } catch let failure as PageFailure {
      throw failure
    } catch is CallTooSlow {
      log.warning(
        "a page took too long", ["plugin": .string(plugin), "page": .string(place)])
      throw PageFailure.tooSlow
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      log.error(
        "a page failed",
        ["plugin": .string(plugin), "page": .string(place), "error": .string("\(error)")])
      throw PageFailure.failed
    }
  }

  /// The context of a plugin with settings that nobody stored: what a preview is drawn from.
  ///
  /// - Returns: nil when no bot serves the guild.
  /// - Throws: what the store throws.
  package func context(
    of plugin: String, in guild: GuildID, trying settings: any PluginSettings, cause: String
  ) async throws -> ContextCore? {
    guard let core = try await context(of: plugin, in: guild, cause: cause) else { return nil }
    // Below zero no stored revision is; a new one each time, since what is worked out is kept by it.
    let configuration = core.configuration.trying(
      settings, of: plugin, revision: .random(in: .min ... -1))
    return ContextCore(
      plugin: plugin, guild: guild, configuration: configuration, preferences: core.preferences,
      bot: core.bot, host: self, causeKey: cause, now: core.now)
  }
}

/// What a call returns, on its way past the deadline.
private final class AnswerBox<Answer: Sendable>: Sendable {
  private let answer = Mutex<Answer?>(nil)

  func put(_ value: Answer) { answer.withLock { $0 = value } }
  func take() -> Answer? { answer.withLock { $0 } }
}
