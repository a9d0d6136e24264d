// Slash commands: of the manifest, and of decorators that it forgot (plugin-host contract, section 21).

import JSON
import SandboxContract

extension ManifestReader {
  /// Discord takes so many of a whole application.
  private static let maximum = 100

  mutating func commands(of object: JSONObject) -> [GuestManifest.Command] {
    var commands: [GuestManifest.Command] = []
    for item in declaredCommands(object["slash_commands"]) {
      guard let command = command(item) else { continue }
      if commands.contains(where: { $0.name == command.name }) {
        findings.error(
          "command_name_duplicate", "The command /\(command.name) is in the manifest twice.", path: Self.file)
        continue
      }
      commands.append(command)
    }
    let declared = Set(commands.map(\.name))
    checkHandlers(declared)
    for handler in scan.commands where !declared.contains(handler.name) {
      if let command = undeclared(handler.name, handler.path) { commands.append(command) }
    }
    if commands.count > Self.maximum {
      findings.error(
        "command_too_many",
        "The plugin has \(commands.count) commands; Discord takes at most \(Self.maximum).",
        path: Self.file)
    }
    return Array(commands.prefix(Self.maximum))
  }

  private mutating func declaredCommands(_ value: JSONValue?) -> ArraySlice<JSONValue> {
    guard let value, !value.isNull else { return [] }
    guard let items = value.array else {
      findings.error("command_defs_not_list", "\"slash_commands\" must be a list.", path: Self.file)
      return []
    }
    if items.count > 2 * Self.maximum {
      findings.error(
        "command_too_many",
        "\"slash_commands\" has \(items.count) entries; Discord takes at most \(Self.maximum).",
        path: Self.file)
    }
    return items.prefix(2 * Self.maximum)
  }

  private mutating func command(_ value: JSONValue) -> GuestManifest.Command? {
    guard let object = value.object, let written = object["name"]?.string, !written.isEmpty else {
      findings.error("command_def_malformed", "An entry of \"slash_commands\" has no name.", path: Self.file)
      return nil
    }
    let name = written.lowercased()
    if name != written {
      findings.warn(
        "command_name_not_lowercase",
        "The command \(ArtifactFinding.quoted(written, 32)) is registered in lower case.",
        path: Self.file)
    }
    guard isUsable(name, path: Self.file) else { return nil }
    if let kind = object["type"], kind.int64 != 1 {
      findings.warn(
        "command_kind_left_out",
        "/\(name) is no slash command and was left out: the SDK does not answer to others.",
        path: Self.file)
      return nil
    }
    var reader = CommandReader(command: name)
    let definition = reader.definition(object)
    for finding in reader.findings { findings.add(finding) }
    return GuestManifest.Command(
      name: name, definition: definition, defersOnDispatch: object["defer_on_dispatch"]?.bool)
  }

  /// Whether a plugin may have a command of that name.
  private mutating func isUsable(_ name: String, path: String) -> Bool {
    guard CommandReader.isName(name) else {
      findings.error(
        "command_name_invalid",
        "\(ArtifactFinding.quoted(name, 40)) is no command name: 1 to 32 letters, digits, - or _.", path: path
      )
      return false
    }
    guard rules.isReserved(name) else { return true }
    if rules.keptCommands.contains(name) {
      findings.warn(
        "command_name_aliased", "/\(name) is reserved; this plugin's is registered under its id.", path: path)
      return true
    }
    findings.error(
      "command_name_reserved", "/\(name) is a command of the house; a plugin needs another name.", path: path)
    return false
  }

  private mutating func undeclared(_ name: String, _ path: String) -> GuestManifest.Command? {
    if name != name.lowercased() {
      findings.error(
        "command_handler_not_lowercase",
        "on_slash_command(\"\(ArtifactFinding.quoted(name, 40))\") never fires: commands are in lower case.",
        path: path)
      return nil
    }
    guard isUsable(name, path: path) else { return nil }
    findings.warn(
      "command_not_declared", "/\(name) is not in the manifest; it is registered without a description.",
      path: path)
    var definition = JSONObject()
    definition["name"] = .string(name)
    definition["description"] = .string(CommandReader.noDescription)
    return GuestManifest.Command(name: name, definition: definition, defersOnDispatch: nil)
  }

  private mutating func checkHandlers(_ declared: Set<String>) {
    guard !declared.isEmpty, !scan.hasDynamicCommands else { return }
    let handled = Set(scan.commands.map(\.name))
    if handled.isEmpty {
      findings.warn(
        "command_handlers_not_found",
        "The manifest has commands, and no on_slash_command(\"…\") answers to them.",
        path: Self.file)
      return
    }
    for name in declared.sorted() where !handled.contains(name) {
      findings.error(
        "command_missing_handler", "No on_slash_command(\"\(name)\") answers to /\(name).", path: Self.file)
    }
  }
}
