// What a command takes: typed options, declared once for slash and prefix alike.

package import DiscordCore

/// What an option takes, and how it is bounded.
package enum CommandParameterKind: Hashable, Sendable {
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
package enum ArgumentValue: Hashable, Sendable {
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
package struct CommandParameterDescription: Hashable, Sendable {
  /// 1 to 32 lower-case letters, digits, `-` and `_`, as Discord has it
  /// (https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming).
  package let name: String
  package let kind: CommandParameterKind
  package let isRequired: Bool
  /// Whether values are suggested while a person types.
  package let hasAutocomplete: Bool
  /// Whether it is given by name only after a prefix, `--name value`: what follows it would be taken for it otherwise.
  package var isNamedOnly = false
}

/// An option whose value has the type `Value`: declare it once, list it in the command, and read it from the arguments.
///
///     static let members = CommandParameter.users("members", atMost: 20)
///     static let duration = CommandParameter.duration("duration").optional
///     …
///     for user in arguments[members] { … }
package struct CommandParameter<Value: Sendable>: Sendable {
  package let description: CommandParameterDescription
  let convert: @Sendable (ArgumentValue?) -> Value?

  init(_ description: CommandParameterDescription, _ convert: @escaping @Sendable (ArgumentValue?) -> Value?)
  {
    (self.description, self.convert) = (description, convert)
  }

  private static func required(
    _ name: String, _ kind: CommandParameterKind, hasAutocomplete: Bool = false,
    _ convert: @escaping @Sendable (ArgumentValue) -> Value?
  ) -> CommandParameter {
    let description = CommandParameterDescription(
      name: name, kind: kind, isRequired: true, hasAutocomplete: hasAutocomplete)
    return CommandParameter(description) { $0.flatMap(convert) }
  }

  /// The same option, which may be left out.
  package var optional: CommandParameter<Value?> {
    let optional = CommandParameterDescription(
      name: description.name, kind: description.kind, isRequired: false,
      hasAutocomplete: description.hasAutocomplete)
    return CommandParameter<Value?>(optional) { value in .some(value.flatMap { convert($0) }) }
  }

  /// The same option, given by name only after a prefix. Apply it last, to an option that may be left out.
  package var named: CommandParameter {
    var description = description
    description.isNamedOnly = true
    return CommandParameter(description, convert)
  }

  /// The same option, with a value for when it is left out.
  package func or(_ fallback: Value) -> CommandParameter<Value> {
    let optional = optional
    return CommandParameter(optional.description) { value in value.flatMap { convert($0) } ?? fallback }
  }
}

extension CommandParameter where Value == String {
  /// A word, or several in quotes.
  package static func text(
    _ name: String, _ lengths: ClosedRange<Int> = 1...100, hasAutocomplete: Bool = false
  )
    -> CommandParameter
  {
    required(name, .text(lengths: lengths), hasAutocomplete: hasAutocomplete) {
      if case .text(let text) = $0 { text } else { nil }
    }
  }

  /// All that is left. Put it last.
  package static func rest(
    _ name: String, _ lengths: ClosedRange<Int> = 1...512, hasAutocomplete: Bool = false
  ) -> CommandParameter {
    required(name, .rest(lengths: lengths), hasAutocomplete: hasAutocomplete) {
      if case .text(let text) = $0 { text } else { nil }
    }
  }
}

extension CommandParameter where Value == Int {
  /// A whole number within bounds.
  package static func integer(_ name: String, _ bounds: ClosedRange<Int>) -> CommandParameter {
    required(name, .integer(bounds)) { if case .integer(let number) = $0 { number } else { nil } }
  }
}

extension CommandParameter where Value == Double {
  /// A number within bounds.
  package static func number(_ name: String, _ bounds: ClosedRange<Double>) -> CommandParameter {
    required(name, .number(bounds)) { if case .number(let number) = $0 { number } else { nil } }
  }
}

extension CommandParameter where Value == Bool {
  /// Yes or no; typed as `--name` after a prefix it is yes.
  package static func toggle(_ name: String) -> CommandParameter {
    required(name, .toggle) { if case .toggle(let isOn) = $0 { isOn } else { nil } }
  }
}

extension CommandParameter where Value == UserID {
  /// One user.
  package static func user(_ name: String) -> CommandParameter {
    required(name, .user) { if case .user(let user) = $0 { user } else { nil } }
  }
}

extension CommandParameter where Value == [UserID] {
  /// Several users.
  package static func users(_ name: String, atMost limit: Int) -> CommandParameter {
    required(name, .users(atMost: limit)) { if case .users(let users) = $0 { users } else { nil } }
  }
}

extension CommandParameter where Value == RoleID {
  /// A role.
  package static func role(_ name: String) -> CommandParameter {
    required(name, .role) { if case .role(let role) = $0 { role } else { nil } }
  }
}

extension CommandParameter where Value == ChannelID {
  /// A channel of one of these types; of any when none is given.
  package static func channel(_ name: String, _ types: Int...) -> CommandParameter {
    required(name, .channel(types: types)) { if case .channel(let channel) = $0 { channel } else { nil } }
  }
}

extension CommandParameter where Value == Duration {
  /// A span of time within bounds.
  package static func duration(_ name: String, _ bounds: ClosedRange<Duration>) -> CommandParameter {
    required(name, .duration(bounds)) { if case .duration(let span) = $0 { span } else { nil } }
  }
}

extension CommandParameter where Value: RawRepresentable<String> & CaseIterable {
  /// One of the cases, by name.
  package static func choice(_ name: String) -> CommandParameter {
    required(name, .choice(Value.allCases.map(\.rawValue))) {
      if case .text(let text) = $0 { Value(rawValue: text) } else { nil }
    }
  }
}
