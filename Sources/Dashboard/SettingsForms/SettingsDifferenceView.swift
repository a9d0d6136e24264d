// What changed in settings, for history and audit.

package import HTML
package import PlatformSettings
import Resources

/// The changes of a revision, each with what stood there before and what stands there now.
package struct SettingsDifferenceView: HTMLComponent {
  private let changes: [SettingsChange]
  private let fields: [SettingsFieldDescription]
  private let words: SettingsWords
  private let choices: GuildChoices

  /// Further changes are counted and not shown.
  private static let maximumCount = 100

  package init(
    _ changes: [SettingsChange], fields: [SettingsFieldDescription], words: SettingsWords,
    choices: GuildChoices
  ) {
    (self.changes, self.fields, self.words, self.choices) = (changes, fields, words, choices)
  }

  package func render(into html: inout HTMLWriter) {
    if changes.isEmpty {
      html.element(.p, .class("muted"), text: words.page["settingsForm.noChanges"])
      return
    }
    html.element(.dl, .class("settings-changes")) { html in
      for change in changes.prefix(Self.maximumCount) {
        let described = words.describe(change, fields: fields, choices: choices)
        html.element(.div) { html in
          html.element(.dt) { html in html.isolated(described.label) }
          html.element(.dd) { html in
            side(.s, "settings-before", "settingsForm.before", described.before, &html)
            side(.span, "settings-after", "settingsForm.after", described.after, &html)
          }
        }
      }
    }
    if changes.count > Self.maximumCount {
      html.element(
        .p, .class("muted"),
        text: words.page(
          "settingsForm.moreChanges", ["count": String(changes.count - Self.maximumCount)]))
    }
  }

  private func side(
    _ element: Element, _ name: String, _ label: StaticString, _ value: String?, _ html: inout HTMLWriter
  ) {
    html.element(element, .class(name)) { html in
      html.element(.span, .class("visually-hidden"), text: words.page[label] + " ")
      html.isolated(value ?? words.page["settingsForm.nothing"])
    }
  }
}
