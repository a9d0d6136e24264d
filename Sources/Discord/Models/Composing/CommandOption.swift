// Options of slash commands and their choices.

import DiscordCore
package import JSON

/// A value that Discord keeps as a string, an integer or a number.
package enum CommandValue: Hashable, Sendable {
  case string(String)
  /// Within ±2^53.
  case integer(Int64)
  case number(Double)
}

/// Something to choose for an option, or a suggestion for one (autocomplete).
package struct CommandChoice: Hashable, Sendable {
  package var name: String
  /// By locale.
  package var nameLocalizations: [String: String]
  package var value: CommandValue

  /// Choices of one option, and suggestions of one answer.
  package static let maximumCount = 25

  package init(_ name: String, _ value: CommandValue, nameLocalizations: [String: String] = [:]) {
    (self.name, self.value, self.nameLocalizations) = (name, value, nameLocalizations)
  }

  /// A string; without a value of its own the name comes back.
  package init(_ name: String, value: String? = nil) { self.init(name, .string(value ?? name)) }
}

extension CommandChoice: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

/// An option of a slash command, a subcommand, or a group of them
/// (https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure).
package struct CommandOption: Hashable, Sendable {
  /// What an option takes.
  package struct Kind: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let subcommand = Kind(rawValue: 1)
    package static let subcommandGroup = Kind(rawValue: 2)
    package static let string = Kind(rawValue: 3)
    package static let integer = Kind(rawValue: 4)
    package static let boolean = Kind(rawValue: 5)
    package static let user = Kind(rawValue: 6)
    package static let channel = Kind(rawValue: 7)
    package static let role = Kind(rawValue: 8)
    package static let mentionable = Kind(rawValue: 9)
    package static let number = Kind(rawValue: 10)
    package static let attachment = Kind(rawValue: 11)
  }

  package var kind: Kind
  /// As the name of a command.
  package var name: String
  /// By locale, as the descriptions.
  package var nameLocalizations: [String: String] = [:]
  package var description: String
  /// By locale.
  package var descriptionLocalizations: [String: String] = [:]
  package var isRequired = false
  /// The only values that can be chosen; strings, integers and numbers.
  package var choices: [CommandChoice] = []
  /// Whether suggestions are asked for while somebody types; not together with choices.
  package var isAutocompleted = false
  /// Of a subcommand; of a group, its subcommands.
  package var options: [CommandOption] = []
  /// Which channels can be chosen; all if empty.
  package var channelTypes: [ChannelType] = []
  /// Integers and numbers.
  package var minimumValue: CommandValue?
  package var maximumValue: CommandValue?
  /// Strings.
  package var minimumLength: Int?
  package var maximumLength: Int?
  package var unknownFields = UnknownFields()

  package init(_ kind: Kind, _ name: String, _ description: String, required: Bool = false) {
    (self.kind, self.name, self.description, isRequired) = (kind, name, description, required)
  }
}

// MARK: Building

extension CommandOption {
  /// Text; `length` in code points, up to 6,000.
  package static func string(
    _ name: String, _ description: String, required: Bool = false, choices: [CommandChoice] = [],
    length: ClosedRange<Int>? = nil, autocomplete: Bool = false
  ) -> CommandOption {
    var option = CommandOption(.string, name, description, required: required)
    (option.choices, option.isAutocompleted) = (choices, autocomplete)
    (option.minimumLength, option.maximumLength) = (length?.lowerBound, length?.upperBound)
    return option
  }

  /// A whole number, within ±2^53 at most.
  package static func integer(
    _ name: String, _ description: String, required: Bool = false, choices: [CommandChoice] = [],
    range: ClosedRange<Int64>? = nil, autocomplete: Bool = false
  ) -> CommandOption {
    var option = CommandOption(.integer, name, description, required: required)
    (option.choices, option.isAutocompleted) = (choices, autocomplete)
    option.minimumValue = range.map { .integer($0.lowerBound) }
    option.maximumValue = range.map { .integer($0.upperBound) }
    return option
  }

  /// A number, within ±2^53 at most.
  package static func number(
    _ name: String, _ description: String, required: Bool = false, choices: [CommandChoice] = [],
    range: ClosedRange<Double>? = nil, autocomplete: Bool = false
  ) -> CommandOption {
    var option = CommandOption(.number, name, description, required: required)
    (option.choices, option.isAutocompleted) = (choices, autocomplete)
    option.minimumValue = range.map { .number($0.lowerBound) }
    option.maximumValue = range.map { .number($0.upperBound) }
    return option
  }

  /// Yes or no.
  package static func boolean(_ name: String, _ description: String, required: Bool = false) -> CommandOption
  {
    CommandOption(.boolean, name, description, required: required)
  }

  /// Anybody the person can name, member or not.
  package static func user(_ name: String, _ description: String, required: Bool = false) -> CommandOption {
    CommandOption(.user, name, description, required: required)
  }

