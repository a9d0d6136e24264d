// How a reader likes pages: language, theme, clocks.

import HTML
import HTTPServer
import PlatformAccounts
import Resources

/// The preferences of whoever reads a page: of the account, else of the browser's cookies, else what it asks for.
struct Reader: Sendable {
  let strings: StringCatalog
  let theme: Theme?
  /// Whether the navigation is kept narrow.
  let isSidebarCollapsed: Bool
  /// IANA name; nil leaves it to the browser.
  let zone: String?

  /// The languages of the dashboard, English first.
  static let languages = ["en", "de", "es"]

  init(
    _ request: HTTPRequest, _ cookies: RequestCookies, _ account: Account?, _ resources: DashboardResources
  ) {
    let preferences = account?.preferences
    let wanted = [preferences?.language, cookies["language"]].compactMap(\.self) + Self.accepted(request)
    let language = wanted.first { Self.languages.contains($0) } ?? "en"
    strings = resources.catalog(language)
    zone = preferences?.timeZone
    // The buttons work without a request, so the browser's own word comes first.
    isSidebarCollapsed = cookies["sidebar"].map { $0 == "collapsed" } ?? preferences?.isSidebarHidden ?? false
    theme = (cookies["theme"] ?? preferences?.theme.rawValue).flatMap { Theme(rawValue: $0) }
  }

  /// Primary tags of `Accept-Language`, most wanted first (RFC 9110 section 12.5.4).
  private static func accepted(_ request: HTTPRequest) -> [String] {
    let field = (request["Accept-Language"] ?? "").prefix(200)
    let ranges = field.split(separator: ",").prefix(16).map { range -> (tag: String, weight: Double) in
      let parts = range.split(separator: ";")
      let tag = parts.first.map { $0.filter { $0 != " " }.split(separator: "-").first ?? "" } ?? ""
      let weight = parts.dropFirst().first.flatMap { part -> Double? in
        let text = part.filter { $0 != " " }
        return text.hasPrefix("q=") ? Double(text.dropFirst(2)) : nil
      }
      return (tag.lowercased(), weight ?? 1)
    }
    return ranges.filter { $0.weight > 0 }.sorted { $0.weight > $1.weight }.map(\.tag)
  }
}
