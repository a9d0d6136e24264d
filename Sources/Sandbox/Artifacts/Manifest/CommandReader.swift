// One slash command as Discord takes it: one mistake would make Discord refuse all commands of a server.

import JSON

/// Reads the definition of a command; what is not Discord's is left out.
struct CommandReader {
  let command: String
  private(set) var findings: [ArtifactFinding] = []

  static let noDescription = "No description"
  private static let path = "manifest.json"

  init(command: String) { self.command = command }

  /// Discord's rule: letters and digits of any script that are not upper case, `-` and `_`.
  static func isName(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard (1...32).contains(scalars.count), text == text.lowercased() else { return false }
    return scalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .decimalNumber,
        .letterNumber, .otherNumber:
        true
      default: scalar == "-" || scalar == "_"
      }
    }
  }

  mutating func definition(_ object: JSONObject) -> JSONObject {
    var definition = JSONObject()
    definition["name"] = .string(command)
    definition["description"] = .string(description(object["description"]))
    copyLocalizations(object, into: &definition)
    if let options = options(object["options"], depth: 0), !options.isEmpty {
      definition["options"] = .array(options)
    }
    if let permissions = object["default_member_permissions"] {
      if permissions.isNull || permissions.snowflake != nil {
        definition["default_member_permissions"] = permissions.snowflake.map { .string("\($0)") } ?? .null
      } else {
        error("command_permissions_invalid", "default_member_permissions must be a number in a string.")
      }
    }
    for key in ["dm_permission", "nsfw"] where object[key]?.bool != nil { definition[key] = object[key] }
    checkLength(definition)
    return definition
  }

  private mutating func error(_ code: String, _ problem: String) {
    if findings.count < 10 { findings.append(.error(code, "/\(command): \(problem)", path: Self.path)) }
  }

  private mutating func description(_ value: JSONValue?) -> String {
    let text = value?.string?.trimmed ?? ""
    if text.utf16.count > 100 {
      findings.append(
        .warning(
          "command_description_too_long", "/\(command): descriptions are cut after 100 characters.",
          path: Self.path))
    }
    var cut = text.cut(100)
    while cut.utf16.count > 100 { cut.unicodeScalars.removeLast() }
    return cut.isEmpty ? Self.noDescription : cut
  }

  private func copyLocalizations(_ object: JSONObject, into definition: inout JSONObject) {
    for (key, length) in [("name_localizations", 32), ("description_localizations", 100)] {
      let fields = object[key]?.object?.fields.prefix(40).filter { field in
        guard let text = field.value.string else { return false }
        return key == "name_localizations" ? Self.isName(text) : (1...length).contains(text.utf16.count)
      }
      if let fields, !fields.isEmpty { definition[key] = .object(JSONObject(fields: Array(fields))) }
    }
  }

  // MARK: Options

  /// `depth`: 0 for a command's own, 1 in a group or sub-command, 2 in a group's sub-command.
  private mutating func options(_ value: JSONValue?, depth: Int) -> [JSONValue]? {
    guard let value, !value.isNull else { return [] }
    guard let items = value.array else {
      error("command_options_not_list", "\"options\" must be a list.")
      return nil
    }
    guard items.count <= 25 else {
      error("command_options_too_many", "Discord takes at most 25 options in one place.")
      return nil
    }
    var options: [JSONValue] = []
    var (names, kinds): (Set<String>, [Int64]) = ([], [])
    var hasOptional = false
    for item in items {
      guard let (option, name, kind) = option(item, depth: depth) else { continue }
      if !names.insert(name).inserted {
        error("command_option_name_invalid", "two options have the name \(name).")
      }
      if kind > 2 {
        let isRequired = option["required"]?.bool == true
        if isRequired, hasOptional {
          error(
            "command_option_order", "the option \(name) is required and must stand before those that are not."
          )
        }
        hasOptional = hasOptional || !isRequired
      }
      kinds.append(kind)
      options.append(.object(option))
    }
    if kinds.contains(where: { $0 <= 2 }), kinds.contains(where: { $0 > 2 }) {
      error("command_option_type_invalid", "sub-commands and other options cannot stand beside one another.")
    }
    return options
  }

  private mutating func option(_ value: JSONValue, depth: Int) -> (JSONObject, String, Int64)? {
    guard let object = value.object else {
      error("command_option_malformed", "an option must be an object.")
      return nil
    }
    guard let name = object["name"]?.string, !name.isEmpty else {
      error("command_option_missing_name", "an option has no name.")
      return nil
    }
    guard Self.isName(name) else {
      error(
        "command_option_name_invalid",
        "\(ArtifactFinding.quoted(name, 40)) is no option name: 1 to 32 lower-case letters, digits, - or _.")
      return nil
    }
    guard let written = object["type"], !written.isNull else {
      error("command_option_missing_type", "the option \(name) has no type.")
      return nil
    }
    guard let kind = written.int64, (1...11).contains(kind) else {
      error("command_option_type_invalid", "the option \(name) must have a type from 1 to 11.")
      return nil
    }
    var option = JSONObject()
    option["type"] = .integer(kind)
    option["name"] = .string(name)
    option["description"] = .string(description(object["description"]))
    copyLocalizations(object, into: &option)
    if kind <= 2 {
      guard depth == 0 || (depth == 1 && kind == 1) else {
        error("command_options_too_deep", "the option \(name) is nested too deeply.")
        return nil
      }
      return nested(object, kind, into: option, name: name, depth: depth)
    }
    if object["required"]?.bool == true { option["required"] = true }
    copyBounds(object, kind, name, into: &option)
    return (option, name, kind)
  }

  private mutating func nested(
    _ object: JSONObject, _ kind: Int64, into option: JSONObject, name: String, depth: Int
  ) -> (JSONObject, String, Int64)? {
    // A group holds sub-commands; a sub-command holds values, which is as deep as it gets.
    let inner = options(object["options"], depth: kind == 2 ? 1 : 2) ?? []
    var option = option
    if kind == 2, inner.contains(where: { $0["type"]?.int64 != 1 }) || inner.isEmpty {
      error("command_option_type_invalid", "the group \(name) may hold sub-commands only, and needs one.")
    }
    if !inner.isEmpty { option["options"] = .array(inner) }
    return (option, name, kind)
  }

  private mutating func copyBounds(
    _ object: JSONObject, _ kind: Int64, _ name: String, into option: inout JSONObject
  ) {
    if let choices = object["choices"], !choices.isNull {
      if let checked = self.choices(choices, kind) {
        if !checked.isEmpty { option["choices"] = .array(checked) }
      } else {
        error("command_option_choices_invalid", "the choices of \(name) are not what Discord takes.")
      }
    }
    if object["autocomplete"]?.bool == true {
      findings.append(
        .warning(
          "command_autocomplete_left_out", "/\(command): the SDK cannot complete \(name) while it is typed.",
          path: Self.path))
    }
    if kind == 7, let types = object["channel_types"]?.array?.filter({ (0...16).contains($0.int64 ?? -1) }),
      !types.isEmpty
    {
      option["channel_types"] = .array(Array(types.prefix(20)))
    }
    let bounds: [String] =
      kind == 3 ? ["min_length", "max_length"] : kind == 4 || kind == 10 ? ["min_value", "max_value"] : []
    for key in bounds {
      guard let value = object[key], !value.isNull else { continue }
      let isFine =
        kind == 3
        ? (0...6_000).contains(value.int64 ?? -1) : kind == 4 ? value.int64 != nil : value.double != nil
      if isFine {
        option[key] = value
      } else {
        error("command_option_bounds_invalid", "\(key) of \(name) is not what Discord takes.")
      }
    }
  }

  private func choices(_ value: JSONValue, _ kind: Int64) -> [JSONValue]? {
    guard let items = value.array, items.count <= 25, [3, 4, 10].contains(kind) || items.isEmpty else {
      return nil
    }
    var choices: [JSONValue] = []
    for item in items {
      guard let name = item["name"]?.string, (1...100).contains(name.utf16.count), let value = item["value"]
      else {
        return nil
      }
      let isFine =
        switch kind {
        case 3: (value.string?.utf16.count).map { (1...100).contains($0) } ?? false
        case 4: value.int64 != nil
        default: value.double != nil
        }
      guard isFine else { return nil }
      var choice = JSONObject()
      choice["name"] = .string(name)
      choice["value"] = value
      choices.append(.object(choice))
    }
    return choices
  }

  /// Names, descriptions and values of a command together may have 8,000 characters.
  private mutating func checkLength(_ definition: JSONObject) {
    if Self.length(.object(definition)) > 8_000 {
      error("command_too_long", "names, descriptions and values together have more than 8000 characters.")
    }
  }

  private static func length(_ value: JSONValue) -> Int {
    switch value {
    case .object(let object):
      object.fields.reduce(0) { sum, field in
        let isText = ["name", "description", "value"].contains(field.key)
        return sum + (isText ? field.value.string?.utf16.count ?? 0 : length(field.value))
      }
    case .array(let items): items.reduce(0) { $0 + length($1) }
    default: 0
    }
  }
}
