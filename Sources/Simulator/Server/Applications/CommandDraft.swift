// An application command as its maker sends it, checked as Discord checks it.

internal import DiscordCore
internal import JSON

/// The limits of application commands
/// (https://discord.com/developers/docs/interactions/application-commands).
enum CommandLimits {
  static let chatInput = 100
  static let user = 15
  static let message = 15
  static let bulk = 130
  static let options = 25
  static let choices = 25
  static let characters = 8_000
  static let createsPerDay = 200
  static let permissions = 100
}

/// Reads the body of a create, an edit or one element of a bulk overwrite.
struct CommandDraft: Sendable {
  private(set) var errors = FormErrors()
  private(set) var fields = JSONObject()
  private(set) var type: Int64 = 1
  private var characters = 0

  /// `previous`: what is edited; nil for a new command. `path`: where the body lies in the request.
  init(_ body: JSONValue, previous: JSONValue? = nil, isGlobal: Bool, path: [String] = []) {
    type = previous?["type"]?.int64 ?? body["type"]?.int64 ?? 1
    guard body.object != nil else {
      errors.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
      return
    }
    guard [1, 2, 3, 4].contains(type) else {
      errors.choice(path + ["type"], [1, 2, 3, 4])
      return
    }
    func value(_ key: String) -> JSONValue? { body[key] ?? previous?[key] }
    fields["type"] = .integer(type)
    name(value("name"), path)
    description(value("description"), path)
    for key in ["name_localizations", "description_localizations"] {
      localizations(key, value(key), path)
    }
    if type == 1 {
      let list = value("options")
      if let list, !list.isNull { fields["options"] = options(list, path + ["options"], depth: 0) }
    }
    settings(value, isGlobal: isGlobal, path)
    if characters > CommandLimits.characters {
      errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
    }
  }

  /// Adds an error that the body alone does not show.
  mutating func refuse(_ path: [String], _ code: String, _ message: String) {
    errors.add(path, code, message)
  }

  // MARK: Words

