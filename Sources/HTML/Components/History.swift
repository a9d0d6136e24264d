// What changed, who did it, and what is left to do: differences, timelines, checklists.

/// Settings before and after, a row for each that differs.
package struct SettingDifference: HTMLComponent {
  /// A setting that differs.
  package struct Row: Sendable {
    /// Where the setting is, in words.
    package let label: String
    /// The values in words; nil where there was or is none. Line breaks are kept.
    package let old: String?
    package let new: String?

    package init(_ label: String, old: String?, new: String?) {
      self.label = label
      self.old = old
      self.new = new
    }
  }

  private let rows: [Row]

  package init(_ rows: [Row]) {
    self.rows = rows
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.dl, .class("difference")) { html in
      for row in rows {
        let (word, tone): (ComponentStrings.Key, Tone) =
          row.old == nil ? (.added, .success) : row.new == nil ? (.removed, .error) : (.changed, .info)
        html.element(.div) { html in
          html.element(.dt) { html in
            html.element(.span, text: row.label)
            html.add(Badge(html.strings[word], tone))
          }
          html.element(.dd) { html in
            if let old = row.old { value(.del, old, .before, into: &html) }
            if let new = row.new { value(.ins, new, .after, into: &html) }
          }
        }
      }
    }
  }

  private func value(
    _ element: Element, _ text: String, _ word: ComponentStrings.Key, into html: inout HTMLWriter
  ) {
    html.element(element) { html in
      html.element(.span, .class("visually-hidden"), text: html.strings[word] + " ")
      html.text(text)
    }
  }
}

/// What happened, the newest first: who did what, and when.
package struct Timeline: HTMLComponent {
  /// Something that happened.
  package struct Entry {
    /// Nil for what the program did by itself.
    package let who: String?
    package let picture: SafeURL?
    package let icon: Icon
    package let tone: Tone
    /// Seconds since 1970, in UTC.
    package let time: Int64
    /// What was done, as the rest of a sentence that begins with the name.
    package let what: HTMLContent
    /// More about it, such as a `SettingDifference`, below the sentence.
    package let detail: HTMLContent?

    package init(
      who: String?, picture: SafeURL? = nil, icon: Icon, tone: Tone = .neutral, time: Int64,
      what: @escaping HTMLContent, detail: HTMLContent? = nil
    ) {
      self.who = who
      self.picture = picture
      self.icon = icon
      self.tone = tone
      self.time = time
      self.what = what
      self.detail = detail
    }
  }

  private let entries: [Entry]

  package init(_ entries: [Entry]) {
    self.entries = entries
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.ol, .class("timeline")) { html in
      for entry in entries {
        html.element(.li, .class("tone-\(entry.tone.rawValue)")) { html in
          html.element(.span, .class("timeline-mark")) { html in html.add(entry.icon) }
          html.element(.div, .class("timeline-body")) { html in
            html.element(.p) { html in
              if let who = entry.who {
                html.element(.span, .class("person")) { html in
                  html.add(Avatar(name: who, picture: entry.picture, size: .small))
                  html.element(.strong) { html in html.isolated(who) }
                }
                html.text(" ")
              }
              entry.what(&html)
              html.text(" ")
              html.element(.span, .class("muted timeline-time")) { html in
                html.add(TimeText(secondsSince1970: entry.time, .relative))
              }
            }
            if let detail = entry.detail {
              html.element(.div, .class("timeline-detail"), content: detail)
            }
          }
        }
      }
    }
  }
}

/// Steps of a task, or things that need attention, each with the way to do it.
package struct Checklist: HTMLComponent {
  /// A step.
  package struct Item {
    /// How it stands; read out, and told apart by shape.
    package enum State: Sendable {
      case done, open, attention
    }

    /// What is to be done, in a few words.
    package let title: String
    /// One sentence: what it is good for, or what is wrong.
    package let detail: String?
    package let state: State
    package let action: Button?

    package init(_ title: String, detail: String? = nil, state: State, action: Button? = nil) {
      self.title = title
      self.detail = detail
      self.state = state
      self.action = action
    }
  }

  private let items: [Item]

  package init(_ items: [Item]) {
    self.items = items
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.ol, .class("checklist")) { html in
      for item in items {
        let (icon, tone, word): (Icon?, Tone, ComponentStrings.Key) =
          switch item.state {
          case .done: (.check, .success, .done)
          case .open: (nil, .neutral, .toDo)
          case .attention: (.warning, .warning, .needsAttention)
          }
        html.element(.li, .class("tone-\(tone.rawValue)" + (item.state == .done ? " is-done" : ""))) { html in
          html.element(.span, .class("checklist-mark")) { html in if let icon { html.add(icon) } }
          html.element(.div) { html in
            html.element(.p, .class("checklist-title")) { html in
              html.element(.span, .class("visually-hidden"), text: html.strings[word] + ": ")
              html.text(item.title)
            }
            if let detail = item.detail { html.element(.p, .class("muted"), text: detail) }
          }
          if let action = item.action { html.add(action.small()) }
        }
      }
    }
  }
}
