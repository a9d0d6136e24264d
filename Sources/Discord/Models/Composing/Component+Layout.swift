// Components that arrange others.

import DiscordCore
package import JSON

extension Component {
  /// A row of up to five buttons or one select.
  package struct ActionRow: ComponentPart {
    package var id: Int?
    package var components: [Component]
    package var unknownFields = UnknownFields()
    package var kind: Kind { .actionRow }

    package init(_ components: [Component]) { self.components = components }
  }

  /// Up to three texts with a button or picture beside them.
  package struct Section: ComponentPart {
    package var id: Int?
    package var components: [Component]
    package var accessory: Component
    package var unknownFields = UnknownFields()
    package var kind: Kind { .section }

    package init(_ components: [Component], accessory: Component) {
      (self.components, self.accessory) = (components, accessory)
    }
  }

  /// A frame around other components, with a stripe like an embed's.
  package struct Container: ComponentPart {
    package var id: Int?
    package var components: [Component]
    /// 0xRRGGBB.
    package var accentColor: Int?
    package var isSpoiler: Bool
    package var unknownFields = UnknownFields()
    package var kind: Kind { .container }

    package init(_ components: [Component], accentColor: Int? = nil, isSpoiler: Bool = false) {
      (self.components, self.accentColor, self.isSpoiler) = (components, accentColor, isSpoiler)
    }
  }

  /// Space between components, with a line in it or without.
  package struct Separator: ComponentPart {
    package var id: Int?
    package var hasDivider: Bool
    package var isLarge: Bool
    package var unknownFields = UnknownFields()
    package var kind: Kind { .separator }

    package init(hasDivider: Bool = true, isLarge: Bool = false) {
      (self.hasDivider, self.isLarge) = (hasDivider, isLarge)
    }
  }

  /// An input of a modal with its name and, below, an explanation.
  package struct Label: ComponentPart {
    package var id: Int?
    package var label: String
    package var description: String?
    package var component: Component
    package var unknownFields = UnknownFields()
    package var kind: Kind { .label }

    package init(_ label: String, description: String? = nil, _ component: Component) {
      (self.label, self.description, self.component) = (label, description, component)
    }
  }
}

private let componentList: [JSONKey] = ["type", "id", "components"]

extension Component.ActionRow {
  package init(from json: JSONView) throws(JSONError) {
    self.init(try json.require("components").components())
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: componentList)
  }

  package func writeFields(to json: inout JSONWriter) { json.elements("components", components) }
}

extension Component.Section {
  private static let known = componentList + ["accessory"]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("components").components(),
      accessory: try Component(from: try json.require("accessory")))
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.elements("components", components)
    json.key("accessory")
    accessory.write(to: &json)
  }
}

extension Component.Container {
  private static let known = componentList + ["accent_color", "spoiler"]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("components").components(), accentColor: json["accent_color"]?.int,
      isSpoiler: json["spoiler"]?.bool ?? false)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.elements("components", components)
    json.optional("accent_color", accentColor)
    if isSpoiler { json.field("spoiler", true) }
  }
}

extension Component.Separator {
  private static let known: [JSONKey] = ["type", "id", "divider", "spacing"]

  package init(from json: JSONView) throws(JSONError) {
    self.init(hasDivider: json["divider"]?.bool ?? true, isLarge: json["spacing"]?.int == 2)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("divider", hasDivider)
    json.field("spacing", isLarge ? 2 : 1)
  }
}

extension Component.Label {
  private static let known: [JSONKey] = ["type", "id", "label", "description", "component"]

  package init(from json: JSONView) throws(JSONError) {
    // What comes back of a submitted modal has no label.
    self.init(
      json["label"]?.string ?? "", description: json["description"]?.string,
      try Component(from: try json.require("component")))
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("label", label)
    json.optional("description", description)
    json.key("component")
    component.write(to: &json)
  }
}

extension JSONView {
  /// The components of a list; what is no object is left out.
  func components() throws(JSONError) -> [Component] {
    var components: [Component] = []
    for element in try asArray() where element.object != nil {
      components.append(try Component(from: element))
    }
    return components
  }
}
