// The three ways to ask for help in a message: "help ban", "ban help", and "help" alone.

import PlatformCommands

enum HelpRequest {
  /// The command that a text begins with, and what follows. `ban help` is `help ban`.
  static func find(_ text: Substring, in commands: CommandIndex) -> (
    command: CommandDeclaration, rest: Substring
  )? {
    guard let found = commands.find(text) else { return nil }
    let rest = found.rest.drop(while: \.isWhitespace)
    guard found.command.name != "help", rest.lowercased() == "help",
      let help = commands.find("help")
    else { return found }
    return (help.command, Substring(found.command.name))
  }
}
