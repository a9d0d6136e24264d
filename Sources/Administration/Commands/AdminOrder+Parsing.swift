// From words to an order, and the help that belongs to them.

/// What a command line turned out to be.
package enum AdminReading: Hashable, Sendable {
  case order(AdminOrder)
  /// A question for help, and the answer.
  case help(String)
}

extension AdminOrder {
  /// Whether a command of the operator begins with that word.
  package static func knows(_ word: String) -> Bool { AdminSyntax.all.contains { $0.words.first == word } }

  /// Reads the words of a command line, the first of which `knows` knows.
  ///
  /// - Throws: `AdminFailure` with what is wrong and the usage.
  package static func read(_ arguments: [String]) throws(AdminFailure) -> AdminReading {
    var words: AdminWords
    do throws(AdminFailure) { words = try AdminWords(arguments) } catch {
      throw .usage("\(error.description)\nusage: guildhall \(arguments.first ?? "…") --help")
    }
    let all = words.words
    guard let syntax = AdminSyntax.all.first(where: { words.take($0.words) }) else {
      let family = family(of: Array(all))
      guard !family.isEmpty else {
        throw .usage("there is no command '\(all.first ?? "")'; guildhall help lists them")
      }
      if words.wantsHelp { return .help(help(family)) }
      throw .usage("what about \(all.joined(separator: " "))?\n\(help(family))")
    }
    if words.wantsHelp { return .help(syntax.help) }
    do throws(AdminFailure) {
      let command = try syntax.read(&words)
      guard words.words.isEmpty else {
        throw .usage("there is no place for '\(words.words.joined(separator: " "))'")
      }
      for option in words.given where option != .json && !syntax.options.contains(option) {
        throw .usage("--\(option.rawValue) says nothing to \(syntax.name)")
      }
      return .order(AdminOrder(command, options: words.options))
    } catch {
      throw AdminFailure(
        exitCode: error.exitCode, "\(error.description)\nusage: guildhall \(syntax.usage)")
    }
  }

  /// One line for each command.
  package static var overview: String { lines(AdminSyntax.all) }

  /// The commands that begin as the words do: at least their first one.
  private static func family(of words: [String]) -> [AdminSyntax] {
    for count in stride(from: words.count, through: 1, by: -1) {
      let family = AdminSyntax.all.filter { $0.words.starts(with: words.prefix(count)) }
      if !family.isEmpty { return family }
    }
    return []
  }

  private static func help(_ family: [AdminSyntax]) -> String { "usage: guildhall …\n\(lines(family))" }

  private static func lines(_ rows: [AdminSyntax]) -> String {
    let width = rows.map(\.usage.count).max() ?? 0
    return rows.map { row in
      "  \(row.usage)\(String(repeating: " ", count: width - row.usage.count))  \(row.summary)"
    }.joined(separator: "\n")
  }
}

extension AdminSyntax {
  /// The page of one command.
  var help: String {
    let options = [AdminOption.json] + options
    let width = options.map(\.usage.count).max() ?? 0
    let lines = options.map { option in
      "  \(option.usage)\(String(repeating: " ", count: width - option.usage.count))  \(option.summary)"
    }
    return "usage: guildhall \(usage)\n\n\(summary.prefix(1).uppercased())\(summary.dropFirst())."
      + (details.isEmpty ? "" : "\n\(details)") + "\n\n\(lines.joined(separator: "\n"))"
  }
}
