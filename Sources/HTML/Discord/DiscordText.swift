// Discord's Markdown as HTML.

/// A text as Discord shows it: for previews of messages, and for help texts of plugins.
package struct DiscordText: HTMLComponent {
  /// What a mention is called, without its sign; nil when nobody knows, and the id is shown.
  package typealias Names = @Sendable (DiscordMarkdown.Mention) -> String?

  private let markdown: DiscordMarkdown
  private let names: Names

  package init(_ text: String, names: @escaping Names = { _ in nil }) {
    markdown = DiscordMarkdown(text)
    self.names = names
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("chat-text")) { html in write(markdown.blocks, into: &html) }
  }

  private func write(_ blocks: [DiscordMarkdown.Block], into html: inout HTMLWriter) {
    for block in blocks { write(block, into: &html) }
  }

  private func write(_ block: DiscordMarkdown.Block, into html: inout HTMLWriter) {
    switch block {
    case .paragraph(let parts): html.element(.p) { html in write(parts, into: &html) }
    // No headings of the page they are shown on.
    case .heading(let level, let parts):
      html.element(.p, .class("chat-heading chat-heading-\(level)")) { html in write(parts, into: &html) }
    case .small(let parts):
      html.element(.p, .class("chat-small")) { html in write(parts, into: &html) }
    case .quote(let blocks): html.element(.blockquote) { html in write(blocks, into: &html) }
    case .code(_, let text):
      html.element(.pre, .class("chat-code"), .tabIndex(0)) { html in html.element(.code, text: text) }
    case .list(let start, let items):
      html.element(start == nil ? .ul : .ol, .start(start == 1 ? nil : start)) { html in
        for item in items { html.element(.li) { html in write(item, into: &html) } }
      }
    }
  }

  private func write(_ parts: [DiscordMarkdown.Inline], into html: inout HTMLWriter) {
    for part in parts { write(part, into: &html) }
  }

  private func write(_ part: DiscordMarkdown.Inline, into html: inout HTMLWriter) {
    switch part {
    case .text(let text): html.text(text)
    case .lineBreak: html.void(.br)
    case .strong(let parts): html.element(.strong) { html in write(parts, into: &html) }
    case .emphasis(let parts): html.element(.em) { html in write(parts, into: &html) }
    case .underline(let parts): html.element(.u) { html in write(parts, into: &html) }
    case .strike(let parts): html.element(.s) { html in write(parts, into: &html) }
    case .spoiler(let parts):
      html.element(.span, .class("chat-spoiler"), .tabIndex(0)) { html in write(parts, into: &html) }
    case .code(let text): html.element(.code, .class("chat-inline-code"), text: text)
    case .link(let url, let parts):
      html.element(.a, .href(url), .rel("nofollow noopener noreferrer")) { html in write(parts, into: &html) }
    case .emoji(let name): html.element(.span, .class("chat-emoji"), text: ":\(name):")
    case .time(let seconds):
      html.element(.span, .class("chat-time")) { html in html.add(TimeText(secondsSince1970: seconds)) }
    case .mention(let mention):
      html.element(.span, .class("chat-mention")) { html in html.isolated(words(for: mention)) }
    }
  }

  private func words(for mention: DiscordMarkdown.Mention) -> String {
    switch mention {
    case .user(let id), .role(let id): "@" + (names(mention) ?? id)
    case .channel(let id): "#" + (names(mention) ?? id)
    case .command(let name): "/" + name
    case .all(let word): "@" + word
    }
  }
}
