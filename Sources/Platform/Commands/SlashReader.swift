// A slash command as Discord sends it: the options of its innermost subcommand, by their types.

import DiscordCore
package import JSON

extension CommandDeclaration {
  /// The path and the options of a slash command, from an interaction's `data`
  /// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-application-command-interaction-data-option-structure).
  package static func flatten(_ data: JSONValue) -> (path: [String], options: [JSONValue]) {
    var path = [data["name"]?.string ?? ""]
    var options = data["options"]?.array ?? []
    // 1 is a subcommand, 2 a group of them: the only option of its level.
    while let inner = options.first, let type = inner["type"]?.int64, type == 1 || type == 2 {
      path.append(inner["name"]?.string ?? "")
      options = inner["options"]?.array ?? []
    }
    return (path, options)
  }

  /// Reads the options of a slash command. Discord has checked types and presence against what was registered; what
  /// was registered may be older than this declaration, so they are checked again.
  ///
  /// - Throws: `CommandProblem`.
  package func arguments(slash options: [JSONValue]) throws(CommandProblem) -> CommandArguments {
    var values: [String: ArgumentValue] = [:]
    for json in options {
      guard let name = json["name"]?.string, let option = self.options.first(where: { $0.name == name })
      else {
        throw CommandProblem(.unknownOption, nil, ["typed": json["name"]?.string ?? ""])
      }
      values[name] = try option.value(slash: json["value"] ?? .null)
    }
    for option in self.options where option.isRequired && values[option.name] == nil {
      throw CommandProblem(.missing, option.name)
    }
    return CommandArguments(values)
  }
}

extension CommandParameterDescription {
  fileprivate func value(slash json: JSONValue) throws(CommandProblem) -> ArgumentValue {
    switch (kind, json) {
    case (.integer, .integer(let number)): return try checked(.integer(Int(number)))
    case (.number, .integer), (.number, .double): return try checked(.number(json.double ?? 0))
    case (.toggle, .bool(let isOn)): return .toggle(isOn)
    case (.user, .string(let text)):
      if let user = UserID(text) { return .user(user) }
    case (.role, .string(let text)):
      if let role = RoleID(text) { return .role(role) }
    case (.channel, .string(let text)):
      if let channel = ChannelID(text) { return .channel(channel) }
    case (_, .string(let text)): return try value(of: text)
    default: break
    }
    throw CommandProblem(.notUnderstood, name)
  }
}
