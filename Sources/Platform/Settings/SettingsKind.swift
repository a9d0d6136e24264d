// What a setting can be, described without its Swift type: forms, JSON schemas and commands are made from this.

package import JSON

/// Which of Discord's things an id names, and so which picker a form shows.
package enum SettingsReference: Hashable, Sendable {
  /// A channel of one of these types (Discord's numbers); any channel when empty.
  case channel(types: [Int])
  case role
  case user
}

/// How a text is written and bounded. Lengths count characters as Discord does: Unicode scalars.
package struct SettingsTextRules: Hashable, Sendable {
  package var lengths: ClosedRange<Int>
  /// Whether it has lines, and a form gives it a large field.
  package var isMultiline = false
  /// The variables (`user.name`) that are filled in when it is used; nil when it is used as it stands.
  package var variables: [String]?

  package init(lengths: ClosedRange<Int>, isMultiline: Bool = false, variables: [String]? = nil) {
    (self.lengths, self.isMultiline, self.variables) = (lengths, isMultiline, variables)
  }
}

/// What a setting can be.
package indirect enum SettingsKind: Hashable, Sendable {
  case toggle
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  case text(SettingsTextRules)
  /// In seconds, as JSON has it.
  case duration(ClosedRange<Duration>)
  /// One of these names.
  case choice([String])
  case reference(SettingsReference)
  /// 24 bits of red, green and blue, written `#rrggbb`.
  case color
  /// `null` stands for none.
  case optional(SettingsKind)
  case list(SettingsKind, counts: ClosedRange<Int>, isSet: Bool)
  case record([SettingsFieldDescription])
}

/// A field of a record, without its Swift type.
package struct SettingsFieldDescription: Hashable, Sendable {
  /// The name in documents, paths and catalog keys: lower camel case.
  package let name: String
  package let kind: SettingsKind
  /// Shown only while the toggle or choice of that name has that value; kept all the same.
  package let condition: SettingsCondition?
  /// What a new record has here: the default, as documents write it.
  package internal(set) var initial: JSONValue = .null
}

/// When a field matters.
package struct SettingsCondition: Hashable, Sendable {
  /// A field of the same record.
  package let field: String
  /// Its value in text: `true`, or the choice's name.
  package let value: String

  package init(_ field: String, is value: String) { (self.field, self.value) = (field, value) }
}
