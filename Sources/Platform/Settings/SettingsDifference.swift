// What changed between two documents: for the audit log, the history and "revert".

package import JSON

/// One field that changed.
package struct SettingsChange: Hashable, Sendable {
  package let path: SettingsPath
  /// nil when the element was not there.
  package let before: JSONValue?
  /// nil when the element is gone.
  package let after: JSONValue?
}

/// Comparing two documents of the same record.
package enum SettingsDifference {
  /// The smallest fields that differ, in the order of the fields. Lists of records differ element by element, other
  /// lists as a whole; fields that nobody describes are not looked at.
  package static func between(
    _ before: JSONValue, _ after: JSONValue, _ fields: [SettingsFieldDescription],
    at path: SettingsPath = SettingsPath()
  ) -> [SettingsChange] {
    fields.flatMap { field in
      changes(before[field.name], after[field.name], field.kind, path.field(field.name))
    }
  }

  private static func changes(
    _ before: JSONValue?, _ after: JSONValue?, _ kind: SettingsKind, _ path: SettingsPath
  ) -> [SettingsChange] {
    if before == after { return [] }
    switch (kind, before, after) {
    case (.optional(let kind), let before?, let after?) where !before.isNull && !after.isNull:
      return changes(before, after, kind, path)
    case (.record(let fields), let before?, let after?) where before.object != nil && after.object != nil:
      return between(before, after, fields, at: path)
    case (.list(let kind, _, _), let before?, let after?):
      guard case .record = kind, let old = before.array, let new = after.array else { break }
      return (0..<max(old.count, new.count)).flatMap { index in
        // `.none` and not `nil`: of a JSON value, `nil` would be its null.
        changes(
          index < old.count ? old[index] : Optional.none, index < new.count ? new[index] : Optional.none,
          kind,
          path.element(index))
      }
    default: break
    }
    return [SettingsChange(path: path, before: before, after: after)]
  }
}
