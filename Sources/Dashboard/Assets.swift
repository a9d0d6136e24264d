// The style sheet, the script and the mark: put together once, named by what is in them.

package import HTML

/// A file that pages refer to. Its name changes with its content, so browsers may keep it for ever.
package struct Asset: Sendable {
  /// The file's name with a fingerprint in it, such as `app.1f2e3d4c5b6a7988.css`.
  package let name: String
  package let contentType: String
  package let bytes: [UInt8]

  init(stem: String, suffix: String, contentType: String, bytes: [UInt8]) {
    // FNV-1a of 64 bits: it tells versions of our own files apart, nobody is kept out by it.
    let fingerprint = bytes.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    let digits = String(fingerprint, radix: 16)
    name = "\(stem).\(String(repeating: "0", count: 16 - digits.count))\(digits).\(suffix)"
    self.contentType = contentType
    self.bytes = bytes
  }

  /// Where the asset is served.
  package var url: SafeURL { SafeURL(segments: ["assets", name]) }
}

/// All assets of the dashboard, and the catalogs of its sentences.
package struct DashboardResources: Sendable {
  package let styleSheet: Asset
  package let script: Asset
  package let mark: Asset
  package let english: StringCatalog

  /// In this order in the style sheet: later rules win.
  private static let styles = ["tokens", "base", "controls", "parts", "design"]
  private static let scripts = [
    "theme", "navigation", "tabs", "dialog", "notices", "fields", "copy", "tooltip",
  ]

  /// Reads everything from the folder beside the program. Blocks; done once at start.
  ///
  /// - Throws: `ResourceError` when the installation is incomplete.
  package static func load() throws(ResourceError) -> DashboardResources {
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
    return DashboardResources(
      styleSheet: Asset(stem: "app", suffix: "css", contentType: "text/css; charset=utf-8", bytes: css),
      script: Asset(
        stem: "app", suffix: "js", contentType: "text/javascript; charset=utf-8", bytes: javaScript),
      mark: Asset(
        stem: "mark", suffix: "svg", contentType: "image/svg+xml", bytes: try folder.read("Assets/mark.svg")),
      english: try folder.catalog(language: "en"))
  }

  /// The assets, for whoever serves them.
  package var assets: [Asset] { [styleSheet, script, mark] }

  /// What the shell of every page needs to know.
  package var site: PageShell.Site {
    PageShell.Site(
      name: english["site.name"], home: "/", styleSheet: styleSheet.url, script: script.url, favicon: mark.url
    )
  }
}
