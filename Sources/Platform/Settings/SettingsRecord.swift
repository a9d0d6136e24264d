// A plugin's settings: one typed value, and the list of its fields from which everything else is made.

package import JSON

/// The settings of a plugin, or a part of them.
///
///     struct WelcomeSettings: SettingsRecord {
///       var channel: ChannelID?
///       var message = "Welcome, {user}!"
///       static let fields = SettingsFields<WelcomeSettings>(
///         .init("channel", \.channel, .optional(.channel(0, 5))),
///         .init("message", \.message, .text(1...2000, isMultiline: true, variables: ["user", "server"])))
///     }
///
/// `init()` gives the defaults. Validation, form, JSON schema, the `/settings` command, export and import, and the
/// difference in the audit log all come from `fields`.
package protocol SettingsRecord: Sendable, Equatable {
  init()
  static var fields: SettingsFields<Self> { get }
  /// What no single field can tell: called when every field is right by itself. Append problems of the kind `.rule`.
  func check(at path: SettingsPath, _ problems: inout [SettingsProblem])
}

extension SettingsRecord {
  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {}
}

/// One field of a record.
package struct SettingsField<Record>: Sendable {
  package let description: SettingsFieldDescription
  let encode: @Sendable (Record) -> JSONValue
  let decode: @Sendable (JSONValue, SettingsPath, inout Record, inout [SettingsProblem]) -> Void

  /// `name` stands in documents, paths and catalog keys; `condition` says when the field matters.
  package init<Value: Sendable>(
    _ name: String, _ property: any WritableKeyPath<Record, Value> & Sendable, _ codec: SettingsCodec<Value>,
    when condition: SettingsCondition? = nil
  ) {
    description = SettingsFieldDescription(name: name, kind: codec.kind, condition: condition)
    encode = { codec.encode($0[keyPath: property]) }
    decode = { json, path, record, problems in
      if let value = codec.decode(json, path, &problems) { record[keyPath: property] = value }
    }
  }
}

/// The fields of a record, in the order people see them.
package struct SettingsFields<Record: SettingsRecord>: Sendable {
  private let fields: [SettingsField<Record>]

  /// - Precondition: no name twice.
  package init(_ fields: SettingsField<Record>...) {
    precondition(Set(fields.map(\.description.name)).count == fields.count, "a field is listed twice")
    self.fields = fields
  }

  /// The fields without their Swift types, for forms and schemas, with the defaults of a new record.
  package var descriptions: [SettingsFieldDescription] {
    let record = Record()
    return fields.map { field in
      var description = field.description
      description.initial = field.encode(record)
      return description
    }
  }

  func field(named name: String) -> SettingsField<Record>? {
    fields.first { $0.description.name == name }
  }

  /// The whole document, every field in it.
  package func encode(_ record: Record) -> JSONValue {
    .object(
      JSONObject(
        fields: fields.map { JSONObject.Field(key: $0.description.name, value: $0.encode(record)) }))
  }

  /// Reads a document. A field that is missing has its default; one that nobody knows is a problem.
  ///
  /// - Returns: nil when the problems leave no value.
  package func decode(_ json: JSONValue, at path: SettingsPath, _ problems: inout [SettingsProblem])
    -> Record?
  {
    guard let object = json.object else { return problems.wrongType(path, "a group of fields") }
    let before = problems.count
    var record = Record()
    for entry in object.fields {
      let place = path.field(entry.key)
      guard let field = field(named: entry.key) else {
        problems.append(SettingsProblem(place, .unknownField))
        continue
      }
      field.decode(entry.value, place, &record, &problems)
    }
    if problems.count == before { record.check(at: path, &problems) }
    return problems.count == before ? record : nil
  }
}

extension SettingsRecord {
  /// The document of these settings, every field in it.
  package var document: JSONValue { Self.fields.encode(self) }

  /// Reads a document that a person, a command or an import brings.
  ///
  /// - Throws: `SettingsProblems` with everything that is wrong.
  package init(document: JSONValue) throws(SettingsProblems) {
    var problems: [SettingsProblem] = []
    guard let record = Self.fields.decode(document, at: SettingsPath(), &problems) else {
      throw SettingsProblems(problems)
    }
    self = record
  }
}
