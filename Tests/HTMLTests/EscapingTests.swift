// Hostile text stays text: in elements, in attributes, in every piece a chunk may be cut into.

import HTML
import Testing

@Suite struct `Escaping` {
  @Test(arguments: hostileStrings) func `text in an element comes back as it was and adds no markup`(
    _ hostile: String
  ) {
    let html = rendered { html in html.element(.p, text: hostile) }
    // By bytes: a combining character would otherwise join the ">" before it.
    #expect(html.utf8.starts(with: "<p>".utf8) && html.utf8.suffix(4).elementsEqual("</p>".utf8))
    let inner = Substring(html.utf8.dropFirst(3).dropLast(4))
    #expect(!inner.utf8.contains { [UInt8(ascii: "<"), UInt8(ascii: ">"), 0, 0x0D].contains($0) })
    let isSame = decoded(inner).utf8.elementsEqual(allowed(hostile).utf8)
    #expect(isSame)
  }

  @Test(arguments: hostileStrings) func `a value stays within its quotes`(_ hostile: String) {
    let html = rendered { html in html.void(.input, .value(hostile), .data("x", hostile), .ariaLabel(hostile))
    }
    // Three attributes, and nothing else: six quotes.
    #expect(html.utf8.count { $0 == UInt8(ascii: "\"") } == 6)
    #expect(html.utf8.count { $0 == UInt8(ascii: "<") } == 1)
    #expect(html.utf8.count { $0 == UInt8(ascii: ">") } == 1)
    let values = html.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    for index in [1, 3, 5] {
      let isSame = decoded(Substring(values[index])).utf8.elementsEqual(allowed(hostile).utf8)
      #expect(isSame)
    }
  }

  @Test func `there are two hundred hostile strings`() {
    #expect(Set(hostileStrings).count >= 200)
  }

  @Test func `a text area keeps a first line feed`() {
    #expect(rendered { html in html.element(.textarea, text: "\na") } == "<textarea>\n\na</textarea>")
    #expect(rendered { html in html.element(.pre, text: "a") } == "<pre>\na</pre>")
  }

  @Test func `only unescapedRaw writes markup`() {
    #expect(rendered { html in html.unescapedRaw("<b>&amp;</b>") } == "<b>&amp;</b>")
  }

  @Test func `words of strangers are isolated`() {
    #expect(rendered { html in html.isolated("\u{202E}x<") } == "<bdi>\u{202E}x&lt;</bdi>")
  }

  @Test func `an attribute that does not apply is left out`() {
    let html = rendered { html in
      html.void(
        .input, .disabled(false), .required(), .value(nil), .class("a").when(false), .class("b").when(true))
    }
    #expect(html == "<input required class=\"b\">")
  }
}

@Suite struct `Streaming` {
  @Test(arguments: [1, 2, 3, 7, 64, 1000, 100_000]) func `chunks have the size asked for and add up`(
    _ size: Int
  ) {
    let content: HTMLContent = { html in
      for text in hostileStrings { html.element(.p, .title(text), text: text) }
      html.text(String(repeating: "long ", count: 2000))
    }
    var chunks: [[UInt8]] = []
    HTMLWriter.stream(strings: words, chunkSize: size, to: { chunks.append($0) }, content)
    #expect(chunks.dropLast().allSatisfy { $0.count == size })
    #expect(chunks.last.map { 1...size ~= $0.count } == true)
    // As a boolean: the difference of two long arrays would take minutes to compute.
    let addsUp = chunks.joined().elementsEqual(HTMLWriter.bytes(strings: words, content))
    #expect(addsUp)
  }

  @Test func `an empty page has no chunk`() {
    var chunks: [[UInt8]] = []
    HTMLWriter.stream(strings: words, chunkSize: 8, to: { chunks.append($0) }) { _ in }
    #expect(chunks.isEmpty)
  }

  @Test func `taking bytes leaves none`() {
    var html = HTMLWriter(strings: words)
    html.text("a")
    #expect(html.takeBytes() == [UInt8(ascii: "a")])
    #expect(html.takeBytes().isEmpty)
  }
}

/// What is left of a text when the characters that HTML does not allow are replaced.
private func allowed(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar.value {
        case 9, 10, 13: scalar
        case 0..<32, 127: "\u{FFFD}"
        default: scalar
        }
      }))
}

/// The text that a browser would read.
private func decoded(_ html: Substring) -> String {
  var result = ""
  var rest = html.unicodeScalars
  let entities: [(String, Unicode.Scalar)] = [
    ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#13;", "\r"),
  ]
  while let scalar = rest.first {
    if scalar == "&",
      let (entity, meaning) = entities.first(where: { rest.starts(with: $0.0.unicodeScalars) })
    {
      result.unicodeScalars.append(meaning)
      rest = rest.dropFirst(entity.unicodeScalars.count)
    } else {
      result.unicodeScalars.append(scalar)
      rest = rest.dropFirst()
    }
  }
  return result
}
