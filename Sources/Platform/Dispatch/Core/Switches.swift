// Switching plugins and commands on and off, several at once.

import Resources
import PlatformAccess
import DiscordCore
import DiscordModels
import PlatformCommands
import PlatformConfiguration
import PlatformPlugins
import PlatformTenancy
import Storage

/// `plugins`, `enable`, `disable`.
enum Switches {
  static let what = CommandParameter<String>.rest("what", 1...200, hasAutocomplete: true)
  static let plugins = CommandDeclaration("plugins", permission: .manageGuild, isEphemeral: true)
  static let enable = CommandDeclaration(
    "enable", permission: .manageGuild, isEphemeral: true, options: [what.description])
  static let disable = CommandDeclaration(
    "disable", permission: .manageGuild, isEphemeral: true, options: [what.description])

  @Sendable static func list(_ call: CommandCall<CorePlugin>) async throws {
    try await call.require(.viewer)
    let host = call.context.core.host
    let language = call.context.preferences.language
    var embed = Embed(title: call.strings["core.plugins.title"])
    let lines = host.units.map { unit in
      let strings = host.strings(of: unit.id, language: language)
      let isOn = unit.isAlwaysOn || call.context.core.configuration.isEnabled(unit.id)
      let state = call.strings[dynamic: isOn ? "core.plugins.on" : "core.plugins.off"]
      return "`\(unit.id)` \(state) · \(strings.sentence("plugin.description") ?? "")"
    }
    embed.description = String(lines.joined(separator: "\n").prefix(4_000))
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  @Sendable static func switchOn(_ call: CommandCall<CorePlugin>) async throws {
    try await turn(call, on: true)
  }

  @Sendable static func switchOff(_ call: CommandCall<CorePlugin>) async throws {
    try await turn(call, on: false)
  }

  private static func turn(_ call: CommandCall<CorePlugin>, on isOn: Bool) async throws {
    try await call.require(.manager)
    let host = call.context.core.host
    // Names may have spaces (`case edit`), so commas come first; without them every word is a name of its own.
    let typed = call[what].lowercased()
    let names =
      typed.contains(",") || host.hasCommand(typed)
      ? typed.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
      : typed.split(separator: " ").map(String.init)
    // All names are looked at before anything is changed.
    var plugins: [String] = []
    var commands: [String] = []
    for name in names {
      if let unit = try? call.unit(name) {  // Not a plugin: perhaps a command.
        guard !unit.isAlwaysOn else { throw Refusal("core.refused.alwaysOn", ["plugin": name]) }
        plugins.append(unit.id)
      } else if host.hasCommand(name) {
        guard isOn || !CoreSettings.neededCommands.contains(name) else {
          throw Refusal("core.refused.neededCommand", ["command": name])
        }
        commands.append(name)
      } else {
        throw Refusal("core.refused.neither", ["name": String(name.prefix(60))])
      }
    }
    let tenant = Tenant(call.context.guild)
    for plugin in plugins {
      try await host.configurations.setEnabled(isOn, plugin: plugin, in: tenant, by: call.origin)
    }
    if !commands.isEmpty {
      let names = commands
      try await call.context.change(by: call.person.user) { settings in
        for name in names { settings.changeRule(of: name) { $0.isOn = isOn } }
      }
    }
    try await call.reply(
      isOn ? "core.enabled" : "core.disabled",
      ["names": (plugins + commands).map { "`\($0)`" }.joined(separator: " ")])
    if plugins.isEmpty {
      _ = try await host.settle(call.context.guild, only: CorePlugin.id)
    } else {
      for plugin in plugins { try await host.settle(call.context.guild, only: plugin) }
    }
  }

  @Sendable static func suggest(_ context: PluginContext<CorePlugin>, _ typed: String) async throws
    -> [CommandChoice]
  {
    let last =
      typed.split(separator: " ", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
    let head = typed.dropLast(last.count)
    return context.core.host.units.filter { !$0.isAlwaysOn && $0.id.hasPrefix(last) }.prefix(25)
      .map { CommandChoice("\(head)\($0.id)") }
  }
}

extension PluginHost {
  /// Whether any plugin has a command of that name, or commands that begin with it.
  package func hasCommand(_ name: String) -> Bool {
    units.contains { unit in
      unit.commands.contains { command in
        command.declaration.name == name || command.declaration.name.hasPrefix("\(name) ")
      }
    }
  }
}

extension CoreSettings {
  /// What cannot be switched off: without it nothing could be switched back.
  package static let neededCommands: Set<String> = ["enable", "help"]

  /// Changes the rule of a command; one that says nothing any more goes.
  package mutating func changeRule(
    of command: String, _ change: (inout CommandRule) throws -> Void
  ) rethrows {
    var rule = commands.first { $0.command == command } ?? CommandRule()
    rule.command = command
    try change(&rule)
    commands.removeAll { $0.command == command }
    var empty = CommandRule()
    empty.command = command
    if rule != empty { commands.append(rule) }
  }
}
