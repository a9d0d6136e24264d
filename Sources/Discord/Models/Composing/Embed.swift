// Embeds: the framed cards under a message's text.

import DiscordCore
package import EventLoop
import JSON

/// An embed (https://discord.com/developers/docs/resources/message#embed-object), received or to be sent.
///
///     Embed(title: "Raid night", description: "Bring snacks.", color: 0x5865F2)
///       .field("When", "\(Mention.timestamp(start, .relative))", inline: true)
///       .footer("See you there")
package struct Embed: Hashable, Sendable {
  /// `rich` for our own; others are made by Discord from links. Not sent.
  package var type: String?
  package var title: String?
  package var description: String?
  /// Makes the title a link.
  package var url: String?
  /// Shown beside the footer in the reader's time zone.
  package var timestamp: Timestamp?
  /// 0xRRGGBB: the stripe at the side.
  package var color: Int?
  package var footer: Footer?
  package var image: Media?
  package var thumbnail: Media?
  /// Received only.
  package var video: Media?
  /// Received only.
  package var provider: Provider?
  package var author: Author?
  package var fields: [Field]
  package var unknownFields = UnknownFields()

  /// An embed of ours.
  package init(
    title: String? = nil, description: String? = nil, url: String? = nil, color: Int? = nil,
    timestamp: Timestamp? = nil, fields: [Field] = []
  ) {
    (self.title, self.description, self.url) = (title, description, url)
    (self.color, self.timestamp, self.fields) = (color, timestamp, fields)
  }

  /// A name and a value below it; up to three inline ones stand side by side.
  package struct Field: Hashable, Sendable {
    package var name: String
    package var value: String
    package var isInline: Bool

    package init(_ name: String, _ value: String, inline: Bool = false) {
      (self.name, self.value, isInline) = (name, value, inline)
    }
  }

  /// The small line at the top.
  package struct Author: Hashable, Sendable {
    package var name: String
    package var url: String?
    package var iconURL: String?

    package init(_ name: String, url: String? = nil, iconURL: String? = nil) {
      (self.name, self.url, self.iconURL) = (name, url, iconURL)
    }
  }

  /// The small line at the bottom.
  package struct Footer: Hashable, Sendable {
    package var text: String
    package var iconURL: String?

    package init(_ text: String, iconURL: String? = nil) { (self.text, self.iconURL) = (text, iconURL) }
  }

  /// Where a link's preview came from.
  package struct Provider: Hashable, Sendable {
    package var name: String?
    package var url: String?
  }

  /// A picture or film.
  package struct Media: Hashable, Sendable {
    /// `https://…`, or `attachment://name` for a file of the same message. Films made from links may have none.
    package var url: String?
    /// The same through Discord's own server. Received only, as are the rest.
    package var proxyURL: String?
    package var width: Int?
    package var height: Int?
    package var contentType: String?
    /// What screen readers say.
    package var description: String?

    package init(_ url: String?, description: String? = nil) {
      (self.url, self.description) = (url, description)
    }
  }
}

// MARK: Building

extension Embed {
  /// The embed with one more field.
  package func field(_ name: String, _ value: String, inline: Bool = false) -> Embed {
    with { $0.fields.append(Field(name, value, inline: inline)) }
  }

  /// The embed with that line at the top.
  package func author(_ name: String, url: String? = nil, iconURL: String? = nil) -> Embed {
    with { $0.author = Author(name, url: url, iconURL: iconURL) }
  }

  /// The embed with that line at the bottom.
  package func footer(_ text: String, iconURL: String? = nil) -> Embed {
    with { $0.footer = Footer(text, iconURL: iconURL) }
  }

  /// The embed with a large picture: an address, or `attachment://name`.
  package func image(_ url: String) -> Embed { with { $0.image = Media(url) } }

  /// The embed with a small picture in the corner.
  package func thumbnail(_ url: String) -> Embed { with { $0.thumbnail = Media(url) } }

  private func with(_ change: (inout Embed) -> Void) -> Embed {
    var copy = self
    change(&copy)
    return copy
  }
}

// MARK: Limits

extension Embed: Validatable {
  /// Code points of all texts of all embeds of one message.
  package static let maximumTotalLength = 6_000
  /// Embeds of one message.
  package static let maximumCount = 10

  /// What counts towards `maximumTotalLength`.
  package var totalLength: Int {
    var total = (title ?? "").discordTrimmedLength + (description ?? "").discordTrimmedLength
    total += (footer?.text ?? "").discordTrimmedLength + (author?.name ?? "").discordTrimmedLength
    for field in fields { total += field.name.discordTrimmedLength + field.value.discordTrimmedLength }
    return total
  }

  package func validate() throws(CompositionError) {
    try Check.trimmed(title, "title", 0...256)
    try Check.trimmed(description, "description", 0...4_096)
    try Check.address(url, "url")
    try Check.number(color, "color", 0...0xFFFFFF)
    try Check.count(fields.count, "fields", 0...25)
    try Check.each(fields, "fields")
    if let author {
      try Check.trimmed(author.name, "author.name", 1...256)
      try Check.address(author.url, "author.url")
      try Check.address(author.iconURL, "author.icon_url", schemes: ["attachment://"])
    }
    if let footer {
      try Check.trimmed(footer.text, "footer.text", 1...2_048)
      try Check.address(footer.iconURL, "footer.icon_url", schemes: ["attachment://"])
    }
    try Check.address(image?.url, "image.url", schemes: ["attachment://"])
    try Check.address(thumbnail?.url, "thumbnail.url", schemes: ["attachment://"])
    if isBlank {
      throw CompositionError(
        .missing, "description", "is missing, and so is all else; Discord wants some content")
    }
  }

  private var isBlank: Bool {
    let texts = [title, description, author?.name, footer?.text]
    return texts.allSatisfy { ($0 ?? "").discordTrimmedLength == 0 } && fields.isEmpty && image == nil
      && thumbnail == nil && timestamp == nil
  }

  /// The checks of all embeds of one message.
  static func validate(_ embeds: [Embed]) throws(CompositionError) {
    try Check.count(embeds.count, "embeds", 0...maximumCount)
    try Check.each(embeds, "embeds")
    let total = embeds.reduce(0) { $0 + $1.totalLength }
    if total > maximumTotalLength {
      throw CompositionError(
        .tooLong, "embeds", "are \(total) characters long together; Discord takes at most 6000",
        found: total, limit: 0...maximumTotalLength)
    }
  }
}

extension Embed.Field: Validatable {
  package func validate() throws(CompositionError) {
    try Check.trimmed(name, "name", 1...256)
    try Check.trimmed(value, "value", 1...1_024)
  }
}
