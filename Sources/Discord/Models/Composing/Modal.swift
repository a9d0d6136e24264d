// Modals: the forms that an interaction can open.

import DiscordCore
package import JSON

/// A form (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal).
///
///     Modal("Apply", id: "apply", [
///       .text("Tell us who you are."),
///       .label("Name", .line(id: "name", length: 1...32)),
///       .label("Platform", .radio(id: "platform", ["PC", "Console"])),
///     ])
package struct Modal: Hashable, Sendable {
  package var title: String
  /// What comes back when the form is sent.
  package var customID: String
  package var components: [Component]

  package init(_ title: String, id customID: String, _ components: [Component]) {
    (self.title, self.customID, self.components) = (title, customID, components)
  }
}

extension Modal: Validatable {
  package func validate() throws(CompositionError) {
    try Check.text(title, "title", 1...45)
    try Check.text(customID, "custom_id", ComponentLimits.customID)
    try Component.validateModal(components)
  }
}

extension Modal: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    self.init(
      try json.require("title").asString(), id: try json.require("custom_id").asString(),
      try json.require("components").components())
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("title", title)
      json.field("custom_id", customID)
      json.elements("components", components)
    }
  }
}
