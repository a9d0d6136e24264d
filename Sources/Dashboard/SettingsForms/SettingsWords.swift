// The words of settings in the reader's language: labels, help, choices, problems.

package import PlatformSettings
import PlatformText
package import Resources

/// Finds the words of one plugin's settings.
///
/// Keys: `settings.<path>` and `settings.<path>.help`, with paths without numbers (`settings.ladder.duration`);
/// `settings.<path>.choice.<name>` for a choice, or `choice.<field>.<name>` where several fields share their choices.
package struct SettingsWords: Sendable {
  let plugin: StringCatalog
  let core: StringCatalog
  let page: StringCatalog

  /// - Parameters:
  ///   - plugin: the plugin's catalog in the reader's language.
  ///   - core: the core's, which has the sentences of problems.
  ///   - page: the dashboard's.
  package init(plugin: StringCatalog, core: StringCatalog, page: StringCatalog) {
    (self.plugin, self.core, self.page) = (plugin, core, page)
  }

  /// The label of the field at `key` (`ladder.duration`); a readable form of its name when there is none.
  package func label(_ key: String) -> String {
    plugin.sentence("settings.\(key)") ?? core.sentence("settings.\(key)")
      ?? Self.readable(key.split(separator: ".").last.map(String.init) ?? key)
  }

  /// One sentence about the field; nil when there is none.
  package func help(_ key: String) -> String? {
    plugin.sentence("settings.\(key).help") ?? core.sentence("settings.\(key).help")
  }

  /// What a choice of the field at `key` is called.
  package func choice(_ name: String, of key: String) -> String {
    choiceSentence(name, of: key, "") ?? Self.readable(name)
  }

  /// One sentence about a choice; nil when there is none.
  package func choiceHelp(_ name: String, of key: String) -> String? {
    choiceSentence(name, of: key, ".help")
  }

  private func choiceSentence(_ name: String, of key: String, _ end: String) -> String? {
    let field = key.split(separator: ".").last ?? ""
    for catalog in [plugin, core] {
      if let own = catalog.sentence("settings.\(key).choice.\(name)\(end)") { return own }
      if let shared = catalog.sentence("choice.\(field).\(name)\(end)") { return shared }
    }
    return nil
  }

  /// `isOn` as "Is on", `DISCORD_LISTS` as "Discord lists": for names that no catalog has.
  package static func readable(_ name: String) -> String {
    var words = ""
    var wasLower = false
    for scalar in name.unicodeScalars.prefix(200) {
      if scalar == "_" || scalar == "-" || scalar == "." {
        words += " "
        wasLower = false
      } else {
        let isUpper = scalar.properties.isUppercase
        if isUpper && wasLower { words += " " }
        words += scalar.properties.lowercaseMapping
        wasLower = !isUpper
      }
    }
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// What is wrong, as a sentence: in human units where the setting has them.
  ///
  /// - Parameters:
  ///   - problem: what a validator or a reader of forms found.
  ///   - fields: the fields of the document.
  /// - Returns: text, not markup.
  package func sentence(_ problem: SettingsProblem, fields: [SettingsFieldDescription]) -> String {
    if problem.kind == .rule, let rule = problem.parameters["rule"] {
      let catalog = plugin.sentence(rule) == nil ? core : plugin
      if catalog.sentence(rule) != nil { return catalog(dynamic: rule, problem.parameters) }
    }
    var parameters = problem.parameters
    let found = place(problem.path.description, in: fields)
    if case .duration = found?.kind.wrapped, let seconds = parameters["limit"].flatMap({ Int64($0) }) {
      parameters["limit"] = duration(seconds)
    }
    if case .number = found?.kind.wrapped, let limit = parameters["limit"].flatMap({ Double($0) }) {
      parameters["limit"] = Self.text(of: limit)
    }
    if case .choice(let names) = found?.kind.wrapped, problem.kind == .notAChoice {
      parameters["choices"] = names.map { choice($0, of: found?.key ?? "") }.joined(separator: ", ")
    }
    if let choices = parameters["choices"], choices.utf8.count > 200 {
      parameters["choices"] = choices.split(separator: ",").prefix(6).joined(separator: ",") + ", …"
    }
    return core(dynamic: "settings.problem.\(problem.kind.rawValue)", parameters)
  }

  /// A number as forms write it: whole ones without a point.
  static func text(of number: Double) -> String {
    number.rounded() == number && abs(number) < 1e15 ? String(Int64(number)) : String(number)
  }
}

extension SettingsWords {
  /// What stands at a path: the words to it, and what it can be.
  struct Found {
    /// From the outermost: "Ladder", "2", "Duration".
    var labels: [String] = []
    var kind: SettingsKind
    /// Without numbers.
    var key = ""
    /// The path of the control that shows it: of a list that is shown as one control, the list's.
    var control = ""
  }

  /// nil when the path names nothing.
  func place(_ path: String, in fields: [SettingsFieldDescription]) -> Found? {
    guard let steps = SettingsPathStep.parse(path) else { return nil }
    var found = Found(kind: .record(fields))
    var place = SettingsPlace()
    var isWithin = false
    for step in steps {
      switch (step, found.kind.wrapped) {
      case (.field(let name), .record(let fields)):
        guard let field = fields.first(where: { $0.name == name }) else { return nil }
        place = place.field(field.name)
        found.labels.append(label(place.key))
        found.kind = field.kind
      case (.element(let index), .list(let element, _, let isSet)):
        guard let number = Int(index), number >= 0, number < .max else { return nil }
        place = place.element(String(index))
        found.labels.append(String(number + 1))
        found.kind = element
        if SettingsListLayout(of: element, isSet: isSet, values: []) != .rows { isWithin = true }
      default: return nil
      }
      if !isWithin { found.control = place.path }
    }
    found.key = place.key
    return found
  }
}
