// What the dashboard answers to a path, as a plain function: the same for the server and for tests.

package import HTML
package import HTTPTypes

/// An answer that is ready to be sent.
package struct DashboardAnswer: Sendable {
  package let status: HTTPStatus
  package let fields: HTTPFields
  package let body: [UInt8]
}

/// The pages that need nobody to be signed in: `/design` and the assets.
package struct DashboardPages: Sendable {
  package let resources: DashboardResources
  private let assets: [String: Asset]

  package init(_ resources: DashboardResources) {
    self.resources = resources
    assets = Dictionary(resources.assets.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The page `/design`, in the theme that the request's cookies name.
  ///
  /// `cookies`: the value of the `Cookie` field as it was sent.
  package func design(cookies: String?) -> DashboardAnswer {
    let page = DesignPage(resources, theme: Self.theme(in: cookies)).bytes()
    return answer(
      .ok, contentType: "text/html; charset=utf-8",
      more: [("Cache-Control", "no-cache"), ("Vary", "Cookie")],
      page)
  }

  /// An asset by the name in its address, to be kept for a year; 404 for names of other versions.
  package func asset(named name: String) -> DashboardAnswer {
    guard let asset = assets[name] else {
      return answer(
        .notFound, contentType: "text/plain; charset=utf-8", more: [("Cache-Control", "no-store")],
        Array(resources.english["asset.unknown"].utf8))
    }
    return answer(
      .ok, contentType: asset.contentType, more: [("Cache-Control", "public, max-age=31536000, immutable")],
      asset.bytes)
  }

  /// The theme a reader chose, from the cookie that the theme button sets; nil for anything else.
  package static func theme(in cookies: String?) -> Theme? {
    for pair in (cookies ?? "").split(separator: ";") {
      let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0] == "theme" { return Theme(rawValue: String(parts[1])) }
    }
    return nil
  }

  private func answer(
    _ status: HTTPStatus, contentType: String, more: [(String, String)], _ body: [UInt8]
  ) -> DashboardAnswer {
    var fields = HTTPFields()
    fields.append("Content-Type", contentType)
    for (name, value) in more { fields.append(name, value) }
    for (name, value) in SecurityHeaders.fields { fields.append(name, value) }
    return DashboardAnswer(status: status, fields: fields, body: body)
  }
}
