// What Discord refuses in commands.

import DiscordCore

/// Limits of commands (https://discord.com/developers/docs/interactions/application-commands).
package enum CommandLimits {
  package static let options = 25
  /// Characters of a name, also of one that people see in a context menu.
  package static let name = 32
  /// Code points of all names, descriptions and values of one command, each in its longest language.
  package static let totalLength = 8_000
  /// Commands of one application in one scope.
  package static let chatInput = 100
  package static let user = 15
  package static let message = 15
  /// Integers and numbers beyond this lose digits in JavaScript.
  package static let largestInteger: Int64 = 1 << 53
}

extension ApplicationCommandDefinition: Validatable {
  package func validate() throws(CompositionError) {
    let isTyped = kind == .chatInput || kind == .primaryEntryPoint
    try checkName(name, "name", isTyped: isTyped)
    try checkLocalizations(nameLocalizations, "name_localizations") { name, field throws(CompositionError) in
      try checkName(name, field, isTyped: isTyped)
    }
    if isTyped {
      try Check.text(description, "description", 1...100)
    } else if !description.isEmpty || !descriptionLocalizations.isEmpty {
      throw CompositionError(.conflict, "description", "does not belong on entries of context menus")
    }
    try checkLocalizations(descriptionLocalizations, "description_localizations") {
      text, field throws(CompositionError) in
      try Check.text(text, field, 1...100)
    }
    if kind != .chatInput, !options.isEmpty {
      throw CompositionError(.conflict, "options", "belong to slash commands only")
    }
    try CommandOption.validate(options, in: .command)
    try checkPlaces()
    let length = totalLength
    if length > CommandLimits.totalLength {
      throw CompositionError(
        .tooLong, "options",
        "and the rest of the command are \(length) characters long; Discord takes at most 8000",
        found: length, limit: 0...CommandLimits.totalLength)
    }
  }

  private func checkPlaces() throws(CompositionError) {
    if let contexts {
      try Check.count(contexts.count, "contexts", 1...25)
      try Check.distinct(contexts, "contexts")
    }
    if let integrationTypes {
      try Check.count(integrationTypes.count, "integration_types", 1...25)
      try Check.distinct(integrationTypes, "integration_types")
    }
  }

  /// What counts towards `CommandLimits.totalLength`.
  package var totalLength: Int {
    longest(name, nameLocalizations) + longest(description, descriptionLocalizations)
      + options.reduce(0) { $0 + $1.totalLength }
  }

  /// The checks of all commands of one scope together.
  package static func validate(_ commands: [ApplicationCommandDefinition]) throws(CompositionError) {
    for (index, command) in commands.enumerated() {
      try Check.part("commands", index) { () throws(CompositionError) in try command.validate() }
    }
    for (kind, limit) in [
      (Kind.chatInput, CommandLimits.chatInput), (.user, CommandLimits.user),
      (.message, CommandLimits.message),
    ] {
      let ofKind = commands.filter { $0.kind == kind }
      if ofKind.count > limit {
        throw CompositionError(
          .tooMany, "commands",
          "has \(ofKind.count) of type \(kind.rawValue); Discord takes at most \(limit)",
          found: ofKind.count, limit: 0...limit)
      }
    }
    try Check.distinct(commands, "commands", "name") { "\($0.kind.rawValue) \($0.name)" }
  }
}

extension CommandOption {
  /// What an option stands in.
  enum Place { case command, group, subcommand }

  static func validate(_ options: [CommandOption], in place: Place) throws(CompositionError) {
    try Check.count(options.count, "options", (place == .group ? 1 : 0)...CommandLimits.options)
    var hasOptional = false
    for (index, option) in options.enumerated() {
      try Check.part("options", index) { () throws(CompositionError) in
        try option.validate(in: place)
        if option.isRequired, hasOptional {
          throw CompositionError(
            .conflict, "required", "is set, but an option before it can be left out; required ones come first"
          )
        }
      }
      if !option.isCommand, !option.isRequired { hasOptional = true }
    }
    try Check.distinct(options, "options", "name") { $0.name }
    let commands = options.count { $0.isCommand }
    if commands > 0, commands < options.count {
      throw CompositionError(.conflict, "options", "mixes subcommands with options; it is one or the other")
    }
  }

