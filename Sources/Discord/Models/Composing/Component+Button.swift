// Buttons of all styles.

package import DiscordCore
package import JSON

extension Component {
  /// A button (https://discord.com/developers/docs/components/reference#button).
  package struct Button: ComponentPart {
    package var id: Int?
    package var style: Style
    package var label: String?
    package var emoji: EmojiReference?
    /// What comes back when it is pressed; links and premium buttons have none.
    package var customID: String?
    /// Where a link button leads.
    package var url: String?
    /// What a premium button offers.
    package var sku: SKUID?
    package var isDisabled: Bool
    package var unknownFields = UnknownFields()
    package var kind: Kind { .button }

    package init(
      _ label: String? = nil, style: Style, emoji: EmojiReference? = nil, customID: String? = nil,
      url: String? = nil, sku: SKUID? = nil, isDisabled: Bool = false
    ) {
      (self.label, self.style, self.emoji, self.customID) = (label, style, emoji, customID)
      (self.url, self.sku, self.isDisabled) = (url, sku, isDisabled)
    }

    /// What a button looks like and does.
    package struct Style: RawRepresentable, Hashable, Sendable {
      package let rawValue: Int
      package init(rawValue: Int) { self.rawValue = rawValue }
      /// Blue: the one thing to do.
      package static let primary = Style(rawValue: 1)
      /// Grey.
      package static let secondary = Style(rawValue: 2)
      /// Green.
      package static let success = Style(rawValue: 3)
      /// Red.
      package static let danger = Style(rawValue: 4)
      /// Opens an address, and tells nobody.
      package static let link = Style(rawValue: 5)
      /// Opens the shop, and tells nobody.
      package static let premium = Style(rawValue: 6)
    }
  }
}

extension Component.Button {
  private static let known: [JSONKey] = [
    "type", "id", "style", "label", "emoji", "custom_id", "url", "sku_id", "disabled",
  ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      json["label"]?.string, style: Style(rawValue: try json.require("style").asInt()),
      emoji: json.object("emoji"), customID: json["custom_id"]?.string, url: json["url"]?.string,
      sku: json["sku_id"]?.id(), isDisabled: json["disabled"]?.bool ?? false)
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.field("style", style.rawValue)
    json.optional("label", label)
    json.optional("emoji", emoji)
    json.optional("custom_id", customID)
    json.optional("url", url)
    json.optional("sku_id", sku)
    if isDisabled { json.field("disabled", true) }
  }
}

extension Component.Button: Validatable {
  package func validate() throws(CompositionError) {
    try Check.text(label, "label", 0...80)
    try Check.text(emoji?.name, "emoji.name", 0...32)
    switch style {
    case .link:
      guard let url else {
        throw CompositionError(.missing, "url", "is missing; a link button leads somewhere")
      }
      try Check.address(url, "url", limit: 512, schemes: ["discord://"])
      try refuse(customID != nil, "custom_id", "does not belong on a link button")
      try refuse(sku != nil, "sku_id", "does not belong on a link button")
    case .premium:
      guard sku != nil else {
        throw CompositionError(.missing, "sku_id", "is missing; a premium button offers something")
      }
      try refuse(customID != nil, "custom_id", "does not belong on a premium button")
      try refuse(label != nil || emoji != nil, "label", "and emoji do not belong on a premium button")
      try refuse(url != nil, "url", "does not belong on a premium button")
      return
    default:
      guard let customID else {
        throw CompositionError(
          .missing, "custom_id", "is missing; nobody would know which button was pressed")
      }
      try Check.text(customID, "custom_id", 1...100)
      try refuse(url != nil, "url", "belongs on link buttons only")
      try refuse(sku != nil, "sku_id", "belongs on premium buttons only")
    }
    if (label ?? "").isEmpty, emoji == nil {
      throw CompositionError(.missing, "label", "is missing, and so is an emoji; Discord wants one of them")
    }
  }

  private func refuse(_ isWrong: Bool, _ field: String, _ problem: String) throws(CompositionError) {
    if isWrong { throw CompositionError(.conflict, field, problem) }
  }
}
