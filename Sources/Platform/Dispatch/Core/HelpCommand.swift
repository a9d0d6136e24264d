// Help: by category, by command, by search; the same text for slash and prefix.

import PlatformConfiguration
import DiscordCore
import DiscordModels
import PlatformCommands
import PlatformPlugins
import Resources

/// `help`, `help ban`, `ban help`, `help moderation`, `help "remove messages"`.
enum HelpCommand {
  static let topic = CommandParameter<String>.rest("topic", 1...100, hasAutocomplete: true).optional
  static let help = CommandDeclaration(
    "help", aliases: ["commands"], isEphemeral: true,
    options: [topic.description])

  @Sendable static func show(_ call: CommandCall<CorePlugin>) async throws {
    let book = HelpBook(call.context)
    let message: MessageCreate
    if let topic = call[topic], !topic.isEmpty {
      guard let page = book.page(topic.lowercased()) else {
        throw Refusal(
          "core.help.nothing", ["topic": String(topic.prefix(60)), "prefix": call.context.preferences.prefix])
      }
      message = page
    } else {
      message = book.overview()
    }
    try await call.reply(message.ephemeral())
  }

  @Sendable static func suggest(_ context: PluginContext<CorePlugin>, _ typed: String) async throws
    -> [CommandChoice]
  {
    HelpBook(context).matches(typed.lowercased()).prefix(25).map { CommandChoice($0.name) }
  }
}

/// What a guild's members can be told of its commands.
struct HelpBook {
  private let context: PluginContext<CorePlugin>
  private let units: [PluginUnit]

  init(_ context: PluginContext<CorePlugin>) {
    self.context = context
    units = context.core.host.units.filter {
      !$0.commands.isEmpty && ($0.isAlwaysOn || context.core.configuration.isEnabled($0.id))
    }
  }

  private func strings(_ unit: PluginUnit) -> StringCatalog {
    context.core.host.strings(of: unit.id, language: context.preferences.language)
  }

  private func about(_ declaration: CommandDeclaration, _ strings: StringCatalog) -> String {
    strings.sentence("command.\(declaration.name)") ?? ""
  }

  /// All categories with their commands.
  func overview() -> MessageCreate {
    var embed = Embed(title: context.strings["core.help.title"])
    embed.description = context.strings("core.help.intro", ["prefix": context.preferences.prefix])
    for unit in units.prefix(25) {
      let names = unit.commands.map { "`\($0.declaration.name)`" }.joined(separator: " ")
      embed.fields.append(.init(strings(unit)[dynamic: "plugin.name"], cut(names, 1_024)))
    }
    return MessageCreate().embed(embed)
  }

  /// A plugin's page, a command's, or what a search finds; nil for nothing.
  func page(_ topic: String) -> MessageCreate? {
    for unit in units {
      let strings = strings(unit)
      if let command = unit.commands.first(where: {
        $0.declaration.name == topic || $0.declaration.aliases.contains(topic)
      }) {
        return commandPage(command.declaration, strings)
      }
      if unit.id == topic || strings[dynamic: "plugin.name"].lowercased() == topic {
        return listPage(strings[dynamic: "plugin.name"], unit.commands.map { ($0.declaration, strings) })
      }
    }
    let found = matches(topic)
    return found.isEmpty ? nil : listPage(topic, found.map { ($0, strings(of: $0)) })
  }

  private func strings(of declaration: CommandDeclaration) -> StringCatalog {
    let unit = units.first { $0.commands.contains { $0.declaration.name == declaration.name } }
    return unit.map(strings) ?? context.strings
  }

  /// Commands whose name, alias or sentence has the text in it; those that begin with it first.
  func matches(_ text: String) -> [CommandDeclaration] {
    var found: [(CommandDeclaration, Int)] = []
    for unit in units {
      let strings = strings(unit)
      for command in unit.commands {
        let declaration = command.declaration
        let names = [declaration.name] + declaration.aliases
        if names.contains(where: { $0.hasPrefix(text) }) {
          found.append((declaration, 0))
        } else if names.contains(where: { $0.contains(text) }) {
          found.append((declaration, 1))
        } else if about(declaration, strings).lowercased().contains(text) {
          found.append((declaration, 2))
        }
      }
    }
    return found.sorted { ($0.1, $0.0.name) < ($1.1, $1.0.name) }.map(\.0)
  }

  private func commandPage(_ declaration: CommandDeclaration, _ strings: StringCatalog) -> MessageCreate {
    let prefix = context.preferences.prefix
    var embed = Embed(title: declaration.name)
    embed.description = about(declaration, strings)
    embed.fields.append(.init(context.strings["core.help.usage"], "`\(prefix)\(declaration.usage)`"))
    let options = declaration.options.map { option in
      "`\(option.name)` \(strings.sentence("command.\(declaration.name).\(option.name)") ?? "")"
    }
    if !options.isEmpty {
      embed.fields.append(
        .init(context.strings["core.help.options"], cut(options.joined(separator: "\n"), 1_024)))
    }
    if let examples = strings.sentence("command.\(declaration.name).examples") {
      let lines = examples.split(separator: "\n").map { "`\(prefix)\($0)`" }.joined(separator: "\n")
      embed.fields.append(.init(context.strings["core.help.examples"], cut(lines, 1_024)))
    }
    if !declaration.aliases.isEmpty {
      let aliases = declaration.aliases.map { "`\($0)`" }.joined(separator: " ")
      embed.fields.append(.init(context.strings["core.help.aliases"], cut(aliases, 1_024)))
    }
    if let permission = declaration.permission, !permission.isEmpty {
      embed.fields.append(
        .init(context.strings["core.help.needs"], permission.names.map { "`\($0)`" }.joined(separator: " ")))
    }
    return MessageCreate().embed(embed)
  }

  private func listPage(_ title: String, _ commands: [(CommandDeclaration, StringCatalog)]) -> MessageCreate {
    var embed = Embed(title: title)
    let lines = commands.map { declaration, strings in
      "`\(declaration.name)` \(about(declaration, strings))"
    }
    embed.description = cut(lines.joined(separator: "\n"), 4_000)
    return MessageCreate().embed(embed)
  }

  private func cut(_ text: String, _ limit: Int) -> String {
    text.unicodeScalars.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
  }
}
