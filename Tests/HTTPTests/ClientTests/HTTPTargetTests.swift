// URLs as we accept them, and where references lead.

import HTTPClient
import Testing

@Suite struct HTTPTargetTests {
  @Test(arguments: [
    ("http://example.com", "http://example.com/"),
    ("HTTP://EXAMPLE.com:80/A?b=C#d", "http://example.com/A?b=C"),
    ("https://example.com:443?x", "https://example.com/?x"),
    ("https://example.com:8443/%2e%2E/../x", "https://example.com:8443/%2e%2E/../x"),
    ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
    ("http://under_score.example/", "http://under_score.example/"),
    ("http://1.2.3.4:8080/", "http://1.2.3.4:8080/"),
    ("http://[2001:DB8:0:0:0:0:0:1]:80/", "http://[2001:db8::1]/"),
    ("http://[::ffff:1.2.3.4]/", "http://[::ffff:1.2.3.4]/"),
    ("http://1.2.3.4.example/", "http://1.2.3.4.example/"),
  ])
  func `a plain URL has one form`(text: String, form: String) throws {
    #expect(try HTTPTarget(parsing: text).url == form)
  }

  @Test(arguments: [
    "", "/", "example.com", "//example.com", "http:example.com", "http:/example.com", "http://", "http:///x",
    "ws://example.com", "javascript:alert(1)", "file:///etc/passwd", "http://a:b@example.com",
    "http://@example.com",
    "http://example.com:", "http://example.com:0", "http://example.com:65536", "http://example.com:+80",
    "http://example.com:080000", "http://example.com:8o", "http://exa mple.com", "http://exam%70le.com",
    "http://bücher.example", "http://example.com.", "http://example..com", "http://.example.com",
    "http://a/\u{7F}",
    "http://a/ü", "http://a/b c", "http://a\\b/", "http://[1::2::3]/", "http://[::1%25eth0]/",
    "http://[::1]8/",
    "http://1.2.3/", "http://1.2.3.4.5/", "http://01.2.3.4/", "http://1.2.3.256/", "http://1.2.3.0x4/",
    "http://example.com/" + String(repeating: "a", count: 20_000),
    "http://" + String(repeating: "a", count: 64) + ".com",
    "http://" + String(repeating: "a.", count: 127) + "com",
  ])
  func `anything doubtful is refused`(text: String) {
    #expect(throws: HTTPError.self) { try HTTPTarget(parsing: text) }
  }

  @Test func `WebSocket schemes are for upgrades`() throws {
    #expect(
      try HTTPTarget(parsing: "wss://example.com/x", schemes: .webSocket).url == "https://example.com/x")
    #expect(try HTTPTarget(parsing: "ws://example.com:80/x", schemes: .webSocket).authority == "example.com")
  }

  @Test(arguments: [
    ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
    ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
    ("#s", "http://a/b/c/d;p?q"),
    ("g#s", "http://a/b/c/g"), (";x", "http://a/b/c/;x"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
    ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"), ("../g", "http://a/b/g"),
    ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"),
    ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"),
    ("./../g", "http://a/b/g"),
    ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"), ("g?y/./x", "http://a/b/c/g?y/./x"),
    ("https://b/x", "https://b/x"), ("/ü x", "http://a/%C3%BC%20x"),
  ])
  func `references resolve as in RFC 3986 section 5_4`(reference: String, url: String) throws {
    let base = try HTTPTarget(parsing: "http://a/b/c/d;p?q")
    #expect(try base.resolving(reference).url == url)
  }

  @Test func `random bytes never trap`() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("htps:/.[]%@#?0x17f:-_\\ a\u{0}ü".unicodeScalars)
    let base = try? HTTPTarget(parsing: "https://example.com/a/b?c")
    for _ in 0..<2_000 {
      var text = Bool.random() ? "http://" : ""
      for _ in 0..<Int.random(in: 0..<24, using: &random) {
        alphabet.randomElement(using: &random).map { text.unicodeScalars.append($0) }
      }
      if let target = try? HTTPTarget(parsing: text) {
        #expect((try? HTTPTarget(parsing: target.url)) == target)
      }
      _ = try? base?.resolving(text)
    }
  }
}
