// A command typed after a prefix: which one it is, and what its options are.

/// The commands of a guild by name and alias, for finding the one that was typed.
package struct CommandIndex: Sendable {
  private let byName: [String: CommandDeclaration]

  /// Of two commands with one name the first counts.
  package init(_ commands: [CommandDeclaration]) {
    var byName: [String: CommandDeclaration] = [:]
    for command in commands {
      for name in [command.name] + command.aliases where byName[name] == nil { byName[name] = command }
    }
    self.byName = byName
  }

  /// The command that a text begins with, the longest name first, and what follows it; nil when it is none.
  package func find(_ text: Substring) -> (command: CommandDeclaration, rest: Substring)? {
    var rest = text
    var name = ""
    var found: (CommandDeclaration, Substring)?
    for _ in 0..<3 {
      rest = rest.drop(while: \.isWhitespace)
      let word = rest.prefix { !$0.isWhitespace }
      guard !word.isEmpty else { break }
      rest = rest.dropFirst(word.count)
      name += (name.isEmpty ? "" : " ") + word.lowercased()
      if let command = byName[name] { found = (command, rest) }
    }
    return found
  }
}

/// What was typed after `prefix`, or after a mention of the bot; nil when the message is not addressed to it.
package enum CommandPrefix {
  /// `mentions` are the forms of the bot's own mention, as in `<@1>`.
  package static func strip(_ content: String, prefix: String, mentions: [String]) -> Substring? {
    for opening in [prefix] + mentions where !opening.isEmpty && content.hasPrefix(opening) {
      let rest = content.dropFirst(opening.count)
      // ". . ." and "..." are no commands; a mention may be followed by a space.
      let isMention = opening != prefix
      guard let first = isMention ? rest.first(where: { !$0.isWhitespace }) : rest.first,
        first.isLetter || first.isNumber
      else { continue }
      return rest
    }
    return nil
  }
}

extension CommandDeclaration {
  /// Reads the options from what follows the command's name.
  ///
  /// Options come in order; `--name value` gives one by name, `--name` alone turns a toggle on. An optional option that
  /// the next word does not fit is left out, so that `.ban @ada spam` needs no duration.
  ///
  /// - Throws: `CommandProblem`.
  package func arguments(typed text: Substring) throws(CommandProblem) -> CommandArguments {
    var words = try CommandWords.cut(text)[...]
    var values: [String: ArgumentValue] = [:]
    for option in options {
      try takeNamed(&words, &values)
      if values[option.name] != nil { continue }
      values[option.name] = try option.take(from: &words)
      if option.isRequired, values[option.name] == nil { throw CommandProblem(.missing, option.name) }
    }
    try takeNamed(&words, &values)
    if let word = words.first {
      throw CommandProblem(.leftOver, nil, ["typed": String(word.text.prefix(100))])
    }
    return CommandArguments(values)
  }

  /// Takes options given by name from the front.
  private func takeNamed(
    _ words: inout ArraySlice<CommandWord>, _ values: inout [String: ArgumentValue]
  ) throws(CommandProblem) {
    while let word = words.first, !word.isQuoted, word.text.hasPrefix("--"), word.text.count > 2 {
      let name = word.text.dropFirst(2).lowercased()
      guard let option = options.first(where: { $0.name == name }) else {
        throw CommandProblem(.unknownOption, nil, ["typed": String(name.prefix(32))])
      }
      words.removeFirst()
      if option.kind == .toggle {
        values[name] = .toggle(true)
      } else if let value = words.first {
        values[name] = try option.value(of: value.text)
        words.removeFirst()
      } else {
        throw CommandProblem(.missing, name)
      }
    }
  }
}

extension CommandParameterDescription {
  /// Takes this option's value from the front; nil when it is optional and the words do not fit.
  fileprivate func take(from words: inout ArraySlice<CommandWord>) throws(CommandProblem) -> ArgumentValue? {
    guard let word = words.first, !isNamedOnly else { return nil }
    switch kind {
    case .toggle: return nil
    case .rest:
      let text = String(word.isQuoted && words.count == 1 ? word.text[...] : word.rest).trimmedAtEnd
      words = []
      return try value(of: text)
    case .users: return try takeUsers(from: &words)
    case .duration:
      // "2 weeks" is two words.
      if let next = words.dropFirst().first, !next.isQuoted, next.text.first?.isLetter == true,
        let value = try? value(of: "\(word.text) \(next.text)")  // then the word alone is tried
      {
        words.removeFirst(2)
        return value
      }
    default: break
    }
    do throws(CommandProblem) {
      let value = try value(of: word.text)
      words.removeFirst()
      return value
    } catch {
      // A word of the right shape that is out of bounds is a mistake, not the next option's.
      if isRequired || error.kind != .notUnderstood && error.kind != .notAChoice { throw error }
      return nil
    }
  }

  private func takeUsers(from words: inout ArraySlice<CommandWord>) throws(CommandProblem) -> ArgumentValue? {
    let named = words.prefix { MentionText.user($0.text) != nil }
    if named.isEmpty {
      if isRequired, let word = words.first { _ = try value(of: word.text) }
      return nil
    }
    words.removeFirst(named.count)
    return try value(of: named.map(\.text).joined(separator: " "))
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    String(prefix(upTo: lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex))
  }
}
