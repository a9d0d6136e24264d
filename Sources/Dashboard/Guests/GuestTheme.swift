// How a plugin's pages look when it has wishes (plugin-host contract, section 22.3): colours, a head, and room.

package import HTML
import HTTPServer
import HTTPTypes
package import SandboxArtifacts

/// The style sheet of a plugin's pages. The page's own policy forbids styles in its text, so it is a file.
///
/// A plugin's colours draw lines and charts and never stand behind or in words: those stay readable in both themes.
package enum GuestThemeSheet {
  /// So many colours the house has for charts, from `--chart-1` on, and a class for each.
  private static let chartColours = 6

  /// `/g/{guild}/guests/at/{plugin}/theme.css`; nothing for a plugin without wishes.
  static func answer(_ place: GuestPlace) async throws -> HTTPResponse {
    let theme = await place.dashboard()?.theme
    var response = HTTPResponse(
      status: .ok, contentType: "text/css; charset=utf-8", bytes: Array(theme.map(text)?.utf8 ?? "".utf8))
    response.fields["Cache-Control"] = "private, max-age=3600"
    return response
  }

  /// The rules of a theme; empty for one without colours. They were checked when the manifest was read: `#`
  /// and hexadecimal digits.
  package static func text(_ theme: GuestDashboard.Theme) -> String {
    var rules: [String] = []
    if let accent = theme.accent { rules.append("--guest-accent: \(accent)") }
    if let second = theme.secondaryAccent ?? theme.accent { rules.append("--guest-accent-2: \(second)") }
    for (index, colour) in theme.chartPalette.enumerated() {
      rules.append("--chart-\(index + 1): \(colour)")
    }
    guard !rules.isEmpty else { return "" }
    return ".guest-page { \(rules.joined(separator: "; ")); }\n" + keys(theme.chartPalette.count)
  }

  /// Which colour the keys of a chart have, and with them its lines, where there are more than the house has classes for.
  private static func keys(_ count: Int) -> String {
    guard count > chartColours else { return "" }
    return (1...count).map { number in
      ".guest-page .chart-legend > :nth-child(\(count)n+\(number)) > .chart-key { --key: var(--chart-\(number)); }\n"
    }.joined()
  }
}

/// The head that a plugin puts above its pages.
package struct GuestThemeHead: HTMLComponent {
  private let theme: GuestDashboard.Theme
  private let logo: SafeURL?

  /// Of a plugin's theme; `context` says where its logo is.
  package init(_ theme: GuestDashboard.Theme, _ context: GuestContext) {
    (self.theme, logo) = (theme, theme.logo.flatMap(context.picture))
  }

  package func render(into html: inout HTMLWriter) {
    guard theme.title != nil || theme.subtitle != nil || logo != nil else { return }
    html.element(.div, .class("guest-head")) { html in
      if let logo {
        html.void(.img, .class("guest-logo"), .src(logo), .alt(""), .width(48), .height(48))
      }
      html.element(.div) { html in
        if let title = theme.title {
          html.element(.p, .class("guest-title")) { html in html.isolated(title) }
        }
        if let subtitle = theme.subtitle {
          html.element(.p, .class("muted")) { html in html.isolated(subtitle) }
        }
      }
    }
  }
}
