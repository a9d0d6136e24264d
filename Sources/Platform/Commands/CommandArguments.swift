// What somebody gave a command, checked.

package import DiscordCore

/// The values of a command's options. Made by the readers, which check them against the declaration.
package struct CommandArguments: Sendable, Equatable {
  var values: [String: ArgumentValue]

  init(_ values: [String: ArgumentValue] = [:]) { self.values = values }

  /// The channels that were named, for checking whose they are.
  package var channels: [ChannelID] {
    values.values.compactMap { if case .channel(let channel) = $0 { channel } else { nil } }
  }

  /// The roles that were named, for checking whose they are.
  package var roles: [RoleID] {
    values.values.compactMap { if case .role(let role) = $0 { role } else { nil } }
  }

  /// The value of an option of the command that is running.
  ///
  /// - Precondition: the option is listed in the command's declaration.
  package subscript<Value>(_ option: CommandParameter<Value>) -> Value {
    guard let value = option.convert(values[option.description.name]) else {
      // The readers refuse a call whose required options are missing or of another type.
      preconditionFailure("\(option.description.name) is not an option of this command")
    }
    return value
  }
}

/// Why a call cannot be understood. Shown with the command's usage.
package struct CommandProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which sentence, by its key in the catalog (`commands.problem.<name>`).
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case missing, notUnderstood, tooShort, tooLong, tooSmall, tooLarge, tooMany, notAChoice, unknownOption
    case leftOver, unclosedQuote
  }

  /// What is wrong.
  package let kind: Kind
  /// The option it is about; nil for the call as a whole.
  package let option: String?
  /// What the sentence names: limits, choices, and what was typed.
  package let parameters: [String: String]

  init(_ kind: Kind, _ option: String? = nil, _ parameters: [String: String] = [:]) {
    (self.kind, self.option, self.parameters) = (kind, option, parameters)
  }

  /// Kind and option: for logs. People are shown the catalog's sentence.
  package var description: String { option.map { "\($0): \(kind.rawValue)" } ?? kind.rawValue }
}
