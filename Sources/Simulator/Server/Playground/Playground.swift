// The playground: the simulator's own web page. A person picks whom to be, and talks to the bots under test.

package import HTTPServer
internal import HTTPTypes
internal import Resources

/// The page at `/playground` and the files it is made of, read once at start.
///
/// The page is a client of the simulator like any other: it speaks Discord's REST and gateway with the token of a
/// person, and `/sim/…` for what Discord has no route for. Nothing here knows the world.
package struct Playground: Sendable {
  private let assets: StaticFiles
  private let strings: StaticFiles

  /// Reads the files beside the program. Blocks; done once at start.
  ///
  /// - Throws: `HTTPServerError` or `ResourceError` when the installation is incomplete.
  package static func load() throws -> Playground {
    let folder = try ResourceFolder(of: "Simulator").path
    return Playground(
      assets: try StaticFiles(folder: "\(folder)/Assets", prefix: "/playground/assets", compresses: false),
      strings: try StaticFiles(folder: "\(folder)/Strings", prefix: "/playground/strings", compresses: false))
  }

  private init(assets: StaticFiles, strings: StaticFiles) {
    (self.assets, self.strings) = (assets, strings)
  }

  /// The names of the files, for tests that look whether the page names them all.
  package var names: [String] { assets.names }

  /// Adds the page and its files.
  package func addRoutes(to router: inout Router) {
    router.group(
      Self.guarded,
      routes: { router in
        router.get("/playground", name: "playground") { request in
          try await assets.response(for: "index.html", request)
        }
        assets.addRoutes(to: &router, name: "playground.assets")
        strings.addRoutes(to: &router, name: "playground.strings")
      })
  }

  /// The page loads what is ours and runs what is ours: nothing inline, nothing from elsewhere, no markup from data.
  package static let contentSecurityPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:",
    "connect-src 'self'",
    "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")

  private static let guarded: HTTPMiddleware = { request, next in
    var response = try await next(request)
    for (name, value) in [
      ("Content-Security-Policy", contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
      ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ] where response.fields[name] == nil {
      response.fields.append(name, value)
    }
    return response
  }
}
