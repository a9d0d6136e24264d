// Embeds: their limits, and how they look when they are sent out again.

internal import JSON

/// Reads the embeds of a body (https://discord.com/developers/docs/resources/message#embed-object-embed-limits).
struct EmbedReader {
  /// Characters of all embeds of a message together.
  private static let totalLimit = 6_000
  /// The address of the attachment of that name, for `attachment://`.
  let addressOf: (String) -> String?
  private var total = 0

  init(addressOf: @escaping (String) -> String?) { self.addressOf = addressOf }

  mutating func read(_ reader: inout BodyReader) -> Given<[JSONValue]> {
    var self_ = self
    let embeds = reader.objects("embeds", 0...10) { embed in self_.embed(&embed) }
    self = self_
    if total > Self.totalLimit {
      reader.fail(
        "embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of \(Self.totalLimit)")
    }
    return embeds
  }

  private mutating func embed(_ reader: inout BodyReader) -> JSONValue {
    var json = Fields()
    json.put("type", "rich")
    text("title", 256, &reader, &json)
    text("description", 4_096, &reader, &json)
    if let url = address("url", &reader) { json.put("url", url) }
    if let color = reader.int("color", 0...0xFF_FFFF).value { json.put("color", color) }
    if let instant = reader.instant("timestamp").value { json.put("timestamp", instant) }
    if let fields = fields(&reader) { json.put("fields", .array(fields)) }
    if let author = author(&reader) { json.put("author", author) }
    for name in ["image", "thumbnail"] {
      let resolve = addressOf
      let picture = reader.object(name) { inner -> JSONValue? in
        guard let url = Self.address("url", &inner, resolve) else { return nil }
        return ["url": .string(url), "proxy_url": .string(url), "width": 400, "height": 300]
      }
      if case .value(let value?) = picture { json.put(name, value) }
    }
    if let footer = footer(&reader) { json.put("footer", footer) }
    if json.value.object?.fields.count == 1 {
      reader.fail("description", "BASE_TYPE_REQUIRED", "This field is required")
    }
    return json.value
  }

  private mutating func text(_ name: String, _ limit: Int, _ reader: inout BodyReader, _ json: inout Fields) {
    guard let text = reader.text(name, 0...limit, trims: true).value, !text.isEmpty else { return }
    total += text.unicodeScalars.count
    json.put(name, text)
  }

  private mutating func fields(_ reader: inout BodyReader) -> [JSONValue]? {
    var count = 0
    let fields = reader.objects("fields", 0...25) { field -> JSONValue in
      field.require("name", "value")
      let name = field.text("name", 1...256, trims: true).value ?? ""
      let value = field.text("value", 1...1_024, trims: true).value ?? ""
      count += name.unicodeScalars.count + value.unicodeScalars.count
      return [
        "name": .string(name), "value": .string(value), "inline": .bool(field.bool("inline").value ?? false),
      ]
    }
    total += count
    return fields.value.flatMap { $0.isEmpty ? nil : $0 }
  }

  private mutating func author(_ reader: inout BodyReader) -> JSONValue? {
    var count = 0
    let resolve = addressOf
    let author = reader.object("author") { author -> JSONValue in
      author.require("name")
      let name = author.text("name", 1...256, trims: true).value ?? ""
      count = name.unicodeScalars.count
      var json = Fields()
      json.put("name", name)
      if let url = Self.address("url", &author, resolve) { json.put("url", url) }
      if let icon = Self.address("icon_url", &author, resolve) {
        json.put("icon_url", icon)
        json.put("proxy_icon_url", icon)
      }
      return json.value
    }
    total += count
    return author.value
  }

  private mutating func footer(_ reader: inout BodyReader) -> JSONValue? {
    var count = 0
    let resolve = addressOf
    let footer = reader.object("footer") { footer -> JSONValue in
      footer.require("text")
      let text = footer.text("text", 1...2_048, trims: true).value ?? ""
      count = text.unicodeScalars.count
      var json = Fields()
      json.put("text", text)
      if let icon = Self.address("icon_url", &footer, resolve) {
        json.put("icon_url", icon)
        json.put("proxy_icon_url", icon)
      }
      return json.value
    }
    total += count
    return footer.value
  }

  private func address(_ name: String, _ reader: inout BodyReader) -> String? {
    Self.address(name, &reader, addressOf)
  }

  /// An address of the web, or of an attachment.
  static func address(_ name: String, _ reader: inout BodyReader, _ resolve: (String) -> String?) -> String? {
    guard let text = reader.text(name, 0...2_048).value, !text.isEmpty else { return nil }
    if text.hasPrefix("attachment://") {
      if let address = resolve(String(text.dropFirst(13))) { return address }
      reader.fail(name, "ATTACHMENT_NOT_FOUND", "The attachment was not found.")
      return nil
    }
    let rest =
      text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : nil
    guard let rest else {
      let scheme = text.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
      reader.fail(
        name, "URL_TYPE_INVALID_SCHEME",
        "Scheme \"\(scheme.prefix(20))\" must be one of ('http', 'https').")
      return nil
    }
    guard !rest.isEmpty, !rest.contains(where: \.isWhitespace) else {
      reader.fail(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
      return nil
    }
    return text
  }
}
