// Components that show something.

package import DiscordCore
package import JSON

extension Component {
  /// Text with Markdown and mentions.
  package struct TextDisplay: ComponentPart {
    package var id: Int?
    package var content: String
    package var unknownFields = UnknownFields()
    package var kind: Kind { .textDisplay }

    package init(_ content: String) { self.content = content }
  }

  /// A picture, film or file: where it is, and what Discord found there.
  package struct MediaItem: Hashable, Sendable {
    /// `https://…`, or `attachment://name` for a file of the same message.
    package var url: String
    /// The same through Discord's own server. Received only, as are the next four.
    package var proxyURL: String?
    package var width: Int?
    package var height: Int?
    package var contentType: String?
    package var attachment: AttachmentID?

    package init(_ url: String) { self.url = url }
  }

  /// A small picture beside a section.
  package struct Thumbnail: ComponentPart {
    package var id: Int?
    package var media: MediaItem
    /// What screen readers say.
    package var description: String?
    package var isSpoiler: Bool
    package var unknownFields = UnknownFields()
    package var kind: Kind { .thumbnail }

    package init(_ url: String, description: String? = nil, isSpoiler: Bool = false) {
      (media, self.description, self.isSpoiler) = (MediaItem(url), description, isSpoiler)
    }
  }

  /// One to ten pictures or films.
  package struct MediaGallery: ComponentPart {
    package var id: Int?
    package var items: [Item]
    package var unknownFields = UnknownFields()
    package var kind: Kind { .mediaGallery }

    package init(_ items: [Item]) { self.items = items }

    /// One of them.
    package struct Item: Hashable, Sendable {
      package var media: MediaItem
      /// What screen readers say.
      package var description: String?
      package var isSpoiler: Bool

      package init(_ url: String, description: String? = nil, isSpoiler: Bool = false) {
        (media, self.description, self.isSpoiler) = (MediaItem(url), description, isSpoiler)
      }
    }
  }

  /// A file of the same message, to be downloaded.
  package struct File: ComponentPart {
    package var id: Int?
    /// `attachment://name`; nothing else is taken.
    package var file: MediaItem
    package var isSpoiler: Bool
    /// Received only.
    package var name: String?
    /// Bytes. Received only.
    package var size: Int?
    package var unknownFields = UnknownFields()
    package var kind: Kind { .file }

    package init(_ url: String, isSpoiler: Bool = false) {
      (file, self.isSpoiler) = (MediaItem(url), isSpoiler)
    }
  }
}

extension Component.TextDisplay {
  private static let known: [JSONKey] = ["type", "id", "content"]

  package init(from json: JSONView) throws(JSONError) {
    // What comes back of a submitted modal has no content.
    self.init(json["content"]?.string ?? "")
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) { json.field("content", content) }
}

extension Component.MediaItem: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    url = try json.require("url").asString()
    proxyURL = json["proxy_url"]?.string
    width = json["width"]?.int
    height = json["height"]?.int
    contentType = json["content_type"]?.string
    attachment = json["attachment_id"]?.id()
  }

  /// Writes the address alone: the rest is Discord's to say.
  package func write(to json: inout JSONWriter) { json.object { json in json.field("url", url) } }
}

extension Component.Thumbnail {
  private static let known: [JSONKey] = ["type", "id", "media", "description", "spoiler"]

  package init(from json: JSONView) throws(JSONError) {
    media = try Component.MediaItem(from: try json.require("media"))
    description = json["description"]?.string
    isSpoiler = json["spoiler"]?.bool ?? false
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.key("media")
    media.write(to: &json)
    json.optional("description", description)
    if isSpoiler { json.field("spoiler", true) }
  }
}

extension Component.MediaGallery {
  private static let known: [JSONKey] = ["type", "id", "items"]

  package init(from json: JSONView) throws(JSONError) {
    items = []
    for element in try json.require("items").asArray() { items.append(try Item(from: element)) }
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) { json.elements("items", items) }
}

extension Component.MediaGallery.Item: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    media = try Component.MediaItem(from: try json.require("media"))
    description = json["description"]?.string
    isSpoiler = json["spoiler"]?.bool ?? false
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.key("media")
      media.write(to: &json)
      json.optional("description", description)
      if isSpoiler { json.field("spoiler", true) }
    }
  }
}

extension Component.File {
  private static let known: [JSONKey] = ["type", "id", "file", "spoiler", "name", "size"]

  package init(from json: JSONView) throws(JSONError) {
    file = try Component.MediaItem(from: try json.require("file"))
    isSpoiler = json["spoiler"]?.bool ?? false
    name = json["name"]?.string
    size = json["size"]?.int
    id = json["id"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func writeFields(to json: inout JSONWriter) {
    json.key("file")
    file.write(to: &json)
    if isSpoiler { json.field("spoiler", true) }
  }
}
