// Settings typed as text: `/settings set`, the command line, forms without JavaScript.

package import JSON
import PlatformText

extension SettingsKind {
  /// The JSON that a typed text means for a setting of this kind; whether it is within bounds is the decoder's to say.
  ///
  /// Lists are separated by commas; records, and lists of records, are typed as JSON. `none` and `-` clear an optional
  /// setting. Ids may be mentions (`<#1>`, `<@&2>`, `<@3>`).
  ///
  /// - Throws: `SettingsProblems` when the text means nothing here.
  package func json(typed text: String, at path: SettingsPath) throws(SettingsProblems) -> JSONValue {
    let trimmed = text.trimmed
    switch self {
    case .toggle:
      switch trimmed.lowercased() {
      case "on", "yes", "true", "1", "enable", "enabled": return true
      case "off", "no", "false", "0", "disable", "disabled": return false
      default: throw Self.problem(path, "on or off")
      }
    case .integer:
      guard let number = Int64(trimmed) else { throw Self.problem(path, "a whole number") }
      return .integer(number)
    case .number:
      guard let number = Double(trimmed), number.isFinite else { throw Self.problem(path, "a number") }
      return .double(number)
    case .duration:
      guard let span = HumanDuration.parse(trimmed, bareUnit: .seconds(1)) else {
        throw Self.problem(path, "a span of time such as 30s, 10m or 7d")
      }
      return .integer(span.components.seconds)
    case .text: return .string(text)
    case .choice(let names):
      return .string(names.first { $0.lowercased() == trimmed.lowercased() } ?? trimmed)
    case .color: return .string(trimmed.hasPrefix("#") ? trimmed : "#\(trimmed)")
    case .reference:
      let digits = trimmed.hasPrefix("<") && trimmed.hasSuffix(">") ? trimmed.filter(\.isNumber) : trimmed
      return .string(digits)
    case .optional(let kind):
      if ["none", "-", ""].contains(trimmed.lowercased()) { return .null }
      return try kind.json(typed: text, at: path)
    case .list(let kind, _, _):
      if case .record = kind { return try Self.parsed(trimmed, at: path) }
      if ["none", "-", ""].contains(trimmed.lowercased()) { return [] }
      var elements: [JSONValue] = []
      for (index, part) in trimmed.split(separator: ",").enumerated() {
        elements.append(try kind.json(typed: String(part).trimmed, at: path.element(index)))
      }
      return .array(elements)
    case .record: return try Self.parsed(trimmed, at: path)
    }
  }

  private static func parsed(_ text: String, at path: SettingsPath) throws(SettingsProblems) -> JSONValue {
    do { return try JSONValue(parsing: Array(text.utf8), maximumSize: 256 << 10) } catch {
      throw problem(path, "JSON")
    }
  }

  private static func problem(_ path: SettingsPath, _ due: String) -> SettingsProblems {
    SettingsProblems([SettingsProblem(path, .wrongType, ["due": due])])
  }
}

extension SettingsRecord {
  /// These settings with one field, named by its path (`ladder[0].duration`), set to what was typed.
  ///
  /// - Throws: `SettingsProblems`: the path names nothing, or the text or the whole does not fit.
  package func setting(_ path: String, typed text: String) throws(SettingsProblems) -> Self {
    var document = document
    let steps = SettingsStep.parse(path)
    try document.set(steps[...], .record(Self.fields.descriptions), typed: text, at: SettingsPath())
    return try Self(document: document)
  }
}

extension PluginSettings {
  /// As `setting`, for those who do not know the type.
  package func settingAny(_ path: String, typed text: String) throws(SettingsProblems) -> any PluginSettings {
    try setting(path, typed: text)
  }
}

/// A step of a typed path.
private enum SettingsStep {
  case field(String)
  case element(Int)

  /// The steps of `a.b[2].c`; what cannot be read becomes a field that nobody has.
  static func parse(_ path: String) -> [SettingsStep] {
    path.split(separator: ".", omittingEmptySubsequences: false).flatMap { part -> [SettingsStep] in
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      return [.field(String(pieces[0]))]
        + pieces.dropFirst().map { piece in
          guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0 else {
            return .field("[\(piece)")
          }
          return .element(index)
        }
    }
  }
}

extension JSONValue {
  fileprivate mutating func set(
    _ steps: ArraySlice<SettingsStep>, _ kind: SettingsKind, typed text: String, at path: SettingsPath
  ) throws(SettingsProblems) {
    guard let step = steps.first else {
      self = try kind.json(typed: text, at: path)
      return
    }
    switch (step, kind, self) {
    case (_, .optional(let kind), _):
      try set(steps, kind, typed: text, at: path)
    case (.field(let name), .record(let fields), .object(var object)):
      guard let field = fields.first(where: { $0.name == name }),
        let index = object.fields.firstIndex(where: { $0.key == name })
      else { throw SettingsProblems([SettingsProblem(path.field(name), .unknownField)]) }
      try object.fields[index].value.set(steps.dropFirst(), field.kind, typed: text, at: path.field(name))
      self = .object(object)
    case (.element(let index), .list(let kind, _, _), .array(var array)) where index < array.count:
      try array[index].set(steps.dropFirst(), kind, typed: text, at: path.element(index))
      self = .array(array)
    case (.field(let name), _, _): throw SettingsProblems([SettingsProblem(path.field(name), .unknownField)])
    case (.element(let index), _, _):
      throw SettingsProblems([SettingsProblem(path.element(index), .unknownField)])
    }
  }
}

extension String {
  /// Without spaces and line ends around it.
  fileprivate var trimmed: String {
    let head = drop(while: \.isWhitespace)
    let last = head.lastIndex { !$0.isWhitespace }
    return String(last.map { head[...$0] } ?? "")
  }
}
