// Parts of a page that follow what happens on the server.

/// A part of a page that listens: what lies in it and carries `data-live-key` is changed by the events of that name.
/// Without scripts it shows what it was written with.
package struct LiveRegion: HTMLComponent {
  private let source: SafeURL
  private let content: HTMLContent

  /// `source`: a stream of server-sent events of this site. Regions of one page with the same source share one
  ///   connection.
  package init(_ source: SafeURL, content: @escaping HTMLContent) {
    self.source = source
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("live"), .data("live", source.description), content: content)
  }
}

/// Something that changes within a `LiveRegion`: its text, its state, how far it has come.
package struct LivePart: HTMLComponent {
  private let key: String
  private let isBlock: Bool
  private let content: HTMLContent

  /// `key`: the name of the events that change it.
  /// `content`: plain text, a `StatusDot` or a `ProgressBar`.
  /// `isBlock`: whether the content stands by itself rather than in a line of text.
  package init(_ key: String, isBlock: Bool = false, content: @escaping HTMLContent) {
    self.key = key
    self.isBlock = isBlock
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    html.element(isBlock ? .div : .span, .class("live-part"), .data("live-key", key), content: content)
  }
}

/// Whether the page is connected to what it shows; seen where scripts run.
package struct LiveStatus: HTMLComponent, Sendable {
  package init() {}

  package func render(into html: inout HTMLWriter) {
    html.element(
      .span, .class("status live-status tone-neutral"), .hidden(), .data("live-status"),
      .data("live-word", html.strings[.live]), .data("waiting-word", html.strings[.reconnecting])
    ) { html in
      html.element(.span, .class("dot"), .ariaHidden())
      html.element(.span, text: "")
    }
  }
}

/// Lines of what happened, the newest last. Within a `LiveRegion` new ones are added as they come, and beyond 200 the
/// oldest go.
package struct LiveLog: HTMLComponent {
  /// A line.
  package struct Line: Sendable {
    /// Seconds since 1970, in UTC.
    package let time: Int64
    /// A word before the text, such as a level or a name; nil for none.
    package let label: String?
    package let text: String

    package init(time: Int64, label: String? = nil, text: String) {
      self.time = time
      self.label = label
      self.text = text
    }
  }

  private let key: String
  private let label: String
  private let lines: [Line]
  private let empty: String

  /// `key`: the name of the events that add lines: `{"append":{"time":"2026-11-21T08:00:00Z","label":…,"text":…}}`.
  /// `label`: what the lines are of; read out.
  /// `empty`: shown while there is no line.
  package init(_ key: String, label: String, lines: [Line], empty: String) {
    self.key = key
    self.label = label
    self.lines = lines
    self.empty = empty
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("log"), .data("live-key", key)) { html in
      html.element(
        .div, .class("log-frame"), .role("log"), .ariaLabel(label), .tabIndex(0)
      ) { html in
        html.element(.ol, .class("log-lines"), .data("live-lines")) { html in
          for line in lines { write(line, into: &html) }
        }
      }
      html.element(.p, .class("log-empty muted"), text: empty)
      html.element(.template, .data("live-template")) { html in write(nil, into: &html) }
    }
  }

  private func write(_ line: Line?, into html: inout HTMLWriter) {
    html.element(.li, .class("log-line")) { html in
      if let line {
        html.add(TimeText(secondsSince1970: line.time, .time))
      } else {
        html.element(.time, .data("time", "time"), .data("slot", "time"))
      }
      html.element(.span, .class("log-label"), .data("slot", "label"), text: line?.label ?? "")
      html.element(.span, .class("log-text"), .data("slot", "text"), text: line?.text ?? "")
    }
  }
}
