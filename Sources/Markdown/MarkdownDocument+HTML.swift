// A document as HTML: every word of it by way of the writer, which escapes.

package import HTML

extension MarkdownDocument: HTMLComponent {
  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("document")) { html in write(nodes, into: &html) }
  }

  private func write(_ nodes: [Node], into html: inout HTMLWriter) {
    for node in nodes { write(node, into: &html) }
  }

  private func write(_ node: Node, into html: inout HTMLWriter) {
    switch node.kind {
    case .text(let text): html.text(text)
    case .lineBreak: html.void(.br)
    case .rule: html.void(.hr)
    case .paragraph: inside(.p, node, into: &html)
    case .quote: inside(.blockquote, node, into: &html)
    case .item: inside(.li, node, into: &html)
    case .emphasis: inside(.em, node, into: &html)
    case .strong: inside(.strong, node, into: &html)
    case .strike: inside(.s, node, into: &html)
    case .codeSpan: inside(.code, node, into: &html)
    // A page shows no pictures but its own: the words say what was to be seen.
    case .image: write(node.children, into: &html)
    case .heading(let level, let id):
      let element: Element = level == 2 ? .h2 : level == 3 ? .h3 : .h4
      html.element(element, .id(id)) { html in write(node.children, into: &html) }
    case .list(let start):
      html.element(start == nil ? .ul : .ol, .start(start == 1 ? nil : start)) { html in
        write(node.children, into: &html)
      }
    case .code:
      html.element(.pre, .tabIndex(0)) { html in inside(.code, node, into: &html) }
    case .link(_, let url): link(node, url, into: &html)
    case .table:
      html.element(.div, .class("table-frame"), .tabIndex(0)) { html in
        html.element(.table, .class("table")) { html in write(node.children, into: &html) }
      }
    case .head: inside(.thead, node, into: &html)
    case .body: inside(.tbody, node, into: &html)
    case .row: inside(.tr, node, into: &html)
    case .cell(let isHead, let alignment): cell(node, isHead, alignment, into: &html)
    }
  }

  private func inside(_ element: Element, _ node: Node, into html: inout HTMLWriter) {
    html.element(element) { html in write(node.children, into: &html) }
  }

  private func link(_ node: Node, _ url: SafeURL?, into html: inout HTMLWriter) {
    guard let url else { return write(node.children, into: &html) }
    let attributes: [HTMLAttribute] = url.isLocal ? [.href(url)] : [.href(url), .rel("noopener")]
    html.element(.a, attributes: attributes) { html in write(node.children, into: &html) }
  }

  private func cell(
    _ node: Node, _ isHead: Bool, _ alignment: Node.Alignment, into html: inout HTMLWriter
  ) {
    var attributes: [HTMLAttribute] = isHead ? [.scope("col")] : []
    switch alignment {
    case .start: break
    case .center: attributes.append(.class("is-center"))
    case .end: attributes.append(.class("is-end"))
    }
    html.element(isHead ? .th : .td, attributes: attributes) { html in write(node.children, into: &html) }
  }
}
