// Which addresses may stand in a link.

import HTML
import Testing

@Suite struct `Safe addresses` {
  @Test(arguments: [
    "/", "/g/1/starboard", "/a?b=c&d=e#f", "a", "a/b", "./a", "../a", "?q=1", "?u=https://x.example", "#top",
    "#", "a?b:c",
    "/a:b", "./a:b", "https://example.org", "https://example.org/", "HTTPS://EXAMPLE.ORG/x",
    "http://example.org:8080/x?y#z",
    "http://127.0.0.1:8080/", "https://[::1]/", "https://[2001:db8::1]:8443/x", "https://a-b.example/x_y~z",
    "https://xn--kln-sna.example",
    "mailto:owner@example.org", "mailto:owner@example.org?subject=Hello", "https://example.org/%2e%2e/x",
    "/a;b=c,d", "/%20",
    "https://cdn.example/a.png?size=128", "/a//b", "https://example.org/@user", "https://example.org/?a=b@c",
  ]) func `are taken as they are`(_ text: String) {
    #expect(SafeURL(text)?.description == text)
  }

  @Test(arguments: [
    ("/köln", "/k%C3%B6ln"), ("/a\"b", "/a%22b"), ("/<b>", "/%3Cb%3E"), ("/a'b", "/a'b"), ("/a`b", "/a%60b"),
    ("/a{b}|c^", "/a%7Bb%7D%7Cc%5E"),
    ("https://example.org/ü?ö#ä", "https://example.org/%C3%BC?%C3%B6#%C3%A4"),
    ("/\u{202E}gpj.exe", "/%E2%80%AEgpj.exe"),
  ]) func `are encoded where they are not ASCII`(_ text: String, _ encoded: String) {
    #expect(SafeURL(text)?.description == encoded)
  }

  @Test(arguments: [
    "", "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    "java\rscript:alert(1)",
    " javascript:alert(1)", "\u{1}javascript:alert(1)", "\0javascript:alert(1)", "javascript\u{0}:alert(1)",
    "\u{A0}javascript:x",
    "\u{FEFF}javascript:x", "\u{2028}javascript:x", "javascript://example.org/%0aalert(1)",
    "data:text/html,x", "DATA:x", "vbscript:x", "file:///etc/passwd",
    "ftp://example.org", "blob:https://x", "filesystem:x", "about:blank", "view-source:https://x",
    "ws://example.org", "tel:1", "intent:x", "chrome://settings",
    "//evil.example", "//evil.example/x", "///evil.example", "////evil.example", "/\\evil.example",
    "\\\\evil.example", "\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", "/a\\b", "https:evil.example",
    "https:/evil.example", "https:\\\\evil.example",
    "https:///evil.example", "https://", "http://?", "https://user@evil.example",
    "https://discord.com@evil.example", "https://discord.com:x@evil.example/",
    "https://exa mple.org", "https://example.org:", "https://example.org:0", "https://example.org:99999",
    "https://example.org:8a", "https://example.org:+80",
    "https://exämple.org", "https://ex%61mple.org", "https://[::1", "https://::1]/", "https://[::1]x/",
    "https://[]/", "https://-/", "https://./",
    "https://example.org\u{3002}evil", "/a b", " /a", "/a ", "/a\u{0}", "/a\u{7F}", "/a\u{85}",
    "/a\r\nSet-Cookie: x", ":x", "://x", "1:x", "a:b", "x:y/z",
    "mailto:", "mailto:nobody", "mailto:a@b.example?subject=x%0d%0aBcc:c", "mailto:a@b.example?subject=x%0A",
  ]) func `do not lead astray`(_ text: String) {
    #expect(SafeURL(text) == nil)
  }

  @Test func `are not endless`() {
    #expect(SafeURL("/" + String(repeating: "a", count: SafeURL.maximumLength - 1)) != nil)
    #expect(SafeURL("/" + String(repeating: "a", count: SafeURL.maximumLength)) == nil)
  }

  @Test(arguments: [
    ("/a", true), ("?a", true), ("#a", true), ("a", true), ("https://example.org", false),
    ("mailto:a@b.example", false),
  ]) func `know whether they stay here`(_ text: String, _ isLocal: Bool) {
    #expect(SafeURL(text)?.isLocal == isLocal)
  }

  @Test(arguments: [
    (["g", "1"], "/g/1"), (["a/b", "c?d#e"], "/a%2Fb/c%3Fd%23e"), (["..", ".", ""], "/-/-/-"), ([], "/"),
    (["\\evil"], "/%5Cevil"), (["", "evil.example"], "/-/evil.example"),
  ]) func `are built from segments that cannot add levels`(_ segments: [String], _ expected: String) {
    let url = SafeURL(segments: segments)
    #expect(url.description == expected)
    #expect(SafeURL(url.description) == url)
  }

  @Test func `carry queries`() {
    let url = SafeURL(segments: ["s"], query: [("q", "a&b=c d"), ("p", "ö")])
    #expect(url.description == "/s?q=a%26b%3Dc%20d&p=%C3%B6")
  }

  @Test func `that are refused in the source stop the program`() async {
    await #expect(processExitsWith: .failure) { _ = "javascript:x" as SafeURL }
  }
}

@Suite struct `Ids` {
  @Test(arguments: [
    ("a-B9", "a-B9"), ("", "_"), ("a b", "a_20-b"), ("a_b", "a__b"), ("\"><", "_22-_3e-_3c-"), ("ö", "_f6-"),
  ])
  func `hold only what every reference can name`(_ value: String, _ expected: String) {
    #expect(ElementID(value).rawValue == expected)
  }

  @Test func `of different values differ`() {
    let values = ["a b", "a_20-b", "a__20-b", "a_b", "a__b", " ", "_", "__", "_20-"]
    #expect(Set(values.map { ElementID($0) }).count == values.count)
  }
}