  private var isCommand: Bool { kind == .subcommand || kind == .subcommandGroup }

  private func validate(in place: Place) throws(CompositionError) {
    try checkPlace(place)
    try checkName(name, "name", isTyped: true)
    try checkLocalizations(nameLocalizations, "name_localizations") { name, field throws(CompositionError) in
      try checkName(name, field, isTyped: true)
    }
    try Check.text(description, "description", 1...100)
    try checkLocalizations(descriptionLocalizations, "description_localizations") {
      text, field throws(CompositionError) in
      try Check.text(text, field, 1...100)
    }
    if isCommand {
      if isRequired { throw CompositionError(.conflict, "required", "does not belong on a subcommand") }
      try Self.validate(options, in: kind == .subcommand ? .subcommand : .group)
    } else if !options.isEmpty {
      throw CompositionError(.conflict, "options", "belong to subcommands and groups only")
    }
    try checkChoices()
    try checkBounds()
    if !channelTypes.isEmpty, kind != .channel {
      throw CompositionError(.conflict, "channel_types", "belongs on channel options only")
    }
    try Check.distinct(channelTypes, "channel_types")
  }

  private func checkPlace(_ place: Place) throws(CompositionError) {
    let isFine =
      switch place {
      case .command: true
      case .group: kind == .subcommand
      case .subcommand: !isCommand
      }
    guard !isFine else { return }
    let name =
      place == .group ? "a group, which takes subcommands only" : "a subcommand, which takes options only"
    throw CompositionError(.misplaced, "type", "is \(kind.rawValue), which Discord does not take in \(name)")
  }

  private func checkChoices() throws(CompositionError) {
    let takesChoices = kind == .string || kind == .integer || kind == .number
    if !takesChoices, !choices.isEmpty || isAutocompleted {
      throw CompositionError(
        .conflict, "choices", "and autocomplete belong on strings, integers and numbers only")
    }
    if isAutocompleted, !choices.isEmpty {
      throw CompositionError(.conflict, "autocomplete", "does not go with choices; it is one or the other")
    }
    try Check.count(choices.count, "choices", 0...CommandChoice.maximumCount)
    try Check.each(choices, "choices")
    for (index, choice) in choices.enumerated() where !choice.value.fits(kind) {
      throw CompositionError(.conflict, "choices[\(index)].value", "is not of the option's type")
    }
    try Check.distinct(choices, "choices", "name") { $0.name }
  }

  private func checkBounds() throws(CompositionError) {
    let hasValues = minimumValue != nil || maximumValue != nil
    if hasValues, kind != .integer && kind != .number {
      throw CompositionError(.conflict, "min_value", "and max_value belong on integers and numbers only")
    }
    for (bound, field) in [(minimumValue, "min_value"), (maximumValue, "max_value")] {
      if let bound, !bound.fits(kind) {
        throw CompositionError(.conflict, field, "is not of the option's type, or beyond ±2^53")
      }
    }
    if let least = minimumValue?.double, let most = maximumValue?.double, least > most {
      throw CompositionError(.conflict, "min_value", "is more than max_value")
    }
    if minimumLength != nil || maximumLength != nil, kind != .string {
      throw CompositionError(.conflict, "min_length", "and max_length belong on strings only")
    }
    try Check.number(minimumLength, "min_length", 0...6_000)
    try Check.number(maximumLength, "max_length", 1...6_000)
    try Check.order(minimumLength, maximumLength, "min_length", "max_length")
  }

