// Writes the page and its assets to a folder, for the browser tests to serve when there is no server to ask.

import Dashboard
import HTTPServer
import Glibc
import HTML
import TestKit
import Testing

@Suite struct `A rendering for the browser` {
  /// Runs only when asked: `GUILDHALL_RENDERING=<folder> swift test --filter 'A rendering'`.
  @Test(.enabled(if: renderingFolder != nil)) func `is written to the folder that was named`() throws {
    let folder = try #require(renderingFolder)
    let pages = DashboardPages(try dashboard.get())
    mkdir(folder, 0o755)
    mkdir("\(folder)/assets", 0o755)
    for (name, theme) in [("design", nil), ("design-light", "light"), ("design-dark", "dark")] {
      try write(pages.design(theme: theme).content, to: "\(folder)/\(name).html")
    }
    for (name, bytes) in pages.resources.contents {
      try write(bytes, to: folder + pages.resources.files.url(name))
    }
    let fields = SecurityHeaders.fields.map { "\($0.name): \($0.value)\n" }.joined()
    try write(Array(fields.utf8), to: "\(folder)/headers.txt")
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw TestKitError("cannot open \(path)") }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw TestKitError("cannot write \(path)") }
      rest = rest.dropFirst(count)
    }
  }
}

private let renderingFolder: String? = getenv("GUILDHALL_RENDERING").map { String(cString: $0) }

/// Loaded once: compressing the chart library takes its time.
let dashboard = Result { try DashboardResources.load() }
