// The small parts: badge, status dot, stat tile, definition list, key hint, tooltip, avatar, code, progress, skeleton.

/// A word on a tinted ground.
package struct Badge: HTMLComponent {
  private let text: String
  private let tone: Tone

  package init(_ text: String, _ tone: Tone = .neutral) {
    self.text = text
    self.tone = tone
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.span, .class("badge tone-\(tone.rawValue)"), text: text)
  }
}

/// A dot and the word it stands for.
package struct StatusDot: HTMLComponent {
  private let text: String
  private let tone: Tone

  package init(_ text: String, _ tone: Tone) {
    self.text = text
    self.tone = tone
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.span, .class("status tone-\(tone.rawValue)")) { html in
      html.element(.span, .class("dot"), .ariaHidden())
      html.element(.span, text: text)
    }
  }
}

/// A number that matters, with its name and how it moved.
package struct StatTile: HTMLComponent {
  private let name: String
  private let value: String
  private let change: String?
  private let tone: Tone
  private let icon: Icon?

  package init(_ name: String, value: String, change: String? = nil, tone: Tone = .neutral, icon: Icon? = nil)
  {
    self.name = name
    self.value = value
    self.change = change
    self.tone = tone
    self.icon = icon
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stat")) { html in
      html.element(.p, .class("stat-name")) { html in
        if let icon { html.add(icon) }
        html.element(.span, text: name)
      }
      html.element(.p, .class("stat-value"), text: value)
      if let change { html.element(.p, .class("stat-change tone-\(tone.rawValue)"), text: change) }
    }
  }
}

/// Names with their values.
package struct DefinitionList: HTMLComponent {
  private let entries: [(name: String, value: HTMLContent)]

  package init(_ entries: [(name: String, value: HTMLContent)]) {
    self.entries = entries
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.dl, .class("definitions")) { html in
      for entry in entries {
        html.element(.div) { html in
          html.element(.dt, text: entry.name)
          html.element(.dd, content: entry.value)
        }
      }
    }
  }
}

/// Keys to press together.
package struct KeyHint: HTMLComponent {
  private let keys: [String]

  package init(_ keys: String...) {
    self.keys = keys
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.span, .class("keys")) { html in
      for key in keys { html.element(.kbd, text: key) }
    }
  }
}

/// A few more words on a term, shown on hover and focus. Nothing that is needed may hide in it.
package struct Tooltip: HTMLComponent {
  private let id: ElementID
  private let term: String
  private let text: String

  package init(_ id: ElementID, term: String, text: String) {
    self.id = id
    self.term = term
    self.text = text
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.span, .class("tooltip"), .data("tooltip")) { html in
      html.element(
        .button, .class("tooltip-term"), .type("button"), .ariaDescribedBy([id]), text: term)
      html.element(.span, .class("tooltip-text"), .id(id), .role("tooltip"), text: text)
    }
  }
}

/// A picture of a member or a server, or the first letters of its name. Decoration: the name stands beside it.
package struct Avatar: HTMLComponent {
  /// Edge length as the style sheet defines it.
  package enum Size: String, Sendable {
    case small, medium, large
  }

  private let name: String
  private let picture: SafeURL?
  private let size: Size

  package init(name: String, picture: SafeURL? = nil, size: Size = .medium) {
    self.name = name
    self.picture = picture
    self.size = size
  }

  package func render(into html: inout HTMLWriter) {
    let classes = "avatar avatar-\(size.rawValue)"
    if let picture {
      html.void(.img, .class(classes), .src(picture), .alt(""), .width(40), .height(40), .lazyLoading)
    } else {
      html.element(.span, .class(classes + " avatar-hue-\(hue)"), .ariaHidden()) { html in html.text(initials)
      }
    }
  }

  private var initials: String {
    let words = name.split(whereSeparator: \.isWhitespace).prefix(2)
    // A character may be made of hundreds of scalars; one is enough of a picture.
    return String(String.UnicodeScalarView(words.compactMap(\.unicodeScalars.first))).uppercased()
  }

  /// The same name has the same ground everywhere (FNV-1a, so that it does not change from run to run).
  private var hue: UInt32 {
    name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } % 5
  }
}

/// Code or other text to be copied as it is.
package struct CodeBlock: HTMLComponent {
  private let id: ElementID
  private let label: String
  private let code: String

  /// `label`: what the text is; seen above it.
  package init(_ id: ElementID, label: String, code: String) {
    self.id = id
    self.label = label
    self.code = code
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("code-block")) { html in
      html.element(.div, .class("code-head")) { html in
        html.element(.span, .id(id.part("label")), text: label)
        html.element(
          .button, .class("button button-quiet button-small"), .type("button"), .hidden(),
          .data("copy", id.rawValue), .data("copied-label", html.strings[.copied])
        ) { html in
          html.add(Icon.copy)
          html.element(.span, text: html.strings[.copy])
        }
      }
      // Focusable, so that the keyboard can scroll it.
      html.element(.pre, .tabIndex(0), .role("region"), .ariaLabelledBy(id.part("label"))) { html in
        html.element(.code, .id(id), text: code)
      }
    }
  }
}

/// How far something has come.
package struct ProgressBar: HTMLComponent {
  private let id: ElementID
  private let label: String
  private let done: Int?
  private let total: Int

  /// `done`: nil when it cannot be said.
  package init(_ id: ElementID, label: String, done: Int?, of total: Int) {
    self.id = id
    self.label = label
    self.done = done
    self.total = max(total, 1)
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("progress")) { html in
      html.element(.div, .class("progress-head")) { html in
        html.element(.label, .for(id), text: label)
        if let done { html.element(.span, .class("muted"), text: "\(done * 100 / total) %") }
      }
      html.element(
        .progress, .id(id), .maximum(String(total)), .value(done.map { String($0) }))
    }
  }
}

/// The outline of what is on its way.
package struct Skeleton: HTMLComponent {
  private let lines: Int

  package init(lines: Int = 3) {
    self.lines = lines
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("skeleton"), .role("status")) { html in
      html.element(.span, .class("visually-hidden"), text: html.strings[.loading])
      for _ in 0..<lines { html.element(.span, .class("skeleton-line"), .ariaHidden()) }
    }
  }
}
