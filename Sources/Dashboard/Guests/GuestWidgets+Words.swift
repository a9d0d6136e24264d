// Widgets of words: text, alerts, lists, Markdown, timelines, badges, people, pictures, buttons.

import HTML
import Markdown
import PlatformAccess
import Resources
import SandboxArtifacts

extension GuestWidgets {
  func paragraphs(_ text: String, _ html: inout HTMLWriter) {
    let parts = text.split(separator: "\n\n").prefix(200)
    if parts.isEmpty { return context.empty(&html) }
    for part in parts {
      html.element(.p, .class("guest-text"), text: String(part))
    }
  }

  func alert(
    _ level: GuestWidgetData.Level, _ message: String, _ widget: GuestWidget, _ html: inout HTMLWriter
  ) {
    if message.isEmpty, widget.title.isEmpty { return context.empty(&html) }
    let title = widget.title.isEmpty ? message : widget.title
    html.add(
      Notice(
        Self.tone(level), title,
        content: widget.title.isEmpty || message.isEmpty
          ? nil
          : { html in
            html.element(.p, .class("guest-text"), text: message)
          }))
  }

  /// Links lead to other sites only: a plugin's words send nobody to a page of ours.
  func markdown(_ text: String, _ widget: GuestWidget, _ html: inout HTMLWriter) {
    guard !text.isEmpty else { return context.empty(&html) }
    let document = MarkdownDocument(text, idPrefix: "guest-\(widget.id)-") { Self.link($0) }
    html.element(.div, .class("prose")) { html in
      if let title = document.title { html.element(.h2, text: title) }
      document.render(into: &html)
    }
  }

  /// An address on another site, over https.
  static func link(_ text: String) -> SafeURL? {
    guard text.lowercased().hasPrefix("https://"), let url = SafeURL(text), !url.isLocal else { return nil }
    return url
  }

  func pairs(_ pairs: [GuestWidgetData.Pair], _ html: inout HTMLWriter) {
    if pairs.isEmpty { return context.empty(&html) }
    // Some lists are names alone.
    guard pairs.contains(where: { $0.value != .nothing }) else {
      html.element(.ul, .class("guest-list")) { html in
        for pair in pairs { html.element(.li, text: pair.name) }
      }
      return
    }
    html.add(
      DefinitionList(
        pairs.map { pair in (name: pair.name, value: { html in write(pair.value, .plain, into: &html) }) }))
  }

  func moments(_ moments: [GuestWidgetData.Moment], _ html: inout HTMLWriter) {
    if moments.isEmpty { return context.empty(&html) }
    html.element(.ol, .class("timeline")) { html in
      for moment in moments {
        let tone = moment.level.map(Self.tone) ?? .neutral
        html.element(.li, .class("tone-\(tone.rawValue)")) { html in
          html.element(.span, .class("timeline-mark")) { html in
            html.add(tone == .error ? Icon.error : Icon.clock)
          }
          html.element(.div, .class("timeline-body")) { html in
            html.element(.p) { html in
              html.element(.strong, text: moment.title)
              html.text(" ")
              html.element(.span, .class("muted")) { html in write(moment.time, .timestamp, into: &html) }
            }
            if let text = moment.text { html.element(.p, .class("guest-text"), text: text) }
          }
        }
      }
    }
  }

  func badges(_ badges: [GuestWidgetData.Badge], _ html: inout HTMLWriter) {
    if badges.isEmpty { return context.empty(&html) }
    html.element(.div, .class("row")) { html in
      for badge in badges { html.add(Badge(badge.label, Self.tone(badge.color))) }
    }
  }

  func users(_ users: [GuestWidgetData.User], _ html: inout HTMLWriter) {
    if users.isEmpty { return context.empty(&html) }
    html.element(.ul, .class("guest-users")) { html in
      for user in users {
        html.element(.li, .class("person"), .title(user.id)) { html in
          html.add(Avatar(name: user.name, picture: user.avatar.flatMap { Self.link($0) }, size: .small))
          html.element(.span) { html in
            html.element(.strong) { html in html.isolated(user.name) }
            if let detail = user.detail {
              html.text(" ")
              html.element(.span, .class("muted")) { html in html.isolated(detail) }
            }
          }
        }
      }
    }
  }

  func image(_ path: String, _ widget: GuestWidget, _ html: inout HTMLWriter) {
    guard let address = context.picture(path) else { return context.empty(&html) }
    html.void(.img, .class("guest-image"), .src(address), .alt(widget.title), .lazyLoading)
  }

  /// A form of its own; one that asks first opens a question, which holds the form.
  func button(_ action: GuestWidget.Action, _ widget: GuestWidget, _ html: inout HTMLWriter) {
    let kind: Button.Kind =
      switch action.style {
      case .default: .secondary
      case .primary: .primary
      case .danger: .danger
      }
    let isAllowed = context.role >= widget.actingRole ?? .manager
    guard let target = context.target(widget), isAllowed else {
      html.add(Button(action.label, kind: kind, act: .script([])).disabled())
      html.element(.p, .class("help"), text: context.strings["guest.notAllowed"])
      return
    }
    guard let question = action.confirmation else {
      html.form(target) { html in html.add(Button(action.label, kind: kind, act: .submit())) }
      return
    }
    html.element(.details, .class("guest-confirm")) { html in
      html.element(.summary, .class("button button-\(kind.rawValue)"), text: action.label)
      html.form(target, .class("stack")) { html in
        html.element(.p, .class("guest-text"), text: question)
        html.add(Button(context.strings["guest.confirm"], kind: kind, act: .submit()))
      }
    }
  }

  /// In place of what only shows once somebody asks for it, because asking changes something.
  func ask(_ target: PostTarget, _ widget: GuestWidget, _ html: inout HTMLWriter) {
    if case .statCard(let card) = widget.kind, widget.title.isEmpty, !card.label.isEmpty {
      html.element(.p, .class("stat-name"), text: card.label)
    }
    html.element(.p, .class("help"), text: context.strings["guest.ask.help"])
    html.form(target) { html in html.add(Button(context.strings["guest.ask"], act: .submit())) }
  }

  static func tone(_ level: GuestWidgetData.Level) -> Tone {
    switch level {
    case .info: .info
    case .success: .success
    case .warning: .warning
    case .error: .error
    }
  }

  static func tone(_ color: GuestWidget.BadgeColor?) -> Tone {
    switch color {
    case .green: .success
    case .red: .error
    case .gold: .warning
    case .cyan: .info
    case .gray, nil: .neutral
    }
  }
}
