// The style sheet, the script and the mark: put together once, served under names that tell their content.

package import HTML
package import HTTPServer

/// All files that pages refer to, and the catalogs of the dashboard's sentences.
package struct DashboardResources: Sendable {
  /// The files, for whoever serves them.
  package let files: StaticFiles
  /// Their content by plain name.
  package let contents: [String: [UInt8]]
  /// The sentences in English.
  package let english: StringCatalog

  /// In this order in the style sheet: later rules win.
  private static let styles = ["tokens", "base", "controls", "parts", "design"]
  private static let scripts = [
    "theme", "navigation", "tabs", "dialog", "notices", "fields", "copy", "tooltip",
  ]

  /// Reads everything from the folder beside the program. Blocks; done once at start.
  ///
  /// - Throws: `ResourceError` when the installation is incomplete, `HTTPServerError` when a file cannot be
  ///   compressed.
  package static func load() throws -> DashboardResources {
    let folder = try ResourceFolder.besideExecutable()
    var css: [UInt8] = []
    for style in styles { css += try folder.read("Assets/styles/\(style).css") }
    var javaScript: [UInt8] = []
    for script in scripts {
      // Each file in a block of its own: in a module, const and function stay inside.
      javaScript += Array("{\n".utf8)
      javaScript += try folder.read("Assets/scripts/\(script).js")
      javaScript += Array("}\n".utf8)
    }
    let contents = ["app.css": css, "app.js": javaScript, "mark.svg": try folder.read("Assets/mark.svg")]
    return DashboardResources(
      files: try StaticFiles(contents: contents), contents: contents,
      english: try folder.catalog(language: "en"))
  }

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
