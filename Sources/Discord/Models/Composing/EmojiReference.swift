// An emoji as we name it to Discord: in buttons, options, poll answers and reactions.

package import DiscordCore
package import JSON

/// A Unicode emoji or a custom one, as far as it takes to name it. A literal is a Unicode emoji: `"👍"`.
package struct EmojiReference: Hashable, Sendable {
  /// Nil for a Unicode emoji.
  package var id: EmojiID?
  /// The emoji itself, or the custom emoji's name, which Discord does not need where the id is known.
  package var name: String?
  package var isAnimated: Bool

  package init(id: EmojiID? = nil, name: String?, isAnimated: Bool = false) {
    (self.id, self.name, self.isAnimated) = (id, name, isAnimated)
  }

  /// The emoji itself: "👍".
  package static func unicode(_ emoji: String) -> EmojiReference { EmojiReference(name: emoji) }

  /// An emoji of a guild or of the application.
  package static func custom(_ id: EmojiID, name: String, isAnimated: Bool = false) -> EmojiReference {
    EmojiReference(id: id, name: name, isAnimated: isAnimated)
  }

  /// What a person typed: a custom emoji's mention, or a Unicode emoji by itself. Nil for anything else.
  package init?(typed text: String) {
    if case .emoji(let id, let name, let isAnimated) = Mention(text) {
      self.init(id: id, name: name, isAnimated: isAnimated)
    } else if text.count == 1, let first = text.unicodeScalars.first,
      first.properties.isEmojiPresentation || first.properties.isEmoji && text.unicodeScalars.count > 1
    {
      self.init(name: text)
    } else {
      return nil
    }
  }

  /// As it stands in a message's text.
  package var mention: String {
    guard let id else { return name ?? "" }
    return Mention.emoji(id, name: name ?? "_", isAnimated: isAnimated).description
  }

  /// As it stands in a path of the REST API, before percent-encoding: the emoji, or `name:id`.
  package var pathSegment: String { id.map { "\(name ?? "_"):\($0)" } ?? name ?? "" }
}

extension EmojiReference: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(name: value) }
}

extension EmojiReference: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    guard json.object != nil else { throw json.mismatch() }
    self.init(
      id: json["id"]?.id(), name: json["name"]?.string, isAnimated: json["animated"]?.bool ?? false)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("id", id)
      json.optional("name", name)
      if isAnimated { json.field("animated", true) }
    }
  }
}
