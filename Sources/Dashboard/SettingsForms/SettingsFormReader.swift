// From what a browser sent of a settings form back to a document.

package import HTTPServer
package import JSON
package import PlatformSettings

/// Reads a settings form.
///
/// It makes the document and says what cannot be read; whether the document is right is `PluginSettings`' to say. Where
/// something cannot be read the stored value stands, and `typed` has the words to show again. A field that is not in the
/// form keeps its stored value.
///
/// How people's writing is taken: whole numbers without signs between the digits; in other numbers a point or a comma
/// before the fraction, but "1,000" is refused, since it means one to some and a thousand to others; spans of time with
/// their units ("10m", "1.5h", "7 days"), since "10" could be anything; colours with or without `#`.
package struct SettingsFormReader {
  /// What a form said.
  package struct Reading: Sendable {
    /// The whole document, with the list operation done if there was one.
    package var document: JSONValue
    /// What cannot be read. With any, the document is not to be saved.
    package var problems: [SettingsProblem] = []
    /// What was typed, by path of `document`: for `SettingsForm`, should it be shown again.
    package var typed: [String: String] = [:]
    /// The list whose button was pressed: then the form is to be shown again, and not saved.
    package var changedList: SettingsPath?
  }

  /// As many pairs a form may have: for `FormFields.parse(_:limit:)`.
  package static let maximumPairs = 20_000
  /// Further problems are not noted.
  static let maximumProblems = 100
  /// A row's number is below.
  static let maximumIndex = 1_000_000

  /// Reads what was sent.
  ///
  /// - Parameters:
  ///   - form: with as many pairs as there are; names that no field has mean nothing.
  ///   - fields: those the form was made of.
  ///   - stored: the document as it is stored.
  /// - Returns: the document that the form means, and what of it cannot be read.
  package static func read(_ form: FormFields, fields: [SettingsFieldDescription], stored: JSONValue)
    -> Reading
  {
    var reader = SettingsFormReader(form)
    let document = reader.record(fields, "", SettingsPath(), stored)
    return Reading(
      document: document, problems: reader.problems, typed: reader.typed, changedList: reader.changedList)
  }

  var values: [String: [String]] = [:]
  private var records: Set<String> = []
  private var optionals: Set<String> = []
  var lists: Set<String> = []
  /// The rows of each list as the form had them, in its order.
  var rows: [String: [String]] = [:]
  /// How many elements at the end of a list were not in the form.
  var rests: [String: Int] = [:]
  /// The button that was pressed.
  let operation: (name: String, path: String)?

  var problems: [SettingsProblem] = []
  var typed: [String: String] = [:]
  var changedList: SettingsPath?

  private init(_ form: FormFields) {
    var operation: (String, String)?
    for pair in form.pairs.prefix(Self.maximumPairs) {
      switch pair.name {
      case SettingsFormName.record: records.insert(pair.value)
      case SettingsFormName.optional: optionals.insert(pair.value)
      case SettingsFormName.list: lists.insert(pair.value)
      case SettingsFormName.row:
        if let start = pair.value.lastIndex(of: "[") {
          rows[String(pair.value[..<start]), default: []].append(pair.value)
        }
      case SettingsFormName.rest:
        let parts = pair.value.split(separator: " ", maxSplits: 1)
        if parts.count == 2, let count = Int(parts[0]), count > 0 { rests[String(parts[1])] = count }
      case SettingsFormName.add, SettingsFormName.remove, SettingsFormName.up, SettingsFormName.down:
        if operation == nil { operation = (pair.name, pair.value) }
      default: values[pair.name, default: []].append(pair.value)
      }
    }
    self.operation = operation
  }

  mutating func note(_ path: SettingsPath, _ kind: SettingsProblem.Kind, _ parameters: [String: String] = [:])
  {
    guard problems.count < Self.maximumProblems else { return }
    problems.append(SettingsProblem(path, kind, parameters))
  }

  /// The value of the setting that the form has under `name`; `stored` where it says nothing of it.
  mutating func value(_ kind: SettingsKind, _ name: String, _ path: SettingsPath, _ stored: JSONValue)
    -> JSONValue
  {
    switch kind {
    case .record(let fields): return record(fields, name, path, stored)
    case .list(let element, let counts, let isSet):
      return list(element, counts, isSet: isSet, name, path, stored)
    case .optional(let kind): return optional(kind, name, path, stored)
    case .toggle:
      // Whoever asks knows that the record around it was in the form.
      return .bool(values[name] != nil)
    default:
      guard let text = values[name]?.first else { return stored }
      return scalar(kind, text, path, stored)
    }
  }

  mutating func record(
    _ fields: [SettingsFieldDescription], _ name: String, _ path: SettingsPath, _ stored: JSONValue
  ) -> JSONValue {
    guard records.contains(name) else { return stored }
    var object = JSONObject()
    for field in fields {
      let inner = name.isEmpty ? field.name : "\(name).\(field.name)"
      let value = value(
        field.kind, inner, path.field(field.name), stored[field.name] ?? field.initial)
      object.fields.append(JSONObject.Field(key: field.name, value: value))
    }
    let known = Set(fields.map(\.name))
    for field in stored.object?.fields ?? [] where !known.contains(field.key) { object.fields.append(field) }
    return .object(object)
  }

  private mutating func optional(
    _ kind: SettingsKind, _ name: String, _ path: SettingsPath, _ stored: JSONValue
  ) -> JSONValue {
    let inner = stored.isNull ? kind.blank : stored
    guard kind.isNoneWhenEmpty else {
      guard optionals.contains(name) else { return stored }
      return values[SettingsFormName.isSet(name)] == nil ? .null : value(kind, name, path, inner)
    }
    guard let text = values[name]?.first else { return stored }
    // A text of spaces alone may be meant, where the stored one is such.
    if text.allSatisfy(\.isWhitespace), stored.string != text { return .null }
    if case .toggle = kind { return .bool(text == "true") }
    return scalar(kind, text, path, stored)
  }
}
