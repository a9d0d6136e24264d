// Settings by command: every field of every plugin, from its description alone.

import PlatformAccess
import DiscordCore
import DiscordModels
import JSON
import PlatformCommands
import PlatformConfiguration
import PlatformPlugins
import PlatformSettings
import Resources
import PlatformTenancy
import Storage

/// `prefix`, `settings show`, `settings set`.
enum SettingsCommands {
  static let newPrefix = CommandParameter<String>.text("prefix", 1...8).optional
  static let prefix = CommandDeclaration("prefix", isEphemeral: true, options: [newPrefix.description])
  static let plugin = CommandParameter<String>.text("plugin", 1...40, hasAutocomplete: true)
  static let field = CommandParameter<String>.text("field", 1...200)
  static let value = CommandParameter<String>.rest("value", 0...4_000)
  static let show = CommandDeclaration(
    "settings show", permission: .manageGuild, isEphemeral: true, options: [plugin.description])
  static let set = CommandDeclaration(
    "settings set", permission: .manageGuild, isEphemeral: true,
    options: [plugin.description, field.description, value.description])

  @Sendable static func setPrefix(_ call: CommandCall<CorePlugin>) async throws {
    guard let prefix = call[newPrefix] else {
      return _ = try await call.reply("core.prefix.is", ["prefix": call.context.preferences.prefix])
    }
    try await call.require(.manager)
    try await explaining(call) { try await call.context.change(by: call.person.user) { $0.prefix = prefix } }
    try await call.reply("core.prefix.set", ["prefix": prefix])
  }

  @Sendable static func showSettings(_ call: CommandCall<CorePlugin>) async throws {
    try await call.require(.viewer)
    let unit = try call.unit(call[plugin])
    guard let settings = call.context.core.configuration.anySettings(of: unit.id) else {
      throw Refusal("core.refused.noSettings", ["plugin": unit.id])
    }
    let strings = call.context.core.host.strings(of: unit.id, language: call.context.preferences.language)
    let lines = (settings.document.object?.fields ?? []).map { field in
      let label = strings.sentence("settings.\(field.key)")
      let value = (try? field.value.encoded()).map { String(decoding: $0, as: UTF8.self) } ?? "?"
      return "`\(field.key)` \(label.map { "\($0): " } ?? "")`\(value.prefix(120))`"
    }
    var embed = Embed(title: strings[dynamic: "plugin.name"])
    embed.description = String(lines.joined(separator: "\n").prefix(4_000))
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  @Sendable static func change(_ call: CommandCall<CorePlugin>) async throws {
    try await call.require(.manager)
    let unit = try call.unit(call[plugin])
    let (path, text) = (call[field], call[value])
    let host = call.context.core.host
    try await explaining(call) {
      try await host.configurations.set(
        path, typed: text, plugin: unit.id, in: Tenant(call.context.guild), by: call.origin)
    }
    try await call.reply("core.settings.set", ["field": path, "plugin": unit.id])
    try await host.settle(call.context.guild, only: unit.id)
  }

  @Sendable static func suggestPlugin(
    _ context: PluginContext<CorePlugin>, _ typed: String
  ) async throws -> [CommandChoice] {
    context.core.host.units.filter { $0.id.hasPrefix(typed.lowercased()) }.prefix(25).map {
      CommandChoice($0.id)
    }
  }

  /// Turns what is wrong with settings into a refusal.
  private static func explaining(
    _ call: CommandCall<CorePlugin>, _ body: () async throws -> Void
  ) async throws {
    do {
      try await body()
    } catch ConfigurationError.invalid(let problems) {
      let sentences = problems.problems.prefix(5).map { problem in
        let text = call.strings(dynamic: "settings.problem.\(problem.kind.rawValue)", problem.parameters)
        return problem.path.description.isEmpty ? text : "`\(problem.path)`: \(text)"
      }
      throw Refusal("core.refused.settings", ["problems": sentences.joined(separator: "\n")])
    }
  }
}
