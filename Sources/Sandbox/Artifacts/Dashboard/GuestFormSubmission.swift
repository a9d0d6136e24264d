// What somebody entered into a plugin's form, as the plugin's handler shall have it.

package import JSON

/// A form that was sent, read by its declaration.
package struct GuestFormSubmission: Hashable, Sendable {
  /// Why a field was not taken.
  package enum Mistake: String, Hashable, Sendable {
    case missing, notNumber, outOfBounds, tooLong, notOffered
  }

  /// By key, in the order of the fields.
  package let values: JSONObject
  /// By key; empty when the form may be saved.
  package let mistakes: [String: Mistake]

  /// Begins the names under which values are sent, so that none is taken for a field of ours.
  package static let prefix = "value."
  /// In Unicode scalars, of one field.
  package static let maximumLength = 4_000

  /// Keys that are the host's in the parameters of a call (section 22.6).
  private static let reserved: Set<String> = [
    "values", "discord_srv_id", "plugin_id", "viewer_user_id", "discord_user_id", "viewer_username",
    "viewer_role",
    "user_id", "username",
  ]

  /// `sent`: names and values, as a browser sends a form.
  package init(_ form: GuestWidget.Form, sent: [(name: String, value: String)]) {
    var (values, mistakes): (JSONObject, [String: Mistake]) = (JSONObject(), [:])
    for field in form.fields {
      let given = sent.filter { $0.name == Self.prefix + field.key }.map(\.value)
      switch Self.value(of: field, given) {
      case .success(let value): values[field.key] = value
      case .failure(let failure): mistakes[field.key] = failure.mistake
      }
    }
    (self.values, self.mistakes) = (values, mistakes)
  }

  /// The parameters of the call: the values under `values` and, for handlers that look there, flat as well.
  package func params(of form: GuestWidget.Form) -> JSONObject {
    var params = form.saveParams
    for field in values.fields where !Self.reserved.contains(field.key) { params[field.key] = field.value }
    params["values"] = .object(values)
    return params
  }

  private struct Failure: Error { let mistake: Mistake }

  private static func value(of field: GuestWidget.Field, _ given: [String]) -> Result<JSONValue, Failure> {
    if field.kind == .toggle { return .success(.bool(!given.isEmpty)) }
    let texts = given.prefix(200).filter { !$0.isEmpty }
    guard texts.allSatisfy({ $0.unicodeScalars.count <= maximumLength }) else {
      return .failure(Failure(mistake: .tooLong))
    }
    guard let text = texts.first else {
      if field.isRequired { return .failure(Failure(mistake: .missing)) }
      return .success(field.kind == .multiSelect ? .array([]) : isText(field.kind) ? .string("") : .null)
    }
    switch field.kind {
    case .number, .range: return number(field, text)
    case .select:
      return isOffered(text, field) ? .success(.string(text)) : .failure(Failure(mistake: .notOffered))
    case .multiSelect:
      guard texts.allSatisfy({ isOffered($0, field) }) else { return .failure(Failure(mistake: .notOffered)) }
      return .success(.array(texts.map { .string($0) }))
    case .channel, .role:
      let isID = text.utf8.count <= 20 && text.utf8.allSatisfy { (48...57).contains($0) }
      return isID ? .success(.string(text)) : .failure(Failure(mistake: .notOffered))
    case .text, .textarea, .color, .date, .toggle:
      let isTooLong =
        field.maximum.map { Double(text.unicodeScalars.count) > $0 && isText(field.kind) } ?? false
      return isTooLong ? .failure(Failure(mistake: .tooLong)) : .success(.string(text))
    }
  }

  private static func isText(_ kind: GuestWidget.Field.Kind) -> Bool { kind == .text || kind == .textarea }

  private static func isOffered(_ text: String, _ field: GuestWidget.Field) -> Bool {
    field.options.contains { $0.value == text }
  }

  private static func number(_ field: GuestWidget.Field, _ text: String) -> Result<JSONValue, Failure> {
    guard let number = Double(text), number.isFinite else { return .failure(Failure(mistake: .notNumber)) }
    if number < field.minimum ?? number || number > field.maximum ?? number {
      return .failure(Failure(mistake: .outOfBounds))
    }
    return .success(Int64(exactly: number).map { .integer($0) } ?? .double(number))
  }
}
