// What the pages of a plugin need to know besides the plugin's own words.

package import HTML
package import PlatformAccess
package import Resources
package import SandboxArtifacts

/// The surroundings of a plugin's widgets on a page. Everything in it is ours; everything else is the plugin's, and text.
package struct GuestContext: Sendable {
  package let strings: StringCatalog
  /// The viewer's role.
  package let role: AccessRole
  /// The address of one of the plugin's files below `dashboard/`; nil where they are not served.
  package var picture: @Sendable (String) -> SafeURL? = { _ in nil }
  /// Where a form or a button posts to; nil where it may not be used.
  package var target: @Sendable (GuestWidget) -> PostTarget? = { _ in nil }
  /// Where a widget is asked for that a writing method feeds, since nobody asks such a method for drawing; nil for all
  /// others.
  package var ask: @Sendable (GuestWidget) -> PostTarget? = { _ in nil }
  /// The server's channels and roles, for fields that pick one.
  package var channels: [Picker.Option] = []
  package var roles: [Picker.Option] = []
  /// Widgets whose condition does not hold, by id.
  package var hidden: Set<String> = []
  /// How often sources are asked again, by their ids, in seconds.
  package var refreshSeconds: [String: Int] = [:]
  /// What was wrong with a form that comes back, by the field's key.
  package var mistakes: [String: GuestFormSubmission.Mistake] = [:]

  package init(strings: StringCatalog, role: AccessRole) { (self.strings, self.role) = (strings, role) }
}

/// The name of an empty or failed part, and the like: what several widgets write.
extension GuestContext {
  /// How often a widget is drawn again: as it says itself, or as its source does. One that somebody asked for stays.
  func refreshSeconds(of widget: GuestWidget) -> Int? {
    guard ask(widget) == nil else { return nil }
    if let own = widget.refreshSeconds { return own }
    guard case .source(let id) = widget.feed else { return nil }
    return refreshSeconds[id]
  }

  func empty(_ html: inout HTMLWriter) {
    html.element(.p, .class("muted"), text: strings["guest.empty"])
  }

  func failure(_ words: String, _ html: inout HTMLWriter) {
    html.add(
      Notice(.error, strings["guest.failed"]) { html in
        html.element(.p) { html in
          if words.isEmpty { html.text(strings["guest.failed.help"]) } else { html.isolated(words) }
        }
      })
  }
}