  /// A channel or thread of the guild, of these types if any are given.
  package static func channel(
    _ name: String, _ description: String, required: Bool = false, types: [ChannelType] = []
  ) -> CommandOption {
    var option = CommandOption(.channel, name, description, required: required)
    option.channelTypes = types
    return option
  }

  /// A role of the guild, @everyone included.
  package static func role(_ name: String, _ description: String, required: Bool = false) -> CommandOption {
    CommandOption(.role, name, description, required: required)
  }

  /// Users and roles.
  package static func mentionable(_ name: String, _ description: String, required: Bool = false)
    -> CommandOption
  {
    CommandOption(.mentionable, name, description, required: required)
  }

  /// A file that is uploaded with the command.
  package static func attachment(_ name: String, _ description: String, required: Bool = false)
    -> CommandOption
  {
    CommandOption(.attachment, name, description, required: required)
  }

  /// A command under the name of another; beside it there are no options.
  package static func subcommand(
    _ name: String, _ description: String, _ options: [CommandOption] = []
  ) -> CommandOption {
    var option = CommandOption(.subcommand, name, description)
    option.options = options
    return option
  }

  /// Subcommands under a common word; a group cannot be in a group.
  package static func group(
    _ name: String, _ description: String, _ subcommands: [CommandOption]
  ) -> CommandOption {
    var option = CommandOption(.subcommandGroup, name, description)
    option.options = subcommands
    return option
  }

  /// The option with names and descriptions for other languages, by locale.
  package func localized(
    names: [String: String] = [:], descriptions: [String: String] = [:]
  ) -> CommandOption {
    var copy = self
    copy.nameLocalizations.merge(names) { $1 }
    copy.descriptionLocalizations.merge(descriptions) { $1 }
    return copy
  }
}

// MARK: Wire

extension CommandValue: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    if let text = json.string {
      self = .string(text)
    } else if let integer = json.int64 {
      self = .integer(integer)
    } else {
      self = .number(try json.asDouble())
    }
  }

  package func write(to json: inout JSONWriter) {
    switch self {
    case .string(let value): json.string(value)
    case .integer(let value): json.integer(value)
    case .number(let value): json.double(value)
    }
  }
}

extension CommandChoice: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("name").asString(), try CommandValue(from: try json.require("value")),
      nameLocalizations: json.localizations("name_localizations"))
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("name", name)
      json.localizations("name_localizations", nameLocalizations)
      json.key("value")
      value.write(to: &json)
    }
  }
}

extension CommandOption: WireDecodable, WireEncodable {
  private static let known: [JSONKey] = [
    "type", "name", "name_localizations", "description", "description_localizations", "required", "choices",
    "autocomplete", "options", "channel_types", "min_value", "max_value", "min_length", "max_length",
  ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      Kind(rawValue: try json.require("type").asInt()), try json.require("name").asString(),
      json["description"]?.string ?? "", required: json["required"]?.bool ?? false)
    nameLocalizations = json.localizations("name_localizations")
    descriptionLocalizations = json.localizations("description_localizations")
    choices = json.list("choices")
    isAutocompleted = json["autocomplete"]?.bool ?? false
    options = json.list("options")
    channelTypes = json["channel_types"]?.array?.compactMap { $0.int.map { ChannelType(rawValue: $0) } } ?? []
    minimumValue = json.object("min_value")
    maximumValue = json.object("max_value")
    (minimumLength, maximumLength) = (json["min_length"]?.int, json["max_length"]?.int)
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("type", kind.rawValue)
      json.field("name", name)
      json.localizations("name_localizations", nameLocalizations)
      json.field("description", description)
      json.localizations("description_localizations", descriptionLocalizations)
      if isRequired { json.field("required", true) }
      if !choices.isEmpty { json.elements("choices", choices) }
      if isAutocompleted { json.field("autocomplete", true) }
      if !options.isEmpty { json.elements("options", options) }
      if !channelTypes.isEmpty {
        json.array("channel_types") { json in for type in channelTypes { json.integer(type.rawValue) } }
      }
      json.optional("min_value", minimumValue)
      json.optional("max_value", maximumValue)
      json.optional("min_length", minimumLength)
      json.optional("max_length", maximumLength)
      unknownFields.write(to: &json)
    }
  }
}

extension JSONView {
  /// Texts by locale, or by other keys; empty where there are none.
  package func localizations(_ key: JSONKey) -> [String: String] {
    guard let object = self[key]?.object else { return [:] }
    var texts: [String: String] = [:]
    for (locale, text) in object { texts[locale.string] = text.string }
    return texts
  }
}

extension JSONWriter {
  /// Writes texts by locale, in the order of the locales, if there are any.
  package mutating func localizations(_ name: StaticString, _ texts: [String: String]) {
    guard !texts.isEmpty else { return }
    object(name) { json in
      for (locale, text) in texts.sorted(by: { $0.key < $1.key }) {
        json.key(locale)
        json.string(text)
      }
    }
  }
}
