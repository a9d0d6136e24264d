// Components of messages, old and new: their limits, and how they look when they are sent out again.

internal import DiscordCore
internal import JSON

/// Reads the components of a message's body (https://discord.com/developers/docs/components/reference).
struct ComponentReader {
  /// What a medium of a component points at.
  struct Media {
    var address: String
    var attachment: AttachmentID?
    var contentType: String?
  }

  /// Whether the message has the flag for components v2.
  let isV2: Bool
  /// The attachment of that name.
  let attachment: (String) -> Media?
  /// Ids of unfurled media.
  let mintID: () -> UInt64

  private var count = 0
  private var textLength = 0
  private var customIDs: Set<String> = []
  private var usedIDs: Set<Int> = []
  private var nextID = 0

  /// Components of a message in all, for v2.
  private static let limit = 40
  /// Characters of all text displays together.
  private static let textLimit = 4_000

  init(isV2: Bool, attachment: @escaping (String) -> Media?, mintID: @escaping () -> UInt64) {
    (self.isV2, self.attachment, self.mintID) = (isV2, attachment, mintID)
  }

  mutating func read(_ reader: inout BodyReader) -> Given<[JSONValue]> {
    var me = self
    let allowed = isV2 ? [1, 9, 10, 12, 13, 14, 17] : [1]
    let components = reader.objects("components", 0...(isV2 ? Self.limit : 5)) { component in
      me.component(&component, allowed)
    }
    self = me
    if count > Self.limit {
      reader.fail(
        "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        "Maximum of \(Self.limit) components exceeded")
    }
    if textLength > Self.textLimit {
      reader.fail(
        "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        "Displayable text exceeds maximum size of \(Self.textLimit)")
    }
    return components
  }

  private mutating func component(_ reader: inout BodyReader, _ allowed: [Int]) -> JSONValue {
    reader.require("type")
    guard let type = reader.choice("type", allowed).value else { return .null }
    count += 1
    var json = Fields()
    json.put("type", type)
    json.put("id", id(&reader))
    switch type {
    case 1: row(&reader, &json)
    case 2: button(&reader, &json)
    case 3, 5, 6, 7, 8: select(type, &reader, &json)
    case 9: section(&reader, &json)
    case 10: text(&reader, &json)
    case 11: thumbnail(&reader, &json)
    case 12: gallery(&reader, &json)
    case 13: file(&reader, &json)
    case 14:
      json.put("divider", reader.bool("divider").value ?? true)
      json.put("spacing", reader.choice("spacing", [1, 2]).value ?? 1)
    default: container(&reader, &json)
    }
    return json.value
  }

  private mutating func id(_ reader: inout BodyReader) -> Int {
    if let given = reader.int("id", 0...Int(Int32.max)).value, given > 0 {
      if !usedIDs.insert(given).inserted {
        reader.fail("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
      }
      return given
    }
    repeat { nextID += 1 } while usedIDs.contains(nextID)
    usedIDs.insert(nextID)
    return nextID
  }

  private mutating func children(
    _ name: String, _ range: ClosedRange<Int>, _ allowed: [Int], _ reader: inout BodyReader
  ) -> [JSONValue] {
    reader.require(name)
    var me = self
    let children = reader.objects(name, range) { me.component(&$0, allowed) }
    self = me
    return children.value ?? []
  }

  private mutating func row(_ reader: inout BodyReader, _ json: inout Fields) {
    let children = children("components", 1...5, [2, 3, 5, 6, 7, 8], &reader)
    let selects = children.count { ($0["type"]?.int64 ?? 2) != 2 }
    if selects > 0, children.count > 1 {
      reader.fail(
        "components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
    }
    json.put("components", .array(children))
  }

  private mutating func customID(_ reader: inout BodyReader, _ json: inout Fields) {
    reader.require("custom_id")
    guard let id = reader.text("custom_id", 1...100).value else { return }
    if !customIDs.insert(id).inserted {
      reader.fail("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    }
    json.put("custom_id", id)
  }

  private mutating func button(_ reader: inout BodyReader, _ json: inout Fields) {
    reader.require("style")
    guard let style = reader.choice("style", [1, 2, 3, 4, 5, 6]).value else { return }
    json.put("style", style)
    let label = reader.text("label", 0...80).value
    let emoji = emoji(&reader)
    if let label, !label.isEmpty { json.put("label", label) }
    if let emoji { json.put("emoji", emoji) }
    if style != 6, label?.isEmpty ?? true, emoji == nil {
      reader.fail(
        "label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji")
    }
    switch style {
    case 5:
      reader.require("url")
      if reader.has("custom_id") {
        reader.fail(
          "custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
          "A custom id and url cannot both be specified")
      }
      if let url = EmbedReader.address("url", &reader, { _ in nil }) { json.put("url", url) }
    case 6:
      reader.require("sku_id")
      if let sku = reader.id("sku_id", Entity.SKU.self).value { json.put("sku_id", sku) }
    default: customID(&reader, &json)
    }
    if reader.bool("disabled").value == true { json.put("disabled", true) }
  }

  private func emoji(_ reader: inout BodyReader) -> JSONValue? {
    reader.object("emoji") { emoji -> JSONValue in
      var json = Fields()
      let id = emoji.id("id", Entity.Emoji.self).value
      if let id { json.put("id", id) }
      json.put("name", emoji.text("name", 0...100).value ?? "emoji")
      if emoji.bool("animated").value == true { json.put("animated", true) }
      return json.value
    }.value
  }

  private mutating func select(_ type: Int, _ reader: inout BodyReader, _ json: inout Fields) {
    customID(&reader, &json)
    if let placeholder = reader.text("placeholder", 0...150).value { json.put("placeholder", placeholder) }
    let least = reader.int("min_values", 0...25).value ?? 1
    let most = reader.int("max_values", 1...25).value ?? 1
    if least > most {
      reader.fail("min_values", "NUMBER_TYPE_MAX", "int value should be less than or equal to \(most).")
    }
    json.put("min_values", least)
    json.put("max_values", most)
    json.put("disabled", reader.bool("disabled").value ?? false)
    if type == 3 { json.put("options", .array(options(&reader))) }
    if type == 8, let types = reader.array("channel_types", 0...20).value {
      json.put("channel_types", .array(types))
    }
    if type != 3, let defaults = reader.array("default_values", 0...25).value {
      json.put("default_values", .array(defaults))
    }
  }

  private func options(_ reader: inout BodyReader) -> [JSONValue] {
    reader.require("options")
    var values: Set<String> = []
    var duplicate = false
    let options = reader.objects("options", 1...25) { option -> JSONValue in
      option.require("label", "value")
      var json = Fields()
      json.put("label", option.text("label", 1...100).value ?? "")
      let value = option.text("value", 1...100).value ?? ""
      if !values.insert(value).inserted { duplicate = true }
      json.put("value", value)
      if let text = option.text("description", 0...100).value { json.put("description", text) }
      if let emoji = emoji(&option) { json.put("emoji", emoji) }
      json.put("default", option.bool("default").value ?? false)
      return json.value
    }
    if duplicate {
      reader.fail(
        "options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
    }
    return options.value ?? []
  }

  private mutating func section(_ reader: inout BodyReader, _ json: inout Fields) {
    json.put("components", .array(children("components", 1...3, [10], &reader)))
    reader.require("accessory")
    var me = self
    let accessory = reader.object("accessory") { me.component(&$0, [2, 11]) }
    self = me
    json.put("accessory", accessory.value ?? .null)
  }

  private mutating func text(_ reader: inout BodyReader, _ json: inout Fields) {
    reader.require("content")
    let content = reader.text("content", 1...Self.textLimit).value ?? ""
    textLength += content.unicodeScalars.count
    json.put("content", content)
  }

  private mutating func thumbnail(_ reader: inout BodyReader, _ json: inout Fields) {
    reader.require("media")
    json.put("media", media("media", &reader) ?? .null)
    json.put("description", reader.text("description", 0...1_024).value)
    json.put("spoiler", reader.bool("spoiler").value ?? false)
  }

  private mutating func gallery(_ reader: inout BodyReader, _ json: inout Fields) {
    reader.require("items")
    let me = self
    let items = reader.objects("items", 1...10) { item -> JSONValue in
      item.require("media")
      var json = Fields()
      json.put("media", me.media("media", &item) ?? .null)
      json.put("description", item.text("description", 0...1_024).value)
      json.put("spoiler", item.bool("spoiler").value ?? false)
      return json.value
    }
    json.put("items", .array(items.value ?? []))
  }

  private mutating func file(_ reader: inout BodyReader, _ json: inout Fields) {
    reader.require("file")
    json.put("file", media("file", &reader) ?? .null)
    json.put("name", reader.raw("file")?["url"]?.string.map { String($0.dropFirst(13)) })
    json.put("size", 0)
    json.put("spoiler", reader.bool("spoiler").value ?? false)
  }

  private func media(_ name: String, _ reader: inout BodyReader) -> JSONValue? {
    reader.object(name) { inner -> JSONValue in
      inner.require("url")
      let given = inner.raw("url")?.string ?? ""
      let found = given.hasPrefix("attachment://") ? attachment(String(given.dropFirst(13))) : nil
      let address = EmbedReader.address("url", &inner) { _ in found?.address } ?? ""
      var json = Fields()
      json.put("id", String(mintID()))
      json.put("url", address)
      json.put("proxy_url", address)
      json.put("width", 400)
      json.put("height", 300)
      if let type = found?.contentType { json.put("content_type", type) }
      if let id = found?.attachment { json.put("attachment_id", id) }
      return json.value
    }.value
  }

  private mutating func container(_ reader: inout BodyReader, _ json: inout Fields) {
    json.put("accent_color", reader.int("accent_color", 0...0xFF_FFFF).value)
    json.put("spoiler", reader.bool("spoiler").value ?? false)
    json.put("components", .array(children("components", 1...Self.limit, [1, 9, 10, 12, 13, 14], &reader)))
  }
}
