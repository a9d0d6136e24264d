// A document written as Markdown, as a tree of what we show of it.

package import HTML

/// A page of help, documentation or policy, written in Markdown: headings, paragraphs, lists, quotes, code, tables,
/// links. Raw HTML in it is text, and pictures are their words.
package struct MarkdownDocument: Sendable {
  /// A heading, for a table of contents.
  package struct Heading: Sendable, Equatable {
    /// 2 to 4; the document's title is none of them.
    package let level: Int
    package let title: String
    package let id: ElementID
  }

  /// Longer documents are cut off; in UTF-8 bytes.
  package static let maximumLength = 1 << 20

  /// What the document begins with, as `# Title`; it is not written with the rest, since a page has its own heading.
  package let title: String?
  package let headings: [Heading]
  let nodes: [Node]

  /// Reads a document; every text is valid.
  ///
  /// `links`: what an address in the document becomes, such as that of another page's file; nil leaves its words
  ///   without a link.
  /// `idPrefix`: begins the ids of headings, where several documents share a page.
  package init(_ text: String, idPrefix: String = "", links: (String) -> SafeURL? = { SafeURL($0) }) {
    var nodes = MarkdownParser.parse(Array(text.utf8.prefix(Self.maximumLength)))
    var title: String?
    if case .heading(1, _)? = nodes.first?.kind { title = nodes.removeFirst().words }
    var outline = Outline(prefix: idPrefix)
    self.nodes = nodes.map { outline.resolved($0, links) }
    self.title = title
    headings = outline.headings
  }
}

/// A part of a document.
struct Node: Sendable {
  enum Kind: Sendable {
    case paragraph, quote, item, rule, table, head, body, row
    case heading(Int, ElementID?)
    /// The first number; nil for a list without numbers.
    case list(Int?)
    case code
    case cell(isHead: Bool, Alignment)
    case emphasis, strong, strike, codeSpan, image, lineBreak
    /// As it was written, until it is resolved.
    case link(String, SafeURL?)
    case text(String)
  }

  enum Alignment: Sendable {
    case start, center, end
  }

  var kind: Kind
  var children: [Node] = []

  /// The text without its marks.
  var words: String {
    switch kind {
    case .text(let text): text
    case .lineBreak: " "
    default: children.map(\.words).joined()
    }
  }
}

/// Gives headings ids that tell them apart, and links their checked addresses.
private struct Outline {
  var headings: [MarkdownDocument.Heading] = []
  private var used: Set<String> = []
  private let prefix: String

  init(prefix: String) { self.prefix = prefix }

  mutating func resolved(_ node: Node, _ links: (String) -> SafeURL?) -> Node {
    var node = node
    switch node.kind {
    case .heading(let level, _):
      let shown = min(max(level, 2), 4)
      let id = id(for: node.words)
      node.kind = .heading(shown, id)
      headings.append(MarkdownDocument.Heading(level: shown, title: node.words, id: id))
    case .link(let address, _): node.kind = .link(address, links(address))
    default: break
    }
    node.children = node.children.map { resolved($0, links) }
    return node
  }

  private mutating func id(for words: String) -> ElementID {
    var slug = ""
    for scalar in words.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9": slug.unicodeScalars.append(scalar)
      default: if slug.last != "-", !slug.isEmpty { slug += "-" }
      }
    }
    while slug.last == "-" { slug.removeLast() }
    if slug.isEmpty { slug = "section" }
    var unique = slug
    var number = 2
    while !used.insert(unique).inserted {
      unique = "\(slug)-\(number)"
      number += 1
    }
    return ElementID(prefix + unique)
  }
}
