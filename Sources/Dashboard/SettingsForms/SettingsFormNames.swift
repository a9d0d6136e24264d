// The names under which a form says what it held: a browser sends nothing of an unticked box or an empty list.

/// Hidden fields and buttons beside the settings themselves. A setting's name has no dot in front, so none is met twice.
enum SettingsFormName {
  /// Value: the path of a record whose fields are in the form. Its toggles that are not sent are off.
  static let record = ".record"
  /// Value: the path of a list that is in the form.
  static let list = ".list"
  /// Value: the path of a row, in the order of the rows.
  static let row = ".row"
  /// Value: the path of an optional group that is in the form, with a switch named as `isSet(_:)` says.
  static let optional = ".optional"
  /// Value: `<count> <path>`: so many elements at the end of the list are not in the form, and stay.
  static let rest = ".rest"

  /// The switch of an optional group: sent while it is on.
  static func isSet(_ path: String) -> String { "\(path)?" }

  /// Buttons; the value is the path of the list, or of the row.
  static let add = "list-add"
  static let remove = "list-remove"
  static let up = "list-up"
  static let down = "list-down"

  /// Stands for a row's number in templates; lists in rows of a template have a further one.
  static func placeholder(depth: Int) -> String { depth == 0 ? "__index__" : "__index\(depth + 1)__" }
}
