// Components that were used, and forms that were sent.

package import DiscordCore
package import JSON

/// A button that was pressed, or a menu with what was chosen
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-message-component-data-structure).
package struct ComponentInvocation: Equatable, Sendable {
  package var customID: String
  package var kind: Component.Kind
  package var id: Int?
  /// Of a menu: the options' values, or ids.
  package var values: [String]
  package var resolved: ResolvedEntities
}

private enum ComponentInvocationField: Int, JSONFieldName {
  case customID, kind, id, values, resolved
  static let keys = JSONKeys<ComponentInvocationField>(
    "custom_id", "component_type", "id", "values", "resolved")
}

extension ComponentInvocation: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ComponentInvocationField.keys)
    customID = try fields.value(.customID)
    kind = try fields.value(.kind)
    id = fields.optional(.id)
    values = fields.list(.values)
    resolved = fields.value(.resolved, default: ResolvedEntities())
  }
}

extension Component.Kind: WireNumber {}

/// A form that was sent
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-modal-submit-data-structure).
package struct ModalSubmission: Equatable, Sendable {
  package var customID: String
  /// The inputs in their order, taken out of rows and labels.
  package var inputs: [SubmittedInput]
  package var resolved: ResolvedEntities

  /// What was given to the input with that custom id.
  package subscript(_ customID: String) -> SubmittedInput.Value? {
    inputs.first { $0.customID == customID }?.value
  }
}

/// An input of a form with what was given to it.
package struct SubmittedInput: Equatable, Sendable {
  /// What was given, by the kind of input.
  package enum Value: Equatable, Sendable {
    /// Of a text input.
    case text(String)
    /// Of a menu or a group of boxes: values, or ids; of an upload, the ids of the attachments.
    case values([String])
    /// Of a group of which one can be chosen; nil for none.
    case choice(String?)
    /// Of a single box.
    case checked(Bool)
    case unknown(JSONValue)
  }

  /// As the form was made with.
  package var customID: String
  package var kind: Component.Kind
  package var id: Int?
  package var value: Value
}

extension SubmittedInput.Value {
  /// The text, or the choice.
  package var string: String? {
    switch self {
    case .text(let text): text
    case .choice(let choice): choice
    default: nil
    }
  }

  /// The values, as ids of what the menu was for.
  package func ids<Kind>(of kind: Kind.Type = Kind.self) -> [Snowflake<Kind>] {
    guard case .values(let values) = self else { return [] }
    return values.compactMap { Snowflake<Kind>($0) }
  }
}

extension ComponentInvocation {
  /// The values, as ids of what the menu was for.
  package func ids<Kind>(of kind: Kind.Type = Kind.self) -> [Snowflake<Kind>] {
    values.compactMap { Snowflake<Kind>($0) }
  }
}

extension ModalSubmission: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    customID = try json.require("custom_id").asString()
    resolved = json.object("resolved") ?? ResolvedEntities()
    inputs = []
    if let components = json["components"] { collectInputs(of: components, depth: 0) }
  }

  /// Rows hold inputs in `components`, labels hold one in `component`.
  private mutating func collectInputs(of components: JSONView, depth: Int) {
    // Discord nests one level; whoever nests more is not Discord.
    guard depth < 4, let components = components.array else { return }
    for component in components {
      if let input = component.decoded(as: SubmittedInput.self) {
        inputs.append(input)
      } else if let inner = component["component"]?.decoded(as: SubmittedInput.self) {
        inputs.append(inner)
      } else if let inner = component["components"] {
        collectInputs(of: inner, depth: depth + 1)
      }
    }
  }
}

private enum SubmittedInputField: Int, JSONFieldName {
  case customID, type, id, value, values
  static let keys = JSONKeys<SubmittedInputField>("custom_id", "type", "id", "value", "values")
}

extension SubmittedInput: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(SubmittedInputField.keys)
    customID = try fields.value(.customID)
    kind = try fields.value(.type)
    id = fields.optional(.id)
    let given: Value? =
      switch kind {
      case .textInput: fields[.value]?.string.map { .text($0) }
      case .radioGroup: .choice(fields[.value]?.string)
      case .checkbox: fields[.value]?.bool.map { .checked($0) }
      default: fields[.values].map { .values($0.elements()) }
      }
    value = given ?? .unknown(JSONValue(json))
  }
}

/// What became of an answer to an interaction
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback-interaction-callback-object).
package struct InteractionCallback: Equatable, Sendable {
  package var interactionID: InteractionID?
  /// The message that the answer made or changed.
  package var message: Message?
}

private enum InteractionCallbackField: Int, JSONFieldName {
  case interactionID, message
  static let keys = JSONKeys<InteractionCallbackField>(
    "interaction", "resource")
}

extension InteractionCallback: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InteractionCallbackField.keys)
    interactionID = fields[.interactionID]?.object("id")
    message = fields[.message]?.object("message")
  }
}
