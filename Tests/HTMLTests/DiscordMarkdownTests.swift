// Discord's Markdown: what people write, what they mean badly, and how long it takes.

import HTML
import Testing

@Suite struct `Discord's Markdown` {
  @Test(arguments: [
    ("plain", "<p>plain</p>"), ("", ""), ("\n\n", ""), ("a\nb", "<p>a<br>b</p>"),
    ("**a** *b* _c_ __d__ ~~e~~", "<p><strong>a</strong> <em>b</em> <em>c</em> <u>d</u> <s>e</s></p>"),
    ("***a***", "<p><em><strong>a</strong></em></p>"),
    ("**bold *both***", "<p><strong>bold <em>both</em></strong></p>"),
    ("snake_case_name", "<p>snake_case_name</p>"), ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
    ("**open", "<p>**open</p>"), ("**a *b** c*", "<p><strong>a *b</strong> c*</p>"),
    ("||a||", "<p><span class=\"chat-spoiler\" tabindex=\"0\">a</span></p>"), ("|a|", "<p>|a|</p>"),
    ("`a*b*`", "<p><code class=\"chat-inline-code\">a*b*</code></p>"),
    ("``a`b``", "<p><code class=\"chat-inline-code\">a`b</code></p>"),
    ("`open", "<p>`open</p>"), ("\\*a\\*", "<p>*a*</p>"), ("a\\b", "<p>a\\b</p>"),
    ("# A", "<p class=\"chat-heading chat-heading-1\">A</p>"), ("#A", "<p>#A</p>"),
    ("#### A", "<p>#### A</p>"),
    ("-# a", "<p class=\"chat-small\">a</p>"),
    ("> a\n> b\nc", "<blockquote><p>a<br>b</p></blockquote><p>c</p>"),
    (">>> a\n# b", "<blockquote><p>a</p><p class=\"chat-heading chat-heading-1\">b</p></blockquote>"),
    ("- a\n- b\n  - c", "<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></ul></li></ul>"),
    ("3. a\n4. b", "<ol start=\"3\"><li><p>a</p></li><li><p>b</p></li></ol>"),
    ("```swift\nlet a\n```", "<pre class=\"chat-code\" tabindex=\"0\">\n<code>let a</code></pre>"),
    ("a ```b``` c", "<p>a </p><pre class=\"chat-code\" tabindex=\"0\">\n<code>b</code></pre><p> c</p>"),
    ("```open\nb", "<p>```open<br>b</p>"),
  ]) func `is shown as Discord shows it`(_ text: String, _ html: String) {
    #expect(shown(text) == html)
  }

  @Test(arguments: [
    ("<@1>", "@Ada"), ("<@!1>", "@Ada"), ("<@&2>", "@Helpers"), ("<#3>", "#rules"), ("<#4>", "#4"),
    ("</ban user:5>", "/ban user"), ("@everyone", "@everyone"),
  ]) func `shows mentions by name`(_ text: String, _ name: String) {
    #expect(shown(text) == "<p><span class=\"chat-mention\"><bdi>\(name)</bdi></span></p>")
  }

  @Test func `shows emoji by name and instants as such`() {
    #expect(
      shown("<:wave:1> <a:spin:2>")
        == "<p><span class=\"chat-emoji\">:wave:</span> <span class=\"chat-emoji\">:spin:</span></p>")
    #expect(shown("<t:0:R>").contains("<time datetime=\"1970-01-01T00:00:00Z\""))
    #expect(shown("<t:99999999999999>") == "<p>&lt;t:99999999999999&gt;</p>")
  }

  @Test(arguments: [
    ("https://example.com/a.", "https://example.com/a"), ("<https://example.com>", "https://example.com"),
    ("[**a**](https://example.com)", "https://example.com"),
    ("[a](<https://example.com>)", "https://example.com"),
  ]) func `links to the web`(_ text: String, _ address: String) {
    #expect(shown(text).contains("<a href=\"\(address)\" rel=\"nofollow noopener noreferrer\">"))
  }

  @Test(arguments: [
    "[a](javascript:alert(1))", "[a](/sign-out)", "[a](//evil.example)", "[a](data:text/html,x)",
    "<javascript:alert(1)>",
    "[a](https://ok.example@evil.example)", "[](javascript:x)", "[a](https:/example.com)",
    "[a](mailto:a@b.c)",
  ]) func `links nowhere else`(_ text: String) {
    #expect(!shown(text).contains("<a "))
  }

  @Test(arguments: hostileStrings) func `lets no markup through`(_ hostile: String) {
    for text in [
      hostile, "**\(hostile)**", "`\(hostile)`", "> \(hostile)", "```\n\(hostile)\n```",
      "[\(hostile)](https://a.example)",
    ] {
      let html = shown(text)
      let tags = html.matches(of: /<\/?([A-Za-z0-9!?]*)/).map { String($0.1) }
      #expect(
        tags.filter {
          ![
            "p", "strong", "code", "blockquote", "pre", "a", "br", "em", "u", "s", "span", "bdi", "ul", "ol",
            "li", "time",
          ].contains($0)
        } == [])
    }
  }

  @Test(arguments: [
    "*", "**", "_", "__", "||", "~~", "`", "``", "```", "[", "[a](", "<", "<@", "> ", ">>> ", "- ", "1. ",
    "# ", "\\", "*a _b ", "***a ", "http://", "- a\n  ",
    "> ```\n", "```a\n", "\n", "[](", "(]", "@everyone", "||a",
  ]) func `takes no longer for what is meant badly`(_ piece: String) {
    let text = String(repeating: piece, count: DiscordMarkdown.maximumLength / piece.utf8.count + 10)
    let clock = ContinuousClock()
    let taken = clock.measure { _ = shown(text) }
    // In proportion to the length it takes a fraction of a second; by its square it took twenty.
    #expect(taken < .seconds(10))
  }

  @Test func `is cut off where a message could not go on`() {
    #expect(
      DiscordMarkdown(String(repeating: "a", count: 100_000)).blocks == [
        .paragraph([.text(String(repeating: "a", count: DiscordMarkdown.maximumLength))])
      ])
  }

  private func shown(_ text: String) -> String {
    let html = rendered(
      DiscordText(text) { mention in
        switch mention {
        case .user("1"): "Ada"
        case .role("2"): "Helpers"
        case .channel("3"): "rules"
        default: nil
        }
      })
    return String(html.dropFirst("<div class=\"chat-text\">".count).dropLast("</div>".count))
  }
}
