// What a command takes: typed options, declared once for slash and prefix alike.

package import DiscordCore

/// What an option takes, and how it is bounded.
package enum CommandOptionKind: Hashable, Sendable {
  /// One word, or several in quotes.
  case text(lengths: ClosedRange<Int>)
  /// Everything that is left: the last option of a command.
  case rest(lengths: ClosedRange<Int>)
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  case toggle
  /// A user, member or not, by mention or id.
  case user
  /// As many users as are named one after the other, each once.
  case users(atMost: Int)
  case role
  /// A channel of one of these types (Discord's numbers); any channel when empty.
  case channel(types: [Int])
  /// A span of time: "7d", "2 weeks".
  case duration(ClosedRange<Duration>)
  /// One of these words.
  case choice([String])
}

/// What was given for an option, before it is turned into the option's own type.
package enum CommandValue: Hashable, Sendable {
  case text(String)
  case integer(Int)
  case number(Double)
  case toggle(Bool)
  case user(UserID)
  case users([UserID])
  case role(RoleID)
  case channel(ChannelID)
  case duration(Duration)
}

/// An option without its Swift type.
package struct CommandOptionDescription: Hashable, Sendable {
  /// 1 to 32 lower-case letters, digits, `-` and `_`, as Discord has it
  /// (https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming).
  package let name: String
  package let kind: CommandOptionKind
  package let isRequired: Bool
  /// Whether values are suggested while a person types.
  package let hasAutocomplete: Bool
}

/// An option whose value has the type `Value`: declare it once, list it in the command, and read it from the arguments.
///
///     static let members = CommandOption.users("members", atMost: 20)
///     static let duration = CommandOption.duration("duration").optional
///     …
///     for user in arguments[members] { … }
package struct CommandOption<Value: Sendable>: Sendable {
  package let description: CommandOptionDescription
  let convert: @Sendable (CommandValue?) -> Value?

  init(_ description: CommandOptionDescription, _ convert: @escaping @Sendable (CommandValue?) -> Value?) {
    (self.description, self.convert) = (description, convert)
  }

  private static func required(
    _ name: String, _ kind: CommandOptionKind, hasAutocomplete: Bool = false,
    _ convert: @escaping @Sendable (CommandValue) -> Value?
  ) -> CommandOption {
    let description = CommandOptionDescription(
      name: name, kind: kind, isRequired: true, hasAutocomplete: hasAutocomplete)
    return CommandOption(description) { $0.flatMap(convert) }
  }

  /// The same option, which may be left out.
  package var optional: CommandOption<Value?> {
    let optional = CommandOptionDescription(
      name: description.name, kind: description.kind, isRequired: false,
      hasAutocomplete: description.hasAutocomplete)
    return CommandOption<Value?>(optional) { value in .some(value.flatMap { convert($0) }) }
  }

  /// The same option, with a value for when it is left out.
  package func or(_ fallback: Value) -> CommandOption<Value> {
    let optional = optional
    return CommandOption(optional.description) { value in value.flatMap { convert($0) } ?? fallback }
  }
}

extension CommandOption where Value == String {
  /// A word, or several in quotes.
  package static func text(
    _ name: String, _ lengths: ClosedRange<Int> = 1...100, hasAutocomplete: Bool = false
  )
    -> CommandOption
  {
    required(name, .text(lengths: lengths), hasAutocomplete: hasAutocomplete) {
      if case .text(let text) = $0 { text } else { nil }
    }
  }

  /// All that is left. Put it last.
  package static func rest(_ name: String, _ lengths: ClosedRange<Int> = 1...512) -> CommandOption {
    required(name, .rest(lengths: lengths)) { if case .text(let text) = $0 { text } else { nil } }
  }
}

extension CommandOption where Value == Int {
  /// A whole number within bounds.
  package static func integer(_ name: String, _ bounds: ClosedRange<Int>) -> CommandOption {
    required(name, .integer(bounds)) { if case .integer(let number) = $0 { number } else { nil } }
  }
}

extension CommandOption where Value == Double {
  /// A number within bounds.
  package static func number(_ name: String, _ bounds: ClosedRange<Double>) -> CommandOption {
    required(name, .number(bounds)) { if case .number(let number) = $0 { number } else { nil } }
  }
}

extension CommandOption where Value == Bool {
  /// Yes or no; typed as `--name` after a prefix it is yes.
  package static func toggle(_ name: String) -> CommandOption {
    required(name, .toggle) { if case .toggle(let isOn) = $0 { isOn } else { nil } }
  }
}

extension CommandOption where Value == UserID {
  /// One user.
  package static func user(_ name: String) -> CommandOption {
    required(name, .user) { if case .user(let user) = $0 { user } else { nil } }
  }
}

extension CommandOption where Value == [UserID] {
  /// Several users.
  package static func users(_ name: String, atMost limit: Int) -> CommandOption {
    required(name, .users(atMost: limit)) { if case .users(let users) = $0 { users } else { nil } }
  }
}

extension CommandOption where Value == RoleID {
  /// A role.
  package static func role(_ name: String) -> CommandOption {
    required(name, .role) { if case .role(let role) = $0 { role } else { nil } }
  }
}

extension CommandOption where Value == ChannelID {
  /// A channel of one of these types; of any when none is given.
  package static func channel(_ name: String, _ types: Int...) -> CommandOption {
    required(name, .channel(types: types)) { if case .channel(let channel) = $0 { channel } else { nil } }
  }
}

extension CommandOption where Value == Duration {
  /// A span of time within bounds.
  package static func duration(_ name: String, _ bounds: ClosedRange<Duration>) -> CommandOption {
    required(name, .duration(bounds)) { if case .duration(let span) = $0 { span } else { nil } }
  }
}

extension CommandOption where Value: RawRepresentable<String> & CaseIterable {
  /// One of the cases, by name.
  package static func choice(_ name: String) -> CommandOption {
    required(name, .choice(Value.allCases.map(\.rawValue))) {
      if case .text(let text) = $0 { Value(rawValue: text) } else { nil }
    }
  }
}
