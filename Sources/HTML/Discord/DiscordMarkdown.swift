// Discord's Markdown as a tree: what a message will look like, worked out without trusting a byte of it.

/// A text as Discord shows it. Reading takes time in proportion to the length, and what nests does so to a bound, so
/// that a hostile text costs no more than a dull one.
package struct DiscordMarkdown: Sendable {
  /// A part of a line.
  package indirect enum Inline: Sendable, Equatable {
    case text(String)
    case strong([Inline])
    case emphasis([Inline])
    case underline([Inline])
    case strike([Inline])
    case spoiler([Inline])
    case code(String)
    case link(SafeURL, [Inline])
    case mention(Mention)
    /// A custom emoji, by its name.
    case emoji(String)
    /// An instant, in seconds since 1970.
    case time(Int64)
    case lineBreak
  }

  /// Whom or what a message points at, by id.
  package enum Mention: Sendable, Hashable {
    case user(String)
    case role(String)
    case channel(String)
    /// A slash command, by name.
    case command(String)
    /// `everyone` or `here`.
    case all(String)
  }

  /// A line, or several that belong together.
  package indirect enum Block: Sendable, Equatable {
    case paragraph([Inline])
    /// `level`: 1 to 3.
    case heading(level: Int, [Inline])
    case small([Inline])
    case quote([Block])
    case code(language: String?, String)
    /// `start`: the first number; nil for a list without numbers.
    case list(start: Int?, [[Block]])
  }

  /// Longer texts are cut off; in UTF-8 bytes. A message has at most 4000 characters.
  package static let maximumLength = 16 * 1024

  /// What was read, from top to bottom.
  package let blocks: [Block]

  /// Reads a text; every text is valid.
  package init(_ text: String) {
    let bytes = text.utf8.prefix(Self.maximumLength).filter { $0 != 0x0D }
    var reader = BlockReader(String(decoding: bytes, as: UTF8.self))
    blocks = reader.blocks(depth: 0)
  }
}