  private mutating func name(_ value: JSONValue?, _ path: [String]) {
    let path = path + ["name"]
    guard let name = value?.string else { return errors.required(path) }
    errors.length(path, name.unicodeScalars.count, 1...32)
    if type == 1, !name.isEmpty, !Self.isCommandName(name) {
      errors.add(
        path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    }
    characters += name.unicodeScalars.count
    fields["name"] = .string(name)
  }

  private mutating func description(_ value: JSONValue?, _ path: [String]) {
    let path = path + ["description"]
    let text = value?.string ?? ""
    characters += text.unicodeScalars.count
    fields["description"] = .string(text)
    switch type {
    case 1:
      if value == nil || value == .null { return errors.required(path) }
      errors.length(path, text.unicodeScalars.count, 1...100)
    case 2, 3:
      if !text.isEmpty {
        errors.add(
          path, "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED",
          "Context menu commands cannot have description")
      }
    default: break
    }
  }

  private mutating func localizations(_ key: String, _ value: JSONValue?, _ path: [String]) {
    guard let value, !value.isNull else { return fields[key] = .null }
    guard let texts = value.object else {
      return errors.add(path + [key], "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    }
    for field in texts.fields {
      let here = path + [key, field.key]
      guard Self.locales.contains(field.key) else {
        errors.choice(path + [key], Self.locales)
        continue
      }
      let limit = key == "name_localizations" ? 32 : 100
      errors.length(here, field.value.string?.unicodeScalars.count ?? 0, 1...limit)
      if key == "name_localizations", type == 1, !Self.isCommandName(field.value.string ?? "") {
        errors.add(here, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
      }
    }
    fields[key] = value
  }

  /// Letters, digits, marks of Devanagari and Thai, `-`, `_`, `'`; lower case where there is one.
  static func isCommandName(_ name: String) -> Bool {
    let length = name.unicodeScalars.count
    guard (1...32).contains(length), name == name.lowercased() else { return false }
    return name.unicodeScalars.allSatisfy { scalar in
      if "-_'ʼ".unicodeScalars.contains(scalar) { return true }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber,
        .letterNumber, .otherNumber:
        return true
      default: return (0x0900...0x097F).contains(scalar.value) || (0x0E00...0x0E7F).contains(scalar.value)
      }
    }
  }

  static let locales: Set<String> = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl",
    "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
  ]

  // MARK: Options

  private mutating func options(_ value: JSONValue, _ path: [String], depth: Int) -> JSONValue {
    guard let list = value.array else {
      errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
      return .array([])
    }
    errors.length(path, list.count, 0...CommandLimits.options)
    var names: Set<String> = []
    var hasOptional = false
    var result: [JSONValue] = []
    for (index, option) in list.prefix(CommandLimits.options).enumerated() {
      let here = path + [String(index)]
      let read = self.option(option, here, depth: depth)
      if let name = option["name"]?.string, !names.insert(name).inserted {
        errors.add(
          here + ["name"], "APPLICATION_COMMAND_OPTIONS_NAME_INVALID",
          "Option name is already used by this command")
      }
      let isRequired = option["required"]?.bool ?? false
      if isRequired, hasOptional {
        errors.add(
          here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
          "Required options must be placed before non-required options")
      }
      if !isRequired { hasOptional = true }
      result.append(read)
    }
    let kinds = Set(list.compactMap { $0["type"]?.int64 }.map { $0 <= 2 })
    if kinds.count > 1 {
      errors.add(
        path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        "Sub-command and sub-command group option types are mutually exclusive to all other types")
    }
    return .array(result)
  }

  private mutating func option(_ option: JSONValue, _ path: [String], depth: Int) -> JSONValue {
    var kept = JSONObject()
    guard let type = option["type"]?.int64, (1...11).contains(type) else {
      if option["type"] == nil {
        errors.required(path + ["type"])
      } else {
        errors.choice(path + ["type"], 1...11)
      }
      return .object(kept)
    }
    kept["type"] = .integer(type)
    let name = option["name"]?.string ?? ""
    if option["name"] == nil {
      errors.required(path + ["name"])
    } else if !Self.isCommandName(name) {
      errors.add(path + ["name"], "STRING_TYPE_REGEX", "String value did not match validation regex.")
    }
    let description = option["description"]?.string ?? ""
    if option["description"] == nil {
      errors.required(path + ["description"])
    } else {
      errors.length(path + ["description"], description.unicodeScalars.count, 1...100)
    }
    characters += name.unicodeScalars.count + description.unicodeScalars.count
    kept["name"] = .string(name)
    kept["description"] = .string(description)
    for key in ["name_localizations", "description_localizations"] {
      if let value = option[key], !value.isNull { kept[key] = value }
    }
    if let required = option["required"]?.bool { kept["required"] = .bool(required) }
    nesting(option, type, path, depth, &kept)
    choices(option, type, path, &kept)
    bounds(option, type, path, &kept)
    return .object(kept)
  }

  private mutating func nesting(
    _ option: JSONValue, _ type: Int64, _ path: [String], _ depth: Int, _ kept: inout JSONObject
  ) {
    let mayNest = (type == 1 && depth <= 1) || (type == 2 && depth == 0)
    if type <= 2, !mayNest {
      errors.add(
        path + ["type"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        "Sub-command and groups may not be nested that deep")
      return
    }
    guard let inner = option["options"], !inner.isNull else { return }
    guard type <= 2 else {
      return errors.add(
        path + ["options"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Options are not allowed here")
    }
    if type == 2, inner.array?.contains(where: { $0["type"]?.int64 != 1 }) ?? true {
      errors.add(
        path + ["options"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group may hold sub-commands only")
    }
    kept["options"] = options(inner, path + ["options"], depth: depth + 1)
  }

  private mutating func choices(
    _ option: JSONValue, _ type: Int64, _ path: [String], _ kept: inout JSONObject
  ) {
    let completes = option["autocomplete"]?.bool ?? false
    if completes {
      kept["autocomplete"] = true
      if ![3, 4, 10].contains(type) {
        errors.add(
          path + ["autocomplete"], "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
          "This option type cannot autocomplete")
      }
    }
    guard let list = option["choices"]?.array, !list.isEmpty else { return }
    let path = path + ["choices"]
    guard [3, 4, 10].contains(type), !completes else {
      return errors.add(
        path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Choices are not allowed for this option")
    }
    errors.length(path, list.count, 0...CommandLimits.choices)
    var names: Set<String> = []
    for (index, choice) in list.enumerated() {
      let here = path + [String(index)]
      let name = choice["name"]?.string ?? ""
      errors.length(here + ["name"], name.unicodeScalars.count, 1...100)
      if !names.insert(name).inserted {
        errors.add(here, "APPLICATION_COMMAND_OPTIONS_CHOICES_DUPLICATE", "Choice names must be unique")
      }
      characters += name.unicodeScalars.count
      switch (type, choice["value"]) {
      case (3, .string(let text)):
        characters += text.unicodeScalars.count
        errors.length(here + ["value"], text.unicodeScalars.count, 0...100)
      case (4, .integer), (10, .integer), (10, .double): break
      default:
        errors.add(
          here + ["value"], "APPLICATION_COMMAND_OPTIONS_CHOICES_VALUE_INVALID",
          "The value does not have the option's type")
      }
    }
    kept["choices"] = .array(list)
  }

  private mutating func bounds(_ option: JSONValue, _ type: Int64, _ path: [String], _ kept: inout JSONObject)
  {
    for (low, high, types) in [("min_value", "max_value", [4, 10]), ("min_length", "max_length", [3])]
      as [(String, String, [Int64])]
    {
      for key in [low, high] {
        guard let value = option[key], !value.isNull else { continue }
        guard types.contains(type), let number = value.double else {
          errors.add(
            path + [key], "APPLICATION_COMMAND_OPTIONS_BOUNDS_INVALID",
            "This bound is not allowed for the option")
          continue
        }
        if low == "min_length", !(0...6_000).contains(number) {
          errors.add(path + [key], "NUMBER_TYPE_MAX", "int value should be less than or equal to 6000.")
        }
        kept[key] = value
      }
      if let least = option[low]?.double, let most = option[high]?.double, least > most {
        errors.add(
          path + [low], "APPLICATION_COMMAND_OPTIONS_BOUNDS_INVALID", "The minimum is above the maximum")
      }
    }
    if let types = option["channel_types"]?.array, !types.isEmpty { kept["channel_types"] = .array(types) }
  }

  // MARK: Settings

  private mutating func settings(_ value: (String) -> JSONValue?, isGlobal: Bool, _ path: [String]) {
    switch value("default_member_permissions") {
    case .string(let text):
      if let bits = UInt64(text) {
        fields["default_member_permissions"] = .string(String(bits))
      } else {
        errors.add(
          path + ["default_member_permissions"], "BITFIELD_TYPE_CONVERT",
          "Value could not be converted to a bitfield.")
      }
    case .integer(let bits): fields["default_member_permissions"] = .string(String(UInt64(bitPattern: bits)))
    default: fields["default_member_permissions"] = .null
    }
    fields["nsfw"] = .bool(value("nsfw")?.bool ?? false)
    guard isGlobal else { return }
    let permitsDirect = value("dm_permission")?.bool ?? true
    list("contexts", value("contexts"), 0...2, path)
    list("integration_types", value("integration_types"), 0...1, path)
    if fields["integration_types"] == nil || fields["integration_types"] == .null {
      fields["integration_types"] = [0]
    }
    fields["dm_permission"] = .bool(fields["contexts"]?.array.map { $0.contains(1) } ?? permitsDirect)
    if type == 4 { fields["handler"] = value("handler") ?? 1 }
  }

  private mutating func list(
    _ key: String, _ value: JSONValue?, _ range: ClosedRange<Int64>, _ path: [String]
  ) {
    guard let value, !value.isNull else { return fields[key] = .null }
    let numbers = value.array?.map(\.int64) ?? [nil]
    guard numbers.allSatisfy({ $0.map(range.contains) ?? false }) else {
      return errors.choice(path + [key], range)
    }
    fields[key] = value
  }
}
