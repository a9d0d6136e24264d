// Selects: of strings that we list, and of things that Discord lists.

package import DiscordCore
package import JSON

extension Component {
  /// One choice of a string select, radio group or checkbox group.
  package struct Choice: Hashable, Sendable {
    package var label: String
    /// What comes back.
    package var value: String
    package var description: String?
    /// Selects only.
    package var emoji: EmojiReference?
    /// Whether it is chosen from the beginning.
    package var isDefault: Bool

    /// A choice; without a value of its own the label comes back.
    package init(
      _ label: String, value: String? = nil, description: String? = nil, emoji: EmojiReference? = nil,
      isDefault: Bool = false
    ) {
      (self.label, self.value, self.description) = (label, value ?? label, description)
      (self.emoji, self.isDefault) = (emoji, isDefault)
    }
  }

  /// A menu of strings.
  package struct StringSelect: ComponentPart {
    package var id: Int?
    package var customID: String
    package var options: [Choice]
    package var placeholder: String?
    /// How many must be chosen; one unless said.
    package var minimumValues: Int?
    /// How many can be chosen; one unless said.
    package var maximumValues: Int?
    /// In messages only.
    package var isDisabled: Bool
    /// In modals only; true unless said.
    package var isRequired: Bool?
    package var unknownFields = UnknownFields()
    package var kind: Kind { .stringSelect }

    package init(
      _ customID: String, _ options: [Choice], placeholder: String? = nil,
      choosing values: ClosedRange<Int>? = nil,
      isDisabled: Bool = false, isRequired: Bool? = nil
    ) {
      (self.customID, self.options, self.placeholder) = (customID, options, placeholder)
      (minimumValues, maximumValues) = (values?.lowerBound, values?.upperBound)
      (self.isDisabled, self.isRequired) = (isDisabled, isRequired)
    }
  }

  /// A menu of users, roles, both, or channels.
  package struct EntitySelect: ComponentPart {
    package var id: Int?
    /// `.userSelect`, `.roleSelect`, `.mentionableSelect` or `.channelSelect`.
    package var kind: Kind
    package var customID: String
    package var placeholder: String?
    /// Which channels are listed; all if empty.
    package var channelTypes: [ChannelType]
    package var defaultValues: [DefaultValue]
    /// As of a string select, as are the next three.
    package var minimumValues: Int?
    package var maximumValues: Int?
    package var isDisabled: Bool
    package var isRequired: Bool?
    package var unknownFields = UnknownFields()

    package init(
      _ kind: Kind, _ customID: String, placeholder: String? = nil, channelTypes: [ChannelType] = [],
      defaultValues: [DefaultValue] = [], choosing values: ClosedRange<Int>? = nil, isDisabled: Bool = false,
      isRequired: Bool? = nil
    ) {
      (self.kind, self.customID, self.placeholder) = (kind, customID, placeholder)
      (self.channelTypes, self.defaultValues) = (channelTypes, defaultValues)
      (minimumValues, maximumValues) = (values?.lowerBound, values?.upperBound)
      (self.isDisabled, self.isRequired) = (isDisabled, isRequired)
    }

    /// What is chosen from the beginning.
    package enum DefaultValue: Hashable, Sendable {
      case user(UserID)
      case role(RoleID)
      case channel(ChannelID)
    }
  }
}

extension Component.Choice: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("label").asString(), value: try json.require("value").asString(),
      description: json["description"]?.string, emoji: json.object("emoji"),
      isDefault: json["default"]?.bool ?? false)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("label", label)
      json.field("value", value)
      json.optional("description", description)
      json.optional("emoji", emoji)
      if isDefault { json.field("default", true) }
    }
  }
}

extension Component.StringSelect {
  private static let known: [JSONKey] = [
    "type", "id", "custom_id", "options", "placeholder", "min_values", "max_values", "disabled", "required",
  ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("custom_id").asString(), json.list("options"),
      placeholder: json["placeholder"]?.string, isDisabled: json["disabled"]?.bool ?? false,
      isRequired: json["required"]?.bool)
    (minimumValues, maximumValues) = (json["min_values"]?.int, json["max_values"]?.int)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("custom_id", customID)
    json.elements("options", options)
    json.optional("placeholder", placeholder)
    json.optional("min_values", minimumValues)
    json.optional("max_values", maximumValues)
    if isDisabled { json.field("disabled", true) }
    json.optional("required", isRequired)
  }
}

extension Component.EntitySelect {
  private static let known: [JSONKey] = [
    "type", "id", "custom_id", "channel_types", "default_values", "placeholder", "min_values", "max_values",
    "disabled", "required",
  ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      Component.Kind(rawValue: try json.require("type").asInt()), try json.require("custom_id").asString(),
      placeholder: json["placeholder"]?.string,
      channelTypes: json["channel_types"]?.array?.compactMap { $0.int.map { ChannelType(rawValue: $0) } }
        ?? [],
      defaultValues: json["default_values"]?.array?.compactMap { DefaultValue($0) } ?? [],
      isDisabled: json["disabled"]?.bool ?? false, isRequired: json["required"]?.bool)
    (minimumValues, maximumValues) = (json["min_values"]?.int, json["max_values"]?.int)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("custom_id", customID)
    json.optional("placeholder", placeholder)
    if !channelTypes.isEmpty {
      json.array("channel_types") { json in for type in channelTypes { json.integer(type.rawValue) } }
    }
    if !defaultValues.isEmpty { json.elements("default_values", defaultValues) }
    json.optional("min_values", minimumValues)
    json.optional("max_values", maximumValues)
    if isDisabled { json.field("disabled", true) }
    json.optional("required", isRequired)
  }
}

extension Component.EntitySelect.DefaultValue: WireEncodable {
  fileprivate init?(_ json: JSONView) {
    guard let id = json["id"]?.snowflake else { return nil }
    switch json["type"]?.string {
    case "user": self = .user(UserID(id))
    case "role": self = .role(RoleID(id))
    case "channel": self = .channel(ChannelID(id))
    default: return nil
    }
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      switch self {
      case .user(let id):
        json.field("id", id)
        json.field("type", "user")
      case .role(let id):
        json.field("id", id)
        json.field("type", "role")
      case .channel(let id):
        json.field("id", id)
        json.field("type", "channel")
      }
    }
  }
}
