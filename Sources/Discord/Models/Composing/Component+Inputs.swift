// The inputs that only modals have.

import DiscordCore
package import JSON

extension Component {
  /// A line or a field of text.
  package struct TextInput: ComponentPart {
    package var id: Int?
    package var customID: String
    /// Whether it has several lines.
    package var isParagraph: Bool
    /// In action rows only, where Discord discourages text inputs; elsewhere the label is around the input.
    package var label: String?
    package var minimumLength: Int?
    package var maximumLength: Int?
    /// True unless said.
    package var isRequired: Bool?
    /// What it is filled with; in a submitted modal, what was typed.
    package var value: String?
    package var placeholder: String?
    package var unknownFields = UnknownFields()
    package var kind: Kind { .textInput }

    package init(
      _ customID: String, isParagraph: Bool = false, length: ClosedRange<Int>? = nil, isRequired: Bool? = nil,
      value: String? = nil, placeholder: String? = nil, label: String? = nil
    ) {
      (self.customID, self.isParagraph, self.isRequired) = (customID, isParagraph, isRequired)
      (minimumLength, maximumLength) = (length?.lowerBound, length?.upperBound)
      (self.value, self.placeholder, self.label) = (value, placeholder, label)
    }
  }

  /// A place to drop files.
  package struct FileUpload: ComponentPart {
    package var id: Int?
    package var customID: String
    package var minimumValues: Int?
    package var maximumValues: Int?
    /// True unless said.
    package var isRequired: Bool?
    /// `image`, `video`, `audio` or an extension with its dot, `.pdf`; anything if empty.
    package var fileTypes: [String]
    package var unknownFields = UnknownFields()
    package var kind: Kind { .fileUpload }

    package init(
      _ customID: String, files: ClosedRange<Int>? = nil, isRequired: Bool? = nil, fileTypes: [String] = []
    ) {
      (self.customID, self.isRequired, self.fileTypes) = (customID, isRequired, fileTypes)
      (minimumValues, maximumValues) = (files?.lowerBound, files?.upperBound)
    }
  }

  /// Choices with a button beside each: one of them in a radio group, several in a checkbox group.
  package struct ChoiceGroup: ComponentPart {
    package var id: Int?
    /// `.radioGroup` or `.checkboxGroup`.
    package var kind: Kind
    package var customID: String
    package var options: [Choice]
    /// Checkbox groups only, as is the next.
    package var minimumValues: Int?
    package var maximumValues: Int?
    /// True unless said.
    package var isRequired: Bool?
    package var unknownFields = UnknownFields()

    package init(
      _ kind: Kind, _ customID: String, _ options: [Choice], choosing values: ClosedRange<Int>? = nil,
      isRequired: Bool? = nil
    ) {
      (self.kind, self.customID, self.options, self.isRequired) = (kind, customID, options, isRequired)
      (minimumValues, maximumValues) = (values?.lowerBound, values?.upperBound)
    }
  }

  /// One yes or no.
  package struct Checkbox: ComponentPart {
    package var id: Int?
    package var customID: String
    /// Whether it is ticked from the beginning.
    package var isDefault: Bool
    package var unknownFields = UnknownFields()
    package var kind: Kind { .checkbox }

    package init(_ customID: String, isDefault: Bool = false) {
      (self.customID, self.isDefault) = (customID, isDefault)
    }
  }
}

extension Component.TextInput {
  private static let known: [JSONKey] = [
    "type", "id", "custom_id", "style", "label", "min_length", "max_length", "required", "value",
    "placeholder",
  ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("custom_id").asString(), isParagraph: json["style"]?.int == 2,
      isRequired: json["required"]?.bool, value: json["value"]?.string,
      placeholder: json["placeholder"]?.string, label: json["label"]?.string)
    (minimumLength, maximumLength) = (json["min_length"]?.int, json["max_length"]?.int)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("custom_id", customID)
    json.field("style", isParagraph ? 2 : 1)
    json.optional("label", label)
    json.optional("min_length", minimumLength)
    json.optional("max_length", maximumLength)
    json.optional("required", isRequired)
    json.optional("value", value)
    json.optional("placeholder", placeholder)
  }
}

extension Component.FileUpload {
  private static let known: [JSONKey] = [
    "type", "id", "custom_id", "min_values", "max_values", "required", "file_types",
  ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("custom_id").asString(), isRequired: json["required"]?.bool,
      fileTypes: json["file_types"]?.array?.compactMap { $0.string } ?? [])
    (minimumValues, maximumValues) = (json["min_values"]?.int, json["max_values"]?.int)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("custom_id", customID)
    json.optional("min_values", minimumValues)
    json.optional("max_values", maximumValues)
    json.optional("required", isRequired)
    if !fileTypes.isEmpty {
      json.array("file_types") { json in for type in fileTypes { json.string(type) } }
    }
  }
}

extension Component.ChoiceGroup {
  private static let known: [JSONKey] = [
    "type", "id", "custom_id", "options", "min_values", "max_values", "required",
  ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      Component.Kind(rawValue: try json.require("type").asInt()), try json.require("custom_id").asString(),
      json.list("options"), isRequired: json["required"]?.bool)
    (minimumValues, maximumValues) = (json["min_values"]?.int, json["max_values"]?.int)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("custom_id", customID)
    json.elements("options", options)
    json.optional("min_values", minimumValues)
    json.optional("max_values", maximumValues)
    json.optional("required", isRequired)
  }
}

extension Component.Checkbox {
  private static let known: [JSONKey] = ["type", "id", "custom_id", "default"]

  package init(from json: JSONView) throws(JSONError) {
    self.init(try json.require("custom_id").asString(), isDefault: json["default"]?.bool ?? false)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("custom_id", customID)
    if isDefault { json.field("default", true) }
  }
}
