// Two people changed the same settings: what both meant, put together.

import JSON
import PlatformSettings

/// Three-way merging of settings: what one changed, on top of what the other did.
enum SettingsMerge {
  /// `mine` with what changed between `base` and `theirs`, wherever I left it alone. Where both changed the same field,
  /// mine stands. Lists are one field.
  static func merged(
    base: JSONValue, mine: JSONValue, theirs: JSONValue, fields: [SettingsFieldDescription]
  ) -> JSONValue {
    guard var object = mine.object else { return mine }
    for index in object.fields.indices {
      let key = object.fields[index].key
      guard let before = base[key], let other = theirs[key] else { continue }
      let own = object.fields[index].value
      if own == before {
        object.fields[index].value = other
      } else if case .record(let inner)? = fields.first(where: { $0.name == key })?.kind {
        object.fields[index].value = merged(base: before, mine: own, theirs: other, fields: inner)
      }
    }
    return .object(object)
  }
}
