// The documentation of plugins, made from what they declare: it cannot say anything else than the program does.

import DiscordCore
import DiscordGateway
import PlatformCommands
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import Resources

/// Writes pages about plugins and commands, in the marks of `Prose`.
struct PluginArticle {
  let catalog: PluginCatalog
  /// The dashboard's own sentences.
  let words: StringCatalog
  private var language: String { words.language }

  /// A plugin's page.
  func article(_ unit: PluginUnit) -> GuideArticle {
    let strings = catalog.strings(of: unit.id, language: language)
    var text = "# \(name(unit))\n\n\(strings.sentence("plugin.description") ?? "")\n"
    text += permissions(unit, strings)
    if !unit.commands.isEmpty {
      text += "\n## \(words["docs.commands"])\n"
      for command in unit.commands.sorted(by: { $0.declaration.name < $1.declaration.name }) {
        text += self.command(command.declaration, strings)
      }
    }
    text += settings(unit, strings)
    return GuideFiles.article(["plugins", unit.id], .plugins, text)
  }

  /// The index of all commands.
  var commands: GuideArticle {
    var text = "# \(words["docs.commands.title"])\n\n\(words["docs.commands.lead"])\n"
    for unit in catalog.units where !unit.commands.isEmpty {
      let strings = catalog.strings(of: unit.id, language: language)
      text += "\n## \(name(unit))\n\n"
      text +=
        "| \(words["docs.command"]) | \(words["docs.about"]) | \(words["docs.needs"]) |\n|---|---|---|\n"
      for command in unit.commands.sorted(by: { $0.declaration.name < $1.declaration.name }) {
        let declaration = command.declaration
        let link = "/docs/plugins/\(unit.id)#\(Prose.id(declaration.name))"
        let needs = declaration.permission.map { Self.names($0) } ?? words["docs.needs.nothing"]
        text += Self.row([
          "[\(declaration.name)](\(link))", strings.sentence("command.\(declaration.name)") ?? "", needs,
        ])
      }
    }
    return GuideFiles.article(["commands"], .reference, text)
  }

  func name(_ unit: PluginUnit) -> String {
    catalog.strings(of: unit.id, language: language).sentence("plugin.name") ?? unit.id
  }

  // MARK: Parts

  private func permissions(_ unit: PluginUnit, _ strings: StringCatalog) -> String {
    var rows = unit.permissions.map { permission in
      (Self.names(permission.permissions), strings.sentence(permission.reason) ?? "")
    }
    for intent in unit.intents {
      if case .degrade(let key) = intent.otherwise {
        rows.append((intent.intents.names.joined(separator: ", "), strings.sentence(key) ?? ""))
      }
    }
    guard !rows.isEmpty else { return "" }
    return
      "\n## \(words["docs.permissions"])\n\n| \(words["docs.permission"]) | \(words["docs.reason"]) |\n|---|---|\n"
      + rows.map { Self.row([$0.0, $0.1]) }.joined()
  }

  private func command(_ declaration: CommandDeclaration, _ strings: StringCatalog) -> String {
    let key = "command.\(declaration.name)"
    var text =
      "\n### \(declaration.name)\n\n\(strings.sentence(key) ?? "")\n\n```\n/\(declaration.usage)\n```\n\n"
    for option in declaration.options {
      if let about = strings.sentence("\(key).\(option.name)") { text += "* `\(option.name)`: \(about)\n" }
    }
    if let examples = strings.sentence("\(key).examples") {
      let lines = examples.split(separator: "\n").map { "`/\($0)`" }.joined(separator: ", ")
      text += "\n\(words["docs.examples"]): \(lines)\n"
    }
    if let permission = declaration.permission, !permission.isEmpty {
      text += "\n\(words["docs.needs"]): \(Self.names(permission))\n"
    }
    return text
  }

  private func settings(_ unit: PluginUnit, _ strings: StringCatalog) -> String {
    let rows = fields(unit.settingsFields, "", strings, depth: 0)
    guard !rows.isEmpty else { return "" }
    return "\n## \(words["docs.settings"])\n\n\(words["docs.settings.where"])\n\n"
      + "| \(words["docs.setting"]) | \(words["docs.about"]) |\n|---|---|\n" + rows.joined()
  }

  private func fields(
    _ fields: [SettingsFieldDescription], _ prefix: String, _ strings: StringCatalog, depth: Int
  ) -> [String] {
    // Deeper ones explain themselves on the form.
    guard depth < 2 else { return [] }
    return fields.flatMap { field -> [String] in
      let key = prefix + field.name
      let title = strings.sentence("settings.\(key)") ?? field.name
      let row = Self.row([
        depth == 0 ? "**\(title)**" : title, strings.sentence("settings.\(key).help") ?? "",
      ])
      guard case .record(let inner) = field.kind else { return [row] }
      return [row] + self.fields(inner, "\(key).", strings, depth: depth + 1)
    }
  }

  /// A row of a table, with what would end a cell escaped.
  private static func row(_ cells: [String]) -> String {
    let texts = cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
    return "| \(texts.joined(separator: " | ")) |\n"
  }

  private static func names(_ permissions: Permissions) -> String {
    permissions.names.map { "`\($0)`" }.joined(separator: " ")
  }
}
