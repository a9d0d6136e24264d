// The style sheet, the script and the mark: put together once, served under names that tell their content.

package import HTML
package import HTTPServer
package import Resources

/// All files that pages refer to, and the catalogs of the dashboard's sentences.
package struct DashboardResources: Sendable {
  /// The files, for whoever serves them.
  package let files: StaticFiles
  /// Their content by plain name.
  package let contents: [String: [UInt8]]
  /// The sentences in English.
  package let english: StringCatalog
  /// The hand-written pages of the documentation.
  package let guide: GuideFiles
  /// The sentences of rooms below.
  package let rooms: RoomWords
  /// The sentences by language, each completed by English.
  private let catalogs: [String: StringCatalog]

  /// In this order in the style sheet: later rules win.
  private static let styles = [
    "tokens", "base", "controls", "parts", "forms", "settings", "work", "chat", "plugins", "site", "records",
    "servers", "guests", "design",
  ]
  private static let scripts = [
    "theme", "navigation", "tabs", "dialog", "notices", "fields", "copy", "tooltip",
    "settings", "optimistic", "picker", "list", "draft", "palette", "live", "times", "search",
    "preview", "file", "refresh", "guest",
  ]

  /// Where Debian's package `libjs-chart.js` puts the library that draws charts.
  package static let chartLibraryFolder = "/usr/share/javascript/chart.js"

  /// Reads everything from the folder beside the program, and the chart library from its own. Blocks; done once at
  /// start.
  ///
  /// - Throws: `ResourceError` when the installation is incomplete, `HTTPServerError` when a file cannot be
  ///   compressed.
  package static func load(chartLibrary: String = chartLibraryFolder) throws -> DashboardResources {
    let folder = try ResourceFolder(of: "Dashboard")
    var css: [UInt8] = []
    for style in styles { css += try folder.read("Assets/styles/\(style).css") }
    var javaScript: [UInt8] = []
    for script in scripts {
      // Each file in a block of its own: in a module, const and function stay inside.
      javaScript += Array("{\n".utf8)
      javaScript += try folder.read("Assets/scripts/\(script).js")
      javaScript += Array("}\n".utf8)
    }
    var contents = [
      "app.css": css, "app.js": javaScript, "mark.svg": try folder.read("Assets/mark.svg"),
      "charts.js": try charts(chartLibrary, folder),
      "guest-sdk.js": try folder.read("Assets/guest-sdk.js"),
      "guest-style.css": try folder.read("Assets/guest-style.css"),
    ]
    for file in HomePicture.all.flatMap({ picture in HomePicture.themes.map(picture.file) }) {
      contents[file] = try folder.read("Assets/pictures/\(file)")
    }
    let english = try folder.catalog(language: "en")
    var catalogs: [String: StringCatalog] = [:]
    for language in Reader.languages {
      catalogs[language] = try folder.catalog(language: language).completed(by: english)
    }
    return DashboardResources(
      files: try StaticFiles(contents: contents), contents: contents, english: english,
      guide: try GuideFiles.load(folder), rooms: try RoomWords.load(languages: Reader.languages),
      catalogs: catalogs)
  }

  /// The sentences in a language; English for one that is not there.
  package func catalog(_ language: String) -> StringCatalog { catalogs[language] ?? english }

  /// The library and our script in one file, which only pages with charts load.
  private static func charts(_ path: String, _ folder: ResourceFolder) throws -> [UInt8] {
    let library = try ResourceFolder(path: path, ofPackage: "libjs-chart.js").read("chart.min.js")
    return library + Array("\n{\n".utf8) + (try folder.read("Assets/charts.js")) + Array("}\n".utf8)
  }

  /// The module that draws charts, for the pages that have one.
  package var chartScript: SafeURL { url("charts.js") }

  /// Where a file is served. The address changes with the content, so browsers may keep what they got for ever.
  package func url(_ name: String) -> SafeURL {
    SafeURL(segments: files.url(name).split(separator: "/").map(String.init))
  }

  /// What the shell of every page needs to know.
  package var site: PageShell.Site {
    PageShell.Site(
      name: english["site.name"], home: "/", styleSheet: url("app.css"), script: url("app.js"),
      favicon: url("mark.svg"))
  }
}
