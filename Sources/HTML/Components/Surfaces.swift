// Things that hold other things: card, notice, empty state, dialog, tabs.

/// A bounded part of a page with a heading.
package struct Card: HTMLComponent {
  private let title: String
  private let subtitle: String?
  private let actions: HTMLContent?
  private let footer: HTMLContent?
  private let content: HTMLContent

  package init(
    _ title: String, subtitle: String? = nil, actions: HTMLContent? = nil, footer: HTMLContent? = nil,
    content: @escaping HTMLContent
  ) {
    self.title = title
    self.subtitle = subtitle
    self.actions = actions
    self.footer = footer
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.section, .class("card")) { html in
      html.element(.header, .class("card-head")) { html in
        html.element(.div, .class("card-title")) { html in
          html.element(.h2, text: title)
          if let subtitle { html.element(.p, .class("muted"), text: subtitle) }
        }
        if let actions { html.element(.div, .class("actions"), content: actions) }
      }
      html.element(.div, .class("card-body"), content: content)
      if let footer { html.element(.footer, .class("card-foot"), content: footer) }
    }
  }
}

/// How something stands; shown by colour, and always by a shape or word as well.
package enum Tone: String, Sendable, CaseIterable {
  case neutral, info, success, warning, error

  var icon: Icon {
    switch self {
    case .neutral, .info: .info
    case .success: .success
    case .warning: .warning
    case .error: .error
    }
  }
}

/// A message in the page: what happened and what to do about it.
package struct Notice: HTMLComponent {
  private let tone: Tone
  private let title: String
  private let isDismissible: Bool
  private let content: HTMLContent?

  /// `isDismissible`: a button, shown where scripts run, takes the notice away from this page.
  package init(_ tone: Tone, _ title: String, isDismissible: Bool = false, content: HTMLContent? = nil) {
    self.tone = tone
    self.title = title
    self.isDismissible = isDismissible
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    // An error is an alert; the rest waits its turn.
    html.element(.div, .class("notice tone-\(tone.rawValue)"), .role(tone == .error ? "alert" : "status")) {
      html in
      html.add(tone.icon)
      html.element(.div, .class("notice-body")) { html in
        html.element(.p, .class("notice-title"), text: title)
        if let content { html.element(.div, content: content) }
      }
      if isDismissible {
        html.element(
          .button, .class("button button-quiet button-icon button-small"), .type("button"), .hidden(),
          .data("dismiss"), .ariaLabel(html.strings[.dismiss]), .title(html.strings[.dismiss])
        ) { html in html.add(Icon.close) }
      }
    }
  }
}

/// What stands where there is nothing yet: a picture, one sentence that says what to do, and the way to do it.
package struct EmptyState: HTMLComponent {
  private let title: String
  private let sentence: String
  private let action: Button?

  package init(_ title: String, _ sentence: String, action: Button? = nil) {
    self.title = title
    self.sentence = sentence
    self.action = action
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("empty")) { html in
      html.add(EmptyHallPicture())
      html.element(.p, .class("empty-title"), text: title)
      html.element(.p, .class("muted"), text: sentence)
      if let action { html.add(action) }
    }
  }
}

/// A question or a short form before the page. Opened by a button with `.open(id)`; browsers that know `commandfor`
/// need no script for that.
package struct Dialog: HTMLComponent {
  private let id: ElementID
  private let title: String
  private let content: HTMLContent
  private let actions: HTMLContent

  /// `actions`: the buttons, which stand in a form of method `dialog`. The focus starts on the dialog's own
  ///   closing button, so that Enter by mistake does no harm.
  package init(
    _ id: ElementID, title: String, actions: @escaping HTMLContent, content: @escaping HTMLContent
  ) {
    self.id = id
    self.title = title
    self.actions = actions
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.dialog, .class("dialog"), .id(id), .ariaLabelledBy(id.part("title"))) { html in
      html.element(.form, .class("dialog-head"), .method(.dialog)) { html in
        html.element(.h2, .id(id.part("title")), text: title)
        html.add(Button.icon(.close, label: html.strings[.close], act: .closeDialog).small())
      }
      html.element(.div, .class("dialog-body"), content: content)
      html.element(.form, .class("dialog-foot"), .method(.dialog), content: actions)
    }
  }
}

/// Parts of a page of which one is shown. Without scripts they stand one below the other, under links to each.
package struct Tabs: HTMLComponent {
  /// One part.
  package struct Panel {
    package let id: ElementID
    package let title: String
    package let content: HTMLContent

    package init(_ id: ElementID, title: String, content: @escaping HTMLContent) {
      self.id = id
      self.title = title
      self.content = content
    }
  }

  private let label: String
  private let panels: [Panel]

  /// `label`: what the parts are parts of; read out.
  package init(_ label: String, panels: [Panel]) {
    self.label = label
    self.panels = panels
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("tabs"), .data("tabs")) { html in
      html.element(.nav, .class("tab-list"), .ariaLabel(label)) { html in
        for panel in panels {
          html.element(.a, .class("tab"), .id(panel.id.part("tab")), .href(panel.id.link), text: panel.title)
        }
      }
      for panel in panels {
        html.element(
          .section, .class("tab-panel"), .id(panel.id), .ariaLabelledBy(panel.id.part("tab")),
          content: panel.content)
      }
    }
  }
}