  fileprivate var totalLength: Int {
    var total = longest(name, nameLocalizations) + longest(description, descriptionLocalizations)
    for choice in choices {
      total += longest(choice.name, choice.nameLocalizations)
      if case .string(let text) = choice.value { total += text.discordLength }
    }
    return options.reduce(total) { $0 + $1.totalLength }
  }
}

extension CommandChoice: Validatable {
  package func validate() throws(CompositionError) {
    try Check.text(name, "name", 1...100)
    try checkLocalizations(nameLocalizations, "name_localizations") { text, field throws(CompositionError) in
      try Check.text(text, field, 1...100)
    }
    switch value {
    case .string(let text): try Check.text(text, "value", 1...100)
    case .integer(let number) where number.magnitude > CommandLimits.largestInteger.magnitude:
      throw CompositionError(.outOfRange, "value", "is beyond ±2^53, where Discord's integers end")
    case .number(let number)
    where !number.isFinite || number.magnitude > Double(CommandLimits.largestInteger):
      throw CompositionError(
        .outOfRange, "value", "is not a number, or beyond ±2^53, where Discord's numbers end")
    case .integer, .number: break
    }
  }
}

extension CommandValue {
  /// Whether an option of that type can have the value.
  fileprivate func fits(_ kind: CommandOption.Kind) -> Bool {
    switch self {
    case .string: kind == .string
    case .integer(let value):
      (kind == .integer || kind == .number) && value.magnitude <= CommandLimits.largestInteger.magnitude
    case .number(let value):
      kind == .number && value.isFinite && value.magnitude <= Double(CommandLimits.largestInteger)
    }
  }

  fileprivate var double: Double? {
    switch self {
    case .string: nil
    case .integer(let value): Double(value)
    case .number(let value): value
    }
  }
}

// MARK: Names and languages

/// The languages that Discord has (https://discord.com/developers/docs/reference#locales).
package let discordLocales: Set<String> = [
  "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr", "hu",
  "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi",
  "zh-CN",
  "zh-TW",
]

/// The longest text of a field over all languages.
private func longest(_ text: String, _ localizations: [String: String]) -> Int {
  localizations.values.reduce(text.discordLength) { max($0, $1.discordLength) }
}

private func checkLocalizations(
  _ texts: [String: String], _ field: String,
  _ check: (String, String) throws(CompositionError) -> Void
) throws(CompositionError) {
  for (locale, text) in texts.sorted(by: { $0.key < $1.key }) {
    guard discordLocales.contains(locale) else {
      throw CompositionError(.malformed, field, "has a language that Discord does not know")
    }
    try check(text, "\(field).\(locale)")
  }
}

/// A name that is typed is of letters, digits, `-`, `_` and `'`, and has no letter with a small form; the others are
/// shown only.
private func checkName(_ name: String, _ field: String, isTyped: Bool) throws(CompositionError) {
  try isTyped ? Check.text(name, field, 1...32) : Check.trimmed(name, field, 1...32)
  guard isTyped else { return }
  for scalar in name.unicodeScalars {
    guard scalar.isAllowedInCommandNames else {
      throw CompositionError(
        .malformed, field, "has a character that Discord does not take; letters, digits, - _ and ' are fine")
    }
    guard scalar.properties.lowercaseMapping == String(scalar) else {
      throw CompositionError(.malformed, field, "has a capital letter; names that are typed are small")
    }
  }
}

extension Unicode.Scalar {
  /// `[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]` of Discord's documentation.
  fileprivate var isAllowedInCommandNames: Bool {
    switch properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      true
    default:
      // Vowel signs of Devanagari and Thai are no letters, and words need them.
      "-_'".unicodeScalars.contains(self) || (0x0900...0x097F).contains(value)
        || (0xA8E0...0xA8FF).contains(value) || (0x0E01...0x0E3A).contains(value)
        || (0x0E40...0x0E5B).contains(value)
    }
  }
}
