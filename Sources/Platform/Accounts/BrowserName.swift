// The few words about a browser that its owner recognises it by.

/// A browser's name and its system, of a `User-Agent`. Names only, so that it reads the same in every language.
struct BrowserName: Hashable, Sendable {
  let browser: String?
  let system: String?

  /// The first that is in it counts: most browsers also claim to be those that come later.
  private static let browsers = [
    ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex"), ("DuckDuckGo/", "DuckDuckGo"),
    ("Discord/", "Discord"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
  ]
  private static let systems = [
    ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Android", "Android"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"), ("Linux", "Linux"), ("X11", "Unix"),
  ]

  /// Looks at the first 512 characters.
  init(userAgent: String) {
    let agent = userAgent.utf8.prefix(512)
    browser = Self.browsers.first { agent.containsAll(of: $0.0) }?.1
    system = Self.systems.first { agent.containsAll(of: $0.0) }?.1
  }

  /// As `Firefox · Linux`; what is not known is left out.
  var text: String { [browser, system].compactMap { $0 }.joined(separator: " · ") }
}

extension Substring.UTF8View {
  fileprivate func containsAll(of word: String) -> Bool {
    var start = startIndex
    while start < endIndex {
      if self[start...].starts(with: word.utf8) { return true }
      start = index(after: start)
    }
    return false
  }
}
