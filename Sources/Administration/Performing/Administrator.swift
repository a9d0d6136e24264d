// Performs the operator's commands on a house: the same calls that commands in Discord and the dashboard make.

package import Assembly
import DiscordCore
import EventLoop
import JSON
import PlatformAudit
import PlatformBots
import PlatformConfiguration
import PlatformData
import PlatformDispatch
import PlatformSettings
import PlatformTenancy
import PlatformText
import Resources
import Sandbox
import Storage
import Telemetry
package import Vault

/// The operator at work.
///
///     let administrator = try Administrator(house, isRunning: true)
///     let end = await administrator.run(order, input: nil, to: output)
///
/// A house that is not run has no bots: what it takes one for is made good when it is started.
package struct Administrator: Sendable {
  let house: House
  /// Whether bots run here and timers fire.
  let isRunning: Bool
  /// Sentences about bots, and about what third-party plugins may.
  let botSentences: StringCatalog
  let guestSentences: StringCatalog
  let log = Log(room: "administration")

  /// - Throws: `ResourceError` when the sentences cannot be read.
  package init(_ house: House, isRunning: Bool) throws {
    (self.house, self.isRunning) = (house, isRunning)
    botSentences = try ResourceFolder(of: "PlatformBots").catalog(language: "en")
    guestSentences = try ResourceFolder(of: "Sandbox").catalog(language: "en")
  }

  /// Performs a command and writes its answer as it was asked for.
  ///
  /// `input` is the token or document that the command takes besides its words.
  /// - Returns: nil when it was done.
  package func run(_ order: AdminOrder, input: Secret?, to output: AdminOutput) async -> AdminFailure? {
    do {
      let report = try await perform(order, input: input, to: output)
      let text = order.options.wantsJSON ? try report.jsonText() : report.text
      if report.isAside { try await output.note(text) } else { try await output.write(text) }
      return nil
    } catch {
      return failure(error)
    }
  }

  /// Performs a command.
  ///
  /// - Parameters:
  ///   - order: what is to be done.
  ///   - input: the token or document that it takes besides its words.
  ///   - output: gets what is too long for a report, and how it goes.
  /// - Returns: what came of it.
  /// - Throws: `AdminFailure`, and what rooms throw; `run` tells those in words.
  package func perform(_ order: AdminOrder, input: Secret?, to output: AdminOutput) async throws
    -> AdminReport
  {
    let options = order.options
    if let danger = order.command.danger, !options.isConfirmed {
      throw AdminFailure.usage("\(danger) Say --yes if that is meant.")
    }
    switch order.command {
    case .guilds: return try await guilds()
    case .plugins(let guild?): return try await plugins(of: guild)
    case .plugins(nil): return try await plugins()
    case .setPlugin(let guild, let plugin, let isEnabled):
      return try await setPlugin(plugin, in: guild, to: isEnabled)
    case .installPlugin(let guild, _):
      guard let input else { throw AdminFailure.usage("the zip comes as input") }
      return try await install(
        input.withBytes { span in (0..<span.count).map { span[$0] } }, in: guild, options)
    case .grantPlugin(let guild, let plugin): return try await grant(plugin, in: guild, options.grants)
    case .uninstallPlugin(let guild, let plugin): return try await uninstall(plugin, from: guild)
    case .withdrawPlugin(let plugin): return try await withdraw(plugin)
    case .pluginSecrets(let plugin): return try await pluginSecrets(of: plugin)
    case .setPluginSecret(let plugin, let name):
      guard let input else { throw AdminFailure.usage("the value comes as input") }
      return try await setSecret(input, name: name, of: plugin, boundTo: options.host)
    case .forgetPluginSecret(let plugin, let name): return try await forgetSecret(name, of: plugin)
    case .pluginLimit(let plugin): return try await pluginLimit(of: plugin)
    case .setPluginLimit(let plugin, let limit): return try await setLimit(limit, of: plugin)
    case .pluginLog(let guild, let plugin): return try await pluginLog(plugin, in: guild, options)
    case .showSettings(let guild, let plugin): return try await showSettings(of: plugin, in: guild)
    case .setSetting(let guild, let plugin, let field, let value):
      return try await set(field, to: value, of: plugin, in: guild)
    case .exportSettings(let guild, let plugin): return try await exportSettings(of: plugin, in: guild)
    case .importSettings(let guild, let plugin):
      return try await importSettings(of: plugin, in: guild, try document(input))
    case .listAccess(let guild): return try await listAccess(guild)
    case .grantAccess(let guild, let grant): return try await give(grant, in: guild)
    case .revokeAccess(let guild, let subject, let expected):
      return try await take(subject, expected, in: guild)
    case .cases(let guild, let user): return try await cases(guild, user, options)
    case .audit(let guild): return try await audit(guild, options)
    case .why(let guild, let subject): return try await why(subject, in: guild, options)
    case .notices(let guild): return try await notices(guild, options)
    case .listBots: return try await listBots()
    case .setToken(let guild): return try await setToken(try token(input), for: guild, options)
    case .rotateToken(let bot): return try await rotate(bot, try token(input))
    case .restartBot(let bot): return try await restart(bot)
    case .removeBot(let bot): return try await remove(bot)
    case .exportData(let subject): return try await exportData(subject, output)
    case .eraseData(let subject): return try await eraseData(subject, output)
    }
  }

  // MARK: What all of them need

  /// Who does it, and when.
  var origin: ChangeOrigin { ChangeOrigin(.operator, at: house.time.now) }

  /// The tenant of a guild that is known here: to ask the store of another one would make it.
  func known(_ guild: GuildID) async throws -> Tenant {
    let tenant = Tenant(guild)
    if try await house.storage.hasGuild(tenant) { return tenant }
    guard let record = try await house.directory.get(tenant), record.life.hasBot else {
      throw AdminFailure.refused("no server \(guild) is known here; guildhall guilds lists them")
    }
    return tenant
  }

  /// Puts on record what is not recorded by the call that did it.
  func record(
    _ action: String, in guild: Tenant, target: String, before: JSONValue = .null, after: JSONValue = .null
  ) async throws {
    try await AuditLog(house.storage.guild(guild)).append(
      AuditEntry(
        at: house.time.now, actor: .operator, action: action, target: target, before: before, after: after))
  }

  /// Sets a guild right after a change, where its bot runs. What goes wrong with that is made good at the next start; the
  /// change is made.
  func settle(_ guild: Tenant, only plugin: String) async {
    guard isRunning else { return }
    do {
      try await house.dispatcher.settle(guild.guild, only: plugin)
    } catch {
      log.warning(
        "a server is not settled after a change",
        ["guild": .string("\(guild)"), "error": .string("\(error)")])
    }
  }

  private func token(_ input: Secret?) throws -> Secret {
    guard let input, input.count > 0 else { throw AdminFailure.usage("the token comes by standard input") }
    return input
  }

  private func document(_ input: Secret?) throws -> JSONValue {
    guard let input, input.count > 0 else {
      throw AdminFailure.usage("the document comes by standard input")
    }
    do {
      return try JSONValue(parsing: input.withBytes { span in (0..<span.count).map { span[$0] } })
    } catch {
      throw AdminFailure.refused("standard input is no JSON document: \(error)")
    }
  }

  // MARK: Failures

  /// Any error, as the operator reads it.
  private func failure(_ error: any Error) -> AdminFailure {
    switch error {
    case let failure as AdminFailure: return failure
    case let refusal as BotRefusal: return .refused(refusal.sentence.text(in: botSentences))
    case let error as DataError: return .refused(error.description)
    case let problem as GuestProblem: return .refused(problem.description)
    case let error as ConfigurationError: return .refused(sentence(error, plugin: nil))
    case is CancellationError: return .refused("it was cut off")
    default:
      log.error("a command of the operator failed", ["error": .string("\(error)")])
      return .refused("\(error)")
    }
  }

  /// Why settings are not taken; `plugin` is whose they are.
  func sentence(_ error: ConfigurationError, plugin: String?) -> String {
    switch error {
    case .noSuchPlugin(let name): "there is no plugin called '\(name)'; guildhall plugins lists them"
    case .conflict: "somebody else changed it meanwhile; nothing was changed"
    case .noSuchRevision(let revision): "there is no revision \(revision)"
    case .invalid(let problems):
      problems.problems.map { problem in
        let text = sentence(problem, plugin)
        return problem.path.description.isEmpty ? text : "\(problem.path): \(text)"
      }.joined(separator: "\n")
    }
  }

  private func sentence(_ problem: SettingsProblem, _ plugin: String?) -> String {
    let key = problem.kind == .rule ? problem.parameters["rule"] : "settings.problem.\(problem.kind.rawValue)"
    return house.dispatcher.sentence(
      key ?? "settings.problem.rule", problem.parameters, of: plugin ?? CorePlugin.id, language: "en")
  }
}
