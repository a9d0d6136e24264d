// A command, declared once: slash and prefix command, usage line, help and registration are made from it.

package import DiscordCore

/// A command and how it is called. What it does is given beside it, where it is put into a plugin.
package struct CommandDeclaration: Hashable, Sendable {
  /// `ban`, or `case edit` for a command in a group: at most three words, each named as Discord allows.
  package let path: [String]
  /// Other names after a prefix, each for the whole path.
  package var aliases: [String]
  package let options: [CommandParameterDescription]
  /// Who may use it until a guild decides otherwise; nil for everyone.
  package var permission: Permissions?
  /// How long one person waits between two uses in a guild.
  package var coolDown: Duration
  /// Whether what it answers is for the caller only.
  package var isEphemeral: Bool
  /// Whether its first answer is a form; then it must come within two seconds.
  package var opensForm = false
  /// Where it is declared, as `Room/File.swift`: for whoever looks for a command's code.
  package let source: String

  /// - Precondition: names are as Discord allows; required options come first; `rest` comes last; no name twice.
  package init(
    _ path: String, aliases: [String] = [], permission: Permissions? = nil, coolDown: Duration = .zero,
    isEphemeral: Bool = false, options: [CommandParameterDescription] = [], source: StaticString = #fileID
  ) {
    self.source = source.description
    self.path = path.split(separator: " ").map(String.init)
    self.aliases = aliases
    self.permission = permission
    self.coolDown = coolDown
    self.isEphemeral = isEphemeral
    self.options = options
    precondition((1...3).contains(self.path.count), "one to three words: \(path)")
    precondition((self.path + options.map(\.name)).allSatisfy(Self.isName), "no such names: \(path)")
    precondition(Set(options.map(\.name)).count == options.count, "an option is listed twice: \(path)")
    precondition(options.count <= 25, "more than 25 options: \(path)")
    let firstOptional = options.firstIndex { !$0.isRequired } ?? options.endIndex
    precondition(
      !options[firstOptional...].contains(where: \.isRequired), "required options come first: \(path)")
    precondition(!options.dropLast().contains { $0.kind.isRest }, "what takes the rest comes last: \(path)")
  }

  /// The words of the path, as one types them.
  package var name: String { path.joined(separator: " ") }

  /// 1 to 32 lower-case letters, digits, `-` and `_`: the part of Discord's rule that needs no tables.
  private static func isName(_ name: String) -> Bool {
    (1...32).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "_")
      }
  }

  /// How one types it: `ban <members…> [duration] [reason…]`.
  package var usage: String {
    ([name] + options.map(\.usage)).joined(separator: " ")
  }
}

extension CommandParameterKind {
  var isRest: Bool { if case .rest = self { true } else { false } }
}

extension CommandParameterDescription {
  /// `<name>` when required, `[name]` when not; an ellipsis says that several words may follow.
  var usage: String {
    let several =
      switch kind {
      case .rest, .users: "…"
      default: ""
      }
    if case .toggle = kind { return "[--\(name)]" }
    if isNamedOnly { return "[--\(name) …]" }
    return isRequired ? "<\(name)\(several)>" : "[\(name)\(several)]"
  }
}
