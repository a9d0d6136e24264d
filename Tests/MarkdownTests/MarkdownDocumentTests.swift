// Documents in Markdown: what is shown of them, and what never is.

import HTML
import Markdown
import Testing

@Suite struct `A document in Markdown` {
  @Test(arguments: [
    ("plain *a* **b** ~~c~~ `d`", "<p>plain <em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"),
    ("a  \nb\nc", "<p>a<br>b\nc</p>"), ("---", "<hr>"), ("", ""),
    ("## Two words\n### Three", "<h2 id=\"two-words\">Two words</h2><h3 id=\"three\">Three</h3>"),
    ("## A\n## A\n##### É!", "<h2 id=\"a\">A</h2><h2 id=\"a-2\">A</h2><h4 id=\"section\">É!</h4>"),
    ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"), ("3. a", "<ol start=\"3\"><li>a</li></ol>"),
    ("> a", "<blockquote><p>a</p></blockquote>"),
    ("```swift\na < b\n```", "<pre tabindex=\"0\">\n<code>a &lt; b\n</code></pre>"),
    (
      "[a](/b) [c](https://d.example)",
      "<p><a href=\"/b\">a</a> <a href=\"https://d.example\" rel=\"noopener\">c</a></p>"
    ),
    ("&amp; &lt; &#65; &#x1F600; &nope;", "<p>&amp; &lt; A 😀 &amp;nope;</p>"),
    ("![words](https://a.example/b.png)", "<p>words</p>"),
    (
      "|a|b|\n|---|--:|\n|1|2|",
      "<div class=\"table-frame\" tabindex=\"0\"><table class=\"table\"><thead><tr><th scope=\"col\">a</th>"
        + "<th scope=\"col\" class=\"is-end\">b</th></tr></thead><tbody><tr><td>1</td><td class=\"is-end\">2</td>"
        + "</tr></tbody></table></div>"
    ),
  ]) func `is written as HTML`(_ text: String, _ html: String) {
    #expect(shown(MarkdownDocument(text)) == html)
  }

  @Test func `has its title apart and knows its headings`() {
    let document = MarkdownDocument("# The *title*\n\ntext\n\n## One\n\n# Two")
    #expect(document.title == "The title")
    #expect(document.headings.map(\.title) == ["One", "Two"] && document.headings.map(\.level) == [2, 2])
    #expect(!shown(document).contains("title"))
    #expect(MarkdownDocument("text\n\n# Later").title == nil)
  }

  @Test func `gets its links from whoever shows it`() {
    let document = MarkdownDocument("[a](other.md) [b](x)") { $0 == "other.md" ? "/docs/other" : nil }
    #expect(shown(document) == "<p><a href=\"/docs/other\">a</a> b</p>")
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a <b onclick=x>b</b>", "<!-- x -->",
    "[a](javascript:alert(1))", "[a](data:text/html,x)", "[a](//evil.example)", "<javascript:alert(1)>",
    "[a](&#106;avascript:alert(1))", "![a](javascript:x)", "[a]: javascript:x\n\n[a]", "`<script>`",
    "## <script>",
    "|<script>|\n|---|\n|<svg onload=x>|", "```\n</code></pre><script>\n```", "\u{0}<script>",
    "&lt;script&gt;",
    "[a](<https://a.example\" onclick=\"x>)",
  ]) func `lets no markup and no script through`(_ text: String) {
    let html = shown(MarkdownDocument(text))
    let tags = html.matches(of: /<\/?([A-Za-z0-9!?]*)/).map { String($0.1) }
    let allowed = ["p", "code", "pre", "h2", "a", "div", "table", "thead", "tbody", "tr", "th", "td"]
    #expect(tags.filter { !allowed.contains($0) } == [])
    #expect(!html.contains("href=\"j") && !html.contains("href=\"d") && !html.contains("href=\"//"))
    #expect(!html.contains("\" onclick"))
  }

  @Test(arguments: ["> ", "- ", "*a ", "**", "[", "[a](", "`", "|a", "# ", "<", "&"])
  func `bears what nests without end`(_ piece: String) {
    let html = shown(MarkdownDocument(String(repeating: piece, count: 20_000 / piece.utf8.count)))
    #expect(html.utf8.count < 2_000_000)
  }

  private func shown(_ document: MarkdownDocument) -> String {
    let strings = ComponentStrings { $0.rawValue }
    let html = String(
      decoding: HTMLWriter.bytes(strings: strings) { $0.add(document) }, as: UTF8.self)
    return String(html.dropFirst("<div class=\"document\">".count).dropLast("</div>".count))
  }
}
