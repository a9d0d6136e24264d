// Embeds on the wire.

import EventLoop
package import JSON

private enum EmbedField: Int, JSONFieldName {
  case type, title, description, url, timestamp, color, footer, image, thumbnail, video, provider, author
  case fields
  static let keys = JSONKeys<EmbedField>(
    "type", "title", "description", "url", "timestamp", "color", "footer", "image", "thumbnail", "video",
    "provider", "author", "fields")
}

extension Embed: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let found = try json.fields(EmbedField.keys)
    self.init(
      title: found[.title]?.string, description: found[.description]?.string, url: found[.url]?.string,
      color: found[.color]?.int, timestamp: found[.timestamp]?.timestamp,
      fields: found[.fields]?.array?.compactMap { Field($0) } ?? [])
    type = found[.type]?.string
    footer = found[.footer].flatMap { Footer($0) }
    image = found[.image].flatMap { Media($0) }
    thumbnail = found[.thumbnail].flatMap { Media($0) }
    video = found[.video].flatMap { Media($0) }
    provider = found[.provider].flatMap { Provider($0) }
    author = found[.author].flatMap { Author($0) }
    unknownFields = UnknownFields(in: json, besides: EmbedField.keys)
  }

  /// Writes what may be sent: what Discord made of a link (film, provider, sizes) is left out.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("title", title)
      json.optional("description", description)
      json.optional("url", url)
      json.optional("timestamp", timestamp)
      json.optional("color", color)
      if let footer {
        json.object("footer") { json in
          json.field("text", footer.text)
          json.optional("icon_url", footer.iconURL)
        }
      }
      if let image { json.object("image") { json in image.writeFields(to: &json) } }
      if let thumbnail { json.object("thumbnail") { json in thumbnail.writeFields(to: &json) } }
      if let author {
        json.object("author") { json in
          json.field("name", author.name)
          json.optional("url", author.url)
          json.optional("icon_url", author.iconURL)
        }
      }
      if !fields.isEmpty { json.elements("fields", fields) }
      unknownFields.write(to: &json)
    }
  }
}

extension Embed.Field: WireEncodable {
  fileprivate init?(_ json: JSONView) {
    guard let name = json["name"]?.string, let value = json["value"]?.string else { return nil }
    self.init(name, value, inline: json["inline"]?.bool ?? false)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("name", name)
      json.field("value", value)
      if isInline { json.field("inline", true) }
    }
  }
}

extension Embed.Author {
  fileprivate init?(_ json: JSONView) {
    guard let name = json["name"]?.string else { return nil }
    self.init(name, url: json["url"]?.string, iconURL: json["icon_url"]?.string)
  }
}

extension Embed.Footer {
  fileprivate init?(_ json: JSONView) {
    guard let text = json["text"]?.string else { return nil }
    self.init(text, iconURL: json["icon_url"]?.string)
  }
}

extension Embed.Provider {
  fileprivate init?(_ json: JSONView) {
    guard json.object != nil else { return nil }
    self.init(name: json["name"]?.string, url: json["url"]?.string)
  }
}

extension Embed.Media {
  fileprivate init?(_ json: JSONView) {
    guard json.object != nil else { return nil }
    self.init(json["url"]?.string, description: json["description"]?.string)
    proxyURL = json["proxy_url"]?.string
    width = json["width"]?.int
    height = json["height"]?.int
    contentType = json["content_type"]?.string
  }

  fileprivate func writeFields(to json: inout JSONWriter) {
    json.optional("url", url)
    json.optional("description", description)
  }
}
