// A page of the documentation, and the files that are written by hand.

import Resources

/// A page of the documentation.
struct GuideArticle: Sendable {
  /// Where it stands in the list.
  enum Group: String, Sendable, CaseIterable {
    case begin, plugins, reference, help
  }

  /// The path behind `/docs/`.
  let path: [String]
  let group: Group
  let title: String
  /// One sentence.
  let summary: String
  let prose: Prose

  /// Its address.
  var segments: [String] { ["docs"] + path }
}

/// The hand-written pages: `Docs/<name>.md`. The first line is the title, the first paragraph the summary.
package struct GuideFiles: Sendable {
  static let names: [(name: String, group: GuideArticle.Group)] = [
    ("start", .begin), ("adding", .begin), ("own-bot", .begin), ("access", .begin),
    ("privacy", .reference), ("api", .reference), ("faq", .help), ("trouble", .help),
  ]

  let articles: [GuideArticle]

  /// Blocks; done once at start.
  ///
  /// - Throws: `ResourceError` when a page is missing.
  static func load(_ folder: ResourceFolder) throws(ResourceError) -> GuideFiles {
    var articles: [GuideArticle] = []
    for (name, group) in names {
      let text = String(decoding: try folder.read("Docs/\(name).md"), as: UTF8.self)
      articles.append(article([name], group, text))
    }
    return GuideFiles(articles: articles)
  }

  /// Reads a page off its text.
  static func article(_ path: [String], _ group: GuideArticle.Group, _ text: String) -> GuideArticle {
    let prose = Prose(text)
    var (title, summary) = (path.last ?? "", "")
    var body = prose.blocks
    if case .heading(1, let text) = body.first {
      title = Prose.plain(text)
      body.removeFirst()
    }
    if case .paragraph(let text) = body.first {
      summary = Prose.plain(text)
      body.removeFirst()
    }
    return GuideArticle(path: path, group: group, title: title, summary: summary, prose: Prose(blocks: body))
  }
}
