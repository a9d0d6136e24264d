// What stands above a page's content: its heading, and strips that concern the whole visit.

/// The heading of a page: what it is, what it is for, and what can be done on all of it.
package struct PageHeading: HTMLComponent {
  private let title: String
  private let description: String?
  private let level: Element
  private let beside: HTMLContent?
  private let actions: HTMLContent?

  /// `level`: `h1`, but on a page that shows several.
  /// `beside`: next to the title, such as a badge.
  /// `actions`: at the end of the row, the primary one last.
  package init(
    _ title: String, description: String? = nil, level: Element = .h1, beside: HTMLContent? = nil,
    actions: HTMLContent? = nil
  ) {
    self.title = title
    self.description = description
    self.level = level
    self.beside = beside
    self.actions = actions
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("page-title")) { html in
      html.element(.div, .class("page-title-words")) { html in
        html.element(.div, .class("row")) { html in
          html.element(level, .class("page-title-name"), text: title)
          beside?(&html)
        }
        if let description { html.element(.p, text: description) }
      }
      if let actions { html.element(.div, .class("actions"), content: actions) }
    }
  }
}

/// A strip above the content, for what concerns the whole visit: a new policy, a paused bot.
package struct Banner: HTMLComponent {
  private let tone: Tone
  private let text: String
  private let link: (title: String, address: SafeURL)?
  private let actions: HTMLContent?

  package init(
    _ tone: Tone, _ text: String, link: (title: String, address: SafeURL)? = nil,
    actions: HTMLContent? = nil
  ) {
    self.tone = tone
    self.text = text
    self.link = link
    self.actions = actions
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("banner tone-\(tone.rawValue)")) { html in
      html.add(tone.icon)
      html.element(.p) { html in
        html.text(text)
        if let link {
          html.text(" ")
          html.element(.a, .href(link.address), text: link.title)
        }
      }
      if let actions { html.element(.div, .class("actions"), content: actions) }
    }
  }
}

/// Says that the reader may look at everything here and change nothing.
package struct ViewerBanner: HTMLComponent {
  package init() {}

  package func render(into html: inout HTMLWriter) {
    html.add(Banner(.info, html.strings[.viewing]))
  }
}

/// Asks whether cookies that are not needed may be set. Both answers are a press away, and none is set before.
package struct CookieBanner: HTMLComponent {
  private let text: String
  private let policy: (title: String, address: SafeURL)
  private let answer: PostTarget
  private let accept: String
  private let decline: String

  /// `answer`: gets `choice=accept` or `choice=decline`.
  /// `accept`, `decline`: what the buttons read.
  package init(
    _ text: String, policy: (title: String, address: SafeURL), answer: PostTarget, accept: String,
    decline: String
  ) {
    self.text = text
    self.policy = policy
    self.answer = answer
    self.accept = accept
    self.decline = decline
  }

  package func render(into html: inout HTMLWriter) {
    html.add(
      Banner(.neutral, text, link: policy) { html in
        html.form(answer, .class("actions")) { html in
          html.add(Button(decline, act: .submit(name: "choice", value: "decline")).small())
          html.add(Button(accept, act: .submit(name: "choice", value: "accept")).small())
        }
      })
  }
}
