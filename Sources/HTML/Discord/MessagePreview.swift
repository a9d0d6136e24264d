// A message as it will look in Discord.

/// A preview of a message: who writes, the text, cards below it, and the buttons.
package struct MessagePreview: HTMLComponent {
  /// A card below the text.
  package struct Embed: Sendable {
    /// The bar at its side; nil for Discord's own grey.
    package var color: HexColor?
    package var author: String?
    package var title: String?
    package var link: SafeURL?
    package var description: String?
    package var fields: [(name: String, value: String, isInline: Bool)] = []
    package var footer: String?
    /// Pictures of this site: a page may show no others.
    package var image: SafeURL?
    package var thumbnail: SafeURL?

    package init() {}
  }

  /// Something to press below a message.
  package enum Control: Sendable {
    package enum Style: String, Sendable { case primary, secondary, success, danger, link }
    case button(String, Style, emoji: String? = nil)
    case select(placeholder: String)
  }

  private let author: String
  private let picture: SafeURL?
  private let content: String
  private let embeds: [Embed]
  private let rows: [[Control]]
  private let names: DiscordText.Names

  /// `content`: in Discord's Markdown, as everything longer in an embed is.
  /// `rows`: of controls, each a line.
  package init(
    author: String, picture: SafeURL? = nil, content: String, embeds: [Embed] = [], rows: [[Control]] = [],
    names: @escaping DiscordText.Names = { _ in nil }
  ) {
    self.author = author
    self.picture = picture
    self.content = content
    self.embeds = embeds
    self.rows = rows
    self.names = names
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("chat"), .role("group"), .ariaLabel(html.strings[.messagePreview])) { html in
      html.add(Avatar(name: author, picture: picture))
      html.element(.div, .class("chat-body")) { html in
        html.element(.p, .class("chat-author")) { html in
          html.isolated(author)
          html.element(.span, .class("chat-tag"), text: html.strings[.botTag])
        }
        if !content.isEmpty { html.add(DiscordText(content, names: names)) }
        for embed in embeds.prefix(10) { write(embed, into: &html) }
        for row in rows.prefix(5) {
          html.element(.div, .class("chat-row")) { html in
            for control in row.prefix(5) { write(control, into: &html) }
          }
        }
      }
    }
  }

  private func write(_ embed: Embed, into html: inout HTMLWriter) {
    html.element(.div, .class("chat-embed")) { html in
      html.element(.svg, .class("chat-bar"), .viewBox("0 0 4 4"), .preserveAspectRatio("none"), .ariaHidden())
      {
        html in
        if let color = embed.color {
          html.element(.path, .outline("M0 0h4v4H0z"), .fill(color))
        } else {
          html.element(.path, .outline("M0 0h4v4H0z"))
        }
      }
      html.element(.div, .class("chat-embed-body")) { html in
        html.element(.div, .class("chat-embed-words")) { html in words(of: embed, into: &html) }
        if let thumbnail = embed.thumbnail {
          html.void(
            .img, .class("chat-thumbnail"), .src(thumbnail), .alt(""), .width(80), .height(80), .lazyLoading)
        }
        if let image = embed.image {
          html.void(.img, .class("chat-image"), .src(image), .alt(""), .lazyLoading)
        }
        if let footer = embed.footer { html.element(.p, .class("chat-footer"), text: footer) }
      }
    }
  }

  private func words(of embed: Embed, into html: inout HTMLWriter) {
    if let author = embed.author { html.element(.p, .class("chat-embed-author"), text: author) }
    if let title = embed.title {
      html.element(.p, .class("chat-embed-title")) { html in
        if let link = embed.link {
          html.element(.a, .href(link), .rel("nofollow noopener noreferrer"), text: title)
        } else {
          html.text(title)
        }
      }
    }
    if let description = embed.description { html.add(DiscordText(description, names: names)) }
    guard !embed.fields.isEmpty else { return }
    html.element(.dl, .class("chat-fields")) { html in
      for field in embed.fields.prefix(25) {
        html.element(.div, .class(field.isInline ? "is-inline" : "")) { html in
          html.element(.dt, text: field.name)
          html.element(.dd) { html in html.add(DiscordText(field.value, names: names)) }
        }
      }
    }
  }

  private func write(_ control: Control, into html: inout HTMLWriter) {
    switch control {
    case .button(let label, let style, let emoji):
      html.element(.span, .class("chat-button chat-button-\(style.rawValue)")) { html in
        if let emoji { html.element(.span, text: emoji) }
        html.element(.span, text: label)
        if style == .link { html.add(Icon.external) }
      }
    case .select(let placeholder):
      html.element(.span, .class("chat-select")) { html in
        html.element(.span, text: placeholder)
        html.add(Icon.chevronDown)
      }
    }
  }
}
