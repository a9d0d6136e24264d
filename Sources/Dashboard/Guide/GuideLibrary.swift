// All pages of the documentation in one language, and the search through them: made once, kept in memory.

import PlatformData
import PlatformDispatch
import Resources
import Storage

/// The documentation.
struct GuideLibrary: Sendable {
  /// What a search found.
  struct Hit: Sendable {
    let article: GuideArticle
    /// A stretch of the text around what was found.
    let excerpt: String
  }

  private struct Entry: Sendable {
    let title: String
    let headings: String
    let text: String
  }

  let articles: [GuideArticle]
  private let entries: [Entry]

  /// `words` are the dashboard's sentences in the language.
  init(_ files: GuideFiles, _ catalog: PluginCatalog, _ schema: Schema, words: StringCatalog) {
    let plugins = PluginArticle(catalog: catalog, words: words)
    let data = GuideFiles.article(["data"], .reference, DataTable.markdown(schema))
    let all = files.articles + catalog.units.map(plugins.article) + [plugins.commands, data]
    articles = GuideArticle.Group.allCases.flatMap { group in all.filter { $0.group == group } }
    entries = articles.map { article in
      let headings = article.prose.blocks.compactMap { block -> String? in
        if case .heading(_, let text) = block { Prose.plain(text) } else { nil }
      }
      return Entry(
        title: Self.folded(article.title + " " + article.summary),
        headings: Self.folded(headings.joined(separator: "\n")), text: Self.folded(article.prose.words))
    }
  }

  func article(_ path: [String]) -> GuideArticle? { articles.first { $0.path == path } }

  /// Pages with all words of the text, in the title, a heading or anywhere, those that fit best first; at most twenty.
  func search(_ text: String) -> [Hit] {
    let words = Self.folded(String(text.prefix(100))).split { !$0.isLetter && !$0.isNumber }.prefix(8)
      .map(String.init)
    guard !words.isEmpty else { return [] }
    var found: [(index: Int, score: Int)] = []
    for (index, entry) in entries.enumerated() {
      var score = 0
      for word in words {
        let worth =
          (entry.title.contains(word) ? 20 : 0) + (entry.headings.contains(word) ? 8 : 0)
          + (entry.text.contains(word) ? 1 : 0)
        guard worth > 0 else {
          score = 0
          break
        }
        score += worth
      }
      if score > 0 { found.append((index, score)) }
    }
    return found.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(20).map { hit in
      Hit(article: articles[hit.index], excerpt: excerpt(articles[hit.index], words))
    }
  }

  private func excerpt(_ article: GuideArticle, _ words: [String]) -> String {
    let lines = article.prose.words.split(separator: "\n")
    let line = lines.first { line in
      let folded = Self.folded(String(line.prefix(2_000)))
      return words.contains(where: folded.contains)
    }
    let text = line.map(String.init) ?? article.summary
    return text.count > 160 ? String(text.prefix(160)) + "…" : text
  }

  private static func folded(_ text: String) -> String { text.lowercased() }
}
